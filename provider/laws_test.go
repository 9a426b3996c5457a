package provider_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The laws of DESIGN section 1, so that nobody has to remember them. Each is a function from sources to violations. It
// is held to the tree, and to a few small sources that break it and that keep it: a law that catches nothing is no law.

// source is one parsed Go file that is not a test.
type source struct {
	dir  string // from the module's root, such as provider/web
	name string
	fset *token.FileSet
	file *ast.File
}

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s/%s:%d", s.dir, s.name, s.fset.Position(n.Pos()).Line)
}

type law func([]source) []string

// imports calls f with each import path of the sources.
func imports(all []source, f func(s source, spec *ast.ImportSpec, path string)) {
	for _, s := range all {
		for _, spec := range s.file.Imports {
			if p, err := strconv.Unquote(spec.Path.Value); err == nil {
				f(s, spec, p)
			}
		}
	}
}

// within reports whether a path is root or below it.
func within(p, root string) bool { return p == root || strings.HasPrefix(p, root+"/") }

// named returns what a source calls an imported package: "" if it does not import it.
func (s source) named(importPath string) string {
	called := ""
	imports([]source{s}, func(_ source, spec *ast.ImportSpec, p string) {
		if p == importPath {
			called = path.Base(p)
			if spec.Name != nil {
				called = spec.Name.Name
			}
		}
	})
	return called
}

// mentions calls f wherever one of the names of an imported package stands. A dot import is a mention of all.
func mentions(s source, importPath string, names []string, f func(ast.Node, string)) {
	called := s.named(importPath)
	if called == "" {
		return
	}
	if called == "." {
		f(s.file.Name, "a dot import of "+importPath)
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			x, isName := sel.X.(*ast.Ident)
			if isName && x.Name == called && slices.Contains(names, sel.Sel.Name) {
				f(n, called+"."+sel.Sel.Name)
			}
		}
		return true
	})
}

// nounsCanDoNothing is law 1, for the imports; the clock is law 6's.
func nounsCanDoNothing(all []source) (broken []string) {
	imports(all, func(s source, spec *ast.ImportSpec, p string) {
		forbidden := []string{"net/http", "database/sql", "html/template", "math/rand", "math/rand/v2"}
		first, _, _ := strings.Cut(p, "/")
		std := !strings.Contains(first, ".") && first != "gatehouse" && p != "C"
		if s.dir == "provider" && (!std || slices.ContainsFunc(forbidden, func(f string) bool { return within(p, f) })) {
			broken = append(broken, s.at(spec)+" imports "+p)
		}
	})
	return broken
}

// storageIsJoinedOutside is law 2.
func storageIsJoinedOutside(all []source) (broken []string) {
	imports(all, func(s source, spec *ast.ImportSpec, p string) {
		if within(s.dir, "provider") && within(p, "gatehouse/storage") {
			broken = append(broken, s.at(spec)+" imports "+p)
		}
	})
	return broken
}

// httpEndsInWeb is law 3.
func httpEndsInWeb(all []source) (broken []string) {
	for _, s := range all {
		if !within(s.dir, "provider") || within(s.dir, "provider/web") || within(s.dir, "provider/oidc") {
			continue
		}
		mentions(s, "net/http", []string{"ResponseWriter"}, func(n ast.Node, what string) {
			broken = append(broken, s.at(n)+" names "+what)
		})
	}
	return broken
}

// librariesStayHome is law 4.
func librariesStayHome(all []source) (broken []string) {
	homes := map[string]string{
		"github.com/ory/fosite":      "provider/oidc",
		"github.com/go-webauthn":     "provider/factor/passkey",
		"github.com/twilio":          "provider/notify",
		"github.com/jackc":           "storage",
		"github.com/redis/go-redis":  "storage",
		"modernc.org/sqlite":         "storage",
		"github.com/pressly/goose":   "storage",
		"github.com/mattn/go-sqlite": "storage",
	}
	imports(all, func(s source, spec *ast.ImportSpec, p string) {
		for library, home := range homes {
			if within(p, library) && !within(s.dir, home) {
				broken = append(broken, s.at(spec)+" imports "+p)
			}
		}
	})
	return broken
}

// roomsDoNotMeet is law 5: neither those on one floor, nor two factors.
func roomsDoNotMeet(all []source) (broken []string) {
	floor := []string{"oidc", "settings", "recovery", "activation", "support"}
	room := func(dir string) string {
		parts := strings.Split(dir, "/")
		switch {
		case len(parts) >= 2 && parts[0] == "provider" && slices.Contains(floor, parts[1]):
			return parts[1]
		case len(parts) >= 3 && parts[0] == "provider" && parts[1] == "factor":
			return "factor/" + parts[2]
		}
		return ""
	}
	imports(all, func(s source, spec *ast.ImportSpec, p string) {
		from, to := room(s.dir), room(strings.TrimPrefix(p, "gatehouse/"))
		if from != "" && to != "" && from != to && strings.HasPrefix(from, "factor/") == strings.HasPrefix(to, "factor/") {
			broken = append(broken, s.at(spec)+" imports "+p)
		}
	})
	return broken
}

// clockIsReadAtTheEdge is law 6.
func clockIsReadAtTheEdge(all []source) (broken []string) {
	for _, s := range all {
		if within(s.dir, "cmd") || within(s.dir, "provider/web") {
			continue
		}
		mentions(s, "time", []string{"Now", "Since", "Until"}, func(n ast.Node, what string) {
			broken = append(broken, s.at(n)+" names "+what)
		})
	}
	return broken
}

// packagesAreNouns is the first part of law 7.
func packagesAreNouns(all []source) (broken []string) {
	for _, s := range all {
		for _, name := range []string{s.file.Name.Name, path.Base(s.dir)} {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "model", "models"}, name) {
				broken = append(broken, s.at(s.file.Name)+" is in a package named "+name)
				break
			}
		}
	}
	return broken
}

// nothingHappensAtInit is the second.
func nothingHappensAtInit(all []source) (broken []string) {
	for _, s := range all {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				broken = append(broken, s.at(d)+" has an init")
			}
		}
	}
	return broken
}

// packageVariablesDoNotChange is the third, as far as can be seen without running: no assignment to one or into one, no
// ++, delete, clear or append into it, no taking its address, none of a type made to change.
func packageVariablesDoNotChange(all []source) (broken []string) {
	for dir, files := range packages(all) {
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		var parsed []*ast.File
		for _, s := range files {
			parsed = append(parsed, s.file)
		}
		// What is imported stays unknown, and so do many types; names find their declarations all the same.
		conf := types.Config{Error: func(error) {}, Importer: nothing{}, FakeImportC: true}
		pkg, _ := conf.Check("gatehouse/"+dir, files[0].fset, parsed, info) // errors are what unknown imports give
		for _, s := range files {
			v := variables{pkg: pkg, info: info, source: s}
			ast.Inspect(s.file, v.visit)
			broken = append(broken, v.broken...)
		}
	}
	slices.Sort(broken)
	return broken
}

type nothing struct{}

func (nothing) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// variables notes what is done to package variables in one file.
type variables struct {
	source

	pkg    *types.Package
	info   *types.Info
	broken []string
}

func (v *variables) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, to := range n.Lhs {
				v.forbid(n, to, "assigns to")
			}
		}
	case *ast.IncDecStmt:
		v.forbid(n, n.X, "counts in")
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			v.forbid(n, n.Key, "assigns to")
			v.forbid(n, n.Value, "assigns to")
		}
	case *ast.UnaryExpr:
		if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
			v.forbid(n, n.X, "takes the address of")
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.Ident)
		if ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, f.Name) {
			v.forbid(n, n.Args[0], f.Name+"s in")
		}
	case *ast.ValueSpec:
		v.changing(n)
	}
	return true
}

// changing finds package variables of types that exist to change.
func (v *variables) changing(spec *ast.ValueSpec) {
	for _, name := range spec.Names {
		obj, ok := v.info.Defs[name].(*types.Var)
		if !ok || obj.Parent() != v.pkg.Scope() {
			continue
		}
		for _, in := range []string{"sync", "sync/atomic"} {
			look := func(e ast.Expr) {
				called := v.named(in)
				if sel, ok := e.(*ast.SelectorExpr); ok && called != "" && types.ExprString(sel.X) == called {
					v.broken = append(v.broken, v.at(spec)+" declares "+name.Name+" of "+types.ExprString(sel))
				}
			}
			look(spec.Type)
			for _, value := range spec.Values {
				if lit, ok := value.(*ast.CompositeLit); ok {
					look(lit.Type)
				}
			}
		}
	}
}

// forbid notes an act on a package variable, of this package or another, or on a part of one.
func (v *variables) forbid(n ast.Node, on ast.Expr, act string) {
	for on != nil {
		switch e := on.(type) {
		case *ast.ParenExpr:
			on = e.X
		case *ast.IndexExpr:
			on = e.X
		case *ast.SliceExpr:
			on = e.X
		case *ast.StarExpr:
			on = e.X
		case *ast.SelectorExpr:
			if x, ok := e.X.(*ast.Ident); ok {
				if _, isPackage := v.info.Uses[x].(*types.PkgName); isPackage {
					if within(v.dir, "cmd") && types.ExprString(e) == "flag.Usage" {
						return // how package flag wants a program to describe itself
					}
					v.broken = append(v.broken, v.at(n)+" "+act+" "+types.ExprString(e))
					return
				}
			}
			on = e.X
		case *ast.Ident:
			if obj, ok := v.info.Uses[e].(*types.Var); ok && obj.Parent() == v.pkg.Scope() {
				v.broken = append(v.broken, v.at(n)+" "+act+" "+e.Name)
			}
			return
		default:
			return
		}
	}
}

// groundFloor: keys and templates import nothing of ours.
func groundFloor(all []source) (broken []string) {
	imports(all, func(s source, spec *ast.ImportSpec, p string) {
		for _, ground := range []string{"keys", "templates"} {
			if within(s.dir, ground) && within(p, "gatehouse") && !within(p, "gatehouse/"+ground) {
				broken = append(broken, s.at(spec)+" imports "+p)
			}
		}
	})
	return broken
}

// everyPackageSaysWhatItOwns: one package comment of 2 to 20 lines.
func everyPackageSaysWhatItOwns(all []source) (broken []string) {
	for dir, files := range packages(all) {
		var docs []string
		for _, s := range files {
			if s.file.Doc != nil {
				docs = append(docs, strings.TrimSpace(s.file.Doc.Text()))
			}
		}
		if len(docs) != 1 {
			broken = append(broken, fmt.Sprintf("%s has %d package docs", dir, len(docs)))
			continue
		}
		if lines := strings.Count(docs[0], "\n") + 1; lines < 2 || lines > 20 {
			broken = append(broken, fmt.Sprintf("%s has a package doc of %d lines", dir, lines))
		}
	}
	slices.Sort(broken)
	return broken
}

func packages(all []source) map[string][]source {
	by := map[string][]source{}
	for _, s := range all {
		by[s.dir] = append(by[s.dir], s)
	}
	return by
}

// tree parses every file of the module that is not a test. Folders with a go.mod of their own are another module.
func tree(t *testing.T) []source {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	fset := token.NewFileSet()
	var all []source
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != root && outside(file, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		all = append(all, source{dir: filepath.ToSlash(rel), name: d.Name(), fset: fset, file: parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func outside(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || strings.HasPrefix(name, ".") || slices.Contains([]string{"bin", "data", "node_modules", "testdata"}, name)
}

// written makes sources of "DIR/FILE: CODE" texts.
func written(t *testing.T, text string) []source {
	t.Helper()
	fset := token.NewFileSet()
	var all []source
	for part := range strings.SplitSeq(text, "\n---\n") {
		where, code, _ := strings.Cut(part, ": ")
		parsed, err := parser.ParseFile(fset, where, code, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{dir: path.Dir(where), name: path.Base(where), fset: fset, file: parsed})
	}
	return all
}

// hold holds a law to the sources that break it, to those that keep it, and to the tree.
func hold(t *testing.T, l law, breaks, keeps []string) {
	t.Helper()
	for _, text := range breaks {
		if len(l(written(t, text))) == 0 {
			t.Errorf("the law does not notice:\n%s", text)
		}
	}
	for _, text := range keeps {
		if broken := l(written(t, text)); len(broken) != 0 {
			t.Errorf("the law is too strict: %v\n%s", broken, text)
		}
	}
	all := tree(t)
	if len(all) < 100 {
		t.Fatalf("found only %d sources", len(all))
	}
	for _, b := range l(all) {
		if slices.ContainsFunc(owed(), func(known string) bool { return strings.HasPrefix(b, known) }) {
			t.Log("owed: " + b)
			continue
		}
		t.Error(b)
	}
}

// owed is what broke a law before it was kept by a test, to be mended by its owners. Nothing is added here.
func owed() []string { return nil }

func TestLaw1NounsCanDoNothing(t *testing.T) {
	hold(t, nounsCanDoNothing, []string{
		`provider/a.go: package provider; import "net/http"; var _ http.Header`,
		`provider/a.go: package provider; import "net/http/httptest"`,
		`provider/a.go: package provider; import _ "database/sql"`,
		`provider/a.go: package provider; import "database/sql/driver"`,
		`provider/a.go: package provider; import "html/template"`,
		`provider/a.go: package provider; import "math/rand"`,
		`provider/a.go: package provider; import r "math/rand/v2"`,
		`provider/a.go: package provider; import "gatehouse/keys"`,
		`provider/a.go: package provider; import "golang.org/x/text/language"`,
		`provider/a.go: package provider; import "C"`,
	}, []string{
		`provider/a.go: package provider; import ("time"; "crypto/rand"; "encoding/json")`,
		`provider/web/a.go: package web; import "net/http"`,
	})
}

func TestLaw2StorageIsJoinedOutside(t *testing.T) {
	hold(t, storageIsJoinedOutside, []string{
		`provider/a.go: package provider; import "gatehouse/storage"`,
		`provider/server/a.go: package server; import _ "gatehouse/storage/sqlite"`,
	}, []string{
		`cmd/gatehouse/a.go: package main; import "gatehouse/storage"`,
		`storage/redis/a.go: package redis; import "gatehouse/storage/row"`,
		`provider/a.go: package provider; import "gatehouse/storages"`,
	})
}

func TestLaw3HTTPEndsInWeb(t *testing.T) {
	hold(t, httpEndsInWeb, []string{
		`provider/signin/a.go: package signin; import "net/http"; func f(w http.ResponseWriter) {}`,
		`provider/a.go: package provider; import h "net/http"; type T struct { w h.ResponseWriter }`,
		`provider/server/a.go: package server; import . "net/http"`,
		`provider/webhook/a.go: package webhook; import "net/http"; var _ http.ResponseWriter`,
	}, []string{
		`provider/web/a.go: package web; import "net/http"; func f(w http.ResponseWriter) {}`,
		`provider/oidc/a.go: package oidc; import "net/http"; func f(w http.ResponseWriter) {}`,
		`provider/signin/a.go: package signin; import "net/http"; const c = http.StatusOK`,
		`cmd/x/a.go: package main; import "net/http"; func f(w http.ResponseWriter) {}`,
	})
}

func TestLaw4LibrariesStayHome(t *testing.T) {
	hold(t, librariesStayHome, []string{
		`provider/web/a.go: package web; import "github.com/ory/fosite"`,
		`provider/server/a.go: package server; import "github.com/ory/fosite/handler/oauth2"`,
		`provider/signin/a.go: package signin; import "github.com/go-webauthn/webauthn/protocol"`,
		`provider/factor/oob/a.go: package oob; import "github.com/twilio/twilio-go"`,
		`cmd/gatehouse/a.go: package main; import "github.com/jackc/pgx/v5"`,
		`provider/limit/a.go: package limit; import "github.com/redis/go-redis/v9"`,
		`cmd/gatehouse/a.go: package main; import _ "modernc.org/sqlite"`,
		`provider/server/a.go: package server; import "github.com/pressly/goose/v3"`,
	}, []string{
		`provider/oidc/a.go: package oidc; import "github.com/ory/fosite"`,
		`provider/factor/passkey/a.go: package passkey; import "github.com/go-webauthn/webauthn/webauthn"`,
		`storage/sqlite/a.go: package sqlite; import _ "modernc.org/sqlite"`,
	})
}

func TestLaw5RoomsDoNotMeet(t *testing.T) {
	hold(t, roomsDoNotMeet, []string{
		`provider/oidc/a.go: package oidc; import "gatehouse/provider/settings"`,
		`provider/support/a.go: package support; import "gatehouse/provider/recovery/mail"`,
		`provider/activation/x/a.go: package x; import "gatehouse/provider/oidc"`,
		`provider/factor/totp/a.go: package totp; import "gatehouse/provider/factor/password"`,
	}, []string{
		`provider/oidc/a.go: package oidc; import ("gatehouse/provider/signin"; "gatehouse/provider/oidc/deep")`,
		`provider/settings/a.go: package settings; import "gatehouse/provider/factor/totp"`,
		`provider/server/a.go: package server; import ("gatehouse/provider/oidc"; "gatehouse/provider/settings")`,
	})
}

func TestLaw6ClockIsReadAtTheEdge(t *testing.T) {
	hold(t, clockIsReadAtTheEdge, []string{
		`provider/a.go: package provider; import "time"; var f = time.Now`,
		`storage/a.go: package storage; import t "time"; func f() { _ = t.Since(t.Time{}) }`,
		`keys/a.go: package keys; import "time"; func f() { _ = time.Until(time.Time{}) }`,
		`keys/a.go: package keys; import . "time"`,
	}, []string{
		`cmd/x/a.go: package main; import "time"; func f() { _ = time.Now() }`,
		`provider/web/a.go: package web; import "time"; func f() { _ = time.Now() }`,
		`keys/a.go: package keys; import "time"; func f(now time.Time) { _ = now.Sub(time.Time{}) }`,
	})
}

func TestLaw7PackagesAreNouns(t *testing.T) {
	hold(t, packagesAreNouns, []string{
		`provider/util/a.go: package util`, `common/a.go: package common`, `x/helpers/a.go: package helpers`,
		`x/types/a.go: package types`, `model/a.go: package model`, `x/good/a.go: package util`, `x/utils/a.go: package good`,
	}, []string{`provider/a.go: package provider`})
}

func TestLaw7NothingHappensAtInit(t *testing.T) {
	hold(t, nothingHappensAtInit,
		[]string{`x/a.go: package x; func init() {}`},
		[]string{`x/a.go: package x; type T int; func (T) init() {}; func begin() {}`})
}

func TestLaw7PackageVariablesDoNotChange(t *testing.T) {
	hold(t, packageVariablesDoNotChange, []string{
		`x/a.go: package x; var v int; func f() { v = 1 }`,
		`x/a.go: package x; var v int; func f() { v += 1 }`,
		`x/a.go: package x; var v int; func f() { v++ }`,
		"x/a.go: package x; var v int\n---\nx/b.go: package x; func f() { (v)-- }",
		`x/a.go: package x; var v = map[string]int{}; func f() { v["a"] = 1 }`,
		`x/a.go: package x; var v = map[string]int{}; func f() { delete(v, "a") }`,
		`x/a.go: package x; var v = map[string]int{}; func f() { clear(v) }`,
		`x/a.go: package x; var v []int; func f() { v = append(v, 1) }`,
		`x/a.go: package x; var v [3]int; func f() { copy(v[:], []int{1}) }`,
		`x/a.go: package x; var v struct{ a []int }; func f() { v.a[0]++ }`,
		`x/a.go: package x; var v int; func f() *int { return &v }`,
		`x/a.go: package x; var v = new(int); func f() { *v = 2 }`,
		`x/a.go: package x; var v int; func f() { for v = range 3 {} }`,
		`x/a.go: package x; import "net/http"; func f() { http.DefaultClient = nil }`,
		`x/a.go: package x; import "flag"; func f() { flag.Usage = nil }`,
		`x/a.go: package x; import "gatehouse/y"; func f() { y.V.Deep[1] = 2 }`,
		`x/a.go: package x; import "sync"; var v sync.Mutex`,
		`x/a.go: package x; import "sync/atomic"; var v = atomic.Int64{}`,
		`x/a.go: package x; import "example.com/unknown"; var v = unknown.New(); func f() { v.Field = 1 }`,
	}, []string{
		`x/a.go: package x; var v int; func f() { v := 1; v = 2; _ = v }`,
		`cmd/x/a.go: package main; import "flag"; func f() { flag.Usage = nil }`,
		`x/a.go: package x; var v int; func f(v int) { v++ }`,
		`x/a.go: package x; var v = map[string]int{"a": 1}; func f() int { return v["a"] }`,
		`x/a.go: package x; type T struct{ v int }; var v = 1; func (t *T) f() { t.v = v }`,
		`x/a.go: package x; import "errors"; var ErrV = errors.New("v"); var _ = ErrV`,
		`x/a.go: package x; import "net/http"; func f() *http.Client { return &http.Client{} }`,
		`x/a.go: package x; import "sync"; type T struct{ mu sync.Mutex }`,
		`x/a.go: package x; import "sync"; func f() { var mu sync.Mutex; mu.Lock() }`,
	})
}

func TestLawOfTheGroundFloor(t *testing.T) {
	hold(t, groundFloor, []string{
		`keys/a.go: package keys; import "gatehouse/provider"`,
		`templates/a.go: package templates; import "gatehouse/keys"`,
		`keys/deep/a.go: package deep; import "gatehouse/storage/row"`,
	}, []string{
		`keys/deep/a.go: package deep; import ("gatehouse/keys"; "crypto/rsa")`,
		`provider/oidc/a.go: package oidc; import ("gatehouse/keys"; "gatehouse/templates")`,
	})
}

func TestLawOfPackageDocs(t *testing.T) {
	hold(t, everyPackageSaysWhatItOwns, []string{
		`x/a.go: package x`,
		"x/a.go: // Package x is one line.\npackage x",
		"x/a.go: // Package x\n// has two.\npackage x\n---\nx/b.go: // Package x\n// again.\npackage x",
		"x/a.go: " + strings.Repeat("// more\n", 21) + "package x",
	}, []string{
		"x/a.go: // Package x owns\n// two lines.\npackage x\n---\nx/b.go: package x",
	})
}
