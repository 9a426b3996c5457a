package postgres

import (
	"fmt"
	"strings"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// told is the part of a statement that puts messages into the outbox, ten arrays from argument first on, if the part from
// answers a row. A message that is there already is not put in twice. One to nobody is put in like any other, and is settled by
// that.
func told(from string, first int) string {
	types := []string{"text", "text", "text", "text", "text", "text", "bytea", "bytea", "bigint", "bigint"}
	for i, each := range types {
		types[i] = fmt.Sprintf("$%d::%s[]", first+i, each)
	}
	return `, told_` + from + ` AS (
		INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, due, expires, settled_at)
		SELECT m.id, CASE WHEN m.channel = '` + string(provider.ByNobody) + `' THEN '` + string(provider.MessageDropped) + `' ELSE '` + string(provider.MessageWaiting) + `' END,
			m.channel, m.account, m.template, m.lang, m.challenge, m.target, m.data, m.at, m.at, m.expires,
			CASE WHEN m.channel = '` + string(provider.ByNobody) + `' THEN m.at END
		FROM ` + from + `, unnest(` + strings.Join(types, ", ") + `)
			AS m (id, channel, account, template, lang, challenge, target, data, at, expires)
		ON CONFLICT (id) DO NOTHING)`
}

// tell adds the messages of an event to the statement of its act, behind the part that writes the event; from is the part
// that answers a row if the act takes place, first the number of the first free argument. It answers the statement and
// the arguments to add. Where there are no messages, the statement stays as it is.
func (s *Store) tell(statement, behind, from string, messages []provider.Message, first int) (string, []any, error) {
	if len(messages) == 0 {
		return statement, nil, nil
	}
	var ids, channels, accounts, templates, langs, challenges []string
	var targets, data [][]byte
	var at, expires []int64
	for _, m := range messages {
		target, filled, err := row.SealMessage(s.sealer, m)
		if err != nil {
			return "", nil, err
		}
		ids, channels = append(ids, m.ID), append(channels, string(m.Channel))
		accounts, templates = append(accounts, string(m.Account)), append(templates, m.Template)
		langs, challenges = append(langs, m.Lang), append(challenges, m.Challenge)
		targets, data = append(targets, target), append(data, filled)
		at, expires = append(at, micros(m.At)), append(expires, micros(m.Expires))
	}
	statement = strings.Replace(statement, behind, behind+told(from, first), 1)
	return statement, []any{ids, channels, accounts, templates, langs, challenges, targets, data, at, expires}, nil
}

// signal wakes who waits for messages; a token that is there already says the same.
func (s *Store) signal() {
	select {
	case s.waiting <- struct{}{}:
	default:
	}
}

// Waiting is signalled when this process has put a message in.
func (s *Store) Waiting() <-chan struct{} { return s.waiting }
