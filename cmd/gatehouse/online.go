package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// online asks for the discovery document as an application would (OpenID Connect Discovery 1.0, 4).
func (c checkCmd) online(ctx context.Context) finding {
	const what = "online"
	named, err := discover(ctx, c.Issuer)
	if err != nil {
		return fix(what, err, "see that the name resolves to the proxy or server, that TLS works, and that the server runs")
	}
	if named != c.Issuer {
		return fix(what, fmt.Errorf("what answers at %s calls itself %q", c.Issuer, named), "give the running server and check the same --issuer")
	}
	return well(what, c.Issuer+" answers as itself")
}

func discover(ctx context.Context, issuer string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", request.URL, answer.Status)
	}
	var document struct {
		Issuer string `json:"issuer"`
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&document)
	if err != nil {
		return "", errors.New("the discovery document is not readable")
	}
	return document.Issuer, nil
}
