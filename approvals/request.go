package approvals

import (
	"encoding/json"
	"slices"
	"time"

	"s1bot/approvals/policy"
)

// State is where a request stands.
//
// It is stored, and the metric s1bot_approvals carries it as a label.
type State string

// The states. Pending may become approved, denied, expired or withdrawn; approved becomes running,
// expired when nobody ran it for an hour, or not run where a gate had no answer; running becomes
// done, failed or interrupted. All but pending, approved, running and frozen are final, interrupted
// only until a person decides.
const (
	Pending     State = "pending"
	Approved    State = "approved"
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Denied      State = "denied"
	Expired     State = "expired"
	Withdrawn   State = "withdrawn"
	Interrupted State = "interrupted" // the process died between the console's call and its answer
	NotRun      State = "not run"     // approved, but whether it still may run could not be told in time
	Frozen      State = "frozen"      // of a freeze alone: until it is done, nothing runs; see Ledger.Freeze
)

// States are all of them, from the first to those that are final.
func States() []State {
	return []State{Pending, Approved, Running, Done, Failed, Denied, Expired, Withdrawn, Interrupted, NotRun, Frozen}
}

// The outcomes of a run.
const (
	Successful          = "Successful"
	PartiallySuccessful = "Partially successful"
	Unsuccessful        = "Failed"
)

// A Request is one mutating invocation: who asks for what, what it touches, what was decided and
// what became of it. It is a row; the cards that tell of it are pure functions of it.
//
// The JSON names are in databases and backups, so they stay. A field that is added must mean in its
// zero value what a row from before it means. What is queried by (state, requester, created,
// behind, due) stands in columns as well, which the Store fills from the row; the body is the
// truth.
//
// Slices and pointers are shared between a row that was read and the next one that a step makes of
// it, so a step never writes into them.
//
// Its exported methods are what a row says of itself. The others are the steps (transitions.go,
// term.go, hold.go, freeze.go): pure functions of a row, a person and a time, which a Ledger makes
// lasting. They are methods because each reads and changes this row and nothing else.
type Request struct {
	ID      string       `json:"id"`  // unique, for machines
	Ref     string       `json:"ref"` // short, for people: "A-7F3A"
	Key     string       `json:"key"` // of the click or command that made it; the same key never makes two requests
	Version int64        `json:"-"`   // compare-and-swap; kept by the Store
	Seen    policy.Tally `json:"-"`   // what its decision knew of the requester; it is not inserted if that is not so any more

	Console    string          `json:"console,omitempty"` // by name, on which it acts; empty = the one of before there were names
	Command    string          `json:"command"`
	Title      string          `json:"title,omitempty"`      // of the command
	Risk       string          `json:"risk"`                 // change or destructive
	Repeatable bool            `json:"repeatable,omitempty"` // may run again by itself after a crash
	Args       json.RawMessage `json:"args,omitempty"`       // pinned: ids, no filters, no names
	Plan       json.RawMessage `json:"plan,omitempty"`       // what will be touched, as it was shown
	Targets    int             `json:"targets"`              // how many
	Endpoints  int             `json:"endpoints,omitempty"`  // how many endpoints it acts on
	Sealed     []byte          `json:"sealed,omitempty"`     // what nobody may read and the run needs; gone when it ended, see Seal

	Requester     string `json:"requester"` // Slack user id
	RequesterName string `json:"requester_name,omitempty"`
	Channel       string `json:"channel,omitempty"` // where it was asked; empty = a direct answer only
	Thread        string `json:"thread,omitempty"`
	Reason        string `json:"reason,omitempty"`
	Ticket        string `json:"ticket,omitempty"`

	Term   *Term   `json:"term,omitempty"`   // for how long; nil = until somebody undoes it
	Undone *Undone `json:"undone,omitempty"` // nil: as far as the bot knows, what it did stands
	After  string  `json:"after,omitempty"`  // id of the request whose term is over: the bot asks for this on the requester's behalf

	State     State         `json:"state"`
	Quorum    int           `json:"quorum"`              // people who must approve
	Needs     []policy.Need `json:"needs,omitempty"`     // what their approvals must add up to; empty = Quorum people of By
	By        []string      `json:"by,omitempty"`        // roles whose members may approve
	Rule      string        `json:"rule,omitempty"`      // which rule decided that
	Approvals []Vote        `json:"approvals,omitempty"` // in order, one per person
	Closed    *Vote         `json:"closed,omitempty"`    // who denied or withdrew it, or closed it after an interruption, and why
	Uncounted []Uncounted   `json:"uncounted,omitempty"` // decisions that wait for an answer, one per person

	Created  time.Time     `json:"created,omitzero"`
	Expires  time.Time     `json:"expires,omitzero"`
	Wait     time.Duration `json:"wait,omitempty"`     // how long it waits for a decision, where the policy says so
	Reminded int           `json:"reminded,omitempty"` // how many reminders are out
	Agreed   time.Time     `json:"agreed,omitzero"`    // when it last became approved
	Held     *Hold         `json:"held,omitempty"`     // why it did not run yet, or at all
	Reopened []string      `json:"reopened,omitempty"` // keys of the clicks that let it run again
	Started  time.Time     `json:"started,omitzero"`   // of the latest run
	Finished time.Time     `json:"finished,omitzero"`

	Owner      string    `json:"owner,omitempty"` // of the lease: the process that runs it or ran it last
	LeaseUntil time.Time `json:"lease_until,omitzero"`
	Fence      int64     `json:"fence,omitempty"` // grows with each claim

	Outcome string          `json:"outcome,omitempty"` // Successful, Partially successful, Failed
	Result  json.RawMessage `json:"result,omitempty"`  // the card of the outcome
	Effect  json.RawMessage `json:"effect,omitempty"`  // what the console said later: what of it is applied, or whether it ran
	Cards   []CardRef       `json:"cards,omitempty"`   // messages that show it to those who decide
	Copies  []CardRef       `json:"copies,omitempty"`  // messages that show it to who asked, and results: they follow it
	Posting bool            `json:"posting,omitempty"` // a card was handed to Slack, and nobody knows yet whether it is there
	Unseen  string          `json:"unseen,omitempty"`  // why it has no card, as who asked was told

	Rev       int64     `json:"rev,omitempty"`   // grows with each change that people can see
	Moved     time.Time `json:"moved,omitzero"`  // when it last did, or was taken up to be shown
	Delivered bool      `json:"told,omitempty"`  // those who wait for the end know of it
	Looks     int       `json:"looks,omitempty"` // how often it was taken up to be shown since people could see a change
}

// A Vote is one person's word on a request.
//
// Roles are kept with the vote because they say for what it counted when it was given. A vote is
// never removed: one that lost its weight is marked void, so that card and trail can still tell
// that it was there.
type Vote struct {
	User   string    `json:"user"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
	// Roles are those with which the approval counts, for each of the request's needs.
	Roles [][]string `json:"roles,omitempty"`
	// Void is why an approval does not count any more: who gave it has lost the role since.
	Void    string `json:"void,omitempty"`
	unknown bool   // nobody can tell now whether it counts
}

// A CardRef is a Slack message that shows a request and is edited with it.
//
// Shown and Freeze are what the message tells of; together with the row's Rev they say whether it
// must be edited. -1 stands for a message that must be edited whatever it shows.
type CardRef struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Shown   int64  `json:"shown,omitempty"` // Rev of the request as the message last showed it
	// Placeholder marks a message that stands in for a card of which nobody knows whether it is there:
	// it has none of its buttons.
	Placeholder bool `json:"placeholder,omitempty"`
	// Reply names, in place of channel and ts, an answer that its own response URL alone can replace,
	// for half an hour.
	Reply string `json:"reply,omitempty"`
	// Retried marks a card that may have a twin: Slack was asked more than once to post it, and may
	// have taken an earlier try late.
	Retried bool `json:"retried,omitempty"`
	// Asked marks a copy that says that the request waits.
	Asked bool `json:"asked,omitempty"`
	// Origin marks a copy in the thread where the request was made, whose readers did not make it.
	Origin bool `json:"origin,omitempty"`
	// Offer marks a copy that offers the decision on the request to somebody who wrote about it.
	Offer bool `json:"offer,omitempty"`
	// Typed is the reason that they wrote, which the buttons of the offer carry.
	Typed string `json:"typed,omitempty"`
	// Freeze is the freeze that the message tells of, by its id: Approve is gone from it.
	Freeze string `json:"freeze,omitempty"`
	// Ended marks a message that tells that the request came to its end.
	Ended bool `json:"ended,omitempty"`
}

// same tells whether two are one message.
func (c CardRef) same(o CardRef) bool {
	return c.Channel == o.Channel && c.TS == o.TS && c.Reply == o.Reply
}

// A Result is what running a request came to. Uncertain says that the console may have done it
// without telling (a time-out, a connection that broke after the request was sent): the request is
// then interrupted, and a person decides.
//
// A Failed that is certain may be asked for again; one that is uncertain must not be repeated by
// anybody who has not looked at the console, and its State says so.
type Result struct {
	Outcome   string          // Successful, Partially successful or Failed; empty = Failed
	Card      json.RawMessage // shown as the outcome
	Effect    json.RawMessage // what is known already of what becomes of it; empty = nothing new
	Answer    string          // what the console answered, in words; for the audit trail
	Err       error           // for log and audit trail
	Uncertain bool
}

// Open reports whether r still waits for a person's decision at now.
func (r *Request) Open(now time.Time) bool {
	return r.State == Pending && now.Before(r.Expires) && !ahead(r.Created, now)
}

// Final reports whether nothing more happens to r by itself: it ended, or waits for a person who
// looks.
//
// Interrupted counts, because no clock and no process moves it.
func (r *Request) Final() bool {
	return r.State != Pending && r.State != Approved && r.State != Running && r.State != Frozen
}

// Behind reports whether somebody must still be shown where r stands: a card is older than the row,
// or nobody was told the end.
//
// The Store keeps the answer in a column with each write, so that Recover finds these rows among
// all that there ever were.
func (r *Request) Behind() bool {
	old := func(c CardRef) bool { return c.Shown < r.Rev }
	return r.Final() && !r.Delivered || slices.ContainsFunc(r.Cards, old) || slices.ContainsFunc(r.Copies, old)
}

// ended reports whether r never runs again.
//
// The password that it waited with goes then: an interrupted request may still have to run again
// with it.
func (r *Request) ended() bool { return r.Final() && !r.Undecided() }

// Undecided reports whether r was interrupted and still waits for a person to run it again or to
// close it.
func (r *Request) Undecided() bool { return r.State == Interrupted && r.Closed == nil }
