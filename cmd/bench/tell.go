package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const telling = "back-channel logout"

// ears are where applications of one person are told that the session is over: local servers, but for a dead one that takes
// connections and answers nothing.
type ears struct {
	server *http.Server
	live   net.Listener
	dead   net.Listener
	heard  chan time.Time
}

func listen() (*ears, error) {
	e := &ears{heard: make(chan time.Time, 1000)}
	var err error
	if e.live, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if e.dead, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	e.server = &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("logout_token") != "" {
			e.heard <- time.Now()
		}
	})}
	go func() { _ = e.server.Serve(e.live) }()
	return e, nil
}

func (e *ears) close() {
	_ = e.server.Close()
	_ = e.dead.Close()
}

// address is where the i-th application listens; the first is dead.
func (e *ears) address(i int) string {
	at := e.live
	if i == 0 {
		at = e.dead
	}
	return fmt.Sprintf("http://%s/%d", at.Addr(), i)
}

// measureTelling signs a person in to so many applications and out again, and prints how long it takes from the press on "Sign out"
// until all that live have been told, and until the page is there that names the dead one.
func (s settings) measureTelling(ctx context.Context, h *house) error {
	e, err := listen()
	if err != nil {
		return err
	}
	defer e.close()
	var apps []client
	for i := range s.told {
		c, err := h.told(ctx, "told-"+strconv.Itoa(i), e.address(i))
		if err != nil {
			return err
		}
		apps = append(apps, c)
	}
	var all, first, pages []time.Duration
	for range s.runs {
		t, err := h.signOut(ctx, e, apps)
		if err != nil {
			return err
		}
		first, all, pages = append(first, t[0]), append(all, t[1]), append(pages, t[2])
	}
	middle := func(d []time.Duration) int64 {
		slices.Sort(d)
		return d[len(d)/2].Milliseconds()
	}
	longest := slices.Max(all).Milliseconds()
	fmt.Printf("%s: of %d apps, one of them dead, the first is told after %d ms, the last that lives after %d ms (at worst %d); the page that names the dead one comes after %d ms\n",
		telling, s.told, middle(first), middle(all), longest, middle(pages))
	return nil
}

// told registers an application that is told.
func (h *house) told(ctx context.Context, id, at string) (client, error) {
	var added client
	out, err := h.command(ctx, "client", "add", "--json", "--id", id, "--name", "App "+id, "--first-party", "--min-acr", "aal1", "--id-token-alg", "ES256",
		"--redirect-uri", "http://127.0.0.1/cb", "--backchannel-logout-uri", at)
	if err != nil {
		return added, err
	}
	added.Redirects = []string{"http://127.0.0.1/cb"}
	return added, json.Unmarshal(out, &added)
}

// signOut answers how long after the press the first application was told, the last one that lives, and the page was there.
func (h *house) signOut(ctx context.Context, e *ears, apps []client) (took [3]time.Duration, err error) {
	site := h.caller(0)
	p := site.person()
	if err := p.signIn(ctx, apps[0]); err != nil {
		return took, err
	}
	for i, c := range apps {
		code := p.code
		if i > 0 {
			if code, err = p.authorize(ctx, c); err != nil {
				return took, err
			}
		}
		if _, err := site.exchange(ctx, c, code); err != nil {
			return took, err
		}
	}
	pressed := time.Now()
	to, _, err := p.visit(ctx, http.MethodPost, "/logout/confirm", url.Values{})
	if err != nil {
		return took, err
	}
	shown := make(chan time.Duration, 1)
	go func() {
		_, page, failed := p.visit(ctx, http.MethodGet, to, nil)
		if failed == nil && !strings.Contains(page, "App told-0") {
			failed = fmt.Errorf("the page names no dead app: %.300s", inside(page))
		}
		if failed != nil {
			fmt.Println(failed)
		}
		shown <- time.Since(pressed)
	}()
	for i := range len(apps) - 1 {
		select {
		case at := <-e.heard:
			if i == 0 {
				took[0] = at.Sub(pressed)
			}
			took[1] = at.Sub(pressed)
		case <-ctx.Done():
			return took, ctx.Err()
		}
	}
	took[2] = <-shown
	return took, nil
}
