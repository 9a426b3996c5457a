package password

import (
	"math"
	"strings"
	"sync"
	"unicode"
)

// Guesses. Context: a person who chooses a password is told how it looks; nothing
// is refused for it. Choice: how many bits it takes to say the password as words,
// runs, repetitions, dates and other signs, whichever are fewest, as zxcvbn does;
// its lists of words are read when the first password is set. Rejected: zxcvbn-go
// itself, which reads them when any program starts that holds it: 45 ms of CPU for
// each command, half of what a server takes to its first answer, and 13 MB for
// ever (measured); its work doubled, besides, with each sign that stands for a letter.

// What is said in guessing, in bits.
const (
	signBits  = 4.0  // any other sign: those that people think of are far from random
	digitBits = 3.3  // a digit
	runBits   = 8.2  // where a run begins, and in which direction
	yearBits  = 7.2  // 1900 to 2049
	dateBits  = 15.7 // a day of these years
	ownBits   = 2.0  // one of the account's own words
)

// Bounds on what is looked up.
const (
	wordLeast = 3
	wordMost  = 24
	runLeast  = 3
)

// wordRanks are the words of all lists, and at which place of its list each stands.
var wordRanks = sync.OnceValue(func() map[string]uint16 {
	ranks := make(map[string]uint16, 80_000)
	for _, name := range []string{"Passwords", "English", "MaleNames", "FemaleNames", "Surnames"} {
		for i, word := range listOf(name) {
			rank := uint16(min(i+1, math.MaxUint16))
			if before, known := ranks[word]; !known || rank < before {
				ranks[word] = rank
			}
		}
	}
	return ranks
})

// standIns are signs that stand for letters, each before its letter; 1, ! and | are read as i or l.
const standIns = "4a@a8b(c{c[c<c3e6g9g1i!i|i0o$s5s+t7t%x2z"

// letterFor is the letter that a sign stands for, or the sign.
func letterFor(sign rune) rune {
	if sign < '!' || sign > '|' {
		return sign
	}
	for i := 0; i < len(standIns); i += 2 {
		if rune(standIns[i]) == sign {
			return rune(standIns[i+1])
		}
	}
	return sign
}

// guesser estimates for one password.
type guesser struct {
	ranks map[string]uint16
	own   map[string]bool
	said  map[string]float64 // of parts that repeat
}

func newGuesser(own []string) guesser {
	g := guesser{ranks: wordRanks(), own: map[string]bool{}, said: map[string]float64{}}
	for _, word := range own {
		g.own[word] = true
	}
	return g
}

// bits is the fewest that say the text, part after part.
func (g guesser) bits(text []rune) float64 {
	least := make([]float64, len(text)+1)
	for i := range text {
		least[i+1] = math.Inf(1)
	}
	read := readings(text)
	for from, sign := range text {
		reach := func(length int, bits float64) {
			least[from+length] = min(least[from+length], least[from]+bits)
		}
		reach(1, bitsOf(sign))
		g.words(text, read, from, reach)
		g.repeats(text[from:], reach)
		runs(read[0][from:], reach)
		dates(text[from:], reach)
	}
	return least[len(text)]
}

// readings are a text in lower case, and as it reads with letters for the signs that stand for them: two ways.
func readings(text []rune) (read [3][]rune) {
	for _, r := range text {
		lower := unicode.ToLower(r)
		letter := letterFor(lower)
		other := letter
		if letter == 'i' {
			other = 'l'
		}
		read[0], read[1], read[2] = append(read[0], lower), append(read[1], letter), append(read[2], other)
	}
	return read
}

func bitsOf(sign rune) float64 {
	if unicode.IsDigit(sign) {
		return digitBits
	}
	return signBits
}

// words finds words that begin at a place, own ones first, also with signs that stand for letters.
func (g guesser) words(text []rune, read [3][]rune, from int, reach func(int, float64)) {
	for length := wordLeast; length <= min(wordMost, len(text)-from); length++ {
		extra := caseBits(text[from : from+length])
		plain := string(read[0][from : from+length])
		g.word(plain, length, extra, reach)
		for i := 1; i < len(read); i++ {
			if other := string(read[i][from : from+length]); other != plain {
				g.word(other, length, extra+1, reach)
			}
		}
	}
}

func (g guesser) word(word string, length int, extra float64, reach func(int, float64)) {
	if g.own[word] {
		reach(length, ownBits+extra)
	}
	if rank, known := g.ranks[word]; known {
		reach(length, math.Log2(float64(rank))+extra)
	}
}

// caseBits is what capitals add: next to nothing where all are, or the first or the last.
func caseBits(word []rune) float64 {
	upper := 0
	for _, r := range word {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	switch {
	case upper == 0:
		return 0
	case upper == len(word), upper == 1 && (unicode.IsUpper(word[0]) || unicode.IsUpper(word[len(word)-1])):
		return 1
	default:
		return 1 + float64(min(upper, len(word)-upper))
	}
}

// repeats finds a part that is said again and again.
func (g guesser) repeats(text []rune, reach func(int, float64)) {
	for length := 2; length <= len(text); length++ {
		part := string(text[:length])
		once := unit(part)
		if len(once) == len(part) {
			continue
		}
		bits, known := g.said[once]
		if !known {
			bits = g.bits([]rune(once))
			g.said[once] = bits
		}
		reach(length, bits+math.Log2(float64(len(part)/len(once))))
	}
}

// runs finds a run along the alphabet, the digits or the keyboard, in either direction, in lower case.
func runs(lower []rune, reach func(int, float64)) {
	for _, row := range rows {
		for _, step := range [...]int{1, -1} {
			at := strings.IndexRune(row, lower[0])
			length := 0
			for at >= 0 && length < len(lower) && rune(row[at]) == lower[length] {
				at = (at + step + len(row)) % len(row)
				length++
				if length >= runLeast {
					reach(length, runBits+math.Log2(float64(length)))
				}
			}
		}
	}
}

// dates finds a year, or a day written in six or eight digits.
func dates(text []rune, reach func(int, float64)) {
	digits := 0
	for digits < min(8, len(text)) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	number := func(from, to int) int {
		n := 0
		for _, r := range text[from:to] {
			n = 10*n + int(r-'0')
		}
		return n
	}
	day := func(a, b int) bool { return min(a, b) >= 1 && min(a, b) <= 12 && max(a, b) <= 31 }
	year := func(from int) bool { return number(from, from+4) >= 1900 && number(from, from+4) < 2050 }
	if digits >= 4 && year(0) {
		reach(4, yearBits)
	}
	if digits >= 6 && (day(number(0, 2), number(2, 4)) || day(number(2, 4), number(4, 6))) {
		reach(6, dateBits)
	}
	if digits == 8 && (year(0) && day(number(4, 6), number(6, 8)) || year(4) && day(number(0, 2), number(2, 4))) {
		reach(8, dateBits)
	}
}
