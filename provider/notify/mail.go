package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode"

	"github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"gatehouse/provider"
)

// SMTP sends e-mail through a relay, which signs it (DKIM). It is a Sender; make it with NewSMTP.
type SMTP struct {
	Relay Relay
	From  string      // our address
	Name  string      // the brand, shown as who it is from
	TLS   *tls.Config // nil: the usual roots, TLS 1.2 or newer
	idle
}

// NewSMTP makes it, and connects to nothing yet.
func NewSMTP(relay Relay, from, name string) (*SMTP, error) {
	if at := strings.LastIndexByte(from, '@'); at < 1 || strings.ContainsFunc(from, outsideASCII) || !strings.Contains(from[at:], ".") {
		return nil, errors.New("the address that messages come from is not like no-reply@id.example.org")
	}
	return &SMTP{Relay: relay, From: from, Name: name}, nil
}

func outsideASCII(r rune) bool { return r > '~' || r <= ' ' || r == '<' || r == '>' }

// Check connects, logs in and goes, as an operator's check does. Errors: *Fault.
func (s *SMTP) Check(ctx context.Context) error {
	d, err := s.dial(ctx)
	if err != nil {
		return mailFault(err)
	}
	defer d.close()
	_ = within(ctx, d.conn, d.client.Quit) // it took the password: what it says at the end does not matter
	return nil
}

// Send implements Sender. The reference is the Message-ID, which is the same for the same message.
func (s *SMTP) Send(ctx context.Context, m Outgoing) (string, error) {
	to, err := envelope(m.To)
	if err != nil {
		return "", &Fault{Class: provider.FaultAddress, Cause: err}
	}
	body, err := s.compose(m, to)
	if err != nil {
		return "", &Fault{Class: provider.FaultConfig, Cause: err}
	}
	d := s.take(ctx)
	if d == nil {
		d, err = s.dial(ctx)
	}
	if err != nil {
		return "", mailFault(err)
	}
	wide := strings.ContainsFunc(to, outsideASCII)
	if offered, _ := d.client.Extension("SMTPUTF8"); wide && !offered {
		s.put(d)
		return "", &Fault{Class: provider.FaultAddress, Cause: errors.New("the relay takes no addresses outside ASCII")}
	}
	err = within(ctx, d.conn, func() error { return d.converse(s.From, to, wide, body) })
	switch {
	case err == nil || isReply(err): // what is left of a refused message goes with the RSET before the next one
		s.put(d)
	default:
		d.close()
	}
	if err != nil {
		return "", mailFault(err)
	}
	return s.messageID(m), nil
}

// envelope is an address as SMTP wants it: the domain in ASCII.
func envelope(to string) (string, error) {
	at := strings.LastIndexByte(to, '@')
	if at < 1 || strings.ContainsFunc(to, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' || r == '"'
	}) {
		return "", errors.New("not an e-mail address")
	}
	domain, err := idna.Lookup.ToASCII(to[at+1:])
	if err != nil || domain == "" {
		return "", errors.New("not the domain of an e-mail address")
	}
	return to[:at+1] + domain, nil
}

func (s *SMTP) messageID(m Outgoing) string { return m.ID + "@" + s.domain() }

var language = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// compose writes the message with its headers (ux.md 2.2). There is no List-Unsubscribe: this is no bulk mail.
func (s *SMTP) compose(m Outgoing, to string) ([]byte, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: s.Name, Address: s.From})
	msg.ToMailAddress(&netmail.Address{Address: to})
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(s.messageID(m))
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(mail.HeaderXAutoResponseSuppress, "All")
	if language.MatchString(m.Lang) {
		msg.SetGenHeader(mail.HeaderContentLang, m.Lang)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("the message cannot be put together: %T", err)
	}
	return out.Bytes(), nil
}
