package audit

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
)

// CodeSent (code.sent): a challenge was opened, and its code is on its way by m. client is the application that asked, ""
// for none. Detail: channel, challenge.
func CodeSent(at time.Time, c provider.Challenge, client string, m provider.Message) provider.Event {
	return ofCode(at, "code.sent", c, client, m)
}

// CodeSentAgain (code.sent_again): the code of an open challenge goes out once more. Detail as CodeSent.
func CodeSentAgain(at time.Time, c provider.Challenge, client string, m provider.Message) provider.Event {
	return ofCode(at, "code.sent_again", c, client, m)
}

// ofCode names the challenge, by which support finds what became of its messages; without the key it says nothing of the code. One
// to somebody that there is not is nobody's.
func ofCode(at time.Time, kind string, c provider.Challenge, client string, m provider.Message) provider.Event {
	if m.Channel == provider.ByNobody {
		c.Account = ""
	}
	return provider.Event{
		At: at, Kind: kind, Account: c.Account, Client: client, Actor: string(ByAccount(c.Account)),
		Detail: map[string]string{"channel": reason(string(m.Channel)), "challenge": c.ID}, Tell: []provider.Message{m},
	}
}

// CodeRefused (code.refused): no code was sent, since too many were. Detail: why, which is the purpose of the budget with
// spaces for its dots.
func CodeRefused(at time.Time, account provider.AccountID, client, why string) provider.Event {
	return provider.Event{
		At: at, Kind: "code.refused", Account: account, Client: client, Actor: string(ByAccount(account)),
		Detail: because(strings.ReplaceAll(why, ".", " ")),
	}
}

// FactorFailed (factor.failed): a second factor was tried and was not right. Detail: kind of authenticator.
func FactorFailed(at time.Time, account provider.AccountID, client string, kind provider.Kind) provider.Event {
	return provider.Event{
		At: at, Kind: "factor.failed", Account: account, Client: client, Actor: string(ByAccount(account)),
		Detail: map[string]string{"kind": reason(string(kind))},
	}
}

// RecoveryCodeUsed (recovery.used): a code of a sheet was spent. Detail: left, how many there still are.
func RecoveryCodeUsed(at time.Time, account provider.AccountID, client string, left int) provider.Event {
	return provider.Event{
		At: at, Kind: "recovery.used", Account: account, Client: client, Actor: string(ByAccount(account)),
		Detail: map[string]string{"left": strconv.Itoa(left)},
	}
}
