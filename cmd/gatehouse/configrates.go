package main

import (
	"fmt"
	"net/netip"
	"strings"

	"gatehouse/provider/limit"
)

// Rates are how many requests a minute are taken, by what they cost. They are counted for each address, for its network (/24,
// /64) four times as many, and for everybody together; who asks more is told when to come back. Replicas share them through
// Redis, or PostgreSQL. There is no "off": without limits, one machine tries a list of passwords in an hour.
type Rates struct {
	// Guess bounds sign-ins with a password or a code, right ones too: sixty people a minute behind the address of one clinic.
	// What it bounds for guessers is how many accounts they reach: each account has limits of its own.
	Guess    int `name:"guess" default:"60" placeholder:"N" help:"Most passwords and codes a minute from one address."`
	GuessAll int `name:"guess-all" default:"12000" placeholder:"N" help:"Most passwords and codes a minute from everybody; more than your busiest minute has."`

	// Stranger bounds passwords from browsers that nobody knows while far more of them are wrong than right: somebody is trying a
	// list. Browsers in which their owners signed in before are not slowed.
	Stranger    int `name:"stranger" default:"6" placeholder:"N" help:"Most passwords a minute from one address while lists of them are tried, by browsers that nobody knows."`
	StrangerAll int `name:"stranger-all" default:"1200" placeholder:"N" help:"Most passwords a minute then from all browsers that nobody knows."`

	// Form is every other form, and Page every page: a sign-in takes two or three of the first and five or six of the second.
	Form    int `name:"form" default:"240" placeholder:"N" help:"Most other forms a minute from one address."`
	FormAll int `name:"form-all" default:"30000" placeholder:"N" help:"Most other forms a minute from everybody."`
	Page    int `name:"page" default:"600" placeholder:"N" help:"Most pages a minute to one address."`
	PageAll int `name:"page-all" default:"60000" placeholder:"N" help:"Most pages a minute to everybody."`

	// Machine is what applications ask, often thousands a minute from one address: tokens, introspection, claims.
	Machine    int `name:"machine" default:"60000" placeholder:"N" help:"Most calls of applications a minute from one address."`
	MachineAll int `name:"machine-all" default:"600000" placeholder:"N" help:"Most calls of applications a minute from everybody."`

	// Memory is what costs next to nothing: keys, discovery, files. Each process counts it by itself.
	Memory    int `name:"memory" default:"60000" placeholder:"N" help:"Most answers from memory (keys, discovery, files) a minute to one address, by each process."`
	MemoryAll int `name:"memory-all" default:"600000" placeholder:"N" help:"Most answers from memory a minute to everybody, by each process."`

	// Crowd are networks with many people behind few addresses, such as those of your own clinics.
	Crowd []netip.Prefix `name:"crowd" placeholder:"CIDR" help:"Network where many people share an address: twenty times as much is taken from it; may be repeated."`

	// Replicas is for the time when neither Redis nor PostgreSQL can be asked: each process then takes that part by itself. More
	// than there are is safe.
	Replicas int `name:"replicas" default:"4" placeholder:"N" help:"How many processes share the limits, at most."`
}

// rates are those of the house.
func (r Rates) rates() limit.Rates {
	return limit.Rates{
		Memory: limit.PerMinute{Address: r.Memory, All: r.MemoryAll}, Machine: limit.PerMinute{Address: r.Machine, All: r.MachineAll},
		Page: limit.PerMinute{Address: r.Page, All: r.PageAll}, Form: limit.PerMinute{Address: r.Form, All: r.FormAll},
		Guess:    limit.PerMinute{Address: r.Guess, All: r.GuessAll},
		Stranger: limit.PerMinute{Address: r.Stranger, All: r.StrangerAll}, Crowds: r.Crowd, Replicas: r.Replicas,
	}
}

// check refuses 0 too, which would be the default: an operator who writes 0 means something else.
func (r Rates) check() error {
	for flag, n := range map[string]int{
		"guess": r.Guess, "guess-all": r.GuessAll, "stranger": r.Stranger, "stranger-all": r.StrangerAll, "form": r.Form, "form-all": r.FormAll, "page": r.Page, "page-all": r.PageAll,
		"machine": r.Machine, "machine-all": r.MachineAll, "memory": r.Memory, "memory-all": r.MemoryAll, "replicas": r.Replicas,
	} {
		if n == 0 {
			return fmt.Errorf("--rate-%s 0 would let nobody in, and there is no \"off\": give a number", flag)
		}
	}
	if err := r.rates().Check(); err != nil {
		return fmt.Errorf("--rate-…: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}

// forMeasuring is how many times wider the rates are where everything comes from one address on purpose.
const forMeasuring = 100_000

// rates of dev are wide enough for a developer's tests, which all come from this machine.
func (c devCmd) rates() limit.Rates {
	if c.WideRates {
		return limit.Rates{Times: forMeasuring}
	}
	return limit.Rates{Times: 100}
}
