package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
)

// Messages are how codes and notices reach people.
type Messages struct {
	// SMTP is the relay that takes e-mail and signs it. The URL is smtp://USER:PASSWORD@HOST:587, where STARTTLS must succeed, or
	// smtps://HOST:465. Only smtp://HOST:25?tls=off sends in clear: for a relay on this machine or a network of its own.
	SMTP     string `name:"smtp" placeholder:"URL" help:"Relay that takes e-mail: smtp://HOST:587 (STARTTLS) or smtps://HOST:465. Needed, or --no-messages."`
	SMTPFile string `name:"smtp-file" placeholder:"FILE" help:"File that holds the URL of the relay, since passwords do not belong on a command line."`

	// NoMessages starts without a relay: no code reaches anybody, and nobody hears of a changed password.
	NoMessages bool `name:"no-messages" help:"Send no e-mail, texts or calls: for trials only."`

	Twilio Twilio `embed:"" prefix:"twilio-"`

	// PhoneCountries are those whose numbers may be texted and called. Each more is a way to have codes sent for money.
	PhoneCountries []string `name:"phone-countries" default:"US,CA,PR,VI,GU,AS,MP" placeholder:"CC" help:"Countries whose telephone numbers may be used, ISO codes; the first is where a number without a country code is."`

	Limits Limits `embed:"" prefix:"send-"`
}

// Twilio is the account that texts and calls leave by. Secrets stand in files.
type Twilio struct {
	Account   string `name:"account" placeholder:"SID" help:"Twilio account for texts and calls, AC…; without it there are none."`
	TokenFile string `name:"token-file" placeholder:"FILE" help:"File that holds the account's auth token; it verifies Twilio's reports of what was delivered."`
	Key       string `name:"key" placeholder:"SID" help:"API key, SK…, to send with instead of the auth token."`
	KeyFile   string `name:"key-file" placeholder:"FILE" help:"File that holds the secret of the API key."`
	Service   string `name:"service" placeholder:"SID" help:"Messaging service that texts leave by, MG…."`
	TextFrom  string `name:"text-from" placeholder:"NUMBER" help:"Number that texts come from, where there is no messaging service."`
	VoiceFrom string `name:"voice-from" placeholder:"NUMBER" help:"Number that calls come from; without it nobody is called, and landlines cannot be used."`
	Region    string `name:"region" placeholder:"NAME" help:"Region of Twilio, such as ie1, where it is not us1."`
	Edge      string `name:"edge" placeholder:"NAME" help:"Edge of Twilio, such as dublin."`
}

// Limits are how many messages with codes may leave; -1 is no limit.
type Limits struct {
	AddressHour int `name:"address-hour" default:"10" placeholder:"N" help:"Most codes to one number or address in an hour; -1 for no limit, as for all of these."`
	AddressDay  int `name:"address-day" default:"20" placeholder:"N" help:"Most codes to one number or address in a day."`
	AccountHour int `name:"account-hour" default:"10" placeholder:"N" help:"Most codes for one account in an hour."`
	AccountDay  int `name:"account-day" default:"30" placeholder:"N" help:"Most codes for one account in a day."`
	SourceHour  int `name:"network-hour" default:"60" placeholder:"N" help:"Most codes asked for from one network (/24, /64) in an hour."`
	PrefixHour  int `name:"block-hour" default:"40" placeholder:"N" help:"Most texts and calls to one block of a thousand numbers in an hour."`
	EmailDay    int `name:"email-day" default:"50000" placeholder:"N" help:"Most codes by e-mail in a day; an error is logged at 80 percent and at the limit, as for the next two."`
	TextDay     int `name:"text-day" default:"10000" placeholder:"N" help:"Most codes by text in a day."`
	VoiceDay    int `name:"voice-day" default:"1000" placeholder:"N" help:"Most codes by call in a day."`
}

// limits are those of notify, where zero is the default.
func (l Limits) limits() notify.Limits { return notify.Limits(l) }

func (l Limits) check() error {
	var faults []error
	for flag, value := range map[string]int{
		"address-hour": l.AddressHour, "address-day": l.AddressDay, "account-hour": l.AccountHour, "account-day": l.AccountDay,
		"network-hour": l.SourceHour, "block-hour": l.PrefixHour, "email-day": l.EmailDay, "text-day": l.TextDay, "voice-day": l.VoiceDay,
	} {
		if value == 0 || value < -1 {
			faults = append(faults, fmt.Errorf("--send-%s %d is neither a number of messages nor -1", flag, value))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// relay answers the relay; nil for none.
func (m Messages) relay() (*notify.Relay, error) {
	url, err := inFile(m.SMTP, m.SMTPFile, "smtp")
	switch {
	case err != nil:
		return nil, err
	case url == "" && !m.NoMessages:
		return nil, errors.New("--smtp is needed: without a relay for e-mail no code and no notice reaches anybody (--no-messages starts all the same)")
	case url == "":
		return nil, nil
	case m.NoMessages:
		return nil, errors.New("--smtp and --no-messages exclude each other")
	}
	relay, err := notify.ParseRelay(url)
	if err != nil {
		return nil, fmt.Errorf("--smtp: %w", err)
	}
	return &relay, nil
}

// mail is the sender of e-mail; nil for none.
func (c Config) mail() (*notify.SMTP, error) {
	relay, err := c.relay()
	if err != nil || relay == nil {
		return nil, err
	}
	sender, err := notify.NewSMTP(*relay, c.Sender, c.Brand.Name)
	if err != nil {
		return nil, fmt.Errorf("--sender: %w", err)
	}
	return sender, nil
}

// account is the account at Twilio; false for none.
func (t Twilio) account(issuer string) (notify.TwilioConfig, bool, error) {
	if t.Account == "" {
		if t != (Twilio{}) {
			return notify.TwilioConfig{}, false, errors.New("--twilio-account is needed where anything else of Twilio is given")
		}
		return notify.TwilioConfig{}, false, nil
	}
	token, noToken := inFile("", t.TokenFile, "twilio-token")
	secret, noSecret := inFile("", t.KeyFile, "twilio-key")
	return notify.TwilioConfig{
		Account: t.Account, Key: t.Key, Secret: secret, AuthToken: token, Service: t.Service,
		TextFrom: t.TextFrom, VoiceFrom: t.VoiceFrom, Region: t.Region, Edge: t.Edge, Issuer: issuer, Now: time.Now,
	}, true, errors.Join(noToken, noSecret)
}

// twilio is who carries texts and calls; nil for nobody.
func (c Config) twilio() (*notify.Twilio, error) {
	account, given, err := c.Twilio.account(c.Issuer)
	switch {
	case err != nil || !given:
		return nil, err
	case c.NoMessages:
		return nil, errors.New("--twilio-account and --no-messages exclude each other")
	}
	carrier, err := notify.NewTwilio(account)
	if err != nil {
		return nil, flagged("--twilio", err)
	}
	return carrier, nil
}

// flagged names the flag in front of each of several faults.
func flagged(flag string, err error) error {
	var faults []error
	for line := range strings.SplitSeq(err.Error(), "\n") {
		faults = append(faults, errors.New(flag+": "+line))
	}
	return errors.Join(faults...)
}

// checkMessages is all that is wrong with the settings of messages.
func (c Config) checkMessages() error {
	_, noMail := c.mail()
	_, noTwilio := c.twilio()
	var unknown []error
	for _, country := range c.PhoneCountries {
		if !notify.KnownCountry(country) {
			unknown = append(unknown, fmt.Errorf("--phone-countries %q is no code of a country, such as US", country))
		}
	}
	return errors.Join(noMail, noTwilio, errors.Join(unknown...), c.Limits.check())
}

// carry puts who carries messages into the house's configuration.
func (c Config) carry(house *server.Config) error {
	mail, noMail := c.mail()
	carrier, noTwilio := c.twilio()
	if err := errors.Join(noMail, noTwilio); err != nil {
		return err
	}
	house.Senders = map[provider.Channel]notify.Sender{}
	if mail != nil {
		house.Senders[provider.ByEmail] = mail
	}
	if carrier != nil {
		add := func(channel provider.Channel, sender notify.Sender) {
			if sender != nil {
				house.Senders[channel] = sender
			}
		}
		add(provider.ByText, carrier.Texts())
		add(provider.ByVoice, carrier.Calls())
		house.Reports = carrier.Routes
	}
	house.Phones = notify.Phones{Countries: c.PhoneCountries}
	house.Limits = c.Limits.limits()
	return nil
}
