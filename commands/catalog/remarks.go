package catalog

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"s1bot/render"
	"s1bot/s1"
)

// remarks are what was wrong with the console's answers while a command ran, although they came.
// Package s1 says a Remark where an answer came with 200 and something in it was wrong: an
// unreadable row, errors beside the data.
type remarks struct {
	mu   sync.Mutex // a command may ask several things at once
	said []s1.Remark
}

// listen returns a context under which the console's answers are listened to.
func (r *remarks) listen(ctx context.Context) context.Context {
	return s1.WithRemarks(ctx, func(said s1.Remark) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.said = append(r.said, said)
	})
}

// unreliable is why a plan that was made of these answers cannot be relied on: an endpoint that is
// missing from it is one that nobody decides about, and a namesake that is missing makes a name
// look clear. A remark about something that was lost on the way is told by the error itself.
func (r *remarks) unreliable(operation string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, said := range r.said {
		if !said.Lost {
			return &s1.Error{
				Operation: operation, Status: http.StatusOK, Err: fmt.Errorf("%s: %s", said.Operation, said.Words),
				Message: said.Words + ". So I can't tell what this would touch, and nothing was done.",
			}
		}
	}
	return nil
}

// notes are the sentences that an approver should read.
func (r *remarks) notes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var notes []string
	for _, said := range r.said {
		notes = AppendNew(notes, said.Words)
	}
	return notes
}

// beside adds to a card what it does not tell yet. An answer to a question may lack something, and
// a change may be half done; what was asked after a change says nothing about the change. It
// compares words so that a command which tells the same thing better is not repeated.
func (r *remarks) beside(card render.Card, risk Risk) render.Card {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := card.Plain()
	var lacking, notes []string
	for _, said := range r.said {
		switch {
		case strings.Contains(told, said.Words):
		case (said.Change || risk == Read) && card.Outcome != render.Failed:
			lacking = AppendNew(lacking, said.Words)
		default:
			notes = AppendNew(notes, said.Words)
		}
	}
	for _, note := range notes {
		card.Parts = append(card.Parts, render.Note{render.Text(note)})
	}
	return Incomplete(card, strings.Join(lacking, " "))
}
