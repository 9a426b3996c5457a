package password

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const phrase = "correct horse battery staple"

// quick are costs for tests.
var quick = Params{MemoryKiB: 8, Time: 1, Threads: 1, Insecure: true}

// peppers is a keyset of one primary and other keys.
type peppers struct {
	primary string
	others  string // one letter each
}

func (p peppers) Pepper(id string, in []byte) (string, []byte) {
	if id == "" {
		id = p.primary
	}
	if id == "" || id != p.primary && !strings.Contains(p.others, id) {
		return "", nil
	}
	mac := hmac.New(sha256.New, []byte("key "+id))
	mac.Write(in)
	return id, mac.Sum(nil)
}

func TestHashThenCheck(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	one, two := hash(t, h, phrase), hash(t, h, phrase)
	if one == two {
		t.Fatal("two hashes share a salt")
	}
	if !strings.HasPrefix(one, "$argon2id-hmac1$m=8,t=1,p=1,k=QQ$") {
		t.Fatalf("stored as %s", one)
	}
	expectCheck(t, h, one, phrase, true, false)
	for _, wrong := range []string{"", "correct horse battery stapl", phrase + " ", strings.ToUpper(phrase), phrase + "\x00"} {
		expectCheck(t, h, one, wrong, false, false)
	}
}

// The same password typed on another keyboard is the same password.
func TestCheckNormalises(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	expectCheck(t, h, hash(t, h, "caf\u00e9 au\u00a0lait et sucre"), "cafe\u0301 au lait et sucre", true, false)
	longest := strings.Repeat("\u1ebf", 256)
	expectCheck(t, h, hash(t, h, longest), strings.Repeat("e\u0302\u0301", 256), true, false)
	expectCheck(t, h, hash(t, h, longest), strings.Repeat("\u1ebf", 255), false, false)
	expectCheck(t, h, hash(t, h, strings.Repeat("😀", 256)), strings.Repeat("😀", 256), true, false)
}

// Nothing is cut off: every byte up to the last counts.
func TestCheckReadsTheWholePassword(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	for _, n := range []int{71, 72, 73, 1023, 1024} {
		typed := strings.Repeat("x", n)
		stored := hash(t, h, typed)
		expectCheck(t, h, stored, typed, true, false)
		expectCheck(t, h, stored, typed[1:], false, false)
		expectCheck(t, h, stored, typed[1:]+"y", false, false)
	}
}

// Exactly one hash, with the live parameters or the stored ones, whatever comes.
func TestCheckComputesOneHashWhateverComes(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	good := hash(t, h, phrase)
	empty := hash(t, h, "")
	gone := hash(t, NewHasher(quick, peppers{primary: "Z"}, nil), phrase)
	for name, c := range map[string]struct{ encoded, typed string }{
		"right":                     {good, phrase},
		"wrong":                     {good, "wrong"},
		"nobody":                    {"", phrase},
		"nothing typed":             {good, ""},
		"nobody, nothing":           {"", ""},
		"1025 bytes":                {good, strings.Repeat("x", 1025)},
		"a megabyte":                {good, strings.Repeat("x", 1<<20)},
		"a megabyte, none stored":   {empty, strings.Repeat("x", 1<<20)},
		"not UTF-8":                 {good, phrase + "\xff"},
		"not UTF-8, none stored":    {empty, "\xff"},
		"garbled":                   {"$argon2id$oops", phrase},
		"foreign":                   {"$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", phrase},
		"cut short":                 {good[:len(good)-1], phrase},
		"memory beyond bounds":      {strings.Replace(good, "m=8", "m=65537", 1), phrase},
		"passes beyond bounds":      {strings.Replace(good, "t=1", "t=5", 1), phrase},
		"no passes":                 {strings.Replace(good, "t=1", "t=0", 1), phrase},
		"no lanes":                  {strings.Replace(good, "p=1", "p=0", 1), phrase},
		"lanes beyond bounds":       {strings.Replace(good, "p=1", "p=5", 1), phrase},
		"lanes beyond a byte":       {strings.Replace(good, "p=1", "p=257", 1), phrase},
		"other costs than it had":   {strings.Replace(good, "m=8", "m=16", 1), phrase},
		"a pepper key that is gone": {gone, phrase},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.Count()
			ok, rehash, err := h.Check(t.Context(), c.encoded, c.typed)
			if err != nil || ok != (name == "right") || rehash {
				t.Errorf("got %v, %v, %v", ok, rehash, err)
			}
			if n := h.Count() - before; n != 1 {
				t.Errorf("%d hashes", n)
			}
		})
	}
}

// Whoever can write to the database names a pepper key that does not exist, and
// stores the hash of nothing: that must not open the account.
func TestForgedPepperKeyOpensNothing(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	forged := stored{params: quick, pepper: "Z"}
	argon2id(forged.hash[:], dirty(8), nil, forged.salt[:], nil, nil, 1, 8, 1)
	expectCheck(t, h, forged.encode(), phrase, false, false)
	expectCheck(t, h, forged.encode(), "", false, false)
}

// Without a pepper nothing is hashed for storage, and nothing is accepted.
func TestNoPepper(t *testing.T) {
	good := hash(t, NewHasher(quick, peppers{primary: "A"}, nil), phrase)
	h := NewHasher(quick, peppers{}, nil)
	if _, err := h.Hash(t.Context(), phrase); err == nil {
		t.Error("hashed without a pepper")
	}
	expectCheck(t, h, good, phrase, false, false)
	if h.Count() != 1 {
		t.Errorf("%d hashes", h.Count())
	}
}

func TestRehashIsOwed(t *testing.T) {
	old := hash(t, NewHasher(quick, peppers{primary: "A"}, nil), phrase)
	for name, h := range map[string]*Hasher{
		"more memory":   NewHasher(Params{MemoryKiB: 16, Time: 1, Insecure: true}, peppers{primary: "A"}, nil),
		"less memory":   NewHasher(Params{MemoryKiB: 1, Time: 1, Insecure: true}, peppers{primary: "A"}, nil),
		"more passes":   NewHasher(Params{MemoryKiB: 8, Time: 2, Insecure: true}, peppers{primary: "A"}, nil),
		"more lanes":    NewHasher(Params{MemoryKiB: 8, Time: 1, Threads: 2, Insecure: true}, peppers{primary: "A"}, nil),
		"another key":   NewHasher(quick, peppers{primary: "B", others: "A"}, nil),
		"another's key": NewHasher(quick, peppers{primary: "B"}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			found := name != "another's key"
			expectCheck(t, h, old, phrase, found, found)
			expectCheck(t, h, old, "wrong", false, false)
			if found {
				expectCheck(t, h, hash(t, h, phrase), phrase, true, false)
			}
		})
	}
}

// The costs of production, once.
func TestDefaultCosts(t *testing.T) {
	h := NewHasher(Params{}, peppers{primary: "A"}, nil)
	stored := hash(t, h, phrase)
	if !strings.HasPrefix(stored, "$argon2id-hmac1$m=19456,t=2,p=1,") {
		t.Fatalf("stored as %s", stored)
	}
	expectCheck(t, h, stored, phrase, true, false)
	expectCheck(t, h, "", phrase, false, false)
}

func TestFloorOfCosts(t *testing.T) {
	for _, c := range []struct {
		in   Params
		want uint32
		ok   bool
	}{
		{Params{}, 19456, true},
		{Params{MemoryKiB: 8}, 19456, false},
		{Params{MemoryKiB: 8, Insecure: true}, 8, true},
		{Params{Time: 1}, 47104, false},
		{Params{MemoryKiB: 12288, Time: 3}, 12288, true},
		{Params{MemoryKiB: 65536, Time: 3}, 65536, true},
		{Params{MemoryKiB: 2 << 20}, 2 << 20, false},
		{Params{Threads: 5}, 19456, false},
	} {
		if got := c.in.effective().MemoryKiB; got != c.want {
			t.Errorf("%+v: %d KiB, want %d", c.in, got, c.want)
		}
		if err := c.in.Check(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
}

func TestHashRefusesWhatIsNoPassword(t *testing.T) {
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	for typed, key := range map[string]string{"\xff": KeyCharacters, strings.Repeat("x", 1025): KeyLong, strings.Repeat("x", 5000): KeyLong} {
		_, err := h.Hash(t.Context(), typed)
		expectRefusal(t, err, key)
	}
	if h.Count() != 0 {
		t.Errorf("%d hashes", h.Count())
	}
}

// One piece of memory per permit, however many hashes.
func TestMemoryIsReused(t *testing.T) {
	h := NewHasher(Params{MemoryKiB: 4096, Time: 1, Insecure: true}, peppers{primary: "A"}, nil)
	stored := hash(t, h, phrase)
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.Check(b.Context(), stored, phrase)
		}
	})
	if got := result.AllocedBytesPerOp(); got > 64<<10 {
		t.Errorf("%d bytes allocated for a hash of 4 MiB", got)
	}
}

// An old hash that needs more memory gets it for once; the pool stays small.
func TestBigOldHashLeavesNothingBehind(t *testing.T) {
	big := NewHasher(Params{MemoryKiB: 1024, Time: 1, Insecure: true}, peppers{primary: "A"}, nil)
	h := NewHasher(quick, peppers{primary: "A"}, nil)
	expectCheck(t, h, hash(t, big, phrase), phrase, true, true)
	expectCheck(t, h, hash(t, h, phrase), phrase, true, false)
	if n := len(h.memory); n != 1 {
		t.Fatalf("%d pieces kept", n)
	}
	if memory := <-h.memory; len(memory) != 8 {
		t.Fatalf("%d blocks kept", len(memory))
	}
}

func TestManyAtOnce(t *testing.T) {
	gate := NewGate(GateConfig{Limit: 4, Queue: 100, Wait: time.Minute})
	h := NewHasher(quick, peppers{primary: "A"}, gate)
	stored := hash(t, h, phrase)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			ctx := t.Context()
			typed := phrase
			if i%2 == 1 {
				ctx, typed = WithPriority(ctx), "wrong"
			}
			if ok, _, err := h.Check(ctx, stored, typed); err != nil || ok != (i%2 == 0) {
				t.Errorf("%d: %v, %v", i, ok, err)
			}
		})
	}
	wg.Wait()
	if h.Count() != 51 || len(h.memory) > 4 {
		t.Errorf("%d hashes, %d pieces of memory", h.Count(), len(h.memory))
	}
	expectLoad(t, gate, 0, 0)
}

// Busy: no hash, the same for every name, and it says when to come again.
func TestBusyHasher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(GateConfig{Limit: 1})
		h := NewHasher(quick, peppers{primary: "A"}, gate)
		stored := hash(t, h, phrase)
		must(t, gate.Enter(t.Context(), false))
		for _, encoded := range []string{stored, "", "garbled"} {
			if _, _, err := h.Check(t.Context(), encoded, phrase); !errors.Is(err, ErrBusy) {
				t.Errorf("got %v", err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := h.Hash(ctx, phrase); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if h.Count() != 1 {
			t.Errorf("%d hashes", h.Count())
		}
	})
}

// WithPriority reaches the gate: it takes the reserved place.
func TestPriorityReachesTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(GateConfig{Limit: 1, Queue: 1, Reserved: 1})
		h := NewHasher(quick, peppers{primary: "A"}, gate)
		must(t, gate.Enter(t.Context(), false))
		if _, _, err := h.Check(t.Context(), "", phrase); !errors.Is(err, ErrBusy) {
			t.Fatalf("a stranger waited: %v", err)
		}
		go func() {
			time.Sleep(100 * time.Millisecond)
			gate.Leave()
		}()
		if _, _, err := h.Check(WithPriority(t.Context()), "", phrase); err != nil {
			t.Fatal(err)
		}
	})
}

// A stored value that is not exactly one of ours never lets anybody in.
func FuzzCheckEncoded(f *testing.F) {
	h := NewHasher(quick, peppers{primary: "A", others: "BC"}, nil)
	// Made here, because every fuzzing process must have the same one.
	fixed := stored{params: quick, pepper: "A", salt: [saltSize]byte{1, 2, 3}}
	_, peppered := h.pepper.Pepper("A", []byte(phrase))
	argon2id(fixed.hash[:], dirty(8), peppered, fixed.salt[:], nil, nil, 1, 8, 1)
	good := fixed.encode()
	for _, s := range []string{"", "$", "$$$$", good, good + "\n", " " + good, good + "=", strings.Replace(good, "m=8", "m=08", 1),
		strings.Replace(good, "m=8", "m=+8", 1), strings.Replace(good, "t=1", "t=9999999999", 1), strings.Replace(good, "k=QQ", "k=Qg", 1),
		strings.Replace(good, "k=QQ", "k=QR", 1), strings.Replace(good, "k=QQ", "k=", 1), good[:len(good)-1] + "_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		if s, ok := decode(encoded); ok && s.params.MemoryKiB > 64 {
			return // ours, but slow
		}
		before := h.Count()
		ok, _, err := h.Check(t.Context(), encoded, phrase)
		if err != nil || ok != (encoded == good) || h.Count()-before != 1 {
			t.Fatalf("%q: %v, %v", encoded, ok, err)
		}
	})
}

func hash(t *testing.T, h *Hasher, typed string) string {
	t.Helper()
	encoded, err := h.Hash(t.Context(), typed)
	must(t, err)
	return encoded
}

func expectCheck(t *testing.T, h *Hasher, encoded, typed string, ok, rehash bool) {
	t.Helper()
	gotOK, gotRehash, err := h.Check(t.Context(), encoded, typed)
	if err != nil || gotOK != ok || gotRehash != rehash {
		t.Errorf("got %v, %v, %v; want %v, %v", gotOK, gotRehash, err, ok, rehash)
	}
}
