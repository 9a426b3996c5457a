package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestRevokedWhileItIsUsed: an invitation that is revoked between the reading of it and its use is not used.
func TestRevokedWhileItIsUsed(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	e := provider.Event{At: noon(), Kind: "tried"}
	ada := provider.Account{ID: "ada", CreatedAt: noon()}
	invited := provider.Activation{ID: "invited", CodeHash: []byte("code"), Record: "MRN", Relation: provider.Self, IssuedAt: noon(), ExpiresAt: noon().Add(time.Hour)}
	issued := s.IssueActivations(t.Context(), []provider.Issue{{Activation: invited, Event: e}})
	if err := errors.Join(issued, s.CreateAccount(t.Context(), ada, nil, e)); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func(context.Context) error{
		"Activate": func(ctx context.Context) error {
			return s.Activate(ctx, "invited", noon(), provider.Account{ID: "bob"}, nil, e)
		},
		"JoinRecord": func(ctx context.Context) error { return s.JoinRecord(ctx, "invited", noon(), ada.ID, e) },
	} {
		execute(t, s, `UPDATE activations SET revoked_at = NULL, used_at = NULL`)
		err := whileHeld(t, s, `UPDATE activations SET revoked_at = 1`, use)
		if !errors.Is(err, provider.ErrUsed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
