package server_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	_ "modernc.org/sqlite"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// TestRFC7636_Matrix: what was sent with the request must be shown with the code, and nothing else will do.
func TestRFC7636_Matrix(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	free := h.App("free", noPKCE)
	challenge := oauth2.S256ChallengeFromVerifier(a.Verifier)
	b := h.Browser()
	for name, verifier := range map[string]string{
		"missing": "-", "empty": "", "wrong": oauth2.GenerateVerifier(), "the challenge itself": challenge, "short": a.Verifier[:42],
		"long": strings.Repeat("a", 129), "odd characters": strings.Repeat("é", 43), "blank": strings.Repeat(" ", 43), "with a line break": a.Verifier + "\n",
	} {
		code := a.Code(b)
		if got := a.Redeem(code, "code_verifier", verifier); got.Status != 400 || !slices.Contains([]string{"invalid_grant", "invalid_request"}, got.Str("error")) {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
		a.Redeem(code).Is(400, "invalid_grant") // the wrong try has burned it
	}
	a.Redeem(a.Code(b)).Is(200, "")

	noChallenge := []string{"code_challenge", "-", "code_challenge_method", "-"}
	free.Redeem(free.Code(b, noChallenge...), "code_verifier", "-").Is(200, "")
	free.Redeem(free.Code(b, noChallenge...)).Is(400, "invalid_grant") // a verifier without a challenge (RFC 9700, 2.1.1)
	free.Redeem(free.Code(b)).Is(200, "")
	code := free.Code(b)
	free.Redeem(code, "code_verifier", "-").Is(400, "invalid_grant") // downgraded
	free.Redeem(code).Is(400, "invalid_grant")
	free.Refused(b.Get(free.Ask("code_challenge_method", "plain")), "invalid_request")
}

// TestRFC7636_WrongThenNone: leaving the verifier out after a wrong one does not help.
func TestRFC7636_WrongThenNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("records"), h.App("free", noPKCE), h.App("phone", public)} {
		code := a.Code(h.Browser())
		a.Redeem(code, "code_verifier", oauth2.GenerateVerifier()).Is(400, "invalid_grant")
		a.Redeem(code, "code_verifier", "-").Is(400, "invalid_grant")
		a.Redeem(code).Is(400, "invalid_grant")
	}
}

// TestRFC6749_4_1_3_CodeBinding: a code is of one client and one redirect URI, and lives for a minute.
func TestRFC6749_4_1_3_CodeBinding(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", func(c *provider.Client) { c.RedirectURIs = append(c.RedirectURIs, "https://records.example/other") })
	thief := h.App("thief")
	b := h.Browser()
	for name, redeem := range map[string]func(code string) *answer{
		"other client": func(code string) *answer {
			return thief.Redeem(code, "code_verifier", a.Verifier, "redirect_uri", a.Client.RedirectURIs[0])
		},
		"other address":     func(code string) *answer { return a.Redeem(code, "redirect_uri", "https://records.example/other") },
		"address in parts":  func(code string) *answer { return a.Redeem(code, "redirect_uri", "https://records.example/c") },
		"without address":   func(code string) *answer { return a.Redeem(code, "redirect_uri", "-") },
		"expired":           func(code string) *answer { h.Passes(60 * time.Second); return a.Redeem(code) },
		"of another making": func(code string) *answer { return a.Redeem(code + "x") },
		"in parts":          func(code string) *answer { return a.Redeem(code[:20]) },
		"empty":             func(string) *answer { return a.Redeem("") },
		"none":              func(string) *answer { return a.Redeem("-") },
	} {
		t.Run(name, func(t *testing.T) {
			got := redeem(a.Code(b))
			if got.Status != 400 || !strings.HasPrefix(got.Str("error"), "invalid_") || got.JSON["access_token"] != nil {
				t.Errorf("answered %d %s", got.Status, got.Raw)
			}
		})
	}
	code := a.Code(b)
	h.Passes(58 * time.Second)
	a.Redeem(code).Is(200, "")
}

// TestRFC6749_4_1_2_CodeReplay: the second use is refused and takes everything with it that came from the first.
func TestRFC6749_4_1_2_CodeReplay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for _, wait := range []time.Duration{0, 30 * time.Second, 2 * time.Minute} {
		b := h.Browser()
		code := a.Code(b, "scope", "openid offline_access")
		tokens := a.Redeem(code).Is(200, "")
		access, refresh := tokens.Str("access_token"), tokens.Str("refresh_token")
		h.Userinfo(access).Is(200, "")
		h.Passes(wait)
		a.Redeem(code).Is(400, "invalid_grant")
		h.Userinfo(access).Is(401, "invalid_token")
		if a.Active(access) || a.Active(refresh) {
			t.Errorf("after %v tokens of the replayed code are active", wait)
		}
		a.Refresh(refresh).Is(400, "invalid_grant")
		a.Redeem(code).Is(400, "invalid_grant")
	}
}

// TestOneAtomicConsume_Code: of fifty at once one wins, the others get invalid_grant, and the family dies of it.
func TestOneAtomicConsume_Code(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("records"), h.App("phone", public)} {
		code := a.Code(h.Browser(), "scope", "openid offline_access")
		all := AtOnce(50, func() *answer { return a.Redeem(code) })
		if got := statuses(all); got["OK "] != 1 || got["Bad Request invalid_grant"] != 49 {
			t.Errorf("fifty redemptions: %v", got)
		}
		won := all[slices.IndexFunc(all, func(a *answer) bool { return a.Status == 200 })]
		h.Userinfo(won.Str("access_token")).Is(401, "invalid_token")
		a.Refresh(won.Str("refresh_token")).Is(400, "invalid_grant")
	}
}

// offline signs Ana in and returns a refresh token that outlives her session.
func (a *app) offline(b *browser) string {
	a.t.Helper()
	return a.Tokens(b, "scope", "openid email offline_access").Str("refresh_token")
}

// TestRFC9700_4_14_2_Rotation: a public client's token brings its successor once more for 30 s, and what is older kills the family.
func TestRFC9700_4_14_2_Rotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("phone", public)
	b := h.Browser()
	first := a.offline(b)
	second := a.Refresh(first).Is(200, "").Str("refresh_token")
	if first == second {
		t.Fatal("it did not rotate")
	}
	h.Passes(20 * time.Second)
	if again := a.Refresh(first).Is(200, "").Str("refresh_token"); again != second {
		t.Error("within the grace it brought another successor")
	}
	h.Passes(11 * time.Second) // 31 s after the rotation: a repeat has not renewed the grace
	access := a.Refresh(second).Is(200, "")
	h.Passes(time.Second)
	a.Refresh(first).Is(400, "invalid_grant") // two generations old
	a.Refresh(access.Str("refresh_token")).Is(400, "invalid_grant")
	h.Userinfo(access.Str("access_token")).Is(401, "invalid_token")

	late := a.offline(b)
	next := a.Refresh(late).Is(200, "")
	h.Passes(30 * time.Second)
	a.Refresh(late).Is(400, "invalid_grant")
	a.Refresh(next.Str("refresh_token")).Is(400, "invalid_grant")
	h.Userinfo(next.Str("access_token")).Is(401, "invalid_token")
}

// TestRefresh_FiftyAtOnce: one generation step, and whoever gets an answer gets the same successor.
func TestRefresh_FiftyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("phone", public), h.App("rotating", rotates)} {
		token := a.offline(h.Browser())
		all := AtOnce(50, func() *answer { return a.Refresh(token) })
		if got := statuses(all); got["OK "] != 50 {
			t.Errorf("fifty refreshes: %v", got)
		}
		next := map[string]bool{}
		for _, got := range all {
			next[got.Str("refresh_token")] = true
		}
		if len(next) != 1 || next[token] {
			t.Errorf("%d different successors", len(next))
		}
		if n := h.number(t, "SELECT max(generation) FROM grants WHERE client = ?", a.Client.ID); n != 1 {
			t.Errorf("generation %d, want 1", n)
		}
	}
}

// number asks the database itself, beside the house.
func (h *house) number(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	h.read(t, &n, query, args...)
	return n
}

func (h *house) read(t *testing.T, into any, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "gatehouse.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	must(t, err)
	defer func() { _ = db.Close() }()
	must(t, db.QueryRow(query, args...).Scan(into))
}

// TestRefresh_AheadOfTheRow: after a restore the token is newer than the row: refused, and nobody is blamed.
func TestRefresh_AheadOfTheRow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("phone", public)
	first := a.offline(h.Browser())
	second := a.Refresh(first).Is(200, "").Str("refresh_token")
	third := a.Refresh(second).Is(200, "").Str("refresh_token")
	h.exec("UPDATE grants SET generation = 1")
	a.Refresh(third).Is(400, "invalid_grant")
	a.Refresh(second).Is(200, "") // the grant lives
}

// exec changes the database behind the house's back, as a restore does.
func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "gatehouse.db")+"?_pragma=busy_timeout(5000)")
	must(h.t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec(query, args...)
	must(h.t, err)
}

// TestRefresh_Confidential: a client that proves who it is keeps its token, unless it is set to rotate; then the
// predecessor is good until the successor was used.
func TestRefresh_Confidential(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	token := a.offline(h.Browser())
	for range 3 {
		h.Passes(time.Hour)
		if next := a.Refresh(token).Is(200, "").Str("refresh_token"); next != token {
			t.Fatal("it rotated")
		}
	}
	r := h.App("rotating", rotates)
	first := r.offline(h.Browser())
	second := r.Refresh(first).Is(200, "").Str("refresh_token")
	h.Passes(time.Hour)
	if again := r.Refresh(first).Is(200, "").Str("refresh_token"); again != second || second == first {
		t.Error("the predecessor brought another successor")
	}
	third := r.Refresh(second).Is(200, "").Str("refresh_token")
	r.Refresh(first).Is(400, "invalid_grant")
	r.Refresh(third).Is(400, "invalid_grant")
	h.Passes(181 * 24 * time.Hour)
	a.Refresh(token).Is(400, "invalid_grant") // the absolute end
}

// TestRFC6749_6_Scope: less on request, never more; the refresh token keeps what was granted.
func TestRFC6749_6_Scope(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("records"), h.App("phone", public)} {
		token := a.offline(h.Browser())
		less := a.Refresh(token, "scope", "openid").Is(200, "")
		if less.Str("scope") != "openid" {
			t.Errorf("narrowed to %q", less.Str("scope"))
		}
		if info := h.Userinfo(less.Str("access_token")); info.JSON["email"] != nil {
			t.Errorf("the narrow token still tells %s", info.Raw)
		}
		token = less.Str("refresh_token")
		for _, more := range []string{"openid phone", "phone", "openid email offline_access admin"} {
			a.Refresh(token, "scope", more).Is(400, "invalid_scope")
		}
		whole := a.Refresh(token).Is(200, "")
		if whole.Str("scope") != "email offline_access openid" {
			t.Errorf("afterwards %q", whole.Str("scope"))
		}
		if got := a.Refresh(whole.Str("refresh_token"), "scope", "email").Is(200, ""); got.JSON["id_token"] != nil {
			t.Error("an ID token without openid")
		}
	}
}

// TestCore_12_2_RefreshedIDToken: a new iat, the same person, party and auth_time, and no nonce.
func TestCore_12_2_RefreshedIDToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("records"), h.App("phone", public)} {
		tokens := a.Tokens(h.Browser(), "scope", "openid offline_access")
		h.Passes(7 * time.Minute)
		next := a.Refresh(tokens.Str("refresh_token")).Is(200, "")
		_, was := a.Verified(tokens.Str("id_token"))
		id, is := a.Verified(next.Str("id_token"))
		must(t, id.VerifyAccessToken(next.Str("access_token")))
		for _, name := range []string{"iss", "sub", "aud", "azp", "auth_time", "acr", "sid"} {
			if was[name] != is[name] {
				t.Errorf("%s was %v, is %v", name, was[name], is[name])
			}
		}
		if is["iat"].(float64) < was["iat"].(float64)+400 || is["nonce"] != nil || was["nonce"] != "n-1" {
			t.Errorf("iat %v, then %v; nonce %v", was["iat"], is["iat"], is["nonce"])
		}
	}
}

// TestRefresh_OtherClient: another client's use is refused, and does the owner no harm.
func TestRefresh_OtherClient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, thief, pub := h.App("records"), h.App("thief"), h.App("phone", public)
	token := a.offline(h.Browser())
	thief.Refresh(token).Is(400, "invalid_grant")
	pub.Refresh(token).Is(400, "invalid_grant")
	a.Refresh(token).Is(200, "")
	for _, bad := range []string{"", "-", "garbage", "ghr_", "ghr_AAAA", token + "A", token[:len(token)-1], token + "\n", " " + token, strings.ToUpper(token), "ghr_" + strings.Repeat("A", 5000)} {
		if got := a.Refresh(bad); got.Status != 400 || !strings.HasPrefix(got.Str("error"), "invalid_") {
			t.Errorf("token %.30q: %d %s", bad, got.Status, got.Raw)
		}
	}
	a.Refresh(token).Is(200, "")
}

// TestRefresh_TenThousandAddNoRow counts all rows of the database before and after.
func TestRefresh_TenThousandAddNoRow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	r := h.App("phone", public)
	plain := []string{"scope", "email offline_access"} // without ID tokens, whose RSA signatures would be most of the time
	token, rotating := a.Tokens(h.Browser(), plain...).Str("refresh_token"), r.Tokens(h.Browser(), plain...).Str("refresh_token")
	var tables string
	h.read(t, &tables, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
	count := func() map[string]int {
		rows := map[string]int{}
		for table := range strings.SplitSeq(tables, ",") {
			rows[table] = h.number(t, "SELECT count(*) FROM "+table)
		}
		return rows
	}
	if !strings.Contains(tables, "grants") || !strings.Contains(tables, "events") {
		t.Fatalf("tables %s", tables)
	}
	before := count()
	for i := range refreshes {
		if i%10 == 0 {
			rotating = r.Refresh(rotating).Is(200, "").Str("refresh_token")
			continue
		}
		if got := a.Refresh(token); got.Status != 200 {
			t.Fatalf("refresh %d: %s", i, got.Raw)
		}
	}
	for table, n := range count() {
		if n != before[table] {
			t.Errorf("%s had %d rows, has %d", table, before[table], n)
		}
	}
}

// TestSessionEnded: grants bound to the session die with it; those with offline_access live until they are revoked.
func TestSessionEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	bound, away := a.Tokens(b), a.Tokens(b, "scope", "openid offline_access")
	_, claims := a.Verified(bound.Str("id_token"))
	session, err := h.Store.Session(context.Background(), claims["sid"].(string))
	must(t, err)
	_, err = h.Store.EndSession(context.Background(), session.ID, "by_staff", h.now(), audit.SessionEnded(h.now(), session, "by_staff"))
	must(t, err)
	h.Userinfo(bound.Str("access_token")).Is(401, "invalid_token")
	a.Refresh(bound.Str("refresh_token")).Is(400, "invalid_grant")
	if a.Active(bound.Str("access_token")) || a.Active(bound.Str("refresh_token")) {
		t.Error("bound tokens outlive the session")
	}
	h.Userinfo(away.Str("access_token")).Is(200, "")
	a.Refresh(away.Str("refresh_token")).Is(200, "")
	if p := b.Get(a.Ask()).Shows(t, 200, `name="password"`); strings.Contains(p.Body, "so we signed you out") {
		t.Error("who was ended by staff is told that she was away")
	}

	c := h.Browser()
	bound, away = a.Tokens(c), a.Tokens(c, "scope", "openid offline_access")
	h.Passes(11*time.Hour + 59*time.Minute)
	a.Refresh(bound.Str("refresh_token")).Is(200, "") // idle at Gatehouse is not idle in the application
	h.Passes(time.Minute)
	a.Refresh(bound.Str("refresh_token")).Is(400, "invalid_grant")
	a.Refresh(away.Str("refresh_token")).Is(200, "")
}
