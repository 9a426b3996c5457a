package signin

import (
	"context"
	"net/http/httptest"
	"testing"

	"gatehouse/provider/web"
)

// TestSteadily: a form is worked off although its sender has hung up, and not for ever; what comes after sees the request as
// it was.
func TestSteadily(t *testing.T) {
	gone, hangUp := context.WithCancel(context.Background())
	hangUp()
	r := &web.Request{HTTP: httptest.NewRequest("POST", "/signin/x/text", nil).WithContext(gone)}
	was := r.HTTP
	_, err := steadily(func(r *web.Request) (web.Response, error) {
		if r.Context().Err() != nil {
			t.Error("the work ends with the connection")
		}
		if _, bounded := r.Context().Deadline(); !bounded {
			t.Error("the work may last for ever")
		}
		return web.Response{}, nil
	})(r)
	if err != nil || r.HTTP != was {
		t.Errorf("%v, %v", err, r.HTTP == was)
	}
}
