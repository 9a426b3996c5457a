package password

// Word is a strength in words: the key of a message in the catalogue.
type Word string

// The strengths that a person is shown.
const (
	Weak   Word = "password.strength.weak"
	Fair   Word = "password.strength.fair"
	Good   Word = "password.strength.good"
	Strong Word = "password.strength.strong"
)

// strengthMax is how many code points are judged: the work grows with their
// square, and 64 are strong enough.
const strengthMax = 64

// From how many bits on a password is fair, good and strong: 10,000 guesses a
// second find it in a few hours, ten days, three years.
const (
	fairBits   = 27.6
	goodBits   = 34.2
	strongBits = 40.9
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
	bits := newGuesser(words).bits(text[:min(len(text), strengthMax)])
	switch {
	case len(text) < pointsMin || bits < fairBits || isCommon(string(text)) || isOwn(string(text), own):
		return Weak
	case bits < goodBits:
		return Fair
	case bits < strongBits:
		return Good
	default:
		return Strong
	}
}
