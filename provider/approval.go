package provider

import (
	"context"
	"time"
)

// Approval is what a second person is asked. It is used once, for the very act that was asked.
type Approval struct {
	ID        string
	Case      string
	Staff     StaffID // who asked
	Account   AccountID
	Action    HelpAction
	Reason    Reason
	Target    string // which factor, or the new contact; sealed at rest
	Level     HelpLevel
	Evidence  []string // kinds only: facts, live proof, document
	AskedAt   time.Time
	ExpiresAt time.Time
	By        StaffID // who decided; "" nobody yet
	DecidedAt time.Time
	Refused   bool
	DoneAt    time.Time // when the act took place
	Rev       int64
}

// Approvals are the words of second persons.
type Approvals interface {
	// AskApproval adds one in a case that is open, of who asks, and about that account: ErrStale where it is not.
	AskApproval(ctx context.Context, a Approval, e Event) error
	// Approval reads one: ErrNotFound.
	Approval(ctx context.Context, id string) (Approval, error)
	// PendingApprovals lists those that nobody decided and that are not over, oldest first, at most limit.
	PendingApprovals(ctx context.Context, at time.Time, limit int) ([]Approval, error)
	// ApprovalsOf lists those of a case, newest first.
	ApprovalsOf(ctx context.Context, caseID string) ([]Approval, error)
	// DecideApproval is the word of the second person, in one conditional write: ErrUsed where somebody decided before, where it is over, or
	// where by is who asked, whose account it is, or no supervisor who may sign in.
	DecideApproval(ctx context.Context, id string, by StaffID, refused bool, at time.Time, e Event) error
	// SpendApproval marks it as used, once, by the act that was approved: ErrUsed, also where nobody gave it, or it is over.
	SpendApproval(ctx context.Context, id string, at time.Time, e Event) error
}
