package catalog

import (
	"context"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1/huntapi"
)

// SearchQueries is what the search box for queries looks for: those that the person started themselves.
const SearchQueries = "queries"

// Queries remembers which queries a person started, for the search box. It is kept apart from the
// console: that has no list. A query's id is all that its events can be read by, and the console
// lists none, so the bot keeps them, each for its own person.
type Queries interface {
	AddQuery(ctx context.Context, user, id, text string, at time.Time) error
	LastQueries(ctx context.Context, user string, n int, each func(id, text string, at time.Time)) error
}

// RememberQuery writes down that the caller started a query. It is a convenience: a hunt does not
// fail for it. It does not end with the call's context, for a hunt may be cancelled the moment
// after.
func (c *Call) RememberQuery(ctx context.Context, id huntapi.QueryID, text string) {
	if c.Queries != nil {
		_ = c.Queries.AddQuery(context.WithoutCancel(ctx), c.Caller.ID, string(id), text, time.Now())
	}
}

// OwnQueries are the options of the search box: the caller's queries that have the typed words in them, and the typed text itself
// if it can be an id. They are never remembered for others.
func OwnQueries(ctx context.Context, call *Call, typed string) ([]render.Option, error) {
	options := []render.Option{}
	if call.Queries != nil {
		err := call.Queries.LastQueries(ctx, call.Caller.ID, 100, func(id, given string, at time.Time) {
			label := text.Shorten(strings.Join(strings.Fields(given), " "), 55) + " · " + at.In(call.Caller.Location()).Format("01-02 15:04")
			if len(options) < MaxSuggestions && strings.Contains(strings.ToLower(given+" "+id), strings.ToLower(typed)) {
				options = append(options, render.Option{Label: label, Value: id})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	if len(options) == 0 && len(typed) > 8 && huntapi.QueryID(typed).Valid() {
		options = append(options, render.Option{Label: typed, Value: typed})
	}
	return options, nil
}
