package keys

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

func sealTicket(t testing.TB, keyset *Keyset, v string, expires time.Time) string {
	t.Helper()
	ticket, err := keyset.SealTicket([]byte(v), "ceremony", expires)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func TestTicketLivesUntilItsExpiry(t *testing.T) {
	keyset, expires := newKeyset(t), noon().Add(time.Hour)
	ticket := sealTicket(t, keyset, "records", expires)
	if url.QueryEscape(ticket) != ticket {
		t.Errorf("not URL-safe: %s", ticket)
	}
	if v, err := keyset.OpenTicket(ticket, "ceremony", expires.Add(-time.Millisecond)); err != nil || string(v) != "records" {
		t.Errorf("before: %q, %v", v, err)
	}
	for _, late := range []time.Duration{0, time.Second, 1e6 * time.Hour} {
		v, err := keyset.OpenTicket(ticket, "ceremony", expires.Add(late))
		if !errors.Is(err, ErrTicketExpired) || errors.Is(err, ErrTicket) || string(v) != "records" {
			t.Errorf("after: %q, %v", v, err)
		}
	}
	if _, err := rotate(t, keyset, PurposeTicket).OpenTicket(ticket, "ceremony", noon()); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
}

func TestTicketOfAnotherKindIsRefused(t *testing.T) {
	keyset := newKeyset(t)
	ticket := sealTicket(t, keyset, "records", noon())
	sealed, err := keyset.Seal([]byte("12345678x"), Where{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ ticket, purpose string }{
		"other purpose":  {ticket, "consent"},
		"no purpose":     {ticket, ""},
		"nothing":        {"", "ceremony"},
		"padding":        {ticket + "=", "ceremony"},
		"line break":     {ticket[:9] + "\n" + ticket[9:], "ceremony"},
		"carriage":       {ticket + "\r", "ceremony"},
		"too long":       {strings.Repeat("A", maxTicket+1), "ceremony"},
		"a column":       {string(sealed), "ceremony"},
		"other spelling": {otherSpelling(ticket), "ceremony"},
	} {
		if v, err := keyset.OpenTicket(test.ticket, test.purpose, noon()); !errors.Is(err, ErrTicket) || v != nil {
			t.Errorf("%s: %q, %v", name, v, err)
		}
	}
	if _, err := newKeyset(t).OpenTicket(ticket, "ceremony", noon()); !errors.Is(err, ErrTicket) {
		t.Errorf("other keyset: %v", err)
	}
	for i := range ticket {
		changed := ticket[:i] + string(ticket[i]^1) + ticket[i+1:]
		if _, err := keyset.OpenTicket(changed, "ceremony", noon()); !errors.Is(err, ErrTicket) {
			t.Errorf("character %d changed: %v", i, err)
		}
	}
}

func TestTicketIsBounded(t *testing.T) {
	keyset := newKeyset(t)
	if _, err := keyset.SealTicket(make([]byte, 12_500), "ceremony", noon()); err == nil {
		t.Error("a ticket of over 16 KiB was made")
	}
	ticket := sealTicket(t, keyset, strings.Repeat("x", 12_200), noon().Add(1))
	if _, err := keyset.OpenTicket(ticket, "ceremony", noon().Add(-time.Hour)); err != nil {
		t.Errorf("12,200 bytes: %v", err)
	}
}

// otherSpelling changes the bits of the last character that stand for no byte; a lax decoder does not see them.
func otherSpelling(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[last^1])
}

func FuzzOpenTicket(f *testing.F) {
	keyset := newKeyset(f)
	ticket := sealTicket(f, keyset, "records", noon().Add(time.Hour))
	f.Add(ticket)
	f.Add(ticket[:20])
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := keyset.OpenTicket(s, "ceremony", noon())
		if s != ticket && (!errors.Is(err, ErrTicket) || v != nil) {
			t.Errorf("%q gave %q, %v", s, v, err)
		}
	})
}
