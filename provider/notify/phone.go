package notify

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Keys of a PhoneRefusal, in the message catalogue.
const (
	KeyPhoneEmpty     = "address.error.phone.empty"
	KeyPhoneForm      = "address.error.phone"
	KeyPhoneExtension = "address.error.extension"
	KeyPhoneCountry   = "address.error.country"
	KeyPhoneKind      = "address.error.premium"
)

// PhoneKeys are all keys that a PhoneRefusal may have.
func PhoneKeys() []string {
	return []string{KeyPhoneEmpty, KeyPhoneForm, KeyPhoneExtension, KeyPhoneCountry, KeyPhoneKind}
}

// Phones says which numbers may be written to. The zero Phones allows the United States with its territories, and Canada.
type Phones struct {
	Countries []string // ISO 3166-1 alpha-2, the first is where a number without a country code is; none: US, CA, PR, VI, GU, AS, MP
}

// Phone is a number that may be written to, or called.
type Phone struct {
	Number   string // E.164
	Country  string
	Landline bool // call, do not text
}

// PhoneRefusal is why a number cannot be used; its text is a key of the catalogue.
type PhoneRefusal struct{ Key string }

func (r *PhoneRefusal) Error() string { return r.Key }

// typedMost bounds what is read as a number: more than any way to write one takes.
const typedMost = 64

// Parse reads a number as a person types it. Errors: *PhoneRefusal.
//
// Numbers that cost their owner or us extra (premium, shared cost), that lead to nobody in particular (pagers, company-wide
// numbers, voice mail, toll-free and personal numbers) or whose kind is not known are refused: a code sent there proves
// nothing, and may be meant to earn somebody money. Where mobiles and landlines look alike, as in the United States, a number
// passes for a mobile until the carrier says otherwise.
func (p Phones) Parse(typed string) (Phone, error) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return Phone{}, &PhoneRefusal{KeyPhoneEmpty}
	case len(typed) > typedMost:
		return Phone{}, &PhoneRefusal{KeyPhoneForm}
	}
	number, err := phonenumbers.Parse(typed, p.countries()[0])
	switch {
	case err != nil:
		return Phone{}, &PhoneRefusal{KeyPhoneForm}
	case number.GetExtension() != "":
		return Phone{}, &PhoneRefusal{KeyPhoneExtension}
	case strings.ContainsFunc(typed, unicode.IsLetter): // a word on the keys, which people mistype
		return Phone{}, &PhoneRefusal{KeyPhoneForm}
	}
	return p.judge(number)
}

func (p Phones) judge(number *phonenumbers.PhoneNumber) (Phone, error) {
	country := phonenumbers.GetRegionCodeForNumber(number)
	if country == "" || !phonenumbers.IsValidNumber(number) {
		return Phone{}, &PhoneRefusal{p.whyInvalid(number)}
	}
	if !slices.Contains(p.countries(), country) {
		return Phone{}, &PhoneRefusal{KeyPhoneCountry}
	}
	found := Phone{Number: phonenumbers.Format(number, phonenumbers.E164), Country: country}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.FIXED_LINE:
		found.Landline = true
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP:
	default:
		return Phone{}, &PhoneRefusal{KeyPhoneKind}
	}
	return found, nil
}

// whyInvalid tells a number of another country from one that is none.
func (p Phones) whyInvalid(number *phonenumbers.PhoneNumber) string {
	for _, country := range p.countries() {
		if phonenumbers.GetCountryCodeForRegion(country) == int(number.GetCountryCode()) {
			return KeyPhoneForm
		}
	}
	return KeyPhoneCountry
}

func (p Phones) countries() []string {
	if len(p.Countries) == 0 {
		return []string{"US", "CA", "PR", "VI", "GU", "AS", "MP"}
	}
	return p.Countries
}

// KnownCountry reports whether numbers of a country can be read; alpha-2, in capitals.
func KnownCountry(country string) bool { return phonenumbers.GetSupportedRegions()[country] }
