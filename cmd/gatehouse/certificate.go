package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a pair of PEM files that is read again when it changes.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	held    *tls.Certificate
	stamp   time.Time
	checked time.Time
}

// certificateChecked is how often the files are looked at.
const certificateChecked = 10 * time.Second

func readCertificate(cert, key string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	return &pair, nil
}

// config is what listeners need.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: c.get}
}

// get answers the newest pair that could be read; one that cannot be is logged and passed over.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.held != nil && now.Sub(c.checked) < certificateChecked {
		return c.held, nil
	}
	c.checked = now
	stamp := newest(c.cert, c.key)
	if c.held != nil && stamp.Equal(c.stamp) {
		return c.held, nil
	}
	pair, err := readCertificate(c.cert, c.key)
	if err != nil && c.held != nil {
		c.log.Error("the new certificate cannot be read; the old one stays", "error", err.Error())
		return c.held, nil
	}
	if err != nil {
		return nil, err
	}
	c.held, c.stamp = pair, stamp
	return pair, nil
}

// newest is when the last of the files changed.
func newest(paths ...string) time.Time {
	var last time.Time
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}
