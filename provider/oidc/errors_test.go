package oidc

import (
	"errors"
	"testing"

	"gatehouse/provider"
)

// TestARefusalThatCouldNotBeWrittenIsNoRefusal: a replayed code whose family could not be revoked, since the store was away,
// is answered so that the caller comes again.
func TestARefusalThatCouldNotBeWrittenIsNoRefusal(t *testing.T) {
	refused := fail("invalid_grant", "code redeemed meanwhile")
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"refused":            {refused, "invalid_grant"},
		"refused and lost":   {errors.Join(refused, errStore{errors.New("gone")}), "temporarily_unavailable"},
		"refused, store off": {errors.Join(refused, provider.ErrUnavailable), "temporarily_unavailable"},
	} {
		if got := asOAuth(c.err).code; got != c.code {
			t.Errorf("%s: %s, want %s", name, got, c.code)
		}
	}
}
