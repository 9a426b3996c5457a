package oidc

import (
	"errors"
	"testing"
	"time"
)

// TestAQueryIsNoReturn: nobody brings from outside what only we write, even if a server in between let a space through.
func TestAQueryIsNoReturn(t *testing.T) {
	p := pushed{mark: "mark", at: time.Unix(1_900_000_000, 0)}
	ret := p.returning("client_id=a&x=pushed 1 y z")
	if got, query := readReturn(ret); got != p || query != "client_id=a&x=pushed 1 y z" {
		t.Errorf("%+v %q", got, query)
	}
	var page *pageFault
	if _, err := new(OIDC).returned(t.Context(), ret, time.Unix(0, 0)); !errors.As(err, &page) {
		t.Errorf("taken: %v", err)
	}
	if got, query := readReturn("client_id=a"); got.is() || query != "client_id=a" {
		t.Errorf("%+v %q", got, query)
	}
}
