package activation

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/provider/identifier"
)

// The years in which somebody who is invited may have been born. Who was not born yet does not match anyway.
const (
	firstYear = 1880
	lastYear  = 2200
)

func plausible(year int) bool { return year >= firstYear && year <= lastYear }

// ParseBirthDate reads a date of birth from three fields, and answers it as YYYY-MM-DD. A month is a number or a word of
// English or Spanish, whole or short; a year has four digits. Errors: ErrFact.
func ParseBirthDate(year, month, day string) (string, error) {
	y, okYear := number(year, 4, 4)
	m, okMonth := monthOf(month)
	d, okDay := number(day, 1, 2)
	if !okYear || !okMonth || !okDay || !plausible(y) {
		return "", ErrFact
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if date.Day() != d || date.Month() != time.Month(m) { // February 30 is in March
		return "", ErrFact
	}
	return date.Format(time.DateOnly), nil
}

// number reads so many digits of any script.
func number(typed string, least, most int) (int, bool) {
	for n := least; n <= most; n++ {
		if digits, ok := identifier.Digits(typed, n); ok {
			value, err := strconv.Atoi(digits)
			return value, err == nil
		}
	}
	return 0, false
}

// monthOf reads a month as a number, or as a word: enough letters to tell it from the others, three at least.
func monthOf(typed string) (int, bool) {
	if n, ok := number(typed, 1, 2); ok {
		return n, n >= 1 && n <= 12
	}
	if len(typed) > longest {
		return 0, false
	}
	word, err := name(typed)
	if err != nil || len(word) < 3 {
		return 0, false
	}
	found := 0
	for _, months := range [][]string{englishMonths(), spanishMonths()} {
		for i, month := range months {
			if strings.HasPrefix(month, word) && found != i+1 {
				if found != 0 {
					return 0, false // two months of two languages
				}
				found = i + 1
			}
		}
	}
	if found == 0 && (word == "sept" || word == "set" || word == "setiembre") {
		found = int(time.September)
	}
	return found, found != 0
}

func englishMonths() []string {
	return strings.Fields("january february march april may june july august september october november december")
}

func spanishMonths() []string {
	return strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
}
