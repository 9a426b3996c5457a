package support

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// invitesHourly is more than an office's busy hour, and bounds what a stolen key prints.
const invitesHourly = 600

// ErrInvite says that an invitation cannot be made as it is asked for.
var ErrInvite = errors.New("support: no such invitation can be made")

// apiIssue invites somebody to a record, as gatehouse activation issue does; no account is touched. The code is told here once, and again
// to who repeats the request within a day.
func (s *Support) apiIssue(r *web.Request, d desk, ask Invite) (answer, error) {
	budget := provider.Budget{Purpose: "support invitations", Key: string(d.staff.ID), Limit: invitesHourly, Window: time.Hour}
	_, until, err := s.Store.Spend(r.Context(), budget, r.Now)
	if errors.Is(err, provider.ErrSpent) {
		return answer{}, often(r, until)
	}
	if err != nil {
		return answer{}, err
	}
	issue, code, err := s.Invite(r.Context(), ask, byOf(d), r.Now)
	if err == nil {
		err = s.Store.IssueActivations(r.Context(), []provider.Issue{issue})
	}
	switch {
	case errors.Is(err, ErrInvite):
		return answer{}, &problem{status: http.StatusUnprocessableEntity, kind: "invalid", detail: "A member is missing, or is no such thing as it is named."}
	case errors.Is(err, provider.ErrTaken), errors.Is(err, provider.ErrUsed), errors.Is(err, provider.ErrStale):
		return answer{}, &problem{status: http.StatusConflict, kind: "changed", detail: "Somebody else invited to this record just now. Ask anew with another key."}
	case err != nil:
		return answer{}, err
	}
	return answer{http.StatusCreated, map[string]any{
		"id": issue.Activation.ID, "code": code, "expires_at": issue.Activation.ExpiresAt.UTC(), "sent": len(issue.Event.Tell) > 0,
	}}, nil
}

type apiRevoking struct {
	Reason string `json:"reason"`
}

// apiRevoke ends an invitation of the office that nobody has used.
func (s *Support) apiRevoke(r *web.Request, d desk, ask apiRevoking) (answer, error) {
	if !slices.Contains(provider.Reasons(), provider.Reason(ask.Reason)) {
		return answer{}, refusal(provider.RefusedReason)
	}
	a, err := s.Store.Activation(r.Context(), r.Path("id"))
	if errors.Is(err, provider.ErrNotFound) || err == nil && a.By != "" {
		return answer{}, &problem{status: http.StatusNotFound, kind: "activation", detail: "The office has made no such invitation."}
	}
	if err != nil {
		return answer{}, err
	}
	first, err := s.Store.RevokeActivation(r.Context(), a.ID, byStaff, r.Now, audit.ActivationRevoked(r.Now, a, byStaff, byOf(d)))
	return answer{http.StatusOK, map[string]any{"id": a.ID, "revoked": first}}, err
}
