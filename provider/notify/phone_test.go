package notify_test

import (
	"errors"
	"testing"

	"gatehouse/provider/notify"
)

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]notify.Phone{
		"617 555 0101":       {Number: "+16175550101", Country: "US"},
		"(617) 555-0101":     {Number: "+16175550101", Country: "US"},
		" 1-617-555-0101 ":   {Number: "+16175550101", Country: "US"},
		"+1.617.555.0101":    {Number: "+16175550101", Country: "US"},
		"６１７ ５５５ ０１０１":       {Number: "+16175550101", Country: "US"},
		"011 1 416 555 0123": {Number: "+14165550123", Country: "CA"},
		"787-555-0123":       {Number: "+17875550123", Country: "PR"},
	} {
		got, err := notify.Phones{}.Parse(typed)
		if err != nil || got != want {
			t.Errorf("%q: %+v %v", typed, got, err)
		}
	}
	europe := notify.Phones{Countries: []string{"DE", "FR"}}
	for typed, want := range map[string]notify.Phone{
		"030 2301234":       {Number: "+49302301234", Country: "DE", Landline: true},
		"0151 23456789":     {Number: "+4915123456789", Country: "DE"},
		"+33 6 12 34 56 78": {Number: "+33612345678", Country: "FR"},
		"+33 1 42 68 53 00": {Number: "+33142685300", Country: "FR", Landline: true},
	} {
		got, err := europe.Parse(typed)
		if err != nil || got != want {
			t.Errorf("%q: %+v %v", typed, got, err)
		}
	}
}

func TestNumbersThatCannotBeUsedAreRefusedForAReason(t *testing.T) {
	for typed, want := range map[string]string{
		"":                           notify.KeyPhoneEmpty,
		"  ":                         notify.KeyPhoneEmpty,
		"12":                         notify.KeyPhoneForm,
		"617 555 01":                 notify.KeyPhoneForm,
		"ana@example.com":            notify.KeyPhoneForm,
		"617 555 0101 2222 33333 44": notify.KeyPhoneForm,
		"617 FLOWERS":                notify.KeyPhoneForm,
		"+1 617 555 0101 +1 617 555 0101 +1 617 555 0101 +1 617 555 0101 +1": notify.KeyPhoneForm,
		"617-555-0101 x12":          notify.KeyPhoneExtension,
		"617-555-0101 ext. 12":      notify.KeyPhoneExtension,
		"tel:+1-617-555-0101;ext=3": notify.KeyPhoneExtension,
		"+44 7400 123456":           notify.KeyPhoneCountry,
		"+44 12345":                 notify.KeyPhoneCountry,
		"+1 876 555 0123":           notify.KeyPhoneCountry, // Jamaica: the same +1
		"+1 900 555 0123":           notify.KeyPhoneKind,    // premium
		"+1 800 555 0123":           notify.KeyPhoneKind,    // toll-free
		"+881 6 1234 5678":          notify.KeyPhoneCountry, // satellite
		"911":                       notify.KeyPhoneForm,
	} {
		_, err := notify.Phones{}.Parse(typed)
		var refusal *notify.PhoneRefusal
		if !errors.As(err, &refusal) || refusal.Key != want {
			t.Errorf("%q: %v, want %s", typed, err, want)
		}
	}
	british := notify.Phones{Countries: []string{"GB"}}
	for _, typed := range []string{
		"0845 464 0123", // shared cost
		"0909 879 0123", // premium
		"076 4012 3456", // pager
		"0370 123 4567", // company-wide
		"070 1234 5678", // personal
	} {
		_, err := british.Parse(typed)
		var refusal *notify.PhoneRefusal
		if !errors.As(err, &refusal) || refusal.Key != notify.KeyPhoneKind {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// Whatever is typed: a number that may be used, or a refusal that the catalogue knows.
func FuzzPhone(f *testing.F) {
	for _, seed := range []string{"617 555 0101", "+49 30 2301234", "tel:+1;ext=1", "\x00", "٠١٢٣٤٥٦٧٨٩", "+"} {
		f.Add(seed)
	}
	known := map[string]bool{}
	for _, key := range notify.PhoneKeys() {
		known[key] = true
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := notify.Phones{}.Parse(typed)
		var refusal *notify.PhoneRefusal
		if err != nil && (!errors.As(err, &refusal) || !known[refusal.Key]) {
			t.Errorf("%q: %v", typed, err)
		}
		if err != nil {
			return
		}
		again, err := notify.Phones{}.Parse(got.Number)
		if err != nil || again != got {
			t.Errorf("%q: %+v, and that is %+v %v", typed, got, again, err)
		}
	})
}
