package hunts

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// An engine is what a hunt runs on: Deep Visibility, whose paths the vendor closes on 2027-02-15,
// or the data lake, which takes over. A hunt keeps to the engine that it began on, over restarts,
// too. Each is made for one hunt and may remember things about it; what must survive a restart goes
// through the report into huntState.
type engine interface {
	// start begins the query and returns how far it is at once; wait hears the place in line while
	// there is one.
	Start(ctx context.Context, wait func(huntapi.Place)) (report, error)
	// look tells how far the query is. The report may be of another query that took its place; it has
	// the id then.
	Look(ctx context.Context, t huntapi.SDLTicket) (report, error)
	// stop ends the query at the console.
	stop(ctx context.Context, t huntapi.SDLTicket) error
	// show reads what a finished query found.
	Show(ctx context.Context, h *hunt, found report) (render.Card, error)
}

// A report is how far a query is. An empty field says nothing: what was known before stays.
type report struct {
	id       huntapi.QueryID
	tag      string // of the data lake: see huntapi.SDLTicket
	steps    int
	state    huntapi.QueryState
	percent  int
	problem  string // why it failed
	warnings []string
	done     bool
	result   *huntapi.PowerResult // where the rows come with the report
}

// A hunt is one query from the line in front of the console to its rows. It survives a restart:
// with the id that was written down it goes on with the same query. One goroutine runs it, save for
// the clock that Start shows.
type hunt struct {
	call    *catalog.Call
	engine  engine
	query   string
	from    time.Time
	to      time.Time
	scope   string        // where, in words; "" where it cannot be chosen
	timeout time.Duration // of the query at the console; 0 is none
	sent    string        // what went to the console, where it is not the query as it was typed
	keeps   bool          // only starts the query and keeps its rows for other commands
	state   huntState
}

// huntState is what is written down. Rows of older versions have no engine; they are Deep
// Visibility's, the only one there was.
type huntState struct {
	huntapi.SDLTicket
	Engine huntapi.HuntEngine `json:"engine,omitempty"` // "" is Deep Visibility: hunts of older versions
	Began  time.Time          `json:"began,omitzero"`   // at the console
}

// Bounds of hunting.
const (
	// A tick is an edit of a message; Slack takes about one a second in a channel, from all that
	// the bot does there.
	huntTick  = 3 * time.Second  // between two looks at a clock that people watch
	maxMisses = 8                // looks in a row that fail before the hunt does; each was tried several times already
	tidyLimit = 15 * time.Second // to stop a query at the console
	maxHunt   = 24 * time.Hour   // after that nobody waits for it
)

// run hunts to the end. The order of the cases matters: a query that is over is not waited for, and
// one that a person has limited is stopped at the console as well. A look that fails is tried
// again, since the query runs on by itself. One that the console forgot while nobody polled is
// begun anew, once and only after a restart.
func (h *hunt) run(ctx context.Context) (render.Card, error) {
	resumed := h.call.SavedState(&h.state) && h.state.ID != ""
	found, err := h.begun(ctx)
	for misses := 0; err == nil && !found.done; {
		switch {
		case found.state.Dead():
			h.free(ctx)
			return render.Card{}, h.died(found)
		case h.expired():
			return h.timedOut(found, h.stop(ctx)), nil
		}
		h.call.Show(h.running(found, misses))
		if err = pause(ctx, h.pace()); err != nil {
			break
		}
		var next report
		next, err = h.engine.Look(ctx, h.state.SDLTicket)
		switch {
		case err == nil:
			found, misses = next, 0
			err = h.note(found)
		case resumed && errors.Is(err, errForgotten): // while the bot was away
			h.state.ID, resumed = "", false
			found, err = h.begun(ctx)
		case ctx.Err() == nil && misses < maxMisses && passing(err):
			err = nil
			misses++
		}
	}
	if err != nil {
		return h.ended(ctx, found, err)
	}
	return h.engine.Show(ctx, h, found)
}

// on has the hunt run on the engine that it began on or, where it has not begun, on the one that
// the console has. The setting and what the console has are asked once, at the beginning.
func (h *hunt) on(ctx context.Context, engines map[huntapi.HuntEngine]func() (engine, error)) error {
	if h.call.SavedState(&h.state) && h.state.ID != "" {
		h.state.Engine = cmp.Or(h.state.Engine, huntapi.DeepVisibility)
	} else {
		found, err := h.call.Console.HuntEngine(ctx)
		if err != nil {
			return err
		}
		h.state.Engine = found
	}
	chosen, err := engines[h.state.Engine]()
	h.engine = chosen
	return err
}

// note takes down what an engine says about the query, so that a restart goes on with it. Only id
// and tag are saved, and only when they change: every save is a write to the database.
func (h *hunt) note(found report) error {
	before := h.state.SDLTicket
	if found.id != "" {
		h.state.ID = found.id
	}
	if found.tag != "" {
		h.state.Tag, h.state.Steps = found.tag, found.steps
	}
	if h.state.ID == before.ID && h.state.Tag == before.Tag {
		return nil
	}
	return h.call.Save(h.state)
}

// begun starts the query, unless an earlier run of the work did. The id is written down before
// anything else happens with it. Where that fails the query is stopped: it would otherwise run
// unseen, and after a restart once more.
func (h *hunt) begun(ctx context.Context) (report, error) {
	if h.state.ID != "" {
		if h.state.Began.IsZero() {
			h.state.Began = time.Now()
		}
		return report{id: h.state.ID}, nil
	}
	found, err := h.Start(ctx)
	if err != nil || found.id == "" {
		return found, err
	}
	h.state.SDLTicket, h.state.Began = huntapi.SDLTicket{ID: found.id, Tag: found.tag, Steps: found.steps}, time.Now()
	h.call.RememberQuery(ctx, found.id, h.query)
	if err := h.call.Save(h.state); err != nil {
		_ = h.stop(ctx) // unsaved, it would run twice after a restart; who wrote nothing down has no better plan if this fails, too
		return found, err
	}
	return found, nil
}

// Start waits in line and shows the place, and the time that passes meanwhile. The line is the
// bot's own: Deep Visibility takes one query a minute of a token, so hunts of all people wait for
// each other, and each sees its place.
func (h *hunt) Start(ctx context.Context) (report, error) {
	h.call.Show(h.waiting(huntapi.Place{}))
	var mu sync.Mutex // one card at a time
	var place *huntapi.Place
	show := func(moved *huntapi.Place) {
		mu.Lock()
		defer mu.Unlock()
		if moved != nil {
			place = moved
		}
		if place != nil {
			h.call.Show(h.waiting(*place))
		}
	}
	ticking, stop := context.WithCancel(ctx)
	var clock sync.WaitGroup
	clock.Go(func() {
		for pause(ticking, huntTick) == nil {
			show(nil)
		}
	})
	defer clock.Wait()
	defer stop()
	return h.engine.Start(ctx, func(p huntapi.Place) { show(&p) })
}

// pace is how long to wait before the next look: queries end within seconds or take minutes.
// query-status takes one call a second of all hunts together; the client spaces them, and a slower
// pace keeps the line short.
func (h *hunt) pace() time.Duration {
	switch elapsed := time.Since(h.state.Began); {
	case elapsed < 20*time.Second:
		return time.Second
	case elapsed < 2*time.Minute:
		return 2 * time.Second
	}
	return 5 * time.Second
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (h *hunt) expired() bool {
	elapsed := time.Since(h.state.Began)
	return h.timeout > 0 && elapsed >= h.timeout || elapsed >= maxHunt
}

// passing tells whether what went wrong may be gone at the next look. 200 is an answer that could
// not be read, and 409 one that is not ready yet.
func passing(err error) bool {
	var e *s1.Error
	if !errors.As(err, &e) || errors.Is(err, errForgotten) || errors.Is(err, s1.ErrInvalidID) {
		return false
	}
	return slices.Contains([]int{0, http.StatusOK, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests}, e.Status) || e.Status >= 500
}

// errForgotten is a query whose rows the console has dropped.
var errForgotten = errors.New("the console no longer has the query")

// ended says how a hunt came to an early end: cancelled by a person, to be gone on with after a
// restart, or failed. A context that ends without a person's cancelling is the process draining:
// the query is left alone, and the saved state finds it again.
func (h *hunt) ended(ctx context.Context, found report, err error) (render.Card, error) {
	switch {
	case errors.Is(context.Cause(ctx), catalog.ErrCancelled):
		return h.cancelled(found, h.stop(ctx)), nil
	case ctx.Err() != nil:
		return render.Card{}, context.Cause(ctx)
	}
	h.free(ctx)
	var refused *s1.Error
	if errors.As(err, &refused) && refused.Reason == s1.QueryUnread {
		return h.unreadable(refused), nil
	}
	return render.Card{}, err
}

// unreadable shows the query that the console cannot read, to be changed. The form opens with the
// query in it, since that is what must change.
func (h *hunt) unreadable(e *s1.Error) render.Card {
	card := render.Failure(h.call.Command.Title, e.Status, e.Message, refusal.Advice(e, h.call.Command.Needs))
	card.Parts = append(card.Parts, render.Fields{{Label: "Query", Value: render.Line{render.Mono(text.Shorten(h.query, 500))}, Wide: true}})
	card.Actions = append(card.Actions, render.Button{Label: "Change the query", Style: render.Primary, Do: h.call.Variant(render.Open)})
	return card
}

// stop ends the query at the console, if there is one. Its context outlives the caller's, which is
// over when somebody cancels.
func (h *hunt) stop(ctx context.Context) error {
	if h.state.ID == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyLimit)
	defer cancel()
	return h.engine.stop(ctx, h.state.SDLTicket)
}

// free gives back the slot of a query that is over. Deep Visibility does so by itself.
func (h *hunt) free(ctx context.Context) {
	if h.state.Engine == huntapi.DataLake {
		_ = h.stop(ctx) // the console does it within 30 s
	}
}

// died is the error of a query that the console gave up. That was said with a good status, so it
// has no other. Messages go by the state's label, for consoles spell states differently
// (QUERY_CANCELLED, QUERY_CANCEL).
func (h *hunt) died(found report) error {
	message := map[string]string{
		"cancelled":                "Somebody cancelled the query in the console.",
		"expired":                  "The query has expired in the console; hunt again.",
		"not known to the console": "The console no longer has the query; hunt again.",
		"timed out at the console": "The query took too long for the console; hunt over a shorter time range.",
	}[found.state.Label()]
	message = cmp.Or(message, "The query failed at the console.")
	return &s1.Error{
		Operation: "hunt", Status: http.StatusOK,
		Message: text.JoinNonEmpty(" ", message, found.problem, "("+string(found.state)+")"),
	}
}
