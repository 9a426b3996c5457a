package provider_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	. "gatehouse/provider"
)

// OpenID Connect Core 2, 3.1.2.1; OpenID EAP ACR Values 1.0.
func TestParseLevel(t *testing.T) {
	for text, want := range map[string]Level{
		"aal1": AAL1, "two-step": TwoStep, "aal2": AAL2, "phr": PHR, "phrh": PHR,
		"urn:gatehouse:acr:aal1": AAL1, "urn:gatehouse:acr:two-step": TwoStep,
		"urn:gatehouse:acr:aal2": AAL2, "urn:gatehouse:acr:phr": PHR,
	} {
		if got, ok := ParseLevel(text); !ok || got != want {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "none", "AAL1", "aal3", "0", "urn:gatehouse:acr:", "urn:gatehouse:acr:none", " phr"} {
		if got, ok := ParseLevel(text); ok || got != NoLevel {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
}

func TestLevelsHaveNames(t *testing.T) {
	for _, l := range []Level{AAL1, TwoStep, AAL2, PHR} {
		for _, name := range []string{l.ACR(), l.String()} {
			if got, ok := ParseLevel(name); !ok || got != l {
				t.Errorf("%v: %q reads as %v", l, name, got)
			}
		}
		if !strings.HasPrefix(l.ACR(), "urn:") || !slices.Contains(ACRs(), l.ACR()) {
			t.Errorf("%v: %q", l, l.ACR())
		}
	}
	if NoLevel.ACR() != "" || NoLevel.String() != "none" || Level(9).String() != "none" {
		t.Errorf("no level: %q %q", NoLevel.ACR(), NoLevel.String())
	}
	want := []string{"urn:gatehouse:acr:aal1", "urn:gatehouse:acr:two-step", "urn:gatehouse:acr:aal2", "urn:gatehouse:acr:phr", "phr"}
	if !slices.Equal(ACRs(), want) {
		t.Errorf("published: %v", ACRs())
	}
}

// OpenID Connect Core 3.1.2.1: acr_values are a voluntary wish, and any one of them will do.
func TestLeastOf(t *testing.T) {
	for asked, want := range map[string]Level{
		"": NoLevel, "unknown": NoLevel, "phr": PHR, "phrh phr": PHR, "phr aal2": AAL2, "aal2 phr": AAL2,
		"phr unknown two-step aal2": TwoStep, "urn:gatehouse:acr:aal1 phrh": AAL1, "unknown phr": PHR,
	} {
		if got := LeastOf(strings.Fields(asked)); got != want {
			t.Errorf("%q: %v", asked, got)
		}
	}
}

func TestAnswerACR(t *testing.T) {
	const urn = "urn:gatehouse:acr:"
	for _, c := range []struct {
		asked   string
		reached Level
		want    string
	}{
		{"", AAL2, urn + "aal2"},
		{"", NoLevel, ""},
		{"unknown", AAL1, urn + "aal1"},
		{"phr", PHR, "phr"},
		{urn + "phr", PHR, urn + "phr"},
		{"phr " + urn + "phr", PHR, "phr"},
		{"phrh", PHR, "phr"}, // nobody can tell whether it lives in hardware
		{"phrh phr", PHR, "phr"},
		{"phr", AAL2, urn + "aal2"}, // not reached: said as it is
		{"phr aal2", AAL2, "aal2"},
		{"aal2 phr", PHR, "phr"},
		{"phr aal2", PHR, "phr"},
		{"aal1 two-step", PHR, "two-step"},
		{"two-step", AAL1, urn + "aal1"},
		{"phr", NoLevel, ""},
	} {
		if got := AnswerACR(strings.Fields(c.asked), c.reached); got != c.want {
			t.Errorf("asked %q, reached %v: %q, want %q", c.asked, c.reached, got, c.want)
		}
	}
}

// OpenID Connect Core 3.1.2.1, max_age: counted from when the ceremony began, to the instant.
func TestDemandAccepts(t *testing.T) {
	at := func(age time.Duration) Proof { return Proof{Kind: Password, At: noon().Add(-age)} }
	for _, c := range []struct {
		demand Demand
		age    time.Duration
		want   bool
	}{
		{Demand{}, 0, true},
		{Demand{}, 9999 * time.Hour, true},
		{Demand{MaxAge: time.Minute}, time.Minute - 1, true},
		{Demand{MaxAge: time.Minute}, time.Minute, false},
		{Demand{MaxAge: time.Minute}, time.Minute + 1, false},
		{Demand{MaxAge: time.Minute}, -time.Second, true}, // made in another tab since
		{Demand{Fresh: true}, 0, false},
		{Demand{Fresh: true}, -time.Second, false},
		{Demand{Fresh: true, MaxAge: time.Hour}, time.Second, false},
	} {
		if got := c.demand.Accepts(at(c.age), noon()); got != c.want {
			t.Errorf("%+v, %v old: %v", c.demand, c.age, got)
		}
	}
}

// A proof counts for the account that it is of, and for no other.
func TestCountingIsOfOneAccount(t *testing.T) {
	mixed := []Proof{{Account: "patient", Kind: Password, At: noon()}, {Account: "sister", Kind: TOTP, At: noon()}}
	c := Meet(Ceremony{Began: noon()}, Session{ID: "sid", Account: "patient", Proofs: mixed})
	if got := c.Counting(); len(got) != 1 || got[0].Kind != Password {
		t.Errorf("got %v", got)
	}
}

func TestApply(t *testing.T) {
	c := Ceremony{Began: noon(), Deadline: noon().Add(time.Hour)}
	known := c
	known.Account = "patient"
	for _, try := range []struct {
		name string
		c    Ceremony
		p    Proof
		want error
	}{
		{"first", c, Proof{Account: "patient", At: noon()}, nil},
		{"last moment", c, Proof{Account: "patient", At: noon().Add(time.Hour - 1)}, nil},
		{"at the deadline", c, Proof{Account: "patient", At: noon().Add(time.Hour)}, ErrExpired},
		{"before it began", c, Proof{Account: "patient", At: noon().Add(-1)}, ErrNotOffered},
		{"of nobody", c, Proof{At: noon()}, ErrNotOffered},
		{"of nobody, somebody known", known, Proof{At: noon()}, ErrNotOffered},
		{"of another", known, Proof{Account: "sister", At: noon()}, ErrOtherAccount},
		{"of the same", known, Proof{Account: "patient", At: noon()}, nil},
	} {
		got, err := Apply(try.c, try.p)
		if !errors.Is(err, try.want) || err == nil && (len(got.Proofs) != 1 || got.Account != "patient") {
			t.Errorf("%s: %v, %+v", try.name, err, got)
		}
		if err != nil && !reflect.DeepEqual(got, try.c) {
			t.Errorf("%s: changed to %+v", try.name, got)
		}
	}
}

// The rules are pure: what they are given stays as it was, also what shares memory with it.
func TestRulesLeaveTheirArgumentsAlone(t *testing.T) {
	roomy := append(make([]Proof, 0, 8), Proof{Account: "patient", Kind: Password, At: noon()})
	c := Ceremony{Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour), Proofs: roomy}
	first, err := Apply(c, Proof{Account: "patient", Kind: TOTP, At: noon()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Apply(c, Proof{Account: "patient", Kind: EmailCode, At: noon()}); err != nil {
		t.Fatal(err)
	}
	if first.Proofs[1].Kind != TOTP {
		t.Error("two ceremonies share their proofs")
	}
	unsorted := []Proof{{Kind: Password, At: noon()}, {Kind: TOTP, At: noon().Add(time.Hour)}}
	before := slices.Clone(unsorted)
	Assess(unsorted)
	Next(Ceremony{Account: "a", Began: noon(), Deadline: noon().Add(1), Earlier: unsorted}, holding(allKinds), noon())
	if !reflect.DeepEqual(before, unsorted) {
		t.Error("Assess or Next moved the proofs")
	}
	kinds := Kinds()
	kinds[0] = "changed"
	if Kinds()[0] == "changed" {
		t.Error("Kinds gives its own list away")
	}
	acrs := ACRs()
	acrs[0] = "changed"
	if ACRs()[0] == "changed" {
		t.Error("ACRs gives its own list away")
	}
	ask := ConsentAsk{Scopes: []string{"a", "b", "c"}, Optional: []string{"a"}, Allowed: []string{"c"}, At: noon()}
	ask.Required()
	ask.Granted()
	if !slices.Equal(ask.Scopes, []string{"a", "b", "c"}) {
		t.Errorf("the scopes became %v", ask.Scopes)
	}
}

// What a ceremony carries through the volatile store is all that Next needs.
func TestCeremonySurvivesStorage(t *testing.T) {
	s := walk{held: allKinds, earlier: bit(Password), shown: bit(EmailCode), level: PHR, known: true}
	c := s.ceremony()
	c.Demand = Demand{Level: PHR, MaxAge: 2 * time.Hour, Choose: true, Subject: "patient", Hint: "anna", Enrollable: []Kind{Passkey}}
	c = Keep(Answer(c, []string{"records"}, false, noon()), noon())
	c = Decline(c)
	c.Consent.Scopes, c.Consent.Optional, c.Consent.Always = []string{"records", "x"}, []string{"x"}, true
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Ceremony
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, back) {
		t.Errorf("got  %+v\nwant %+v", back, c)
	}
}

// Nobody is looked up before they have shown all that is asked, nor where they set a forgotten password.
func TestMayOweTerms(t *testing.T) {
	shown := Ceremony{Account: "patient", Demand: Demand{Level: AAL1}, Proofs: []Proof{{Account: "patient", Kind: Password, At: noon()}}}
	nobody, more, reset := shown, shown, shown
	nobody.Account, more.Demand.Level, reset.Demand.Reset = "", AAL2, ByEmail
	if !MayOweTerms(shown) || MayOweTerms(nobody) || MayOweTerms(more) || MayOweTerms(reset) {
		t.Error("asks too early, or never")
	}
}

func TestSessionClocks(t *testing.T) {
	s := Session{SeenAt: noon(), EndsAt: noon().Add(time.Hour)}
	if !s.Live(noon()) || !s.Live(s.EndsAt.Add(-1)) || s.Live(s.EndsAt) || s.Live(s.EndsAt.Add(1)) {
		t.Error("the absolute clock")
	}
	ended := s
	ended.EndedAt = noon()
	if ended.Live(noon()) || ended.Live(noon().Add(-time.Hour)) {
		t.Error("an ended session lives")
	}
	if (Session{}).Live(noon()) {
		t.Error("a session without an end lives")
	}
	const idle = 15 * time.Minute
	if s.Idle(noon().Add(idle-1), idle) || !s.Idle(noon().Add(idle), idle) || s.Idle(noon().Add(-time.Hour), idle) {
		t.Error("the idle clock")
	}
	if !s.Live(noon().Add(idle)) {
		t.Error("an idle session is not over: grants bound to it live on")
	}
}

func TestNewest(t *testing.T) {
	p := func(name string, uv bool, age time.Duration) Proof {
		return Proof{Authenticator: name, UserVerified: uv, At: noon().Add(-age)}
	}
	got := Newest([]Proof{p("a", false, 3), p("b", false, 2), p("a", false, 1), p("a", true, 5), p("b", false, 9), p("a", true, 6)})
	if want := []Proof{p("a", false, 1), p("b", false, 2), p("a", true, 5)}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if Newest(nil) != nil {
		t.Error("of nothing")
	}
}

// Nothing is lost by keeping only the newest: a session assesses as all that was ever shown in it.
func TestNewestAssessesAlike(t *testing.T) {
	kinds := kindOrder()
	for i := range 6 * 6 * 6 * 6 {
		var all []Proof
		for n, rest := 0, i; n < 4; n, rest = n+1, rest/6 {
			k := kinds[rest%6]
			all = append(all, Proof{Authenticator: string(k), Kind: k, UserVerified: k == Passkey && n%2 == 0, At: noon().Add(time.Duration(n*7%4) * time.Minute)})
		}
		if got, want := Assess(Newest(all)), Assess(all); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v: %v instead of %v", all, got, want)
		}
	}
}

// RFC 9700, 4.14.2; DESIGN section 4.
func TestRefreshVerdicts(t *testing.T) {
	public := Client{AuthMethod: AuthNone}
	confidential := Client{AuthMethod: AuthBasic}
	rotating := Client{AuthMethod: AuthPost, Rotate: true}
	g := Grant{Generation: 5, RotatedAt: noon()}
	for _, c := range []struct {
		name       string
		generation int64
		client     Client
		since      time.Duration
		want       RefreshVerdict
	}{
		{"current, public", 5, public, 0, RefreshAdvance},
		{"current, public, long after", 5, public, 999 * time.Hour, RefreshAdvance},
		{"current, confidential", 5, confidential, time.Hour, RefreshRepeat},
		{"current, rotating", 5, rotating, time.Hour, RefreshAdvance},
		{"predecessor, public, at once", 4, public, 0, RefreshRepeat},
		{"predecessor, public, in time", 4, public, RefreshGrace - 1, RefreshRepeat},
		{"predecessor, public, too late", 4, public, RefreshGrace, RefreshReuse},
		{"predecessor, confidential, whenever", 4, confidential, 999 * time.Hour, RefreshRepeat},
		{"predecessor, rotating, whenever", 4, rotating, 999 * time.Hour, RefreshRepeat},
		{"older, public", 3, public, 0, RefreshReuse},
		{"older, confidential", 3, confidential, 0, RefreshReuse},
		{"older, rotating", 3, rotating, 0, RefreshReuse},
		{"far older", -9, rotating, 0, RefreshReuse},
		{"ahead, public", 6, public, 0, RefreshAhead},
		{"far ahead, confidential", 99, confidential, 0, RefreshAhead},
	} {
		if got := g.Refresh(c.generation, c.client, noon().Add(c.since)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestConsentCovers(t *testing.T) {
	c := Consent{Scopes: []string{"records", "name"}, ExpiresAt: noon()}
	before := noon().Add(-1)
	for _, try := range []struct {
		scopes string
		now    time.Time
		want   bool
	}{
		{"records", before, true}, {"name records", before, true}, {"", before, true},
		{"records secrets", before, false}, {"record", before, false},
		{"records", noon(), false}, {"", noon(), false},
	} {
		if got := c.Covers(strings.Fields(try.scopes), try.now); got != try.want {
			t.Errorf("%q: %v", try.scopes, got)
		}
	}
	if (Consent{}).Covers(nil, noon()) {
		t.Error("no consent covers nothing")
	}
}

func TestConsentAsk(t *testing.T) {
	given := &Consent{Scopes: []string{"records", "old"}, ExpiresAt: noon().Add(time.Hour)}
	all, some := []string{"records", "offline_access"}, []string{"offline_access"}
	for _, c := range []struct {
		name    string
		ask     ConsentAsk
		owed    bool
		granted string
	}{
		{"nothing needs consent", ConsentAsk{}, false, ""},
		{"nothing needs consent, given before", ConsentAsk{Given: given}, false, ""},
		{"nothing needs it, but prompt=consent", ConsentAsk{Always: true}, true, ""},
		{"never given", ConsentAsk{Scopes: all}, true, ""},
		{"never given, all optional", ConsentAsk{Scopes: some, Optional: some}, true, ""},
		{"given for less", ConsentAsk{Scopes: all, Given: given}, true, "records"},
		{"given for all that is required", ConsentAsk{Scopes: all, Optional: some, Given: given}, false, "records"},
		{"given, but prompt=consent", ConsentAsk{Scopes: []string{"records"}, Given: given, Always: true}, true, "records"},
		{"answered", ConsentAsk{Scopes: all, Allowed: all, At: noon()}, false, "records offline_access"},
		{"answered with less than before", ConsentAsk{Scopes: all, Optional: some, Allowed: some, Given: given, At: noon()}, false, "offline_access"},
		{"answered with more than was asked", ConsentAsk{Scopes: some, Allowed: []string{"admin", "offline_access"}, At: noon()}, false, "offline_access"},
		{"answered to prompt=consent", ConsentAsk{Scopes: all, Always: true, Allowed: all, At: noon()}, false, "records offline_access"},
	} {
		if got := c.ask.Owed(noon()); got != c.owed {
			t.Errorf("%s: owed %v", c.name, got)
		}
		if got := strings.Join(c.ask.Granted(), " "); got != c.granted {
			t.Errorf("%s: granted %q", c.name, got)
		}
	}
	if got := (ConsentAsk{Scopes: all, Optional: some}).Required(); !slices.Equal(got, []string{"records"}) {
		t.Errorf("required %v", got)
	}
}

func TestFullName(t *testing.T) {
	for _, c := range []struct {
		p    Profile
		want string
	}{
		{Profile{}, ""},
		{Profile{Name: "Ana Ruiz"}, "Ana Ruiz"},
		{Profile{Name: "Dr. Ruiz", GivenName: "Ana", FamilyName: "Ruiz"}, "Dr. Ruiz"},
		{Profile{GivenName: "Ana", FamilyName: "Ruiz"}, "Ana Ruiz"},
		{Profile{GivenName: "Ana"}, "Ana"},
		{Profile{FamilyName: "Ruiz"}, "Ruiz"},
		{Profile{GivenName: "Ana", MiddleName: "María", FamilyName: "Ruiz"}, "Ana Ruiz"},
		{Profile{Name: "Dr. Ruiz", GivenName: "Ana"}, "Dr. Ruiz"},
	} {
		if got := c.p.FullName(); got != c.want {
			t.Errorf("%+v: %q", c.p, got)
		}
	}
}

func TestAccountIdentifiers(t *testing.T) {
	a := Account{Identifiers: []Identifier{
		{Kind: Email, Value: "A@x.example", Canonical: "a@x.example"}, {Kind: Email, Canonical: "b@x.example"}, {Kind: Phone},
	}}
	if id, ok := a.Identifier(Email); !ok || id.Value != "A@x.example" {
		t.Errorf("e-mail: %v %v", id, ok)
	}
	if id, ok := a.Identifier(Username); ok || id != (Identifier{}) {
		t.Errorf("username: %v %v", id, ok)
	}
	if !a.Named("b@x.example") || a.Named("A@x.example") || a.Named("") {
		t.Error("names")
	}
}

func TestClientPolicy(t *testing.T) {
	c := Client{AuthMethod: AuthNone, Grants: []string{GrantCode}}
	if !c.Public() || !c.Rotates() || !c.Enabled() || !c.May(GrantCode) || c.May(GrantMachine) {
		t.Errorf("public: %+v", c)
	}
	c = Client{AuthMethod: AuthBasic, DisabledAt: noon()}
	if c.Public() || c.Rotates() || c.Enabled() || c.May(GrantCode) {
		t.Errorf("confidential: %+v", c)
	}
	if c.Rotate = true; !c.Rotates() {
		t.Error("set to rotate")
	}
}

func TestProblem(t *testing.T) {
	cause := errors.New("disk full")
	p := error(&Problem{Kind: Busy, Cause: cause})
	if p.Error() != "busy: disk full" || (&Problem{Kind: Busy}).Error() != "busy" || !errors.Is(p, cause) {
		t.Errorf("got %v", p)
	}
}

func TestRandomNames(t *testing.T) {
	for name, c := range map[string]struct {
		make  func() string
		chars int
		bytes int
	}{"NewID": {NewID, 22, 16}, "NewSecret": {NewSecret, 43, 32}} {
		seen := map[string]bool{}
		var bits [32]byte
		for range 2000 {
			text := c.make()
			raw, err := base64.RawURLEncoding.DecodeString(text)
			if err != nil || len(text) != c.chars || len(raw) != c.bytes || seen[text] {
				t.Fatalf("%s: %q, seen before: %v", name, text, seen[text])
			}
			seen[text] = true
			for i, b := range raw {
				bits[i] |= b
			}
		}
		for i, b := range bits[:c.bytes] {
			if b != 0xff {
				t.Errorf("%s: byte %d never had some of its bits set: %08b", name, i, b)
			}
		}
	}
}

// FIPS 180-4: the SHA-256 of "abc".
func TestHashSecret(t *testing.T) {
	want := []byte{
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	}
	if got := HashSecret("abc"); !bytes.Equal(got, want) {
		t.Errorf("got %x", got)
	}
	if bytes.Equal(HashSecret("a"), HashSecret("b")) {
		t.Error("two secrets with one hash")
	}
}

// Only what is to be shown can be shown: binding something is not showing it.
func TestOffered(t *testing.T) {
	for kind, want := range map[StepKind]bool{
		StepIdentify: true, StepVerify: true, StepEnroll: false, StepChoose: false, StepChange: false,
		StepConsent: false, StepDone: false, StepRefuse: false,
	} {
		step := Step{Kind: kind, Offers: []Kind{TOTP}}
		if step.Offered(TOTP) != want || step.Offered(Password) {
			t.Errorf("%s: %v %v", kind, step.Offered(TOTP), step.Offered(Password))
		}
	}
}

// RFC 9470, OpenID Connect Core 3.1.2.1: a fresh proof is one that was made now. A remembered browser makes none.
func TestRememberedCountsWhereNothingIsWantedAfresh(t *testing.T) {
	both := []Proof{{Account: "patient", Kind: Password, At: noon()}, {Account: "patient", Kind: Remembered, At: noon()}}
	for _, c := range []struct {
		demand Demand
		want   Level
	}{
		{Demand{}, TwoStep},
		{Demand{Level: PHR, Choose: true, Hint: "x", Subject: "patient"}, TwoStep},
		{Demand{Fresh: true}, AAL1},
		{Demand{MaxAge: 24 * time.Hour}, AAL1},
		{Demand{Bind: TOTP}, AAL1},
	} {
		began := Ceremony{Account: "patient", Demand: c.demand, Began: noon(), Proofs: both}
		if got := began.Assurance().Level; got != c.want {
			t.Errorf("%+v: %v, want %v", c.demand, got, c.want)
		}
		if len(began.Proofs) != 2 || began.Proofs[1].Kind != Remembered {
			t.Errorf("%+v: took the proof away", c.demand)
		}
	}
}

func TestStrike(t *testing.T) {
	held := []Authenticator{{ID: "p", Kind: Password, CreatedAt: noon()}, {ID: "a", Kind: TOTP}}
	word := Proof{Authenticator: "p", Kind: Password, SetAt: noon(), At: noon()}
	replaced, early := word, word
	replaced.SetAt = noon().Add(-1)
	early.At = noon().Add(-time.Minute)
	browser := Proof{Authenticator: "b", Kind: Remembered, At: noon().Add(-time.Second)}
	for _, c := range []struct {
		name   string
		proofs []Proof
		stand  int
	}{
		{"none", nil, 0},
		{"held", []Proof{word, {Authenticator: "a", Kind: TOTP}}, 2},
		{"removed", []Proof{word, {Authenticator: "other", Kind: TOTP}}, 1},
		{"held, but of another kind", []Proof{{Authenticator: "a", Kind: TextCode}, {Authenticator: "p", Kind: TOTP}}, 0},
		{"replaced", []Proof{replaced, {Authenticator: "a", Kind: TOTP}}, 1},
		{"a remembered browser alone", []Proof{browser}, 0},
		{"with the password that was shown in it", []Proof{early, browser}, 2},
		{"with one that was replaced", []Proof{replaced, browser}, 0},
		{"with one that was shown after it", []Proof{browser, word}, 1},
		{"beside an app", []Proof{{Authenticator: "a", Kind: TOTP}, browser}, 1},
	} {
		struck := Strike(Ceremony{Proofs: c.proofs, Earlier: slices.Clone(c.proofs)}, held)
		if len(struck.Proofs) != c.stand || len(struck.Earlier) != c.stand {
			t.Errorf("%s: %v and %v stand", c.name, struck.Proofs, struck.Earlier)
		}
	}
	if struck := Strike(Ceremony{Proofs: []Proof{word}}, nil); len(struck.Proofs) != 0 {
		t.Error("of nothing held something stands")
	}
}

// A way is chosen for one step. Whoever proves something, binds something or is somebody else chooses anew.
func TestWayEnds(t *testing.T) {
	way := Way{Kind: TextCode, Authenticator: "phone", Challenge: "code", Voice: true}
	began := Ceremony{
		Session: "sid", Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour),
		Earlier: []Proof{{Account: "patient", Kind: Password, At: noon()}},
	}
	chosen := Choose(began, way)
	if chosen.Way != way || Choose(chosen, Way{}).Way != (Way{}) || began.Way != (Way{}) {
		t.Errorf("chosen: %+v", chosen.Way)
	}
	proof := Proof{Account: "patient", Authenticator: "phone", Kind: TextCode, At: noon()}
	proven, err := Apply(chosen, proof)
	if err != nil || proven.Way != (Way{}) {
		t.Errorf("proven: %v, %+v", err, proven.Way)
	}
	proof.Account = "sister"
	if foreign, err := Apply(chosen, proof); err == nil || foreign.Way != way {
		t.Errorf("a proof that was not taken: %v, %+v", err, foreign.Way)
	}
	if got := Forget(chosen).Way; got != (Way{}) {
		t.Errorf("after a switch: %+v", got)
	}
	if got := Lose(chosen).Way; got != (Way{}) {
		t.Errorf("signed out, nobody known: %+v", got)
	}
	known := Choose(proven, way)
	if got := Lose(known).Way; got != way {
		t.Errorf("signed out, the same person: %+v", got)
	}
	for name, next := range map[string]Ceremony{"keep": Keep(chosen, noon()), "answer": Answer(chosen, nil, false, noon()), "meet": Meet(chosen, Session{ID: "x"})} {
		if next.Way != way {
			t.Errorf("%s: %+v", name, next.Way)
		}
	}
}

// What was bound is the proof that binding made, of the same person and in time; a sheet of recovery codes is none.
func TestBound(t *testing.T) {
	began := Choose(Ceremony{Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour)}, Way{Kind: TOTP})
	app := Proof{Account: "patient", Authenticator: "app", Kind: TOTP, At: noon()}
	got, err := Bound(began, "app", app)
	if err != nil || got.Bound != "app" || len(got.Proofs) != 1 || got.Way != (Way{}) {
		t.Errorf("app: %v, %+v", err, got)
	}
	got, err = Bound(began, "sheet", Proof{})
	if err != nil || got.Bound != "sheet" || len(got.Proofs) != 0 || got.Way != (Way{}) {
		t.Errorf("sheet: %v, %+v", err, got)
	}
	late, foreign := app, app
	late.At, foreign.Account = began.Deadline, "sister"
	for want, p := range map[error]Proof{ErrExpired: late, ErrOtherAccount: foreign} {
		if got, err := Bound(began, "app", p); !errors.Is(err, want) || got.Bound != "" || len(got.Proofs) != 0 {
			t.Errorf("%v: %v, %+v", want, err, got)
		}
	}
	for name, next := range map[string]Ceremony{"forget": Forget(got), "lose": Lose(Ceremony{Bound: "app", Earlier: []Proof{app}})} {
		if next.Bound != "" {
			t.Errorf("%s: somebody else's is still bound", name)
		}
	}
}

func TestReach(t *testing.T) {
	for held, want := range map[string]Level{
		"": NoLevel, "email": NoLevel, "recovery": AAL1, "totp": AAL1, "text,totp,recovery,email": AAL1, "password": AAL1,
		"password,email": TwoStep, "password,recovery": AAL2, "password,text": AAL2, "password,totp,email": AAL2,
		"passkey": PHR, "password,passkey": PHR, "email,passkey": PHR,
	} {
		if got := Reach(named(t, held)); got != want {
			t.Errorf("%s: %v, want %v", held, got, want)
		}
	}
}

// NIST SP 800-63B-4, 4.4.
func TestRemovable(t *testing.T) {
	for _, c := range []struct {
		name, held, gone, shown string
		want                    error
	}{
		{"not held", "password,totp", "text", "password,totp", ErrNotFound},
		{"nothing held", "", "text", "password", ErrNotFound},
		{"the only one", "password", "password", "password", ErrLast},
		{"the only passkey", "passkey", "passkey", "passkey+uv", ErrLast},
		{"the password that the app needs", "password,totp", "password", "password,totp", ErrLast},
		{"the passkey that the app does not replace", "passkey,totp,email,recovery", "passkey", "passkey+uv,totp", ErrLast},
		{"the only second factor", "password,totp", "totp", "password,totp", ErrLast},
		{"the only second step", "password,email", "email", "password,email", ErrLast},
		{"all but recovery codes", "password,totp,recovery", "totp", "password,totp", ErrLast},
		{"recovery codes, where they are the second step", "password,recovery", "recovery", "password,recovery", ErrLast},
		{"recovery codes beside an app", "password,totp,recovery", "recovery", "password,totp", nil},
		{"one of two second factors", "password,totp,text", "text", "password,totp", nil},
		{"down to two steps", "password,totp,email", "totp", "password,totp", nil},
		{"down from phishing-resistant", "password,passkey,email", "passkey", "password,passkey", nil},
		{"one of two phones", "password,text,text#2", "text", "password,text", nil},
		{"a password that was never more than one step", "password,passkey", "password", "passkey+uv", nil},
		{"a password beside a passkey that has not shown that it can", "password,passkey", "password", "password,passkey", ErrOnlyProof},
		{"a password beside a passkey that was not shown", "password,totp,passkey", "password", "password,totp", ErrOnlyProof},
		{"one of two passkeys, signed in by the other", "passkey,passkey#2", "passkey", "passkey#2+uv", nil},
		{"one of two passkeys, signed in by itself", "passkey,passkey#2", "passkey", "passkey+uv", ErrOnlyProof},
		{"signed in by itself alone", "password,passkey,passkey#2", "passkey", "passkey+uv", ErrOnlyProof},
		{"signed in by itself and a removed one", "password,passkey,passkey#2", "passkey", "passkey+uv,totp", ErrOnlyProof},
		{"signed in by itself and a remembered browser", "password,passkey,totp", "passkey", "passkey+uv,remembered", ErrOnlyProof},
		{"signed in by nothing", "password,totp,text", "text", "", ErrOnlyProof},
	} {
		proofs, err := readProofs(c.shown, "patient", noon())
		if err != nil {
			t.Fatal(err)
		}
		held := named(t, c.held)
		if got := Removable(held, c.gone, proofs); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if !reflect.DeepEqual(held, named(t, c.held)) {
			t.Errorf("%s: what was held became %v", c.name, held)
		}
	}
}

// A password that was replaced has shown nothing about whoever is there now.
func TestRemovableByAReplacedPassword(t *testing.T) {
	held := named(t, "password,totp,text")
	held[0].CreatedAt = noon()
	word := Proof{Account: "patient", Authenticator: "password", Kind: Password, At: noon()}
	if err := Removable(held, "text", []Proof{word}); !errors.Is(err, ErrOnlyProof) {
		t.Errorf("replaced: %v", err)
	}
	word.SetAt = noon()
	if err := Removable(held, "text", []Proof{word}); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

func named(t *testing.T, list string) []Authenticator {
	t.Helper()
	var s stage
	if err := s.hold(list); err != nil {
		t.Fatal(err)
	}
	return s.held
}

// The name that was filled in belonged to the one who leaves; the application's other wishes stay. What a room of the house
// asked for, it asked of the one who leaves.
func TestForget(t *testing.T) {
	asked := Demand{
		Hint: "mother", Choose: true, Fresh: true, Subject: "mother", Level: PHR, MaxAge: time.Hour, Silent: true,
		Enrollable: []Kind{TOTP}, Bind: Passkey,
	}
	stays := asked
	stays.Hint, stays.Choose = "", false
	for client, want := range map[string]Demand{"application": stays, "": {Level: AAL1}} {
		c := Forget(Ceremony{Client: client, Session: "sid", Account: "mother", Demand: asked})
		if !reflect.DeepEqual(c.Demand, want) {
			t.Errorf("%q: the demand became %+v", client, c.Demand)
		}
		if c.Session != "sid" || c.Declined != "sid" || c.Account != "" {
			t.Errorf("%q: got %+v", client, c)
		}
	}
}

// OWASP ASVS 5.0, 7.5.1: whatever may be bound is bound by what was shown less than ten minutes ago, wherever it was shown.
func TestBindingRestsOnWhatIsFresh(t *testing.T) {
	const limit = 10 * time.Minute
	word := func(age time.Duration) []Proof {
		return []Proof{{Account: "patient", Authenticator: "password", Kind: Password, At: noon().Add(-age)}}
	}
	for name, demand := range map[string]Demand{
		"on the way": {Level: TwoStep, Enrollable: []Kind{TOTP}}, "in the settings": {Bind: TOTP},
		"in the settings, freshly": {Bind: TOTP, MaxAge: limit}, "by an old sign-in": {Bind: TOTP, MaxAge: 99 * time.Hour},
	} {
		for age, want := range map[time.Duration]Step{
			-time.Second:     {Kind: StepEnroll, Offers: []Kind{TOTP}}, // by another server's clock
			0:                {Kind: StepEnroll, Offers: []Kind{TOTP}},
			limit - 1:        {Kind: StepEnroll, Offers: []Kind{TOTP}},
			limit:            {Kind: StepVerify, Offers: []Kind{Password}},
			limit + 1:        {Kind: StepVerify, Offers: []Kind{Password}},
			12 * time.Hour:   {Kind: StepVerify, Offers: []Kind{Password}},
			9999 * time.Hour: {Kind: StepVerify, Offers: []Kind{Password}},
		} {
			began := Ceremony{Account: "patient", Demand: demand, Began: noon(), Deadline: noon().Add(time.Hour)}
			before, within := began, began
			before.Earlier, within.Proofs = word(age), word(age)
			for where, c := range map[string]Ceremony{"before": before, "within": within} {
				if got := Next(c, holding(bit(Password)), noon()); !reflect.DeepEqual(got, want) {
					t.Errorf("%s, shown %v ago, %s: %v instead of %v", name, age, where, got, want)
				}
			}
		}
	}
}

// Nobody is signed in by proofs of whom nobody knows.
func TestUnknownIsNeverDone(t *testing.T) {
	c := Ceremony{Began: noon(), Deadline: noon().Add(time.Hour), Proofs: []Proof{{Kind: Passkey, UserVerified: true, At: noon()}}}
	if step := Next(c, nil, noon()); step.Kind != StepIdentify {
		t.Errorf("got %v", step)
	}
}
