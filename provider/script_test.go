package provider_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	. "gatehouse/provider"
)

var rewrite = flag.Bool("rewrite", false, "write what the rules say now into testdata/ceremony")

// TestCeremonyScripts plays testdata/ceremony/*.txt. README.txt there explains the commands. With -rewrite the
// expectations are written anew: read the difference before you commit it.
func TestCeremonyScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/ceremony/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, file := range files {
		if filepath.Base(file) == "README.txt" {
			continue
		}
		played++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { playFile(t, file) })
	}
	if played < 20 {
		t.Errorf("only %d scripts found", played)
	}
}

func playFile(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, faults := play(string(text))
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range faults {
		t.Errorf("%s:%s", file, f)
	}
}

// TestScriptsNotice: the player itself must notice a wrong expectation, a command without a meaning, an error that
// nobody expected and one that did not come.
func TestScriptsNotice(t *testing.T) {
	for name, script := range map[string]string{
		"wrong step":      "open held=password\nnext -> done aal1 amr=pwd\n",
		"unknown command": "open held=password\nfrobnicate\n",
		"unknown option":  "open held=password colour=red\n",
		"not offered":     "open held=password\nprove totp\nnext -> identify passkey password\n",
		"missing error":   "open held=password\nprove password\nerror -> not offered at this step\n",
		"nothing open":    "prove password\n",
		"no expectation":  "open held=password\nprove password\n",
		"bad duration":    "open held=password max_age=soon\n",
		"bad kind":        "open held=horoscope\n",
		"bad proof":       "open held=password\nprove horoscope\nnext -> identify passkey password\n",
		"bad how":         "open held=passkey\nprove passkey loudly\nnext -> done\n",
		"not to be bound": "open held=password\nbind totp\nnext -> identify passkey password\n",
		"bad demand":      "open held=password demand=aal9\n",
		"nothing to set":  "open held=password\nset\nnext -> identify passkey password\n",
	} {
		if _, faults := play(script); len(faults) == 0 {
			t.Errorf("%s: not noticed", name)
		}
	}
	if _, faults := play("open held=password\nprove password\nnext -> done aal1 amr=pwd\n"); len(faults) != 0 {
		t.Errorf("a good script: %v", faults)
	}
}

// stage is where a script is played: one ceremony, what its accounts hold, and the clock.
type stage struct {
	c        Ceremony
	open     bool
	now      time.Time
	held     []Authenticator
	sessions int
	err      error
	settled  bool // the last line was an expectation
}

// play runs a script and returns it with the expectations that hold, and what differed.
func play(script string) (string, []string) {
	var s stage
	var out, faults []string
	fault := func(n int, text string) { faults = append(faults, fmt.Sprintf("%d: %s", n, text)) }
	lines := strings.Split(strings.TrimSuffix(script, "\n"), "\n")
	for i, line := range lines {
		command, _, expects := strings.Cut(line, " ->")
		command = strings.TrimSpace(command)
		switch {
		case command == "" || strings.HasPrefix(command, "#"):
		case expects:
			if s.err != nil && command != "error" {
				fault(i, "failed: "+s.err.Error())
			}
			said := command + " -> " + s.say(command)
			if said != line {
				fault(i+1, fmt.Sprintf("got  %s\nwant %s", said, line))
			}
			line = said
		default:
			if s.err != nil {
				fault(i, "failed: "+s.err.Error())
			}
			s.settled = false
			if err := s.do(strings.Fields(command)); err != nil {
				fault(i+1, err.Error())
			}
		}
		out = append(out, line)
	}
	if !s.settled {
		fault(len(lines), "ends without an expectation")
	}
	return strings.Join(out, "\n") + "\n", faults
}

// say answers what an expectation asks for: what comes next, or how the last command failed.
func (s *stage) say(what string) string {
	s.settled = true
	switch what {
	case "next":
		return s.sayStep(Next(s.c, s.mine(), s.now))
	case "error":
		err := s.err
		s.err = nil
		if err == nil {
			return "none"
		}
		return err.Error()
	default:
		return "?"
	}
}

// mine is what the account holds; while it is unknown, nothing.
func (s *stage) mine() []Authenticator {
	if s.c.Account == "" {
		return nil
	}
	return s.held
}

func (s *stage) do(words []string) error {
	name, args := words[0], words[1:]
	if name == "open" {
		return s.begin(args)
	}
	if !s.open {
		return errors.New("nothing is open")
	}
	switch name {
	case "after":
		d, err := time.ParseDuration(strings.Join(args, ""))
		s.now = s.now.Add(d)
		return err
	case "prove":
		return s.prove(args)
	case "keep":
		s.c = Keep(s.c, s.now)
	case "switch":
		s.c = Forget(s.c)
	case "lose":
		s.c = Lose(s.c)
	case "meet":
		return s.meet(args)
	case "allow":
		s.c = Answer(s.c, args, false, s.now)
	case "accept":
		s.c.Terms.Owed = false
	case "decline":
		s.c = Decline(s.c)
	case "deny":
		s.c = Answer(s.c, nil, true, s.now)
	case "change":
		for i := range s.held {
			s.held[i].ChangeOwed = ""
		}
	case "set":
		return s.set()
	case "replace":
		for i := range s.held {
			if s.held[i].Kind == Password {
				s.held[i].CreatedAt, s.held[i].ChangeOwed = s.now, ""
			}
		}
	case "bind":
		return s.bind(args)
	case "remove":
		s.held = slices.DeleteFunc(s.held, func(a Authenticator) bool { return slices.Contains(args, a.ID) })
	default:
		return fmt.Errorf("%s: no such command", name)
	}
	return nil
}

// prove KIND [uv] [synced] [voice] [remembered] [as=OTHER]: only what is offered can be proven, as at POST /signin/{id}/{kind}.
func (s *stage) prove(args []string) error {
	p, err := s.proof(args[0])
	if err != nil {
		return err
	}
	var all []Proof
	for _, arg := range args[1:] {
		other, as := strings.CutPrefix(arg, "as=")
		switch {
		case as:
			p.Account = AccountID(other)
		case arg == "remembered":
			all = append(all, Proof{Account: p.Account, Authenticator: "browser", Kind: Remembered, At: p.At})
		case !shownHow(&p, arg):
			return fmt.Errorf("%s: no such option", arg)
		}
	}
	s.apply(append([]Proof{p}, all...), Next(s.c, s.mine(), s.now).Offered(p.Kind))
	return nil
}

func (s *stage) apply(proofs []Proof, offered bool) {
	applied := s.c
	for _, p := range proofs {
		var err error
		if applied, err = Apply(applied, p); err != nil {
			s.err = err
			return
		}
	}
	if !offered {
		s.err = ErrNotOffered
		return
	}
	s.c = applied
}

// set: the page for a new password is filled in. It is shown by that, and held from then on.
func (s *stage) set() error {
	if Next(s.c, s.mine(), s.now).Kind != StepChange {
		s.err = ErrNotOffered
		return nil
	}
	at := s.now.Add(time.Microsecond)
	s.held = slices.DeleteFunc(s.held, func(a Authenticator) bool { return a.Kind == Password })
	fresh := Authenticator{ID: "password", Account: "patient", Kind: Password, CreatedAt: at}
	s.held = append(s.held, fresh)
	s.c, s.err = Apply(s.c, Proof{Account: "patient", Authenticator: "password", Kind: Password, At: at, SetAt: at})
	return nil
}

// bind KIND [uv] [synced] [voice]: only what is to be bound can be, and it is shown by that; recovery codes are not.
func (s *stage) bind(args []string) error {
	kind, _, _ := strings.Cut(args[0], "#")
	step := Next(s.c, s.mine(), s.now)
	if step.Kind != StepEnroll || !slices.Contains(step.Offers, Kind(kind)) {
		s.err = ErrNotOffered
		return nil
	}
	if err := s.hold(args[0]); err != nil {
		return err
	}
	p, err := s.proof(args[0])
	if err != nil {
		return err
	}
	p.Account = s.c.Account
	for _, arg := range args[1:] {
		if !shownHow(&p, arg) {
			return fmt.Errorf("%s: no such option", arg)
		}
	}
	if p.Kind == RecoveryCode {
		p = Proof{}
	}
	s.c, s.err = Bound(s.c, args[0], p)
	return nil
}

func (s *stage) proof(name string) (Proof, error) {
	kind, _, _ := strings.Cut(name, "#")
	p := Proof{Account: "patient", Kind: Kind(kind), Authenticator: name, At: s.now}
	if held, has := Held(s.held, Password); has && p.Kind == Password {
		p.SetAt = held.CreatedAt
	}
	_, err := readKinds(name)
	return p, err
}

func shownHow(p *Proof, how string) bool {
	switch how {
	case "uv":
		p.UserVerified = true
	case "synced":
		p.Synced = true
	case "voice":
		p.Voice = true
	default:
		return false
	}
	return true
}

func (s *stage) meet(args []string) error {
	session, err := s.session(strings.Join(args, " "))
	s.c = Meet(s.c, session)
	return err
}

// session reads session=KINDS@AGE [of=OTHER] [id=NAME].
func (s *stage) session(text string) (Session, error) {
	s.sessions++
	made := Session{ID: fmt.Sprintf("session-%d", s.sessions), Account: "patient"}
	proofs := ""
	for arg := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "session":
			proofs = value
		case "of":
			made.Account = AccountID(value)
		case "id":
			made.ID = value
		default:
			return made, fmt.Errorf("%s: no such option", key)
		}
	}
	var err error
	made.Proofs, err = readProofs(proofs, made.Account, s.now)
	return made, err
}

// begin opens a ceremony: half an hour long, at noon unless time has passed since.
func (s *stage) begin(args []string) error {
	if s.now.IsZero() {
		s.now = noon()
	}
	*s = stage{open: true, now: s.now, sessions: s.sessions}
	s.c = Ceremony{ID: "ceremony", Client: "application", Began: s.now, Deadline: s.now.Add(30 * time.Minute)}
	var session []string
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "session", "of", "id":
			session = append(session, arg)
			continue
		case "room":
			s.c.Client = ""
			continue
		case "new-terms":
			s.c.Terms.Owed = true
			continue
		case "held":
			if err := s.hold(value); err != nil {
				return err
			}
			continue
		case "change-owed":
			for i := range s.held {
				if s.held[i].Kind == Password {
					s.held[i].ChangeOwed = value
				}
			}
			continue
		}
		known, err := s.demand(key, value)
		if !known {
			known, err = s.consent(key, value)
		}
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("%s: no such option", key)
		}
	}
	if session == nil {
		return nil
	}
	return s.meet(session)
}

func (s *stage) hold(list string) error {
	all, err := readKinds(list)
	names := strings.Split(list, ",")
	for i, k := range all {
		s.held = append(s.held, Authenticator{ID: names[i], Account: "patient", Kind: k})
	}
	return err
}

func (s *stage) demand(key, value string) (bool, error) {
	d := &s.c.Demand
	var err error
	switch key {
	case "demand":
		var ok bool
		if d.Level, ok = ParseLevel(value); !ok {
			err = fmt.Errorf("demand %s: no such level", value)
		}
	case "fresh":
		d.Fresh = true
	case "silent":
		d.Silent = true
	case "choose":
		d.Choose = true
	case "hint":
		d.Hint = value
	case "max_age":
		d.MaxAge, err = time.ParseDuration(value)
	case "subject":
		d.Subject = AccountID(value)
	case "enrollable":
		d.Enrollable, err = readKinds(value)
	case "reset":
		d.Reset, s.c.Account = Channel(value), "patient"
	case "bind":
		d.Bind = Kind(value)
		_, err = readKinds(value)
	default:
		return false, nil
	}
	return true, err
}

// consent reads consent=SCOPES optional=SCOPES always given=SCOPES[@-1h: ran out then].
func (s *stage) consent(key, value string) (bool, error) {
	ask := &s.c.Consent
	switch key {
	case "consent":
		ask.Scopes = strings.Split(value, ",")
	case "optional":
		ask.Optional = strings.Split(value, ",")
	case "always":
		ask.Always = true
	case "given":
		scopes, age, aged := strings.Cut(value, "@")
		ask.Given = &Consent{Account: "patient", Scopes: strings.Split(scopes, ","), ExpiresAt: s.now.Add(365 * 24 * time.Hour)}
		if aged {
			d, err := time.ParseDuration(age)
			ask.Given.ExpiresAt = s.now.Add(d)
			return true, err
		}
	default:
		return false, nil
	}
	return true, nil
}

// readKinds reads password,passkey,passkey#2: two of a kind have different names.
func readKinds(list string) ([]Kind, error) {
	var all []Kind
	for word := range strings.SplitSeq(list, ",") {
		kind, _, _ := strings.Cut(word, "#")
		if kind == "" || kind == "nothing" {
			continue
		}
		if !slices.Contains(Kinds(), Kind(kind)) {
			return nil, fmt.Errorf("%s: no such authenticator", word)
		}
		all = append(all, Kind(kind))
	}
	return all, nil
}

// readProofs reads password,totp@-10m,passkey+uv@-1m: an age is that of all before it that have none.
func readProofs(list string, account AccountID, now time.Time) ([]Proof, error) {
	var proofs []Proof
	aged := 0
	for word := range strings.SplitSeq(list, ",") {
		if word == "" {
			continue
		}
		name, age, ends := strings.Cut(word, "@")
		p, err := readProof(name)
		if err != nil {
			return nil, err
		}
		p.Account, p.At = account, now
		proofs = append(proofs, p)
		if !ends {
			continue
		}
		d, err := time.ParseDuration(age)
		if err != nil {
			return nil, err
		}
		for ; aged < len(proofs); aged++ {
			proofs[aged].At = now.Add(d)
		}
	}
	return proofs, nil
}

// readProof reads totp, passkey#2+uv+synced, text+voice, remembered.
func readProof(text string) (Proof, error) {
	words := strings.Split(text, "+")
	kind, _, _ := strings.Cut(words[0], "#")
	p := Proof{Authenticator: words[0], Kind: Kind(kind)}
	for _, how := range words[1:] {
		if !shownHow(&p, how) {
			return p, fmt.Errorf("%s: no such option", how)
		}
	}
	if p.Kind == Remembered {
		return p, nil
	}
	_, err := readKinds(kind)
	return p, err
}

func (s *stage) sayStep(step Step) string {
	words := []string{string(step.Kind)}
	for _, k := range step.Offers {
		words = append(words, string(k))
	}
	switch step.Kind {
	case StepConsent:
		words = append(words, s.c.Consent.Scopes...)
	case StepDone:
		words = append(words, sayAssurance(Strike(s.c, s.mine()).Assurance(), s.now))
		if s.c.Account != "patient" {
			words = append(words, "account="+string(s.c.Account))
		}
		if scopes := s.c.Consent.Granted(); len(scopes) > 0 {
			words = append(words, "granted="+strings.Join(scopes, ","))
		}
	case StepChange, StepRefuse:
		words = append(words, step.Reason)
	}
	return strings.Join(words, " ")
}

// sayAssurance leaves auth_time out where it is this very moment.
func sayAssurance(a Assurance, now time.Time) string {
	said := a.Level.String()
	if len(a.AMR) > 0 {
		said += " amr=" + strings.Join(a.AMR, ",")
	}
	if a.Level != NoLevel && !a.AuthTime.Equal(now) {
		said += " auth_time=" + shortly(a.AuthTime.Sub(now))
	}
	return said
}

// shortly writes -10m0s as -10m.
func shortly(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
