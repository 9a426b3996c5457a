package password

import "github.com/ccojocar/zxcvbn-go"

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
	result := zxcvbn.PasswordStrength(string(text[:min(len(text), strengthMax)]), words)
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
