package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// Pushed authorization requests (RFC 9126): an application hands over, server to server, what it asks for, and its browser brings a
// reference alone.
//
// Decision: a pushed request is kept where ceremonies are, as one that no browser has begun: sealed, for a minute and a half, seen by
// every replica. That store may forget it; then the application pushes anew. Rejected: fosite's handler, which stores the client's
// secret with it, looks at no clock, and lets a stranger delete it; and a sealed text in the address, too long for some proxies.
//
// Decision: it is used when it is answered, by a code or an error, and not when a browser first comes with it: whoever loads the page
// again has lost nothing. That use is marked in the durable store (Consume), whose first caller wins. The same ceremony may answer
// again, for a form that was pressed twice.
//
// Decision: while somebody signs in, what was pushed travels sealed, as any other request does (the ceremony's Return), so that its
// minute and a half are those of the way here and not those of a person at a form; answeredWithin is their end.
const (
	requestURN   = "urn:ietf:params:oauth:request_uri:"
	pushedRoom   = "pushed"  // the Room of a ceremony that no browser has begun: no room is called so, hence no form leads to it
	pushedPrefix = "pushed " // begins the Return of a pushed request; no query has a space
	pushedUsed   = "pushed-request"
	pushedBy     = "pushed-request-by"
	resume       = "gatehouse_resume" // parameter: a sealed Return

	pushedLasts    = 90 * time.Second
	answeredWithin = 24 * time.Hour
	pressedTwice   = 10 * time.Minute // for so long the same ceremony may answer again
	maxPushed      = maxRequest - 256
)

// pushRate is how often an application may push: 500 a second. Those that show nothing of themselves are held by the limits of their
// network, as at the authorization endpoint: somebody else could spend a rate of theirs.
func pushRate(client string) provider.Rate {
	return provider.Rate{Key: hex.EncodeToString(provider.HashSecret("push " + client)), Burst: 5000, Every: 2 * time.Millisecond}
}

// pushed is where a request was pushed; the zero one was not.
type pushed struct {
	mark string // under what its use is marked
	at   time.Time
}

func (p pushed) is() bool { return p.mark != "" }

// returning is the Return of a pushed request, readReturn the way back.
func (p pushed) returning(query string) string {
	return pushedPrefix + strconv.FormatInt(p.at.Unix(), 10) + " " + p.mark + " " + query
}

func readReturn(ret string) (pushed, string) {
	rest, was := strings.CutPrefix(ret, pushedPrefix)
	if !was {
		return pushed{}, ret
	}
	at, rest, _ := strings.Cut(rest, " ")
	mark, query, _ := strings.Cut(rest, " ")
	seconds, _ := strconv.ParseInt(at, 10, 64)
	return pushed{mark: mark, at: time.Unix(seconds, 0)}, query
}

// errPushed: a reference that was made up, has expired, was used, or is another client's. Which of them, it does not say.
func errPushed(client provider.Client) error {
	return &pageFault{id: "AUTHZ-REQUEST-URI", differs: "request_uri", client: client}
}

// push is the pushed authorization request endpoint (RFC 9126, 2).
func (o *OIDC) push(r *web.Request) (web.Response, error) {
	uri, err := o.pushRequest(r)
	var problem *provider.Problem
	var page *pageFault
	switch {
	case errors.As(err, &problem):
		return web.Response{}, err
	case errors.As(err, &page):
		return o.answerError(r, fail("invalid_request", page.id))
	case err != nil:
		return o.answerError(r, err)
	}
	response := web.JSON(struct {
		URI     string `json:"request_uri"`
		Expires int    `json:"expires_in"`
	}{uri, int(pushedLasts.Seconds())})
	response.Status = http.StatusCreated
	return response, nil
}

// pushRequest checks a request as the authorization endpoint would, and keeps it.
func (o *OIDC) pushRequest(r *web.Request) (string, error) {
	form, err := parameters(r)
	if err != nil {
		return "", err
	}
	client, err := o.authenticate(r, form)
	if err != nil {
		return "", err
	}
	if err := o.mayPush(r, client); err != nil {
		return "", err
	}
	if form.Has("request_uri") {
		return "", fail("invalid_request", "request_uri")
	}
	for _, name := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		form.Del(name)
	}
	form.Set("client_id", client.ID)
	query := form.Encode()
	if len(query) > maxPushed {
		return "", &provider.Problem{Kind: provider.TooBig}
	}
	secret := provider.NewSecret()
	p := pushed{mark: hex.EncodeToString(provider.HashSecret(secret)), at: r.Now.Truncate(time.Second)}
	if _, err := o.read(r.Context(), p.returning(query), r.Now); err != nil {
		return "", err
	}
	id, err := o.Store.BeginCeremony(r.Context(), provider.Ceremony{
		Room: pushedRoom, Client: client.ID, Return: p.returning(query), Secret: secret, Began: r.Now, Deadline: r.Now.Add(pushedLasts),
	})
	return requestURN + id + "." + secret, stored(err)
}

func (o *OIDC) mayPush(r *web.Request, client provider.Client) error {
	if client.Public() {
		return nil
	}
	rate := pushRate(client.ID)
	taken, err := o.Store.TakeRates(r.Context(), []provider.Take{{Rate: rate, Most: 1}}, r.Now.Truncate(time.Microsecond))
	if err != nil {
		return errStore{err}
	}
	if taken[0].Got == 0 {
		return &provider.Problem{Kind: provider.Limited, Until: rate.Opens(taken[0].Whole)}
	}
	return nil
}

// returned is the Return that the query of the authorization endpoint stands for: itself, or what was pushed, or what was sealed when a
// person left for another page of ours.
func (o *OIDC) returned(ctx context.Context, query string, now time.Time) (string, error) {
	form, err := url.ParseQuery(query)
	switch {
	case err != nil, strings.HasPrefix(query, pushedPrefix):
		return "", &pageFault{id: "AUTHZ-UNREADABLE", differs: "request_unreadable"}
	case form.Has(resume):
		text, err := o.Tickets.OpenTicket(form.Get(resume), resume, now)
		if err != nil {
			return "", errPushed(provider.Client{})
		}
		return string(text), nil
	case strings.HasPrefix(form.Get("request_uri"), requestURN):
		return o.pulled(ctx, form, now)
	}
	return query, nil
}

// pulled finds a pushed request by its reference. Parameters beside it count for nothing (RFC 9126, 4; RFC 9101, 6.3).
func (o *OIDC) pulled(ctx context.Context, form url.Values, now time.Time) (string, error) {
	for _, name := range []string{"client_id", "request_uri"} {
		if len(form[name]) > 1 {
			return "", &pageFault{id: "AUTHZ-REPEATED", differs: "duplicate_parameter", got: name}
		}
	}
	fault := errPushed(provider.Client{ID: form.Get("client_id")})
	id, secret, _ := strings.Cut(strings.TrimPrefix(form.Get("request_uri"), requestURN), ".")
	kept, err := o.Store.Ceremony(ctx, id)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return "", fault
	case err != nil:
		return "", errStore{err}
	case kept.Room != pushedRoom, subtle.ConstantTimeCompare([]byte(kept.Secret), []byte(secret)) != 1,
		kept.Client != form.Get("client_id"), !now.Before(kept.Deadline):
		return "", fault
	}
	return kept.Return, nil
}

// open reports whether a pushed request may still be answered. That it was answered is looked at here so that nobody signs in for
// nothing; what decides is settle.
func (o *OIDC) open(ctx context.Context, a *authorization, now time.Time) error {
	if !a.pushed.is() {
		return nil
	}
	used, err := o.Store.Used(ctx, pushedUsed, a.pushed.mark)
	switch {
	case err != nil:
		return errStore{err}
	case used, now.Sub(a.pushed.at) >= answeredWithin:
		return errPushed(a.client)
	}
	return nil
}

// settle uses a pushed request up. It fails where another ceremony has.
func (o *OIDC) settle(ctx context.Context, a *authorization, c provider.Ceremony, now time.Time) error {
	if !a.pushed.is() {
		return nil
	}
	if now.Sub(a.pushed.at) >= answeredWithin {
		return errPushed(a.client)
	}
	until := a.pushed.at.Add(answeredWithin)
	by := a.pushed.mark + " " + hex.EncodeToString(provider.HashSecret(c.Secret))
	err := o.Store.Consume(ctx, pushedUsed, a.pushed.mark, until)
	if err == nil {
		return stored(o.Store.Consume(ctx, pushedBy, by, now.Add(pressedTwice)))
	}
	if !errors.Is(err, provider.ErrUsed) {
		return errStore{err}
	}
	mine, err := o.Store.Used(ctx, pushedBy, by)
	switch {
	case err != nil:
		return errStore{err}
	case !mine:
		return errPushed(a.client)
	}
	return nil
}

// resumes is where a request is made anew. One that was pushed is sealed: its reference does not last as long as a person may need.
func (o *OIDC) resumes(ret string) string {
	p, query := readReturn(ret)
	if !p.is() {
		return "/authorize?" + query
	}
	sealed, err := o.Tickets.SealTicket([]byte(ret), resume, p.at.Add(answeredWithin))
	if err != nil {
		return "/authorize"
	}
	return "/authorize?" + url.Values{resume: {sealed}}.Encode()
}
