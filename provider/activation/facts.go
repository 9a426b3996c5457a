package activation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"gatehouse/provider/identifier"
)

// Fact is something that the person of an invitation knows and a finder of the letter does not.
type Fact string

// The facts.
const (
	BirthDate Fact = "birth_date"
	IDLast4   Fact = "id_last4" // of the Social Security or state ID number: never alone
	ZIP       Fact = "zip"
	LastName  Fact = "last_name"
)

// AllFacts are all that there are, in the order in which they are asked.
func AllFacts() []Fact { return []Fact{BirthDate, LastName, ZIP, IDLast4} }

// ErrFact says that a text is no such fact.
var ErrFact = errors.New("activation: not such a fact")

// Facts is the policy of an operator. The zero Facts asks for the date of birth.
type Facts struct {
	Required []Fact // besides the date of birth, which is always asked: so no fact of few digits ever stands alone
}

// ReadFacts reads the policy from its words. It refuses words that are no fact.
func ReadFacts(words []string) (Facts, error) {
	var f Facts
	for _, word := range words {
		fact := Fact(strings.TrimSpace(word))
		if !slices.Contains(AllFacts(), fact) {
			return Facts{}, fmt.Errorf("activation: no fact %q; there are %s", word, join(AllFacts()))
		}
		f.Required = append(f.Required, fact)
	}
	return f, nil
}

// Asked are the facts that are asked of everybody, in order, each once; the date of birth is always the first.
func (f Facts) Asked() []Fact {
	return slices.DeleteFunc(AllFacts(), func(fact Fact) bool { return fact != BirthDate && !slices.Contains(f.Required, fact) })
}

func join(facts []Fact) string {
	words := make([]string, len(facts))
	for i, f := range facts {
		words[i] = string(f)
	}
	return strings.Join(words, ", ")
}

// Canonical is the form in which a fact is compared. A date of birth is YYYY-MM-DD here; what people type goes through
// ParseBirthDate. Errors: ErrFact.
func Canonical(fact Fact, text string) (string, error) {
	if len(text) > longest {
		return "", ErrFact
	}
	switch fact {
	case BirthDate:
		day, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
		if err != nil || !plausible(day.Year()) {
			return "", ErrFact
		}
		return day.Format(time.DateOnly), nil
	case IDLast4:
		digits, ok := identifier.Digits(text, 4)
		return digits, orErr(ok)
	case ZIP:
		return postal(text)
	case LastName:
		return name(text)
	}
	return "", ErrFact
}

func orErr(ok bool) error {
	if !ok {
		return ErrFact
	}
	return nil
}

// postal is a ZIP code without its four further digits, or the letters and digits of another country's code.
func postal(text string) (string, error) {
	var form strings.Builder
	digits := true
	for _, r := range norm.NFKC.String(text) {
		if identifier.Separates(r) {
			continue
		}
		if digit, ok := identifier.Digit(r); ok {
			form.WriteByte(digit)
			continue
		}
		r, digits = unicode.ToUpper(r), false
		if r < 'A' || r > 'Z' {
			return "", ErrFact
		}
		form.WriteRune(r)
	}
	code := form.String()
	if digits && len(code) == 9 {
		code = code[:5]
	}
	if len(code) < 3 || len(code) > 10 {
		return "", ErrFact
	}
	return code, nil
}

// name is a last name as people and offices agree on it: letters alone, without accents, case, spaces and hyphens.
func name(text string) (string, error) {
	folded := norm.NFKD.String(cases.Fold().String(norm.NFKC.String(text)))
	form := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, folded)
	return form, orErr(form != "")
}

// FactHash is what is kept of a fact in canonical form, bound to its invitation: equal facts of two people are not equal.
func FactHash(keys Keys, activation string, fact Fact, canonical string) []byte {
	return keys.Fingerprint("activation fact", activation+"\x00"+string(fact)+"\x00"+canonical)
}
