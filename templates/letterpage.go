package templates

import "slices"

// LettersShown shows every letter of one id in words; dev mode only.
type LettersShown struct{ ID string }

// A shownLetter is one of them. An e-mail has a subject.
type shownLetter struct {
	Channel, Action string
	Written
}

// Template names the page's template.
func (LettersShown) Template() string { return "letters" }

func (LettersShown) heading() string { return "letters.title" }

// Shown writes the letters of the page in its language.
func (v *view) Shown() ([]shownLetter, error) {
	page, _ := v.Page.(LettersShown)
	var all []shownLetter
	for _, state := range Letters() {
		if state.ID != page.ID {
			continue
		}
		l := state.Letter
		l.Lang = v.Lang.Tag
		written, err := v.set.Write(l)
		if err != nil {
			return nil, err
		}
		all = append(all, shownLetter{Channel: l.Channel, Action: l.Data["action"], Written: written})
	}
	return all, nil
}

// Newest are the messages of the inbox, the newest first.
func (v *view) Newest() []InboxMessage {
	page, _ := v.Page.(Inbox)
	messages := slices.Clone(page.Messages)
	slices.Reverse(messages)
	return messages
}

// ChannelName is how a channel is called; one without words is named as it is.
func (v *view) ChannelName(channel string) (string, error) {
	switch channel {
	case byEmail:
		return v.Plain("inbox.email")
	case byText:
		return v.Plain("inbox.text")
	case byVoice:
		return v.Plain("inbox.voice")
	}
	return channel, nil
}
