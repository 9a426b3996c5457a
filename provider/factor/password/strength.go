package password

import (
	"strings"

	"github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/match"
	"github.com/ccojocar/zxcvbn-go/matching"
)

// Word is a strength in words: the key of a message in the catalogue.
type Word string

// The strengths that a person is shown.
const (
	Weak   Word = "password.strength.weak"
	Fair   Word = "password.strength.fair"
	Good   Word = "password.strength.good"
	Strong Word = "password.strength.strong"
)

// strengthMax is how many code points are judged: the work grows much faster
// than the length (149 ms were measured for 256), and 64 are strong enough.
const strengthMax = 64

// Signs that stand for letters (4 for a), and how many different ones are read as
// letters: the work doubles with each (8 ms for 8 of them, 700 ms for all 20).
const (
	standIns    = "4@8({[<3691!|0$5+7%2"
	standInsMax = 8
)

// Strength estimates how long a password stands up to guessing. It advises and
// never refuses; own are the account's own words, as in Context.
func Strength(password string, own []string) Word {
	normal, err := normalize(password)
	if err != nil {
		return Weak
	}
	text := []rune(string(normal))
	var words []string
	for _, word := range ownWords(own) {
		words = append(words, string(word))
	}
	judged := string(text[:min(len(text), strengthMax)])
	result := zxcvbn.PasswordStrength(judged, words, tooManyStandIns(judged))
	switch {
	case len(text) < pointsMin || result.Score <= 1 || isCommon(string(text)) || isOwn(string(text), own):
		return Weak
	case result.Score == 2:
		return Fair
	case result.Score == 3:
		return Good
	default:
		return Strong
	}
}

// tooManyStandIns leaves out the one matcher whose work has no bound, where it
// would be much.
func tooManyStandIns(text string) func(match.Matcher) bool {
	count := 0
	for _, sign := range standIns {
		if strings.ContainsRune(text, sign) {
			count++
		}
	}
	return func(m match.Matcher) bool { return count > standInsMax && matching.FilterL33tMatcher(m) }
}
