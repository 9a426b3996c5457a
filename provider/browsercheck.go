package provider

import (
	"errors"
	"slices"
	"strings"
)

// BrowserCheck is what the help page knows of somebody's browser, in numbers that can be read out: one for each line of the page, one for
// its language, and a last one that finds slips. It says nothing of a person, and nothing of it is kept.
type BrowserCheck struct {
	Cookies  BrowserAnswer // come back
	Scripts  BrowserAnswer // run
	Passkeys BrowserAnswer // are known to the browser
	Lock     BrowserAnswer // the device itself can make one
	Clock    BrowserAnswer // is right, give or take two minutes
	Screen   BrowserAnswer // is wide
	Language string        // of the page: one of BrowserLanguages; "" another
}

// BrowserAnswer is one line of it.
type BrowserAnswer int

// The answers, by their numbers.
const (
	BrowserYes     BrowserAnswer = 1
	BrowserNo      BrowserAnswer = 2
	BrowserUnknown BrowserAnswer = 3 // it takes scripts to find out
)

// Word is yes, no or unknown.
func (a BrowserAnswer) Word() string {
	switch a {
	case BrowserYes:
		return "yes"
	case BrowserNo:
		return "no"
	default:
		return "unknown"
	}
}

// BrowserLanguages are those that have a number: their place, from 1 on. New ones go to the end. The slice is the caller's.
func BrowserLanguages() []string { return []string{"en", "es", "pt", "ht", "zh-Hans", "vi", "ar"} }

// otherLanguage is the number of any other.
const otherLanguage = 9

// BrowserLine is one of the answers by the name of its line.
type BrowserLine struct {
	What string // cookies, scripts, passkeys, lock, clock, screen
	Says BrowserAnswer
}

// Lines are the answers in the order of the page.
func (c BrowserCheck) Lines() []BrowserLine {
	return []BrowserLine{{"cookies", c.Cookies}, {"scripts", c.Scripts}, {"passkeys", c.Passkeys}, {"lock", c.Lock}, {"clock", c.Clock}, {"screen", c.Screen}}
}

// Code is the numbers, with a space between them. static/browser.js makes the same of what it finds out.
func (c BrowserCheck) Code() string {
	var digits []byte
	for _, line := range c.Lines() {
		says := line.Says
		if says < BrowserYes || says > BrowserUnknown {
			says = BrowserUnknown
		}
		digits = append(digits, '0'+byte(says))
	}
	language := slices.Index(BrowserLanguages(), c.Language) + 1
	if language == 0 {
		language = otherLanguage
	}
	digits = append(digits, '0'+byte(language)) // one digit
	return strings.Join(strings.Split(string(append(digits, damm(digits))), ""), " ")
}

// ErrNumbers is the answer to numbers that are not those of a browser check: too few, too many, or a slip.
var ErrNumbers = errors.New("provider: not the numbers of a browser check")

// ReadBrowserCheck reads the numbers as a caller says them: with spaces, dashes, commas, dots or nothing between.
func ReadBrowserCheck(said string) (BrowserCheck, error) {
	var digits []byte
	for _, r := range said {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case strings.ContainsRune(" -,.\u00a0\t", r):
		default:
			return BrowserCheck{}, ErrNumbers
		}
	}
	const lines, whole = 6, 8
	if len(digits) != whole || damm(digits) != '0' {
		return BrowserCheck{}, ErrNumbers
	}
	var answers [lines]BrowserAnswer
	for i := range answers {
		answers[i] = BrowserAnswer(digits[i] - '0')
		if answers[i] < BrowserYes || answers[i] > BrowserUnknown {
			return BrowserCheck{}, ErrNumbers
		}
	}
	c := BrowserCheck{Cookies: answers[0], Scripts: answers[1], Passkeys: answers[2], Lock: answers[3], Clock: answers[4], Screen: answers[5]}
	language := int(digits[lines] - '0')
	switch {
	case language >= 1 && language <= len(BrowserLanguages()):
		c.Language = BrowserLanguages()[language-1]
	case language != otherLanguage:
		return BrowserCheck{}, ErrNumbers
	}
	return c, nil
}

// dammRows is the quasigroup of Damm's method (On check digits, Marburg 2004): it finds each single wrong digit and each pair that is
// turned round. Of digits with their own check digit the result is 0.
const dammRows = "0317598642" + "7092154863" + "4206871395" + "1750983426" + "6123045978" + "3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790"

func damm(digits []byte) byte {
	at := 0
	for _, d := range digits {
		at = int(dammRows[10*at+int(d-'0')] - '0')
	}
	return '0' + byte(at) // one digit
}
