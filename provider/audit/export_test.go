package audit

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// kept is a trail in memory, for what an export does with rows. Its chains are two.
type kept struct {
	provider.Trails
	heads []provider.ChainHead
	rows  []provider.TrailRow
}

func (k *kept) ChainHeads(context.Context) ([]provider.ChainHead, error) { return k.heads, nil }

func (k *kept) Trail(_ context.Context, q provider.TrailQuery) ([]provider.TrailRow, error) {
	var found []provider.TrailRow
	for _, r := range k.rows {
		if r.Seq > q.After && (q.Account == "" || r.Account == q.Account) && !time.UnixMicro(r.At).Before(q.Since) && len(found) < q.Limit {
			found = append(found, r)
		}
	}
	return found, nil
}

// trailOf has 60 rows of three accounts by two people, a minute apart. Where mixed, rows 10 and 11 took effect in the other order.
func trailOf(mixed bool) *kept {
	k := &kept{heads: []provider.ChainHead{{Chain: 0}, {Chain: 1}}}
	of := map[provider.AccountID]int64{}
	add := func(seq int64) {
		account := provider.AccountID([]string{"ada", "ben", "cleo"}[seq/4%3])
		chain := int(seq / 4 % 2)
		of[account+provider.AccountID(fmt.Sprint(chain))]++
		k.heads[chain].N++
		of[account]++
		k.rows = append(k.rows, provider.TrailRow{
			Link: provider.Link{Chain: chain, N: k.heads[chain].N, SubjectN: of[account], Hash: []byte{byte(seq)}}, Seq: seq,
			At: noon.Add(time.Duration(seq) * time.Minute).UnixMicro(), Kind: "x.y", Account: account, Actor: []string{"staff:fay", "house"}[seq%2], Detail: "{}",
		})
	}
	order := make([]int64, 60)
	for i := range order {
		order[i] = int64(i + 1)
	}
	if mixed {
		order[9], order[10] = order[10], order[9]
	}
	for _, seq := range order {
		add(seq)
	}
	slices.SortFunc(k.rows, func(a, b provider.TrailRow) int { return int(a.Seq - b.Seq) })
	return k
}

func (k *kept) export(t *testing.T, f Filter) ([]int64, Summary) {
	t.Helper()
	var seqs []int64
	sum, err := Export(t.Context(), k, f, 7, func(int) {}, func(r provider.TrailRow) error {
		seqs = append(seqs, r.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs, sum
}

func TestAnExportHoldsWhatWasAskedFor(t *testing.T) {
	for _, mixed := range []bool{false, true} {
		k := trailOf(mixed)
		at := func(seq int) time.Time { return noon.Add(time.Duration(seq) * time.Minute) }
		for _, f := range []Filter{
			{}, {Account: "ben"}, {Actor: "staff:fay"}, {Since: at(11)}, {Since: at(12), Until: at(20)}, {Account: "cleo", Since: at(11), Until: at(50)},
			{Actor: "house", Since: at(30)}, {Account: "ada", Actor: "staff:fay"}, {Since: at(100)}, {Account: "nobody"}, {Until: at(3)},
		} {
			var want []int64
			for _, r := range k.rows {
				if f.holds(r) {
					want = append(want, r.Seq)
				}
			}
			got, sum := k.export(t, f)
			if f.Account != "" {
				slices.Sort(got) // it comes in the order of its numbers
			}
			if !slices.Equal(got, want) || sum.Rows != int64(len(want)) || sum.Gap != "" {
				t.Errorf("mixed %v, %+v: %v, want %v; %+v", mixed, f, got, want, sum)
			}
		}
	}
}

func TestAnAccountIsExportedInTheOrderOfItsNumbers(t *testing.T) {
	k := trailOf(true)
	for _, account := range []provider.AccountID{"ada", "ben", "cleo"} {
		n := int64(0)
		sum, err := Export(t.Context(), k, Filter{Account: account}, 3, func(int) {}, func(r provider.TrailRow) error {
			if n++; r.SubjectN != n {
				t.Errorf("%s: number %d is written out as %d", account, r.SubjectN, n)
			}
			return nil
		})
		if err != nil || sum.First != 1 || sum.Last != n || sum.Gap != "" {
			t.Errorf("%s: %+v %v", account, sum, err)
		}
	}
}

// TestAnExportMissesNoGap takes every row away by turns: the export of its account says so, and so do those of all that begin before it.
func TestAnExportMissesNoGap(t *testing.T) {
	whole := trailOf(false)
	newest := map[provider.AccountID]int64{}
	for _, r := range whole.rows {
		newest[r.Account] = r.SubjectN
	}
	for i, gone := range whole.rows {
		k := &kept{heads: whole.heads, rows: slices.Delete(slices.Clone(whole.rows), i, i+1)}
		_, of := k.export(t, Filter{Account: gone.Account})
		_, by := k.export(t, Filter{Actor: "staff:fay"})
		_, since := k.export(t, Filter{Since: noon.Add(time.Minute)})
		if by.Gap == "" || since.Gap == "" || of.Gap == "" && gone.SubjectN != newest[gone.Account] {
			t.Errorf("row %d is gone: %q, %q, %q", gone.Seq, of.Gap, by.Gap, since.Gap)
		}
		again := gone
		again.Seq = 1000
		k.rows = append(slices.Clone(whole.rows), again)
		if _, twice := k.export(t, Filter{Account: gone.Account}); twice.Gap == "" {
			t.Errorf("row %d comes twice and nothing is said", gone.Seq)
		}
	}
}

func TestWhatRetentionCutIsNoGap(t *testing.T) {
	k := trailOf(false)
	for _, r := range k.rows[:20] {
		k.heads[r.Chain].CutN = r.N
	}
	k.rows = k.rows[20:]
	for _, f := range []Filter{{}, {Account: "ada"}, {Account: "ben"}, {Since: noon}, {Actor: "house"}} {
		if _, sum := k.export(t, f); sum.Gap != "" || !sum.Cut {
			t.Errorf("%+v: %+v", f, sum)
		}
	}
}

// TestAnExportShowsOneMoment: what is written while it is read is left out, and is no gap.
func TestAnExportShowsOneMoment(t *testing.T) {
	k := trailOf(false)
	later := k.rows[50:]
	for _, r := range later {
		k.heads[r.Chain].N = min(k.heads[r.Chain].N, r.N-1)
	}
	k.rows = append(slices.Clone(k.rows[:50]), later[3:]...)
	for _, f := range []Filter{{}, {Since: noon.Add(20 * time.Minute)}} {
		seqs, sum := k.export(t, f)
		if sum.Gap != "" || slices.Max(seqs) != 50 {
			t.Errorf("%+v: %v %+v", f, seqs, sum)
		}
	}
}

func TestFormulasInATableAreTexts(t *testing.T) {
	var text strings.Builder
	s := NewSheet("csv", &text)
	evil := []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x"}
	for _, e := range evil {
		if err := s.Row(provider.TrailRow{Kind: e, Client: e, Session: e, Grant: e, Actor: e, Detail: e, Account: provider.AccountID(e)}, map[string]string{"a": e}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Finish(Summary{Rows: 7}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	if err != nil || len(lines) != len(evil)+2 {
		t.Fatal(len(lines), err)
	}
	for i, line := range lines[1 : len(lines)-1] {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q", cell)
			}
		}
		if line[2] != "'"+evil[i] && line[2] != "'"+strings.ReplaceAll(evil[i], "\r", "\n") {
			t.Errorf("%q is written as %q", evil[i], line[2])
		}
	}
	if last := lines[len(lines)-1]; last[2] != summaryKind || !strings.Contains(last[9], `"rows":7`) {
		t.Errorf("%q", last)
	}
}

func TestALineForEachEvent(t *testing.T) {
	var text strings.Builder
	s := NewSheet("jsonl", &text)
	for _, detail := range []string{`{"why":"asked"}`, `broken`} {
		if err := s.Row(provider.TrailRow{Link: provider.Link{N: 3, SubjectN: 2, Hash: []byte{1}}, Kind: "a.b", Account: "ada", Detail: detail}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Finish(Summary{Rows: 2, First: 1, Last: 2}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Error(line)
		}
	}
	if len(lines) != 3 || !strings.Contains(lines[0], `"detail":{"why":"asked"}`) || !strings.Contains(lines[1], `"detail":"broken"`) || !strings.Contains(lines[2], `{"summary":{"rows":2,`) {
		t.Error(text.String())
	}
}
