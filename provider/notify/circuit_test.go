package notify

import (
	"testing"
	"time"

	"gatehouse/provider"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func temporary() *Fault { return &Fault{Class: provider.FaultTemporary} }

func TestACircuitOpensAfterFaultsInARowAndOneMessageTriesIt(t *testing.T) {
	var c circuit
	now := noon
	for n := range faultsToOpen {
		if c.slow() || c.room(8, now) != 8 {
			t.Fatalf("open after %d faults", n)
		}
		c.began()
		c.ended(temporary(), now)
	}
	if !c.slow() || c.room(8, now) != 0 || c.room(8, now.Add(firstOpen-1)) != 0 {
		t.Fatalf("not open: %+v", c)
	}
	now = now.Add(firstOpen)
	if c.room(8, now) != 1 {
		t.Fatal("no message may try it")
	}
	c.began()
	if c.room(8, now) != 0 {
		t.Fatal("a second one may try it meanwhile")
	}
	c.ended(temporary(), now)
	if c.room(8, now.Add(firstOpen)) != 0 || c.room(8, now.Add(2*firstOpen)) != 1 {
		t.Errorf("it does not stay open twice as long: %+v", c)
	}
	for range 10 {
		now = c.until
		c.began()
		c.ended(temporary(), now)
	}
	if c.open != longestOpen {
		t.Errorf("open for %s", c.open)
	}
	c.began()
	c.ended(nil, c.until)
	if c != (circuit{}) {
		t.Errorf("a success does not close it: %+v", c)
	}
}

func TestFaultsOfThePersonsOwnAddressOpenNothing(t *testing.T) {
	var c circuit
	for range 4 * faultsToOpen {
		c.ended(&Fault{Class: provider.FaultConfig}, noon)
		c.ended(&Fault{Class: provider.FaultAddress}, noon)
		c.ended(&Fault{Class: provider.FaultConfig}, noon)
		c.ended(&Fault{Class: provider.FaultBlocked}, noon)
	}
	if c.slow() {
		t.Error("open")
	}
}

func TestACarrierThatAsksToBeLeftAloneIs(t *testing.T) {
	var c circuit
	c.ended(&Fault{Class: provider.FaultTemporary, After: 40 * time.Second}, noon)
	c.ended(temporary(), noon) // one that was on its way
	if !c.slow() || c.room(8, noon.Add(39*time.Second)) != 0 || c.room(8, noon.Add(40*time.Second)) != 1 {
		t.Errorf("%+v", c)
	}
	c = circuit{}
	c.ended(&Fault{Class: provider.FaultTemporary, After: time.Hour}, noon)
	if c.room(8, noon.Add(longestOpen)) != 1 {
		t.Error("an hour is believed: codes would be over")
	}
}

func TestLateFaultsDoNotKeepACircuitOpen(t *testing.T) {
	var c circuit
	for range 8 { // as many as were on their way at once
		c.ended(temporary(), noon)
	}
	if c.room(8, noon.Add(firstOpen)) != 1 {
		t.Errorf("%+v", c)
	}
}
