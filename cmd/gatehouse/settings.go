package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// settings finds the value of a flag that is not on the command line: in the environment, then in the file of --config.
// Every flag of serve and dev has a variable and a line, made of its name: --private-listen is GATEHOUSE_PRIVATE_LISTEN and
// private-listen. It implements kong.Resolver and gathers faults, so that an operator sees all of them at once.
type settings struct {
	env   func(string) (string, bool)
	known map[string]bool // flags that are settings
	read  bool            // whether the file has been looked for
	file  map[string]any
	path  string
	wrong []error
}

func newSettings(env func(string) (string, bool)) *settings {
	return &settings{env: env, known: map[string]bool{}}
}

// notSettings are flags that belong to one call.
func notSettings() []string { return []string{"help", "json", "config"} }

// learn takes the flags of the commands that run a server for the settings there are.
func (s *settings) learn(app *kong.Node) {
	for _, command := range app.Children {
		if command.Name != "serve" && command.Name != "dev" {
			continue
		}
		for _, flag := range command.Flags {
			if !slices.Contains(notSettings(), flag.Name) {
				s.known[flag.Name] = true
			}
		}
	}
}

// variable is the environment variable of a setting.
func variable(flag string) string {
	return "GATEHOUSE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// describe adds a flag's default and variable to its help.
func (s *settings) describe(v *kong.Value) string {
	text := strings.TrimSuffix(v.Help, ".")
	if v.HasDefault {
		text += "; default " + v.Default
	}
	if s.known[v.Name] || v.Name == "config" {
		text += " ($" + variable(v.Name) + ")"
	}
	return text + "."
}

// Validate implements kong.Resolver. The file has been looked at when the flags were resolved.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (s *settings) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if err := s.readFile(ctx); err != nil {
		s.wrong = append(s.wrong, err)
	}
	if !s.known[flag.Name] {
		return nil, nil
	}
	value, source := s.find(flag.Name)
	if value == nil {
		return nil, nil
	}
	if err := try(flag, value); err != nil {
		s.wrong = append(s.wrong, fmt.Errorf("%s: %w", source, err))
		return nil, nil
	}
	return value, nil
}

// find answers the value and where it stands.
func (s *settings) find(name string) (value any, source string) {
	if text, ok := s.env(variable(name)); ok && text != "" {
		return text, variable(name)
	}
	if value, ok := s.file[name]; ok {
		return value, s.path + ": " + name
	}
	return nil, ""
}

// try reads the value into nothing, to find its faults without ending the search for others.
func try(flag *kong.Flag, value any) error {
	scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
	err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, reflect.New(flag.Target.Type()).Elem())
	if err != nil {
		return err
	}
	if flag.Enum != "" && !slices.Contains(flag.EnumSlice(), fmt.Sprint(value)) {
		return fmt.Errorf("%q is none of %s", fmt.Sprint(value), strings.Join(flag.EnumSlice(), ", "))
	}
	return nil
}

// readFile reads the file of --config once.
func (s *settings) readFile(ctx *kong.Context) error {
	if s.read {
		return nil
	}
	s.read = true
	s.path = s.configPath(ctx)
	if s.path == "" {
		return nil
	}
	file, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("configuration file: %w", err)
	}
	defer func() { _ = file.Close() }()
	return s.parse(file)
}

// configPath is "" for none, and for a command that takes none.
func (s *settings) configPath(ctx *kong.Context) string {
	for _, flag := range ctx.Flags() {
		if flag.Name != "config" {
			continue
		}
		if given, ok := ctx.FlagValue(flag).(string); ok && given != "" {
			return given
		}
		named, _ := s.env(variable("config"))
		return named
	}
	return ""
}

// parse reads the lines of a file and refuses what is no setting.
func (s *settings) parse(r io.Reader) error {
	raw := map[string]any{}
	err := yaml.NewDecoder(r).Decode(&raw)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.file = map[string]any{}
	var faults []error
	for name, value := range raw {
		switch {
		case !s.known[name]:
			faults = append(faults, fmt.Errorf("%s: %s is no setting (gatehouse serve --help lists them)", s.path, name))
		case value == nil:
			faults = append(faults, fmt.Errorf("%s: %s has no value", s.path, name))
		default:
			s.file[name] = plain(value)
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// plain turns numbers, times and the like into the text that a flag would have; lists and maps stay.
func plain(value any) any {
	switch v := value.(type) {
	case bool, []any, map[string]any:
		return value
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(value)
}

// faults are all that was wrong in the environment and the file.
func (s *settings) faults() error { return errors.Join(s.wrong...) }
