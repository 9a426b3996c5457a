package notify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

func fixed() time.Time { return noon }

// texted is a text written out.
func texted(change ...func(*notify.Outgoing)) notify.Outgoing {
	m := notify.Outgoing{
		Message: provider.Message{
			ID: provider.NewID(), Channel: provider.ByText, To: "+16175550101", Lang: "en", Template: "M-01", At: noon, Expires: noon.Add(10 * time.Minute),
		},
		Text: "012345 is your Example code.\n@id.example.org #012345",
	}
	for _, do := range change {
		do(&m)
	}
	return m
}

func TestATextLeavesByTwilio(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "dublin") // the surroundings have no say in where it goes
	t.Setenv("TWILIO_REGION", "ie1")
	c := newCarrier(t, fixed)
	ref, err := c.twilio().Texts().Send(t.Context(), texted())
	if err != nil || ref != "SM1" {
		t.Fatalf("%q %v", ref, err)
	}
	want := url.Values{
		"To": {"+16175550101"}, "From": {from}, "Body": {texted().Text}, "ValidityPeriod": {"600"},
		"StatusCallback": {"https://id.example.org/notify/twilio/status"},
	}
	if got := c.all()[0].form; !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v", got)
	}
	service := c.twilio(func(c *notify.TwilioConfig) {
		c.Service, c.Key, c.Secret, c.AuthToken = "MG1", "SK1", "secret", ""
	})
	if _, err := service.Texts().Send(t.Context(), texted()); err != nil {
		t.Fatal(err)
	}
	got := c.all()[1].form
	if got.Get("MessagingServiceSid") != "MG1" || got.Has("From") || got.Has("StatusCallback") {
		t.Errorf("%v", got)
	}
}

func TestACallLeavesByTwilio(t *testing.T) {
	c := newCarrier(t, fixed)
	m := texted(func(m *notify.Outgoing) {
		m.Channel, m.Lang, m.Text = provider.ByVoice, "es", "Su código es: 0, 1, 2.\nOtra vez: 0, 1, 2."
	})
	ref, err := c.twilio().Calls().Send(t.Context(), m)
	if err != nil || ref != "CA1" {
		t.Fatalf("%q %v", ref, err)
	}
	got := c.all()[0].form
	if got.Get("To") != m.To || got.Get("From") != from || strings.Count(got.Get("Twiml"), `<Say language="es-MX">`) != 2 || got.Has("Url") || got.Has("Record") {
		t.Errorf("%v", got)
	}
}

func TestWhatIsNotSetUpSendsNothing(t *testing.T) {
	c := newCarrier(t, fixed)
	bare := c.twilio(func(c *notify.TwilioConfig) { c.TextFrom = "" })
	if bare.Texts() != nil || bare.Calls() == nil {
		t.Error("texts without anything to send them from")
	}
	if mute := c.twilio(func(c *notify.TwilioConfig) { c.VoiceFrom = "" }); mute.Calls() != nil {
		t.Error("calls from no number")
	}
	for name, change := range map[string]func(*notify.TwilioConfig){
		"a token with a line's end": func(c *notify.TwilioConfig) { c.AuthToken = "abc\n" },
		"a region that is a host":   func(c *notify.TwilioConfig) { c.Region = "evil.example.com/" },
		"nothing to send from":      func(c *notify.TwilioConfig) { c.TextFrom, c.VoiceFrom = "", "" },
		"an account that is a path": func(c *notify.TwilioConfig) { c.Account = "AC/../../x" },
	} {
		if made, err := notify.NewTwilio(c.config(change)); err == nil || made != nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestFaultsOfTwilioHaveTheirClass(t *testing.T) {
	for name, c := range map[string]struct {
		reply  reply
		class  provider.SendFault
		unsure bool
		code   string
		after  time.Duration
	}{
		"a landline":           {reply{status: 400, code: 21614}, provider.FaultAddress, false, "21614", 0},
		"STOP":                 {reply{status: 400, code: 21610}, provider.FaultBlocked, false, "21610", 0},
		"too many":             {reply{status: 429, code: 20429, after: "17"}, provider.FaultTemporary, false, "20429", 17 * time.Second},
		"wrong token":          {reply{status: 401, code: 20003}, provider.FaultConfig, false, "20003", 0},
		"away":                 {reply{status: 503}, provider.FaultTemporary, false, "", 0},
		"broken":               {reply{status: 500}, provider.FaultTemporary, true, "", 0},
		"a proxy's page":       {reply{status: 502, body: "<html>+16175550101</html>"}, provider.FaultTemporary, true, "", 0},
		"a success, unread":    {reply{status: 201, body: "{"}, provider.FaultTemporary, true, "", 0},
		"a success, nameless":  {reply{status: 201, body: "{}"}, provider.FaultTemporary, true, "", 0},
		"a redirect":           {reply{status: 307, body: "{}"}, provider.FaultConfig, false, "", 0},
		"no answer, not taken": {reply{lose: true}, provider.FaultTemporary, true, "", 0},
		"no answer, taken":     {reply{lose: true, accept: true}, provider.FaultTemporary, true, "", 0},
	} {
		server := newCarrier(t, fixed)
		server.will(c.reply)
		_, err := server.twilio().Texts().Send(t.Context(), texted())
		f := fault(t, err)
		if f.Class != c.class || f.Unsure != c.unsure || f.Code != c.code || f.After != c.after || strings.Contains(f.Error(), "617555") {
			t.Errorf("%s: %+v (%v)", name, f, f)
		}
		if n, _ := server.requests(); n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestASlowTwilioIsGivenUpInDoubt(t *testing.T) {
	c := newCarrier(t, fixed)
	c.will(reply{hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := c.twilio().Texts().Send(ctx, texted())
		answered <- err
	}()
	for n := 0; n == 0; n, _ = c.requests() {
		time.Sleep(time.Millisecond) // until it hangs
	}
	cancel()
	if f := fault(t, <-answered); f.Class != provider.FaultTemporary || !f.Unsure {
		t.Errorf("%+v", f)
	}
	dead := newCarrier(t, fixed)
	sender := dead.twilio().Texts()
	dead.server.Close()
	_, err := sender.Send(t.Context(), texted())
	if f := fault(t, err); f.Class != provider.FaultTemporary || f.Unsure {
		t.Errorf("nobody was reached, and it is in doubt: %+v", f)
	}
}

func TestALostTextIsFoundByItsWords(t *testing.T) {
	now := noon
	c := newCarrier(t, func() time.Time { return now })
	texts := c.twilio().Texts()
	find := func(m notify.Outgoing) (string, bool) {
		t.Helper()
		ref, found, err := texts.(notify.Finder).Find(t.Context(), m, m.At)
		if err != nil {
			t.Fatal(err)
		}
		return ref, found
	}
	if ref, found := find(texted()); found {
		t.Errorf("%s is found before it was sent", ref)
	}
	c.will(reply{lose: true, accept: true})
	_, err := texts.Send(t.Context(), texted())
	if !fault(t, err).Unsure {
		t.Fatal(err)
	}
	if ref, found := find(texted()); !found || ref != "SM1" {
		t.Errorf("%q %v", ref, found)
	}
	for name, m := range map[string]notify.Outgoing{
		"another number":      texted(to("+16175550102")),
		"other words":         texted(func(m *notify.Outgoing) { m.Text = "another code" }),
		"the same code again": texted(func(m *notify.Outgoing) { m.At = noon.Add(time.Minute) }),
	} {
		if ref, found := find(m); found {
			t.Errorf("%s: %s", name, ref)
		}
	}
	c.taken[0].status = "undelivered"
	if _, found := find(texted()); found {
		t.Error("one that nobody got counts as sent")
	}
	c.will(reply{status: 503})
	if _, _, err := texts.(notify.Finder).Find(t.Context(), texted(), noon); fault(t, err).Unsure {
		t.Error("looking puts in doubt")
	}
}

func TestALostCallIsFound(t *testing.T) {
	c := newCarrier(t, fixed)
	calls := c.twilio().Calls()
	c.will(reply{lose: true, accept: true})
	_, err := calls.Send(t.Context(), texted())
	ref, found, broken := calls.(notify.Finder).Find(t.Context(), texted(), noon)
	if !fault(t, err).Unsure || !found || ref != "CA1" || broken != nil {
		t.Errorf("%q %v %v", ref, found, broken)
	}
}

func TestCredentialsAreVerifiedWithoutSending(t *testing.T) {
	c := newCarrier(t, fixed)
	if err := c.twilio().Verify(t.Context()); err != nil || len(c.all()) != 0 {
		t.Error(err)
	}
	err := c.twilio(func(c *notify.TwilioConfig) { c.AuthToken = "canary" }).Verify(t.Context())
	if f := fault(t, err); f.Class != provider.FaultConfig || strings.Contains(f.Error(), "canary") {
		t.Error(f)
	}
}

// reports notes what was reported.
type reports struct {
	got []string
	err error
}

func (r *reports) ReportMessage(_ context.Context, ref string, state provider.MessageState, fault provider.SendFault, _ time.Time) error {
	r.got = append(r.got, ref+" "+string(state)+" "+string(fault))
	return r.err
}

// signature is that of Twilio, made by hand: HMAC-SHA1 over the address and the sorted fields.
func signature(address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

const statusAddress = "https://id.example.org/notify/twilio/status"

func status(pairs ...string) url.Values {
	form := url.Values{"AccountSid": {accountSID}, "MessageSid": {"SM1"}, "To": {"+16175550101"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// post reports over HTTP, to another Host than the issuer's.
func post(t *testing.T, to *reports, form url.Values, signatures ...string) int {
	t.Helper()
	routes := newCarrier(t, fixed).twilio().Routes(to)
	if len(routes) != 1 || routes[0].Kind != web.Protocol || routes[0].Pattern != "POST /notify/twilio/status" {
		t.Fatalf("%+v", routes)
	}
	server := serve(t, routes)
	request, err := http.NewRequest(http.MethodPost, server+"/notify/twilio/status", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, s := range signatures {
		request.Header.Add("X-Twilio-Signature", s)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestAReportIsNotedAsItsClass(t *testing.T) {
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{status("MessageStatus", "delivered"), "SM1 delivered "},
		{status("MessageStatus", "undelivered", "ErrorCode", "30005"), "SM1 failed address"},
		{status("MessageStatus", "failed", "ErrorCode", "21610"), "SM1 failed blocked"},
		{status("MessageStatus", "failed", "ErrorCode", "30007"), "SM1 failed configuration"},
		{status("MessageStatus", "undelivered", "ErrorCode", "30003"), "SM1 failed temporary"},
		{status("MessageStatus", "undelivered"), "SM1 failed temporary"},
		{status("MessageStatus", "sent"), ""},
		{status("MessageStatus", "new one"), ""},
		{status("MessageStatus", "delivered", "MessageSid", ""), ""},
		{status("CallSid", "CA1", "CallStatus", "completed"), "CA1 delivered "},
		{status("CallSid", "CA1", "CallStatus", "no-answer"), "CA1 failed temporary"},
		{status("CallSid", "CA1", "CallStatus", "ringing"), ""},
	} {
		var to reports
		code := post(t, &to, c.form, signature(statusAddress, c.form))
		if got := strings.Join(to.got, ","); code != http.StatusNoContent || got != c.want {
			t.Errorf("%v: %d %q, want %q", c.form, code, got, c.want)
		}
	}
}

func TestAReportThatIsNotSignedIsRefused(t *testing.T) {
	good := status("MessageStatus", "delivered")
	sign := signature(statusAddress, good)
	many := status()
	for n := range 80 {
		many.Set("Field"+string(rune('A'+n)), "x")
	}
	twice := status("MessageStatus", "delivered")
	twice["MessageStatus"] = []string{"delivered", "failed"}
	foreign := status("AccountSid", "AC9", "MessageStatus", "delivered")
	for name, c := range map[string]struct {
		form       url.Values
		signatures []string
		code       int
	}{
		"no signature":         {good, nil, 403},
		"an empty one":         {good, []string{""}, 403},
		"another":              {good, []string{strings.ToLower(sign)}, 403},
		"two":                  {good, []string{sign, sign}, 403},
		"of other fields":      {status("MessageStatus", "failed"), []string{sign}, 403},
		"of another address":   {good, []string{signature("https://evil.example/notify/twilio/status", good)}, 403},
		"of another account":   {foreign, []string{signature(statusAddress, foreign)}, 403},
		"a field twice":        {twice, []string{signature(statusAddress, twice)}, 400},
		"many fields":          {many, []string{signature(statusAddress, many)}, 400},
		"a field without end":  {status("MessageStatus", strings.Repeat("x", 5000)), []string{sign}, 400},
		"more than any report": {status("MessageStatus", strings.Repeat("x", 80_000)), []string{sign}, 413},
		"nothing":              {url.Values{}, []string{sign}, 400},
	} {
		var to reports
		if code := post(t, &to, c.form, c.signatures...); code != c.code || to.got != nil {
			t.Errorf("%s: %d %q", name, code, to.got)
		}
	}
}

func TestAReportOfNothingKnownIsNoFault(t *testing.T) {
	form := status("MessageStatus", "delivered")
	if code := post(t, &reports{err: provider.ErrNotFound}, form, signature(statusAddress, form)); code != http.StatusNoContent {
		t.Error(code)
	}
	if code := post(t, &reports{err: provider.ErrUnavailable}, form, signature(statusAddress, form)); code != http.StatusServiceUnavailable {
		t.Error(code)
	}
	if code := post(t, &reports{err: errors.New("broken")}, form, signature(statusAddress, form)); code != http.StatusInternalServerError {
		t.Error(code)
	}
	c := newCarrier(t, fixed)
	if c.twilio(func(c *notify.TwilioConfig) { c.Key, c.Secret, c.AuthToken = "SK1", "secret", "" }).Routes(nil) != nil {
		t.Error("reports that nobody can verify are taken")
	}
}
