package provider

import (
	"context"
	"time"
)

// Device is a browser in which somebody signed in fully, bound to their account. A browser that a family shares has one for
// each of them, all under one secret.
type Device struct {
	ID              string
	SecretHash      []byte // of the browser's device cookie
	Account         AccountID
	Words           string // what it calls itself, such as "Firefox on Windows"; display text
	CreatedAt       time.Time
	SeenAt          time.Time
	RememberedUntil time.Time // the second step is not asked until then, where a client allows that; zero: always asked
}

// Remembers reports whether the browser stands in for an e-mail code now.
func (d Device) Remembers(now time.Time) bool { return now.Before(d.RememberedUntil) }

// Devices are durable. They are noted with the completion of a ceremony.
type Devices interface {
	// Device reads the one of a browser and an account: ErrNotFound.
	Device(ctx context.Context, secretHash []byte, account AccountID) (Device, error)
	// Devices lists those of an account, last seen first.
	Devices(ctx context.Context, account AccountID) ([]Device, error)
	// ForgetDevices ends the remembering of all browsers of an account; they stay known.
	ForgetDevices(ctx context.Context, account AccountID, e Event) error
	// DropDevices deletes all browsers of an account: none is known any more. It writes the event even where there was none.
	DropDevices(ctx context.Context, account AccountID, e Event) error
}
