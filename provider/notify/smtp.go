package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// How long connections are kept for the next message, how many, and how many messages one carries: relays close what lives
// longer.
const (
	idleFor   = 20 * time.Second
	idleMost  = 4
	usesOfOne = 50
	freshens  = 2 * time.Second // how long one that was kept may take to answer
)

// dialogue is one connection to a relay, used by one goroutine at a time.
//
// go-mail's own Client is not used: it knows no context once it is connected, keeps a connection open that failed to log in,
// tells a message that was accepted as failed where the RSET after it fails, and does not say what the server answered.
type dialogue struct {
	conn   net.Conn
	client *smtp.Client
	uses   int
	fuse   *time.Timer // closes it when nobody came
}

func (d *dialogue) close() { _ = d.conn.Close() }

// within does something on a connection and breaks it off when the context ends.
func within(ctx context.Context, conn net.Conn, do func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err := do()
	stop() // where it was done just in time and the connection is gone, the next use finds out
	if err == nil || ctx.Err() == nil || isReply(err) {
		return err
	}
	var where *at
	if errors.As(err, &where) {
		return failedAt(where.stage, ctx.Err())
	}
	return ctx.Err()
}

func isReply(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}

// stage is where in the dialogue something failed.
type stage string

const (
	connecting stage = "connect"
	greeting   stage = "greeting"
	securing   stage = "STARTTLS"
	logging    stage = "AUTH"
	fromStage  stage = "MAIL"
	toStage    stage = "RCPT"
	dataStage  stage = "DATA"
	bodyStage  stage = "end of data"
)

// at is an error at a stage.
type at struct {
	stage stage
	err   error
}

func (a *at) Error() string { return string(a.stage) + ": " + safeText(a.err) }
func (a *at) Unwrap() error { return a.err }

func failedAt(s stage, err error) error {
	if err == nil {
		return nil
	}
	return &at{s, err}
}

var (
	errNoTLS  = errors.New("the server offers no STARTTLS, and nothing is sent in clear")
	errNoAuth = errors.New("the server offers no way to log in that is known here (SCRAM-SHA-256, PLAIN, LOGIN)")
)

// dial connects, secures the connection and logs in. A connection on which any of it fails is closed.
func (s *SMTP) dial(ctx context.Context) (*dialogue, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, failedAt(connecting, err)
	}
	d := &dialogue{conn: conn}
	err = within(ctx, conn, func() error { return s.introduce(d) })
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (s *SMTP) connect(ctx context.Context) (net.Conn, error) {
	plain := &net.Dialer{}
	if s.Relay.Implicit {
		return (&tls.Dialer{NetDialer: plain, Config: s.tls()}).DialContext(ctx, "tcp", s.Relay.Address())
	}
	return plain.DialContext(ctx, "tcp", s.Relay.Address())
}

func (s *SMTP) tls() *tls.Config {
	config := s.TLS.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.ServerName = s.Relay.Host
	return config
}

func (s *SMTP) introduce(d *dialogue) error {
	client, err := smtp.NewClient(d.conn, s.Relay.Host)
	if err != nil {
		return failedAt(greeting, err)
	}
	d.client = client
	if err := client.Hello(s.domain()); err != nil {
		return failedAt(greeting, err)
	}
	if !s.Relay.Implicit && !s.Relay.Plain {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return failedAt(securing, errNoTLS)
		}
		if err := client.StartTLS(s.tls()); err != nil {
			return failedAt(securing, err)
		}
	}
	return failedAt(logging, s.login(client))
}

func (s *SMTP) login(client *smtp.Client) error {
	r := s.Relay
	if r.User == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	switch mechanism(offered) {
	case "SCRAM-SHA-256":
		return client.Auth(smtp.ScramSHA256Auth(r.User, r.Password))
	case "PLAIN":
		return client.Auth(smtp.PlainAuth("", r.User, r.Password, r.Host, r.Plain && loopback(r.Host)))
	case "LOGIN":
		return client.Auth(smtp.LoginAuth(r.User, r.Password, r.Host, r.Plain && loopback(r.Host)))
	}
	return errNoAuth
}

// converse gives one message to the server. It answers an *at.
func (d *dialogue) converse(from, to string, utf8 bool, body []byte) error {
	d.client.SkipSMTPUTF8(!utf8)
	if err := d.client.Mail("<" + from + ">"); err != nil {
		return failedAt(fromStage, err)
	}
	if err := d.client.Rcpt("<" + to + ">"); err != nil {
		return failedAt(toStage, err)
	}
	w, err := d.client.Data()
	if err != nil {
		return failedAt(dataStage, err)
	}
	if _, err := w.Write(body); err != nil {
		return failedAt(dataStage, err) // the dot that ends it was not written
	}
	return failedAt(bodyStage, w.Close())
}

// idle are connections that wait for the next message.
type idle struct {
	mu   sync.Mutex
	held []*dialogue
}

// take answers one that is alive, or nil.
func (i *idle) take(ctx context.Context) *dialogue {
	for {
		i.mu.Lock()
		if len(i.held) == 0 {
			i.mu.Unlock()
			return nil
		}
		d := i.held[len(i.held)-1]
		i.held = i.held[:len(i.held)-1]
		i.mu.Unlock()
		if !d.fuse.Stop() {
			continue // it has just been closed
		}
		soon, cancel := context.WithTimeout(ctx, freshens)
		err := within(soon, d.conn, d.client.Reset)
		cancel()
		if err == nil {
			return d
		}
		d.close()
	}
}

// put keeps one for the next message, for a while.
func (i *idle) put(d *dialogue) {
	d.uses++
	i.mu.Lock()
	defer i.mu.Unlock()
	if d.uses >= usesOfOne || len(i.held) >= idleMost {
		d.close()
		return
	}
	d.fuse = time.AfterFunc(idleFor, func() { i.drop(d) })
	i.held = append(i.held, d)
}

func (i *idle) drop(d *dialogue) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n, held := range i.held {
		if held == d {
			i.held = append(i.held[:n], i.held[n+1:]...)
			break
		}
	}
	d.close()
}

// Close closes the connections that are kept.
func (i *idle) Close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, d := range i.held {
		d.fuse.Stop()
		d.close()
	}
	i.held = nil
	return nil
}

// domain is what we call ourselves: that of the address that we send from.
func (s *SMTP) domain() string { return s.From[strings.LastIndexByte(s.From, '@')+1:] }
