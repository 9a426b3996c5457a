package portal

import (
	"fmt"
	"strings"
	"time"
)

// acrWords says in plain words how sure the sign-in was. The last part of the
// address decides; an unknown value is shown as it is.
func acrWords(acr string) string {
	switch acr[strings.LastIndexAny(acr, "/:#")+1:] {
	case "":
		return "The provider did not say"
	case "aal1":
		return "One step, such as a password"
	case "two-step":
		return "Two steps: a password and an email code"
	case "aal2":
		return "Two steps"
	case "phr", "phrh":
		return "A passkey, which cannot be tricked out of you"
	default:
		return acr
	}
}

// clock is a time of day with its zone: "3:45 PM UTC".
func clock(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.Format("3:04 PM MST")
}

// moment is a time of day, and the day unless it is today's.
func moment(t, now time.Time) string {
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return "today at " + clock(t)
	}
	return t.Format("January 2") + " at " + clock(t)
}

func inDays(days int) string {
	switch {
	case days == 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days == -1:
		return "yesterday"
	case days > 0:
		return fmt.Sprintf("in %d days", days)
	default:
		return fmt.Sprintf("%d days ago", -days)
	}
}

// short shows enough of an identifier to tell two apart.
func short(id string) string {
	if len(id) <= 10 {
		return id
	}
	return id[:8] + "…"
}

// meaning explains the members of tokens and requests that developers meet here.
func meaning(name string) string {
	switch name {
	case "acr":
		return "how sure the sign-in was"
	case "acr_values":
		return "how sure the app wants the sign-in to be"
	case "alg":
		return "how it was signed"
	case "amr":
		return "which means of signing in were used"
	case "aud":
		return "whom it is for"
	case "auth_time":
		return "when the person proved who they are"
	case "client_id":
		return "which app asked"
	case "code_challenge":
		return "ties the code to this app (PKCE)"
	case "code_challenge_method":
		return "S256; “plain” protects nothing"
	case "exp":
		return "not to be accepted after this"
	case "iat":
		return "when it was made"
	case "iss":
		return "who made it"
	case "jti":
		return "its own number"
	case "kid":
		return "which published key checks it"
	case "nonce":
		return "ties the ID token to this request"
	case "prompt":
		return "login: ask again; none: ask nothing"
	case "redirect_uri":
		return "where the answer goes; must be registered"
	case "response_mode":
		return "how the answer comes back"
	case "response_type":
		return "code: the only safe kind"
	case "scope":
		return "what the app may do or know"
	case "sid":
		return "the session at the provider"
	case "state":
		return "ties the answer to this browser"
	case "sub":
		return "the person; same for ever, never reused"
	case "typ":
		return "what kind of token it is"
	default:
		return ""
	}
}
