package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"gatehouse/provider"
	"gatehouse/provider/egress"
)

// TwilioConfig is an account at Twilio.
type TwilioConfig struct {
	Account   string // AC…
	Key       string // SK…: an API key; "" to use the account's auth token
	Secret    string // of the key
	AuthToken string // of the account; verifies status callbacks. "" with a key: none are asked for
	Service   string // MG…: the messaging service that texts leave by
	TextFrom  string // or the number
	VoiceFrom string // the number that calls come from; "" none: nobody is called
	Region    string // such as ie1; "" us1. The variables TWILIO_REGION and TWILIO_EDGE have no say
	Edge      string

	Issuer    string            // where status callbacks are answered; one without https gets none
	Now       func() time.Time  // for how long a text may still wait at Twilio
	Transport http.RoundTripper // nil: guarded (provider/egress); tests send it to a server of their own
}

// Twilio carries texts and calls. Make it with NewTwilio.
type Twilio struct {
	config TwilioConfig
	http   *http.Client
}

// StatusPath is where Twilio reports what became of a message.
const StatusPath = "/notify/twilio/status"

// answersWithin is longer than any caller waits: their contexts decide.
const answersWithin = time.Minute

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// Check finds what is wrong with the settings; all of it at once.
func (c TwilioConfig) Check() error {
	var faults []error
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	fault(!strings.HasPrefix(c.Account, "AC") || !alphanumeric.MatchString(c.Account), "the account is not like AC and 32 letters and digits")
	fault(c.Key != "" && (!strings.HasPrefix(c.Key, "SK") || !alphanumeric.MatchString(c.Key)), "the API key is not like SK and 32 letters and digits")
	fault((c.Key == "") != (c.Secret == ""), "an API key and its secret are given together or not at all")
	fault(c.Key == "" && c.AuthToken == "", "neither an auth token nor an API key is given")
	fault(c.Secret != "" && !alphanumeric.MatchString(c.Secret), "the secret of the API key has other signs than letters and digits")
	fault(c.AuthToken != "" && !alphanumeric.MatchString(c.AuthToken), "the auth token has other signs than letters and digits")
	fault(c.Service != "" && (!strings.HasPrefix(c.Service, "MG") || !alphanumeric.MatchString(c.Service)), "the messaging service is not like MG and 32 letters and digits")
	fault(c.Service == "" && c.TextFrom == "" && c.VoiceFrom == "", "neither a messaging service nor a number to send or call from is given")
	for _, part := range []string{c.Region, c.Edge} {
		fault(part != "" && !regionName.MatchString(part), "region and edge are lower-case letters, digits and dashes")
	}
	return errors.Join(faults...)
}

var regionName = regexp.MustCompile(`^[a-z0-9-]+$`)

// NewTwilio makes it, and connects to nothing yet.
func NewTwilio(c TwilioConfig) (*Twilio, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = egress.New(egress.Config{Most: answerMost, Timeout: answersWithin})
	}
	return &Twilio{config: c, http: &http.Client{
		Transport:     c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Texts is the Sender of text messages; nil where there is nothing to send them from.
func (t *Twilio) Texts() Sender {
	if t.config.Service == "" && t.config.TextFrom == "" {
		return nil
	}
	return texts{t}
}

// Calls is the Sender of voice calls; nil where there is no number to call from.
func (t *Twilio) Calls() Sender {
	if t.config.VoiceFrom == "" {
		return nil
	}
	return calls{t}
}

// Verify asks for one message with the credentials, as an operator's check does: it is what Find may do, too. Errors: *Fault.
func (t *Twilio) Verify(ctx context.Context) error {
	_, err := t.api(ctx).PageMessage(new(api.ListMessageParams).SetPageSize(1), "", "")
	return twilioFault(err, false)
}

// api is Twilio's own client with our transport. NewRequestHandler would read the environment.
func (t *Twilio) api(ctx context.Context) *api.ApiService {
	return api.NewApiService(&client.RequestHandler{
		Client: wire{ctx: ctx, t: t}, Region: t.config.Region, Edge: t.config.Edge,
	})
}

// callback is where Twilio is to report; "" nowhere.
func (t *Twilio) callback() string {
	if t.config.AuthToken == "" || !strings.HasPrefix(t.config.Issuer, "https://") {
		return ""
	}
	return t.config.Issuer + StatusPath
}

// texts sends text messages.
type texts struct{ *Twilio }

// Send implements Sender.
func (t texts) Send(ctx context.Context, m Outgoing) (string, error) {
	c := t.config
	params := new(api.CreateMessageParams).SetTo(m.To).SetBody(m.Text)
	if c.Service != "" {
		params.SetMessagingServiceSid(c.Service)
	} else {
		params.SetFrom(c.TextFrom)
	}
	if to := t.callback(); to != "" {
		params.SetStatusCallback(to)
	}
	params.SetValidityPeriod(validity(m.Expires.Sub(c.Now())))
	made, err := t.api(ctx).CreateMessage(params)
	if err != nil {
		return "", twilioFault(err, true)
	}
	return sid(made.Sid)
}

// validity is for how many seconds Twilio may keep a text that it cannot send at once: 1 to 36,000.
func validity(left time.Duration) int {
	return int(min(max(left/time.Second, 1), 36_000))
}

// sid is the reference of what was taken.
func sid(given *string) (string, error) {
	if given == nil || *given == "" {
		return "", &Fault{Class: provider.FaultTemporary, Unsure: true, Cause: errors.New("an answer without a reference")}
	}
	return *given, nil
}

// asMany is how many of the newest messages to a number are looked at. Budgets keep it to a few a day.
const asMany = 50

// Find implements Finder: same number, same words, not made before the message was. The list's own filter of dates is by when
// a message was sent, which of one that waits in Twilio's queue is never: it is not used.
func (t texts) Find(ctx context.Context, m Outgoing, since time.Time) (string, bool, error) {
	page, err := t.api(ctx).PageMessage(new(api.ListMessageParams).SetTo(m.To).SetPageSize(asMany), "", "")
	if err != nil {
		return "", false, twilioFault(err, false)
	}
	for _, found := range page.Messages {
		same := strings.TrimSpace(text(found.Body)) == strings.TrimSpace(m.Text)
		if same && strings.HasPrefix(text(found.Direction), "outbound") && !undone(text(found.Status)) && madeSince(text(found.DateCreated), since) {
			return text(found.Sid), true, nil
		}
	}
	return "", false, nil
}

// calls rings people up.
type calls struct{ *Twilio }

// ringsFor and lastsFor bound a call, in seconds.
const (
	ringsFor = 30
	lastsFor = 120
)

// Send implements Sender.
func (t calls) Send(ctx context.Context, m Outgoing) (string, error) {
	params := new(api.CreateCallParams).SetTo(m.To).SetFrom(t.config.VoiceFrom).SetTwiml(speech(m.Text, m.Lang))
	params.SetTimeout(ringsFor).SetTimeLimit(lastsFor)
	if to := t.callback(); to != "" {
		params.SetStatusCallback(to)
	}
	made, err := t.api(ctx).CreateCall(params)
	if err != nil {
		return "", twilioFault(err, true)
	}
	return sid(made.Sid)
}

// Find implements Finder: same number, from ours, not made before the message was. What was said is not in the list.
func (t calls) Find(ctx context.Context, m Outgoing, since time.Time) (string, bool, error) {
	params := new(api.ListCallParams).SetTo(m.To).SetFrom(t.config.VoiceFrom).SetPageSize(asMany)
	page, err := t.api(ctx).PageCall(params, "", "")
	if err != nil {
		return "", false, twilioFault(err, false)
	}
	for _, found := range page.Calls {
		if !undone(text(found.Status)) && madeSince(text(found.DateCreated), since) {
			return text(found.Sid), true, nil
		}
	}
	return "", false, nil
}

// undone reports whether nobody got it: then it may be sent again.
func undone(status string) bool {
	return status == "failed" || status == "canceled" || status == "undelivered"
}

// clockOff is how far Twilio's clock may be from ours.
const clockOff = 5 * time.Second

// madeSince reads a time of the list, which is cut to the second. One that cannot be read counts: better once too few than
// again and again.
func madeSince(made string, since time.Time) bool {
	at, err := time.Parse(time.RFC1123Z, made)
	return err != nil || !at.Before(since.Add(-clockOff))
}

func text(given *string) string {
	if given == nil {
		return ""
	}
	return *given
}

// speech is a call in TwiML: each line is said, with a pause after it. language is left out where Twilio might not have it.
func speech(words, lang string) string {
	var b strings.Builder
	b.WriteString(`<Response><Pause length="1"/>`)
	for line := range strings.Lines(words) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		_, _ = fmt.Fprintf(&b, `<Say%s>%s</Say><Pause length="1"/>`, spoken(lang), escape(line))
	}
	b.WriteString(`</Response>`)
	return b.String()
}

// spoken is the attribute that says the language of speech.
func spoken(lang string) string {
	base, _, regional := strings.Cut(lang, "-")
	known := map[string]string{
		"en": "en-US", "es": "es-MX", "fr": "fr-CA", "pt": "pt-BR", "de": "de-DE", "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR",
		"pl": "pl-PL", "ru": "ru-RU", "zh": "zh-CN",
	}
	if regional && language.MatchString(lang) && len(lang) == 5 && known[base] != "" {
		return ` language="` + lang + `"`
	}
	if known[base] == "" {
		return ""
	}
	return ` language="` + known[base] + `"`
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace
