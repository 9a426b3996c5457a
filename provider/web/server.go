package web

import (
	"net/http"
	"time"
)

// NewServer is an http.Server that no slow or greedy caller can hold up. The write time-out is above the time-out of
// handlers, so that a late answer is still an answer. How many connections there may be is Connections.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: 100,              // a browser has some twenty at once
			SendPingTimeout:      30 * time.Second, // who is silent that long is asked,
			PingTimeout:          10 * time.Second, // and cut off without an answer
			WriteByteTimeout:     10 * time.Second, // also who does not read
		},
	}
}
