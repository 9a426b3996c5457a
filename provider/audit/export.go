package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gatehouse/provider"
)

// Filter says which part of the trail an export holds.
type Filter struct {
	Account provider.AccountID // "": of all
	Actor   Actor              // "": by all
	Since   time.Time          // zero: from the first on
	Until   time.Time          // zero: to the last. Not included
}

func (f Filter) holds(r provider.TrailRow) bool {
	at := time.UnixMicro(r.At)
	return (f.Account == "" || r.Account == f.Account) && (f.Actor == "" || r.Actor == string(f.Actor)) &&
		(f.Since.IsZero() || !at.Before(f.Since)) && (f.Until.IsZero() || at.Before(f.Until))
}

// Summary ends an export, and says what it proves.
type Summary struct {
	Rows     int64  `json:"rows"`               // written out
	Read     int64  `json:"read"`               // looked at, to be sure that none is missing
	Unlinked int64  `json:"unlinked,omitempty"` // of these, older than the trail: nothing numbers them
	First    int64  `json:"first,omitempty"`    // of an account's events: the number of the first that is kept
	Last     int64  `json:"last,omitempty"`     // and of the last
	Cut      bool   `json:"cut"`                // older ones were deleted because their time was over
	Gap      string `json:"gap"`                // "": no row is missing; else the first that is
}

// Exporter picks the rows of an export and looks whether any is missing: of an account by the numbers of its events, in whose order they
// are, else by those of the chains. It takes all rows of the account, or all rows behind ReadFrom, in the order of Seq, and needs no more
// memory where there are more of them. What came after the heads were read is left out: an export shows one moment.
type Exporter struct {
	filter  Filter
	from    int64
	heads   map[int]provider.ChainHead
	chains  map[int]*numbers
	waiting map[int64]provider.TrailRow // of the account, of a later number than the next
	summary Summary
}

// NewExporter takes where the chains stand, and behind which Seq the rows begin that must all be there. 0: from the first on.
func NewExporter(f Filter, heads []provider.ChainHead, from int64) *Exporter {
	e := &Exporter{
		filter: f, from: from, heads: map[int]provider.ChainHead{}, chains: map[int]*numbers{}, waiting: map[int64]provider.TrailRow{},
	}
	for _, h := range heads {
		e.heads[h.Chain], e.chains[h.Chain] = h, &numbers{missing: map[int64]bool{}}
		e.summary.Cut = e.summary.Cut || h.CutN > 0
		if ReadFrom(from) == 0 {
			e.chains[h.Chain].begin(h.CutN + 1)
		}
	}
	return e
}

// ReadFrom is behind which Seq to begin to read, so that those behind another can be judged: acts at once may have taken their Seq in
// another order than their numbers.
func ReadFrom(from int64) int64 { return max(from-mostWaiting, 0) }

// Take answers which rows are to be written out next.
func (e *Exporter) Take(r provider.TrailRow) []provider.TrailRow {
	if head, linked := e.heads[r.Chain]; r.N > 0 && linked && r.N > head.N {
		return nil // it came after
	}
	e.summary.Read++
	switch {
	case r.N == 0:
		e.summary.Unlinked++
	case e.filter.Account != "":
		return e.ofAccount(r)
	case e.chains[r.Chain] == nil:
		e.gap(fmt.Sprintf("seq %d is of a chain that is not there", r.Seq))
	case !e.chains[r.Chain].take(r.N, r.Seq > e.from):
		e.gap(fmt.Sprintf("at seq %d the next of chain %d should be n %d, and is n %d", r.Seq, r.Chain, e.chains[r.Chain].next, r.N))
	}
	return e.picked(r)
}

func (e *Exporter) picked(rows ...provider.TrailRow) []provider.TrailRow {
	rows = slices.DeleteFunc(rows, func(r provider.TrailRow) bool { return r.Seq <= e.from || !e.filter.holds(r) })
	e.summary.Rows += int64(len(rows))
	return rows
}

// ofAccount puts the events of an account into the order of their numbers.
func (e *Exporter) ofAccount(r provider.TrailRow) []provider.TrailRow {
	if e.summary.First == 0 {
		e.summary.First = 1
		if e.heads[r.Chain].CutN > 0 {
			e.summary.First = r.SubjectN
		}
		e.summary.Last = e.summary.First - 1
	}
	switch _, twice := e.waiting[r.SubjectN]; {
	case twice || r.SubjectN <= e.summary.Last:
		e.gap(fmt.Sprintf("at seq %d the account's event %d comes a second time", r.Seq, r.SubjectN))
		return e.picked(r)
	case len(e.waiting) >= mostWaiting:
		e.gap(fmt.Sprintf("the account's event %d is missing", e.summary.Last+1))
		return e.picked(r)
	}
	e.waiting[r.SubjectN] = r
	var rows []provider.TrailRow
	for next, there := e.waiting[e.summary.Last+1]; there; next, there = e.waiting[e.summary.Last+1] {
		delete(e.waiting, next.SubjectN)
		e.summary.Last = next.SubjectN
		rows = append(rows, next)
	}
	return e.picked(rows...)
}

func (e *Exporter) gap(what string) {
	if e.summary.Gap == "" {
		e.summary.Gap = what
	}
}

// Finish answers the rows that are left, behind a gap, and what the export proves.
func (e *Exporter) Finish() ([]provider.TrailRow, Summary) {
	var rows []provider.TrailRow
	for _, n := range slices.Sorted(maps.Keys(e.waiting)) {
		e.gap(fmt.Sprintf("the account's event %d is missing", e.summary.Last+1))
		e.summary.Last = n
		rows = append(rows, e.waiting[n])
	}
	if e.filter.Account == "" {
		for chain, n := range e.chains {
			e.finish(chain, n)
		}
	}
	return e.picked(rows...), e.summary
}

func (e *Exporter) finish(chain int, n *numbers) {
	for lost, needed := range n.missing {
		if needed {
			e.gap(fmt.Sprintf("n %d of chain %d is missing", lost, chain))
			return
		}
	}
	if head := e.heads[chain].N; n.next > 0 && n.next <= head {
		e.gap(fmt.Sprintf("the rows of chain %d end at n %d, and its head stands at n %d", chain, n.next-1, head))
	}
}

// numbers follows 1, 2, 3 … that come nearly in order.
type numbers struct {
	first, next int64          // 0: none came yet
	missing     map[int64]bool // before next; false: it may stand before the place where reading began
}

func (s *numbers) begin(at int64) { s.first, s.next = at, at }

// take is false for a number that was there before, and where too many are missing.
func (s *numbers) take(n int64, needed bool) bool {
	if s.next == 0 {
		s.begin(n)
	}
	if n < s.next {
		_, lost := s.missing[n]
		delete(s.missing, n)
		return lost || n < s.first && !needed
	}
	if n-s.next+int64(len(s.missing)) > mostWaiting {
		return false
	}
	for lost := s.next; lost < n; lost++ {
		s.missing[lost] = needed
	}
	s.next = n + 1
	return true
}

// Export reads the part of a trail page by page and gives each row to write, in order. read is told how many rows each page had.
func Export(
	ctx context.Context, trails provider.Trails, f Filter, page int, read func(rows int), write func(provider.TrailRow) error,
) (Summary, error) {
	heads, err := trails.ChainHeads(ctx)
	if err != nil {
		return Summary{}, err
	}
	q, from, err := beginning(ctx, trails, f, page)
	if err != nil {
		return Summary{}, err
	}
	e := NewExporter(f, heads, from)
	for more := true; more; {
		rows, err := trails.Trail(ctx, q)
		if err != nil {
			return Summary{}, err
		}
		read(len(rows))
		for _, r := range rows {
			q.After = r.Seq
			if err := writeAll(e.Take(r), write); err != nil {
				return Summary{}, err
			}
		}
		more = len(rows) == page
	}
	rows, sum := e.Finish()
	return sum, writeAll(rows, write)
}

// beginning is where to begin to read, and behind which Seq the rows of an export begin. Of an account all rows are read.
func beginning(ctx context.Context, trails provider.Trails, f Filter, page int) (q provider.TrailQuery, from int64, err error) {
	q = provider.TrailQuery{Account: f.Account, Limit: page}
	if f.Account != "" || f.Since.IsZero() {
		return q, 0, nil
	}
	first, err := trails.Trail(ctx, provider.TrailQuery{Since: f.Since, Limit: 1})
	if err != nil {
		return q, 0, err
	}
	if len(first) == 0 { // nothing is so young: the chains are read for nothing else
		return q, 0, nil
	}
	from = first[0].Seq - 1
	q.After = ReadFrom(from)
	return q, from, nil
}

func writeAll(rows []provider.TrailRow, write func(provider.TrailRow) error) error {
	for _, r := range rows {
		if err := write(r); err != nil {
			return err
		}
	}
	return nil
}
