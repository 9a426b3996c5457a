package audit

import (
	"time"

	"gatehouse/provider"
)

// NoticeSent (notice.sent): the people of the house told somebody what they tell everybody. Detail: about (terms, incident), notice (its id).
func NoticeSent(at time.Time, account provider.AccountID, about, id string, by Actor, told []provider.Message) provider.Event {
	return provider.Event{
		At: at, Kind: "notice.sent", Account: account, Actor: string(by),
		Detail: map[string]string{"about": reason(about), "notice": named(id)}, Tell: told,
	}
}
