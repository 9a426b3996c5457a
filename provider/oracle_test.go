package provider_test

import (
	"slices"
	"strings"
	"time"

	. "gatehouse/provider"
)

// The oracle says what proofs amount to without asking the code under test: by hand, in another form. Where Assess adds
// up traits, this lists every smallest set of proofs that reaches a level, and what is then said about it in amr.
//
// Sources: NIST SP 800-63B-4 sections 2.1 to 2.3 and 3.1; RFC 8176 section 2.
type winningSet struct {
	level Level
	set   string // passkey+uv is a passkey with PIN or biometric; it serves wherever a passkey does
	amr   string
}

func winningSets() []winningSet {
	return []winningSet{
		{PHR, "passkey+uv", "hwk mfa pop user"},
		{PHR, "passkey password", "hwk mfa pop pwd"},
		{AAL2, "password totp", "mfa otp pwd"},
		{AAL2, "password text", "mfa otp pwd sms"},
		{AAL2, "password recovery", "mfa otp pwd"},
		{TwoStep, "password email", "otp pwd"},
		{TwoStep, "password remembered", "pwd"},
		{AAL1, "passkey", "hwk pop"},
		{AAL1, "password", "pwd"},
		{AAL1, "totp", "otp"},
		{AAL1, "text", "otp sms"},
		{AAL1, "recovery", "otp"},
		// An e-mail code alone is nothing: it confirms an address and is no factor. So is a remembered browser.
	}
}

// facts is a set of proofs as bits: one for each kind in kindOrder, then one for a passkey with user verification, and one
// for a remembered browser.
type facts uint8

func kindOrder() []Kind {
	return []Kind{Password, TextCode, EmailCode, TOTP, Passkey, RecoveryCode}
}

const (
	bitPasskey facts = 1 << 4
	bitUV      facts = 1 << 6
	bitBrowser facts = 1 << 7
	allKinds   facts = 1<<6 - 1
)

func bit(k Kind) facts {
	if k == Remembered {
		return bitBrowser
	}
	return 1 << slices.Index(kindOrder(), k)
}

// shown is what a proof of a kind adds; a passkey with user verification is a passkey as well.
func shown(k Kind, uv bool) facts {
	if k == Passkey && uv {
		return bitPasskey | bitUV
	}
	return bit(k)
}

func (f facts) kinds() []Kind {
	var in []Kind
	for _, k := range kindOrder() {
		if f&bit(k) != 0 {
			in = append(in, k)
		}
	}
	if f&bitBrowser != 0 {
		in = append(in, Remembered)
	}
	return in
}

func factsOf(proofs []Proof) facts {
	var f facts
	for _, p := range proofs {
		f |= shown(p.Kind, p.UserVerified)
	}
	return f
}

func (w winningSet) facts() facts {
	var f facts
	for word := range strings.FieldsSeq(w.set) {
		kind, uv := strings.CutSuffix(word, "+uv")
		f |= shown(Kind(kind), uv)
	}
	return f
}

// oracle knows the level of each of the 256 sets of facts.
type oracle [256]Level

func newOracle() *oracle {
	var o oracle
	for f := range o {
		for _, w := range winningSets() { // highest level first
			if facts(f)&w.facts() == w.facts() {
				o[f] = w.level
				break
			}
		}
	}
	return &o
}

// expected is what an independent reader of the table says about proofs made at certain times, no two of one kind: of
// the sets that reach the best level, the one whose oldest proof is youngest; then the one whose youngest is.
func expected(proofs []Proof) Assurance {
	var best Assurance
	var bestLast time.Time
	for _, w := range winningSets() {
		if w.level < best.Level || factsOf(proofs)&w.facts() != w.facts() {
			continue
		}
		first, last := span(proofs, w.facts())
		if best.Level == NoLevel || first.After(best.AuthTime) || first.Equal(best.AuthTime) && last.After(bestLast) {
			best = Assurance{Level: w.level, AMR: amrOf(w.amr, proofs), AuthTime: first}
			bestLast = last
		}
	}
	// A password beside a passkey with user verification adds nothing that the passkey has not shown.
	if factsOf(proofs)&bitUV != 0 {
		at, _ := span(proofs, bitPasskey)
		best = Assurance{Level: PHR, AMR: amrOf("hwk mfa pop user", proofs), AuthTime: at}
	}
	return best
}

// amrOf says tel for a code that was spoken, and swk for a passkey that may leave its device.
func amrOf(words string, proofs []Proof) []string {
	for _, p := range proofs {
		if p.Voice {
			words = strings.Replace(words, "sms", "tel", 1)
		}
		if p.Synced {
			words = strings.Replace(words, "hwk", "swk", 1)
		}
	}
	amr := strings.Fields(words)
	slices.Sort(amr)
	return amr
}

func span(proofs []Proof, of facts) (first, last time.Time) {
	for _, p := range proofs {
		if bit(p.Kind)&of == 0 {
			continue
		}
		if first.IsZero() || p.At.Before(first) {
			first = p.At
		}
		if p.At.After(last) {
			last = p.At
		}
	}
	return first, last
}
