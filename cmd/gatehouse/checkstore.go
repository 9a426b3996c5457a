package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage"
)

// store opens the database and looks at what only an open one shows.
func (c checkCmd) store(ctx context.Context) []finding {
	store, err := c.open(ctx, nil)
	if err != nil {
		mend := "see that the server's user may read and write the database"
		if errors.Is(err, storage.ErrOlder) {
			mend = "gatehouse migrate"
		}
		return []finding{fix("database", err, mend)}
	}
	defer func() { _ = store.Close() }()
	return []finding{reading(ctx, store), writing(ctx, store), signing(ctx, store), clock(ctx, store)}
}

func reading(ctx context.Context, store *opened) finding {
	clients, err := store.Clients(ctx)
	if err := errors.Join(store.Ready(ctx), err); err != nil {
		return fix("reading", err, "restore the database from its backup if it is damaged")
	}
	return well("reading", fmt.Sprintf("%d clients", len(clients)))
}

// writing makes a mark that nobody looks for and that the janitor takes away.
func writing(ctx context.Context, store *opened) finding {
	err := store.Consume(ctx, "check", provider.NewID(), now().Add(time.Minute))
	if err != nil {
		return fix("writing", err, "see that the disk is not full, and that the server's user may write the database and its directory")
	}
	return well("writing", "the database takes writes")
}

// signing sees that each algorithm has a key that signs, and tells when the next one does.
func signing(ctx context.Context, store *opened) finding {
	const what = "signing keys"
	at := now()
	list, err := signingKeys(ctx, store, at)
	if err != nil {
		return fix(what, err, "the keyset and the database must belong together: put the right file in place")
	}
	if len(list) == 0 {
		return finding{Verdict: warn, What: what, Found: "none yet", Mend: "nothing: the server makes them when it starts"}
	}
	var told []string
	for _, alg := range keys.Kept() {
		text, ok := active(list, alg, at)
		if !ok {
			return fix(what, fmt.Errorf("no key signs with %s", alg), "start the server, or gatehouse keys rotate --signing "+string(alg)+" --emergency")
		}
		told = append(told, text)
	}
	return well(what, strings.Join(told, "; "))
}

func active(list []keys.KeyStatus, alg keys.Alg, at time.Time) (string, bool) {
	for _, k := range list {
		if k.Alg != alg || k.State != keys.StateActive {
			continue
		}
		next := k.Since.Add(rotation)
		if !k.Until.IsZero() {
			next = k.Until
		}
		return fmt.Sprintf("%s signs with %s, the next from %s", alg, k.ID, next.UTC().Format(time.DateOnly)), next.After(at)
	}
	return "", false
}

// rotation is how long a key signs by the policy of the house (keys.Policy).
const rotation = 90 * 24 * time.Hour

func clock(ctx context.Context, store *opened) finding {
	before := time.Now()
	theirs, err := store.Clock(ctx)
	if err != nil {
		return fix("clock", err, "see the database's log")
	}
	if provider.ClockOff(before, theirs) && provider.ClockOff(time.Now(), theirs) {
		off := theirs.Sub(before).Abs()
		return fix("clock", fmt.Errorf("this machine and the database differ by %s", off.Round(time.Millisecond)), "have both follow a time server (NTP); until then the server is not ready")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return well("clock", fmt.Sprintf("%s and the database agree", host))
}
