package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/provider/server"
)

// TestE06_PlannedWork: people are told when it is over; applications go on; afterwards the door is open.
func TestE06_PlannedWork(t *testing.T) {
	h := newHouse(t, func(c *server.Config) { c.ClosedUntil = time.Now().Add(time.Hour) })
	b := h.Browser()
	p := b.Get("/account")
	if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") == "" || !strings.Contains(p.Body, "<h1") {
		t.Fatal(p.Status, p.Header)
	}
	if p := b.Get("/.well-known/openid-configuration"); p.Status != http.StatusOK {
		t.Fatal("applications must go on", p.Status)
	}
	h.Passes(time.Hour)
	if p := b.Get("/account"); p.Status != http.StatusOK {
		t.Fatal("still closed", p.Status)
	}
}
