package provider

import (
	"slices"
	"testing"
	"time"
)

func TestFinishers(t *testing.T) {
	then := time.Date(2031, 3, 9, 8, 0, 0, 0, time.UTC)
	mail, phone := Contact{Email, "ana@example.org", then}, Contact{Phone, "+16175550101", then}
	with := func(all ...Contact) Account {
		a := Account{ID: "ana", Identifiers: []Identifier{{Kind: Username, Value: "ana", VerifiedAt: then}, {Kind: Email, Canonical: "unverified@example.org"}}}
		for _, c := range all {
			a.Identifiers = append(a.Identifiers, Identifier{Kind: c.Kind, Canonical: c.Canonical, VerifiedAt: c.VerifiedAt})
		}
		return a
	}
	anew := Contact{Email, "ana@example.org", then.Add(time.Hour)}
	second := Contact{Email, "ana@work.example", then}
	for name, c := range map[string]struct {
		then, now Account
		by        Contact
		want      []Contact
	}{
		"by the password, nothing changed":      {with(mail, phone), with(mail, phone), Contact{}, []Contact{mail, phone}},
		"by a code to an e-mail address":        {with(mail, phone), with(mail, phone), Contact{Kind: Email}, []Contact{phone}},
		"by a code to one address of two":       {with(mail, second), with(mail, second), Contact{Kind: Email, Canonical: mail.Canonical}, []Contact{second}},
		"by a code to some address of two":      {with(mail, second), with(mail, second), Contact{Kind: Email}, nil},
		"an address verified anew is another":   {with(mail, phone), with(anew, phone), Contact{}, []Contact{phone}},
		"an address that went":                  {with(mail, phone), with(phone), Contact{}, []Contact{phone}},
		"an address that came":                  {with(phone), with(phone, mail), Contact{}, []Contact{phone}},
		"the only address is that it began by":  {with(mail), with(mail), Contact{Kind: Email}, nil},
		"no address that was ever verified":     {with(), with(), Contact{}, nil},
		"all went and came back, verified anew": {with(mail), with(anew), Contact{}, nil},
	} {
		r, can := Wait("r", c.then, c.by, WaitRule{Lasts: 72 * time.Hour, Open: time.Hour}, then)
		if got := r.Finishers(c.now, Contact{}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if can != (len(r.Finishers(c.then, Contact{})) > 0) {
			t.Errorf("%s: may begin: %v", name, can)
		}
	}
}

// TestFinishersOfAnother: begun by the password, a recovery is not finished with what opened the ceremony that finishes it.
func TestFinishersOfAnother(t *testing.T) {
	then := time.Date(2031, 3, 9, 8, 0, 0, 0, time.UTC)
	a := Account{ID: "ana", Identifiers: []Identifier{
		{Kind: Email, Canonical: "ana@example.org", VerifiedAt: then}, {Kind: Phone, Canonical: "+16175550101", VerifiedAt: then},
	}}
	r, _ := Wait("r", a, Contact{}, WaitRule{Lasts: time.Hour, Open: time.Hour}, then)
	for by, want := range map[IdentifierKind]IdentifierKind{Email: Phone, Phone: Email} {
		if got := r.Finishers(a, Contact{Kind: by}); len(got) != 1 || got[0].Kind != want {
			t.Errorf("opened by %s: %v", by, got)
		}
	}
}

func TestRecoveryTimes(t *testing.T) {
	at := time.Date(2031, 3, 9, 8, 0, 0, 0, time.UTC)
	r, _ := Wait("r", Account{ID: "ana"}, Contact{}, WaitRule{Lasts: 72 * time.Hour, Open: 24 * time.Hour}, at)
	for after, want := range map[time.Duration][2]bool{
		0: {true, false}, 72*time.Hour - 1: {true, false}, 72 * time.Hour: {true, true}, 96*time.Hour - 1: {true, true}, 96 * time.Hour: {false, false},
	} {
		if got := [2]bool{r.Pending(at.Add(after)), r.Ready(at.Add(after))}; got != want {
			t.Errorf("after %s: pending, ready %v, want %v", after, got, want)
		}
	}
	if next := r.NextNotice(); !r.NoticeAt.Equal(at.Add(36*time.Hour)) || !next.Equal(r.ReadyAt) {
		t.Errorf("notices at %v and %v", r.NoticeAt, next)
	}
	r.NoticeAt = r.ReadyAt
	if !r.NextNotice().IsZero() {
		t.Error("a notice after the last")
	}
	r.EndedAt = at
	if r.Pending(at) || r.Ready(at.Add(80*time.Hour)) {
		t.Error("ended, and goes on")
	}
}

// TestMayWait: the password or a code must have been shown in this ceremony; a session that was left open is not enough.
func TestMayWait(t *testing.T) {
	password := []Proof{{Account: "ana", Kind: Password}}
	for name, c := range map[string]struct {
		c    Ceremony
		want bool
	}{
		"nobody":                  {Ceremony{}, false},
		"a name":                  {Ceremony{Account: "ana"}, false},
		"a password":              {Ceremony{Account: "ana", Proofs: password}, true},
		"a password of a session": {Ceremony{Account: "ana", Earlier: password}, false},
		"an app's code":           {Ceremony{Account: "ana", Proofs: []Proof{{Account: "ana", Kind: TOTP}}}, false},
		"a remembered browser":    {Ceremony{Account: "ana", Proofs: []Proof{{Account: "ana", Kind: Remembered}}}, false},
		"a code of a reset":       {Ceremony{Account: "ana", Demand: Demand{Reset: ByEmail}}, true},
		"a reset of nobody":       {Ceremony{Demand: Demand{Reset: ByEmail}}, false},
	} {
		if got := MayWait(c.c); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for kind, want := range map[Kind]bool{
		Password: false, EmailCode: false, Remembered: false, TextCode: true, TOTP: true, Passkey: true, RecoveryCode: true,
	} {
		if FoundAgain([]Proof{{Kind: kind}}) != want {
			t.Errorf("%s found again: %v", kind, !want)
		}
	}
}
