package templates

import "maps"

// A LetterState is one letter with invented data, as a State is one page. Its language is the reader's.
type LetterState struct {
	ID, Variant, Title string
	Letter             Letter
}

// Letters lists every letter in every channel and for every action. Tests loop over it, and dev mode shows it.
func Letters() []LetterState {
	var all []LetterState
	add := func(id, title string, data map[string]string) {
		kind := kindOf(id)
		actions := kind.actions
		if len(actions) == 0 {
			actions = []string{""}
		}
		for _, channel := range kind.channels {
			for _, action := range actions {
				all = append(all, letterState(id, channel, action, title, data))
			}
		}
	}
	add("M-01", "Sign-in code", nil)
	add("M-02", "Confirm an address", nil)
	add("M-03", "Reset code", nil)
	add("M-04", "Usernames", map[string]string{"what": "maria.lopez"})
	invitation := map[string]string{"what": "7K01-0Q1W-8ZB4", "link": "/activate", "whom": ""}
	add("M-05", "An invitation with its code", invitation)
	add("M-06", "A code that replaces another", invitation)
	add("M-07", "Account opened", nil)
	add("M-20", "Address used for another account", nil)
	add("M-08", "Password changed", nil)
	add("M-09", "Email address", map[string]string{"what": "m•••@example.org"})
	add("M-10", "Phone", map[string]string{"what": "•••34"})
	add("M-11", "Passkey", map[string]string{"what": "iCloud Keychain"})
	add("M-12", "Authenticator app", map[string]string{"what": "My phone"})
	add("M-13", "Recovery codes", map[string]string{"left": "3"})
	add("M-14", "New device", nil)
	link := map[string]string{"link": "/way-in/v1Abc-_9"}
	add("M-15", "Tries paused sign-in", link)
	add("M-16", "Account paused", map[string]string{"link": "/account/not-me"})
	add("M-19", "Access of an app", map[string]string{"what": "Pocket Health", "link": "/account/apps"})
	add("M-17", "Staff helped", map[string]string{"link": "/account/activity"})
	add("M-32", "A supervisor looked", map[string]string{"link": "/account/activity"})
	add("M-24", "Code to read out in a call", nil)
	add("M-27", "To the people of the house", map[string]string{"link": "/help/messages", "what": "k3Jd82Qa"})
	add("M-30", "Data downloaded", map[string]string{"link": "/account/activity"})
	add("M-31", "Where a new password is set", map[string]string{"link": "/forgot/password"})
	add("M-22", "Closing an account", map[string]string{"link": "/account/close"})
	said := "From March, we keep a list of your sign-ins for two years.\nYou can ask us to delete it sooner."
	add("M-23", "Terms changed", map[string]string{"link": "/help", "said": said})
	add("M-25", "Trusted person", map[string]string{"what": "J. R.", "link": "/account/trusted"})
	add("M-26", "Security incident", map[string]string{"link": "/account", "said": "On March 3, someone read a list of names.\nNo passwords were lost."})
	add("M-21", "Signed out everywhere else", nil)
	add("M-29", "Username", map[string]string{"what": "n•••e"})
	add("M-28", "Tries stopped sign-in", link)
	add("M-18", "Recovery by waiting", map[string]string{"link": "/recovery/stop/v1Abc-_9"})
	return all
}

func letterState(id, channel, action, title string, more map[string]string) LetterState {
	l := Letter{ID: id, Channel: channel, Host: "id.example.org", Data: map[string]string{"whom": "m•••z"}}
	if kindOf(id).code {
		l.Code = "012345"
		if kindOf(id).aloud {
			l.Code = "01234567"
		}
		l.Data["app"] = galleryApp().Name
	} else {
		l.Data["when"] = "2026-11-22T15:45:00-05:00"
		l.Data["device"] = "Firefox on Windows"
	}
	maps.Copy(l.Data, more)
	if kindOf(id).names {
		delete(l.Data, "whom")
	}
	variant := channel
	if action != "" {
		l.Data["action"] = action
		variant += "-" + action
	}
	return LetterState{ID: id, Variant: variant, Title: title, Letter: l}
}

// galleryLetters are the states of LettersShown: one for each id.
func galleryLetters() []State {
	var all []State
	for _, state := range Letters() {
		if len(all) == 0 || all[len(all)-1].ID != state.ID {
			all = append(all, State{state.ID, "all", state.Title, LettersShown{ID: state.ID}})
		}
	}
	return all
}
