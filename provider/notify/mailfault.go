package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"gatehouse/provider"
)

// mailFault classes what went wrong with a relay.
func mailFault(err error) *Fault {
	var where *at
	if !errors.As(err, &where) { // the context ended
		where = &at{stage: connecting, err: err}
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return &Fault{Class: wireClass(err), Unsure: where.stage == bodyStage, Cause: where}
	}
	status := enhanced.FindString(reply.Msg)
	return &Fault{
		Class: replyClass(where.stage, reply.Code, status), Code: strings.TrimSpace(strconv.Itoa(reply.Code) + " " + status),
		Cause: errors.New("refused at " + string(where.stage)),
	}
}

// enhanced is a status code of RFC 3463. All else that a server says may name the person.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// replyClass classes an answer of the server (RFC 5321, 4.2; RFC 3463, 3).
func replyClass(s stage, code int, status string) provider.SendFault {
	switch {
	case code < 500:
		return provider.FaultTemporary
	case strings.HasPrefix(status, "5.1.") && s != fromStage, strings.HasPrefix(status, "5.2."):
		return provider.FaultAddress
	case s == bodyStage:
		return provider.FaultBlocked // it does not want this message
	case s == toStage && !strings.HasPrefix(status, "5.7.") && code != 503 && code != 530 && code != 535:
		return provider.FaultAddress
	}
	return provider.FaultConfig // we may not send, or not like this
}

// wireClass classes what is no answer of the other side.
func wireClass(err error) provider.SendFault {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &name) && name.IsNotFound, errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert),
		errors.Is(err, errNoTLS), errors.Is(err, errNoAuth), errors.Is(err, smtp.ErrUnencrypted), errors.Is(err, smtp.ErrWrongHostname):
		return provider.FaultConfig
	}
	return provider.FaultTemporary
}

// safeText is the text of an error where it can hold nothing but names of servers; else its type.
func safeText(err error) string {
	var operation *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &operation):
		return operation.Error()
	case errors.As(err, &name):
		return name.Error()
	case errors.As(err, &certificate):
		return certificate.Error()
	case errors.As(err, &authority):
		return authority.Error()
	case errors.As(err, &host):
		return host.Error()
	case errors.As(err, &record):
		return record.Error()
	case errors.As(err, &alert):
		return alert.Error()
	}
	for _, known := range []error{
		io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded, context.Canceled, net.ErrClosed, errNoTLS, errNoAuth,
		smtp.ErrUnencrypted, smtp.ErrWrongHostname,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("error of type %T", err)
}
