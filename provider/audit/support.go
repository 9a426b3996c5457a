package audit

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
)

// ByStaff is somebody of the house.
func ByStaff(id provider.StaffID) Actor { return Actor("staff:" + string(id)) }

// Desk is where an act of the console is done: by whom, and in which contact with a caller. Its Case is the zero value outside of one.
type Desk struct {
	Staff provider.Staff
	Case  provider.Case
}

// StaffAdded (staff.added). Detail: staff, role. The patient account that they have, if any, is not named: it is no event of a patient.
func StaffAdded(at time.Time, who provider.Staff, by Actor) provider.Event {
	return ofStaff(at, "staff.added", who, by)
}

// StaffChanged (staff.changed): a name, an address, a role or an own account. Detail: staff, role.
func StaffChanged(at time.Time, who provider.Staff, by Actor) provider.Event {
	return ofStaff(at, "staff.changed", who, by)
}

// StaffDisabled (staff.disabled): they sign in no more, and are signed out. Detail: staff, role.
func StaffDisabled(at time.Time, who provider.Staff, by Actor) provider.Event {
	return ofStaff(at, "staff.disabled", who, by)
}

// StaffEnabled (staff.enabled). Detail: staff, role.
func StaffEnabled(at time.Time, who provider.Staff, by Actor) provider.Event {
	return ofStaff(at, "staff.enabled", who, by)
}

// StaffLinked (staff.linked): a link for a first passkey was made anew; passkeys and sign-ins that they had are gone. Detail: staff, role.
func StaffLinked(at time.Time, who provider.Staff, by Actor) provider.Event {
	return ofStaff(at, "staff.linked", who, by)
}

// StaffEnrolled (staff.enrolled): by their link, with a passkey. Detail: staff, role.
func StaffEnrolled(at time.Time, who provider.Staff) provider.Event {
	return ofStaff(at, "staff.enrolled", who, ByStaff(who.ID))
}

// StaffSignedIn (staff.signed_in). Detail: staff, role, session.
func StaffSignedIn(at time.Time, who provider.Staff, session string) provider.Event {
	e := ofStaff(at, "staff.signed_in", who, ByStaff(who.ID))
	e.Detail["session"] = session
	return e
}

// StaffSignInFailed (staff.signin_failed): a passkey that opens nothing at the console. Nobody knows whose.
func StaffSignInFailed(at time.Time) provider.Event {
	return provider.Event{At: at, Kind: "staff.signin_failed", Actor: string(Nobody)}
}

// StaffSignedOut (staff.signed_out). Detail: staff, role, session, why (signed_out, idle).
func StaffSignedOut(at time.Time, who provider.Staff, session, why string) provider.Event {
	e := ofStaff(at, "staff.signed_out", who, ByStaff(who.ID))
	e.Detail["session"], e.Detail["why"] = session, reason(why)
	return e
}

func ofStaff(at time.Time, kind string, who provider.Staff, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Actor: string(by), Detail: map[string]string{"staff": string(who.ID), "role": reason(string(who.Role))},
	}
}

// TrailRead (trail.read): an auditor or a supervisor read the trail, of one account or of all (""). Detail: role.
func TrailRead(at time.Time, who provider.Staff, account provider.AccountID) provider.Event {
	return Desk{Staff: who}.event(at, "trail.read", account, nil)
}

// TrailExported (trail.exported): a part of the trail was written out. Detail: format, agent (an id), since, until, where it was asked for by
// them; private (opened), where the personal data in it were opened too; role, where it was at the console.
func TrailExported(at time.Time, by Actor, role provider.Role, f Filter, format string, opened bool) provider.Event {
	detail := map[string]string{"format": reason(format)}
	if role != "" {
		detail["role"] = reason(string(role))
	}
	if f.Actor != "" {
		detail["agent"] = strings.TrimPrefix(string(f.Actor), "staff:")
	}
	if !f.Since.IsZero() {
		detail["since"] = f.Since.UTC().Format(time.RFC3339)
	}
	if !f.Until.IsZero() {
		detail["until"] = f.Until.UTC().Format(time.RFC3339)
	}
	if opened {
		detail["private"] = "opened"
	}
	return provider.Event{At: at, Kind: "trail.exported", Account: f.Account, Actor: string(by), Detail: detail}
}

// TrailSwept (trail.swept): rows that are older than before are about to be deleted: their time is over. Detail: before.
func TrailSwept(at, before time.Time) provider.Event {
	return provider.Event{At: at, Kind: "trail.swept", Actor: string(House), Detail: map[string]string{"before": before.UTC().Format(time.RFC3339)}}
}

// ChannelSlowed (channel.slowed, channel.mended): people are told that messages of a channel come late, or no longer. Detail: role, channel.
func ChannelSlowed(at time.Time, who provider.Staff, c provider.Channel, slow bool) provider.Event {
	kind := "channel.mended"
	if slow {
		kind = "channel.slowed"
	}
	return Desk{Staff: who}.event(at, kind, "", map[string]string{"channel": reason(string(c))})
}

// AccountWatched (account.watched, account.unwatched): the account is on the watch list from now on, or no longer. The patient reads of
// neither: the alert is silent. Detail: role, why.
func AccountWatched(at time.Time, who provider.Staff, account provider.AccountID, why string, on bool) provider.Event {
	kind := "account.unwatched"
	if on {
		kind = "account.watched"
	}
	return Desk{Staff: who}.event(at, kind, account, because(why))
}

// event is one of the console. It names the contact, and whom that is about where no account is given.
func (d Desk) event(at time.Time, kind string, account provider.AccountID, more map[string]string) provider.Event {
	detail := map[string]string{"role": reason(string(d.Staff.Role))}
	if d.Case.ID != "" {
		detail["case"] = d.Case.ID
	}
	if d.Case.Activation != "" {
		detail["activation"] = d.Case.Activation
	}
	maps.Copy(detail, more)
	return provider.Event{At: at, Kind: kind, Account: account, Actor: string(ByStaff(d.Staff.ID)), Detail: detail}
}

// facts are kinds of fact, never their values.
func facts(all []provider.Fact) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = fact(f)
	}
	return list(names)
}

// fact is a kind of fact that there is; they have digits in their names, which no word of somebody else's may have.
func fact(f provider.Fact) string {
	for _, known := range provider.Facts() {
		if f == known {
			return string(f)
		}
	}
	return "other"
}

// level is L0 to L3.
func level(l provider.HelpLevel) string { return "L" + strconv.Itoa(int(l)) }

// evidence is by what a caller is known by now: kinds alone.
func evidence(c provider.Case) string {
	names := strings.Fields(facts(c.Facts))
	if !c.LiveAt.IsZero() {
		names = append(names, "live")
	}
	if c.Document != "" {
		names = append(names, "document")
	}
	return list(names)
}
