package storagetest

import (
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
)

// newStaff is a person of the house with a link for their first passkey.
func newStaff(name string, role provider.Role) provider.Staff {
	return provider.Staff{
		ID: provider.StaffID(provider.NewID()), Name: "Name of " + name, Email: name + "@Clinic.example", Role: role,
		EnrollHash: provider.HashSecret("link of " + name), EnrollUntil: began().Add(provider.EnrollLasts), CreatedAt: began(),
	}
}

// staff adds one who has enrolled, and reads them back.
func (h house) staff(name string, role provider.Role) provider.Staff {
	h.Helper()
	st := h.invitedStaff(name, role)
	h.ok(h.enrolls(st, "key of "+name, began()))
	return h.readStaff(st.ID)
}

func (h house) invitedStaff(name string, role provider.Role) provider.Staff {
	h.Helper()
	st := newStaff(name, role)
	h.ok(h.AddStaff(h.ctx(), st, event("staff.added")))
	return h.readStaff(st.ID)
}

func (h house) enrolls(st provider.Staff, key string, at time.Time) error {
	return h.EnrollStaff(h.ctx(), st.EnrollHash, newStaffKey(st, key), at, event("staff.enrolled"))
}

func newStaffKey(st provider.Staff, id string) provider.StaffKey {
	return provider.StaffKey{ID: id, Staff: st.ID, Data: []byte("data of " + id), CreatedAt: began()}
}

func (h house) readStaff(id provider.StaffID) provider.Staff {
	h.Helper()
	st, err := h.StaffOf(h.ctx(), id)
	h.ok(err)
	return st
}

func (h house) staffKeys(id provider.StaffID) []string {
	h.Helper()
	all, err := h.StaffKeys(h.ctx(), id)
	h.ok(err)
	var ids []string
	for _, k := range all {
		ids = append(ids, k.ID)
	}
	return ids
}

// changes updates somebody as they are by now.
func (h house) changes(id provider.StaffID, at time.Time, change func(*provider.Staff)) error {
	st, err := h.StaffOf(h.ctx(), id)
	if err != nil {
		return err
	}
	change(&st)
	e := event("staff.changed")
	e.At = at
	return h.UpdateStaff(h.ctx(), st, e)
}

func newStaffSession(st provider.Staff) provider.StaffSession {
	return provider.StaffSession{
		ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Staff: st.ID, CreatedAt: began(), SeenAt: began(),
		ProvenAt: began(), EndsAt: began().Add(provider.StaffLasts),
	}
}

func (h house) beginsAtDesk(s provider.StaffSession) error {
	return h.BeginStaffSession(h.ctx(), s, event("staff.signed_in"))
}

func (h house) atDesk(st provider.Staff) provider.StaffSession {
	h.Helper()
	s := newStaffSession(st)
	h.ok(h.beginsAtDesk(s))
	return h.readDesk(s)
}

func (h house) readDesk(s provider.StaffSession) provider.StaffSession {
	h.Helper()
	read, err := h.StaffSession(h.ctx(), s.SecretHash)
	h.ok(err)
	return read
}

// newCase is a contact as it is opened.
func newCase(st provider.Staff) provider.Case {
	return provider.Case{
		ID: provider.NewID(), Staff: st.ID, OpenedAt: began(), Channel: provider.ByCall, Caller: provider.CallerPatient, Purpose: "lost-device",
		Note: "lost it on the bus", Ticket: "T-1", Language: "es", Interpreter: "I-7",
	}
}

func (h house) opensCase(c provider.Case) error { return h.OpenCase(h.ctx(), c, event("case.opened")) }

// caseOf opens one about an account.
func (h house) caseOf(st provider.Staff, account provider.AccountID) provider.Case {
	h.Helper()
	c := newCase(st)
	c.Account, c.FoundBy = account, []provider.Fact{provider.FactRecord, provider.FactBirthdate}
	h.ok(h.opensCase(c))
	return h.readCase(c.ID)
}

func (h house) readCase(id string) provider.Case {
	h.Helper()
	c, err := h.Case(h.ctx(), id)
	h.ok(err)
	return c
}

func (h house) savesCase(c provider.Case) error { return h.SaveCase(h.ctx(), c, event("case.saved")) }

func (h house) misses(id string, at time.Time) (int, error) {
	return h.MissCase(h.ctx(), id, at, event("case.checked"))
}

func (h house) matches(id string, f provider.Fact, at time.Time) error {
	return h.MatchCase(h.ctx(), id, f, at, event("case.matched"))
}

func newApproval(c provider.Case) provider.Approval {
	return provider.Approval{
		ID: provider.NewID(), Case: c.ID, Staff: c.Staff, Account: c.Account, Action: provider.ChangeContact, Reason: "new-number",
		Target: "+15550100", Level: provider.L3, Evidence: []string{"name", "document"}, AskedAt: began(), ExpiresAt: began().Add(provider.ApproveIn),
	}
}

func (h house) asksSecond(a provider.Approval) error {
	return h.AskApproval(h.ctx(), a, event("approval.asked"))
}

// asked asks for one and reads it back.
func (h house) asked(c provider.Case) provider.Approval {
	h.Helper()
	a := newApproval(c)
	h.ok(h.asksSecond(a))
	return h.readApproval(a.ID)
}

func (h house) readApproval(id string) provider.Approval {
	h.Helper()
	a, err := h.Approval(h.ctx(), id)
	h.ok(err)
	return a
}

func (h house) decides(id string, by provider.StaffID, refused bool, at time.Time) error {
	return h.DecideApproval(h.ctx(), id, by, refused, at, event("approval.decided"))
}

func (h house) spendsApproval(id string, at time.Time) error {
	return h.SpendApproval(h.ctx(), id, at, event("approval.spent"))
}

func (h house) pendingApprovals(at time.Time, limit int) []string {
	h.Helper()
	all, err := h.PendingApprovals(h.ctx(), at, limit)
	h.ok(err)
	return approvalIDs(all)
}

func approvalIDs(all []provider.Approval) []string {
	var ids []string
	for _, a := range all {
		ids = append(ids, a.ID)
	}
	return ids
}

var staffPromises = []promise{
	{"a person of the house is read as they were added, by id, own account and link", func(h house) {
		st := newStaff("sam", provider.Agent)
		st.Account = "own"
		h.ok(h.AddStaff(h.ctx(), st, event("staff.added")))
		st.Rev = 1
		h.same(h.readStaff(st.ID), st)
		own, err := h.StaffOfAccount(h.ctx(), "own")
		h.ok(err)
		linked, err := h.StaffByEnroll(h.ctx(), st.EnrollHash)
		h.ok(err)
		h.same([]provider.Staff{own, linked}, []provider.Staff{st, st})
		_, err = h.StaffOf(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
		for _, other := range []provider.AccountID{"", "other"} {
			_, err = h.StaffOfAccount(h.ctx(), other)
			h.refused(err, provider.ErrNotFound)
		}
		for _, link := range [][]byte{nil, {}, provider.HashSecret("other")} {
			_, err = h.StaffByEnroll(h.ctx(), link)
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"ids, e-mail addresses and own accounts are of one person: ErrTaken", func(h house) {
		st := newStaff("sam", provider.Agent)
		st.Account = "own"
		h.ok(h.AddStaff(h.ctx(), st, event("staff.added")))
		for _, same := range []func(*provider.Staff){
			func(s *provider.Staff) { s.ID = st.ID }, func(s *provider.Staff) { s.Email = "SAM@clinic.example" },
			func(s *provider.Staff) { s.Account = "own" },
		} {
			other := newStaff("pat", provider.Supervisor)
			same(&other)
			h.refused(h.AddStaff(h.ctx(), other, event("staff.added")), provider.ErrTaken)
		}
		pat := h.invitedStaff("pat", provider.Auditor)
		h.refused(h.changes(pat.ID, began(), func(s *provider.Staff) { s.Email = st.Email }), provider.ErrTaken)
		h.refused(h.changes(pat.ID, began(), func(s *provider.Staff) { s.Account = "own" }), provider.ErrTaken)
		h.invitedStaff("kim", provider.Agent) // nobody's account may be had by many
		h.same([]int{h.events("staff.added"), h.events("staff.changed")}, []int{3, 0})
	}},
	{"all are listed by when they were added, as many as asked", func(h house) {
		var want []provider.Staff
		for i, name := range []string{"c", "a", "b"} {
			st := newStaff(name, provider.Agent)
			st.CreatedAt, st.Rev = began().Add(time.Duration(i)*time.Second), 1
			h.ok(h.AddStaff(h.ctx(), st, event("staff.added")))
			want = append(want, st)
		}
		for limit, n := range map[int]int{-1: 0, 0: 0, 2: 2, 9: 3} {
			all, err := h.AllStaff(h.ctx(), limit)
			h.ok(err)
			h.same(slices.Equal(names(all), names(want[:n])), true)
		}
	}},
	{"somebody is replaced if they are still as they were read: ErrStale, ErrNotFound", func(h house) {
		st := h.staff("sam", provider.Agent)
		now := st
		now.Name, now.Email, now.Role, now.Account = "New name", "new@clinic.example", provider.Supervisor, "own"
		h.ok(h.UpdateStaff(h.ctx(), now, event("staff.changed")))
		now.Rev++
		h.same(h.readStaff(st.ID), now)
		h.refused(h.UpdateStaff(h.ctx(), st, event("staff.changed")), provider.ErrStale)
		nobody := newStaff("x", provider.Agent)
		nobody.Rev = 1
		h.refused(h.UpdateStaff(h.ctx(), nobody, event("staff.changed")), provider.ErrNotFound)
		h.same(h.events("staff.changed"), 1)
	}},
	{"who is disabled loses their sessions and what they have open, and others do not", func(h house) {
		sam, pat := h.staff("sam", provider.Agent), h.staff("pat", provider.Agent)
		s, other := h.atDesk(sam), h.atDesk(pat)
		c, kept := h.caseOf(sam, "ada"), h.caseOf(pat, "bob")
		at := began().Add(time.Minute)
		h.ok(h.changes(sam.ID, at, func(s *provider.Staff) { s.DisabledAt = at }))
		s.EndedAt = at
		c.EndedAt, c.EndedWhy, c.Rev = at, provider.CaseDisabled, c.Rev+1
		h.same([]any{h.readDesk(s), h.readDesk(other), h.readCase(c.ID), h.readCase(kept.ID)}, []any{s, other, c, kept})
		h.same(h.staffKeys(sam.ID), []string{"key of sam"})
		h.refused(h.beginsAtDesk(newStaffSession(sam)), provider.ErrStale)
		h.refused(h.opensCase(newCase(sam)), provider.ErrStale)
		h.ok(h.changes(sam.ID, at, func(s *provider.Staff) { s.DisabledAt = time.Time{} }))
		h.same(h.readDesk(s), s)
		h.atDesk(sam)
	}},
	{"who gets a new link loses passkeys, sessions and what they have open, and begins none before it is spent", func(h house) {
		sam := h.staff("sam", provider.Agent)
		s, c, at := h.atDesk(sam), h.caseOf(sam, "ada"), began().Add(time.Minute)
		h.ok(h.changes(sam.ID, at, func(s *provider.Staff) {
			s.EnrollHash, s.EnrollUntil = provider.HashSecret("anew"), at.Add(time.Hour)
		}))
		h.same([]any{h.readDesk(s).EndedAt, h.readCase(c.ID).EndedAt, h.staffKeys(sam.ID)}, []any{at, at, []string(nil)})
		h.refused(h.beginsAtDesk(newStaffSession(sam)), provider.ErrStale)
		h.ok(h.enrolls(h.readStaff(sam.ID), "second", at))
		h.ok(h.changes(sam.ID, at, func(s *provider.Staff) { s.Name = "Sam" }))
		h.same(h.staffKeys(sam.ID), []string{"second"})
		h.atDesk(sam)
	}},
	{"a link is spent once, in time, by whose it is, and adds the passkey: ErrUsed", func(h house) {
		sam, pat := h.invitedStaff("sam", provider.Agent), h.invitedStaff("pat", provider.Agent)
		h.refused(h.enrolls(sam, "k", sam.EnrollUntil), provider.ErrUsed)
		wrong := sam
		wrong.EnrollHash = pat.EnrollHash
		h.refused(h.enrolls(wrong, "k", began()), provider.ErrUsed)
		wrong.EnrollHash = nil
		h.refused(h.enrolls(wrong, "k", began()), provider.ErrUsed)
		h.ok(h.enrolls(sam, "k", sam.EnrollUntil.Add(-time.Microsecond)))
		h.refused(h.enrolls(sam, "k2", began()), provider.ErrUsed)
		h.refused(h.enrolls(pat, "k", began()), provider.ErrTaken)
		h.same([]any{h.staffKeys(sam.ID), h.staffKeys(pat.ID)}, []any{[]string{"k"}, []string(nil)})
		h.same(h.readStaff(pat.ID), pat)
		spent := h.readStaff(sam.ID)
		h.same([]any{len(spent.EnrollHash), spent.EnrollUntil, spent.Rev}, []any{0, time.Time{}, sam.Rev + 1})
		h.ok(h.changes(pat.ID, began(), func(s *provider.Staff) { s.DisabledAt = began() }))
		h.refused(h.enrolls(pat, "k3", began()), provider.ErrUsed)
		h.same(h.events("staff.enrolled"), 1)
	}},
	{"a passkey is replaced if it is still as it was read: ErrStale", func(h house) {
		sam := h.staff("sam", provider.Agent)
		k, err := h.StaffKey(h.ctx(), "key of sam")
		h.ok(err)
		want := newStaffKey(sam, "key of sam")
		want.Rev = 1
		h.same(k, want)
		k.Data, k.UsedAt = []byte("counted"), began().Add(time.Minute)
		h.ok(h.SaveStaffKey(h.ctx(), k))
		h.refused(h.SaveStaffKey(h.ctx(), k), provider.ErrStale)
		k.Rev++
		read, err := h.StaffKey(h.ctx(), k.ID)
		h.ok(err)
		h.same(read, k)
		k.ID = "none"
		h.refused(h.SaveStaffKey(h.ctx(), k), provider.ErrStale)
		_, err = h.StaffKey(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a session of the console is read as it began, moves on while it lives, and ends once", func(h house) {
		sam := h.staff("sam", provider.Agent)
		s, c := h.atDesk(sam), h.caseOf(sam, "ada")
		seen := began().Add(provider.StaffIdle - time.Microsecond)
		h.ok(h.TouchStaffSession(h.ctx(), s.ID, seen, time.Time{}))
		h.ok(h.TouchStaffSession(h.ctx(), s.ID, began(), began().Add(time.Minute)))
		s.SeenAt, s.ProvenAt = seen, began().Add(time.Minute)
		h.same(h.readDesk(s), s)
		h.ok(h.TouchStaffSession(h.ctx(), s.ID, seen.Add(provider.StaffIdle), seen.Add(provider.StaffIdle)))
		h.same(h.readDesk(s), s)
		h.endsDesk(s.ID, "idle", seen.Add(time.Hour), true)
		h.endsDesk(s.ID, "idle", seen.Add(time.Hour), false)
		h.endsDesk("none", "idle", began(), false)
		h.ok(h.TouchStaffSession(h.ctx(), s.ID, seen.Add(time.Second), seen))
		s.EndedAt = seen.Add(time.Hour)
		h.same(h.readDesk(s), s)
		h.same([]any{h.readCase(c.ID).EndedAt, h.readCase(c.ID).EndedWhy}, []any{s.EndedAt, "idle"})
		h.same(h.events("staff.signed_out"), 1)
		_, err := h.StaffSession(h.ctx(), provider.HashSecret("none"))
		h.refused(err, provider.ErrNotFound)
		nobody := newStaffSession(newStaff("x", provider.Agent))
		h.refused(h.beginsAtDesk(nobody), provider.ErrStale)
	}},
}

func names(all []provider.Staff) []string {
	var names []string
	for _, st := range all {
		names = append(names, st.Name)
	}
	return names
}

func (h house) endsDesk(id, why string, at time.Time, want bool) {
	h.Helper()
	ended, err := h.EndStaffSession(h.ctx(), id, why, at, event("staff.signed_out"))
	h.ok(err)
	h.same(ended, want)
}

var casePromises = []promise{
	{"a case is read as it was opened, and saved as it is: ErrStale for one that was changed", func(h house) {
		sam := h.staff("sam", provider.Agent)
		c := newCase(sam)
		h.ok(h.opensCase(c))
		c.Rev = 1
		h.same(h.readCase(c.ID), c)
		before := c
		c.Account, c.FoundBy, c.Facts = "ada", []provider.Fact{provider.FactPhone}, []provider.Fact{provider.FactName}
		c.LiveAt, c.LiveBy, c.Document, c.DocumentEnd, c.Glass = began().Add(time.Minute), provider.Email, provider.Passport, "12ab", true
		h.ok(h.savesCase(c))
		c.Rev++
		h.same(h.readCase(c.ID), c)
		h.refused(h.savesCase(before), provider.ErrStale)
		_, err := h.Case(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a case is about one account for good, and is the one of its person: ErrStale", func(h house) {
		sam := h.staff("sam", provider.Agent)
		c := h.caseOf(sam, "ada")
		for _, other := range []provider.AccountID{"bob", ""} {
			moved := c
			moved.Account = other
			h.refused(h.savesCase(moved), provider.ErrStale)
		}
		stolen := c
		stolen.Staff = "pat"
		h.refused(h.savesCase(stolen), provider.ErrStale)
		h.same(h.readCase(c.ID), c)
		h.same(h.events("case.saved"), 0)
	}},
	{"a case that has ended is saved no more: ErrStale", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		c.EndedAt, c.EndedWhy = began(), "done"
		h.ok(h.savesCase(c))
		again := h.readCase(c.ID)
		again.EndedAt = time.Time{}
		h.refused(h.savesCase(again), provider.ErrStale)
		_, err := h.misses(c.ID, began())
		h.refused(err, provider.ErrUsed)
		h.refused(h.asksSecond(newApproval(c)), provider.ErrStale)
	}},
	{"who opens one ends what they have open, and it is found until it is over", func(h house) {
		sam, pat := h.staff("sam", provider.Agent), h.staff("pat", provider.Agent)
		first, others := h.caseOf(sam, "ada"), h.caseOf(pat, "ada")
		second := newCase(sam)
		second.OpenedAt = began().Add(time.Minute)
		h.ok(h.opensCase(second))
		first.EndedAt, first.EndedWhy, first.Rev = second.OpenedAt, provider.CaseReplaced, 2
		h.same(h.readCase(first.ID), first)
		open, err := h.OpenCaseOf(h.ctx(), sam.ID, second.OpenedAt.Add(provider.CaseLasts-time.Microsecond))
		h.ok(err)
		h.same(open, h.readCase(second.ID))
		_, err = h.OpenCaseOf(h.ctx(), sam.ID, second.OpenedAt.Add(provider.CaseLasts))
		h.refused(err, provider.ErrNotFound)
		_, err = h.OpenCaseOf(h.ctx(), "none", began())
		h.refused(err, provider.ErrNotFound)
		h.same(h.readCase(others.ID), others)
	}},
	{"a blind check is counted first, and taken back once it has matched: ErrUsed after the last", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		h.refused(h.matches(c.ID, provider.FactName, began()), provider.ErrUsed)
		for want := 1; want <= provider.MaxMisses; want++ {
			n, err := h.misses(c.ID, began())
			h.ok(err)
			h.same(n, want)
		}
		_, err := h.misses(c.ID, began())
		h.refused(err, provider.ErrUsed)
		h.ok(h.matches(c.ID, provider.FactName, began()))
		n, err := h.misses(c.ID, began())
		h.ok(err)
		h.same(n, provider.MaxMisses)
		h.ok(h.matches(c.ID, provider.FactName, began()))
		h.ok(h.matches(c.ID, provider.FactPhone, began()))
		read := h.readCase(c.ID)
		h.same([]any{read.Misses, read.Facts, read.Rev}, []any{1, []provider.Fact{provider.FactName, provider.FactPhone}, c.Rev + 7})
		read.Misses = 0
		h.ok(h.savesCase(read))
		h.same(h.readCase(c.ID).Misses, 1)
		h.same([]int{h.events("case.checked"), h.events("case.matched")}, []int{4, 3})
	}},
	{"a case whose time is up, or that is not there, takes no check: ErrUsed", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		_, err := h.misses(c.ID, began().Add(provider.CaseLasts))
		h.refused(err, provider.ErrUsed)
		_, err = h.misses("none", began())
		h.refused(err, provider.ErrUsed)
		_, err = h.misses(c.ID, began().Add(provider.CaseLasts-time.Microsecond))
		h.ok(err)
		h.refused(h.matches(c.ID, provider.FactName, began().Add(provider.CaseLasts)), provider.ErrUsed)
	}},
}

var approvalPromises = []promise{
	{"an approval is read as it was asked, by its case and while it waits", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		first, second := newApproval(c), newApproval(c)
		second.AskedAt, second.ExpiresAt, second.Target, second.Evidence = began().Add(time.Minute), began().Add(time.Minute+provider.ApproveIn), "", nil
		h.ok(h.asksSecond(second))
		h.ok(h.asksSecond(first))
		first.Rev, second.Rev = 1, 1
		h.same([]any{h.readApproval(first.ID), h.readApproval(second.ID)}, []any{first, second})
		all, err := h.ApprovalsOf(h.ctx(), c.ID)
		h.ok(err)
		h.same(all, []provider.Approval{second, first})
		h.same(h.pendingApprovals(began(), 9), []string{first.ID, second.ID})
		h.same(h.pendingApprovals(began(), 1), []string{first.ID})
		h.same(h.pendingApprovals(began(), -1), []string(nil))
		h.same(h.pendingApprovals(first.ExpiresAt, 9), []string{second.ID})
		_, err = h.Approval(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
	}},
	{"one is asked in an open case of who asks, about its account: ErrStale", func(h house) {
		sam := h.staff("sam", provider.Agent)
		c := h.caseOf(sam, "ada")
		for _, other := range []func(*provider.Approval){
			func(a *provider.Approval) { a.Staff = "pat" }, func(a *provider.Approval) { a.Account = "bob" },
			func(a *provider.Approval) { a.Account = "" }, func(a *provider.Approval) { a.Case = "none" },
		} {
			a := newApproval(c)
			other(&a)
			h.refused(h.asksSecond(a), provider.ErrStale)
		}
		h.same(h.events("approval.asked"), 0)
	}},
	{"a supervisor decides once, in time, and not what they asked or are about: ErrUsed", func(h house) {
		sam, sue, own := h.staff("sam", provider.Supervisor), h.staff("sue", provider.Supervisor), h.staff("own", provider.Supervisor)
		agent, gone := h.staff("agent", provider.Agent), h.staff("gone", provider.Supervisor)
		h.ok(h.changes(own.ID, began(), func(s *provider.Staff) { s.Account = "ada" }))
		h.ok(h.changes(gone.ID, began(), func(s *provider.Staff) { s.DisabledAt = began() }))
		a := h.asked(h.caseOf(sam, "ada"))
		for _, by := range []provider.StaffID{sam.ID, own.ID, agent.ID, gone.ID, "none", ""} {
			h.refused(h.decides(a.ID, by, false, began()), provider.ErrUsed)
		}
		h.refused(h.decides(a.ID, sue.ID, false, a.ExpiresAt), provider.ErrUsed)
		h.same(h.readApproval(a.ID), a)
		at := a.ExpiresAt.Add(-time.Microsecond)
		h.ok(h.decides(a.ID, sue.ID, false, at))
		a.By, a.DecidedAt, a.Rev = sue.ID, at, a.Rev+1
		h.same(h.readApproval(a.ID), a)
		h.refused(h.decides(a.ID, sue.ID, true, began()), provider.ErrUsed)
		h.same(h.pendingApprovals(began(), 9), []string(nil))
		h.same(h.events("approval.decided"), 1)
	}},
	{"an approval is spent once, and only one that was given and lasts: ErrUsed", func(h house) {
		sam, sue := h.staff("sam", provider.Agent), h.staff("sue", provider.Supervisor)
		c := h.caseOf(sam, "ada")
		open, refused, given := h.asked(c), h.asked(c), h.asked(c)
		h.ok(h.decides(refused.ID, sue.ID, true, began()))
		h.ok(h.decides(given.ID, sue.ID, false, began()))
		for _, id := range []string{open.ID, refused.ID, "none"} {
			h.refused(h.spendsApproval(id, began()), provider.ErrUsed)
		}
		h.refused(h.spendsApproval(given.ID, given.ExpiresAt), provider.ErrUsed)
		h.ok(h.spendsApproval(given.ID, began()))
		h.refused(h.spendsApproval(given.ID, began()), provider.ErrUsed)
		h.same([]any{h.readApproval(given.ID).DoneAt, h.readApproval(refused.ID).Refused, h.events("approval.spent")}, []any{began(), true, 1})
	}},
}

var watchPromises = []promise{
	{"an account is watched from when it is put on the list until another supervisor takes it off", func(h house) {
		sue, kim, sam := h.staff("sue", provider.Supervisor), h.staff("kim", provider.Supervisor), h.staff("sam", provider.Agent)
		a, b := h.account("ada"), h.account("bob")
		h.same(h.whyWatched(a.ID), "")
		h.ok(h.watches(a.ID, provider.WatchStaff, kim))
		h.ok(h.watches(a.ID, provider.WatchAtRisk, sue))
		h.ok(h.Watch(h.ctx(), provider.Watch{Account: b.ID, Why: provider.WatchVIP, By: kim.ID, At: began().Add(time.Second)}, event("account.watched")))
		h.same(h.whyWatched(a.ID), "at-risk")
		all, err := h.Watches(h.ctx(), 9)
		h.ok(err)
		h.same(all, []provider.Watch{
			{Account: b.ID, Why: provider.WatchVIP, By: kim.ID, At: began().Add(time.Second)}, {Account: a.ID, Why: provider.WatchAtRisk, By: sue.ID, At: began()},
		})
		first, err := h.Watches(h.ctx(), 1)
		h.ok(err)
		h.same(first, all[:1])
		for _, by := range []provider.StaffID{sue.ID, sam.ID, "none"} { // who put it there, an agent, nobody
			h.refused(h.unwatches(a.ID, by), provider.ErrUsed)
		}
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account = a.ID }))
		h.refused(h.unwatches(a.ID, kim.ID), provider.ErrUsed) // their own
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account, s.DisabledAt = "", began() }))
		h.refused(h.unwatches(a.ID, kim.ID), provider.ErrUsed)
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.DisabledAt = time.Time{} }))
		h.same(h.whyWatched(a.ID), "at-risk")
		h.ok(h.unwatches(a.ID, kim.ID))
		h.refused(h.unwatches(a.ID, kim.ID), provider.ErrUsed)
		h.same([]string{h.whyWatched(a.ID), h.whyWatched(b.ID)}, []string{"", "vip"})
		h.refused(h.watches("none", provider.WatchStaff, sue), provider.ErrNotFound)
		h.same([]int{h.events("account.watched"), h.events("account.unwatched")}, []int{3, 1})
	}},
	{"accounts are found by a record that is theirs, and not by one that was lent", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		h.ok(h.joins(h.issued("MRN 1").ID, began(), a.ID))
		h.ok(h.joins(h.issued("MRN 2").ID, began(), b.ID))
		for record, want := range map[string][]provider.AccountID{"MRN 1": {a.ID}, "MRN 2": {b.ID}, "MRN 3": nil, "MRN": nil, "": nil} {
			got, err := h.AccountsByRecord(h.ctx(), record, 3)
			h.ok(err)
			h.same(got, want)
		}
		none, err := h.AccountsByRecord(h.ctx(), "MRN 1", 0)
		h.ok(err)
		h.same(len(none), 0)
	}},
	{"a channel is slow from when it is said until it is mended or over", func(h house) {
		until := began().Add(time.Hour)
		h.ok(h.SetSlow(h.ctx(), provider.ByText, began(), until, event("channel.slowed")))
		h.ok(h.SetSlow(h.ctx(), provider.ByEmail, began(), until.Add(time.Hour), event("channel.slowed")))
		h.ok(h.SetSlow(h.ctx(), provider.ByEmail, began().Add(time.Minute), until.Add(time.Hour), event("channel.slowed")))
		h.same(h.slow(began().Add(-time.Microsecond)), []provider.Channel(nil))
		h.same(h.slow(began()), []provider.Channel{provider.ByText})
		h.same(len(h.slow(began().Add(time.Minute))), 2)
		h.same(h.slow(until), []provider.Channel{provider.ByEmail})
		h.ok(h.SetSlow(h.ctx(), provider.ByEmail, time.Time{}, time.Time{}, event("channel.mended")))
		h.same(h.slow(until), []provider.Channel(nil))
		h.same([]int{h.events("channel.slowed"), h.events("channel.mended")}, []int{3, 1})
	}},
}

func (h house) watches(account provider.AccountID, why provider.WatchReason, by provider.Staff) error {
	return h.Watch(h.ctx(), provider.Watch{Account: account, Why: why, By: by.ID, At: began()}, event("account.watched"))
}

func (h house) unwatches(account provider.AccountID, by provider.StaffID) error {
	return h.Unwatch(h.ctx(), account, by, began(), event("account.unwatched"))
}

func (h house) whyWatched(account provider.AccountID) string {
	h.Helper()
	why, err := h.Watched(h.ctx(), account)
	h.ok(err)
	return why
}

func (h house) slow(at time.Time) []provider.Channel {
	h.Helper()
	all, err := h.SlowChannels(h.ctx(), at)
	h.ok(err)
	return all
}

var supportRaces = []promise{
	{"fifty blind checks at once compare no more than a case may miss", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		compared := 0
		for _, err := range race(func(int) error {
			_, err := h.misses(c.ID, began())
			return err
		}) {
			if err == nil {
				compared++
			} else if !errors.Is(err, provider.ErrUsed) {
				h.Fatal(err)
			}
		}
		h.same([]int{compared, h.readCase(c.ID).Misses, h.events("case.checked")}, []int{provider.MaxMisses, provider.MaxMisses, provider.MaxMisses})
	}},
	{"an approval is decided once", func(h house) {
		sam, sue, kim := h.staff("sam", provider.Agent), h.staff("sue", provider.Supervisor), h.staff("kim", provider.Supervisor)
		a := h.asked(h.caseOf(sam, "ada"))
		h.oneWinner(provider.ErrUsed, func(i int) error {
			return h.decides(a.ID, []provider.StaffID{sue.ID, kim.ID}[i%2], i%3 == 0, began())
		})
		h.same(h.events("approval.decided"), 1)
	}},
	{"an approval is spent once", func(h house) {
		sam, sue := h.staff("sam", provider.Agent), h.staff("sue", provider.Supervisor)
		a := h.asked(h.caseOf(sam, "ada"))
		h.ok(h.decides(a.ID, sue.ID, false, began()))
		h.oneWinner(provider.ErrUsed, func(int) error { return h.spendsApproval(a.ID, began()) })
		h.same(h.events("approval.spent"), 1)
	}},
	{"a link is used once, whoever has it", func(h house) {
		st := h.invitedStaff("sam", provider.Agent)
		h.oneWinner(provider.ErrUsed, func(i int) error { return h.enrolls(st, provider.NewID(), began()) })
		h.same([]int{len(h.staffKeys(st.ID)), h.events("staff.enrolled")}, []int{1, 1})
	}},
	{"nobody who was disabled is signed in, or has anything open, whatever began at that moment", func(h house) {
		st := h.staff("sam", provider.Agent)
		sessions := make([]provider.StaffSession, runners)
		for i := range sessions {
			sessions[i] = newStaffSession(st)
		}
		for _, err := range race(func(i int) error {
			switch {
			case i == runners/2:
				return h.changes(st.ID, began(), func(s *provider.Staff) { s.DisabledAt = began() })
			case i%2 == 0:
				return also(provider.ErrStale, nil, h.beginsAtDesk(sessions[i]))
			default:
				return also(provider.ErrStale, nil, h.opensCase(newCase(st)))
			}
		}) {
			h.ok(err)
		}
		for _, s := range sessions {
			read, err := h.StaffSession(h.ctx(), s.SecretHash)
			if err == nil && read.Live(began()) {
				h.Fatal("somebody who was disabled is signed in")
			}
		}
		_, err := h.OpenCaseOf(h.ctx(), st.ID, began())
		h.refused(err, provider.ErrNotFound)
	}},
	{"a case is saved by one", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		h.oneWinner(provider.ErrStale, func(int) error { return h.savesCase(c) })
		h.same(h.readCase(c.ID).Rev, c.Rev+1)
	}},
	{"of fifty cases that somebody opens at once, one is open", func(h house) {
		st := h.staff("sam", provider.Agent)
		ids := make([]string, runners)
		for _, err := range race(func(i int) error {
			c := newCase(st)
			ids[i] = c.ID
			return h.opensCase(c)
		}) {
			h.ok(err)
		}
		open := 0
		for _, id := range ids {
			if h.readCase(id).EndedAt.IsZero() {
				open++
			}
		}
		h.same(open, 1)
	}},
}

var supportSweeps = []promise{
	{"sessions of the console go a week after they ended or were over", func(h house) {
		sam := h.staff("sam", provider.Agent)
		ended, over := h.atDesk(sam), h.atDesk(sam)
		h.endsDesk(ended.ID, "signed_out", began(), true)
		h.same(h.sweepAll(began().Add(7*day-time.Microsecond), never), 0)
		h.same(h.sweepAll(began().Add(7*day), never), 1)
		h.readDesk(over)
		h.same(h.sweepAll(over.EndsAt.Add(7*day-time.Microsecond), never), 0)
		h.same(h.sweepAll(over.EndsAt.Add(7*day), never), 1)
		_, err := h.StaffSession(h.ctx(), over.SecretHash)
		h.refused(err, provider.ErrNotFound)
		h.same(h.staffKeys(sam.ID), []string{"key of sam"})
	}},
	{"cases go after 400 days with their approvals, and sooner where events do", func(h house) {
		sam := h.staff("sam", provider.Agent)
		c := h.caseOf(sam, "ada")
		a := h.asked(c)
		h.same(h.sweepAll(began().Add(400*day-time.Microsecond), never), 0)
		h.same(h.sweepAll(began().Add(400*day), never), 1)
		_, err := h.Case(h.ctx(), c.ID)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Approval(h.ctx(), a.ID)
		h.refused(err, provider.ErrNotFound)
		short := h.caseOf(sam, "ada")
		h.sweepAll(began().Add(10*day-time.Microsecond), 10*day)
		h.same(h.readCase(short.ID), short)
		h.sweepAll(began().Add(10*day), 10*day)
		_, err = h.Case(h.ctx(), short.ID)
		h.refused(err, provider.ErrNotFound)
	}},
}

// touchSupport does what every call does; lists that are read now and then, and are short, are left out.
func (h house) touchSupport(account provider.AccountID) {
	h.Helper()
	name := provider.NewID() // it may be done again
	sam, sue := h.staff("sam"+name, provider.Agent), h.staff("sue"+name, provider.Supervisor)
	s := h.atDesk(sam)
	h.ok(h.TouchStaffSession(h.ctx(), s.ID, began(), began()))
	_, err := h.StaffOfAccount(h.ctx(), account)
	h.refused(err, provider.ErrNotFound)
	_, err = h.StaffByEnroll(h.ctx(), provider.HashSecret("none"))
	h.refused(err, provider.ErrNotFound)
	h.staffKeys(sam.ID)
	k, err := h.StaffKey(h.ctx(), "key of sam"+name)
	h.ok(err)
	h.ok(h.SaveStaffKey(h.ctx(), k))
	_, err = h.AccountsByRecord(h.ctx(), "MRN 1", 3)
	h.ok(err)
	kim := h.staff("kim"+name, provider.Supervisor)
	h.ok(h.watches(account, provider.WatchStaff, sue))
	h.whyWatched(account)
	h.ok(h.unwatches(account, kim.ID))
	c := h.caseOf(sam, account)
	h.touchReviews(sue, kim, account)
	_, err = h.OpenCaseOf(h.ctx(), sam.ID, began())
	h.ok(err)
	_, err = h.misses(c.ID, began())
	h.ok(err)
	h.ok(h.matches(c.ID, provider.FactName, began()))
	h.ok(h.savesCase(h.readCase(c.ID)))
	a := h.asked(c)
	h.pendingApprovals(began(), 9)
	_, err = h.ApprovalsOf(h.ctx(), c.ID)
	h.ok(err)
	h.ok(h.decides(a.ID, sue.ID, false, began()))
	h.ok(h.spendsApproval(a.ID, began()))
	h.readApproval(a.ID)
	h.ok(h.changes(sue.ID, began(), func(s *provider.Staff) { s.DisabledAt = began() }))
	h.endsDesk(s.ID, "signed_out", began(), true)
}
