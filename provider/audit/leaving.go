package audit

import (
	"time"

	"gatehouse/provider"
)

// ClosingAsked (closing.asked): the owner wants the account closed. Detail: closing, its id.
func ClosingAsked(at time.Time, c provider.Closing, session string, told []provider.Message) provider.Event {
	return ofClosing(at, "closing.asked", c, ByAccount(c.Account), session, told)
}

// ClosingNoticed (closing.noticed): all addresses were reminded. Detail: closing.
func ClosingNoticed(at time.Time, c provider.Closing, told []provider.Message) provider.Event {
	return ofClosing(at, "closing.noticed", c, House, "", told)
}

// ClosingCancelled (closing.cancelled): the account stays open: its owner changed their mind, or it is not active any more and the
// house does not close it. Detail: closing.
func ClosingCancelled(at time.Time, c provider.Closing, by Actor, session string, told []provider.Message) provider.Event {
	return ofClosing(at, "closing.cancelled", c, by, session, told)
}

// KindClosed is the kind of the event that says that an account is closed for good: personal data of its events went with it.
const KindClosed = "account.closed"

// AccountClosed (account.closed): it is closed for good, and what was personal of it is deleted, in the trail too. Detail: closing.
func AccountClosed(at time.Time, c provider.Closing, told []provider.Message) provider.Event {
	return ofClosing(at, KindClosed, c, House, "", told)
}

func ofClosing(at time.Time, kind string, c provider.Closing, by Actor, session string, told []provider.Message) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: c.Account, Session: session, Actor: string(by), Detail: map[string]string{"closing": c.ID}, Tell: told,
	}
}

// DataDownloaded (data.downloaded): the owner got all that is held about them. Detail: as (page, file).
func DataDownloaded(at time.Time, account provider.AccountID, session, as string, told []provider.Message) provider.Event {
	return provider.Event{
		At: at, Kind: "data.downloaded", Account: account, Session: session, Actor: string(ByAccount(account)),
		Detail: map[string]string{"as": reason(as)}, Tell: told,
	}
}
