// Package journal says what the notifier remembers. Reading the console and posting to Slack are
// two halves that meet here and nowhere else: neither calls the other, and either may be down while
// the other goes on.
//
// A notice is one item in one channel. It has two sides, each with one writer:
//
//	the console's side   Group, Version, Body, …      written by feeds, with Record
//	Slack's side         State, TS, Shown, Tries, …   written by the sender of the channel, with Save and Gather
//
// That the two differ is what makes work: a notice that is Due has to be posted, one whose Shown is
// not its Version has to be edited. So there is no queue beside the notices that could disagree
// with them.
//
// The rule one must not break: one transaction a call, and neither half writes the other's side.
// Save compares Rev and fails where a notice was saved meanwhile, and a journal that is fenced by a
// lease fails once another process has it; whoever gets such an error reads again and decides anew.
package journal

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// A Source is what kind of thing a notice is about.
type Source string

// The sources. Threats and alerts come from the console; the others are the notifier's own
// messages, kept like those so that they are delivered once as well.
const (
	Threats Source = "threat"
	Alerts  Source = "alert"
	Unified Source = "unified" // alerts of the console's one list of all products
	Digests Source = "digest"  // lists many items in one message; its items are those with its ID as Digest
	Files   Source = "file"    // of a digest's items, in its thread; has the digest's ID, and as Group too
	Notes   Source = "note"    // Body is a render.Card
)

// These sources have no notices, only cursors: how something was when a note was last written about
// it.
const (
	ConsoleState Source = "watch"  // Since is when the console began to be so, Ready that it fails
	ShiftReports Source = "report" // Since is up to when shifts were reported
	TokenEnd     Source = "token"  // Since is the day, counted back from the end of the console's token, that operators last heard of
)

// consoleMark stands between what a source is and the console that it is of. No kind of source has
// it in its name, nor has a console.
const consoleMark = "@"

// Of is the source as the journal keeps it of one console among several: items and threads of two
// consoles have nothing to do with each other, even with equal ids. An empty name is the console of
// before there were names.
func (s Source) Of(console string) Source {
	if console == "" {
		return s
	}
	return s + consoleMark + Source(console)
}

// Kind is what s is, whatever console it is of.
func (s Source) Kind() Source {
	kind, _, _ := strings.Cut(string(s), consoleMark)
	return Source(kind)
}

// Console is the name of the console that s is of; empty for the one of before there were names,
// and for messages of our own.
func (s Source) Console() string {
	_, console, _ := strings.Cut(string(s), consoleMark)
	return console
}

// Plural is what people call things of the source.
func (s Source) Plural() string {
	if s.Kind() == Unified {
		return "unified alerts"
	}
	return string(s.Kind()) + "s"
}

// FeedState is the source whose cursor says how the feed of a source is: Since is when that began,
// Ready that it cannot be read.
func FeedState(feed Source) Source { return "feed-" + feed }

// A Backlog is what waits for a channel.
type Backlog struct {
	Urgent, Others int
	Last           int64     // the highest Seq of them
	Oldest         time.Time // the earliest Created of them
}

// A Gathering says what becomes one message: every notice of the Backlog of Digest's channel up to
// Through gets Digest's ID as its Digest and becomes Listed, except for urgent ones with a Seq of
// at most CardsUntil, which stay Due. Digest and File are inserted as they are; where nothing
// becomes Listed, nothing is written.
//
// It is one transaction so that a crash leaves either the single notices or the digest that lists
// them, and never a listed notice without a digest that tells of it.
type Gathering struct {
	Digest, File Notice
	Through      int64
	CardsUntil   int64
}

// ErrConflict says that a notice was saved by somebody else since it was read.
var ErrConflict = errors.New("notifier: the notice has changed meanwhile")

// A Cursor is how far one source was read. A journal keeps it as its JSON.
//
// Reached is by pass, because each goes by a clock of the console's own and they fail apart.
type Cursor struct {
	Since    time.Time            `json:"since"`              // older items are history: never delivered
	Ready    bool                 `json:"ready,omitempty"`    // what there was at the first start is in the journal
	Reached  map[string]time.Time `json:"reached,omitempty"`  // by pass: everything up to then is in the journal
	Channels []string             `json:"channels,omitempty"` // every channel that a notice was ever meant for
}

// A Notice is one item of a source in one channel. Source, ID and Channel identify it; times have
// millisecond precision at least.
//
// Times and keys that come from Slack or the console are text here as they came. A field that is
// added must mean in its zero value what the rows of before meant.
type Notice struct {
	Source  Source
	ID      string // the console's
	Channel string // Slack's; empty for an item that is never delivered
	State   State  // given by Record's Fresh, then Slack's side

	// The console's side.
	Group   string          // notices of one source, channel and non-empty group share a thread
	Created time.Time       // when the console made the item, else when it was first seen
	Version string          // differs when Body does; empty for an item that is never delivered
	Body    json.RawMessage // the console's row without its secrets; nil for an item that is never delivered
	Urgent  bool            // delivered before others, and by a card of its own even in a burst
	Mention string          // the user group that is mentioned: its id or @handle; empty for none

	// Slack's side.
	Thread      string    // ts of the thread's root; empty for a root
	TS          string    // of the message; empty until delivered
	Shown       string    // the Version that the message shows; after a ~, or empty, it must be drawn again
	Fingerprint string    // of the card that the message shows
	Replies     int       // of a root: notices delivered in its thread
	Tries       int       // failed ones in a row
	Tried       time.Time // when sending was last begun; zero if never
	NotBefore   time.Time // when it may be tried next; zero means at once
	Place       string    // the channel where the message stands, if that is not Channel
	Digest      string    // ID of the digest that lists it; Gather alone writes it
	Agent       string    // id of the endpoint that the message is about; empty until delivered, or where there is none

	// The journal's own.
	Seq int64 // grows in the order in which notices were recorded
	Rev int64 // grows with each Save
}

// A State is what became of a notice.
type State string

// The states. A Due notice becomes Sending before Slack is called and Delivered when Slack's answer
// is known.
const (
	Due       State = "due"
	Sending   State = "sending" // a crash leaves it so: it may or may not be in the channel
	Delivered State = "told"
	Silent    State = "silent" // seen, never delivered: history, or muted
	Listed    State = "listed" // delivered as a line of a digest
)

// A Batch is what one page of the console brings into the journal: first Fresh, then Changed, then
// Forget.
type Batch struct {
	Source Source
	Cursor Cursor // one with a zero Since leaves the journal's as it is

	// Fresh notices (State Due or Silent) are inserted in this order; those that exist (same source,
	// id, channel) are left alone.
	Fresh []Notice

	// Changed items give Group, Version and Body to every notice with their Source and ID that is not
	// Silent, in whatever channel.
	Changed []Notice

	// Forget, unless zero: Delivered, Silent and Listed notices of the source with an earlier Created
	// are deleted, and the notifier's own messages from before.
	Forget time.Time
}

// A Query picks notices; empty fields match all.
//
// Ready, Want, Channel and Limit together are what a sender asks with at each look, so a Store has
// an index for just that.
type Query struct {
	Source  Source
	IDs     []string
	Agents  []string
	Channel string
	Group   string
	Digest  string
	TS      string
	Want    Want
	Ready   time.Time // where not zero, only what has no later NotBefore
	After   int64     // only higher Seqs
	Limit   int       // 0: no limit
}

// Where says where a notice's message is or will be.
func (n Notice) Where() string { return cmp.Or(n.Place, n.Channel) }

// A Want is which notices of a channel are looked for.
type Want string

// The wants; the zero value is any notice.
const (
	ToPost Want = "post" // Due or Sending
	ToEdit Want = "edit" // Delivered, and Shown differs from Version
	Roots  Want = "root" // Delivered, with an empty Thread
)

// Key names a notice in its message's metadata, which everyone in the workspace can read.
func (n Notice) Key() string { return string(n.Source) + ":" + n.ID }
