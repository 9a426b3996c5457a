package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gatehouse/provider"
)

// KindErased is the kind of the event that says that personal data of an account's events were erased.
const KindErased = "trail.erased"

// mostWaiting is how many rows of a chain may stand before one that took effect earlier: acts that were under way at once.
const mostWaiting = 10_000

// Fault is the first thing that is wrong with a trail, at a row or at a checkpoint.
type Fault struct {
	Seq        int64  `json:"seq,omitempty"` // of the row; 0: the row is missing, or it is about a checkpoint
	Chain      int    `json:"chain"`
	N          int64  `json:"n,omitempty"`
	Checkpoint int64  `json:"checkpoint,omitempty"`
	What       string `json:"what"`
}

// Verdict is what a Verifier found.
type Verdict struct {
	Rows        int64     `json:"rows"`          // that were read
	Linked      int64     `json:"linked"`        // of them, by the chains
	Erased      int64     `json:"erased"`        // of them, without the personal data that they had
	From        time.Time `json:"from,omitzero"` // of the oldest row
	To          time.Time `json:"to,omitzero"`   // of the newest
	Checkpoints int64     `json:"checkpoints"`   // that were read
	Vouched     int64     `json:"vouched"`       // number of the newest checkpoint; 0: none vouches
	VouchedAt   time.Time `json:"vouched_at,omitzero"`
	Fault       *Fault    `json:"fault"` // null: all is well
}

// Verifier judges a trail: checkpoints first, then its rows in the order of Seq, then Finish. What it needs of memory grows with the
// number of accounts and not with that of rows.
type Verifier struct {
	public   ed25519.PublicKey
	kept     time.Time
	verdict  Verdict
	chains   map[int]*chainState
	subjects map[provider.AccountID]int64
	erased   map[provider.AccountID]Fault // rows without their personal data, for which no event has come yet
	last     []byte                       // the checkpoint before
	before   Checkpoint
}

// chainState is how far one chain has been followed.
type chainState struct {
	head     provider.ChainHead
	newest   provider.ChainHead // read after the rows were
	n        int64
	hash     []byte
	waiting  map[int64]provider.TrailRow // of a later N than the next
	vouchers []voucher
	broken   bool
}

// voucher is what a checkpoint says of a chain.
type voucher struct {
	checkpoint int64
	at         time.Time
	n          int64
	hash       string
}

// NewVerifier takes the house's public key, where its chains stand, and the time from which on no row may have been deleted.
func NewVerifier(public ed25519.PublicKey, heads []provider.ChainHead, kept time.Time) *Verifier {
	v := &Verifier{
		public: public, kept: kept, chains: map[int]*chainState{}, subjects: map[provider.AccountID]int64{},
		erased: map[provider.AccountID]Fault{},
	}
	for _, h := range heads {
		c := &chainState{head: h, newest: h, n: h.CutN, hash: h.CutHash, waiting: map[int64]provider.TrailRow{}}
		if h.CutN == 0 {
			c.hash = provider.FirstLink()
		}
		v.chains[h.Chain] = c
		if h.CutN == 0 && len(h.CutHash) != 0 || h.CutN < 0 || h.CutN > h.N || h.CutN > 0 && len(h.CutHash) != sha256.Size {
			v.wrong(c, Fault{Chain: h.Chain, N: h.CutN, What: "the place up to which old rows were deleted makes no sense"})
		}
	}
	return v
}

// AddCheckpoint takes the next document, the oldest first.
func (v *Verifier) AddCheckpoint(doc []byte) {
	v.verdict.Checkpoints++
	c, err := OpenCheckpoint(doc, v.public)
	expected := v.before.Number + 1
	switch {
	case err != nil:
		v.fault(Fault{Checkpoint: expected, What: "a checkpoint that this house did not sign"})
		return
	case v.last != nil && c.Number != expected:
		v.fault(Fault{Checkpoint: expected, What: fmt.Sprintf("this checkpoint is missing: number %d stands in its place", c.Number)})
		return
	case v.last != nil && c.Prev != digest(v.last), v.last == nil && (c.Number == 1) != (c.Prev == ""):
		v.fault(Fault{Checkpoint: c.Number, What: "it does not follow from the checkpoint before it"})
		return
	}
	for _, h := range c.Heads {
		v.vouch(c, h)
	}
	v.last, v.before = bytes.Clone(doc), c
	v.verdict.Vouched, v.verdict.VouchedAt = c.Number, c.At
}

func (v *Verifier) vouch(c Checkpoint, h CheckpointHead) {
	chain := v.chains[h.Chain]
	switch {
	case chain == nil:
		v.fault(Fault{Chain: h.Chain, N: h.N, Checkpoint: c.Number, What: "the chain that the checkpoint speaks of is not there"})
	case h.N > chain.head.N:
		v.wrong(chain, Fault{
			Chain: h.Chain, N: chain.head.N + 1, Checkpoint: c.Number,
			What: fmt.Sprintf("the trail ends at n %d of this chain, and the checkpoint has seen n %d: rows were cut off its end", chain.head.N, h.N),
		})
	case c.Number == 1 && chain.head.CutN > 0 && !c.At.Add(-checkpointQuiet).Before(v.kept):
		v.wrong(chain, Fault{
			Chain: h.Chain, N: 1, Checkpoint: 1,
			What: fmt.Sprintf("rows up to n %d were deleted, and the trail is not old enough for it", chain.head.CutN),
		})
	case h.N < chain.head.CutN && !c.At.Before(v.kept):
		v.wrong(chain, Fault{
			Chain: h.Chain, N: h.N + 1, Checkpoint: c.Number,
			What: fmt.Sprintf("rows up to n %d were deleted, and those after n %d were not old enough for it", chain.head.CutN, h.N),
		})
	case h.N == chain.head.CutN && h.Hash != hex.EncodeToString(chain.head.CutHash):
		v.wrong(chain, Fault{Chain: h.Chain, N: h.N, Checkpoint: c.Number, What: "the deleted row before the first is another than the checkpoint has seen"})
	case h.N > chain.head.CutN:
		chain.vouchers = append(chain.vouchers, voucher{checkpoint: c.Number, at: c.At, n: h.N, hash: h.Hash})
	}
}

// Add takes the next row.
func (v *Verifier) Add(r provider.TrailRow) {
	v.count(r)
	c := v.chains[r.Chain]
	bad := func(what string) {
		f := Fault{Seq: r.Seq, Chain: r.Chain, N: r.N, What: what}
		if c == nil {
			v.fault(f)
			return
		}
		v.wrong(c, f)
	}
	switch {
	case c == nil:
		bad("the row is of a chain that is not there")
	case c.broken:
	case r.N == 0 && r.Seq > c.head.Began:
		bad("the row is not linked, and is no older than the trail")
	case r.N == 0:
	case r.N < 0 || r.Seq <= c.head.Began:
		bad("the row is linked, and stands among those that are older than the trail")
	case r.N <= c.n:
		bad(fmt.Sprintf("a row with this number was there before, or was deleted; the next is n %d", c.n+1))
	case r.N > c.n+1:
		v.wait(c, r)
	default:
		v.follow(c, r)
	}
}

func (v *Verifier) count(r provider.TrailRow) {
	v.verdict.Rows++
	if r.N > 0 {
		v.verdict.Linked++
	}
	at := time.UnixMicro(r.At).UTC()
	if v.verdict.Rows == 1 || at.Before(v.verdict.From) {
		v.verdict.From = at
	}
	if at.After(v.verdict.To) {
		v.verdict.To = at
	}
}

// wait puts a row aside until the one before it comes. In a house of one chain rows come as they took effect.
func (v *Verifier) wait(c *chainState, r provider.TrailRow) {
	_, twice := c.waiting[r.N]
	if twice || len(v.chains) == 1 || len(c.waiting) >= mostWaiting {
		v.wrong(c, Fault{Seq: r.Seq, Chain: r.Chain, N: r.N, What: fmt.Sprintf("n %d is missing before it", c.n+1)})
		return
	}
	c.waiting[r.N] = r
}

// follow takes the row that is next in its chain, and those that waited for it.
func (v *Verifier) follow(c *chainState, r provider.TrailRow) {
	for there := true; there && !c.broken; r, there = c.waiting[c.n+1] {
		delete(c.waiting, r.N)
		if what := v.judge(c, r); what != "" {
			v.wrong(c, Fault{Seq: r.Seq, Chain: r.Chain, N: r.N, What: what})
			return
		}
		c.n, c.hash = r.N, r.Hash
	}
}

// judge says what is wrong with the next row of a chain; "" for nothing.
func (v *Verifier) judge(c *chainState, r provider.TrailRow) string {
	if !bytes.Equal(r.Hash, provider.HashLink(c.hash, r)) {
		return "what it says, or the row before it, is not what was hashed"
	}
	if r.N == c.head.N && !bytes.Equal(r.Hash, c.head.Hash) {
		return "the head of the chain has another hash"
	}
	for len(c.vouchers) > 0 && c.vouchers[0].n <= r.N {
		if first := c.vouchers[0]; first.n < r.N || first.hash != hex.EncodeToString(r.Hash) {
			return fmt.Sprintf("checkpoint %d has seen another row here", first.checkpoint)
		}
		c.vouchers = c.vouchers[1:]
	}
	if what := v.subject(c, r); what != "" {
		return what
	}
	return v.private(r)
}

func (v *Verifier) subject(c *chainState, r provider.TrailRow) string {
	if r.Account == "" {
		if r.SubjectN != 0 {
			return "it is of no account and has a number in one"
		}
		return ""
	}
	before, known := v.subjects[r.Account]
	v.subjects[r.Account] = r.SubjectN
	if r.SubjectN == before+1 || !known && c.head.CutN > 0 && r.SubjectN > 0 {
		return ""
	}
	return fmt.Sprintf("it is number %d of its account and should be %d", r.SubjectN, before+1)
}

func (v *Verifier) private(r provider.TrailRow) string {
	if r.Kind == KindErased || r.Kind == KindClosed {
		delete(v.erased, r.Account)
	}
	switch {
	case r.Private != nil:
		sum := sha256.Sum256(r.Private)
		if !bytes.Equal(sum[:], r.PrivateHash) {
			return "its personal data are not what was hashed"
		}
	case r.PrivateHash != nil:
		v.verdict.Erased++
		if _, already := v.erased[r.Account]; !already {
			v.erased[r.Account] = Fault{Seq: r.Seq, Chain: r.Chain, N: r.N, What: "its personal data are gone, and no later event says that they were erased"}
		}
	}
	return ""
}

// wrong notes a fault of a chain, of which nothing more is judged.
func (v *Verifier) wrong(c *chainState, f Fault) {
	c.broken = true
	v.fault(f)
}

// fault keeps the first: the one of the lowest Seq, those without one last.
func (v *Verifier) fault(f Fault) {
	now := v.verdict.Fault
	if now == nil || f.Seq != 0 && (now.Seq == 0 || f.Seq < now.Seq) {
		v.verdict.Fault = &f
	}
}

// Grown takes where the chains stand after the rows were read, for a house that goes on meanwhile.
func (v *Verifier) Grown(heads []provider.ChainHead) {
	for _, h := range heads {
		if c := v.chains[h.Chain]; c != nil && h.N >= c.head.N {
			c.newest = h
		}
	}
}

// Finish judges what only the end shows.
func (v *Verifier) Finish() Verdict {
	for _, f := range v.erased {
		if c := v.chains[f.Chain]; !c.broken { // or the event that says so may stand behind the break
			v.fault(f)
		}
	}
	for _, c := range v.chains {
		v.finish(c)
	}
	return v.verdict
}

func (v *Verifier) finish(c *chainState) {
	if c.broken {
		return
	}
	for n := range c.waiting { // acts of a house that goes on: one of a lower Seq was not yet to be seen when the rows were read
		if c.n >= c.head.N && n <= c.newest.N {
			delete(c.waiting, n)
		}
	}
	if len(c.waiting) > 0 {
		first := provider.TrailRow{}
		for _, r := range c.waiting {
			if first.Seq == 0 || r.N < first.N {
				first = r
			}
		}
		v.wrong(c, Fault{Seq: first.Seq, Chain: first.Chain, N: first.N, What: fmt.Sprintf("n %d is missing before it", c.n+1)})
		return
	}
	switch f := (Fault{Chain: c.head.Chain, N: c.n + 1}); {
	case c.n < c.head.N:
		f.What = fmt.Sprintf("the rows end at n %d, and the head of the chain stands at n %d", c.n, c.head.N)
		v.wrong(c, f)
	case c.n > c.newest.N:
		f.N, f.What = c.newest.N+1, fmt.Sprintf("the head of the chain stands at n %d, and there are rows up to n %d", c.newest.N, c.n)
		v.wrong(c, f)
	case c.n == c.newest.N && !bytes.Equal(c.hash, c.newest.Hash):
		f.N, f.What = c.n, "the head of the chain has another hash than its newest row"
		v.wrong(c, f)
	}
}
