package password

import (
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // in HMAC, and only to check what others made
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	digest "hash"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

var bcryptForm = regexp.MustCompile(`^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$`)

// readBcrypt reads $2b$12$ and 53 signs. $2x$ marks hashes of a faulty program, which nobody should check.
func readBcrypt(encoded string) (foreign, error) {
	parts := bcryptForm.FindStringSubmatch(encoded)
	if parts == nil {
		return nil, errForeign
	}
	cost, err := strconv.Atoi(parts[1])
	switch {
	case err != nil || cost < bcrypt.MinCost:
		return nil, errForeign
	case cost > bcryptCostMax:
		return nil, tooCostly("bcrypt with cost", bcryptCostMax)
	}
	return func(typed []byte) bool {
		return bcrypt.CompareHashAndPassword([]byte(encoded), typed[:min(len(typed), bcryptTypedMost)]) == nil
	}, nil
}

// readScrypt reads ln=LOG2N,r=R,p=P, salt and hash (RFC 7914 has the numbers).
func readScrypt(fields []string) (foreign, error) {
	if len(fields) != 3 {
		return nil, errForeign
	}
	n, ok := numbers(fields[0], "ln", "r", "p")
	salt, want, sound := saltAndHash(fields[1], fields[2])
	if !ok || !sound || n[0] < 1 {
		return nil, errForeign
	}
	if n[0] > 20 || n[1] > 64 || n[2] > 64 || n[1]<<n[0] > memoryMax*8 || n[1]*n[2]<<n[0] > scryptBlocksMax {
		return nil, tooCostly("scrypt with 64 MiB and N·r·p", scryptBlocksMax)
	}
	if !sized(want) {
		return nil, errShort
	}
	return func(typed []byte) bool {
		got, err := scrypt.Key(typed, salt, 1<<n[0], n[1], n[2], len(want))
		return err == nil && equal(got, want)
	}, nil
}

// readArgon2 reads a type, v=19, m=KiB,t=PASSES,p=LANES, salt and hash (RFC 9106), without secret and data.
func readArgon2(fields []string) (foreign, error) {
	if len(fields) != 5 || fields[1] != "v=19" {
		return nil, errForeign
	}
	n, ok := numbers(fields[2], "m", "t", "p")
	salt, want, sound := saltAndHash(fields[3], fields[4])
	if !ok || !sound || n[2] > argonLanesMax || n[0] < 8*n[2] {
		return nil, errForeign
	}
	if n[0] > memoryMax || n[1] > argonBlocksMax/n[0] {
		return nil, tooCostly("Argon2 with 64 MiB and memory times passes in KiB", argonBlocksMax)
	}
	if !sized(want) {
		return nil, errShort
	}
	kind := uint32(argonTypeID)
	if fields[0] == "argon2i" {
		kind = argonTypeI
	}
	memory, time, lanes := uint32(n[0]), uint32(n[1]), uint32(n[2])
	return func(typed []byte) bool {
		got := make([]byte, len(want))
		argonHash(kind, got, make([]block, blocks(memory, lanes)), typed, salt, nil, nil, time, memory, lanes)
		return equal(got, want)
	}, nil
}

// readPBKDF2 reads the name of the hash, its iterations (29000, or i=29000,l=32), salt and hash. Some writers have a dot
// where base64 has a plus.
func readPBKDF2(fields []string) (foreign, error) {
	if len(fields) != 4 {
		return nil, errForeign
	}
	iterations, ok := number(fields[1])
	length := 0
	if !ok {
		var n []int
		if n, ok = numbers(fields[1], "i", "l"); ok {
			iterations, length = n[0], n[1]
		} else if n, ok = numbers(fields[1], "i"); ok {
			iterations = n[0]
		}
	}
	plus := strings.NewReplacer(".", "+")
	salt, want, sound := saltAndHash(plus.Replace(fields[2]), plus.Replace(fields[3]))
	if !ok || !sound || length != 0 && length != len(want) {
		return nil, errForeign
	}
	return pbkdf2Of(strings.TrimPrefix(strings.TrimPrefix(fields[0], "pbkdf2"), "-"), iterations, salt, want)
}

// readDjango reads pbkdf2_sha256, its iterations, a salt as it stands, and a hash in base64.
func readDjango(fields []string) (foreign, error) {
	name, found := strings.CutPrefix(fields[0], "pbkdf2_")
	if len(fields) != 4 || !found || len(fields[2]) == 0 || len(fields[2]) > foreignSaltMax {
		return nil, errForeign
	}
	iterations, ok := number(fields[1])
	want, sound := decodeForeign(fields[3])
	if !ok || !sound {
		return nil, errForeign
	}
	return pbkdf2Of(name, iterations, []byte(fields[2]), want)
}

// pbkdf2Of is PBKDF2 (RFC 8018) with HMAC of a hash; "" is SHA-1.
func pbkdf2Of(name string, iterations int, salt, want []byte) (foreign, error) {
	var of func() digest.Hash
	most := 0
	switch name {
	case "", "sha1":
		of, most = sha1.New, sha1Max
	case "sha256":
		of, most = sha256.New, sha256Max
	case "sha512":
		of, most = sha512.New, sha512Max
	default:
		return nil, errForeign
	}
	size := of().Size()
	if need := (len(want) + size - 1) / size; iterations > most/max(need, 1) {
		return nil, tooCostly("PBKDF2 with HMAC-"+strings.ToUpper(orSHA1(name))+", blocks times iterations", most)
	}
	if !sized(want) {
		return nil, errShort
	}
	return func(typed []byte) bool {
		got, err := pbkdf2.Key(of, string(typed), salt, iterations, len(want))
		return err == nil && equal(got, want)
	}, nil
}

func orSHA1(name string) string {
	if name == "" {
		return "sha1"
	}
	return name
}

// sized says whether a hash has a length that is taken.
func sized(want []byte) bool { return len(want) >= foreignHashMin && len(want) <= foreignHashMax }

// numbers reads name=number pairs that stand in this order, with commas between them.
func numbers(text string, names ...string) ([]int, bool) {
	parts := strings.Split(text, ",")
	if len(parts) != len(names) {
		return nil, false
	}
	all := make([]int, 0, len(names))
	for i, name := range names {
		digits, named := strings.CutPrefix(parts[i], name+"=")
		n, ok := number(digits)
		if !named || !ok {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// number reads a whole number from 1 to 999,999,999 without sign and leading zeros.
func number(digits string) (int, bool) {
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 1 && len(digits) <= 9 && strconv.Itoa(n) == digits
}

// saltAndHash reads both in base64.
func saltAndHash(salt, sum string) (s, h []byte, ok bool) {
	s, one := decodeForeign(salt)
	h, two := decodeForeign(sum)
	return s, h, one && two && len(s) <= foreignSaltMax
}

// decodeForeign reads base64 with or without padding, and nothing empty.
func decodeForeign(text string) ([]byte, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	return raw, err == nil && len(raw) > 0
}
