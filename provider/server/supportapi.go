package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
	"gatehouse/provider/support"
)

// caller reads an access token for the administration API as the house reads its own.
func (p parts) caller(ctx context.Context, token string, now time.Time) (support.Caller, error) {
	client, scopes, audience, err := p.machine(ctx, token, now)
	return support.Caller{Client: client, Scopes: scopes, Audience: audience}, err
}

// invite makes the invitation that an office's system asks for, by the rules of the command line. One that is open ends with it.
func (c Config) invite(issuer activation.Issuer) func(context.Context, support.Invite, audit.Actor, time.Time) (provider.Issue, string, error) {
	return func(ctx context.Context, in support.Invite, by audit.Actor, now time.Time) (provider.Issue, string, error) {
		day := 24 * time.Hour
		if in.Days < 0 || in.Days > int(activation.LongestLasts/day) || in.Send && in.Email == "" && in.Phone == "" {
			return provider.Issue{}, "", support.ErrInvite
		}
		phone := ""
		if in.Phone != "" {
			number, err := identifier.Phone(in.Phone)
			if err != nil {
				return provider.Issue{}, "", support.ErrInvite
			}
			phone = number
		}
		relation := provider.Relation(in.Relation)
		all, err := c.Store.ActivationsOf(ctx, strings.TrimSpace(in.Record))
		if err != nil {
			return provider.Issue{}, "", err
		}
		issued, err := issuer.Invite(activation.Invitation{
			Record: strings.TrimSpace(in.Record), Relation: relation, Lasts: time.Duration(in.Days) * day, Silent: !in.Send,
			Contact: provider.ActivationContact{Name: in.Name, Email: in.Email, Phone: phone, Lang: in.Language},
			Facts: map[activation.Fact]string{
				activation.BirthDate: in.Birthdate, activation.LastName: in.LastName, activation.ZIP: in.ZIP, activation.IDLast4: in.IDLast4,
			},
			Replaces: slices.ContainsFunc(all, func(a provider.Activation) bool { return a.Relation == relation && a.Open(now) }),
		}, by, now)
		if err != nil {
			return provider.Issue{}, "", fmt.Errorf("%w: %w", support.ErrInvite, err)
		}
		return issued.Issue, issued.Code, nil
	}
}
