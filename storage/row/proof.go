package row

import (
	"cmp"
	"slices"

	"gatehouse/provider"
)

// Shown are the proofs of a completion, each once, however often its authenticator was used in the ceremony.
func Shown(proofs []provider.Proof) []provider.Proof {
	order := func(p, q provider.Proof) int {
		return cmp.Or(cmp.Compare(p.Authenticator, q.Authenticator), cmp.Compare(p.Kind, q.Kind), p.SetAt.Compare(q.SetAt))
	}
	shown := slices.SortedFunc(slices.Values(proofs), order)
	return slices.CompactFunc(shown, func(p, q provider.Proof) bool { return order(p, q) == 0 })
}
