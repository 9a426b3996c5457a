package oidc

import (
	"errors"
	"net/http"

	"github.com/ory/fosite"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// oauthError is an error of RFC 6749 as it leaves the house: a standard code and a sentence without hints.
type oauthError struct {
	code   string
	detail string // for the log
	cause  error
}

func (e *oauthError) Error() string { return e.code + ": " + e.detail }
func (e *oauthError) Unwrap() error { return e.cause }

func fail(code, detail string) *oauthError { return &oauthError{code: code, detail: detail} }

// descriptions are what error_description says: ASCII without quotes, for developers, the same whatever the cause.
var descriptions = map[string]string{
	"invalid_request":                   "The request lacks a parameter, repeats one, or has one that cannot be read.",
	"invalid_client":                    "Client authentication did not succeed.",
	"invalid_grant":                     "The code or token is used, expired, revoked, or was issued to another client.",
	"unauthorized_client":               "This client is not registered for this grant type.",
	"unsupported_grant_type":            "This grant type is not supported.",
	"unsupported_response_type":         "Only response_type=code is supported.",
	"invalid_scope":                     "The client may not ask for one of these scopes, or the grant does not have it.",
	"access_denied":                     "The person did not allow it.",
	"login_required":                    "The person is not signed in as the request asks.",
	"consent_required":                  "The person has not yet allowed this.",
	"interaction_required":              "The person must see a page first.",
	"account_selection_required":        "The person must choose an account first.",
	"unmet_authentication_requirements": "This account cannot be signed in at the level asked for.",
	"request_not_supported":             "The request parameter is not supported.",
	"request_uri_not_supported":         "The request_uri parameter is not supported.",
	"registration_not_supported":        "The registration parameter is not supported.",
	"temporarily_unavailable":           "Try again in a few seconds.",
	"server_error":                      "Something went wrong on our side.",
}

// asOAuth finds the standard error in whatever fosite or we returned.
func asOAuth(err error) *oauthError {
	var ours *oauthError
	var shut provider.Shut
	var store errStore
	var theirs *fosite.RFC6749Error
	switch {
	case errors.As(err, &store), errors.Is(err, provider.ErrUnavailable): // first: what a refusal was to write is not written
		return &oauthError{code: "temporarily_unavailable", detail: "store", cause: err}
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &shut):
		return &oauthError{code: shutCode(shut), detail: string(shut), cause: err}
	case errors.As(err, &theirs):
		return fromFosite(theirs)
	default:
		return &oauthError{code: "server_error", detail: "unexpected", cause: err}
	}
}

func shutCode(why provider.Shut) string {
	if why == provider.ShutClient {
		return "invalid_client"
	}
	return "invalid_grant"
}

// fromFosite keeps standard codes and translates fosite's own ones; store failures that it wrapped come out again.
func fromFosite(err *fosite.RFC6749Error) *oauthError {
	var store errStore
	if cause := err.Cause(); cause != nil && errors.As(cause, &store) {
		return &oauthError{code: "temporarily_unavailable", detail: "store", cause: cause}
	}
	code := err.ErrorField
	switch code {
	case "invalid_state", "insufficient_entropy", "request_forbidden", "unsupported_response_mode":
		code = "invalid_request"
	case "not_found", "token_expired", "token_inactive", "error", "request_unauthorized":
		code = "invalid_grant"
	}
	if _, known := descriptions[code]; !known {
		code = "server_error"
	}
	return &oauthError{code: code, detail: "fosite: " + err.ErrorField, cause: err} // its hints quote what was sent
}

// answerError writes an error of a protocol endpoint (RFC 6749, 5.2).
func (o *OIDC) answerError(r *web.Request, err error) (web.Response, error) {
	e := asOAuth(err)
	r.Note("error", e.code)
	r.Note("error_detail", e.detail)
	body := map[string]string{"error": e.code, "error_description": descriptions[e.code]}
	response := web.JSON(body)
	response.Header = http.Header{}
	switch e.code {
	case "invalid_client":
		response.Status = http.StatusUnauthorized
		response.Header.Set("WWW-Authenticate", `Basic realm="gatehouse", charset="UTF-8"`)
	case "server_error":
		return web.Response{}, e
	case "temporarily_unavailable":
		response.Status = http.StatusServiceUnavailable
		response.Header.Set("Retry-After", "2")
	default:
		response.Status = http.StatusBadRequest
	}
	return response, nil
}
