package transport

import (
	"context"
	"fmt"
)

// A Remark is what is wrong with an answer that came all the same, with status 200 and with data.
type Remark struct {
	Operation string // what was asked: "list agents"
	Words     string // a sentence for people; what the console said is in it
	Change    bool   // it answered a change, not a question
	Lost      bool   // the bot could not read a part of it; else the console says that something went wrong
}

// remarkKey is where a context has who hears remarks, for the same reason as with waits: lists and
// commands in between need not know.
type remarkKey struct{}

// WithRemarks returns a context under which hear gets what is wrong with answers that came all the
// same, in addition to whom the given context tells. Who shows an answer must show its remarks, and
// who acts on one must not take it for complete.
func WithRemarks(ctx context.Context, hear func(Remark)) context.Context {
	outer, _ := ctx.Value(remarkKey{}).(func(Remark))
	return context.WithValue(ctx, remarkKey{}, func(r Remark) {
		hear(r)
		if outer != nil {
			outer(r)
		}
	})
}

// NoteSaid passes on what the console said beside an answer, and returns the sentence.
func (c *Client) NoteSaid(ctx context.Context, call Call, words string) string {
	if words == "" {
		return ""
	}
	words = "The console added: " + hide(words, append(call.Hides, c.token())...)
	return c.note(ctx, call, Remark{Words: words})
}

// NoteLost passes on how many rows could not be read, and returns the sentence.
func (c *Client) NoteLost(ctx context.Context, call Call, rows int) string {
	if rows == 0 {
		return ""
	}
	return c.note(ctx, call, Remark{Words: fmt.Sprintf("Rows of the console's answer that I couldn't read: %d.", rows), Lost: true})
}

// note tells the log, and whoever listens to the context.
func (c *Client) note(ctx context.Context, call Call, r Remark) string {
	r.Operation, r.Change = call.Operation, !call.reads()
	c.logger.WarnContext(ctx, "something is wrong with a console's answer", "route", call.Route, "operation", call.Operation, "err", r.Words)
	if hear, ok := ctx.Value(remarkKey{}).(func(Remark)); ok {
		hear(r)
	}
	return r.Words
}
