package notify

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// Budgeting answers what one message is counted in, narrow to broad: what is refused for one address costs nobody else
// anything. source is the client's network address. whose begins the purposes of what is counted for one address and one account:
// who may ask for messages to somebody else uses up none of theirs. Limits.SendBudgets is one; factor/oob takes one and spends them
// in order.
type Budgeting func(whose string, channel provider.Channel, to string, account provider.AccountID, source string) []provider.Budget

// Limits are how many messages with codes may leave. A zero field is its default, a negative one no limit.
//
// Texts and calls cost money, and there are people who earn with them (SMS pumping): they ask for codes to numbers of theirs,
// many of one block. So a number counts with the thousand around it, and each channel has a bound for the whole day.
type Limits struct {
	AddressHour int // to one number or e-mail address: 10; so many again where strangers ask
	AddressDay  int // 20
	AccountHour int // 10; so many again where strangers ask
	AccountDay  int // 30
	SourceHour  int // asked for from one network (/24, /64): 60
	PrefixHour  int // texts and calls to one block of a thousand numbers: 40
	EmailDay    int // by the whole house: 50,000
	TextDay     int // 10,000
	VoiceDay    int // 1,000
}

// complete fills in the defaults.
func (l Limits) complete() Limits {
	fill := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	fill(&l.AddressHour, 10)
	fill(&l.AddressDay, 20)
	fill(&l.AccountHour, 10)
	fill(&l.AccountDay, 30)
	fill(&l.SourceHour, 60)
	fill(&l.PrefixHour, 40)
	fill(&l.EmailDay, 50_000)
	fill(&l.TextDay, 10_000)
	fill(&l.VoiceDay, 1_000)
	return l
}

// dayOfAll begins the purposes of budgets that the whole house shares.
const dayOfAll = "sends of a day by "

// SendBudgets is a Budgeting.
func (l Limits) SendBudgets(whose string, channel provider.Channel, to string, account provider.AccountID, source string) []provider.Budget {
	l = l.complete()
	const day = 24 * time.Hour
	to = canonical(channel, to)
	all := []provider.Budget{
		{Purpose: whose + "sends to an address in an hour", Key: to, Limit: l.AddressHour, Window: time.Hour},
		{Purpose: whose + "sends to an address in a day", Key: to, Limit: l.AddressDay, Window: day},
		{Purpose: whose + "sends of an account in an hour", Key: string(account), Limit: l.AccountHour, Window: time.Hour},
		{Purpose: whose + "sends of an account in a day", Key: string(account), Limit: l.AccountDay, Window: day},
		{Purpose: "sends from a network in an hour", Key: Network(source), Limit: l.SourceHour, Window: time.Hour},
	}
	if channel == provider.ByNobody { // nothing leaves
		return limited(all)
	}
	if channel != provider.ByEmail {
		all = append(all, provider.Budget{Purpose: "sends to a block of numbers in an hour", Key: block(to), Limit: l.PrefixHour, Window: time.Hour})
	}
	all = append(all, provider.Budget{Purpose: dayOfAll + string(channel), Key: "all", Limit: l.ofDay(channel), Window: day})
	return limited(all)
}

func (l Limits) ofDay(channel provider.Channel) int {
	switch channel {
	case provider.ByEmail:
		return l.EmailDay
	case provider.ByText:
		return l.TextDay
	}
	return l.VoiceDay
}

// limited leaves out what has no limit.
func limited(all []provider.Budget) []provider.Budget {
	kept := all[:0]
	for _, b := range all {
		if b.Limit >= 0 {
			kept = append(kept, b)
		}
	}
	return kept
}

// canonical is an address as it is counted: not anew for another spelling.
func canonical(channel provider.Channel, to string) string {
	read := identifier.Phone
	if channel == provider.ByEmail {
		read = identifier.Email
	}
	if form, err := read(to); err == nil {
		return form
	}
	return strings.ToLower(strings.TrimSpace(to))
}

// block is a number without its last three digits.
func block(number string) string { return number[:max(0, len(number)-3)] }

// Network is what one household, clinic or attacker has of addresses: /24, or /64 of IPv6; "unknown" of what is no address.
func Network(source string) string {
	address, err := netip.ParseAddr(source)
	if err != nil {
		return "unknown"
	}
	address = address.Unmap().WithZone("")
	bits := 64
	if address.Is4() {
		bits = 24
	}
	prefix, _ := address.Prefix(bits) // of a valid address, and no more bits than it has
	return prefix.String()
}

// Alarm answers what an operator should hear after one of a budget was taken, or refused with provider.ErrSpent: 80 when four
// fifths of the whole house's budget of a day are gone, 100 when all of it is; 0 for nothing.
func Alarm(b provider.Budget, left int, err error) int {
	switch {
	case !strings.HasPrefix(b.Purpose, dayOfAll):
		return 0
	case left == 0 || errors.Is(err, provider.ErrSpent):
		return 100
	case err == nil && b.Limit-left == (b.Limit*4+4)/5:
		return 80
	}
	return 0
}
