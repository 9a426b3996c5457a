package storagetest

import (
	"time"

	"gatehouse/provider"
)

func newReference(code string) provider.Reference {
	return provider.Reference{
		Code: code, At: began(),
		Refusal: provider.Refusal{Rule: provider.RulePaused, Account: "ada", Count: 10, Of: 10, LiftsAt: began().Add(30 * time.Minute)},
	}
}

func (h house) reference(code string, at time.Time) provider.Reference {
	h.Helper()
	r, err := h.ReferenceOf(h.ctx(), code, at)
	h.ok(err)
	return r
}

var referencePromises = []promise{
	{"a refusal is read by its code, of somebody and of nobody, for 30 days", func(h house) {
		one, nobodys := newReference("ABCDEFGH"), newReference("23456789")
		nobodys.Refusal = provider.Refusal{Rule: provider.RuleTooMany}
		h.ok(h.KeepReference(h.ctx(), one))
		h.ok(h.KeepReference(h.ctx(), nobodys))
		h.same(h.reference(one.Code, began()), one)
		h.same(h.reference(nobodys.Code, began().Add(provider.ReferenceKept-time.Microsecond)), nobodys)
		_, err := h.ReferenceOf(h.ctx(), one.Code, began().Add(provider.ReferenceKept))
		h.refused(err, provider.ErrNotFound)
		_, err = h.ReferenceOf(h.ctx(), "ZZZZZZZZ", began())
		h.refused(err, provider.ErrNotFound)
	}},
	{"a code that is there keeps what it was of", func(h house) {
		one := newReference("ABCDEFGH")
		h.ok(h.KeepReference(h.ctx(), one))
		other := one
		other.Account, other.Rule = "bob", provider.RuleWrongCode
		h.ok(h.KeepReference(h.ctx(), other))
		h.same(h.reference(one.Code, began()), one)
	}},
	{"a case is about an account or an invitation, and stays so", func(h house) {
		c := newCase(h.staff("sam", provider.Agent))
		h.ok(h.opensCase(c))
		c = h.readCase(c.ID)
		c.Activation = "invitation"
		h.ok(h.savesCase(c))
		c = h.readCase(c.ID)
		h.same(c.Activation, "invitation")
		c.Activation = "other"
		h.refused(h.savesCase(c), provider.ErrStale)
		opened := newCase(h.readStaff(c.Staff))
		opened.Activation = "invitation"
		h.ok(h.opensCase(opened))
		h.same(h.readCase(opened.ID).Activation, "invitation")
	}},
}

var referenceSweeps = []promise{
	{"refusals go after 30 days", func(h house) {
		h.ok(h.KeepReference(h.ctx(), newReference("ABCDEFGH")))
		h.sweepAll(began().Add(provider.ReferenceKept-time.Microsecond), 0)
		h.same(h.rows("refusals"), 1)
		h.sweepAll(began().Add(provider.ReferenceKept), 0)
		h.same(h.rows("refusals"), 0)
	}},
}

func (h house) rows(table string) int {
	h.Helper()
	all, err := h.Rows(h.ctx())
	h.ok(err)
	return all[table]
}

func (h house) touchReferences() {
	h.Helper()
	h.ok(h.KeepReference(h.ctx(), newReference("ABCDEFGH")))
	h.reference("ABCDEFGH", began())
}
