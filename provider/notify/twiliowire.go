package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twilio/twilio-go/client"

	"gatehouse/provider"
)

// wire carries one request of Twilio's client. It stands in for client.Client, which knows no context, repeats some POSTs by
// itself, and does not tell the headers of a refusal.
type wire struct {
	ctx context.Context
	t   *Twilio
}

var _ client.BaseClient = wire{}

// AccountSid implements client.BaseClient.
func (w wire) AccountSid() string { return w.t.config.Account }

// SetTimeout implements client.BaseClient; the context decides.
func (wire) SetTimeout(time.Duration) {}

// SetOauth implements client.BaseClient; there is none.
func (wire) SetOauth(client.OAuth) {}

// OAuth implements client.BaseClient; there is none.
func (wire) OAuth() client.OAuth { return nil }

// answerMost bounds what is read of an answer.
const answerMost = 1 << 20

// SendRequest implements client.BaseClient. Errors: *refused, *lost.
func (w wire) SendRequest(method, rawURL string, data url.Values, headers map[string]any, _ ...byte) (*http.Response, error) {
	var connected atomic.Bool
	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := w.request(ctx, method, rawURL, data, headers)
	if err != nil {
		return nil, err
	}
	answer, err := w.t.http.Do(request)
	if err != nil {
		var around *url.Error // it names the address, and in that the number
		if errors.As(err, &around) {
			err = around.Err
		}
		return nil, &lost{sent: connected.Load(), err: err}
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerMost))
	_ = answer.Body.Close()
	switch {
	case answer.StatusCode >= 300:
		return nil, refusedWith(answer, body)
	case err != nil:
		return nil, &lost{sent: true, err: err}
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

func (w wire) request(ctx context.Context, method, rawURL string, data url.Values, headers map[string]any) (*http.Request, error) {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(data.Encode())
	} else if len(data) > 0 {
		rawURL += "?" + data.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, rawURL, body)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	for name, value := range headers {
		request.Header.Set(name, fmt.Sprint(value))
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Gatehouse")
	user, password := w.t.config.Key, w.t.config.Secret
	if user == "" {
		user, password = w.t.config.Account, w.t.config.AuthToken
	}
	request.SetBasicAuth(user, password)
	return request, nil
}

// refused is an answer of Twilio that is no success.
type refused struct {
	status, code int
	after        time.Duration
}

func (r *refused) Error() string { return fmt.Sprintf("Twilio answers %d, code %d", r.status, r.code) }

func refusedWith(answer *http.Response, body []byte) *refused {
	var told client.TwilioRestError
	_ = json.Unmarshal(body, &told) // a proxy's page has no code
	r := &refused{status: answer.StatusCode, code: told.Code}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		r.after = time.Duration(min(seconds, 3600)) * time.Second
	}
	return r
}

// lost is a request without an answer.
type lost struct {
	sent bool // there was a connection: it may have arrived
	err  error
}

func (l *lost) Error() string { return "no answer: " + safeText(l.err) }
func (l *lost) Unwrap() error { return l.err }

// twilioFault classes an error of Twilio's client; nil for none. making says that something was to be sent.
func twilioFault(err error, making bool) error {
	var no *refused
	var none *lost
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		doubt := no.status == http.StatusInternalServerError || no.status == http.StatusBadGateway || no.status == http.StatusGatewayTimeout
		return &Fault{Class: twilioClass(no.status, no.code), Unsure: making && doubt, Code: codeText(no.code), After: no.after, Cause: no}
	case errors.As(err, &none):
		return &Fault{Class: wireClass(none.err), Unsure: making && none.sent, Cause: none}
	}
	// A success that could not be read.
	return &Fault{Class: provider.FaultTemporary, Unsure: making, Cause: fmt.Errorf("an unreadable answer: %T", err)}
}

func codeText(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

// twilioClass classes a refusal by its status; single codes refine it. Twilio says that codes change.
func twilioClass(status, code int) provider.SendFault {
	if class := codeClass(code); class != "" {
		return class
	}
	switch {
	case status == http.StatusBadRequest:
		return provider.FaultAddress
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return provider.FaultTemporary
	}
	return provider.FaultConfig
}

// codeClass classes what is known of single codes, in refusals and in later reports; "" for the others.
func codeClass(code int) provider.SendFault {
	switch code {
	case 13223, 13224, 13225, 21215, 21216, // a call: not a number that can be called, or not from this account
		21211, 21214, 21217, 21265, // the number is none
		21408, 21612, 21614, 21635, // no way there by text: the country is not switched on, no route, no mobile, a landline
		30005, 30006: // unknown at its carrier; a landline, or a carrier that cannot be reached
		return provider.FaultAddress
	case 21610, 30004: // the person said STOP, or has it blocked
		return provider.FaultBlocked
	case 20429, 21611, 30001, 30003, 30008, 30450, 30453: // too much at once, switched off, unknown, protection against pumping
		return provider.FaultTemporary
	case 20003, 20404, // who we are
		21210, 21212, 21213, 21603, 21606, 21608, 21219, 21660, 21703, 21705, // what we send from
		21617, 30007, 30032, 30034: // what we send: too long, filtered, not registered
		return provider.FaultConfig
	}
	return ""
}
