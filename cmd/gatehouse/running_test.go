package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the page for operators names exists: metrics, commands and flags.
func TestThePageForOperatorsIsTrue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "running.md"))
	if err != nil {
		t.Fatal(err)
	}
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	newBrowser(t).get(f.Issuer + "/jwks") // a request is counted once there was one
	b, bruno := newBrowser(t), f.account("bruno")
	b.signIn(b.get(f.Portal+"/records/login"), bruno.Username, bruno.Password) // and a message once one was delivered
	metrics := ""
	for !strings.Contains(metrics, "\ngatehouse_messages_total") && t.Context().Err() == nil {
		metrics = newBrowser(t).get(f.Private + "/metrics").text
	}
	for _, name := range regexp.MustCompile("`((?:gatehouse|process|go)_[a-z_]+)[`{]").FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(metrics, "\n"+name[1]) {
			t.Errorf("there is no metric %s", name[1])
		}
	}
	help := ""
	for _, command := range []string{"serve", "migrate", "check", "keys rotate", "keys init", "keys list", "audit list", "audit verify", "notice terms", "notice incident", "staff add"} {
		help += must(t, nil, "", append(strings.Fields(command), "--help")...)
	}
	for _, flag := range regexp.MustCompile("`(--[a-z-]+)`").FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(help, flag[1]) {
			t.Errorf("there is no flag %s", flag[1])
		}
	}
}
