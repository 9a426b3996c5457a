package password

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"golang.org/x/crypto/argon2"
)

// TestArgon2idVector is the vector of RFC 9106 section 5.3: four lanes, a secret
// and associated data.
func TestArgon2idVector(t *testing.T) {
	const want = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
	got := make([]byte, 32)
	argon2id(got, dirty(32), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 16),
		bytes.Repeat([]byte{3}, 8), bytes.Repeat([]byte{4}, 12), 3, 32, 4)
	if hex.EncodeToString(got) != want {
		t.Fatalf("got %x\nwant %s", got, want)
	}
}

// TestArgon2idEqualsXCrypto compares with golang.org/x/crypto/argon2, always in
// memory that was used before.
func TestArgon2idEqualsXCrypto(t *testing.T) {
	memory := dirty(4096)
	for _, m := range []uint32{1, 8, 31, 32, 63, 100, 513, 1037, 2048} {
		for time := uint32(1); time <= 3; time++ {
			for lanes := uint32(1); lanes <= 4; lanes++ {
				for _, size := range []int{4, 32, 64, 65, 100} {
					pw, salt := fmt.Appendf(nil, "pw %d %d", m, time), fmt.Appendf(nil, "salty salt %d", lanes)
					got := make([]byte, size)
					argon2id(got, memory, pw, salt, nil, nil, time, m, lanes)
					want := argon2.IDKey(pw, salt, time, m, uint8(lanes), uint32(size))
					if !bytes.Equal(got, want) {
						t.Fatalf("m=%d t=%d p=%d size=%d: got %x want %x", m, time, lanes, size, got, want)
					}
				}
			}
		}
	}
}

// TestArgon2idAtFullSize does the same once with the parameters of production.
func TestArgon2idAtFullSize(t *testing.T) {
	got := make([]byte, 32)
	argon2id(got, dirty(19456), []byte("password"), []byte("somesaltsomesalt"), nil, nil, 2, 19456, 1)
	if want := argon2.IDKey([]byte("password"), []byte("somesaltsomesalt"), 2, 19456, 1, 32); !bytes.Equal(got, want) {
		t.Fatalf("got %x want %x", got, want)
	}
}

func BenchmarkOurs(b *testing.B) {
	memory, out := dirty(19456), make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		argon2id(out, memory, []byte("password"), []byte("somesaltsomesalt"), nil, nil, 2, 19456, 1)
	}
}

func BenchmarkXCrypto(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		argon2.IDKey([]byte("password"), []byte("somesaltsomesalt"), 2, 19456, 1, 32)
	}
}

func dirty(n int) []block {
	memory := make([]block, n)
	for i := range memory {
		for j := range memory[i] {
			memory[i][j] = uint64(i*31 + j)
		}
	}
	return memory
}
