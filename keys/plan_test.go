package keys

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

const day = 24 * time.Hour

func at(days float64) time.Time { return noon().Add(time.Duration(days * float64(day))) }

func meta(id string, alg Alg, announced, activates float64) KeyMeta {
	return KeyMeta{ID: id, Alg: alg, Announced: at(announced), Activates: at(activates)}
}

func TestPlanOverTime(t *testing.T) {
	steady := func(es256 ...KeyMeta) []KeyMeta { // the others are present, so that only ES256 has anything to do
		return append([]KeyMeta{meta("r", RS256, 0, 0), meta("e", EdDSA, 0, 0)}, es256...)
	}
	for name, test := range map[string]struct {
		ring   []KeyMeta
		now    float64
		policy Policy
		want   string
	}{
		"nothing yet":          {nil, 0, Policy{}, "make ES256@0 make RS256@0 make EdDSA@0"},
		"one algorithm":        {steady(), 0, Policy{}, "make ES256@0"},
		"fresh":                {steady(meta("a", ES256, 0, 0)), 1, Policy{}, ""},
		"a moment before":      {steady(meta("a", ES256, -50, -50)), 38.99, Policy{}, ""},
		"time to announce":     {steady(meta("a", ES256, -50, -50)), 39, Policy{}, "make ES256@40"},
		"announced":            {steady(meta("a", ES256, -50, -50), meta("b", ES256, 39, 40)), 39.5, Policy{}, ""},
		"after a long absence": {steady(meta("a", ES256, -300, -300)), 50, Policy{}, "make ES256@51"},
		"retired":              {steady(meta("a", ES256, -50, -50), meta("b", ES256, 39, 40)), 41, Policy{}, ""},
		"overlap over":         {steady(meta("a", ES256, -50, -50), meta("b", ES256, 39, 40)), 41.05, Policy{}, "delete a"},
		"longer overlap":       {steady(meta("a", ES256, -50, -50), meta("b", ES256, 39, 40)), 41.05, Policy{Overlap: 2 * day}, ""},
		"short rotation":       {steady(meta("a", ES256, 0, 0)), 1, Policy{Rotation: 2 * day, Announce: day}, "make ES256@2"},
		"clock behind":         {steady(meta("a", ES256, 1, 1)), 0.9, Policy{}, ""},
		"of a newer version":   {steady(meta("a", ES256, 0, 0), meta("x", "X1", -900, -900), meta("y", "X1", -800, -800)), 1, Policy{}, ""},
	} {
		if name == "short rotation" {
			for i := range 2 {
				test.ring[i].Activates = at(1)
			}
		}
		got := describe(Plan(test.ring, at(test.now), test.policy))
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func describe(actions Actions) string {
	var words []string
	for _, m := range actions.Make {
		words = append(words, fmt.Sprintf("make %s@%v", m.Alg, m.Activates.Sub(noon()).Hours()/24))
	}
	for _, id := range actions.Delete {
		words = append(words, "delete "+id)
	}
	text := ""
	for i, word := range words {
		if i > 0 {
			text += " "
		}
		text += word
	}
	return text
}

func TestStatesOfAKey(t *testing.T) {
	ring := []KeyMeta{meta("b", ES256, 39, 40), meta("a", ES256, 0, 0)}
	for _, test := range []struct {
		now       float64
		a, b      State
		signs     string
		untilOfA  float64
		publishes string
	}{
		{-0.001, StateActive, StateAnnounced, "a", 40, "ab"}, // the eldest signs even before its date
		{0, StateActive, StateAnnounced, "a", 40, "ab"},
		{39.999, StateActive, StateAnnounced, "a", 40, "ab"},
		{40, StateRetired, StateActive, "b", 41 + 1.0/24, "ab"},
		{41.04, StateRetired, StateActive, "b", 41 + 1.0/24, "ab"},
		{41 + 1.0/24, StateDeleted, StateActive, "b", 0, "b"},
	} {
		all := lives(ring, Policy{})
		if got := all[0].state(at(test.now)); got != test.a {
			t.Errorf("day %v: a is %s", test.now, got)
		}
		if got := all[1].state(at(test.now)); got != test.b {
			t.Errorf("day %v: b is %s", test.now, got)
		}
		if got := Signing(ring, ES256, at(test.now)); got != test.signs {
			t.Errorf("day %v: %q signs", test.now, got)
		}
		if _, until := all[0].span(at(test.now)); test.untilOfA != 0 && until.Sub(at(test.untilOfA)).Abs() > time.Second {
			t.Errorf("day %v: a is so until %v", test.now, until)
		}
	}
	if got := Signing(ring, RS256, at(1)); got != "" {
		t.Errorf("%q signs RS256", got)
	}
}

func TestSuccessorsOfOneInstantAreInOrder(t *testing.T) {
	ring := []KeyMeta{meta("b", ES256, 0, 1), meta("a", ES256, 0, 1), meta("c", ES256, 0, 0)}
	for _, days := range []float64{0, 0.5, 1, 1.5} {
		if active := actives(ring, ES256, at(days), Policy{}); len(active) != 1 {
			t.Errorf("day %v: active are %v", days, active)
		}
	}
}

func actives(ring []KeyMeta, alg Alg, now time.Time, p Policy) []string {
	var ids []string
	for _, l := range lives(ring, p) {
		if l.Alg == alg && l.state(now) == StateActive {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

// Two years at irregular steps, with absences of up to 200 days and presses of "rotate now", under several policies.
func TestTwoYearsOfRotation(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		policy := Policy{}
		if seed%3 == 1 {
			policy = Policy{Rotation: 30 * day, Announce: 3 * day, Overlap: 40 * day}
		}
		if seed%3 == 2 {
			policy = Policy{Rotation: 6 * day, Announce: 5 * day, Overlap: 6 * time.Hour}
		}
		world := &simulation{t: t, seed: seed, policy: policy.complete(), kids: map[string]bool{}, lastKid: map[Alg]string{}}
		now := noon()
		for now.Before(noon().Add(2 * 365 * day)) {
			world.minute(now, random)
			now = now.Add(time.Duration(random.Int64N(int64(5 * time.Hour))))
			if random.IntN(400) == 0 {
				now = now.Add(time.Duration(random.Int64N(int64(200 * day))))
			}
		}
		if len(world.kids) < 8 {
			t.Errorf("seed %d: only %d keys in two years", seed, len(world.kids))
		}
	}
}

type simulation struct {
	t       *testing.T
	seed    uint64
	policy  Policy
	ring    []KeyMeta
	kids    map[string]bool
	lastKid map[Alg]string
	tokens  []simulatedToken
}

type simulatedToken struct {
	kid     string
	expires time.Time
}

func (s *simulation) minute(now time.Time, random *rand.Rand) {
	s.checkTokens(now) // before the plan: a snapshot that nobody refreshed must be right as well
	s.apply(Plan(s.ring, now, s.policy), now)
	if again := Plan(s.ring, now, s.policy); !again.None() {
		s.t.Fatalf("seed %d, %v: a second plan finds more to do: %s", s.seed, now, describe(again))
	}
	if random.IntN(500) == 0 {
		s.apply(Actions{Make: []NewKey{{Alg: ES256, Activates: now.Add(s.policy.Announce)}}}, now)
	}
	s.checkTokens(now)
	for _, alg := range kept() {
		s.sign(alg, now, random)
	}
}

func (s *simulation) apply(actions Actions, now time.Time) {
	s.ring = slices.DeleteFunc(slices.Clone(s.ring), func(m KeyMeta) bool { return slices.Contains(actions.Delete, m.ID) })
	for _, wanted := range actions.Make {
		id := fmt.Sprintf("%s-%03d", wanted.Alg, 999-len(s.kids)) // newer ids sort first, so that order cannot come from them
		if s.kids[id] {
			s.t.Fatalf("kid %s repeats", id)
		}
		s.kids[id] = true
		s.ring = append(s.ring, KeyMeta{ID: id, Alg: wanted.Alg, Announced: now, Activates: wanted.Activates})
	}
}

func (s *simulation) sign(alg Alg, now time.Time, random *rand.Rand) {
	active := actives(s.ring, alg, now, s.policy)
	if len(active) != 1 || active[0] != Signing(s.ring, alg, now) {
		s.t.Fatalf("seed %d, %v: active are %v, %q signs", s.seed, now, active, Signing(s.ring, alg, now))
	}
	if last := s.lastKid[alg]; last != "" && last != active[0] {
		key := s.ring[slices.IndexFunc(s.ring, func(m KeyMeta) bool { return m.ID == active[0] })]
		if now.Sub(key.Announced) < s.policy.Announce {
			s.t.Fatalf("seed %d, %v: %s signs, announced only at %v", s.seed, now, key.ID, key.Announced)
		}
	}
	s.lastKid[alg] = active[0]
	s.tokens = append(s.tokens, simulatedToken{kid: active[0], expires: now.Add(time.Duration(random.Int64N(int64(s.policy.Overlap))))})
}

func (s *simulation) checkTokens(now time.Time) {
	published := map[string]bool{}
	for _, l := range lives(s.ring, s.policy) {
		published[l.ID] = l.state(now) != StateDeleted
	}
	s.tokens = slices.DeleteFunc(s.tokens, func(token simulatedToken) bool { return !now.Before(token.expires) })
	for _, token := range s.tokens {
		if !published[token.kid] {
			s.t.Fatalf("seed %d, %v: %s is gone, a token of it lives until %v", s.seed, now, token.kid, token.expires)
		}
	}
}
