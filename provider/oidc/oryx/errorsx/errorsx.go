// Package errorsx offers the few names of github.com/ory/x/errorsx that fosite uses.
//
// Gatehouse replaces ory/x by this shim: the original brings gRPC, Jaeger, Zipkin and some twenty
// modules more into the binary, and its WithStack records a stack for each error, which fosite makes
// on every request as a matter of course (a fifth of the cost of a client_credentials grant).
package errorsx

import "errors"

// WithStack returns err as it is.
func WithStack(err error) error { return err }

// Cause returns the innermost error of a chain.
func Cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// StatusCodeCarrier is an error that knows its HTTP status.
type StatusCodeCarrier interface{ StatusCode() int }

// RequestIDCarrier is an error that knows the request it belongs to.
type RequestIDCarrier interface{ RequestID() string }

// ReasonCarrier is an error with a reason for people.
type ReasonCarrier interface{ Reason() string }

// DebugCarrier is an error with a text for developers.
type DebugCarrier interface{ Debug() string }

// StatusCarrier is an error with a status text.
type StatusCarrier interface{ Status() string }

// DetailsCarrier is an error with details.
type DetailsCarrier interface{ Details() map[string]any }
