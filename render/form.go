package render

import "time"

// A Form asks for a command's parameters. It is shown as a modal by modal.go, which also reads it
// back.
//
// Slack allows 250 KB and a hundred blocks for a view, a title of 24 characters, and 3,000
// characters of private metadata, in which Do and Origin travel. What a form does not ask for it
// carries, so nothing has to be remembered between its opening and its answer.
type Form struct {
	Title  string // Slack shows 24 characters of it; a longer one stands above the fields, too
	Short  string // what the modal is called where the title does not fit; the title's first words when empty
	Intro  Line   // what this does, above the fields; a line feed at the end of a Text breaks the line
	Fields []FormField
	Submit string     // the button; "Run" when empty
	Folded bool       // something rare is not asked for yet: a button Advanced below the fields brings it, see Answer.Redraw
	Do     Invocation // what submitting invokes; its Args are what the form does not ask for
	Origin Origin     // where the answer goes
}

// Origin is where an invocation came from and so where its answer goes. It travels in a form's
// private metadata.
//
// The JSON names are one letter each, since it shares those 3,000 characters with the invocation. A
// response URL is a secret: whoever has it can answer in the bot's name for half an hour, so it is
// kept in the database under an id (Kept) wherever it would be seen.
type Origin struct {
	Channel     string `json:"c,omitempty"`
	Thread      string `json:"t,omitempty"` // ts of the thread's root; empty outside threads
	Message     string `json:"m,omitempty"` // ts of the message a button was clicked on
	ResponseURL string `json:"r,omitempty"`
	Own         bool   `json:"o,omitempty"` // the response URL is a slash command's: it replaces what was said through it, and nothing else
	Kept        string `json:"-"`           // where the response URL itself is not at hand: the id under which it is kept
	Key         string `json:"k,omitempty"` // identifies the click or command that opened the form
}

// A FormField is one question of a Form.
//
// Slack keeps what was typed through views.update only where block id and action id stay the same;
// both are made of Name.
type FormField struct {
	Name        string // of the parameter; its block's id, and the key of errors
	Label, Hint string
	Above       Line // a rule about this field and those below it; may be empty
	Widget      Widget
	Required    bool
	Redraws     bool     // what is chosen here decides what else is asked: see Answer.Redraw
	Choices     []Option // of Select, MultiSelect, Checkbox
	Search      string   // of Search and MultiSearch: what is looked for ("agents"); the element's action id carries it
	Value       []string // what is filled in: texts, option values, RFC 3339 times
	Shown       []string // labels of Value where they differ (names of ids)
	Placeholder string
	MaxLength   int
	Min, Max    *int64 // of Number
	Zone        *time.Location
}

// A Widget is how a FormField is asked.
type Widget string

// The widgets.
const (
	TextInput   Widget = "text"
	MultiLine   Widget = "multiline"
	Number      Widget = "number"
	Checkbox    Widget = "checkbox" // one yes or no
	Select      Widget = "select"
	MultiSelect Widget = "multiselect"
	DateTime    Widget = "datetime"
	Search      Widget = "search" // a search box that asks while the person types
	MultiSearch Widget = "multisearch"
)
