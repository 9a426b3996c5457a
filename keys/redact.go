package keys

import (
	"fmt"
	"io"
	"log/slog"
)

const redactedText = "[redacted]"

// redacted is embedded by every type that holds a secret, so that whatever prints it prints a placeholder. Secrets hang
// behind pointers as well: fmt cannot call methods on unexported fields of a stranger's struct, but prints a nested
// pointer as an address.
type redacted struct{}

// String returns "[redacted]".
func (redacted) String() string { return redactedText }

// Format prints "[redacted]" whatever the verb and flags.
func (redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedText) }

// LogValue makes slog print "[redacted]".
func (redacted) LogValue() slog.Value { return slog.StringValue(redactedText) }

// MarshalJSON encodes as the string "[redacted]"; the file writer encodes another type.
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + redactedText + `"`), nil }
