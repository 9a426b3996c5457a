package row

import (
	"crypto/sha256"
	"time"

	"gatehouse/provider"
)

// How long a record stays after it is over.
const (
	// CeremonyKept: long enough for a form that is sent a little late. What names the application on a page that is
	// older travels sealed in the page; strangers who only begin ceremonies must not fill the disk.
	CeremonyKept = 10 * time.Minute
	// CodeKept: a code that nobody redeemed is useless after its minute; a day later nobody asks about it either.
	CodeKept = 24 * time.Hour
	// OverKept: sessions and grants that are over still tell a late request, and support, why it was refused.
	OverKept = 7 * 24 * time.Hour
	// ChallengeKept: a code that comes an hour late is told that it is too old, and not that there was none.
	ChallengeKept = time.Hour
	// MessageKept: what became of a message is asked by support and reported by carriers within days.
	MessageKept = 7 * 24 * time.Hour
	// SignalKept: what applications were told of the end of a session is asked about as long as the session can be.
	SignalKept = OverKept
	// DeviceKept: a browser that was away for longer than a yearly check-up is a new one.
	DeviceKept = 400 * 24 * time.Hour
	// LostFoundKept: what was done with invitations and recoveries is asked about within a year.
	LostFoundKept = 400 * 24 * time.Hour
	// CaseKept: contacts with callers are asked about within a year, and hold notes; what was done in them stands in the trail. They never
	// stay longer than the trail does.
	CaseKept = 400 * 24 * time.Hour
)

// ReferenceKept is for how long what a page refused is explained to who is called about it.
const ReferenceKept = provider.ReferenceKept

// CasesKept is how long contacts with callers stay, where events are kept for so long (0 or less: for ever).
func CasesKept(events time.Duration) time.Duration {
	if events > 0 {
		return min(events, CaseKept)
	}
	return CaseKept
}

// PurposeCeremony is under what the completion of a ceremony is marked.
const PurposeCeremony = "ceremony"

// PurposeLink is under what a link that opens a lane is marked.
const PurposeLink = provider.LaneLink

// KeyHash makes the key of every mark equally long, and says nothing of it (SHA-256, 32 bytes).
func KeyHash(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}
