package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// protocol is about what applications, or those who play them, say.
func protocol() []probe {
	return []probe{
		{"redirect addresses", "40 variants of a registered address, at the beginning, at the end and at sign-out: nobody is sent there", "any-redirect", false, redirects},
		{"PKCE", "no challenge, a plain one, no verifier, a wrong one, then the right one; the code of another application: no tokens", "any-verifier", false, pkce},
		{"forged tokens", "no signature, the public key as a secret, keys of our own, header tricks, other typ: nothing is believed", "any-signature", false, forged},
		{"forged hint", "an ID token of our own making at sign-out: the session goes on", "any-signature", false, forgedHint},
	}
}

// variants are addresses that are not https://records.example/cb, though somebody may think so.
func variants() []string {
	return []string{
		"https://records.example/cb/", "https://records.example/cb/../cb", "https://records.example/./cb", "https://records.example//cb",
		"https://records.example/cb?x=1", "https://records.example/cb?", "https://records.example/cb#", "https://records.example/cb#x",
		"https://records.example/CB", "https://RECORDS.example/cb", "HTTPS://records.example/cb", "https://records.example:443/cb",
		"https://records.example./cb", "http://records.example/cb", "https://records.example/c%62", "https://records.example/cb%20",
		"https://records.example/cb ", " https://records.example/cb", "https://records.example/cb%00", "https://records.example/cb%0d%0aSet-Cookie:x",
		"https://records.example/cb;x", "https://records.example/cb/evil", "https://records.example", "https://records.example.evil.example/cb",
		"https://evil.example/cb", "https://evil.example/https://records.example/cb", "https://records.example@evil.example/cb",
		"https://user@records.example/cb", `https://records.example\@evil.example/cb`, `https://evil.example\records.example/cb`,
		"https://evil.example#records.example/cb", "https://evil.example?records.example/cb", "https://rеcords.example/cb", // a Cyrillic e
		"//evil.example/cb", "///evil.example/cb", `/\evil.example/cb`, "/cb", "cb", "javascript:alert(1)", "data:text/html,x",
		"https://127.0.0.1/cb", "urn:ietf:wg:oauth:2.0:oob", "com.evil.app:/cb",
	}
}

// stays reports whether an answer keeps the browser in the house, and gives nobody a code.
func stays(a answer) bool {
	to := leads(a)
	inside := to == "" || strings.HasPrefix(to, issuer+"/") || strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`)
	return inside && !strings.Contains(a.body, "evil.example/cb?") && !strings.Contains(to, "code=")
}

func redirects(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	b, a := s.browser(), s.apps.records
	code, err := b.signIn(ctx, p, a)
	if err != nil {
		return err
	}
	good := a.address()
	paths := []string{
		good + "&redirect_uri=" + url.QueryEscape("https://evil.example/cb"), a.address("redirect_uri", ""),
		strings.Replace(good, "/authorize?", "/authorize?redirect_uri="+url.QueryEscape("https://evil.example/cb")+"&", 1),
		"/signin?return_to=https://evil.example/", "/account?next=//evil.example", "//evil.example/%2e%2e", `/\evil.example`, "/%5cevil.example",
		"/signin/x?to=https://evil.example/", "/.//evil.example/..",
	}
	for _, v := range variants() {
		paths = append(paths, a.address("redirect_uri", v), a.address("redirect_uri", v, "response_mode", "form_post"), a.address("redirect_uri", v, "prompt", "none"))
	}
	for _, path := range paths {
		got, err := b.once(ctx, http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		if !stays(got) || got.status == http.StatusOK && strings.Contains(got.body, `name="code"`) {
			return broken("%s leads to %s", path, leads(got))
		}
	}
	for _, v := range variants() {
		got, err := s.browser().once(ctx, http.MethodGet, "/logout?"+url.Values{"client_id": {a.ID}, "post_logout_redirect_uri": {v}}.Encode(), nil, nil)
		if err != nil {
			return err
		}
		if !stays(got) {
			return broken("signing out leads to %s", leads(got))
		}
	}
	_, ok, err := s.tokens(ctx, a, "grant_type", "authorization_code", "code", code, "redirect_uri", "https://evil.example/cb", "code_verifier", verifier)
	if ok {
		return broken("a code was redeemed with another redirect address")
	}
	return err
}

func pkce(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	for _, a := range []app{s.apps.records, s.apps.phone} {
		b := s.browser()
		if _, err := b.signIn(ctx, p, a); err != nil {
			return err
		}
		for _, pairs := range [][]string{
			{"code_challenge", "", "code_challenge_method", ""}, {"code_challenge", ""}, {"code_challenge_method", ""},
			{"code_challenge_method", "plain"}, {"code_challenge_method", "s256"}, {"code_challenge", verifier, "code_challenge_method", "plain"},
			{"code_challenge", "x"},
		} {
			shown, err := b.get(ctx, a.address(pairs...))
			if err != nil {
				return err
			}
			if shown.code() != "" {
				return broken("%s got a code for %v", a.ID, pairs)
			}
		}
		if err := b.verifiers(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// verifiers shows codes with verifiers that are none of theirs.
func (b *browser) verifiers(ctx context.Context, a app) error {
	s := b.site
	for _, shownWith := range []string{"", "x", verifier[1:], verifier + "x", strings.ToLower(verifier), challenge} {
		silent, err := b.get(ctx, a.address("prompt", "none"))
		if err != nil {
			return err
		}
		if silent.code() == "" {
			return errors.New("no silent sign-on: " + silent.title())
		}
		pairs := []string{"grant_type", "authorization_code", "code", silent.code(), "redirect_uri", a.RedirectURIs[0]}
		if shownWith != "" {
			pairs = append(pairs, "code_verifier", shownWith)
		}
		if _, ok, err := s.tokens(ctx, a, pairs...); ok || err != nil {
			return orBroken(err, "%s got tokens with the verifier %q", a.ID, shownWith)
		}
		if _, ok, err := s.redeem(ctx, a, silent.code()); ok || err != nil {
			return orBroken(err, "%s got tokens for a code that a wrong verifier had burnt", a.ID)
		}
	}
	silent, err := b.get(ctx, a.address("prompt", "none"))
	if err != nil {
		return err
	}
	other := s.apps.diary
	_, ok, err := s.tokens(ctx, other, "grant_type", "authorization_code", "code", silent.code(), "redirect_uri", a.RedirectURIs[0], "code_verifier", verifier)
	if ok {
		return broken("%s redeemed a code of %s", other.ID, a.ID)
	}
	return err
}
