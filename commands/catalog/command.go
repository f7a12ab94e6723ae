// Package catalog says what a command is: one value says everything that a person or a machine must know about one thing the bot can do
// to a console, and everything else (slash parsing, forms, help, previews, docs, policy) is derived from it.
//
// A typed function becomes a Command by Define; a list of them, with the Lookups that say how things are found, becomes a Catalog. An
// invocation goes through it in three steps, whoever asks and however it was said:
//
//	text, form or button ──Parse──▶ arguments ──Prepare──▶ ids and what they touch (a Plan) ──Run──▶ card
//
// The rule that must not break: what changes the console names its targets. Every changing command resolves what it will
// touch to ids in Prepare, and only those ids reach the console; an empty filter never does.
package catalog

import (
	"context"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

// An Invocation is one thing a person asks for; see render.Invocation.
type Invocation = render.Invocation

// Risk says what a command can break, and so who may run it.
type Risk string

// The risks, mildest first.
const (
	Read        Risk = "read"        // every full member, at once
	Change      Risk = "change"      // operators, at once, audited
	Destructive Risk = "destructive" // operators ask, approvers decide
)

// A Command is everything a person or a machine must know about one thing the bot can do.
type Command struct {
	Name, Title, Area string            // "disconnect-agent-from-network", "Disconnect Agent From Network", "agents"
	Short             string            // what a form is called whose title has no room there (24 characters): "Isolate endpoints"
	Aliases           []string          // "isolate"
	Plain             map[string]string // what a word ahead of all others stands for: "open" for "incident-statuses=unresolved,in_progress"
	Doc               string            // the first sentence is the summary
	Examples          []string          // parsed by a test: "isolate DESKTOP-1 reason=\"beaconing\""
	Risk              Risk
	Own               bool               // the bot's own: the specification does not have it
	Guarded           bool               // always needs an approval, whatever a policy file says (disconnect, shutdown, mitigate by whatever name, policy update)
	Needs             string             // permission that the console's token must have: "Endpoints › View + Disconnect From Network"
	Repeatable        bool               // safe to run again after a crash
	Undo              string             // name of the command that takes it back, if there is one
	Timed             bool               // may be asked for a time (for=4h), after which Undo is asked for
	Effect            *Effect            // what the console shows once it took hold; nil where there is nothing to watch
	Settled           string             // why there is nothing to watch, where it acts on endpoints or threats and has no Effect
	Everyday          int                // its place among the commands of a responder's day, from 1, for whoever has not used any yet; 0: not among them
	Main              string             // the parameter that takes bare words: "isolate DESKTOP-1"
	Long              bool               // takes long: done as a job that shows its progress, can be cancelled, and goes on after a restart
	OnCards           []cards.Action     // where it is a button on cards of threats, alerts and endpoints
	OnObservables     []ObservableAction // where it is a button beside what was found in a message
	NoteOn            *NoteOn            // where it writes notes on things: on which, and how
	Wording           Wording            // how people ask for it in sentences
	Params            []Param            // derived from the parameter struct when a catalog is made

	Fields   []Field      // the parameters with their kinds, and hidden ones; set by NewCatalog
	params   reflect.Type // the parameter struct
	Decode   func([]Field, json.RawMessage) (any, error)
	run      func(context.Context, *Call, any) (render.Card, error)
	follow   func(context.Context, *Call, any) (render.Card, error) // what waits for a change's effect; see follows
	plans    bool                                                   // the parameter struct is a planner
	OneOf    []string                                               // parameters of which at least one must be given
	Together []Together                                             // parameters that others require

	// Set by NewCatalog, and shared by its commands:
	lookups *lookups       // what the types of parameters mean
	rows    *cache         // of lists, so that turning a page asks nothing
	Names   *namebook      // of what passed by
	cards   *cards.Actions // of all commands
	recent  *RecentItems   // what was started from here, for the search boxes
}

// A Param is one parameter of a command.
type Param struct {
	Name     string      `json:"name"`  // kebab-case, as the specification's
	Title    string      `json:"title"` // the specification's
	Help     string      `json:"-"`
	Aliases  []string    `json:"-"`
	Required bool        `json:"required"`
	List     bool        `json:"list"`
	Kind     string      `json:"kind"` // text, multiline, integer, boolean, choice, time, object, agent, threat, alert, site, group, account, …
	Choices  []s1.Choice `json:"choices,omitempty"`
	Min, Max *int64      `json:"-"`
}

// A Call is what a command runs with: the console and who asks.
type Call struct {
	Console *s1.Client
	Caller  Caller
	Now     time.Time
	Page    int        // of a list, from 1
	How     render.How // Run, Raw, CSV, JSON: what is wanted of a list

	// Of long work alone, see Command.Long and follows.
	Saved    json.RawMessage             // what Save was last called with, before a restart; nil at first
	OnSave   func(json.RawMessage) error // writes down how far the work is
	Progress func(render.Card)           // shows how far it is, in the one message of the work
	Queries  Queries                     // of the caller, for their search box; may be nil
	Exports  *tempfile.Space             // where files of whole lists grow; nil: in memory, and shorter

	Secrets Secrets // what the marks in the arguments stand for
	// OnAccept hears what the console took of a change, before Run returns; may be nil.
	OnAccept func(Acceptance)

	Columns Columns // that the caller wants of lists; nil: the usual ones

	Tell   func(context.Context, render.Card) error // says something to the caller alone, and keeps nothing of it
	Random io.Reader                                // of passwords that the bot makes; nil: crypto/rand

	Command *Command        // set by Run: what runs,
	Args    json.RawMessage // with what; the buttons of its card repeat it
}

// Columns are what a person wants to see of lists, by the kind of thing that is listed ("agents").
type Columns interface {
	// Chosen are the titles of the columns that they chose, in their order; none where the usual ones will do.
	Chosen(ctx context.Context, kind string) []string
	// Offer hears which columns there are, the most telling first, of which so many are usual. It is for who wants to choose.
	Offer(kind string, titles []string, usual int)
}

// Of returns the call as the given command sees it.
func (c *Call) Of(cmd *Command, args json.RawMessage) *Call {
	own := *c
	own.Command, own.Args = cmd, args
	return &own
}

// Location is the caller's time zone.
func (c Caller) Location() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// now is the present, as the caller has it.
func (c Caller) now() time.Time {
	if c.Now.IsZero() {
		return time.Now()
	}
	return c.Now
}

// A Caller is the person on whose behalf a command runs.
type Caller struct {
	ID, Name string
	Zone     *time.Location // their Slack time zone; UTC when unknown
	Now      time.Time      // when they ask; the present when zero
}

// A Plan is what an invocation will touch, resolved now. Args is the invocation with every name and filter replaced by ids:
// what is approved and what runs.
type Plan struct {
	Args    json.RawMessage `json:"args"`
	Targets []Target        `json:"targets,omitempty"`
	Also    []Target        `json:"also,omitempty"`    // what is reached with them and counts for the policy alone: the site that endpoints are moved to, the scope of a rule
	Changes []Diff          `json:"changes,omitempty"` // of a policy, field by field
	Policy  bool            `json:"policy,omitempty"`  // it updates a policy, or makes one, which always needs an approval
	OnHosts bool            `json:"onHosts,omitempty"` // it acts on the endpoints that its threats are on, not on the console's rows of them alone
	LeftOut []string        `json:"leftOut,omitempty"` // what was asked for and will not be touched, and why: sentences
	Notes   []string        `json:"notes,omitempty"`   // what the approver should know: "After this they reach the console and nothing else."
	Undo    string          `json:"undo,omitempty"`    // in words: "Reconnect"
	Facts   []Fact          `json:"facts,omitempty"`   // other arguments worth seeing: action, verdict, note text
	Secrets Secrets         `json:"-"`                 // what the marks in Args stand for; never written down as they are
}

// A Target is one thing that an invocation will touch.
type Target struct {
	Kind     string    `json:"kind"` // agent, threat, alert, account, policy
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Host     string    `json:"host,omitempty"`  // of a threat or alert
	Agent    string    `json:"agent,omitempty"` // the host's id
	Account  string    `json:"account,omitempty"`
	Site     string    `json:"site,omitempty"`
	Group    string    `json:"group,omitempty"`
	OS       string    `json:"os,omitempty"`
	User     string    `json:"user,omitempty"`
	State    string    `json:"state,omitempty"` // "online", "offline", "not mitigated"
	Seen     string    `json:"-"`               // "last seen 2026-11-20 14:00 CET"; of a threat when it was found
	Server   bool      `json:"server,omitempty"`
	Wide     bool      `json:"wide,omitempty"`    // a place, of which everything in it is reached
	Threats  int       `json:"threats,omitempty"` // active ones
	Tags     []string  `json:"tags,omitempty"`
	Started  time.Time `json:"started,omitzero"` // of an endpoint's system
	URL      string    `json:"url,omitempty"`
	Warnings []string  `json:"warnings,omitempty"`

	Protected string `json:"protected,omitempty"` // by which rule of the policy; who asks the policy fills it in
}

// A Diff is one field that changes.
type Diff struct {
	Field    string `json:"field"`
	Old, New string
	Weakens  bool `json:"weakens,omitempty"` // protection is less afterwards
}

// A Fact is a labelled argument.
type Fact struct{ Label, Value string }

// Summary is the first sentence of the documentation.
func (cmd *Command) Summary() string {
	if i := strings.Index(cmd.Doc, ". "); i >= 0 {
		return cmd.Doc[:i+1]
	}
	return cmd.Doc
}
