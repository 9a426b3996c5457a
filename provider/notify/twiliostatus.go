package notify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/twilio/twilio-go/client"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// Reports is what a status callback needs of provider.Outbox.
type Reports interface {
	ReportMessage(ctx context.Context, ref string, state provider.MessageState, fault provider.SendFault, at time.Time) error
}

// fieldsMost and fieldLongest bound a callback: Twilio sends some twenty short fields.
const (
	fieldsMost   = 64
	fieldLongest = 2048
)

// Routes are where Twilio reports what became of messages; none where reports cannot be verified.
func (t *Twilio) Routes(to Reports) []web.Route {
	if t.callback() == "" {
		return nil
	}
	handle := func(r *web.Request) (web.Response, error) { return t.report(r, to) }
	return []web.Route{{Kind: web.Protocol, Pattern: "POST " + StatusPath, Handle: handle}}
}

// report believes what is signed for the address that we gave, whatever Host the request names, and answers 204 also for a
// message that is not known (any more): Twilio can do nothing about that.
func (t *Twilio) report(r *web.Request, to Reports) (web.Response, error) {
	fields, ok := single(r.PostForm())
	if !ok {
		return web.Response{}, &provider.Problem{Kind: provider.BadRequest, Cause: errors.New("not the form of a status callback")}
	}
	if !t.signed(r.HTTP.Header.Values("X-Twilio-Signature"), fields) || fields["AccountSid"] != t.config.Account {
		return web.Response{}, &provider.Problem{Kind: provider.NotAllowed, Cause: errors.New("status callback with a bad signature")}
	}
	ref, state, fault := reported(fields)
	if ref == "" || state == "" {
		return web.Response{Status: http.StatusNoContent}, nil
	}
	r.Note("ref", ref)
	r.Note("state", string(state))
	err := to.ReportMessage(r.Context(), ref, state, fault, r.Now)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return web.Response{}, err
	}
	return web.Response{Status: http.StatusNoContent}, nil
}

// single reads a form in which every field stands once.
func single(form url.Values) (map[string]string, bool) {
	if len(form) == 0 || len(form) > fieldsMost {
		return nil, false
	}
	fields := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) != 1 || len(name)+len(values[0]) > fieldLongest {
			return nil, false
		}
		fields[name] = values[0]
	}
	return fields, true
}

// signed compares in constant time.
func (t *Twilio) signed(signatures []string, fields map[string]string) bool {
	validator := client.NewRequestValidator(t.config.AuthToken)
	return len(signatures) == 1 && validator.Validate(t.callback(), fields, signatures[0])
}

// reported reads a report of a message or a call; no state for one that says nothing new.
func reported(fields map[string]string) (ref string, state provider.MessageState, fault provider.SendFault) {
	if call := fields["CallSid"]; call != "" {
		state, fault = callState(fields["CallStatus"])
		return call, state, fault
	}
	switch fields["MessageStatus"] {
	case "delivered", "read":
		state = provider.MessageDelivered
	case "undelivered", "failed", "canceled":
		state, fault = provider.MessageFailed, provider.FaultTemporary
		code, err := strconv.Atoi(fields["ErrorCode"])
		if class := codeClass(code); err == nil && class != "" {
			fault = class
		}
	}
	return fields["MessageSid"], state, fault
}

func callState(status string) (provider.MessageState, provider.SendFault) {
	switch status {
	case "completed":
		return provider.MessageDelivered, ""
	case "busy", "no-answer", "canceled", "failed":
		return provider.MessageFailed, provider.FaultTemporary
	}
	return "", ""
}
