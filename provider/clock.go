package provider

import "time"

// ClockSkew is how far the clock of a replica may be from that of the database. Codes live for a minute and one-time
// passwords for thirty seconds: a replica that is further off refuses good ones and takes old ones.
const ClockSkew = 5 * time.Second

// ClockOff reports whether a clock is too far from the store's.
func ClockOff(local, store time.Time) bool { return local.Sub(store).Abs() > ClockSkew }
