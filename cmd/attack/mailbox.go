package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"sync"
	"time"
)

// mailbox is a relay that takes every letter and keeps it.
type mailbox struct {
	listener net.Listener

	mu      sync.Mutex
	letters map[string][]string // by address: the plain text of each
}

func newMailbox() (*mailbox, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &mailbox{listener: l, letters: map[string][]string{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(conn)
		}
	}()
	return m, nil
}

func (m *mailbox) address() string { return m.listener.Addr().String() }

func (m *mailbox) close() { _ = m.listener.Close() }

// serve speaks as much SMTP as a sender needs (RFC 5321).
func (m *mailbox) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	said := textproto.NewConn(conn)
	say := func(line string) { _ = said.PrintfLine("%s", line) }
	say("220 here")
	to := ""
	for {
		line, err := said.ReadLine()
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(strings.ToUpper(rest), "TO:"), "<> ")
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := said.ReadDotBytes()
			if err != nil {
				return
			}
			m.keep(strings.ToLower(to), plain(text))
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (m *mailbox) keep(to, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters[to] = append(m.letters[to], text)
}

// plain is the text of a letter as a person reads it.
func plain(raw []byte) string {
	letter, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	body, encoding := letter.Body, letter.Header.Get("Content-Transfer-Encoding")
	kind, parameters, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err == nil && strings.HasPrefix(kind, "multipart/") {
		part, err := multipart.NewReader(body, parameters["boundary"]).NextRawPart()
		if err != nil {
			return ""
		}
		body, encoding = part, part.Header.Get("Content-Transfer-Encoding")
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(bufio.NewReader(body))
	if err != nil {
		return ""
	}
	return string(text)
}

func (m *mailbox) of(to string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.letters[to]...)
}

// letterWithin is how long a letter may take.
const letterWithin = 30 * time.Second

var (
	sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)
	wayIn     = regexp.MustCompile(`https?://[^\s"<>]+/way-in/[^\s"<>]+`)
)

// find waits for a letter to somebody that has what is looked for, in one that came after the first n.
func (m *mailbox) find(ctx context.Context, to string, n int, what *regexp.Regexp) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, letterWithin)
	defer cancel()
	for ctx.Err() == nil {
		for _, text := range m.of(to)[min(n, len(m.of(to))):] {
			if found := what.FindString(text); found != "" {
				return found, nil
			}
		}
		pause(ctx, 20*time.Millisecond)
	}
	return "", fmt.Errorf("no letter with %s came to the mailbox: %d others did", what, len(m.of(to)))
}

// pause waits, or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
