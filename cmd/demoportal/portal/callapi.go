package portal

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"golang.org/x/oauth2"
)

// apiAnswer is what the API said, for the page.
type apiAnswer struct {
	Status    int
	Challenge string // WWW-Authenticate of a refusal
	Items     []apiItem
	Done      string // what was done; "" nothing
}

// callAPI asks the app's API on behalf of the person, over HTTP as any other
// program would, and renews the access token first where it is over.
func (a *app) callAPI(w http.ResponseWriter, r *http.Request) error {
	s := a.browser(r)
	if s == nil {
		return a.goHome(w, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person == nil {
		return a.goHome(w, r)
	}
	err := a.renew(r.Context(), s, s.token)
	if err != nil {
		return a.endIfRevoked(w, r, s, err)
	}
	s.answer, err = a.fetchItems(r.Context(), s.token)
	if err != nil {
		return apiAway(err)
	}
	return a.goHome(w, r)
}

func (a *app) fetchItems(ctx context.Context, token *oauth2.Token) (*apiAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.home(a.cfg.Base)+"api/items", nil)
	if err != nil {
		return nil, err
	}
	response, err := a.bearerClient(ctx, token).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer := &apiAnswer{Status: response.StatusCode, Challenge: response.Header.Get("WWW-Authenticate")}
	if response.StatusCode != http.StatusOK {
		return answer, nil
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(answer)
	return answer, err
}
