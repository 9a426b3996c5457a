package support

import (
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// Every record of the console says who, and in which case.

func byOf(d desk) audit.Actor { return audit.ByStaff(d.staff.ID) }

func work(d desk) audit.Desk {
	w := audit.Desk{Staff: d.staff}
	if d.open != nil {
		w.Case = *d.open
	}
	return w
}

// with is the work as it is once the case is that.
func with(d desk, c provider.Case) audit.Desk { return audit.Desk{Staff: d.staff, Case: c} }

func (s *Support) viewed(r *web.Request, d desk, what string) provider.Event {
	return audit.CaseViewed(r.Now, work(d), what)
}
