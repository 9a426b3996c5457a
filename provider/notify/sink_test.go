package notify_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider/notify"
)

// relay is a mail server of our own: SMTP with STARTTLS and AUTH PLAIN, and all that goes wrong with one.
type relay struct {
	t        testing.TB
	listener net.Listener
	tls      *tls.Config
	roots    *x509.CertPool

	noTLS    bool
	implicit bool
	login    string // USER:PASSWORD; "" none is asked for

	mu     sync.Mutex
	next   map[string][]string // answers to a verb, in their order, before the usual one; drop and stall are words of ours
	got    []mailed
	conns  int
	held   []net.Conn
	always map[string]string
}

// mailed is a message that was taken.
type mailed struct {
	from, to string
	secure   bool
	user     string
	raw      []byte
}

// What a server may do instead of answering.
const (
	drop  = "drop"  // close the connection
	stall = "stall" // say nothing any more
	keep  = "keep"  // at the end of the data: take the message, and close without an answer
)

func newRelay(t testing.TB, change ...func(*relay)) *relay {
	t.Helper()
	certificate, roots := certified(t)
	r := &relay{t: t, tls: &tls.Config{Certificates: []tls.Certificate{certificate}}, roots: roots, next: map[string][]string{}, always: map[string]string{}}
	for _, do := range change {
		do(r)
	}
	r.listen("127.0.0.1:0")
	t.Cleanup(r.close)
	return r
}

func (r *relay) listen(address string) {
	var err error
	r.listener, err = net.Listen("tcp", address)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.implicit {
		r.listener = tls.NewListener(r.listener, r.tls)
	}
	go func(l net.Listener) {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns++
			r.held = append(r.held, conn)
			r.mu.Unlock()
			go r.serve(conn)
		}
	}(r.listener)
}

func (r *relay) close() {
	_ = r.listener.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.held {
		_ = c.Close()
	}
	r.held = nil
}

// will has it give these answers to a verb, one after another.
func (r *relay) will(verb string, answers ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next[verb] = append(r.next[verb], answers...)
}

func (r *relay) messages() []mailed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]mailed{}, r.got...)
}

func (r *relay) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns
}

// answer is what is said to a verb.
func (r *relay) answer(verb, usual string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if waiting := r.next[verb]; len(waiting) > 0 {
		r.next[verb] = waiting[1:]
		return waiting[0]
	}
	if a := r.always[verb]; a != "" {
		return a
	}
	return usual
}

// serve speaks to one connection.
func (r *relay) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	text := bufio.NewReader(conn)
	var m mailed
	m.secure = r.implicit
	say := func(verb, usual string) bool {
		switch a := r.answer(verb, usual); a {
		case drop:
			return false
		case stall:
			_, _ = io.Copy(io.Discard, conn) // until the other side gives up
			return false
		default:
			_, err := io.WriteString(conn, strings.ReplaceAll(a, "\n", "\r\n")+"\r\n")
			return err == nil
		}
	}
	if !say("greeting", "220-relay.example.org\n220 ready") {
		return
	}
	for {
		line, err := text.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(strings.ToUpper(line), " ")
		var ok bool
		switch verb {
		case "EHLO":
			ok = say(verb, r.extensions(m.secure))
		case "STARTTLS":
			if ok = say(verb, "220 go"); ok {
				secured := tls.Server(conn, r.tls)
				conn, text, m.secure = secured, bufio.NewReader(secured), true
			}
		case "AUTH":
			_, given, _ := strings.Cut(line[5:], " ")
			plain, _ := base64.StdEncoding.DecodeString(given)
			m.user = strings.ReplaceAll(strings.Trim(string(plain), "\x00"), "\x00", ":")
			usual := "235 2.7.0 welcome"
			if m.user != r.login {
				usual = "535 5.7.8 no"
			}
			ok = say(verb, usual)
		case "MAIL":
			m.from = rest
			ok = say(verb, "250 2.1.0 ok")
		case "RCPT":
			m.to = line[len("RCPT TO:"):]
			ok = say(verb, "250 2.1.5 ok")
		case "DATA":
			if !say(verb, "354 go") {
				return
			}
			dots := textproto.NewReader(text)
			m.raw, err = dots.ReadDotBytes()
			if err != nil {
				return
			}
			text = dots.R
			ok = r.take(m, say)
		case "QUIT":
			say(verb, "221 bye")
			return
		default:
			ok = say(verb, "250 2.0.0 ok")
		}
		if !ok {
			return
		}
	}
}

// take keeps a message where the answer says so.
func (r *relay) take(m mailed, say func(verb, usual string) bool) bool {
	r.mu.Lock()
	lost := len(r.next["."]) > 0 && r.next["."][0] == keep
	if lost {
		r.next["."] = r.next["."][1:]
	}
	refused := len(r.next["."]) > 0 || r.always["."] != ""
	if !refused {
		r.got = append(r.got, m)
	}
	r.mu.Unlock()
	return !lost && say(".", "250 2.0.0 queued")
}

func (r *relay) extensions(secure bool) string {
	lines := []string{"relay.example.org", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"}
	if !secure && !r.noTLS {
		lines = append(lines, "STARTTLS")
	}
	if r.login != "" {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	text := ""
	for i, l := range lines {
		text += "250" + map[bool]string{true: " ", false: "-"}[i == len(lines)-1] + l + "\n"
	}
	return strings.TrimSpace(text)
}

// sender is ours, which trusts its certificate.
func (r *relay) sender(raw string) *notify.SMTP {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.listener.Addr().String())
	to, err := notify.ParseRelay(strings.ReplaceAll(raw, "PORT", port))
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := notify.NewSMTP(to, "no-reply@id.example.org", `Example "Health", Ünïversal`)
	if err != nil {
		r.t.Fatal(err)
	}
	s.TLS = &tls.Config{RootCAs: r.roots, MinVersion: tls.VersionTLS12}
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

// part is one body of a message.
type part struct{ kind, text string }

// read takes a message apart as a mail program does.
func (m mailed) read(t *testing.T) (mail.Header, []part) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(m.raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	var parts []part
	bodies := multipart.NewReader(message.Body, params["boundary"])
	for {
		body, err := bodies.NextRawPart()
		if errors.Is(err, io.EOF) {
			return message.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		if body.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("encoding %s", body.Header.Get("Content-Transfer-Encoding"))
		}
		text, err := io.ReadAll(quotedprintable.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(body.Header.Get("Content-Type"))
		parts = append(parts, part{kind, strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
}

// certified is a certificate for localhost, and who vouches for it.
func certified(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
