package web

import (
	"net/http"
	"time"
)

// NewServer is an http.Server that no slow or greedy caller can hold up. The write time-out is above the time-out of
// handlers, so that a late answer is still an answer.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}
