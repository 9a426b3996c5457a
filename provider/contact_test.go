package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// shortly is the identifiers of an account: their kinds and names, with how old they are.
func shortly(a Account) string {
	var all []string
	for _, id := range a.Identifiers {
		all = append(all, fmt.Sprintf("%s:%s@%d", id.Kind[:1], id.Canonical, max(0, id.VerifiedAt.Unix())))
	}
	return strings.Join(all, " ")
}

func called(names ...string) Account {
	var a Account
	for _, name := range names {
		kind := map[byte]IdentifierKind{'u': Username, 'e': Email, 'p': Phone}[name[0]]
		id := Identifier{Kind: kind, Canonical: name[2:]}
		if before, old := strings.CutSuffix(name, "!"); old {
			id.Canonical, id.VerifiedAt = before[2:], time.Unix(1, 0)
		}
		a.Identifiers = append(a.Identifiers, id)
	}
	return a
}

func TestAddressesComeAndGo(t *testing.T) {
	added := Identifier{Kind: Email, Canonical: "new", VerifiedAt: time.Unix(9, 0)}
	old := called("u:ana", "e:old!", "p:1!", "e:other!")
	all := called("u:ana", "e:old!", "p:1!", "e:new!")
	for name, c := range map[string]struct {
		got  Account
		want string
	}{
		"one more is the last":                     {old.Addressed(added, ""), "u:ana@0 e:old@1 p:1@1 e:other@1 e:new@9"},
		"one for another stands at its place":      {old.Addressed(added, "old"), "u:ana@0 e:new@9 p:1@1 e:other@1"},
		"one for one that is not there":            {old.Addressed(added, "gone"), "u:ana@0 e:old@1 p:1@1 e:other@1 e:new@9"},
		"one that is there stays as old as it is":  {all.Addressed(added, ""), "u:ana@0 e:old@1 p:1@1 e:new@1"},
		"one that is there for another":            {all.Addressed(added, "old"), "u:ana@0 e:new@1 p:1@1"},
		"one that was not verified is from now on": {called("e:new", "e:old!").Addressed(added, ""), "e:new@9 e:old@1"},
		"a phone of the same text is another":      {called("p:new!").Addressed(added, ""), "p:new@1 e:new@9"},
		"one that goes":                            {all.Unaddressed(Email, "old"), "u:ana@0 p:1@1 e:new@1"},
		"a phone stays where an e-mail goes":       {all.Unaddressed(Email, "1"), shortly(all)},
		"the first of its kind":                    {all.Foremost(all.Identifiers[3]), "u:ana@0 e:new@1 e:old@1 p:1@1"},
		"the first of its kind, which is new":      {called("u:ana", "p:1!").Foremost(added), "u:ana@0 p:1@1 e:new@9"},
	} {
		if got := shortly(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if before := called("u:ana", "e:old!", "p:1!", "e:other!"); !slices.Equal(old.Identifiers, before.Identifiers) {
		t.Error("the account itself was changed")
	}
}

func TestNameable(t *testing.T) {
	for want, accounts := range map[bool][]Account{
		true:  {called("u:ana"), called("e:ana!"), called("p:1!", "u:ana")},
		false: {called(), called("e:ana"), called("p:1!")},
	} {
		for _, a := range accounts {
			if a.Nameable() != want {
				t.Errorf("%s: %v", shortly(a), !want)
			}
		}
	}
}
