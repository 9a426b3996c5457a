package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/provider/signin"
)

// Terms are the operator's terms of use. When they change, give them a new version: whoever signs in is then shown what is new and asked
// to accept, once (page S-19). Without a version nobody is asked. All servers want the same ones: where they differ, people are asked
// for both.
type Terms struct {
	Version string `name:"version" placeholder:"WORD" help:"Name of the terms of use as they are now, such as 2026-05; a new one asks everybody again. Without it nobody is asked."`
	URL     string `name:"url" placeholder:"URL" help:"Where all of the terms can be read: an https address."`
	Summary hours  `name:"summary-file" placeholder:"[TAG=]FILE" help:"Text file that says in short what is new, a line a paragraph: for the default language, or es=FILE for one; may be repeated."`
}

// longestNews is the most that a text for people may have, in signs: what is longer nobody reads on a telephone.
const longestNews = 2000

// versionLike is a version: it is kept with every acceptance, and stands in the audit trail.
var versionLike = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// terms reads them for the languages of the pages, the default first. The zero Terms are none. Errors: all that is wrong.
func (t Terms) terms(languages []string) (signin.Terms, error) {
	if t.Version == "" {
		if t.URL != "" || len(t.Summary) > 0 {
			return signin.Terms{}, errors.New("--terms-version is needed where anything else of the terms is given")
		}
		return signin.Terms{}, nil
	}
	var faults []error
	if !versionLike.MatchString(t.Version) {
		faults = append(faults, fmt.Errorf("--terms-version %q is not 1 to 32 letters, digits, dots, hyphens and underscores", t.Version))
	}
	if u, err := url.Parse(t.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		faults = append(faults, fmt.Errorf("--terms-url %q is not an https address like https://www.example.org/terms", t.URL))
	}
	summary, err := texts("terms-summary-file", t.Summary, languages)
	return signin.Terms{Version: t.Version, URL: t.URL, Summary: summary}, errors.Join(append(faults, err)...)
}

// texts reads what people of the house wrote, by language. That of the default language is always there.
func texts(flag string, files hours, languages []string) (map[string]string, error) {
	var faults []error
	all := map[string]string{}
	for tag, file := range files {
		in := tag
		if tag == "" && len(languages) > 0 {
			in = languages[0]
		}
		if !slices.Contains(languages, in) {
			faults = append(faults, fmt.Errorf("--%s: %s is none of --languages %s", flag, in, strings.Join(languages, ",")))
			continue
		}
		if _, twice := files[in]; twice && tag == "" {
			faults = append(faults, fmt.Errorf("--%s: two files for %s", flag, in))
		}
		text, err := readText(file)
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w", flag, err))
		}
		all[in] = text
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if len(faults) == 0 && (len(languages) == 0 || all[languages[0]] == "") {
		faults = append(faults, fmt.Errorf("--%s is needed in the default language: other people read that", flag))
	}
	return all, errors.Join(faults...)
}

// readText reads a plain text for people.
func readText(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, longestNews*utf8.UTFMax+16))
	if err != nil {
		return "", err
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(raw), "\ufeff"), "\r\n", "\n")
	text = strings.TrimSpace(text)
	foreign := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, foreign):
		return "", fmt.Errorf("%s is no plain text in UTF-8", path)
	case text == "":
		return "", fmt.Errorf("%s is empty", path)
	case utf8.RuneCountInString(text) > longestNews:
		return "", fmt.Errorf("%s is longer than %d signs: say it in short, and link to the rest", path, longestNews)
	}
	return text, nil
}
