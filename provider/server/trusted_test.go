package server_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
)

// HasRecord gives somebody a record of their own.
func (h *house) HasRecord(a provider.Account, record string) {
	h.t.Helper()
	issued, err := activation.Issuer{Keys: h.Keyset}.Invite(activation.Invitation{
		Record: record, Relation: provider.Self, Silent: true, Facts: map[activation.Fact]string{activation.BirthDate: "1984-03-09"},
	}, audit.Operator, h.now())
	must(h.t, err)
	must(h.t, h.Store.IssueActivations(context.Background(), []provider.Issue{issued.Issue}))
	must(h.t, h.Store.JoinRecord(context.Background(), issued.ID, h.now(), a.ID, audit.RecordJoined(h.now(), issued.Activation, a.ID)))
}

func (h *house) recordsOf(id provider.AccountID) []provider.RecordLink {
	h.t.Helper()
	all, err := h.Store.RecordsOf(context.Background(), id, h.now())
	must(h.t, err)
	return all
}

// wish is a form filled in.
func wish(change ...string) url.Values {
	v := url.Values{
		"name": {"Jose Maria Ruiz"}, "email": {"jose@example.org"}, "month": {"3"}, "day": {"9"}, "year": {"1970"}, "months": {"6"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

func TestY13_TrustedPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	ana, jose := h.Mailed("ana"), h.Person("jose")
	b := h.At("ana", "/account/trusted")
	b.Post("/account/trusted/add", wish())
	if len(h.Told("M-05")) != 0 {
		t.Fatal("somebody without a record shared one")
	}
	h.HasRecord(ana, "MRN 7")
	b.Get("/account/trusted/add").Shows(t, 200, `name="months"`)
	for _, fault := range [][]string{{"name", " "}, {"email", "jose"}, {"month", "13"}, {"day", "x"}, {"months", "13"}, {"months", "0"}} {
		b.Post("/account/trusted/add", wish(fault...)).Shows(t, 422, "Error: ")
	}
	b.Post("/account/trusted/add", wish()).Shows(t, 200, `role="status"`, "Jose Maria Ruiz")
	h.WantsInvited(ana)
	a := h.trustedBy(ana.ID, "MRN 7")[0]
	if a.Relation != provider.Trusted || a.Until.Sub(h.now()) > 190*24*time.Hour {
		t.Fatalf("%+v", a)
	}
	must(t, h.Store.JoinRecord(ctx, a.ID, h.now(), jose.ID, audit.RecordJoined(h.now(), a, jose.ID)))
	if got := h.recordsOf(jose.ID); len(got) != 1 || got[0].GrantedBy != ana.ID {
		t.Fatalf("%+v", got)
	}
	end := "/account/trusted/" + a.ID + "/end"

	h.Mailed("bruno")
	bruno := h.At("bruno", "/account/trusted")
	bruno.Post(end, url.Values{})
	h.Browser().Post(end, url.Values{}).Shows(t, 200, `name="password"`)
	b.Get(end).Shows(t, 200, "Jose Maria Ruiz")
	if len(h.recordsOf(jose.ID)) != 1 {
		t.Fatal("ended by somebody else, or by a GET")
	}
	b.Post(end, url.Values{}).Shows(t, 200, `role="status"`)
	b.Post(end, url.Values{})
	if len(h.recordsOf(jose.ID)) != 0 || len(h.Recorded(ana.ID, "trust.ended")) != 1 || len(h.recordsOf(ana.ID)) != 1 {
		t.Error("it is not ended, or not on record once")
	}
	actions := map[string]bool{}
	for _, m := range h.Told("M-25") {
		actions[m.Data["action"]] = true
	}
	if !actions["removed"] || !actions["taken"] {
		t.Errorf("told %v", actions)
	}
}

// trustedBy lists whom a patient invited, newest first.
func (h *house) trustedBy(account provider.AccountID, record string) []provider.Activation {
	h.t.Helper()
	all, err := h.Store.ActivationsOf(context.Background(), record)
	must(h.t, err)
	return slices.DeleteFunc(all, func(a provider.Activation) bool { return a.By != account })
}

// WantsInvited wants the code to go to the person named, and a notice without their name to the patient.
func (h *house) WantsInvited(patient provider.Account) {
	h.t.Helper()
	code, notice := false, false
	for _, m := range h.Mail() {
		switch {
		case m.Template == "M-05":
			code = m.To == "jose@example.org" && m.Data["what"] != ""
		case m.Template == "M-25" && m.To == anasMail:
			notice = m.Data["action"] == "invited" && m.Data["what"] == "J. M. R." && !strings.Contains(m.Data["what"], "Jose")
		}
	}
	if !code || !notice || len(h.Recorded(patient.ID, "trust.invited")) != 1 {
		h.t.Errorf("code sent %v, patient told %v", code, notice)
	}
}

// TestY13_Bounds: no more than five people, for a time, and never by who was trusted themselves.
func TestY13_Bounds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	ana, jose := h.Mailed("ana"), h.Mailed("jose")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	for range 7 {
		b.Post("/account/trusted/add", wish("months", "1"))
	}
	if n := len(h.Recorded(ana.ID, "trust.invited")); n != 5 {
		t.Errorf("%d were invited", n)
	}
	all, err := h.Store.ActivationsOf(ctx, "MRN 7")
	must(t, err)
	must(t, h.Store.JoinRecord(ctx, all[0].ID, h.now(), jose.ID, audit.RecordJoined(h.now(), all[0], jose.ID)))
	j := h.At("jose", "/account/trusted")
	j.Post("/account/trusted/add", wish())
	if len(h.Recorded(jose.ID, "trust.invited")) != 0 {
		t.Error("a trusted person shared the record")
	}
	h.Passes(32 * 24 * time.Hour)
	if len(h.recordsOf(jose.ID)) != 0 {
		t.Error("it goes on after its last day")
	}
}

// TestY13_FiftyAtOnce: who presses in fifty tabs at once invites five people, and no more.
func TestY13_FiftyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	h.Mail()
	var all sync.WaitGroup
	start := make(chan struct{})
	for range 50 {
		tab := b.Twin()
		all.Go(func() {
			<-start
			tab.Post("/account/trusted/add", wish())
		})
	}
	close(start)
	all.Wait()
	open := slices.DeleteFunc(h.trustedBy(ana.ID, "MRN 7"), func(a provider.Activation) bool { return !a.Open(h.now()) })
	if sent := h.Told("M-05"); len(open) != 5 || len(sent) != 5 || len(h.Recorded(ana.ID, "trust.invited")) != 5 {
		t.Errorf("%d are invited, %d letters", len(open), len(sent))
	}
	b.Get("/account/trusted/add").Shows(t, 200, "You cannot add more people")
}

// TestY13_CarerUsesTheCode: by the pages of the office's codes, as a new person and as one who has an account. Both sides are told.
func TestY13_CarerUsesTheCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, jose := h.Mailed("ana"), h.Person("jose")
	h.Gives(jose, provider.EmailCode, address("jose.codes@example.org"))
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	asked := wish("month", "2", "day", "14", "year", "1987")
	b.Post("/account/trusted/add", asked)
	mary := h.Browser()
	mary.comes(h.lastCode("jose@example.org"), "mary@example.org", "+16175550188", "mary")
	h.WantsAdded("mary@example.org")

	b.Post("/account/trusted/add", asked)
	j := h.Browser()
	j.activates(h.lastCode("jose@example.org"))
	j.born("3", "9", "1984").Shows(t, 422, "could not match") // a code alone opens nothing
	j.born("2", "14", "1987")
	j.Fill("/have", "choice", "have")
	j.SignIn("jose", anasPassword)
	j.Fill("/email", "code", h.CodeFor(provider.ByEmail, "jose.codes@example.org"))
	j.Fill("/join", "choice", "join").Shows(t, 200, "added")
	h.WantsAdded("jose@example.org")

	if got := h.recordsOf(jose.ID); len(got) != 1 || got[0].Relation != provider.Trusted || got[0].GrantedBy != ana.ID || got[0].Until.IsZero() {
		t.Errorf("%+v", got)
	}
	b.Get("/account/trusted").Shows(t, 200, "Can see it since")
	if n := h.givenBy(ana.ID); n != 2 {
		t.Errorf("%d have the record", n)
	}
}

// WantsAdded wants the patient to hear that the code was used, by initials, and the other one that they have the record.
func (h *house) WantsAdded(carer string) {
	h.t.Helper()
	patient, other := 0, 0
	for _, m := range h.Mail() {
		switch {
		case m.Template == "M-25" && m.To == anasMail && m.Data["action"] == "added" && m.Data["what"] == "J. M. R.":
			patient++
		case m.Template == "M-07" && m.To == carer:
			other++
		}
	}
	if patient != 1 || other != 1 {
		h.t.Errorf("the patient was told %d times, %s %d times", patient, carer, other)
	}
}
