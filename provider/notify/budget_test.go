package notify_test

import (
	"strings"
	"testing"

	"gatehouse/provider"
	"gatehouse/provider/notify"
)

// counted are the budgets of a send by their purpose.
func counted(l notify.Limits, channel provider.Channel, to string, account provider.AccountID, source string) map[string]provider.Budget {
	all := map[string]provider.Budget{}
	for _, b := range l.SendBudgets("", channel, to, account, source) {
		all[b.Purpose] = b
	}
	return all
}

const (
	toAddress = "sends to an address in an hour"
	toBlock   = "sends to a block of numbers in an hour"
	ofNetwork = "sends from a network in an hour"
)

func TestBudgetsGoFromNarrowToBroad(t *testing.T) {
	all := notify.Limits{}.SendBudgets("", provider.ByText, "+16175550101", "ana", "192.0.2.7")
	if len(all) != 7 || all[0].Purpose != toAddress || all[len(all)-1].Purpose != "sends of a day by text" {
		t.Fatalf("%+v", all)
	}
	for _, b := range all {
		if b.Limit < 1 || b.Window <= 0 || b.Key == "" || strings.Trim(b.Purpose, "abcdefghijklmnopqrstuvwxyz -") != "" {
			t.Errorf("%+v", b)
		}
	}
}

func TestAnotherSpellingIsNoOtherBudget(t *testing.T) {
	limits := notify.Limits{}
	same := func(what, a, b string) {
		t.Helper()
		if a != b {
			t.Errorf("%s: %q and %q are counted apart", what, a, b)
		}
	}
	mail := func(to string) string { return counted(limits, provider.ByEmail, to, "", "")[toAddress].Key }
	same("case", mail("Ana@Example.COM"), mail("ana@example.com"))
	same("a domain in two scripts", mail("ana@bücher.example"), mail("ana@xn--bcher-kva.example"))
	call, text := counted(limits, provider.ByVoice, "+1 617 555 0101", "", ""), counted(limits, provider.ByText, "+16175550101", "", "")
	same("call and text", call[toAddress].Key, text[toAddress].Key)
	same("one block", text[toBlock].Key, counted(limits, provider.ByText, "+16175550999", "", "")[toBlock].Key)
	from := func(source string) string { return counted(limits, provider.ByText, "", "", source)[ofNetwork].Key }
	same("one /24", from("192.0.2.7"), from("192.0.2.200"))
	same("one /24 in IPv6", from("::ffff:192.0.2.7"), from("192.0.2.7"))
	same("one /64", from("2001:db8::1"), from("2001:db8::ffff:0:1%eth0"))
	if from("192.0.2.7") == from("192.0.3.7") || from("2001:db8::1") == from("2001:db8:0:1::1") {
		t.Error("other networks are counted together")
	}
	if _, has := counted(limits, provider.ByEmail, "ana@example.com", "", "")[toBlock]; has {
		t.Error("an e-mail address has a block")
	}
}

func TestLimitsAreSettings(t *testing.T) {
	all := counted(notify.Limits{AddressHour: 3, PrefixHour: -1, TextDay: 5}, provider.ByText, "+16175550101", "ana", "")
	_, block := all[toBlock]
	if all[toAddress].Limit != 3 || block || all["sends of a day by text"].Limit != 5 || all[ofNetwork].Limit != 60 {
		t.Errorf("%+v", all)
	}
}

func TestAnOperatorHearsOfADayThatRunsOut(t *testing.T) {
	day := counted(notify.Limits{TextDay: 9}, provider.ByText, "+16175550101", "ana", "")["sends of a day by text"]
	var heard []int
	for left := day.Limit - 1; left >= 0; left-- {
		heard = append(heard, notify.Alarm(day, left, nil))
	}
	heard = append(heard, notify.Alarm(day, 0, provider.ErrSpent))
	for i, want := range []int{0, 0, 0, 0, 0, 0, 0, 80, 100, 100} { // the eighth of nine is the first beyond 80 %
		if heard[i] != want {
			t.Fatalf("%v", heard)
		}
	}
	narrow := provider.Budget{Purpose: toAddress, Limit: 5}
	if notify.Alarm(narrow, 0, nil) != 0 || notify.Alarm(narrow, 0, provider.ErrSpent) != 0 {
		t.Error("one person's budget raises an alarm")
	}
}

// TestNobodyCostsNothing: a message to nobody counts with its address and the network that it is asked from, so that it is refused
// like another; what the whole house may send, and no block of numbers, it does not touch.
func TestNobodyCostsNothing(t *testing.T) {
	for _, b := range (notify.Limits{}).SendBudgets("", provider.ByNobody, "nobody", "x", "192.0.2.7") {
		if b.Key == "all" || b.Purpose == "sends to a block of numbers in an hour" {
			t.Errorf("it is counted in %q", b.Purpose)
		}
	}
}
