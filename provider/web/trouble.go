package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// Status is the HTTP status of each kind of Problem: the one map between the two.
func Status(kind provider.ProblemKind) int {
	switch kind {
	case provider.NotFound:
		return http.StatusNotFound
	case provider.NotAllowed, provider.Unmet, provider.Recover:
		return http.StatusForbidden
	case provider.ClosedForWork, provider.Busy:
		return http.StatusServiceUnavailable
	case provider.Limited:
		return http.StatusTooManyRequests
	case provider.BadRequest:
		return http.StatusBadRequest
	case provider.TooBig:
		return http.StatusRequestEntityTooLarge
	case provider.WrongMethod:
		return http.StatusMethodNotAllowed
	case provider.Expired:
		return http.StatusGone
	default:
		return http.StatusInternalServerError
	}
}

// kindOf says as what an error is told. Everything that is neither a Problem nor something away is Broken.
func kindOf(err error) provider.ProblemKind {
	var problem *provider.Problem
	switch {
	case errors.As(err, &problem) && Status(problem.Kind) != http.StatusInternalServerError:
		return problem.Kind
	case errors.Is(err, provider.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return provider.Busy
	default:
		return provider.Broken
	}
}

// trouble is the answer to an error: a page for people, JSON for applications.
func (x *exchange) trouble(err error) Response {
	kind := kindOf(err)
	response, wait := Response{Status: Status(kind), Header: http.Header{}}, 0
	switch kind {
	case provider.WrongMethod:
		response.Header["Allow"] = []string{x.place.allow}
	case provider.TooBig:
		response.Header["Connection"] = []string{"close"} // the rest of the body is not worth reading
	case provider.Busy, provider.Limited:
		wait = x.wait(err)
		response.Header["Retry-After"] = []string{strconv.Itoa(wait)}
	case provider.ClosedForWork:
		response.Header["Retry-After"] = []string{strconv.Itoa(x.jitter(120))}
	}
	if x.kind == Protocol {
		response.JSON = oauthError{oauthCode(kind), "See the log of Gatehouse for reference " + x.request.Reference + "."}
		return response
	}
	if x.kind == file {
		x.kind = Browser // an error is a page, and a page has a language
		x.listen()
	}
	page := templates.Trouble{Key: string(kind), At: x.request.Now, Wait: time.Duration(wait) * time.Second}
	if r := x.request.HTTP; (kind == provider.Busy || kind == provider.Limited) && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		page.Again = r.URL.RequestURI()
	}
	response.Page = page
	return response
}

// jitter spreads those who come back over four seconds, by the reference, which is random anyway.
func (x *exchange) jitter(least int) int {
	return least + int(x.request.Reference[0])%4
}

// oauthError is the error response of RFC 6749, 5.2.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// oauthCode names an error as applications know it (RFC 6749, 4.1.2.1 and 5.2).
func oauthCode(kind provider.ProblemKind) string {
	switch kind {
	case provider.BadRequest, provider.TooBig, provider.WrongMethod, provider.NotFound, provider.Expired:
		return "invalid_request"
	case provider.NotAllowed, provider.Unmet, provider.Recover:
		return "access_denied"
	case provider.Busy, provider.Limited, provider.ClosedForWork:
		return "temporarily_unavailable"
	default:
		return "server_error"
	}
}

// bland is what remains when not even the page about the trouble could be rendered.
func (x *exchange) bland() prepared {
	return prepared{
		status: http.StatusInternalServerError,
		body:   []byte("Something went wrong on our side. Reference: " + x.request.Reference + "\n"),
		kind:   "text/plain; charset=utf-8",
	}
}
