package approvals

import (
	"context"
	"time"
)

// An Undone says that another request has taken back what this one did: the endpoint that it isolated
// was reconnected. It stays done, and what lasts for a time is over.
type Undone struct {
	By      string    `json:"by"`  // id of the other request
	Ref     string    `json:"ref"` // of that
	Command string    `json:"command"`
	Words   string    `json:"words"` // "DESKTOP-1 was reconnected (A-7F3A)"
	At      time.Time `json:"at"`
}

// Undo records that by, which has run, took back what a request did, once; words say it. What has not
// run, or ran after by, is left as it is.
//
// Who deals with the end of the term at this moment finds it over (ErrLeaseLost), and extensions that
// wait have nothing to extend any more.
func (l *Ledger) Undo(ctx context.Context, id string, by Request, words string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if r.State != Done || r.Undone != nil || !by.Started.After(r.Started) {
			return nil, errUnchanged
		}
		r.Undone = &Undone{By: by.ID, Ref: by.Ref, Command: by.Command, Words: words, At: now}
		if r.Term.Running() {
			t := *r.Term
			t.Over, t.Note, t.Next, t.Held, t.Taken, t.Proposed = now, words+".", by.ID, "", time.Time{}, nil
			r.Term = &t
		}
		return []Entry{entry(*r, now, ActionUndone, "", map[string]any{"requester": r.Requester, "next": by.ID, "note": words})}, nil
	})
	return l.told(r, err)
}
