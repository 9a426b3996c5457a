package server_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
)

// lastCode is the newest code of an invitation that went to an address.
func (h *house) lastCode(to string) string {
	h.t.Helper()
	code := ""
	for _, m := range h.Mail() {
		if (m.Template == "M-05" || m.Template == "M-06") && m.To == to {
			code = m.Data["what"]
		}
	}
	if code == "" {
		h.t.Fatal("no code")
	}
	return code
}

// givenBy counts the people who have the record of somebody.
func (h *house) givenBy(account provider.AccountID) int {
	h.t.Helper()
	all, err := h.Store.LinksGiven(context.Background(), account, h.now())
	must(h.t, err)
	return len(all)
}

// TestHostile_InvitationOfPaused: while a patient's account is paused, nobody gets their record by what was given of it.
func TestHostile_InvitationOfPaused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	b.Post("/account/trusted/add", wish("months", "12", "month", "2", "day", "14", "year", "1987"))
	code := h.lastCode("jose@example.org")
	b.Post("/account/not-me", url.Values{}).Shows(t, 200, "Your account is paused")
	jose := h.Browser()
	jose.activates(code)
	for _, step := range newcomer(jose, "jose@example.org", "+16175550188", "jose") {
		step()
	}
	if got := h.givenBy(ana.ID); got != 0 {
		t.Error("somebody joined the record")
	}
}

// TestHostile_NothingLeftOfClosed: of what a patient gave no name and no address stays when the account is closed, though it was over.
func TestHostile_NothingLeftOfClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	b.Post("/account/trusted/add", wish("months", "12", "month", "2", "day", "14", "year", "1987"))
	b.Post("/account/close", url.Values{}).Shows(t, 200, "/account/close/keep")
	h.Passes(14*24*time.Hour + time.Hour)
	h.keeps()
	h.keeps()
	if h.statusOf(ana.ID) != provider.Closed {
		t.Fatal("it is not closed")
	}
	all, err := h.Store.ActivationsOf(context.Background(), "MRN 7")
	must(t, err)
	for _, a := range all {
		if a.By == ana.ID {
			t.Errorf("%+v is kept", a.Contact)
		}
	}
}

// TestHostile_RevokedThoughOver: a code that staff took back after its time was up is not sent anew to whoever asks with it.
func TestHostile_RevokedThoughOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.Invites("MRN-1", func(in *activation.Invitation) { in.Lasts = time.Hour })
	h.Passes(2 * time.Hour)
	_, err := h.Store.RevokeActivation(context.Background(), old.ID, "by_staff", h.now(), provider.Event{At: h.now(), Kind: "activation.revoked", Actor: "operator"})
	must(t, err)
	b := h.Browser()
	b.activates(old.Code)
	b.born("2", "14", "1987")
	h.Mail()
	if strings.Contains(b.last.Body, "/renew") {
		b.Fill("/renew")
	}
	if len(h.Told("M-06")) != 0 {
		t.Error("a code that staff took back is renewed")
	}
}
