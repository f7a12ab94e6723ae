package exchange

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
)

// A Subject is what a message is about: "threat" or "alert" and its id, and the console that rows
// and buttons of it carry.
type Subject struct{ Console, Kind, ID string }

// A SubjectSource knows what messages are about.
type SubjectSource interface {
	// About returns what a message, or the thread under it, is about; empty if nothing.
	About(ctx context.Context, channel, ts string) (Subject, error)
}

// Subjects tell what messages are about.
type Subjects struct {
	Source SubjectSource
	Log    *slog.Logger
}

// Of tells which threat or alert a thread, or the message that was clicked on, is about.
//
// An error counts only if neither of the two places tells: that one of them could not be read is no
// matter when the other has the answer.
func (s Subjects) Of(ctx context.Context, at Origin) (about Subject, thread string, err error) {
	if s.Source == nil {
		return about, "", nil
	}
	for _, ts := range []string{at.Thread, at.Message} {
		found, failed := s.Source.About(ctx, at.Channel, ts)
		if failed != nil {
			err = fmt.Errorf("look up what a thread is about: %w", failed)
		}
		if found.ID != "" {
			return found, cmp.Or(at.Thread, ts), nil
		}
	}
	return about, "", err
}
