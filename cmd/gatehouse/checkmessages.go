package main

import (
	"context"
	"errors"
	"net/url"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
)

// What these findings are about.
const (
	aboutMail  = "e-mail"
	aboutTexts = "texts, calls"
)

// carriers looks at how messages are set up. Settings that are wrong were told with the others.
func (c checkCmd) carriers() []finding {
	var found []finding
	if u, err := url.Parse(c.SMTP); err == nil && u.User != nil {
		found = append(found, finding{
			Verdict: warn, What: "passwords", Found: "--smtp holds a password: every user of this machine can read the command lines of programs",
			Mend: "write the URL into a file that only the server's user reads, and name it with --smtp-file",
		})
	}
	relay, err := c.relay()
	switch {
	case err != nil:
	case relay == nil:
		found = append(found, finding{
			Verdict: warn, What: aboutMail, Found: "--no-messages: no code reaches anybody, and nobody hears of a changed password",
			Mend: "give --smtp and --sender before patients come",
		})
	case relay.Exposed():
		found = append(found, finding{
			Verdict: warn, What: aboutMail, Found: "codes and notices cross the network to " + relay.Address() + " in clear",
			Mend: "have the relay speak STARTTLS, and drop tls=off",
		})
	}
	account, given, err := c.Twilio.account(c.Issuer)
	if err == nil && given && account.AuthToken == "" {
		found = append(found, finding{
			Verdict: warn, What: aboutTexts, Found: "nobody learns of a text that does not arrive: Twilio's reports cannot be verified",
			Mend: "give --twilio-token-file",
		})
	}
	return found
}

// carriersOnline logs in where messages leave, and sends nothing.
func (c checkCmd) carriersOnline(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var found []finding
	if mail, err := c.mail(); err == nil && mail != nil {
		found = append(found, carrierFinding(aboutMail, mail.Relay.Address()+" takes our e-mail", mail.Check(ctx)))
	}
	if carrier, err := c.twilio(); err == nil && carrier != nil {
		found = append(found, carrierFinding(aboutTexts, "Twilio knows the account", carrier.Verify(ctx)))
	}
	return found
}

func carrierFinding(what, good string, err error) finding {
	if err == nil {
		return well(what, good)
	}
	mend := map[string]string{
		aboutMail:  "look at host, port, user and password of --smtp, and at the relay's certificate: its name must be the host",
		aboutTexts: "look at --twilio-account, its token or key, and --twilio-region: an account is known in its region only",
	}[what]
	var fault *notify.Fault
	if errors.As(err, &fault) && fault.Class == provider.FaultTemporary {
		mend = "see that it can be reached from here (firewall, proxy), and try again: " + mend
	}
	return fix(what, err, mend)
}
