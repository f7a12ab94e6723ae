package huntapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// The Singularity Data Lake answers what Deep Visibility did, at /sdl/v2/api/queries. Facts about
// these calls are from the vendor's API document and from public clients of live consoles. What
// differs from the rest of the API: the path lies beside /web/api, the header says Bearer, answers
// have no envelope, and each one may bring a forward tag without which the next poll does not find
// the query.

// SDLRetention is how long the console keeps a query that nobody polls.
const SDLRetention = 30 * time.Second

// MaxSDLRows is how many events one query is asked for. The console's own limit is about 5,000, but
// a thousand events with all of their fields fill an answer of several MB.
const MaxSDLRows = 1000

// An SDLTicket is all that is needed to go on with a query. It goes over a restart as JSON.
type SDLTicket struct {
	ID    QueryID `json:"id,omitempty"`
	Tag   string  `json:"tag,omitempty"`   // the newest forward tag
	Steps int     `json:"steps,omitempty"` // the last count of completed steps
}

// An SDLQuery asks for events (with a Filter) or for a table (with a Power query). Start is
// inclusive, End exclusive.
type SDLQuery struct {
	From, To time.Time
	Accounts []wire.AccountID // none: all that the token may see
	Filter   string           // in S1QL 2.0; "" is every event
	Limit    int              // of the events, 1 to MaxSDLRows; the newest are kept
	Power    string           // instead of Filter: a PowerQuery
}

// sdlBody is an SDLQuery as it travels. Exactly one of Tenant and Accounts must be sent: with
// neither, the console looks at next to nothing and says 200; with both, it says 400.
type sdlBody struct {
	Type     string           `json:"queryType"`
	Tenant   bool             `json:"tenant"`
	Accounts []wire.AccountID `json:"accountIds,omitempty"`
	From     string           `json:"startTime,omitempty"`
	To       string           `json:"endTime,omitempty"`
	Priority string           `json:"queryPriority"`
	Log      *sdlLog          `json:"log,omitempty"`
	Power    *sdlPower        `json:"pq,omitempty"`
}

// Rows come in ascending time whatever is asked for; without "ascending" the newest are the ones
// that are kept.
type sdlLog struct {
	Filter string `json:"filter"`
	Limit  int    `json:"limit"`
}

type sdlPower struct {
	Query  string `json:"query"`
	Result string `json:"resultType"`
}

// No field is sent that need not be: an unknown one is a 400 of the whole launch, and consoles
// differ.
func (q SDLQuery) body() sdlBody {
	b := sdlBody{Type: "LOG", Tenant: len(q.Accounts) == 0, Accounts: q.Accounts, Priority: "HIGH"} // HIGH is what people who wait get
	b.From, b.To = sdlTime(q.From), sdlTime(q.To)
	if q.Power != "" {
		b.Type, b.Power = "PQ", &sdlPower{Query: q.Power, Result: "TABLE"}
		return b
	}
	b.Log = &sdlLog{Filter: q.Filter, Limit: min(cmp.Or(q.Limit, MaxSDLRows), MaxSDLRows)}
	return b
}

// sdlTime writes nanoseconds since 1970: of all spellings that the console takes, the only one that
// can name the very event at which a page ends.
func sdlTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixNano(), 10)
}

// SDLProgress is how far a query is and, when it is done, what it found: Events of a Filter, Table
// of a Power query.
type SDLProgress struct {
	SDLTicket
	Total   int    // steps; 0 while the console does not know yet
	Done    bool   // all rows are there
	Problem string // why the query failed; "" while it did not
	Partial []string
	Events  []Event
	Table   PowerResult
}

// Percent is the completed part of the steps.
func (p SDLProgress) Percent() int {
	if p.Done {
		return 100
	}
	if p.Total <= 0 {
		return 0
	}
	return min(100*p.Steps/p.Total, 99)
}

// State is how far the query is in the words of Deep Visibility, which the data lake does not have.
func (p SDLProgress) State() QueryState {
	switch {
	case p.Problem != "":
		return "FAILED"
	case p.Done:
		return "FINISHED"
	}
	return "RUNNING"
}

// It is another permission than that of the older engine: a token that hunts there may be refused
// here.
const sdlPermission = "Skylight Query API.view"

// sdlTries is how often a launch is tried that the console was too busy for. It changes nothing
// there, so it may be repeated; a plain 500, though, is what the console says to a query that it
// cannot read.
const sdlTries = 6

// LaunchSDL starts a query. Small ones are done at once. A launch that was sent is not cut off by
// the end of ctx: its id would be lost and the query would take up one of the console's slots.
func (c *Engines) LaunchSDL(ctx context.Context, q SDLQuery) (SDLProgress, error) {
	launch := transport.Call{Operation: "start a query", Method: http.MethodPost, Route: "queries", Body: q.body(), Permission: sdlPermission, Elsewhere: transport.Elsewhere{DataLake: true}}
	for try := 1; ; try++ {
		wait, err := c.t.Admit(ctx, launch)
		if err != nil {
			return SDLProgress{}, transport.NotAdmitted(launch, wait, err)
		}
		launch.Admitted = true
		found, err := c.askSDL(context.WithoutCancel(ctx), launch)
		if !busy(err) || try == sdlTries || c.t.Pause(ctx, transport.Wait{For: pauseAfter(err, try), Path: launch.Route, Answered: true}) != nil {
			return found, harmless(err)
		}
		launch.Admitted = false
	}
}

// busy tells whether a console may take the same launch in a moment.
func busy(err error) bool {
	var e *transport.Error
	return errors.As(err, &e) && slices.Contains([]int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, e.Status)
}

// PollSDL tells how far a query is and keeps it alive. ErrNotFound says that the console has
// forgotten it. A poll is sent with the newest tag and the last count of steps; the answer's take
// their place in the ticket, so keep the answer's and not the old one. Errors leave the ticket as
// it was.
func (c *Engines) PollSDL(ctx context.Context, t SDLTicket) (SDLProgress, error) {
	poll := transport.Call{Operation: "poll a query", Method: http.MethodGet, Route: "queries/{id}", Permission: sdlPermission, Elsewhere: transport.Elsewhere{DataLake: true, ForwardTag: t.Tag}}
	if !t.valid() {
		return SDLProgress{}, transport.Refusal(poll.Operation, wire.ErrInvalidID)
	}
	poll.IDs, poll.Query = []string{string(t.ID)}, transport.Query{}.With("lastStepSeen", strconv.Itoa(t.Steps))
	found, err := c.askSDL(ctx, poll)
	if err != nil {
		return SDLProgress{SDLTicket: t}, err
	}
	found.ID, found.Tag = cmp.Or(found.ID, t.ID), cmp.Or(found.Tag, t.Tag)
	return found, nil
}

// EndSDL frees the slot of a query, whatever state it is in. One that the console has forgotten is
// freed. End every query, the finished ones as well: each takes up one of the few that a console
// runs at once.
func (c *Engines) EndSDL(ctx context.Context, t SDLTicket) error {
	end := transport.Call{Operation: "end a query", Method: http.MethodDelete, Route: "queries/{id}", Permission: sdlPermission, Elsewhere: transport.Elsewhere{DataLake: true, ForwardTag: t.Tag}}
	if !t.valid() {
		return transport.Refusal(end.Operation, wire.ErrInvalidID)
	}
	end.IDs = []string{string(t.ID)}
	_, err := c.t.Do(ctx, end)
	if errors.Is(err, transport.ErrNotFound) {
		return nil
	}
	return harmless(err)
}

// sdlTagForm keeps what the console sends from being more than one header.
var sdlTagForm = regexp.MustCompile(`^[ -~]{1,1000}$`)

func (t SDLTicket) valid() bool {
	return t.ID.Valid() && (t.Tag == "" || sdlTagForm.MatchString(t.Tag))
}

// askSDL sends a call and reads the query object that answers it. The tag is checked before it is
// kept, since it becomes a header of the next call.
func (c *Engines) askSDL(ctx context.Context, call transport.Call) (SDLProgress, error) {
	var found SDLProgress
	err := c.t.Read(ctx, call, func(body []byte, header http.Header) (err error) {
		if found, err = readSDL(body); err != nil {
			return c.t.Unreadable(ctx, call, body, err)
		}
		if tag := header.Get("X-Dataset-Query-Forward-Tag"); sdlTagForm.MatchString(tag) {
			found.Tag = tag
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	if call.Method == http.MethodPost && !found.ID.Valid() && !found.Done {
		return found, &transport.Error{Operation: call.Operation, Status: http.StatusOK, Message: "The console accepted the query but gave no id for it."}
	}
	return found, nil
}
