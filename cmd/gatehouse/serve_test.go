package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// served are the flags of a deployment that may be served.
func served(more ...string) []string {
	return append([]string{
		"serve", "--issuer", "https://id.example.org", "--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0", "--drain-delay", "0s",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6", "--no-messages",
	}, more...)
}

func TestServeWithoutAKeysetSaysHowToMakeOne(t *testing.T) {
	env := map[string]string{"GATEHOUSE_DATA": t.TempDir()}
	must(t, env, "", "migrate")
	file := filepath.Join(env["GATEHOUSE_DATA"], "keyset.json")
	gatehouse(t, env, "", served("--trusted-proxy", "127.0.0.1/32")...).says(t, exitFailed, "gatehouse keys init --keyset "+file)
}

func TestServeWithoutAMigrationSaysWhatToRun(t *testing.T) {
	env := map[string]string{"GATEHOUSE_DATA": t.TempDir()}
	must(t, env, "", "keys", "init")
	gatehouse(t, env, "", served("--trusted-proxy", "127.0.0.1/32")...).says(t, exitFailed, "gatehouse migrate")
	if err := os.WriteFile(filepath.Join(env["GATEHOUSE_DATA"], "gatehouse.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gatehouse(t, env, "", served("--trusted-proxy", "127.0.0.1/32")...).says(t, exitFailed, "run `gatehouse migrate` first")
}

func TestServeRefusesADatabaseItCannotOpen(t *testing.T) {
	env := deployment(t)
	env["GATEHOUSE_DATABASE"] = "mysql://u:canary@db/gatehouse"
	c := gatehouse(t, env, "", served("--trusted-proxy", "127.0.0.1/32")...)
	c.says(t, exitFailed, `"mysql"`, "sqlite:PATH")
	if strings.Contains(c.err, "canary") {
		t.Errorf("a password is told: %s", c.err)
	}
}

func TestMigrateShowsWhatItDoes(t *testing.T) {
	env := map[string]string{"GATEHOUSE_DATA": t.TempDir()}
	gatehouse(t, env, "", "migrate", "--dry-run").says(t, exitFailed, "there is no database")
	if text := must(t, env, "", "migrate"); !strings.Contains(text, "to be applied") || !strings.Contains(text, "up to date") {
		t.Error(text)
	}
	if text := must(t, env, "", "migrate", "--dry-run"); !strings.Contains(text, "0 of ") {
		t.Error(text)
	}
}

// The real program: it says when it is ready, answers over TLS, and a SIGTERM drains it.
func TestSIGTERMDrains(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "gatehouse")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	env := deployment(t)
	cert, key := selfSigned(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, binary, served("--tls-cert", cert, "--tls-key", key)...)
	command.Env = append(os.Environ(), "GATEHOUSE_DATA="+env["GATEHOUSE_DATA"])
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewReader(stderr)
	ready := logged(t, log, "ready")
	private := "http://" + ready["private"]
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	if answer, err := client.Get("https://" + ready["listen"] + "/.well-known/openid-configuration"); err != nil || answer.StatusCode != 200 || answer.ProtoMajor != 2 {
		t.Errorf("%v %v", answer, err)
	}
	if answer, err := http.Get(private + "/readyz"); err != nil || answer.StatusCode != 200 {
		t.Errorf("%v %v", answer, err)
	}
	half := halfARequest(t, ready["listen"])
	half.expect("HTTP/1.1 100 Continue") // its handler runs
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	logged(t, log, "draining")
	if answer, err := http.Get(private + "/readyz"); err != nil || answer.StatusCode != 503 {
		t.Errorf("ready while draining: %v %v", answer, err)
	}
	if _, err := io.WriteString(half.conn, inFlightBody); err != nil {
		t.Fatal(err)
	}
	half.expect("HTTP/1.1 401") // what is in flight gets its answer: that nobody has this name
	logged(t, log, "stopped")
	if err := command.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if _, err := net.Dial("tcp", ready["listen"]); err == nil {
		t.Error("it still listens")
	}
}

// logged reads the log up to a message, and answers its texts.
func logged(t *testing.T, log *bufio.Reader, message string) map[string]string {
	t.Helper()
	var seen strings.Builder
	for {
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatalf("no line %q: %v\n%s", message, err, seen.String())
		}
		seen.WriteString(line)
		if !strings.HasPrefix(line, "{") {
			continue
		}
		texts := map[string]string{}
		for name, value := range parsed[map[string]any](t, line) {
			texts[name] = fmt.Sprint(value)
		}
		if texts["msg"] == message {
			return texts
		}
	}
}

// half is a request whose body is still to come.
type half struct {
	t    *testing.T
	conn net.Conn
	read *bufio.Reader
}

const inFlightBody = "grant_type=client_credentials&client_id=nobody&client_secret=none"

func halfARequest(t *testing.T, address string) half {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /token HTTP/1.1\r\nHost: id.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(inFlightBody))
	if err != nil {
		t.Fatal(err)
	}
	return half{t: t, conn: conn, read: bufio.NewReader(conn)}
}

// expect reads the next line that is not empty.
func (h half) expect(status string) {
	h.t.Helper()
	line := "\r\n"
	for line == "\r\n" {
		var err error
		line, err = h.read.ReadString('\n')
		if err != nil {
			h.t.Fatalf("waiting for %s: %v", status, err)
		}
	}
	if !strings.HasPrefix(line, status) {
		h.t.Errorf("%q, want %s", line, status)
	}
}

func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"id.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", pkcs8)
}
