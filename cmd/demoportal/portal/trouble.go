package portal

import (
	"errors"
	"net/http"

	"golang.org/x/oauth2"
)

// trouble is an error that a person may read: what happened, what to do now. The
// cause goes to the log only.
type trouble struct {
	Status  int
	Code    string // short, for developers; the provider's own code where it sent one
	Heading string
	Advice  string
	Press   string // on the button that starts anew; empty: "Try again"
	Detail  string // the provider's error_description, shown as text
	cause   error
}

func (t *trouble) Error() string { return t.Code }
func (t *trouble) Unwrap() error { return t.cause }

func unexpected(err error) *trouble {
	return &trouble{Status: http.StatusInternalServerError, Code: "unexpected", cause: err,
		Heading: "Something went wrong here", Advice: "Try again in a moment."}
}

func providerAway(err error) *trouble {
	return &trouble{Status: http.StatusServiceUnavailable, Code: "provider_away", cause: err,
		Heading: "The sign-in service does not answer", Advice: "Nothing was lost. Try again in a moment."}
}

// notOurs is also what Back and Reload lead to: each answer counts once.
func notOurs() *trouble {
	return &trouble{Status: http.StatusBadRequest, Code: "unknown_state",
		Heading: "This sign-in is over",
		Advice:  "It was used already, took too long, or began in another browser. Start again here.",
		cause:   errors.New("no sign-in under way with this state")}
}

func unverified(err error) *trouble {
	return &trouble{Status: http.StatusBadRequest, Code: "answer_not_verified", cause: err,
		Heading: "We could not check the answer of the sign-in service",
		Advice:  "For your safety you are not signed in. Try again. Call us if it happens twice."}
}

// exchangeFailed tells a refusal of the token endpoint from one that is away.
func exchangeFailed(err error) *trouble {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode == "" {
		return providerAway(err)
	}
	return &trouble{Status: http.StatusBadGateway, Code: refused.ErrorCode, Detail: refused.ErrorDescription, cause: err,
		Heading: "The sign-in could not be finished", Advice: "Try again. It can help to close other tabs first."}
}

// renewFailed leaves the person signed in.
func renewFailed(err error) *trouble {
	var known *trouble
	if errors.As(err, &known) {
		return known
	}
	t := exchangeFailed(err)
	t.Heading = "Your sign-in could not be renewed"
	t.Advice = "You are still signed in here. Go back and try again, or sign in again."
	return t
}

func apiAway(err error) *trouble {
	return &trouble{Status: http.StatusBadGateway, Code: "api_away", cause: err,
		Heading: "The app's own data service does not answer", Advice: "You are still signed in. Go back and try again."}
}

// providerSaid explains the error codes of RFC 6749 4.1.2.1, OpenID Connect Core
// 3.1.2.6 and the step-up profiles to the person in front of the screen.
func providerSaid(code, description, appName string) *trouble {
	t := &trouble{Status: http.StatusBadRequest, Code: code, Detail: cut(description), cause: errors.New("the provider refused")}
	switch code {
	case "access_denied":
		t.Heading = "You did not sign in to " + appName
		t.Advice = "Nothing was shared. You can try again at any time."
	case "login_required":
		t.Heading = "You are not signed in"
		t.Advice = "We looked without asking you anything. Sign in to go on."
		t.Press = "Sign in"
	case "interaction_required", "consent_required", "account_selection_required":
		t.Heading = "The sign-in service has a question for you"
		t.Advice = "We looked without asking you anything, and it wants to. Sign in to answer it."
		t.Press = "Sign in"
	case "unmet_authentication_requirements":
		t.Heading = appName + " needs a stronger sign-in"
		t.Advice = "Set up another way to sign in, such as a passkey, and try again."
	case "server_error", "temporarily_unavailable":
		t.Heading = "The sign-in service cannot help right now"
		t.Advice = "Try again in a few minutes."
	default:
		t.Heading = appName + " and the sign-in service do not agree"
		t.Advice = "This is not your fault. Call us and read out the code below."
	}
	return t
}

// cut keeps a text from outside to the length of a sentence or two.
func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= 300 {
		return text
	}
	return string(runes[:300]) + "…"
}
