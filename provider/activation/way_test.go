package activation

import (
	"bufio"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// acts are the words of the script.
func acts() map[string]func(draft) draft {
	one := func(do func(*draft)) func(draft) draft { return func(d draft) draft { do(&d); return d } }
	part := func(name string) func(draft) draft { return func(d draft) draft { d, _ = changed(d, name); return d } }
	return map[string]func(draft) draft{
		"begin":             func(draft) draft { return draft{Code: "0123456789AB"} },
		"match":             func(d draft) draft { return matched(d, invitation(""), noon()) },
		"match expired":     func(d draft) draft { return matched(d, invitation(stateExpired), noon()) },
		"match used":        func(d draft) draft { return matched(d, invitation(stateUsed), noon()) },
		"match revoked":     func(d draft) draft { return matched(d, invitation(stateRevoked), noon()) },
		"match replaced":    func(d draft) draft { return matched(d, invitation(stateReplaced), noon()) },
		"new":               one(func(d *draft) { d.New = true }),
		"signed in":         one(func(d *draft) { d.Joiner, d.JoinedBy = "ana", "session" }),
		"not this one":      one(func(d *draft) { d.Joiner, d.JoinedBy = "", "" }),
		"email sent":        one(func(d *draft) { d.Email = contact{To: "a@example.org", Challenge: "c"} }),
		"email other":       one(func(d *draft) { d.Email.Challenge = "" }),
		"email right":       one(func(d *draft) { d.Email.At, d.Email.Challenge = noon(), "" }),
		"no email":          one(func(d *draft) { d.Email = contact{None: true} }),
		"phone sent":        one(func(d *draft) { d.Phone = contact{To: "+16175550123", Challenge: "c"} }),
		"phone right":       one(func(d *draft) { d.Phone.At, d.Phone.Challenge = noon(), "" }),
		"no phone":          one(func(d *draft) { d.Phone = contact{None: true} }),
		"alone":             one(func(d *draft) { d.Alone = true }),
		"name":              one(func(d *draft) { d.Username = "mary" }),
		"name by email":     one(func(d *draft) { d.Username, d.ByEmail = "mary", true }),
		"passkey":           one(func(d *draft) { d.Passkey, d.SetAt = &key{Data: []byte("k")}, noon() }),
		"password":          one(func(d *draft) { d.Hash, d.SetAt = "$hash", noon() }),
		"change email":      part("email"),
		"change phone":      part("phone"),
		"change name":       part("name"),
		"change secret":     part("secret"),
		"change everything": part("everything"),
		"finish":            func(d draft) draft { return finished(d, "mary") },
	}
}

func invitation(state string) provider.Activation {
	a := provider.Activation{ID: "inv", Relation: provider.Self, IssuedAt: noon().Add(-time.Hour), ExpiresAt: noon().Add(time.Hour)}
	switch state {
	case stateExpired:
		a.ExpiresAt = noon()
	case stateUsed:
		a.UsedAt, a.UsedBy = noon(), "x"
	case stateRevoked:
		a.RevokedAt, a.RevokedWhy = noon(), "by_staff"
	case stateReplaced:
		a.RevokedAt, a.RevokedWhy = noon(), stateReplaced
	}
	return a
}

func TestTheWayAsAScript(t *testing.T) {
	file, err := os.Open("testdata/way.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	words, used := acts(), map[string]bool{}
	var d draft
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		act, want, ok := strings.Cut(line, "->")
		act, want = strings.TrimSpace(act), strings.TrimSpace(want)
		if !ok {
			continue
		}
		do, known := words[act]
		if !known {
			t.Fatalf("line %d: %q is no act", n, act)
		}
		used[act] = true
		if d = do(d); string(next(d)) != want {
			t.Fatalf("line %d: after %q comes %q, not %q", n, act, next(d), want)
		}
	}
	for act := range words {
		if !used[act] {
			t.Errorf("%q is played nowhere", act)
		}
	}
}

// TestNothingIsSkipped: whichever facts a draft has, it is checked only where all that is asked for is there. Every set of facts is
// tried, with the step worked out from a table of its own.
func TestNothingIsSkipped(t *testing.T) {
	for set := range 1 << 9 {
		has := func(bit int) bool { return set&(1<<bit) != 0 }
		d := draft{New: has(1), Alone: has(4)}
		if has(0) {
			d.Invitation = "inv"
		}
		if has(2) {
			d.Email.At = noon()
		}
		if has(3) {
			d.Phone.At = noon()
		}
		if has(5) {
			d.Username = "mary"
		}
		if has(6) {
			d.Hash = "$hash"
		}
		if has(8) {
			d.Passkey = &key{Data: []byte("k")}
		}
		d.Email.None, d.Phone.None = has(7) && !has(2), has(7) && !has(3)
		reach := has(2) || has(3) || has(4)
		settled := (has(2) || has(7)) && (has(3) || has(7))
		want := has(0) && has(1) && settled && reach && has(5) && (has(6) || has(8))
		if got := next(d) == stepCheck; got != want {
			t.Errorf("%09b: %s", set, next(d))
		}
		if next(d) == stepDone {
			t.Errorf("%09b is done", set)
		}
	}
}

// TestWhatIsDoneForgets: no address, no hash and no code stays once the account is open, nor of an invitation that is over.
func TestWhatIsDoneForgets(t *testing.T) {
	full := draft{
		Code: "c", Invitation: "inv", Relation: provider.Self, Contact: provider.ActivationContact{Name: "n", Email: "e", Phone: "p"}, Account: "a", New: true,
		Email: contact{To: "e", At: noon()}, Phone: contact{To: "p", At: noon()}, Username: "u", Hash: "h", Passkey: &key{Data: []byte("k")}, SetAt: noon(),
		Known: map[Fact]string{BirthDate: "1987-02-14"},
	}
	want := draft{Invitation: "inv", Relation: provider.Self, Account: "b", Username: "u", Keyed: true, Done: true}
	if got := finished(full, "b"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	over := matched(full, invitation(stateUsed), noon())
	if !reflect.DeepEqual(over, draft{Invitation: "inv", Relation: provider.Self, Over: stateUsed}) {
		t.Errorf("%+v", over)
	}
}
