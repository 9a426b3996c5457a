package password

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// elsewhere are hashes of the phrase that other programs made, by name: Python 3.11's hashlib (scrypt, PBKDF2; the texts in
// the forms of passlib, PHC and Django), libxcrypt through Python's crypt (bcrypt), the reference code of Argon2 through
// argon2-cffi 25.1 (Argon2).
func elsewhere() map[string]string {
	return map[string]string{
		"bcrypt 2a":          "$2a$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
		"bcrypt 2b":          "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
		"bcrypt 2y":          "$2y$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
		"scrypt":             "$scrypt$ln=10,r=8,p=1$ABCDEFGHIJKL//77QZNRVQ$YlxchsP6YxnnRt5rgSOVgAxxqbL3zBjzVAt8eDbvhSQ",
		"PBKDF2 SHA-1":       "$pbkdf2$1000$ABCDEFGHIJKL//77QZNRVQ$MgtSN6NhFIhpsRaLxpJYyMXZtFw",
		"PBKDF2 SHA-1, PHC":  "$pbkdf2-sha1$i=1000,l=20$ABCDEFGHIJKL//77QZNRVQ$MgtSN6NhFIhpsRaLxpJYyMXZtFw",
		"PBKDF2 SHA-256":     "$pbkdf2-sha256$1000$ABCDEFGHIJKL//77QZNRVQ$To2OuklKK48WonGCKC8oAtWKrbSGPXiD00OTPHZL6Qg",
		"PBKDF2 SHA-256 PHC": "$pbkdf2-sha256$i=1000,l=32$ABCDEFGHIJKL//77QZNRVQ$To2OuklKK48WonGCKC8oAtWKrbSGPXiD00OTPHZL6Qg",
		"PBKDF2 without l":   "$pbkdf2-sha256$i=1000$ABCDEFGHIJKL//77QZNRVQ==$To2OuklKK48WonGCKC8oAtWKrbSGPXiD00OTPHZL6Qg=",
		"PBKDF2 SHA-512":     "$pbkdf2-sha512$1000$ABCDEFGHIJKL//77QZNRVQ$JNgzYEkZCBi36slvIFqwfeyyfOKUBpQUk/QNTuG7qgERUWMhAxnJljpzAiizmBuphvr6vMyDx4W9a2n9Gm5Jnw",
		"Django SHA-256":     "pbkdf2_sha256$1000$cD3kLlqT0zFp$hhuWhOJ7SHojYf1JYZYYvILKSsfsGvGDG2L5/0CuKQ8=",
		"Django SHA-1":       "pbkdf2_sha1$1000$cD3kLlqT0zFp$YeA8P5vHY/kGVj4rqd48Fk9HNEU=",
		"Argon2id":           "$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHRzb21lc2FsdA$Nslh/MZXkiSwZ8zA8yYvNGbRscBANFPstxEgzNUlWU8",
		"Argon2i":            "$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$6YlszrSIK+KxlSfpYGd2lg",
		"Argon2i, 4 lanes":   "$argon2i$v=19$m=128,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$ywGtzbq+TtEkKLJA7ZKuXLdgR+AOjHTsUtaWdlcMguzL+TAQeMKFy3R8k78UQHPmXYkiJMdppr5Xss/svA+1Bg",
	}
}

// What another system hashed lets its owner in, is to be replaced by ours then, and opens for nothing else. A wrong password
// costs one of our hashes besides; a right one leaves that to whoever stores it anew.
func TestHashesFromElsewhere(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	for name, theirs := range elsewhere() {
		t.Run(name, func(t *testing.T) {
			if err := Accepts(theirs); err != nil {
				t.Fatal(err)
			}
			before := h.Count()
			expectCheck(t, h, theirs, phrase, true, true)
			if n := h.Count() - before; n != 0 {
				t.Errorf("%d hashes of ours for a right password", n)
			}
			for i, wrong := range []string{"", "correct horse battery stapl", phrase + " ", phrase + "\xff", strings.Repeat("x", 1<<20)} {
				expectCheck(t, h, theirs, wrong, false, false)
				if n := h.Count() - before; n != uint64(i)+1 {
					t.Errorf("%d hashes of ours after %d wrong ones", n, i+1)
				}
			}
			expectCheck(t, h, hash(t, h, phrase), phrase, true, false)
		})
	}
}

// Others hashed what was typed: nothing is normalised first. Of bcrypt only 72 bytes count, in whatever program.
func TestOthersHashedWhatWasTyped(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	bcrypt := "$2b$04$abcdefghijklmnopqrstuuRvIlRONUi52.DBOtg4n4/VUuhweh4Te"
	scrypt := "$scrypt$ln=4,r=8,p=2$ABCDEFGHIJKL//77QZNRVQ$suFm2eq6ck54OYGN7a5G2J89cwGbAtPOIEuSMt9Qx9d5crcG4SzR6AM3tq7dEOfqCY6cWFsoSxRfAMMM6TAl7A"
	for _, theirs := range []string{bcrypt, scrypt} {
		expectCheck(t, h, theirs, "p\u00e4\u00a7\u00a7wort f\u00fcr Zo\u00eb", true, true)
		expectCheck(t, h, theirs, "pa\u0308\u00a7\u00a7wort f\u00fcr Zo\u00eb", false, false)
	}
	long := "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i" // of 72 and of 80 x
	expectCheck(t, h, long, strings.Repeat("x", 72), true, true)
	expectCheck(t, h, long, strings.Repeat("x", 80), true, true)
	expectCheck(t, h, long, strings.Repeat("x", 71), false, false)
	expectCheck(t, h, long, strings.Repeat("x", 1025), false, false) // no password of ours, so it could not be stored anew
}

// What would take too much memory or time, or cannot be read, is refused at the import and never computed.
func TestHashesThatAreNotTaken(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	all := elsewhere()
	swap := func(name, from, to string) string { return strings.Replace(all[name], from, to, 1) }
	for name, theirs := range map[string]string{
		"costs too much: bcrypt":            swap("bcrypt 2b", "$04$", "$13$"),
		"costs too much: scrypt N":          swap("scrypt", "ln=10", "ln=17"),
		"costs too much: scrypt N, 1 block": swap("scrypt", "ln=10,r=8", "ln=20,r=1"),
		"costs too much: scrypt r":          swap("scrypt", "r=8", "r=65"),
		"costs too much: scrypt p":          swap("scrypt", "ln=10,r=8,p=1", "ln=16,r=8,p=2"),
		"costs too much: SHA-1":             swap("PBKDF2 SHA-1", "$1000$", "$1500001$"),
		"costs too much: SHA-256":           swap("PBKDF2 SHA-256", "$1000$", "$1200001$"),
		"costs too much: SHA-512":           swap("PBKDF2 SHA-512", "$1000$", "$500001$"),
		"costs too much: two blocks":        "$pbkdf2-sha256$600001$ABCDEFGHIJKL//77QZNRVQ$JNgzYEkZCBi36slvIFqwfeyyfOKUBpQUk/QNTuG7qgERUWMhAxnJljpzAiizmBuphvr6vMyDx4W9a2n9Gm5Jnw",
		"costs too much: Django":            swap("Django SHA-256", "$1000$", "$1200001$"),
		"costs too much: memory":            swap("Argon2id", "m=64,", "m=65537,"),
		"costs too much: passes":            swap("Argon2id", "m=64,t=3", "m=65536,t=5"),
		"costs too much: many passes":       swap("Argon2id", "t=3", "t=999999999"),
		"not a hash: lanes":                 swap("Argon2id", "p=2", "p=17"),
		"not a hash: memory of no lane":     swap("Argon2id", "m=64,t=3,p=2", "m=15,t=3,p=2"),
		"not a hash: an older Argon2":       swap("Argon2id", "v=19", "v=16"),
		"not a hash: Argon2d":               swap("Argon2id", "argon2id", "argon2d"),
		"not a hash: a secret":              swap("Argon2id", "p=2$", "p=2,keyid=QQ$"),
		"not a hash: a sign":                swap("Argon2id", "t=3", "t=+3"),
		"not a hash: a zero":                swap("PBKDF2 SHA-256", "$1000$", "$0$"),
		"not a hash: leading zero":          swap("PBKDF2 SHA-256", "$1000$", "$01000$"),
		"not a hash: another length":        swap("PBKDF2 SHA-256 PHC", "l=32", "l=31"),
		"not a hash: 2x":                    swap("bcrypt 2b", "2b", "2x"),
		"not a hash: bcrypt cost 3":         swap("bcrypt 2b", "$04$", "$03$"),
		"not a hash: cut short":             strings.TrimSuffix(all["bcrypt 2b"], "G"),
		"not a hash: another's end":         all["bcrypt 2b"] + "\n",
		"not a hash: MD5":                   "$1$abcdefgh$B4X5JS1fZ0Yzz1b.1g3Xk.",
		"not a hash: SHA-512 crypt":         "$6$abcdefgh$" + strings.Repeat("x", 86),
		"not a hash: hexadecimal":           strings.Repeat("0123456789abcdef", 2),
		"not a hash: the password":          phrase,
		"not a hash: nothing":               "",
		"not a hash: unknown Django":        swap("Django SHA-256", "pbkdf2_sha256", "md5"),
		"not a hash: too long":              all["Django SHA-256"] + strings.Repeat("A", 512),
		"not a hash: ours":                  hash(t, h, phrase),
		"fewer than 16":                     "$pbkdf2-sha256$1000$ABCDEFGHIJKL//77QZNRVQ$To2OuklKK48WonGCKC8o",
	} {
		t.Run(name, func(t *testing.T) {
			want, _, _ := strings.Cut(name, ":")
			err := Accepts(theirs)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got %v", err)
			}
			if theirs != "" && strings.Contains(err.Error(), theirs) {
				t.Errorf("the error holds the value: %v", err)
			}
			if want == "costs too much" {
				before := h.Count()
				expectCheck(t, h, theirs, phrase, false, false)
				if h.Count() != before+1 {
					t.Error("it did not cost what ours costs")
				}
			}
		})
	}
}

// The bounds themselves are taken: nothing is computed to find that out.
func TestTheBoundsAreTaken(t *testing.T) {
	all := elsewhere()
	for name, swap := range map[string][2]string{
		"bcrypt 2b":      {"$04$", "$12$"},
		"scrypt":         {"ln=10", "ln=16"},
		"PBKDF2 SHA-1":   {"$1000$", "$1500000$"},
		"PBKDF2 SHA-256": {"$1000$", "$1200000$"},
		"PBKDF2 SHA-512": {"$1000$", "$500000$"},
		"Argon2id":       {"m=64,t=3", "m=65536,t=4"},
	} {
		if err := Accepts(strings.Replace(all[name], swap[0], swap[1], 1)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The gate holds for hashes from elsewhere: with no permit free nothing is computed.
func TestHashesFromElsewhereNeedAPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(GateConfig{Limit: 1, Queue: 1, Wait: time.Second})
		h := NewHasher(quick, peppers{primary: "A"}, gate)
		must(t, gate.Enter(t.Context(), false))
		ok, rehash, err := h.Check(t.Context(), elsewhere()["bcrypt 2b"], phrase)
		if ok || rehash || err == nil {
			t.Errorf("got %v, %v, %v", ok, rehash, err)
		}
	})
}

// Reading never fails in another way than with an error, and says the same each time.
func FuzzAccepts(f *testing.F) {
	for _, theirs := range elsewhere() {
		f.Add(theirs)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		theirs, err := readForeign(encoded)
		if (theirs == nil) == (err == nil) || (Accepts(encoded) == nil) != (err == nil) {
			t.Errorf("%q: %v", encoded, err)
		}
		if _, ours := decode(encoded); ours && err == nil {
			t.Errorf("%q is both ours and another's", encoded)
		}
	})
}
