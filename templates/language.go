package templates

import (
	"strings"

	"golang.org/x/text/language"
)

// A Language is one that the site is shown in.
type Language struct {
	Tag  string // BCP 47, such as "es"
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"

	// Reviewed says who reviewed the words of pages and letters, and when; "" for a language that no person has reviewed yet,
	// which is for the operator to ask for, or for the program to offer.
	Reviewed string
}

// longestChoice bounds what is parsed; an honest Accept-Language header is far shorter.
const longestChoice = 500

// direction follows from the script that the language is written in.
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// Languages lists the languages of the set in the operator's order; the first is the default.
func (s *Set) Languages() []Language { return append([]Language(nil), s.languages...) }

// Match picks the language of a response. The choices come in falling order of weight: the cookie, ui_locales (separated by
// spaces), the account's language, the Accept-Language header. What cannot be read is passed over; with nothing left it is the
// default language.
func (s *Set) Match(choices ...string) string {
	for _, choice := range choices {
		wanted := readChoice(choice)
		if len(wanted) == 0 {
			continue
		}
		_, index, confidence := s.matcher.Match(wanted...)
		if confidence != language.No {
			return s.languages[index].Tag
		}
	}
	return s.languages[0].Tag
}

func readChoice(choice string) []language.Tag {
	if len(choice) > longestChoice {
		return nil
	}
	if strings.ContainsAny(choice, ",;") {
		tags, _, err := language.ParseAcceptLanguage(choice) // heaviest first, without those of weight 0
		if err != nil {
			return nil
		}
		return tags
	}
	var tags []language.Tag
	for _, word := range strings.Fields(choice) {
		tag, err := language.Parse(word)
		if err == nil && tag != language.Und {
			tags = append(tags, tag)
		}
	}
	return tags
}
