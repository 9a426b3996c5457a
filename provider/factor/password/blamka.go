package password

import "math/bits"

// block is Argon2's unit of memory: 1 KiB as 128 words (RFC 9106 section 3.4).
type block [128]uint64

// compress is the function G of RFC 9106 section 3.5: the rows of x ^ y are
// permuted, then its columns, and the input is mixed in once more. The first
// pass over the memory writes dst, later passes add to what stands there, which
// is also why used memory need not be cleared between two hashes.
func compress(dst, x, y *block, add bool) {
	var in, z block
	for i := range in {
		in[i] = x[i] ^ y[i]
	}
	z = in
	for i := 0; i < 128; i += 16 {
		permute(
			&z[i], &z[i+1], &z[i+2], &z[i+3], &z[i+4], &z[i+5], &z[i+6], &z[i+7],
			&z[i+8], &z[i+9], &z[i+10], &z[i+11], &z[i+12], &z[i+13], &z[i+14], &z[i+15],
		)
	}
	for i := 0; i < 16; i += 2 {
		permute(
			&z[i], &z[i+1], &z[i+16], &z[i+17], &z[i+32], &z[i+33], &z[i+48], &z[i+49],
			&z[i+64], &z[i+65], &z[i+80], &z[i+81], &z[i+96], &z[i+97], &z[i+112], &z[i+113],
		)
	}
	if add {
		for i := range dst {
			dst[i] ^= in[i] ^ z[i]
		}
		return
	}
	for i := range dst {
		dst[i] = in[i] ^ z[i]
	}
}

// permute is the permutation P of RFC 9106 section 3.6 on sixteen words, seen as
// a four by four matrix: its columns first, then its diagonals.
func permute(p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15 *uint64) {
	v0, v1, v2, v3 := *p0, *p1, *p2, *p3
	v4, v5, v6, v7 := *p4, *p5, *p6, *p7
	v8, v9, v10, v11 := *p8, *p9, *p10, *p11
	v12, v13, v14, v15 := *p12, *p13, *p14, *p15

	v0, v4, v8, v12 = mix(v0, v4, v8, v12, 32, 24)
	v1, v5, v9, v13 = mix(v1, v5, v9, v13, 32, 24)
	v2, v6, v10, v14 = mix(v2, v6, v10, v14, 32, 24)
	v3, v7, v11, v15 = mix(v3, v7, v11, v15, 32, 24)
	v0, v4, v8, v12 = mix(v0, v4, v8, v12, 16, 63)
	v1, v5, v9, v13 = mix(v1, v5, v9, v13, 16, 63)
	v2, v6, v10, v14 = mix(v2, v6, v10, v14, 16, 63)
	v3, v7, v11, v15 = mix(v3, v7, v11, v15, 16, 63)

	v0, v5, v10, v15 = mix(v0, v5, v10, v15, 32, 24)
	v1, v6, v11, v12 = mix(v1, v6, v11, v12, 32, 24)
	v2, v7, v8, v13 = mix(v2, v7, v8, v13, 32, 24)
	v3, v4, v9, v14 = mix(v3, v4, v9, v14, 32, 24)
	v0, v5, v10, v15 = mix(v0, v5, v10, v15, 16, 63)
	v1, v6, v11, v12 = mix(v1, v6, v11, v12, 16, 63)
	v2, v7, v8, v13 = mix(v2, v7, v8, v13, 16, 63)
	v3, v4, v9, v14 = mix(v3, v4, v9, v14, 16, 63)

	*p0, *p1, *p2, *p3 = v0, v1, v2, v3
	*p4, *p5, *p6, *p7 = v4, v5, v6, v7
	*p8, *p9, *p10, *p11 = v8, v9, v10, v11
	*p12, *p13, *p14, *p15 = v12, v13, v14, v15
}

// mix is half of the function GB of RFC 9106 section 3.6. It stands alone, and
// GB is written out by permute, because it must be small enough to be inlined.
func mix(a, b, c, d uint64, right, left int) (uint64, uint64, uint64, uint64) {
	a += b + 2*uint64(uint32(a))*uint64(uint32(b))
	d = bits.RotateLeft64(d^a, -right)
	c += d + 2*uint64(uint32(c))*uint64(uint32(d))
	b = bits.RotateLeft64(b^c, -left)
	return a, b, c, d
}
