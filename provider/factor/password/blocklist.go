package password

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/data"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Blocklist. Context: NIST SP 800-63B-4 wants whole passwords compared, not
// parts. Choice: the most frequent passwords, and what everybody makes of them to
// reach 15 signs (said twice, run along the keyboard, a run or up to three signs
// at either end). Rejected: asking a service on the network.

// Bounds on the own words that are looked at, and the digits that may stand
// between them: a whole date.
const (
	ownMax       = 64
	ownLeast     = 3 // code points of a part of an own word
	ownRunes     = 128
	ownDigitsMax = 8
)

// commonPasswords is the list of the most frequent passwords that ships with
// zxcvbn-go (MIT), 7,141 of them.
var commonPasswords = sync.OnceValue(func() map[string]bool {
	list := listOf("Passwords")
	set := make(map[string]bool, len(list))
	for _, word := range list {
		set[fold(word)] = true
	}
	return set
})

// listOf reads a list of words that ships with zxcvbn-go, most frequent first.
func listOf(name string) []string {
	var read struct{ List []string }
	text, err := data.Asset("data/" + name + ".json")
	if err != nil || json.Unmarshal(text, &read) != nil {
		return nil // TestLists sees to it that they can be read
	}
	return read.List
}

// rows are the orders in which keys and signs are run along.
var rows = [...]string{
	"0123456789", "abcdefghijklmnopqrstuvwxyz",
	"qwertyuiopasdfghjklzxcvbnm", "qwertyuiop", "asdfghjkl", "zxcvbnm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
}

// isCommon compares the whole password (NIST SP 800-63B-4 section 3.1.1.2: not
// parts of it), whatever its case and spaces: with the list, with one entry said
// over and over, with a run along the keyboard, the alphabet or the digits, and
// with an entry that has up to three signs, or a run, before or after it. The
// last three stand for the long passwords that everybody thinks of: hardly any
// of the list has 15 code points.
func isCommon(text string) bool {
	text = strings.ReplaceAll(fold(text), " ", "")
	list := commonPasswords()
	if isRun(text) || list[unit(text)] {
		return true
	}
	for i := range text {
		head, tail := text[:i], text[i:]
		if list[unit(head)] && isRun(tail) || list[unit(tail)] && isRun(head) {
			return true
		}
	}
	return false
}

// unit returns the shortest part that makes the text when said over and over,
// which is the text itself unless it repeats.
func unit(text string) string {
	if text == "" {
		return ""
	}
	// A text that repeats is found in its double before its end.
	return text[:1+strings.Index((text + text)[1:], text)]
}

// isRun reports whether the text is up to three signs, once or repeated, or goes
// along one of the rows, forwards or backwards, round and round.
func isRun(text string) bool {
	short := unit(text)
	if len([]rune(short)) <= 3 {
		return true
	}
	for _, row := range rows {
		round := strings.Repeat(row, 2+len(text)/len(row))
		if strings.Contains(round, text) || strings.Contains(reverse(round), text) {
			return true
		}
	}
	return false
}

// reverse turns ASCII text round.
func reverse(text string) string {
	out := make([]byte, 0, len(text))
	for i := len(text) - 1; i >= 0; i-- {
		out = append(out, text[i])
	}
	return string(out)
}

// isOwn reports whether the password, letters and digits only, is made of the
// account's own words and at most eight digits beside them.
func isOwn(text string, own []string) bool {
	letters := []rune(plain(text))
	words := ownWords(own)
	// spare[i] is the fewest digits beside own words with which the first i
	// letters can be made, with at least one own word; lead counts the digits
	// before the first word.
	spare := make([]int, len(letters)+1)
	lead := 0
	for i := range spare {
		spare[i] = ownDigitsMax + 1
		for _, word := range words {
			from := i - len(word)
			if from < 0 || string(letters[from:i]) != string(word) {
				continue
			}
			spare[i] = min(spare[i], spare[from])
			if from <= lead {
				spare[i] = min(spare[i], from)
			}
		}
		if i > 0 && unicode.IsDigit(letters[i-1]) {
			spare[i] = min(spare[i], spare[i-1]+1)
			if lead == i-1 {
				lead = i
			}
		}
	}
	return spare[len(letters)] <= ownDigitsMax
}

// ownWords are the own words as plain letters and digits: each as a whole, and
// each part of it between other signs.
func ownWords(own []string) [][]rune {
	var words [][]rune
	for _, text := range own {
		parts := strings.FieldsFunc(text, func(r rune) bool { return !isPlain(r) })
		for _, part := range append(parts, text) {
			word := []rune(plain(part))
			if len(words) < ownMax && len(word) >= ownLeast && len(word) <= ownRunes {
				words = append(words, word)
			}
		}
	}
	return words
}

// plain is text folded for comparison, letters and digits only.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if isPlain(r) {
			return r
		}
		return -1
	}, fold(text))
}

// isPlain is a letter, a digit or a mark on one of them.
func isPlain(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// fold makes texts that differ in case or width alike. For comparing only:
// what is hashed keeps its case.
func fold(text string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}
