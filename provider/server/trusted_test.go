package server_test

import (
	"context"
	"net/url"
	"strings"
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
	all, err := h.Store.ActivationsOf(ctx, "MRN 7")
	must(t, err)
	var a provider.Activation
	for _, each := range all {
		if each.By == ana.ID {
			a = each
		}
	}
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
