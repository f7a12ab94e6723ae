package approvals

import (
	"context"
	"errors"
	"time"
)

// MaxHold is how long a question without an answer keeps an approved request from running; then it
// ends as not run. Ten minutes are a restart of Slack's or the console's; what was approved for an
// incident should not start long after everybody went on to something else.
const MaxHold = 10 * time.Minute

// The pauses between two times that the question is asked: short at first, for most trouble passes.
// Five seconds, doubled with each try, and a minute at most: some fourteen questions within
// MaxHold.
const (
	leastPause = 5 * time.Second
	mostPause  = time.Minute
)

// A Hold is why an approved request does not run: a gate asked, just before, and nobody can tell.
type Hold struct {
	Question string    `json:"question"` // as in CannotTell
	Since    time.Time `json:"since"`
	Next     time.Time `json:"next"` // when it is asked again
	Tries    int       `json:"tries"`
}

// Until is when the request ends as not run.
func (h Hold) Until() time.Time { return h.Since.Add(MaxHold) }

// hold records that r cannot run at now because of a question, and reports whether that is news.
//
// Since stays when the question changes: it is the request that has waited ten minutes, not each of
// its questions. The last try is moved to the very end of the time, so that the answer may still
// come in time.
func (r *Request) hold(question string, now time.Time) (news bool, err error) {
	switch {
	case r.State != Approved:
		return false, ErrTaken
	case r.overdue(now):
		return false, ErrExpired
	}
	h := Hold{Since: now}
	if r.Held != nil {
		h = *r.Held
	}
	news = h.Question != question
	h.Question, h.Tries = question, h.Tries+1
	h.Next = now.Add(min(leastPause<<min(h.Tries-1, 4), mostPause))
	if h.Next.After(h.Until()) {
		h.Next = h.Until()
	}
	r.Held = &h
	return news, nil
}

// heldTooLong reports whether the question that keeps r from running had no answer for too long.
func (r *Request) heldTooLong(now time.Time) bool {
	return r.State == Approved && r.Held != nil && !now.Before(r.Held.Until())
}

// Hold records that an approved request does not run yet, because a question has no answer. Recover
// returns it when it is time to ask again; after MaxHold it ends as not run.
//
// A try that finds the same question again is written to the row, which spaces the tries for all
// processes, and not to the trail. ErrTaken: somebody runs it already. ErrExpired comes with the
// request as it ended.
func (l *Ledger) Hold(ctx context.Context, id, question string) (Request, error) {
	news := false
	r, err := l.step(ctx, id, func(r *Request, now time.Time) (entries []Entry, err error) {
		if news, err = r.hold(question, now); err != nil || !news {
			return nil, err
		}
		return []Entry{entry(*r, now, ActionHeld, "", map[string]any{"requester": r.Requester, "why": question, "until": r.Held.Until()})}, nil
	})
	switch {
	case errors.Is(err, ErrExpired):
		return l.expireNow(ctx, r), err
	case err == nil && news:
		l.changed(r)
	}
	return r, err
}
