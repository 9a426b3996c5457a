package signin

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strconv"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
)

// Sizes of a username, as pages say them (provider/identifier refuses others).
const (
	NameMin = 3
	NameMax = 64
)

// NameFree reports whether an account ("": one that is to be made) may have a username. Of two who take it at once, the one who
// finishes first has it.
func (s *SignIn) NameFree(r *web.Request, canonical string, account provider.AccountID) (bool, error) {
	if canonical == "" {
		return false, nil
	}
	return s.Store.UsernameFree(r.Context(), canonical, account)
}

// namesOffered is how many names are offered instead of one that is taken.
const namesOffered = 3

// OfferNames are names like one, that nobody has or had. Their numbers are random, so that they do not count who has the name.
func (s *SignIn) OfferNames(r *web.Request, name string) ([]string, error) {
	if name == "" {
		name = "patient"
	}
	for utf8.RuneCountInString(name) > NameMax-8 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	var all []string
	for most := int64(100); len(all) < namesOffered && most <= 1_000_000_000; most *= 10 {
		n, err := rand.Int(rand.Reader, big.NewInt(most))
		if err != nil {
			return nil, err
		}
		canonical, err := identifier.Username(name + strconv.FormatInt(n.Int64()+most/10, 10))
		if err != nil {
			continue
		}
		free, err := s.NameFree(r, canonical, "")
		if err != nil {
			return nil, err
		}
		if free {
			all = append(all, canonical)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("signin: no name is free")
	}
	return all, nil
}
