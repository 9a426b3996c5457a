package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long a client waits for one answer.
const patience = 8 * time.Second

// headerReplica asks the balancer for one replica; what the balancer says for itself carries it too.
const headerReplica = "X-Replica"

// door is the address at which everybody meets the house.
type door struct {
	base   string // where it listens
	issuer string // what it calls itself
	http   *http.Client
}

func newDoor(base, issuer string) *door {
	return &door{base: base, issuer: issuer, http: &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back; status 0 is nothing.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// lost reports whether nobody can know from the answer what was done.
func (a answer) lost() bool { return a.status == 0 || a.status >= http.StatusInternalServerError }

// note names what is wrong with the answer as such: a 503 of the house itself must say when to come back.
func (a answer) note(what string) string {
	if a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") == "" {
		return what + ": " + noteNoRetry
	}
	return what
}

// request is one to the house, without cookies but those in the header.
type request struct {
	method, path string
	header       http.Header
	form         url.Values
}

func (d *door) send(ctx context.Context, r request) answer {
	path := strings.TrimPrefix(r.path, d.issuer)
	sent, err := http.NewRequestWithContext(ctx, r.method, d.base+path, strings.NewReader(r.form.Encode()))
	if err != nil {
		return answer{err: err}
	}
	if r.header != nil {
		sent.Header = r.header.Clone()
	}
	sent.Header.Set("X-Forwarded-For", "192.0.2.7")
	if r.form != nil {
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := d.http.Do(sent)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{err: errors.Join(errors.New("cut off"), err)}
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(body)}
}
