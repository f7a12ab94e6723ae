package hunts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// How long the rows of a query are asked for that is finished and whose rows are not to be had yet:
// by the work that waits for them, and by a person who looks.
const (
	rowsPatience = 2 * time.Minute
	lookPatience = 8 * time.Second
)

// unready tells whether the console says that the rows of a query are not to be had yet. It does so
// for some seconds after it has called the query FINISHED.
func unready(err error) bool {
	var e *s1.Error
	return errors.As(err, &e) && (e.Status == http.StatusConflict || e.Status == http.StatusTooEarly)
}

// patiently reads a page of rows, again for a while where they are not to be had yet. The pause
// doubles, up to ten seconds.
func patiently(page func(context.Context, s1.Query) (s1.Page[huntapi.Event], error), patience time.Duration, wait func()) func(context.Context, s1.Query) (s1.Page[huntapi.Event], error) {
	return func(ctx context.Context, q s1.Query) (s1.Page[huntapi.Event], error) {
		began := time.Now()
		for rest := time.Second; ; rest = min(2*rest, 10*time.Second) {
			found, err := page(ctx, q)
			if !unready(err) || time.Since(began)+rest > patience {
				return found, err
			}
			wait()
			if err := pause(ctx, rest); err != nil {
				return found, err
			}
		}
	}
}

// gathering is the card of a hunt that is over at the console, which does not hand out its rows yet.
func (h *hunt) gathering() render.Card {
	card := h.head(h.hunting("Hunting"))
	card.Parts = append(card.Parts, render.Bar{Done: 100, Total: 100, Label: "finished; the console doesn't have the rows ready yet"})
	return card
}

// unread is the failure of a hunt whose query is finished and whose rows could not be read: the
// console keeps them for a while, so who hunted reads again rather than hunts again.
func (h *hunt) unread(kind string, err error) (render.Card, error) {
	var refusal *s1.Error
	if !errors.As(err, &refusal) || h.state.ID == "" || h.state.Engine == huntapi.DataLake {
		return render.Card{}, err
	}
	return unreadCard(h.call, h.state.ID, kind, refusal, h.again()), nil
}

// unreadCard offers to read the rows of a finished query again.
func unreadCard(call *catalog.Call, id huntapi.QueryID, kind string, e *s1.Error, more []render.Action) render.Card {
	advice := "The query is finished, but I couldn't read its rows. The console keeps them for a while: try again with the button below."
	if !unready(e) {
		advice += "\n" + refusal.Advice(e, call.Command.Needs)
	}
	args := map[string]any{"query-id": id}
	if kind != "" {
		args["event-type"] = kind
	}
	card := render.Failure(call.Command.Title, e.Status, e.Message, advice)
	card.Parts = append(card.Parts, render.Fields{{Label: "Query ID", Value: render.Line{render.Mono(string(id))}, Wide: true}})
	card.Actions = append([]render.Action{render.Button{Label: "Read again", Style: render.Primary, Do: catalog.Invocation{Command: "get-events-by-query-id-and-type", Args: catalog.Marshal(args)}}}, more...)
	return card
}
