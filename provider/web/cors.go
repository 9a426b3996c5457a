package web

import (
	"net/http"
	"strconv"
	"time"
)

// preflight answers OPTIONS for scripts of any origin. Credentials are never allowed, so a cookie never comes with it.
func (x *exchange) preflight() Response {
	return Response{Header: http.Header{
		"Allow":                        {x.place.allow},
		"Access-Control-Allow-Methods": {x.place.verbs},
		"Access-Control-Allow-Headers": {"Authorization, Content-Type, DPoP"},
		"Access-Control-Max-Age":       {"7200"},
	}}
}

// cached lets anybody keep a success; an answer that is none is not to be kept.
func cached(r Response, age time.Duration) Response {
	if r.Status != 0 && r.Status != http.StatusOK {
		return r
	}
	header := make(http.Header, len(r.Header)+2)
	header["Cache-Control"] = []string{"public, max-age=" + strconv.Itoa(int(age/time.Second))}
	header["Pragma"] = nil
	for name, values := range r.Header {
		header[name] = values
	}
	r.Header = header
	return r
}
