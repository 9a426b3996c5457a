package row

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gatehouse/provider"
)

// ErrEvent says that an event cannot be kept as it is: a fault of ours. The act that it came with did not happen.
var ErrEvent = errors.New("storage: this event cannot be kept")

// What an event may be at most, in bytes, so that no request can fill the audit trail with its own text.
const (
	maxEventField  = 256
	maxEventDetail = 4096
)

// CheckEvent refuses an event without a kind or a time, or beyond the bounds, and one that tells what cannot be sent. It
// answers the detail as JSON text.
func CheckEvent(e provider.Event) (detail string, err error) {
	if e.Kind == "" || e.At.IsZero() {
		return "", fmt.Errorf("%w: it needs a kind and a time", ErrEvent)
	}
	for _, field := range []string{e.Kind, string(e.Account), e.Client, e.Session, e.Grant, e.Actor} {
		if len(field) > maxEventField || !utf8.ValidString(field) || strings.ContainsRune(field, 0) {
			return "", fmt.Errorf("%w: %s has a field that is too long or no text", ErrEvent, e.Kind)
		}
	}
	err = checkTold(e)
	if err != nil {
		return "", err
	}
	return detailText(e)
}

// CheckPlainEvent is CheckEvent where personal data have no place: they are refused, and not left out.
func CheckPlainEvent(e provider.Event) (detail string, err error) {
	if len(e.Private) > 0 {
		return "", fmt.Errorf("%w: %s has no place for personal data here", ErrEvent, e.Kind)
	}
	return CheckEvent(e)
}

func detailText(e provider.Event) (string, error) {
	if len(e.Detail) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(e.Detail) // keys come out sorted
	if err != nil {
		return "", err
	}
	if len(text) > maxEventDetail {
		return "", fmt.Errorf("%w: the detail of %s is %d bytes of %d", ErrEvent, e.Kind, len(text), maxEventDetail)
	}
	return string(text), nil
}

// ParseDetail reads the detail back; none is nil.
func ParseDetail(text string) (map[string]string, error) {
	if text == "{}" {
		return nil, nil
	}
	var detail map[string]string
	err := json.Unmarshal([]byte(text), &detail)
	return detail, err
}
