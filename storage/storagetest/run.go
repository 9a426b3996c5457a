package storagetest

import (
	"context"
	"testing"
	"time"

	"gatehouse/provider"
)

// Harness is how the suite gets at a backend.
type Harness struct {
	// Open opens a new, empty store, closed when the test ends.
	Open func(t *testing.T) provider.Store
	// Reopen closes a store that Open made, as a restart of the process would, and opens its database again.
	Reopen func(t *testing.T, s provider.Store) provider.Store
	// Beside opens the database of a store that Open made a second time, as another process would.
	Beside func(t *testing.T, s provider.Store) provider.Store
}

// promise is one sentence of provider/store.go and its proof, on a store of its own.
type promise struct {
	name string
	keep func(h house)
}

// Run holds a store to the whole contract.
func Run(t *testing.T, h Harness) {
	t.Run("Durable", func(t *testing.T) {
		h.each(t, accountPromises, identifierPromises, authenticatorPromises, sessionPromises, othersPromises, completionPromises,
			clientPromises, consentPromises, grantPromises, standingPromises, markPromises, recordPromises, rowsPromises, storePromises,
			stepPromises, challengePromises, budgetPromises, lanePromises, devicePromises, outboxPromises, reportPromises,
			issuePromises, activatePromises, recoveryPromises, noticePromises, finishPromises, importPromises, nobodysPromises, overviewPromises, accessPromises,
			givenPromises, contactPromises, closingPromises, trustPromises, tellOncePromises, signalPromises, idlePromises, trailPromises, staffPromises, casePromises, approvalPromises, watchPromises, reviewPromises, activityPromises, referencePromises, callPromises)
	})
	t.Run("Volatile", func(t *testing.T) { h.each(t, volatilePromises, ratePromises) })
	t.Run("NoRecordNoAct", h.noRecordNoAct)
	t.Run("TellsWithTheAct", h.tellsWithTheAct)
	t.Run("Races", h.races)
	t.Run("Sweep", func(t *testing.T) {
		h.each(t, sweepPromises, laneSweeps, lostFoundSweeps, signalSweeps, supportSweeps, reviewSweeps, referenceSweeps, callSweeps)
	})
	t.Run("Bounded", h.bounded)
	t.Run("Reopen", h.reopen)
}

func (hs Harness) each(t *testing.T, sets ...[]promise) {
	for _, set := range sets {
		for _, p := range set {
			t.Run(p.name, func(t *testing.T) { p.keep(house{T: t, Store: hs.Open(t), fresh: hs.Open}) })
		}
	}
}

// RunVolatile holds a store of ceremonies to its part of the contract.
func RunVolatile(t *testing.T, open func(t *testing.T) provider.Volatile) {
	for _, p := range volatilePromises {
		t.Run(p.name, func(t *testing.T) { p.keep(house{T: t, Store: only{kept: open(t)}}) })
	}
	for _, p := range ratePromises {
		t.Run(p.name, func(t *testing.T) { p.keep(house{T: t, Store: only{kept: open(t)}}) })
	}
	t.Run("SwapCeremony has one winner", func(t *testing.T) { raceSwapCeremony(house{T: t, Store: only{kept: open(t)}}) })
}

// RaceRates holds a store to taking at once. It is apart from RunVolatile: a pair of stores gives a little more while one of
// them comes and goes, since what the one gave the other learns from its callers.
func RaceRates(t *testing.T, open func(t *testing.T) provider.Volatile) {
	for _, p := range rateRaces {
		t.Run(p.name, func(t *testing.T) { p.keep(house{T: t, Store: only{kept: open(t)}}) })
	}
}

// only is a store that keeps nothing but ceremonies: its other methods are nil, and no promise of RunVolatile calls them.
type only struct {
	provider.Store
	kept provider.Volatile
}

func (o only) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	return o.kept.BeginCeremony(ctx, c)
}

func (o only) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	return o.kept.Ceremony(ctx, id)
}

func (o only) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	return o.kept.TakeRates(ctx, takes, at)
}

func (o only) SwapCeremony(ctx context.Context, c provider.Ceremony) error {
	return o.kept.SwapCeremony(ctx, c)
}
