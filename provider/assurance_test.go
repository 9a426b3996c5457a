package provider_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// TestAssessEverySet holds Assess to the hand-written table for all sets of kinds, with and without a remembered browser,
// with and without user verification, texted and spoken, synced and not, in every order in which they may have been made,
// and in whatever order they are listed.
func TestAssessEverySet(t *testing.T) {
	checked := 0
	for set := facts(0); set <= allKinds; set++ {
		for _, browser := range []facts{0, bitBrowser} {
			for _, v := range variants(set) {
				checked += everyOrder(t, set|browser, v)
			}
		}
	}
	// Permutations of all subsets of 7; those with a passkey in four ways, those with a text and no passkey in two.
	if checked != 13700+3*11743+1631 {
		t.Errorf("checked %d orders", checked)
	}
}

// variant is how a passkey and a code over the phone network were shown.
type variant struct{ uv, other bool }

func variants(set facts) []variant {
	switch {
	case set&bitPasskey != 0:
		return []variant{{false, false}, {true, false}, {false, true}, {true, true}}
	case set&bit(TextCode) != 0:
		return []variant{{false, false}, {false, true}}
	default:
		return []variant{{}}
	}
}

func everyOrder(t *testing.T, set facts, v variant) (checked int) {
	kinds := set.kinds()
	permute(len(kinds), func(ages []int) {
		proofs := make([]Proof, len(kinds))
		for i, k := range kinds {
			proofs[i] = Proof{Account: "patient", Authenticator: string(k), Kind: k, At: noon().Add(-time.Duration(ages[i]) * time.Minute)}
			proofs[i].UserVerified, proofs[i].Synced = v.uv && k == Passkey, v.other && k == Passkey
			proofs[i].Voice = v.other && k == TextCode
		}
		checked++
		want := expected(proofs)
		for range 2 {
			if got := Assess(proofs); !reflect.DeepEqual(got, want) {
				t.Fatalf("%v %v ages=%v: got %v, want %v", kinds, v, ages, got, want)
			}
			slices.Reverse(proofs)
		}
	})
	return checked
}

// TestAssessTable is the part of the table that people ask about, spelled out.
func TestAssessTable(t *testing.T) {
	for _, c := range []struct {
		proofs string
		want   string
	}{
		{"", "none"},
		{"email@-1m", "none"},
		{"password@-1m", "aal1 amr=pwd auth_time=-1m"},
		{"text@-1m", "aal1 amr=otp,sms auth_time=-1m"},
		{"passkey@-1m", "aal1 amr=hwk,pop auth_time=-1m"},
		{"passkey+uv@-1m", "phr amr=hwk,mfa,pop,user auth_time=-1m"},
		{"password@-2m,email@-1m", "two-step amr=otp,pwd auth_time=-2m"},
		{"password@-2m,totp@-1m", "aal2 amr=mfa,otp,pwd auth_time=-2m"},
		{"password@-1m,totp@-2m", "aal2 amr=mfa,otp,pwd auth_time=-2m"},
		{"password@-2m,recovery@-1m", "aal2 amr=mfa,otp,pwd auth_time=-2m"},
		{"password@-2m,text@-1m", "aal2 amr=mfa,otp,pwd,sms auth_time=-2m"},
		{"password@-2m,passkey@-1m", "phr amr=hwk,mfa,pop,pwd auth_time=-2m"},
		{"text+voice@-1m", "aal1 amr=otp,tel auth_time=-1m"},
		{"password@-2m,text+voice@-1m", "aal2 amr=mfa,otp,pwd,tel auth_time=-2m"},
		{"passkey+uv+synced@-1m", "phr amr=mfa,pop,swk,user auth_time=-1m"},
		{"password@-2m,passkey+synced@-1m", "phr amr=mfa,pop,pwd,swk auth_time=-2m"},
		// A remembered browser confirms a password, and is nothing else.
		{"remembered@-1m", "none"},
		{"remembered@-2m,email@-1m", "none"},
		{"password@-2m,remembered@-1m", "two-step amr=pwd auth_time=-2m"},
		{"password@-2m,email@-3m,remembered@-1m", "two-step amr=pwd auth_time=-2m"},
		{"totp@-2m,remembered@-1m", "aal1 amr=otp auth_time=-2m"},
		{"passkey@-2m,remembered@-1m", "aal1 amr=hwk,pop auth_time=-2m"},
		{"password@-2m,totp@-3m,remembered@-1m", "aal2 amr=mfa,otp,pwd auth_time=-3m"},
		// Two things one has are one factor; so is a thing one has and an e-mail code.
		{"totp@-2m,text@-1m", "aal1 amr=otp,sms auth_time=-1m"},
		{"totp@-1m,passkey@-2m", "aal1 amr=otp auth_time=-1m"},
		{"totp@-2m,email@-1m", "aal1 amr=otp auth_time=-2m"},
		{"passkey@-2m,email@-1m", "aal1 amr=hwk,pop auth_time=-2m"},
		// The level rests on the newest proofs that reach it, and on no others.
		{"password@-9m,totp@-8m,password@-1m", "aal2 amr=mfa,otp,pwd auth_time=-8m"},
		{"password@-9m,totp@-3m,text@-2m", "aal2 amr=mfa,otp,pwd,sms auth_time=-9m"},
		{"text@-2m,totp@-3m,password@-9m", "aal2 amr=mfa,otp,pwd,sms auth_time=-9m"},
		{"password@-9m,email@-8m,totp@-20m", "aal2 amr=mfa,otp,pwd auth_time=-20m"},
		{"passkey+uv@-9m,password@-1m", "phr amr=hwk,mfa,pop,user auth_time=-9m"},
		{"password@-1m,passkey+uv@-9m", "phr amr=hwk,mfa,pop,user auth_time=-9m"},
		{"passkey+uv@-9m,passkey@-2m,password@-1m", "phr amr=hwk,mfa,pop,pwd auth_time=-2m"},
	} {
		proofs, err := readProofs(c.proofs, "patient", noon())
		if err != nil {
			t.Fatal(err)
		}
		if got := sayAssurance(Assess(proofs), noon()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.proofs, got, c.want)
		}
	}
}

// TestAssessUnknownKind: what this house does not know proves nothing.
func TestAssessUnknownKind(t *testing.T) {
	proofs := []Proof{{Kind: "horoscope", UserVerified: true, At: noon()}}
	if got := Assess(proofs); !reflect.DeepEqual(got, Assurance{}) {
		t.Errorf("got %v", got)
	}
	proofs = append(proofs, Proof{Kind: Password, UserVerified: true, At: noon()})
	if got := Assess(proofs); got.Level != AAL1 {
		t.Errorf("with a password: got %v", got)
	}
}

// TestLevelsAreOrdered: a higher one satisfies all below it.
func TestLevelsAreOrdered(t *testing.T) {
	levels := []Level{NoLevel, AAL1, TwoStep, AAL2, PHR}
	for i, asked := range levels {
		for j, reached := range levels {
			want := j >= max(i, 1)
			if got := (Demand{Level: asked}).MetBy(Assurance{Level: reached}); got != want {
				t.Errorf("asked %v, reached %v: got %v", asked, reached, got)
			}
		}
	}
}

// permute calls f with every order of 1..n.
func permute(n int, f func([]int)) {
	order := make([]int, n)
	var place func(next int)
	place = func(next int) {
		if next > n {
			f(order)
			return
		}
		for i := range order {
			if order[i] == 0 {
				order[i] = next
				place(next + 1)
				order[i] = 0
			}
		}
	}
	place(1)
}
