package audit

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

var (
	noon    = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	canary  = "canary-7731@example.org"
	session = provider.Session{
		ID: "sid", SecretHash: []byte(canary), Account: "acc", EndedWhy: canary,
		Proofs: []provider.Proof{{Account: "acc", Authenticator: canary, Kind: provider.Password, At: noon}},
	}
	grant = provider.Grant{
		ID: "gid", Account: "acc", Client: "app", Session: "sid", Scopes: []string{"openid", "profile"}, ACR: "urn:gatehouse:acr:aal1",
		Nonce: canary, CodeHash: []byte(canary), RedirectURI: canary, Challenge: canary, RevokedWhy: canary,
	}
	app       = provider.Authenticator{ID: canary, Account: "acc", Kind: provider.TOTP, Name: canary, Data: []byte(canary)}
	challenge = provider.Challenge{ID: "key.id", Account: "acc", Authenticator: canary, Channel: provider.ByText, To: canary}
	message   = provider.Message{ID: canary, Channel: provider.Channel(canary), To: canary, Account: "acc", Data: map[string]string{"a": canary}}
	invited   = provider.Activation{
		ID: "inv", CodeHash: []byte(canary), Record: canary, Relation: provider.Self,
		Contact: provider.ActivationContact{Name: canary, Email: canary, Phone: canary}, Facts: map[string][]byte{canary: []byte(canary)},
	}
	signal  = provider.Signal{Client: "app", Account: "acc", Session: "sid", Why: canary, Lease: canary}
	agent   = provider.Staff{ID: "stf", Name: canary, Email: canary, Role: provider.Agent, Account: "acc", EnrollHash: []byte(canary)}
	contact = provider.Case{
		ID: "cas", Staff: "stf", Account: "acc", OpenedAt: noon, Channel: provider.AtDesk, Caller: provider.CallerPatient, Purpose: "lost-device", Note: canary,
		Ticket: canary, Interpreter: canary, FoundBy: []provider.Fact{provider.FactRecord, provider.FactBirthdate, provider.Fact(canary)}, Facts: []provider.Fact{provider.FactName, provider.Fact(canary)},
		LiveAt: noon, LiveBy: provider.IdentifierKind(canary), Document: provider.DocumentKind(canary), DocumentEnd: "7731", EndedWhy: canary,
	}
	desk     = Desk{Staff: agent, Case: contact}
	approval = provider.Approval{
		ID: "apr", Case: "cas", Staff: "stf", Account: "acc", Action: provider.ResetFactors, Reason: "lost-device", Target: canary, Level: provider.L3,
		Evidence: []string{canary}, By: "sup",
	}
	review  = provider.Review{ID: "rev", Kind: provider.ReviewGlass, Case: "cas", Staff: "stf", Account: "acc", Reason: canary, By: "sup"}
	held    = provider.Review{ID: "rev", Kind: provider.ReviewKind(canary), Case: "cas", Staff: "stf", Account: "acc", Reason: canary, Held: canary}
	help    = provider.Help{Staff: agent, Case: contact, Action: provider.ResetFactors, Reason: "lost-device", Target: canary, Approval: &approval}
	consent = provider.Consent{Account: "acc", Client: "app", Scopes: []string{"profile"}, GivenAt: noon, ExpiresAt: noon.Add(time.Hour)}
)

// all has one event of every kind, with a canary wherever a caller could put a personal datum.
func all() map[string]provider.Event {
	return map[string]provider.Event{
		"session.began":         SessionBegan(noon, session, "app"),
		"session.renewed":       SessionRenewed(noon, session, "app"),
		"session.ended":         SessionEnded(noon, session, canary),
		"session.others_ended":  OthersEnded(noon, "acc", "sid", canary),
		"logout.told":           LogoutTold(noon, signal, provider.SignalTold),
		"logout.failed":         LogoutTold(noon, signal, provider.SignalOutcome(canary)),
		"signin.failed":         SignInFailed(noon, "acc", "app", canary),
		"signin.refused":        SignInRefused(noon, "acc", "app", canary),
		"lane.closed":           LaneClosed(noon, "acc", provider.LaneKind(canary), canary),
		"recovery.started":      RecoveryStarted(noon, provider.Recovery{ID: "rid", Account: "acc", Proven: provider.Contact{Kind: provider.Email, Canonical: canary}}, nil),
		"recovery.noticed":      RecoveryNoticed(noon, provider.Recovery{ID: "rid", Account: "acc"}, nil),
		"recovery.stopped":      RecoveryStopped(noon, provider.Recovery{ID: "rid", Account: "acc"}, "stopped", nil),
		"recovery.finished":     RecoveryFinished(noon, provider.Recovery{ID: "rid", Account: "acc"}, nil),
		"closing.asked":         ClosingAsked(noon, provider.Closing{ID: "cid", Account: "acc"}, "sid", nil),
		"closing.noticed":       ClosingNoticed(noon, provider.Closing{ID: "cid", Account: "acc"}, nil),
		"closing.cancelled":     ClosingCancelled(noon, provider.Closing{ID: "cid", Account: "acc"}, House, "", nil),
		"account.closed":        AccountClosed(noon, provider.Closing{ID: "cid", Account: "acc"}, nil),
		"data.downloaded":       DataDownloaded(noon, "acc", "sid", canary, nil),
		"trust.invited":         TrustInvited(noon, provider.Activation{ID: "aid", By: "acc", Record: canary}, "sid", nil),
		"trust.ended":           TrustEnded(noon, "acc", "aid", "sid", nil),
		"lane.passed":           LanePassed(noon, provider.Device{ID: "did", SecretHash: []byte(canary), Account: "acc", Words: canary}),
		"lane.unlocked":         LaneUnlocked(noon, "acc", canary, Operator),
		"password.changed":      PasswordChanged(noon, "acc"),
		"password.rehashed":     PasswordRehashed(noon, "acc"),
		"password.change_owed":  PasswordChangeOwed(noon, "acc", canary, Operator),
		"authenticator.bound":   AuthenticatorBound(noon, app),
		"authenticator.renamed": AuthenticatorRenamed(noon, app),
		"contact.added":         ContactAdded(noon, "acc", provider.IdentifierKind(canary)),
		"contact.changed":       ContactChanged(noon, "acc", provider.IdentifierKind(canary)),
		"contact.removed":       ContactRemoved(noon, "acc", provider.IdentifierKind(canary)),
		"contact.first":         ContactFirst(noon, "acc", provider.IdentifierKind(canary)),
		"username.changed":      UsernameChanged(noon, "acc", true),
		"choices.changed":       ChoicesChanged(noon, "acc"),
		"authenticator.removed": AuthenticatorRemoved(noon, app),
		"authenticator.used":    AuthenticatorUsed(noon, app),
		"passkey.backed":        PasskeyBacked(noon, app),
		"passkey.cloned":        PasskeyCloned(noon, app),
		"devices.forgotten":     DevicesForgotten(noon, "acc", canary),
		"consent.given":         ConsentGiven(noon, consent),
		"consent.refused":       ConsentRefused(noon, "acc", "app"),
		"consent.withdrawn":     ConsentWithdrawn(noon, "acc", "app"),
		"access.ended":          AccessEnded(noon, "acc", "app"),
		"terms.accepted":        TermsAccepted(noon, "acc", canary),
		"terms.declined":        TermsDeclined(noon, "acc", canary),
		"notice.sent":           NoticeSent(noon, "acc", canary, canary, Operator, nil),
		"grant.began":           GrantBegan(noon, grant),
		"grant.revoked":         GrantRevoked(noon, grant, canary),
		"token.revoked":         TokenRevoked(noon, grant),
		"account.created":       AccountCreated(noon, "acc", Operator),
		"account.disabled":      AccountDisabled(noon, "acc", provider.Active, provider.AccountStatus(canary), Operator),
		"account.enabled":       AccountEnabled(noon, "acc", provider.AccountStatus(canary), Operator),
		"client.created":        ClientCreated(noon, "app"),
		"client.changed":        ClientChanged(noon, "app"),
		"client.disabled":       ClientDisabled(noon, "app"),
		"client.enabled":        ClientEnabled(noon, "app"),
		"client.removed":        ClientRemoved(noon, "app"),
		"client.secret_rotated": ClientSecretRotated(noon, "app"),
		"keys.changed":          KeysChanged(noon, House, canary),
		"code.sent":             CodeSent(noon, challenge, "app", message),
		"code.sent_again":       CodeSentAgain(noon, challenge, "app", message),
		"password.reset":        PasswordReset(noon, "acc", provider.Channel(canary)),
		"reset.failed":          ResetFailed(noon, "acc"),
		"usernames.asked":       UsernamesAsked(noon, 2),
		"code.refused":          CodeRefused(noon, "acc", "app", canary),
		"factor.failed":         FactorFailed(noon, "acc", "app", provider.Kind(canary)),
		"recovery.used":         RecoveryCodeUsed(noon, "acc", "app", 9),
		"activation.issued":     ActivationIssued(noon, invited, Operator),
		"activation.revoked":    ActivationRevoked(noon, invited, canary, Operator),
		"activation.stopped":    ActivationStopped(noon, invited, canary),
		"activation.matched":    ActivationMatched(noon, invited, canary),
		"account.activated":     AccountActivated(noon, invited, "acc"),
		"record.joined":         RecordJoined(noon, invited, "acc"),
		"staff.added":           StaffAdded(noon, agent, Operator),
		"staff.changed":         StaffChanged(noon, agent, Operator),
		"staff.disabled":        StaffDisabled(noon, agent, Operator),
		"staff.enabled":         StaffEnabled(noon, agent, Operator),
		"staff.linked":          StaffLinked(noon, agent, Operator),
		"staff.enrolled":        StaffEnrolled(noon, agent),
		"staff.signed_in":       StaffSignedIn(noon, agent, "sid"),
		"staff.signed_out":      StaffSignedOut(noon, agent, "sid", canary),
		"staff.signin_failed":   StaffSignInFailed(noon),
		"trail.read":            TrailRead(noon, agent, "acc"),
		"trail.exported":        TrailExported(noon, Operator, provider.Role(canary), Filter{Account: "acc", Actor: "staff:stf", Since: noon, Until: noon}, canary, true),
		"trail.swept":           TrailSwept(noon, noon),
		"channel.slowed":        ChannelSlowed(noon, agent, provider.Channel(canary), true),
		"channel.mended":        ChannelSlowed(noon, agent, provider.ByText, false),
		"account.watched":       AccountWatched(noon, agent, "acc", canary, true),
		"account.unwatched":     AccountWatched(noon, agent, "acc", canary, false),
		"case.opened":           CaseOpened(noon, desk),
		"case.ended":            CaseEnded(noon, desk, canary),
		"case.searched":         CaseSearched(noon, desk, provider.Fact(canary), canary, 2),
		"case.found":            CaseFound(noon, desk),
		"case.viewed":           CaseViewed(noon, desk, canary),
		"case.view_refused":     CaseViewRefused(noon, desk, canary),
		"case.checked":          CaseChecked(noon, desk, provider.Fact(canary), true),
		"case.called":           CaseCalled(noon, desk, provider.IdentifierKind(canary), nil),
		"case.proven":           CaseProven(noon, desk, canary, true),
		"case.glass":            GlassBroken(noon, desk, review, nil),
		"case.glass_held":       GlassBroken(noon, desk, held, nil),
		"case.glass_refused":    GlassRefused(noon, desk, provider.GlassRefusal(canary)),
		"watch.opened":          WatchOpened(noon, desk, review, provider.WatchReason(canary), nil),
		"watch.refused":         WatchRefused(noon, desk, "acc", provider.HelpRefusal(canary)),
		"watch.read":            WatchesRead(noon, agent),
		"review.viewed":         ReviewViewed(noon, agent, review),
		"review.closed":         ReviewClosed(noon, agent, review, provider.ReviewWord(canary), nil),
		"review.told":           ReviewClosed(noon, agent, held, provider.ReviewRight, []provider.Message{message}),
		"review.denied":         ReviewDenied(noon, agent, review, errors.New(canary)),
		"review.late":           ReviewLate(noon, review, nil),
		"staff.activity":        TeamRead(noon, agent, true),
		"page.refused":          PageRefused(noon, desk, canary),
		"reference.read":        ReferenceRead(noon, desk, provider.RefusalRule(canary), canary),
		"approval.asked":        ApprovalAsked(noon, desk, approval, nil),
		"approval.viewed":       ApprovalViewed(noon, desk, approval),
		"approval.decided":      ApprovalDecided(noon, desk, approval, true, nil),
		"approval.denied":       ApprovalDenied(noon, desk, approval, provider.HelpRefusal(canary)),
		"approval.spent":        ApprovalSpent(noon, desk, approval),
		"help.reset_factors":    Helped(noon, help, nil),
		"help.other":            Helped(noon, provider.Help{Staff: agent, Case: contact, Action: provider.HelpAction(canary), Reason: provider.Reason(canary)}, nil),
		"help.refused":          HelpRefused(noon, help, provider.HelpRefusal(canary)),
	}
}

func TestEventsHoldNoPersonalDatum(t *testing.T) {
	for kind, e := range all() {
		e.Private = nil // sealed, and erased with the account
		e.Tell = nil    // no part of the record: the store puts it in the outbox, sealed
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "7731") || strings.Contains(string(text), "@") || strings.Contains(string(text), "Y2FuYXJ5") {
			t.Errorf("%s holds the canary: %s", kind, text)
		}
		if len(e.Detail) > 10 {
			t.Errorf("%s has %d details", kind, len(e.Detail))
		}
	}
}

func TestEventsSayWhenWhatAndWho(t *testing.T) {
	for kind, e := range all() {
		if e.Kind != kind || !e.At.Equal(noon) || e.Seq != 0 {
			t.Errorf("%s: %+v", kind, e)
		}
		switch e.Actor {
		case "account:acc", "client:app", "staff:stf", "operator", "house", "nobody":
		default:
			t.Errorf("%s: actor %q", kind, e.Actor)
		}
	}
}

func TestActors(t *testing.T) {
	cases := []struct {
		name string
		e    provider.Event
		want string
	}{
		{"an unknown name", SignInFailed(noon, "", "app", "password"), "nobody"},
		{"a known name", SignInFailed(noon, "acc", "app", "password"), "account:acc"},
		{"signing out", SessionEnded(noon, session, "signed_out"), "account:acc"},
		{"ended by staff", SessionEnded(noon, session, "by_staff"), "operator"},
		{"a code replayed", GrantRevoked(noon, grant, WhyReplay), "house"},
		{"a refresh token reused", GrantRevoked(noon, grant, WhyReuse), "house"},
		{"revoked by the client", GrantRevoked(noon, grant, WhyClient), "client:app"},
		{"revoked by the operator", GrantRevoked(noon, grant, WhyOperator), "operator"},
		{"a machine's token", TokenRevoked(noon, provider.Grant{Client: "app"}), "client:app"},
	}
	for _, c := range cases {
		if c.e.Actor != c.want {
			t.Errorf("%s: actor %q, want %q", c.name, c.e.Actor, c.want)
		}
	}
}

func TestReasonsAreWords(t *testing.T) {
	for why, want := range map[string]string{
		"password": "password", "signed_out": "signed_out", "account locked": "account locked",
		"": "other", "123456": "other", "a@b": "other", "Ada": "other", strings.Repeat("a", 49): "other", "a\nb": "other",
	} {
		if got := SignInFailed(noon, "acc", "", why).Detail["why"]; got != want {
			t.Errorf("%q is recorded as %q, want %q", why, got, want)
		}
	}
}

func TestDetailsAreBounded(t *testing.T) {
	long := consent
	for i := range 500 {
		long.Scopes = append(long.Scopes, "scope"+strconv.Itoa(i))
	}
	if n := len(ConsentGiven(noon, long).Detail["scopes"]); n > longestList+4 {
		t.Errorf("scopes take %d bytes", n)
	}
	long.Scopes = []string{strings.Repeat("x", 9999)}
	if got := ConsentGiven(noon, long).Detail["scopes"]; got != "..." {
		t.Errorf("one scope without end gives %d bytes", len(got))
	}
}

// TestEveryConstructorIsCovered: all calls each of them, so that one that is new is looked at too.
func TestEveryConstructorIsCovered(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	made, called := map[string]bool{}, map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			switch {
			case !ok:
			case path == "audit_test.go" && f.Name.Name == "all":
				ast.Inspect(f, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok {
						if name, ok := call.Fun.(*ast.Ident); ok {
							called[name.Name] = true
						}
					}
					return true
				})
			case !strings.HasSuffix(path, "_test.go") && f.Name.IsExported() && f.Recv == nil && f.Type.Params.NumFields() > 0 && f.Type.Params.List[0].Names[0].Name == "at":
				made[f.Name.Name] = true
			}
		}
	}
	if len(made) == 0 {
		t.Fatal("no constructor was seen")
	}
	for name := range made {
		if !called[name] {
			t.Errorf("%s is not in all", name)
		}
	}
}

// TestOnlyAuditMakesEvents walks the tree. Storage reads events back; tests may invent some.
func TestOnlyAuditMakesEvents(t *testing.T) {
	root, seen := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it may vanish meanwhile
			return nil
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		place, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		place = filepath.ToSlash(place)
		seen++
		if strings.HasSuffix(place, "_test.go") || strings.HasPrefix(place, "storage/") || strings.HasPrefix(place, "provider/audit/") {
			return nil
		}
		for _, line := range eventsMade(path) {
			t.Errorf("%s:%d makes a provider.Event", place, line)
		}
		return nil
	})
	if err != nil || seen < 10 {
		t.Fatalf("saw %d files: %v", seen, err)
	}
	if len(eventsMade("session.go")) == 0 {
		t.Error("the walk does not see an event where there is one")
	}
}

// eventsMade returns the lines with a literal of provider.Event, by whatever name provider was imported.
func eventsMade(path string) []int {
	set := token.NewFileSet()
	file, _ := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	name := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"gatehouse/provider"` {
			name = "provider"
			if i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	var lines []int
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if s, ok := literal.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Event" {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name && name != "" {
				lines = append(lines, set.Position(literal.Pos()).Line)
			}
		}
		return true
	})
	return lines
}
