package storagetest

import (
	"time"

	"gatehouse/provider"
)

// consoleOf furnishes the console for one act: an agent at their desk, a case about the account, and a supervisor.
func (h house) consoleOf(g provider.Grant) (provider.StaffSession, provider.Case, provider.Staff) {
	h.Helper()
	sam := h.staff("sam", provider.Agent)
	return h.atDesk(sam), h.caseOf(sam, g.Account), h.staff("sue", provider.Supervisor)
}

var supportActs = []act{
	{"AddStaff", func(h house, _ provider.Grant) func(provider.Event) error {
		st := newStaff("new", provider.Agent)
		return func(e provider.Event) error { return h.AddStaff(h.ctx(), st, e) }
	}},
	{"UpdateStaff", func(h house, _ provider.Grant) func(provider.Event) error {
		st := h.staff("sam", provider.Agent)
		h.atDesk(st)
		st.DisabledAt = began()
		return func(e provider.Event) error { return h.UpdateStaff(h.ctx(), st, e) }
	}},
	{"EnrollStaff", func(h house, _ provider.Grant) func(provider.Event) error {
		st := h.invitedStaff("sam", provider.Agent)
		return func(e provider.Event) error {
			return h.EnrollStaff(h.ctx(), st.EnrollHash, newStaffKey(st, "k"), began(), e)
		}
	}},
	{"BeginStaffSession", func(h house, _ provider.Grant) func(provider.Event) error {
		s := newStaffSession(h.staff("sam", provider.Agent))
		s.ID = "the act's"
		return func(e provider.Event) error { return h.BeginStaffSession(h.ctx(), s, e) }
	}},
	{"EndStaffSession", func(h house, g provider.Grant) func(provider.Event) error {
		s, _, _ := h.consoleOf(g)
		return func(e provider.Event) error {
			_, err := h.EndStaffSession(h.ctx(), s.ID, "signed_out", began(), e)
			return err
		}
	}},
	{"OpenCase", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		next := newCase(provider.Staff{ID: c.Staff})
		return func(e provider.Event) error { return h.OpenCase(h.ctx(), next, e) }
	}},
	{"SaveCase", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		c.LiveAt = began()
		return func(e provider.Event) error { return h.SaveCase(h.ctx(), c, e) }
	}},
	{"MissCase", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		return func(e provider.Event) error {
			_, err := h.MissCase(h.ctx(), c.ID, began(), e)
			return err
		}
	}},
	{"MatchCase", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		_, err := h.misses(c.ID, began())
		h.ok(err)
		return func(e provider.Event) error { return h.MatchCase(h.ctx(), c.ID, provider.FactName, began(), e) }
	}},
	{"AskApproval", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		a := newApproval(c)
		return func(e provider.Event) error { return h.AskApproval(h.ctx(), a, e) }
	}},
	{"DecideApproval", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, sue := h.consoleOf(g)
		a := h.asked(c)
		return func(e provider.Event) error { return h.DecideApproval(h.ctx(), a.ID, sue.ID, true, began(), e) }
	}},
	{"SpendApproval", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, sue := h.consoleOf(g)
		a := h.asked(c)
		h.ok(h.decides(a.ID, sue.ID, false, began()))
		return func(e provider.Event) error { return h.SpendApproval(h.ctx(), a.ID, began(), e) }
	}},
	{"Watch", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error {
			return h.Watch(h.ctx(), provider.Watch{Account: g.Account, Why: "staff", At: began()}, e)
		}
	}},
	{"Unwatch", func(h house, g provider.Grant) func(provider.Event) error {
		_, _, sue := h.consoleOf(g)
		h.ok(h.watches(g.Account, "staff", provider.Staff{ID: "another"}))
		return func(e provider.Event) error { return h.Unwatch(h.ctx(), g.Account, sue.ID, began(), e) }
	}},
	{"BreakGlass", func(h house, g provider.Grant) func(provider.Event) error {
		_, _, sue := h.consoleOf(g)
		c := h.caseOf(sue, g.Account)
		return func(e provider.Event) error { return h.BreakGlass(h.ctx(), c, newReview(c), e) }
	}},
	{"OpenReview", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		v := newReview(c)
		return func(e provider.Event) error {
			v.ID = provider.NewID() // another one each time
			return h.OpenReview(h.ctx(), v, e)
		}
	}},
	{"CloseReview", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, sue := h.consoleOf(g)
		v := h.reviewed(c)
		return func(e provider.Event) error {
			return h.CloseReview(h.ctx(), v.ID, sue.ID, provider.ReviewRight, began(), e)
		}
	}},
	{"SayLate", func(h house, g provider.Grant) func(provider.Event) error {
		_, c, _ := h.consoleOf(g)
		v := h.reviewed(c)
		return func(e provider.Event) error { return h.SayLate(h.ctx(), v.ID, v.DueAt, e) }
	}},
	{"SetSlow", func(h house, _ provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error {
			return h.SetSlow(h.ctx(), provider.ByText, began(), began().Add(time.Hour), e)
		}
	}},
}

// console notes what there is of it.
func (h house) console(g provider.Grant, note func(name string, v any, err error)) {
	all, err := h.AllStaff(h.ctx(), 9)
	note("staff", all, err)
	for _, st := range all {
		held, err := h.StaffKeys(h.ctx(), st.ID)
		note("keys of "+string(st.ID), held, err)
		c, err := h.OpenCaseOf(h.ctx(), st.ID, began())
		note("case of "+string(st.ID), c, err)
		asked, err := h.ApprovalsOf(h.ctx(), c.ID)
		note("approvals of "+string(st.ID), asked, err)
	}
	why, err := h.Watched(h.ctx(), g.Account)
	note("watched", why, err)
	watches, err := h.Watches(h.ctx(), 9)
	note("watches", watches, err)
	open, err := h.OpenReviews(h.ctx(), 9)
	note("reviews", open, err)
	slow, err := h.SlowChannels(h.ctx(), began())
	note("slow", slow, err)
	rows, err := h.Rows(h.ctx())
	note("desks", rows["staff_sessions"], err)
}
