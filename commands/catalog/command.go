// Package catalog says what a command is: one value says everything that a person or a machine must
// know about one thing the bot can do to a console, and everything else (slash parsing, forms,
// help, previews, docs, policy) is derived from it.
//
// A typed function becomes a Command by Define; a list of them, with the Lookups that say how
// things are found, becomes a Catalog. An invocation goes through it in three steps, whoever asks
// and however it was said:
//
//	text, form or button ──Parse──▶ arguments ──Prepare──▶ ids and what they touch (a Plan) ──Run──▶ card
//
// Arguments are one JSON object whose keys are the parameters' names. Check reads them without
// asking anybody: unknown names, values that do not fit their kind, rules across fields. Prepare
// asks the console what names and filters mean now and changes nothing. Run takes what Prepare made
// and nothing else. Half an hour and a restart can lie between the two, because a request waits for
// its approval in the database: so a Plan is plain data, Plan.Args is all that Run needs, and no
// pointer, closure or session connects the steps. Reads have nobody to wait for, and Run prepares
// them itself.
//
// What can go wrong has a type for each thing that the person has to do about it. A UsageError is
// put right in the text or the form, a MissingError opens the form, an AmbiguousError shows the
// matches to choose from; with all three, nothing was sent to the console that changes anything. An
// s1.Error is the console's refusal, retitled with the command. Everything else is a fault of ours,
// and its text is for the log.
//
// A catalog holds three things in memory, and none of them decides anything: rows of lists for a
// minute, so that turning a page asks nothing; options of search boxes for some seconds; and the
// names of ids that passed by, for titles and forms.
//
// The rule that must not break: what changes the console names its targets. Every changing command
// resolves what it will touch to ids in Prepare, and only those ids reach the console; an empty
// filter never does.
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

// An Invocation is one thing a person asks for; see render.Invocation. It is an alias because
// buttons are made in render, which knows no commands, and are read here.
type Invocation = render.Invocation

// Risk says what a command can break, and so who may run it. The policy may ask for more than the
// risk does, never for less where a command is Guarded.
type Risk string

// The risks, mildest first.
const (
	Read        Risk = "read"        // every full member, at once
	Change      Risk = "change"      // operators, at once, audited
	Destructive Risk = "destructive" // operators ask, approvers decide
)

// A Command is everything a person or a machine must know about one thing the bot can do. It is
// written once, as a literal in the area that it belongs to, and not changed after New: calls of
// several people share it.
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
	Route             string             // the one call that it needs beside the list of its area, as the vendor writes the path: "threats/{id}/notes"; `s1bot check` tries it
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

	// Of the rest, Define sets what follows from the type of the parameters, and New what depends
	// on the catalog.
	Fields []Field      // the parameters with their kinds, and hidden ones; set by NewCatalog
	params reflect.Type // the parameter struct
	fill   func(json.RawMessage) (any, error)
	run    func(context.Context, *Call, any) (render.Card, error)
	follow func(context.Context, *Call, any) (render.Card, error) // what waits for a change's effect; see follows
	// What a command that changes something must have. Validate holds that exactly those have it: a
	// change without a plan would run on names.
	plans    bool       // the parameter struct is a planner
	OneOf    []string   // parameters of which at least one must be given
	Together []Together // parameters that others require

	// Set by New, and shared by its commands:
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

// A Call is what a command runs with: the console and who asks. It belongs to one run and one
// goroutine; Of makes a copy, so that a command that runs another keeps its own title and buttons.
// Most fields may be left out, as tests and `can` do: what is nil is not offered, or has the
// default that its comment names.
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

	Seen    Seen    // what the caller has just read from this console
	Secrets Secrets // what the marks in the arguments stand for
	// OnAccept hears what the console took of a change, before Run returns; may be nil.
	OnAccept func(Acceptance)

	Columns Columns // that the caller wants of lists; nil: the usual ones

	Tell   func(context.Context, render.Card) error // says something to the caller alone, and keeps nothing of it
	Random io.Reader                                // of passwords that the bot makes; nil: crypto/rand

	Command *Command        // set by Run: what runs,
	Args    json.RawMessage // with what; the buttons of its card repeat it
}

// Seen are endpoints and threats, by their ids, that whoever prepares a command has read a moment
// ago for the same look: they are not asked for twice.
type Seen struct {
	Agents  map[string]s1.Agent
	Threats map[string]s1.Threat
}

// Columns are what a person wants to see of lists, by the kind of thing that is listed ("agents").
// The bot's storage has what a person chose; a command has no notion of people's settings.
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

// Present is now, as the caller has it. Only forms ask for it: commands take Call.Now, which
// was fixed when the person asked, so that a request that waited means the same time.
func (c Caller) Present() time.Time {
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

// A Plan is what an invocation will touch, resolved now. Args is the invocation with every name and
// filter replaced by ids: what is approved and what runs. It is written into the row of a request
// as JSON and read back after a restart, perhaps by a newer version: a field may be added, but one
// that is there keeps its name and meaning.
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
	About   []string        `json:"about,omitempty"`   // what it is about, for first lines, where the targets are only the places of it: a hash, the name of a new rule
	Facts   []Fact          `json:"facts,omitempty"`   // other arguments worth seeing: action, verdict, note text
	Secrets Secrets         `json:"-"`                 // what the marks in Args stand for; never written down as they are
}

// A Target is one thing that an invocation will touch. It is what the policy's matchers (hosts,
// sites, groups, tags) look at, so a field that is empty because the console did not say it must
// not read as "none": see Homeless, and Wide for whole places.
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

// A Diff is one field that changes. Weakens only puts a warning on the card, so that
// an approver finds the one field of forty that lowers the protection.
type Diff struct {
	Field    string `json:"field"`
	Old, New string
	Weakens  bool `json:"weakens,omitempty"` // protection is less afterwards
}

// A Fact is a labelled argument.
type Fact struct{ Label, Value string }

// Summary is the first sentence of the documentation. Lists of commands, the intro of a form and
// the manifest have room for no more.
func (cmd *Command) Summary() string {
	if i := strings.Index(cmd.Doc, ". "); i >= 0 {
		return cmd.Doc[:i+1]
	}
	return cmd.Doc
}
