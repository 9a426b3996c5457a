package redis

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/storagetest"
	"gatehouse/storage/storagetest/servers"
)

// TestTLS: rediss:// keeps ceremonies where the certificate is by the authority named, and for the name of the server;
// otherwise nothing is said to it.
func TestTLS(t *testing.T) {
	made, err := servers.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := servers.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r, secure, err := servers.StartSecureRedis(made.Certificate, made.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	named := func(authority string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, []byte(authority), 0o600); err != nil {
			t.Fatal(err)
		}
		return "?ca=" + file
	}
	s := openURL(t, "rediss://"+secure+"/0"+named(made.Authority))
	var c provider.Ceremony
	id := begin(t, s)
	patiently(t, func() (err error) {
		c, err = s.Ceremony(t.Context(), id)
		return err
	})
	patiently(t, func() error {
		err := s.SwapCeremony(t.Context(), c)
		if errors.Is(err, provider.ErrStale) { // a first try came late, and went through
			return nil
		}
		return err
	})
	for name, url := range map[string]string{
		"another authority":         "rediss://" + secure + "/0" + named(other.Authority),
		"the machine's authorities": "rediss://" + secure,
		"another name":              "rediss://" + strings.Replace(secure, "127.0.0.1", "localhost", 1) + "/0" + named(made.Authority),
		"no TLS":                    "redis://" + secure,
	} {
		if err := openURL(t, url).Ready(t.Context()); !errors.Is(err, provider.ErrUnavailable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestBadAuthority: a file that is not there, or holds none, is refused, and its name is not repeated.
func TestBadAuthority(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "hunter2")
	if err := os.WriteFile(empty, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"rediss://a?ca=/nowhere/hunter2", "rediss://a?ca=" + empty, "redis://a?ca=" + empty} {
		if _, err := configure(url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestContractOnThreeNodes: ceremonies lie on every node of a cluster, whichever was asked first.
func TestContractOnThreeNodes(t *testing.T) {
	nodes, err := servers.StartCluster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for _, r := range nodes {
		t.Cleanup(r.Stop)
		addresses = append(addresses, r.Addr())
	}
	s := openURL(t, "redis://"+strings.Join(addresses, ",")+"?cluster=1")
	patiently(t, func() error { return s.Ready(t.Context()) })
	storagetest.RunVolatile(t, func(*testing.T) provider.Volatile { return s })
	for range 60 {
		begin(t, s)
	}
	one := openURL(t, "redis://"+addresses[0]+"?cluster=1") // it learns of the others
	for _, r := range nodes {
		own, n := openURL(t, r.URL()), int64(0)
		patiently(t, func() (err error) {
			n, err = own.client.DBSize(t.Context()).Result()
			return fault(err)
		})
		if n < 5 {
			t.Errorf("%d ceremonies on %s", n, r.Addr())
		}
	}
	for range 20 {
		c := begin(t, s)
		one.sealer = s.sealer
		patiently(t, func() error {
			_, err := one.Ceremony(t.Context(), c)
			return err
		})
	}
}

func begin(t *testing.T, s *Store) (id string) {
	t.Helper()
	patiently(t, func() (err error) {
		id, err = s.BeginCeremony(t.Context(), provider.Ceremony{Room: "oidc", Deadline: time.Now().Add(time.Hour)})
		return err
	})
	return id
}

// patiently asks again where the machine is too busy to answer in the time that Redis has.
func patiently(t *testing.T, do func() error) {
	t.Helper()
	err := do()
	for errors.Is(err, provider.ErrUnavailable) && t.Context().Err() == nil {
		time.Sleep(10 * time.Millisecond)
		err = do()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestDriverIsQuiet: what the driver has to say goes to our log, for who wants to know, and not to the terminal.
func TestDriverIsQuiet(t *testing.T) {
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := Open(Options{URL: "redis://:hunter2@127.0.0.1:1", Sealer: openURL(t, running(t, "one").URL()).sealer, Now: time.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Ready(t.Context()), s.Close()); !errors.Is(err, provider.ErrUnavailable) {
		t.Fatal(err)
	}
	openURL(t, running(t, "one").URL()) // the log is another's again
	if text := said.String(); !strings.Contains(text, "redis driver") || strings.Contains(text, "hunter2") {
		t.Fatalf("%q", text)
	}
}
