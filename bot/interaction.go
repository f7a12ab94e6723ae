package bot

import (
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/inbound"
	"s1bot/bot/setup"
	"s1bot/commands/consoles"
	"s1bot/commands/text"
	"s1bot/render"
)

// origin is where an invocation came from and where its answer goes.
type origin = render.Origin

// An interaction is one thing that one person wants, as Slack brought it.
type interaction struct {
	workflow.Interaction
	trigger  string           // opens a form, once, within 3 s; empty when there is none
	view     string           // id of the modal that the click happened in
	onPage   bool             // that modal answers, and stays below the forms that its buttons open
	line     string           // what was typed, for the history
	own      builtin          // one of the bot's own words, if it is one
	written  bool             // in a message, where people also talk: see decisions.go
	choice   choice           // what a button of the bot's own words is about
	card     string           // key of the card that was clicked on, see ofAnother
	ownURL   bool             // the response URL is a slash command's: it replaces what was said through it, and nothing else
	patience *slowNotice      // tells why the answer takes long
	silent   bool             // a bot asked, and bots get no answers
	from     inbound.Delivery // that brought it
	drawn    bool             // on a button or a form of ours, and not typed
	on       consoles.Console // that it is for, once that is settled
	label    string           // of that, for people; empty where there is no other
}

// fromCommand is who typed a command, and where.
func fromCommand(c inbound.SlashCommand, key string) workflow.Interaction {
	return workflow.Interaction{User: c.User, At: origin{Channel: c.Channel, ResponseURL: c.ResponseURL, Key: key}}
}

// fromMessage is who wrote a message, and where.
func fromMessage(m inbound.Message, key string) workflow.Interaction {
	return workflow.Interaction{User: m.User, At: origin{Channel: m.Channel, Thread: m.Thread, Key: key}}
}

// withoutSlashWord is a line without "/s1" before it: it was copied from a card, where lines are shown whole.
func withoutSlashWord(line string) string {
	line = text.TrimBlank(line)
	if word, rest := text.CutWord(line); strings.EqualFold(word, setup.SlashWord) {
		return rest
	}
	return line
}

// firstWord cuts the first word off a line, in small letters; what other programs call help is help.
func firstWord(line string) (word, rest string) {
	word, rest = text.CutWord(line)
	if word == "-h" || word == "--help" || word == "?" {
		word = "help"
	}
	return strings.ToLower(word), rest
}
