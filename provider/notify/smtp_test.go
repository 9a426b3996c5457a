package notify_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
)

// letter is an e-mail written out.
func letter(change ...func(*notify.Outgoing)) notify.Outgoing {
	m := notify.Outgoing{
		Message: provider.Message{
			ID: provider.NewID(), Channel: provider.ByEmail, To: "ana@example.com", Lang: "es", Template: "M-01", At: noon, Expires: noon.Add(10 * time.Minute),
		},
		Subject: "Su código", Text: "Su código: 012345\n.\nuna línea que empieza con un punto\n", HTML: "<p lang=\"es\">Su código: <b>012345</b></p>\n",
	}
	for _, do := range change {
		do(&m)
	}
	return m
}

func to(address string) func(*notify.Outgoing) {
	return func(m *notify.Outgoing) { m.To = address }
}

func fault(t *testing.T, err error) *notify.Fault {
	t.Helper()
	var f *notify.Fault
	if !errors.As(err, &f) {
		t.Fatalf("%v is no Fault", err)
	}
	return f
}

func TestAMailHasItsHeadersAndBothBodies(t *testing.T) {
	r := newRelay(t, func(r *relay) { r.login = "us@example.org:pass word" })
	m := letter()
	ref, err := r.sender("smtp://us%40example.org:pass%20word@localhost:PORT").Send(t.Context(), m)
	if err != nil || ref != m.ID+"@id.example.org" {
		t.Fatalf("%q %v", ref, err)
	}
	got := r.messages()
	if len(got) != 1 || !got[0].secure || got[0].user != r.login || got[0].to != "<ana@example.com>" || strings.Contains(got[0].from, "SMTPUTF8") {
		t.Fatalf("%+v", got)
	}
	header, parts := got[0].read(t)
	for name, want := range map[string]string{
		"Message-Id": "<" + ref + ">", "To": "<ana@example.com>", "Date": "Sun, 22 Nov 2026 12:00:00 +0000", "Auto-Submitted": "auto-generated",
		"X-Auto-Response-Suppress": "All", "Content-Language": "es", "List-Unsubscribe": "", "User-Agent": "", "X-Mailer": "", "Bcc": "",
	} {
		if header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, header.Get(name), want)
		}
	}
	from, err := header.AddressList("From")
	if err != nil || from[0].Name != `Example "Health", Ünïversal` || from[0].Address != "no-reply@id.example.org" {
		t.Errorf("From: %v %v", from, err)
	}
	if len(parts) != 2 || parts[0] != (part{"text/plain", m.Text}) || parts[1] != (part{"text/html", m.HTML}) {
		t.Errorf("%q", parts)
	}
	if len(got[0].raw) > 30_000 {
		t.Errorf("%d bytes", len(got[0].raw))
	}
}

func TestOneConnectionCarriesSeveralMails(t *testing.T) {
	r := newRelay(t)
	s := r.sender("smtp://localhost:PORT")
	r.will("RCPT", "250 ok", "550 5.1.1 nobody", "250 ok")
	for i, want := range []string{"", "address", "", ""} {
		_, err := s.Send(t.Context(), letter())
		if got := err == nil; got != (want == "") {
			t.Errorf("mail %d: %v", i, err)
		}
	}
	if n := r.connections(); n != 1 || len(r.messages()) != 3 {
		t.Errorf("%d connections, %d mails", n, len(r.messages()))
	}
	r.close() // the relay restarts: what is kept is dead
	r.listen(r.listener.Addr().String())
	if _, err := s.Send(t.Context(), letter()); err != nil {
		t.Errorf("after a restart of the relay: %v", err)
	}
}

func TestNothingIsSentInClearUnlessToldTo(t *testing.T) {
	r := newRelay(t, func(r *relay) { r.noTLS = true })
	_, err := r.sender("smtp://localhost:PORT").Send(t.Context(), letter())
	if f := fault(t, err); f.Class != provider.FaultConfig || len(r.messages()) != 0 {
		t.Errorf("%v", f)
	}
	if _, err := r.sender("smtp://localhost:PORT?tls=off").Send(t.Context(), letter()); err != nil || r.messages()[0].secure {
		t.Errorf("%v", err)
	}
	secure := newRelay(t, func(r *relay) { r.implicit = true })
	if _, err := secure.sender("smtps://localhost:PORT").Send(t.Context(), letter()); err != nil || !secure.messages()[0].secure {
		t.Errorf("%v", err)
	}
}

func TestACertificateOfSomebodyElseIsAFaultOfConfiguration(t *testing.T) {
	for _, raw := range []string{"smtp://127.0.0.1:PORT", "smtps://127.0.0.1:PORT"} {
		r := newRelay(t, func(r *relay) { r.implicit = strings.HasPrefix(raw, "smtps") })
		_, err := r.sender(raw).Send(t.Context(), letter())
		if f := fault(t, err); f.Class != provider.FaultConfig || f.Unsure || len(r.messages()) != 0 {
			t.Errorf("%s: %v", raw, f)
		}
		stranger := r.sender(strings.ReplaceAll(raw, "127.0.0.1", "localhost"))
		stranger.TLS = nil // the roots of this machine do not know it
		if f := fault(t, stranger.Check(t.Context())); f.Class != provider.FaultConfig {
			t.Errorf("%s: %v", raw, f)
		}
	}
}

func TestAWrongPasswordIsAFaultOfConfiguration(t *testing.T) {
	r := newRelay(t, func(r *relay) { r.login = "u:right" })
	for _, raw := range []string{"smtp://u:canary@localhost:PORT"} {
		f := fault(t, r.sender(raw).Check(t.Context()))
		if f.Class != provider.FaultConfig || f.Code != "535 5.7.8" || strings.Contains(f.Error(), "canary") {
			t.Errorf("%v", f)
		}
	}
	if err := r.sender("smtp://u:right@localhost:PORT").Check(t.Context()); err != nil || len(r.messages()) != 0 {
		t.Errorf("%v", err)
	}
	deaf := newRelay(t) // offers no AUTH
	if f := fault(t, deaf.sender("smtp://u:right@localhost:PORT").Check(t.Context())); f.Class != provider.FaultConfig {
		t.Errorf("%v", f)
	}
}

func TestFaultsOfARelayHaveTheirClass(t *testing.T) {
	for _, c := range []struct {
		verb, answer string
		class        provider.SendFault
		unsure       bool
	}{
		{"greeting", "421 4.3.2 come back", provider.FaultTemporary, false},
		{"greeting", drop, provider.FaultTemporary, false},
		{"STARTTLS", "454 4.7.0 not now", provider.FaultTemporary, false},
		{"MAIL", "550 5.7.1 you may not", provider.FaultConfig, false},
		{"RCPT", "550 5.1.1 <ana@example.com>: nobody", provider.FaultAddress, false},
		{"RCPT", "450-4.2.0 greylisted\n450 4.2.0 try again", provider.FaultTemporary, false},
		{"RCPT", drop, provider.FaultTemporary, false},
		{"DATA", "451 4.3.0 not now", provider.FaultTemporary, false},
		{".", "554 5.7.1 we do not like it", provider.FaultBlocked, false},
		{".", "452 4.3.1 full", provider.FaultTemporary, false},
		{".", drop, provider.FaultTemporary, true},
		{".", keep, provider.FaultTemporary, true},
	} {
		r := newRelay(t)
		r.will(c.verb, c.answer)
		_, err := r.sender("smtp://localhost:PORT").Send(t.Context(), letter())
		f := fault(t, err)
		if f.Class != c.class || f.Unsure != c.unsure || strings.Contains(f.Error(), "ana@") {
			t.Errorf("%s %s: %+v (%v)", c.verb, c.answer, f, f)
		}
	}
}

func TestAStalledRelayIsGivenUp(t *testing.T) {
	for verb, unsure := range map[string]bool{"greeting": false, "EHLO": false, "RCPT": false, ".": true} {
		r := newRelay(t)
		r.will(verb, stall)
		ctx, cancel := context.WithCancel(t.Context())
		answered := make(chan error, 1)
		s := r.sender("smtp://localhost:PORT")
		go func() {
			_, err := s.Send(ctx, letter())
			answered <- err
		}()
		for r.connections() == 0 || len(r.pending(verb)) > 0 {
			select {
			case err := <-answered:
				t.Fatalf("%s: %v", verb, err)
			case <-time.After(time.Millisecond): // until it stalls
			}
		}
		cancel()
		if f := fault(t, <-answered); f.Class != provider.FaultTemporary || f.Unsure != unsure {
			t.Errorf("%s: %v %v", verb, f, f.Unsure)
		}
	}
}

// pending are the answers to a verb that were not given yet.
func (r *relay) pending(verb string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next[verb]
}

func TestADeadRelayIsATemporaryFault(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	relay, err := notify.ParseRelay("smtp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := notify.NewSMTP(relay, "no-reply@id.example.org", "Example")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context(), letter())
	if f := fault(t, err); f.Class != provider.FaultTemporary || f.Unsure {
		t.Errorf("%v", f)
	}
}

func TestAddressesOutsideASCII(t *testing.T) {
	r := newRelay(t)
	s := r.sender("smtp://localhost:PORT")
	for address, want := range map[string]string{
		"ana@bücher.example":  "<ana@xn--bcher-kva.example>",
		"josé@bücher.example": "<josé@xn--bcher-kva.example>",
	} {
		if _, err := s.Send(t.Context(), letter(to(address))); err != nil {
			t.Fatal(err)
		}
		all := r.messages()
		got := all[len(all)-1]
		if got.to != want || strings.Contains(got.from, "SMTPUTF8") != strings.Contains(want, "é") {
			t.Errorf("%s: %s %s", address, got.to, got.from)
		}
	}
	for _, address := range []string{"", "ana", "ana@", "@example.com", "ana@example.com>\r\nRCPT TO:<eve@example.com", "a b@example.com", "ana@exa mple.com"} {
		if _, err := s.Send(t.Context(), letter(to(address))); fault(t, err).Class != provider.FaultAddress {
			t.Errorf("%q: %v", address, err)
		}
	}
	if len(r.messages()) != 2 {
		t.Error("more was sent")
	}
}

func TestHeadersHoldNoMoreThanTheyShould(t *testing.T) {
	r := newRelay(t)
	m := letter(func(m *notify.Outgoing) { m.Subject, m.Lang = "Code\r\nBcc: eve@example.com", "es\r\nX-Evil: 1" })
	if _, err := r.sender("smtp://localhost:PORT").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	header, _ := r.messages()[0].read(t)
	if header.Get("Bcc") != "" || header.Get("X-Evil") != "" || header.Get("Content-Language") != "" {
		t.Errorf("%v", header)
	}
}
