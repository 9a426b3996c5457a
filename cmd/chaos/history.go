package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Outcome is what somebody was told.
type Outcome string

// The outcomes. What was lost on the way may have happened or not, and may yet happen.
const (
	OK      Outcome = "ok"
	Refused Outcome = "fail"
	Lost    Outcome = "unknown"
)

// Fact is what an answer rests on, or what an act makes so: the value of a register.
type Fact struct {
	Subject string `json:"subject"`
	Value   string `json:"value"`
}

// Values of registers that are on or off. A register that nobody has written is Live.
const (
	Live = "live"
	Over = "over"
)

// Kind is what sort of act an Op was; it says which rule judges it.
type Kind string

// The kinds of Op.
const (
	Set     Kind = "set"     // Subject became Value
	Use     Kind = "use"     // something was given that rests on facts; Note says what
	Redeem  Kind = "redeem"  // the code Subject was redeemed
	Refresh Kind = "refresh" // the token Subject brought the token Value
	Same    Kind = "same"    // Subject answered Value, and must answer so for ever
	Count   Kind = "count"   // the counter Subject went up by one
	Reset   Kind = "reset"   // the counter Subject went back to nothing
	Total   Kind = "total"   // the counter Subject stood at N
)

// Op is one act of one client: a line of the history. Secrets stand in it as hashes only.
type Op struct {
	Client  int           `json:"client"`
	Kind    Kind          `json:"op"`
	Subject string        `json:"subject,omitempty"`
	Start   time.Duration `json:"start"` // since the history began
	End     time.Duration `json:"end"`
	Outcome Outcome       `json:"outcome"`
	Value   string        `json:"value,omitempty"`
	N       int           `json:"n,omitempty"`
	Rests   []Fact        `json:"rests,omitempty"`  // OK: all of them held; Refused: one of them did not; none: nothing is claimed
	Status  int           `json:"status,omitempty"` // of the last answer
	Note    string        `json:"note,omitempty"`
}

// History gathers Ops from many goroutines and writes each to a file of lines, where there is one.
type History struct {
	began time.Time
	mu    sync.Mutex
	ops   []Op
	lines *json.Encoder
}

// NewHistory begins one; lines may be nil.
func NewHistory(lines io.Writer) *History {
	h := &History{began: time.Now()}
	if lines != nil {
		h.lines = json.NewEncoder(lines)
	}
	return h
}

// Now is the time of the history: one monotonic clock for all clients.
func (h *History) Now() time.Duration { return time.Since(h.began) }

// Add writes one down.
func (h *History) Add(op Op) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, op)
	if h.lines != nil {
		_ = h.lines.Encode(op) // a full disk must not end the run: the record in memory is what is judged
	}
}

// Ops is a copy of all so far.
func (h *History) Ops() []Op {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Op(nil), h.ops...)
}

// Len is how many there are.
func (h *History) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}
