package notify

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"gatehouse/provider/egress"
)

// TestTwilioIsAskedByTheGuardedWay: where its name leads within (a broken resolver, a hosts file that somebody changed), it is
// not met, and the credentials go nowhere.
func TestTwilioIsAskedByTheGuardedWay(t *testing.T) {
	made, err := NewTwilio(TwilioConfig{
		Account: "AC00000000000000000000000000000000", AuthToken: "secret", TextFrom: "+15550100", Issuer: "https://id.example.org", Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	request, err := http.NewRequest(http.MethodGet, "https://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.http.Transport.RoundTrip(request); !errors.Is(err, egress.ErrForbidden) {
		t.Fatal(err)
	}
}
