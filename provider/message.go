package provider

import (
	"context"
	"time"
)

// Channel is how a message travels.
type Channel string

// The channels.
const (
	ByEmail Channel = "email"
	ByText  Channel = "text"
	ByVoice Channel = "voice"

	// ByNobody is the channel of a message to somebody that there is not: written like any other, so that it takes as long, and
	// dropped at once.
	ByNobody Channel = "nobody"
)

// Message is one message to a person. It waits in the outbox, put there in the transaction of the act that it tells of. It
// holds no code: where Challenge is set, the code is derived when the message is written out.
type Message struct {
	ID        string // idempotency key (NewID): told twice, it waits once
	Channel   Channel
	To        string // an e-mail address, or a phone number as E.164; sealed at rest
	Account   AccountID
	Template  string            // M-01, M-02 … of the message inventory
	Lang      string            // BCP 47
	Data      map[string]string // what the template fills in; sealed at rest
	Challenge string            // whose code it carries; "" none
	At        time.Time
	Expires   time.Time // not sent from then on
}

// MessageState is how far a message has come.
type MessageState string

// The states of a message. Sent is what its carrier accepted; delivered or failed is what the carrier reported later.
const (
	MessageWaiting   MessageState = "waiting"
	MessageSent      MessageState = "sent"
	MessageDelivered MessageState = "delivered"
	MessageFailed    MessageState = "failed"  // nobody tries again
	MessageDropped   MessageState = "dropped" // it expired first
)

// SendFault classes why a message could not be handed over, or did not arrive.
type SendFault string

// The classes of faults.
const (
	FaultAddress   SendFault = "address"       // permanent for this number or address
	FaultTemporary SendFault = "temporary"     // may pass
	FaultConfig    SendFault = "configuration" // ours to mend
	FaultBlocked   SendFault = "blocked"       // the person (STOP) or the carrier wants none
)

// Claim is a message that one worker holds until its lease ends.
type Claim struct {
	Message
	Tries  int    // handed out so often before; 0 the first time
	Lease  string // what SettleMessage wants to see
	Unsure string // Settled.Unsure of the try before; SendUnsettled where its lease ended unsettled, since it may have arrived: look before sending again
}

// SendUnsettled is the Unsure of a claim after one that was never settled: the worker died or was cut off, perhaps in mid-send.
const SendUnsettled = "unsettled"

// Settled is what came of a claim.
type Settled struct {
	State  MessageState // MessageWaiting: try again at Next
	Fault  SendFault    // "" none
	Ref    string       // the carrier's own reference
	Unsure string       // kept for the next Claim
	Next   time.Time
	At     time.Time
}

// Delivery is what is known of the newest message of a challenge.
type Delivery struct {
	State MessageState
	Fault SendFault
	At    time.Time // of the message
}

// Outbox is durable. Messages get in as the Tell of an Event. To and Data are sealed at rest.
type Outbox interface {
	// ClaimMessages takes at most limit messages of these channels that are due at that time, oldest first, and holds them for
	// lease: nobody else gets them meanwhile. Expired ones, of any channel, are dropped on the way. (One slow carrier keeps
	// nothing of another channel waiting: a worker claims only what it has room for.)
	ClaimMessages(ctx context.Context, channels []Channel, at time.Time, lease time.Duration, limit int) ([]Claim, error)
	// SettleMessage ends a claim. ErrStale: the lease has gone to somebody else, or the message is settled.
	SettleMessage(ctx context.Context, c Claim, s Settled) error
	// ReportMessage notes what a carrier said later of the message with its reference: ErrNotFound. Delivered and failed stay;
	// a message that waits to be tried again is settled by it.
	ReportMessage(ctx context.Context, ref string, state MessageState, fault SendFault, at time.Time) error
	// DeliveryOf tells what became of the newest message of a challenge: ErrNotFound.
	DeliveryOf(ctx context.Context, challenge string) (Delivery, error)
	// Waiting is signalled when this process has put messages in: once for all that nobody was told of yet.
	Waiting() <-chan struct{}
	// Backlog counts the messages that wait, and says since when the oldest does (zero: none).
	Backlog(ctx context.Context) (int, time.Time, error)
}
