package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gatehouse/provider"
)

// browsers is about what other pages, other browsers and other people can have a browser do.
func browsers() []probe {
	return []probe{
		{"session fixation", "a session's cookie that somebody else chose, or has: it is not the session of who signs in", "same-session", false, fixation},
		{"forms of other sites", "each form with foreign, missing or sub-domain origins: refused", "any-origin", false, crossSite},
		{"tickets", "a consent without its page's ticket, with a made-up one, with somebody else's: no code", "any-ticket", false, tickets},
		{"sign-in of another browser", "the address of an attacker's sign-in under way, opened and pressed by a victim: it is not theirs", "any-browser", false, otherBrowser},
		{"Host in links", "sign-ins under another Host and forwarded names: links and pages name the issuer", "host-in-links", false, hostInLinks},
	}
}

func fixation(ctx context.Context, s *site) error {
	victim, err := s.person(ctx)
	if err != nil {
		return err
	}
	a := s.apps.records
	planted := provider.NewSecret()
	b := s.browser()
	b.cookies["__Host-session"] = planted
	if _, err := b.signIn(ctx, victim, a); err != nil {
		return err
	}
	thief := s.browser()
	thief.cookies["__Host-session"] = planted
	shown, err := thief.get(ctx, a.address("prompt", "none"))
	if err != nil {
		return err
	}
	if shown.code() != "" {
		return broken("a session has the secret that somebody else chose")
	}
	return s.fixedByOwn(ctx, victim)
}

// fixedByOwn has the victim sign in where the attacker is signed in: the attacker's copy stays the attacker's, or is nobody's.
func (s *site) fixedByOwn(ctx context.Context, victim *person) error {
	a := s.apps.records
	b, t, err := s.signedIn(ctx, a)
	if err != nil {
		return err
	}
	copied := b.twin()
	shown, err := b.get(ctx, a.address("prompt", "login"))
	if err != nil {
		return err
	}
	if change, err := shown.form("/switch"); err == nil {
		if shown, err = b.press(ctx, change, nil); err != nil {
			return err
		}
	}
	f, err := shown.form("/password")
	if err != nil {
		return err
	}
	f = f.with("username", victim.username, "password", thePass)
	if shown, err = untilRoom(ctx, func() (page, error) { return b.press(ctx, f, nil) }); err != nil {
		return err
	}
	if shown.code() == "" {
		return errors.New("the victim does not get in: " + shown.title())
	}
	after, err := copied.get(ctx, a.address("prompt", "none"))
	if err != nil || after.code() == "" {
		return err
	}
	now, ok, err := s.redeem(ctx, a, after.code())
	if ok && now.subject != t.subject {
		return broken("the attacker's session became the victim's")
	}
	return err
}

// foreign are the headers of forms that no page of ours sent.
func foreign() []http.Header {
	of := func(origin, site string) http.Header {
		h := http.Header{"Origin": {origin}, "Sec-Fetch-Site": {site}}
		if site == "" {
			h["Sec-Fetch-Site"] = nil
		}
		return h
	}
	return []http.Header{
		of("https://evil.example", ""), of("https://evil.example", "cross-site"), of("null", ""), of("null", "cross-site"),
		of("https://app.id.example.org", "same-site"), of("https://app.id.example.org", ""), of("https://example.org", "same-site"),
		of("http://id.example.org.evil.example", ""), of(issuer+":8443", "same-site"), of(issuer+".", "cross-site"),
	}
}

func crossSite(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	b := s.browser()
	shown, err := b.get(ctx, s.apps.diary.address())
	if err != nil {
		return err
	}
	f, err := shown.form("/password")
	if err != nil {
		return err
	}
	f = f.with("username", p.username, "password", thePass)
	if err := b.refusesFrom(ctx, f); err != nil {
		return err
	}
	if shown, err = untilRoom(ctx, func() (page, error) { return b.press(ctx, f, nil) }); err != nil {
		return err
	}
	allow, err := shown.form("/consent")
	if err != nil {
		return err
	}
	if err := b.refusesFrom(ctx, allow.with("choice", "allow")); err != nil {
		return err
	}
	if shown, err = b.press(ctx, allow.with("choice", "allow"), nil); err != nil || shown.code() == "" {
		return errors.Join(errors.New("our own page is refused: "+shown.title()), err)
	}
	if shown, err = b.get(ctx, "/logout"); err != nil {
		return err
	}
	out, err := shown.form("/logout/confirm")
	if err != nil {
		return err
	}
	return b.refusesFrom(ctx, out)
}

// refusesFrom sends a form as other sites would have it sent.
func (b *browser) refusesFrom(ctx context.Context, f form) error {
	for _, headers := range foreign() {
		got, err := b.once(ctx, http.MethodPost, f.action, f.fields, headers)
		if err != nil {
			return err
		}
		if got.status != http.StatusForbidden {
			return broken("%s from %v: %d", f.action[strings.LastIndexByte(f.action, '/'):], headers["Origin"], got.status)
		}
	}
	return nil
}

// atConsent is somebody before the question whether an application may know them.
func (s *site) atConsent(ctx context.Context) (*browser, form, error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, form{}, err
	}
	b := s.browser()
	shown, err := b.typed(ctx, s.apps.diary, p.username, thePass)
	if err != nil {
		return nil, form{}, err
	}
	f, err := shown.form("/consent")
	return b, f.with("choice", "allow"), err
}

func tickets(ctx context.Context, s *site) error {
	b, f, err := s.atConsent(ctx)
	if err != nil {
		return err
	}
	_, others, err := s.atConsent(ctx)
	if err != nil {
		return err
	}
	missing := f.with()
	missing.fields.Del("ticket")
	for what, attempt := range map[string]form{
		"no": missing, "an empty": f.with("ticket", ""), "a made-up": f.with("ticket", provider.NewSecret()),
		"somebody else's": f.with("ticket", others.fields.Get("ticket")), "a changed": f.with("ticket", another(f.fields.Get("ticket")+"0")),
	} {
		got, err := b.twin().once(ctx, http.MethodPost, attempt.action, attempt.fields, nil)
		if err != nil {
			return err
		}
		if (page{answer: got}).code() != "" || strings.Contains(leads(got), "code=") {
			return broken("a consent with %s ticket was taken", what)
		}
	}
	shown, err := b.press(ctx, f, nil)
	if err == nil && shown.code() == "" {
		err = errors.New("the right ticket is refused: " + shown.title())
	}
	return err
}

func otherBrowser(ctx context.Context, s *site) error {
	attacker, f, err := s.atConsent(ctx)
	if err != nil {
		return err
	}
	victim := s.browser()
	if _, err := victim.get(ctx, s.apps.records.address()); err != nil { // so that it has a cookie of its own
		return err
	}
	shown, err := victim.twin().get(ctx, f.ceremony())
	if err != nil {
		return err
	}
	if _, err := shown.form("/consent"); err == nil {
		return broken("the victim sees the attacker's sign-in")
	}
	if shown, err = victim.press(ctx, f, nil); err != nil {
		return err
	}
	if shown.code() != "" {
		return broken("the victim is signed in as the attacker")
	}
	shown, err = attacker.press(ctx, f, nil)
	if err == nil && shown.code() == "" {
		err = errors.New("the one whose sign-in it is is refused: " + shown.title())
	}
	return err
}

func hostInLinks(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	const evil = "evil.example"
	more := http.Header{
		"Host": {evil}, "X-Forwarded-Host": {evil}, "X-Forwarded-Proto": {"http"}, "Forwarded": {"for=192.0.2.1;host=" + evil + ";proto=http"},
		"X-Original-Host": {evil}, "X-Host": {evil}, "X-Forwarded-Server": {evil}, "X-Original-Url": {"//" + evil + "/"}, "X-Rewrite-Url": {"/evil"},
	}
	b := s.browser()
	b.host, b.extra = evil, more
	for _, path := range []string{"/.well-known/openid-configuration", s.apps.records.address(), "/signin", "/account", "/help", "/logout", "/nowhere"} {
		got, err := b.once(ctx, http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		if strings.Contains(got.body+leads(got), evil) {
			return broken("%s names the Host of the request", path)
		}
	}
	link, err := s.paused(ctx, p, more)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(link, issuer+"/") {
		return broken("the link of a message leads to %s", strings.TrimSuffix(link, link[len("https://"+evil):]))
	}
	return nil
}
