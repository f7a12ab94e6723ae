package approvals

import (
	"context"
	"time"
)

// A Store keeps requests and the audit trail. Each method is one transaction; two that append to
// the trail wait for each other. Times are kept to the millisecond.
//
// The conformance suite in bot/store runs against both engines; a new one has to pass it. What a
// Ledger relies on: a method that returned nil is on disk, an error means that nothing of the call
// was written or, where the connection broke in the commit, that nobody knows (Ledger.unwritten
// reads again); and Find sees every write that was committed before it began.
type Store interface {
	// Insert adds r as version 1, with its entry. If a request with r's key exists it returns that one
	// and false and adds nothing. ErrDuplicate: r's id or ref belongs to another request. ErrConflict:
	// r.Seen is not what is there any more, where it counts.
	Insert(ctx context.Context, r Request, e Entry) (stored Request, created bool, err error)
	// Swap writes r as version r.Version+1 and appends the entries if the stored version is still
	// r.Version, or does nothing and returns ErrConflict.
	Swap(ctx context.Context, r Request, entries ...Entry) error
	// Append adds entries that belong to no change of a request.
	Append(ctx context.Context, entries ...Entry) error
	// Find returns the requests that match, oldest first.
	Find(ctx context.Context, q Query) ([]Request, error)
	// Audit returns the entries that match, oldest first. The zero query is the whole trail.
	Audit(ctx context.Context, q AuditQuery) (Trail, error)
}

// A Query selects requests; fields that are zero do not matter.
type Query struct {
	ID, Ref, Key string
	States       []State
	Commands     []string // their names; of requests that older versions made others may be among what is found
	Requester    string
	Behind       bool      // only those that are, see Request.Behind
	Due          time.Time // only those with something due by then, see Request.Due
	Since        time.Time // made then or later
	Limit        int
}

// Next is the query for what follows a page that q found.
//
// It begins with the moment of the page's last request, so what was made at that moment comes
// again: the caller keeps it from counting twice. A page that is of one moment throughout would
// come again for ever; so the moment moves on by at least the millisecond that a store keeps.
func (q Query) Next(page []Request) Query {
	least := q.Since.Add(time.Millisecond)
	if q.Since = page[len(page)-1].Created; q.Since.Before(least) {
		q.Since = least
	}
	return q
}

// An AuditQuery selects entries; fields that are zero do not matter.
type AuditQuery struct {
	Since   time.Time
	After   int64  // only later rows than this one
	Request string // id or reference
	Actor   string // Slack user id
	Action  string
	Command string
}
