package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

const desks = "https://support.example.org"

// addStaff adds one and answers what was printed.
func addStaff(t *testing.T, env map[string]string, name, role string, more ...string) staffView {
	t.Helper()
	args := append([]string{"staff", "add", "--support-origin", desks, "--name", name, "--email", name + "@example.org", "--role", role, "--json"}, more...)
	return parsed[staffView](t, must(t, env, "", args...))
}

// withStore opens a deployment's store.
func withStore(t *testing.T, env map[string]string, do func(*opened)) {
	t.Helper()
	store, err := (Storage{Data: env["GATEHOUSE_DATA"]}).open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	do(store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTheFirstAdministrator comes by the command line: the link opens once, for a day, and only its hash is kept.
func TestTheFirstAdministrator(t *testing.T) {
	env := deployment(t)
	before := time.Now()
	ida := addStaff(t, env, "ida", "administrator")
	link, token, _ := strings.Cut(ida.Enroll, "#")
	if link != desks+"/enroll" || len(token) < 40 || ida.State != "to enroll" || ida.Until == nil || ida.Until.Sub(before) > 24*time.Hour+time.Minute {
		t.Errorf("%+v", ida)
	}
	if list := must(t, env, "", "staff", "list", "--json"); strings.Contains(list, token) {
		t.Errorf("the link is shown twice: %s", list)
	}
	withStore(t, env, func(s *opened) {
		st, err := s.StaffByEnroll(t.Context(), provider.HashSecret(token))
		if err != nil || string(st.ID) != ida.ID || st.Name != "ida" || st.Role != provider.Administrator {
			t.Errorf("%+v: %v", st, err)
		}
		events, err := s.Events(t.Context(), "", 1)
		if err != nil || len(events) != 1 || events[0].Kind != "staff.added" || events[0].Actor != "operator" || events[0].Detail["role"] != "administrator" {
			t.Errorf("%+v: %v", events, err)
		}
	})
	shown := must(t, env, "", "staff", "list")
	for _, word := range []string{ida.ID, "ida", "ida@example.org", "administrator", "to enroll"} {
		if !strings.Contains(shown, word) {
			t.Errorf("no %q in\n%s", word, shown)
		}
	}
}

// TestStaffAreDisabledAndLinkedAnew: who was disabled is in no more, and who gets a new link has no passkey but the next.
func TestStaffAreDisabledAndLinkedAnew(t *testing.T) {
	env := deployment(t)
	fay := addStaff(t, env, "fay", "agent")
	_, token, _ := strings.Cut(fay.Enroll, "#")
	id := provider.StaffID(fay.ID)
	session := provider.StaffSession{ID: "s", SecretHash: []byte("s"), Staff: id, SeenAt: time.Now(), EndsAt: time.Now().Add(time.Hour)}
	withStore(t, env, func(s *opened) {
		key := provider.StaffKey{ID: "k", Staff: id, Data: []byte("k"), CreatedAt: time.Now()}
		if err := s.EnrollStaff(t.Context(), provider.HashSecret(token), key, time.Now(), provider.Event{At: time.Now(), Kind: "staff.enrolled"}); err != nil {
			t.Fatal(err)
		}
		if err := s.BeginStaffSession(t.Context(), session, provider.Event{At: time.Now(), Kind: "staff.signed_in"}); err != nil {
			t.Fatal(err)
		}
	})
	if v := parsed[staffView](t, must(t, env, "", "staff", "disable", "FAY@example.org", "--json")); v.State != "disabled" || v.DisabledAt == nil {
		t.Errorf("%+v", v)
	}
	must(t, env, "", "staff", "disable", fay.ID) // nothing changes
	if v := parsed[staffView](t, must(t, env, "", "staff", "enable", fay.ID, "--json")); v.State != "active" || v.DisabledAt != nil {
		t.Errorf("%+v", v)
	}
	again := parsed[staffView](t, must(t, env, "", "staff", "link", fay.ID, "--support-origin", desks, "--json"))
	if again.Enroll == "" || again.Enroll == fay.Enroll || again.State != "to enroll" {
		t.Errorf("%+v", again)
	}
	withStore(t, env, func(s *opened) {
		keys, err := s.StaffKeys(t.Context(), id)
		if err != nil || len(keys) != 0 {
			t.Errorf("%v: %v", keys, err)
		}
		read, err := s.StaffSession(t.Context(), session.SecretHash)
		if err != nil || read.EndedAt.IsZero() {
			t.Errorf("%+v: %v", read, err)
		}
		var kinds []string
		events, _ := s.Events(t.Context(), "", 3)
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		if text, _ := json.Marshal(kinds); string(text) != `["staff.linked","staff.enabled","staff.disabled"]` {
			t.Errorf("%s", text)
		}
	})
}

// TestStaffAddRefuses: all that is wrong is told at once, and nobody is added twice.
func TestStaffAddRefuses(t *testing.T) {
	env := deployment(t)
	gatehouse(t, env, "", "staff", "add", "--name", " ", "--email", "x", "--role", "boss").
		says(t, exitUsage, "--support-origin", "--name", "--email", "--role", "agent, supervisor, auditor, administrator")
	for _, origin := range []string{"http://support.example.org", "https://support.example.org/", "https://10.0.0.1", "support.example.org", "https://a@b.example"} {
		gatehouse(t, env, "", "staff", "add", "--support-origin", origin, "--name", "a", "--email", "a@example.org", "--role", "agent").
			says(t, exitUsage, "--support-origin")
	}
	addStaff(t, env, "fay", "agent")
	gatehouse(t, env, "", "staff", "add", "--support-origin", desks, "--name", "F", "--email", "FAY@example.org", "--role", "auditor").
		says(t, exitFailed, "already")
	gatehouse(t, env, "", "staff", "add", "--support-origin", desks, "--name", "G", "--email", "g@example.org", "--role", "agent", "--account", "nobody").
		says(t, exitFailed, "nobody has the username")
	gatehouse(t, env, "", "staff", "disable", "who@example.org").says(t, exitFailed, "nobody of the house")
	gatehouse(t, env, "", "staff", "link", "fay@example.org").says(t, exitUsage, "--support-origin")
}

// TestConsoleSettings: both or none, and another host than that of patients.
func TestConsoleSettings(t *testing.T) {
	for origin, want := range map[string]string{
		"": "together", "https://id.example.org:8443": "host of --issuer", "https://ID.example.org": "host of --issuer",
		"https://support.example.org/x": "no slash", "https://support.example.org": "",
	} {
		err := Console{Listen: ":9443", Desk: Desk{Origin: origin}}.check("https://id.example.org")
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", origin, err, want)
		}
	}
	if err := (Console{}).check("https://id.example.org"); err != nil {
		t.Error(err)
	}
	if err := (Console{Desk: Desk{Origin: desks}}).check("https://id.example.org"); err == nil {
		t.Error("an origin that nobody listens for")
	}
}

// TestSystemsOfTheOffice are agents that are an application with a key: no link, no account, no other role, and one of each.
func TestSystemsOfTheOffice(t *testing.T) {
	env := deployment(t)
	add := func(client, role string, more ...string) []string {
		return append([]string{"staff", "add", "--client", client, "--name", "Desk", "--email", "it@example.org", "--role", role, "--json"}, more...)
	}
	gatehouse(t, env, "", add("desk", "agent")...).says(t, exitFailed, "no such application")
	gatehouse(t, env, "", add("desk", "supervisor")...).says(t, exitUsage, "no machine approves")
	must(t, env, "", "client", "add", "--id", "desk", "--name", "Desk", "--grant", "client_credentials", "--scope", "support.act")
	gatehouse(t, env, "", add("desk", "agent")...).says(t, exitFailed, "private_key_jwt")
	withStore(t, env, func(s *opened) {
		c, err := s.Client(t.Context(), "desk")
		if err != nil {
			t.Fatal(err)
		}
		c.AuthMethod, c.SecretHash, c.JWKSURI = provider.AuthKey, nil, "https://desk.example.org/jwks"
		if err := s.UpdateClient(t.Context(), c, provider.Event{At: time.Now(), Kind: "client.changed"}); err != nil {
			t.Fatal(err)
		}
	})
	v := parsed[staffView](t, must(t, env, "", add("desk", "agent")...))
	if v.ID != "client:desk" || v.Enroll != "" || v.State != "active" {
		t.Errorf("%+v", v)
	}
	gatehouse(t, env, "", add("desk", "agent")...).says(t, exitFailed, "already")
	gatehouse(t, env, "", "staff", "link", "client:desk", "--support-origin", desks).says(t, exitFailed, "no passkey")
	if v := parsed[staffView](t, must(t, env, "", "staff", "disable", "client:desk", "--json")); v.State != "disabled" {
		t.Errorf("%+v", v)
	}
}
