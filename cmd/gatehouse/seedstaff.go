package main

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// staffLine is one person of the house for programs. Enroll is "" once their passkey is made.
type staffLine struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Role   string `json:"role"`
	Enroll string `json:"enroll"` // one-time link for the first passkey
}

// inventedStaff are one of each role, and a second agent: whoever acts is not who approves.
func inventedStaff() []provider.Staff {
	return []provider.Staff{
		{Name: "Fay", Email: "fay@staff.example.com", Role: provider.Agent},
		{Name: "Gus", Email: "gus@staff.example.com", Role: provider.Supervisor},
		{Name: "Hal", Email: "hal@staff.example.com", Role: provider.Auditor},
		{Name: "Ida", Email: "ida@staff.example.com", Role: provider.Administrator},
	}
}

// seedStaff adds the people of the house, and gives whoever has no passkey yet a link for one.
func seedStaff(ctx context.Context, store provider.StaffStore, console string, now time.Time) ([]staffLine, error) {
	const most = 1000
	there, err := store.AllStaff(ctx, most)
	if err != nil {
		return nil, err
	}
	known := map[string]provider.Staff{}
	for _, one := range there {
		known[one.Email] = one
	}
	lines := []staffLine{}
	for _, invented := range inventedStaff() {
		line := staffLine{Name: invented.Name, Email: invented.Email, Role: string(invented.Role)}
		who, old := known[invented.Email]
		if old && (!who.Enabled() || len(who.EnrollHash) == 0) {
			lines = append(lines, line)
			continue
		}
		token := provider.NewSecret()
		if !old {
			who = invented
			who.ID, who.CreatedAt = provider.StaffID(provider.NewID()), now
		}
		who.EnrollHash, who.EnrollUntil = provider.HashSecret(token), now.Add(provider.EnrollLasts)
		if old {
			err = store.UpdateStaff(ctx, who, audit.StaffLinked(now, who, audit.House))
		} else {
			err = store.AddStaff(ctx, who, audit.StaffAdded(now, who, audit.House))
		}
		if err != nil && !errors.Is(err, provider.ErrStale) {
			return nil, err
		}
		line.Enroll = console + "/enroll#" + token
		lines = append(lines, line)
	}
	return lines, nil
}
