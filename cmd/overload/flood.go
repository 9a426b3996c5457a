package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// seen is what was seen in a flood.
type seen struct {
	mutex    sync.Mutex
	peak     float64 // sign-ins a second that are carried at most
	took     time.Duration
	asked    int // by strangers
	late     int // that could not be sent in time: the flood was thinner than it should have been
	admitted []time.Duration
	refused  []time.Duration
	noWhen   int // refusals without Retry-After
	anew     int // whose ceremony had vanished
	faults   map[string]int
	known    int
	served   int
	unserved map[string]int
	jwks     []time.Duration
	noKeys   int
	memory   float64 // MiB
}

func (s *seen) note(do func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	do()
}

// introduce signs in the browsers that are to be known.
func (h *house) introduce(ctx context.Context) ([]*browser, error) {
	client := clientOf(knownOnes)
	var known []*browser
	for i := range knownOnes {
		b := h.newBrowser(client, 60_000+i)
		if err := b.signsIn(ctx, nameOf(strangers+i)); err != nil {
			return nil, fmt.Errorf("the first sign-in of a browser: %w", err)
		}
		known = append(known, b)
	}
	return known, nil
}

// atOnce is how many sign in at once to find out how many are carried: enough to keep every core at work while others wait for a disk.
const atOnce = 16

// mostCarried is how many sign-ins a second are carried where nobody is sent away.
func (h *house) mostCarried(ctx context.Context, lasts time.Duration) (float64, error) {
	client := clientOf(atOnce)
	end := time.Now().Add(lasts)
	var mutex sync.Mutex
	var all sync.WaitGroup
	done, failure := 0, error(nil)
	began := time.Now()
	for i := range atOnce {
		all.Go(func() {
			for n := i; time.Now().Before(end); n += atOnce {
				b := h.newBrowser(client, n)
				err := b.open(ctx)
				if err == nil {
					_, err = b.press(ctx, nameOf(n%strangers))
				}
				mutex.Lock()
				if err == nil {
					done++
				} else if !errors.Is(err, errAway) && !errors.Is(err, errAnew) {
					failure = err
				}
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	if done == 0 {
		return 0, errors.Join(errors.New("nobody was signed in"), failure)
	}
	return float64(done) / time.Since(began).Seconds(), failure
}

// browsersOfFlood is how many strangers there are. Who is sent away comes again.
const browsersOfFlood = 600

// flooded is the flood, and what else goes on meanwhile.
func (h *house) flooded(ctx context.Context, known []*browser, peak float64, s settings) *seen {
	all := &seen{peak: peak, faults: map[string]int{}, unserved: map[string]int{}}
	ready := h.gather(ctx, all)
	ctx, cancel := context.WithTimeout(ctx, s.flood)
	defer cancel()
	began := time.Now()
	var others sync.WaitGroup
	pause := time.Duration(float64(len(known)) / (knownShare * peak) * float64(time.Second))
	for i, b := range known {
		others.Go(func() {
			b.comesBack(ctx, nameOf(strangers+i), all, pause, time.Duration(i)*pause/time.Duration(len(known)))
		})
	}
	others.Go(func() { h.readKeys(ctx, all) })
	h.pour(ctx, ready, peak*float64(s.times), all)
	others.Wait()
	all.took = time.Since(began)
	return all
}

// knownShare is how much of what is carried known browsers ask for.
const knownShare = 0.2

// gather brings strangers to the sign-in page. Afterwards they go there again by themselves.
func (h *house) gather(ctx context.Context, all *seen) chan *stranger {
	ready := make(chan *stranger, browsersOfFlood)
	client := clientOf(browsersOfFlood)
	var wait sync.WaitGroup
	line := make(chan int)
	for range atOnce {
		wait.Go(func() {
			for n := range line {
				p := &stranger{browser: h.newBrowser(client, n), name: nameOf(n % strangers), ready: ready, seen: all}
				if err := p.open(ctx); err != nil {
					all.note(func() { all.faults["gathering: "+err.Error()]++ })
					continue
				}
				ready <- p
			}
		})
	}
	for n := range browsersOfFlood {
		line <- n
	}
	close(line)
	wait.Wait()
	return ready
}

// pour sends so many a second, whatever the answers.
func (h *house) pour(ctx context.Context, ready chan *stranger, perSecond float64, all *seen) {
	var wait sync.WaitGroup
	defer wait.Wait()
	const beat = 5 * time.Millisecond
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	began, sent := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		for due := int(time.Since(began).Seconds() * perSecond); sent < due; sent++ {
			select {
			case p := <-ready:
				wait.Go(func() { p.presses(context.WithoutCancel(ctx)) })
			default:
				all.note(func() { all.late++ })
			}
		}
	}
}

// stranger is somebody at a browser that nobody knows.
type stranger struct {
	*browser
	name  string
	ready chan<- *stranger
	seen  *seen
}

func (p *stranger) presses(ctx context.Context) {
	began := time.Now()
	a, err := p.press(ctx, p.name)
	took := time.Since(began)
	p.seen.note(func() {
		p.seen.asked++
		switch {
		case err == nil:
			p.seen.admitted = append(p.seen.admitted, took)
		case errors.Is(err, errAway):
			p.seen.refused = append(p.seen.refused, took)
			if a.header.Get("Retry-After") == "" {
				p.seen.noWhen++
			}
		case errors.Is(err, errAnew):
			p.seen.anew++
		default:
			p.seen.faults[err.Error()]++
		}
	})
	if err != nil && errors.Is(err, errAway) {
		p.ready <- p
		return
	}
	p.forget()
	for range 20 { // the next person, at the same address
		if p.open(ctx) == nil {
			p.ready <- p
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// comesBack signs in again and again, from a browser that the account knows.
func (b *browser) comesBack(ctx context.Context, name string, all *seen, pause, first time.Duration) {
	wait := first
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		whole := context.WithoutCancel(ctx)
		err := b.signsIn(whole, name)
		all.note(func() {
			all.known++
			if err == nil {
				all.served++
			} else {
				all.unserved[err.Error()]++
			}
		})
		wait = pause
	}
}

// signsIn goes the whole way, again where the first page vanished.
func (b *browser) signsIn(ctx context.Context, name string) error {
	for try := 0; ; try++ {
		err := b.open(ctx)
		if err == nil {
			_, err = b.press(ctx, name)
		}
		if !errors.Is(err, errAnew) || try == 3 {
			return err
		}
	}
}

// readKeys is an application that reads the keys fifty times a second.
func (h *house) readKeys(ctx context.Context, all *seen) {
	client := clientOf(50)
	app := h.newBrowser(client, 50_000)
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	var wait sync.WaitGroup
	defer wait.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		wait.Go(func() {
			reader := &browser{house: app.house, http: client, from: app.from, cookies: map[string]string{}}
			began := time.Now()
			a, err := reader.send(context.WithoutCancel(ctx), http.MethodGet, "/jwks", nil)
			took := time.Since(began)
			all.note(func() {
				all.jwks = append(all.jwks, took)
				if err != nil || a.status != http.StatusOK {
					all.noKeys++
				}
			})
		})
	}
}
