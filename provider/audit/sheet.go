package audit

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
)

// Sheet is where an export is written to.
type Sheet interface {
	// Row writes one, with its personal data where they were opened.
	Row(r provider.TrailRow, private map[string]string) error
	// Finish writes what the export proves, as the last line.
	Finish(s Summary) error
}

// SheetTypes are the formats by name, and what browsers call them.
func SheetTypes() map[string]string {
	return map[string]string{"jsonl": "application/jsonl; charset=utf-8", "csv": "text/csv; charset=utf-8; header=present"}
}

// NewSheet makes one of the format jsonl or csv.
func NewSheet(format string, w io.Writer) Sheet {
	if format == "csv" {
		return &csvSheet{w: csv.NewWriter(w)}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return jsonSheet{e}
}

// exported is how a row is written out.
type exported struct {
	Seq         int64             `json:"seq"`
	At          time.Time         `json:"at"`
	Kind        string            `json:"kind"`
	Actor       string            `json:"actor"`
	Account     string            `json:"account,omitempty"`
	SubjectN    int64             `json:"subject_n,omitempty"` // 1, 2, 3 … among the events of the account
	Client      string            `json:"client,omitempty"`
	Session     string            `json:"session,omitempty"`
	Grant       string            `json:"grant,omitempty"`
	Detail      json.RawMessage   `json:"detail"`
	Private     map[string]string `json:"private,omitempty"`
	Chain       int               `json:"chain"`
	N           int64             `json:"n"` // 1, 2, 3 … in its chain; 0: older than the trail
	Hash        string            `json:"hash,omitempty"`
	PrivateHash string            `json:"private_hash,omitempty"` // of the sealed personal data that came with it, erased or not
}

type jsonSheet struct{ e *json.Encoder }

func (s jsonSheet) Row(r provider.TrailRow, private map[string]string) error {
	detail := json.RawMessage(r.Detail)
	if !json.Valid(detail) { // somebody else wrote it: it is told as the text that it is
		detail, _ = json.Marshal(r.Detail) // a string always encodes
	}
	return s.e.Encode(exported{
		Seq: r.Seq, At: time.UnixMicro(r.At).UTC(), Kind: r.Kind, Actor: r.Actor, Account: string(r.Account), SubjectN: r.SubjectN, Client: r.Client,
		Session: r.Session, Grant: r.Grant, Detail: detail, Private: private, Chain: r.Chain, N: r.N, Hash: hex.EncodeToString(r.Hash),
		PrivateHash: hex.EncodeToString(r.PrivateHash),
	})
}

func (s jsonSheet) Finish(sum Summary) error { return s.e.Encode(map[string]Summary{"summary": sum}) }

type csvSheet struct {
	w     *csv.Writer
	begun bool
}

func (s *csvSheet) line(cells ...string) error {
	for i := range cells {
		cells[i] = guarded(cells[i])
	}
	return s.w.Write(cells)
}

func (s *csvSheet) head() error {
	if s.begun {
		return nil
	}
	s.begun = true
	return s.line("seq", "at", "kind", "actor", "account", "subject_n", "client", "session", "grant", "detail", "private", "chain", "n", "hash", "private_hash")
}

func (s *csvSheet) Row(r provider.TrailRow, private map[string]string) error {
	if err := s.head(); err != nil {
		return err
	}
	opened := ""
	if len(private) > 0 {
		text, err := json.Marshal(private)
		if err != nil {
			return err
		}
		opened = string(text)
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return s.line(number(r.Seq), time.UnixMicro(r.At).UTC().Format(time.RFC3339Nano), r.Kind, r.Actor, string(r.Account), number(r.SubjectN), r.Client,
		r.Session, r.Grant, r.Detail, opened, number(int64(r.Chain)), number(r.N), hex.EncodeToString(r.Hash), hex.EncodeToString(r.PrivateHash))
}

// summaryKind is the kind of the last line of a table: no event has it.
const summaryKind = "export.summary"

func (s *csvSheet) Finish(sum Summary) error {
	if err := s.head(); err != nil {
		return err
	}
	text, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	if err := s.line("", "", summaryKind, "", "", "", "", "", "", string(text), "", "", "", "", ""); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}

// guarded keeps a program that opens a table from taking a text for a formula.
func guarded(cell string) string {
	if strings.HasPrefix(cell, "'") || strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}
