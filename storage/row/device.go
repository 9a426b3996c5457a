package row

import (
	"fmt"

	"gatehouse/provider"
)

// Seen is the browser that a completion notes, and whether there is one. Its times and account are those of the completion
// where it has none of its own; of another account it cannot be.
func Seen(c provider.Completion) (provider.Device, bool, error) {
	d := c.Device
	if len(d.SecretHash) == 0 {
		return provider.Device{}, false, nil
	}
	if d.Account != "" && d.Account != c.Session.Account {
		return provider.Device{}, false, fmt.Errorf("storage: device %s belongs to another account", d.ID)
	}
	d.Account = c.Session.Account
	if d.ID == "" {
		d.ID = provider.NewID()
	}
	if d.SeenAt.IsZero() {
		d.SeenAt = c.At
	}
	if d.CreatedAt.IsZero() {
		d.CreatedAt = d.SeenAt
	}
	return d, true, nil
}
