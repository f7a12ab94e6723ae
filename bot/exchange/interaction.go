package exchange

import (
	"cmp"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/inbound"
	"s1bot/bot/setup"
	"s1bot/commands/consoles"
	"s1bot/commands/text"
	"s1bot/render"
)

// Origin is where an invocation came from and where its answer goes.
type Origin = render.Origin

// An Interaction is one thing that one person wants, as Slack brought it.
//
// It is passed by value and filled in on its way: by whoever reads the delivery, by the gate (Who),
// by the settler (On, Label). A copy is what a part may change without the others noticing;
// pointers are passed only where something is filled in.
type Interaction struct {
	workflow.Interaction
	Trigger  string           // opens a form, once, within 3 s; empty when there is none
	View     string           // id of the modal that the click happened in
	OnPage   bool             // that modal answers, and stays below the forms that its buttons open
	Line     string           // what was typed, for the history
	Decides  bool             // one of the bot's own words that decide about something that waits
	Written  bool             // in a message, where people also talk
	Choice   Choice           // what a button of the bot's own words is about
	Card     string           // key of the card that was clicked on, see ofAnother
	patience *slowNotice      // tells why the answer takes long
	Silent   bool             // a bot asked, and bots get no answers
	From     inbound.Delivery // that brought it
	Drawn    bool             // on a button or a form of ours, and not typed
	On       consoles.Console // that it is for, once that is settled
	Label    string           // of that, for people; empty where there is no other
}

// FromCommand is who typed a command, and where.
//
// Own says that the response URL is the command's, whose first answer can be replaced by the next;
// that of a click would replace the message which was clicked on.
func FromCommand(c inbound.SlashCommand, key string) workflow.Interaction {
	return workflow.Interaction{User: c.User, At: Origin{Channel: c.Channel, ResponseURL: c.ResponseURL, Own: c.ResponseURL != "", Key: key}}
}

// FromMessage is who wrote a message, and where.
func FromMessage(m inbound.Message, key string) workflow.Interaction {
	return workflow.Interaction{User: m.User, At: Origin{Channel: m.Channel, Thread: m.Thread, Key: key}}
}

// WithoutSlashWord is a line without "/s1" before it: it was copied from a card, where lines are
// shown whole.
func WithoutSlashWord(line string) string {
	line = text.TrimBlank(line)
	if word, rest := text.CutWord(line); strings.EqualFold(word, setup.SlashWord) {
		return rest
	}
	return line
}

// FirstWord cuts the first word off a line, in small letters; what other programs call help is help.
func FirstWord(line string) (word, rest string) {
	word, rest = text.CutWord(line)
	if word == "-h" || word == "--help" || word == "?" {
		word = "help"
	}
	return strings.ToLower(word), rest
}

// Word is the bot's own word, or the command, that a is.
func (a *Interaction) Word() string {
	word, _ := text.CutWord(a.Line)
	return strings.ToLower(cmp.Or(a.Do.Command, word))
}
