package passkey

import "testing"

func BenchmarkVerify(b *testing.B) {
	p, d := newRP(b), newDevice(b)
	held := bind(b, p, d, alice)
	response, find := d.answer(b, request(b, p, true)), holds(held)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify(p, response, find); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	p, d := newRP(b), newDevice(b)
	held := bind(b, p, d, alice)
	b.ReportAllocs()
	for b.Loop() {
		request(b, p, true, held)
	}
}
