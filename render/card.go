// Package render says what people see: semantic cards, pages and forms, and how Slack's Block Kit
// shows them.
//
// # Meaning first
//
// Whoever answers a person makes a [Card] of parts and actions and never sees a block. Drawing is a
// pure function of the card and of [Options], so that the same card can be a message, a modal, an
// edit a day later, text in a log, a CSV file, or JSON in a database:
//
//	Card ──Message──▶ blocks for a channel       ──Simple, Bare──▶ what is left where Slack refuses those
//	     ──Modal────▶ a page over a message      ──Plain─────────▶ text for logs, tests and terminals
//	     ──JSON─────▶ the row that keeps it      Table ──CSV─────▶ a file
//	Page ──Home, Modal──▶ rows under headings, for views
//	Form ──View──▶ a modal that asks ──ReadForm──▶ an Answer
//
// # Room
//
// Drawing is total: it has no error. A canvas holds what is left of a message's room in blocks,
// characters and bytes, and each part takes some. A part that does not fit is drawn smaller, then
// left out, and a note at the end counts what is missing. Actions are drawn before the parts, since
// a card without its buttons is no use, and tables last, because they can be cut anywhere. The
// numbers stand in limits.go.
//
// # Text that attackers write
//
// There are two ways to draw text. Rich text and plain text objects have no markup, so characters
// are characters. Mrkdwn is used where only it can do something (each reader's own time zone, a
// mention of a user group), verbatim, and only for text of which every character is on a list of
// harmless ones; anything else falls back to the first way. Characters that nobody can see are
// spelled out before either.
//
// # The rule one must not break
//
// Text in a Card is data, never markup. Whatever an attacker named a file, a host or a rule, it
// shows up as those characters and does nothing; and no card, however large, exceeds a limit of
// Slack's.
package render

import (
	"bytes"
	"io"
	"time"

	"s1bot/render/tempfile"
)

// A Card is one message as meaning: what it is and how bad, where, the facts, what can be done
// about it. Only blocks.go knows how Slack draws it. Text is what a phone shows of it:
// state and name come first, as it is cut at the end.
type Card struct {
	Tone    Tone     `json:"tone,omitempty"`
	Lead    string   `json:"lead,omitempty"`    // what the reader must know ahead of the outcome, which then leads the second line, without a sign
	Outcome Outcome  `json:"outcome,omitempty"` // of a command that ran; leads the title when set
	Title   string   `json:"title"`             // the first line, plain text
	Text    string   `json:"text,omitempty"`    // the phone's notification; made from Title and the first Line when empty
	Parts   []Part   `json:"-"`                 // (custom JSON, see codec)
	Actions []Action `json:"-"`                 // the first four are visible, the rest hide behind ⋯
	Files   []File   `json:"-"`                 // handed over beside the message
}

// A Tone is what a reader feels first; it becomes an emoji and a word, never a colour alone.
type Tone string

// The tones, by urgency.
const (
	Neutral  Tone = ""
	Info     Tone = "info"
	Good     Tone = "good"
	Waiting  Tone = "waiting" // 🟠 a decision or an effect is awaited
	Warning  Tone = "warning"
	Critical Tone = "critical" // 🔴
	Unknown  Tone = "unknown"  // ❔ it may have happened
)

// An Outcome is how a command ended, in the specification's words.
type Outcome string

// The specification's three outcomes.
const (
	Successful Outcome = "Successful"
	Partial    Outcome = "Partially successful"
	Failed     Outcome = "Failed"
)

// A Part is one stretch of a card: Line, Row, Fields, Table, Quote, Code, Note, Bar, Chart,
// Divider.
//
// A new kind of part needs its drawing in blocks.go, its words in plain.go and a word in codec.go;
// what is missing there is an error, not a part that disappears.
type Part interface{ part() }

// A Line is a paragraph made of spans.
type Line []Span

// Fields are labelled facts, two to a row.
type Fields []Field

// A Field is one labelled fact. Wide ones (paths, command lines, hashes) take a row of their own.
type Field struct {
	Label string
	Value Line
	Wide  bool
}

// A Table is rows under columns. Rows beyond what a message takes are cut with a sentence that says so.
type Table struct {
	Columns []Column
	Rows    [][]Line
	Partial bool // a list has more rows, on other pages: where a reader can sort the table, that sorts these alone
}

// A Column is a table's heading.
type Column struct {
	Title string
	Right bool // numbers align right
}

// A Quote is somebody's words (a reason, a note).
type Quote struct{ Text string }

// Code is preformatted text, cut to what a message takes.
type Code struct{ Text string }

// A Note is small print below the facts.
type Note Line

// A Bar is progress: Done of Total, with a word on what is going on.
type Bar struct {
	Done, Total int
	Label       string
}

// A Divider separates.
type Divider struct{}

// The parts of a card are these and no others: the method is unexported, so that whatever draws or writes a card knows all of them.
func (Line) part()    {}
func (Row) part()     {}
func (Fields) part()  {}
func (Table) part()   {}
func (Quote) part()   {}
func (Code) part()    {}
func (Note) part()    {}
func (Bar) part()     {}
func (Divider) part() {}

// A Span is a run of text of one kind. Make one with Text, Bold, Mono, Link, MessageLink, User,
// Channel, Group, At or Since.
//
// The JSON names are short because cards with thousands of spans lie in databases; they are there
// for good.
type Span struct {
	Kind SpanKind  `json:"k,omitempty"`
	Text string    `json:"t,omitempty"` // the characters; of a Link its label
	ID   string    `json:"i,omitempty"` // of a person, channel or group
	URL  string    `json:"u,omitempty"` // of a link; shown as one only if it leads to the console
	Time time.Time `json:"w,omitzero"`

	inside bool // it stands behind other words of its line; known once it is settled
}

// A SpanKind tells what a Span is.
type SpanKind string

// The kinds of span.
const (
	PlainSpan   SpanKind = ""
	BoldSpan    SpanKind = "b"
	MonoSpan    SpanKind = "m"
	LinkSpan    SpanKind = "l"
	UserSpan    SpanKind = "u"
	ChannelSpan SpanKind = "c"
	GroupSpan   SpanKind = "g"
	AtSpan      SpanKind = "a" // a date and time in the reader's own zone
	SinceSpan   SpanKind = "s" // "2 minutes ago", where Slack can say so
	MessageSpan SpanKind = "p" // a link to a message in Slack, as Slack itself gave it out
)

// Text is inert text, whoever wrote it.
func Text(s string) Span { return Span{Text: s} }

// Bold is inert text that stands out.
func Bold(s string) Span { return Span{Kind: BoldSpan, Text: s} }

// Mono is inert text to copy: hashes, paths, ids.
func Mono(s string) Span { return Span{Kind: MonoSpan, Text: s} }

// Link leads to url if that is the console's, and is plain text otherwise.
func Link(label, url string) Span { return Span{Kind: LinkSpan, Text: label, URL: url} }

// MessageLink leads to a message in Slack; permalink is Slack's own (chat.getPermalink), never a text that somebody wrote.
func MessageLink(label, permalink string) Span {
	return Span{Kind: MessageSpan, Text: label, URL: permalink}
}

// User mentions a person by id; without one it is empty.
func User(id string) Span { return Span{Kind: UserSpan, ID: id} }

// Channel names a channel by id.
func Channel(id string) Span { return Span{Kind: ChannelSpan, ID: id} }

// Group mentions a user group by id.
func Group(id string) Span { return Span{Kind: GroupSpan, ID: id} }

// At is a moment, shown in each reader's own time zone; the zero time is "—".
func At(t time.Time) Span { return Span{Kind: AtSpan, Time: t} }

// Since is a moment told by its distance from now.
func Since(t time.Time) Span { return Span{Kind: SinceSpan, Time: t} }

// An Action is something to click: Button or Menu.
type Action interface{ action() }

// A Button invokes a command, or opens the console when URL is set.
//
// A URL is only drawn if it leads to the console. Do with a command of its own decides what is
// asked and checked when it is clicked; a button grants nothing.
type Button struct {
	Label   string
	Style   Style
	Do      Invocation
	URL     string
	Confirm string // asked before it is sent; empty = not asked
	Rare    bool   `json:",omitempty"` // stays behind ⋯, even where there is room
}

// A Menu invokes a command with the chosen value as one more argument: Do with Args[Param] = the option's Value.
// An Option with a Do of its own invokes that instead.
type Menu struct {
	Label   string
	Do      Invocation
	Param   string
	List    bool // Param takes a list
	Options []Option
}

// An Option is one entry of a Menu.
type Option struct {
	Label, Value string
	Do           *Invocation
}

// Style is a button's weight.
type Style string

// The styles of a button.
const (
	Default Style = ""
	Primary Style = "primary"
	Danger  Style = "danger"
)

func (Button) action() {}
func (Menu) action()   {}

// A File is handed over beside a message: a small one in Body, a large one on disk.
type File struct {
	Name, Title string
	Body        []byte
	Disk        *tempfile.File `json:"-"` // in place of Body; whoever hands the card over closes it, see Card.Discard
}

// Size is the file's length in bytes.
func (f File) Size() int64 {
	if f.Disk != nil {
		return f.Disk.Size()
	}
	return int64(len(f.Body))
}

// Open reads the file from its beginning; a file may be opened again.
func (f File) Open() (io.Reader, error) {
	if f.Disk != nil {
		return f.Disk.Reader()
	}
	return bytes.NewReader(f.Body), nil
}

// Discard gives the disk back that the card's files take, once nobody will hand them over any more.
func (c Card) Discard() {
	for _, f := range c.Files {
		if f.Disk != nil {
			_ = f.Disk.Close() // it has no name: whatever happens, nothing is left
		}
	}
}
