package inbound

import (
	"encoding/json"
	"regexp"
	"strings"

	"s1bot/commands/text"
)

// A message is a command only where its writer meant one. Slack sends app_mention for every message
// that has the bot's name in it: inside code, in a quotation, at the end of a sentence that says
// the opposite. So what begins with the mention is heard, as Slack's own blocks show it, and
// everything else is talk between people. https://docs.slack.dev/reference/events/app_mention ·
// vercel/chat#947 shows mentions in code as Slack sends them

// A Message is an event of Slack's: an app_mention, a message to the bot itself, or something else
// that is no message at all.
//
// Slack's event types differ more than this shows; fields that one of them lacks are empty, and
// meaning is told by those that are there.
type Message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	User        string          `json:"user"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	TS          string          `json:"ts"`
	Thread      string          `json:"thread_ts"`
	Edited      json.RawMessage `json:"edited"`
	Hidden      bool            `json:"hidden"`
	Bot         string          `json:"bot_id"`
	App         string          `json:"app_id"`
	BotProfile  json.RawMessage `json:"bot_profile"`
	AsBot       bool            `json:"display_as_bot"`
	Tab         string          `json:"tab"`      // of app_home_opened: home or messages
	EventTS     string          `json:"event_ts"` // of what is no message

	Line    string  `json:"-"` // where it is a command
	Meaning Meaning `json:"-"`
}

// mention and Direct are the two kinds of message that may be a command.
func (m Message) mention() bool { return m.Type == "app_mention" }
func (m Message) Direct() bool  { return m.Type == "message" && m.ChannelType == "im" }

// ByApp tells whether an app wrote it, be it in a person's name.
//
// Subtype is enough: people's own messages have none, apart from those that this bot does not
// listen to (heard).
func (m Message) ByApp() bool {
	return m.Bot != "" || m.App != "" || m.Subtype != "" || m.AsBot || present(m.BotProfile)
}

// Asks tells whether somebody wants an answer: of other events nobody waits for one.
func (m Message) Asks() bool { return m.Meaning == Order || m.Meaning == Doubtful }

// present tells whether a value is there.
func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// A Meaning is what a message is to the bot.
type Meaning int

// The meanings.
const (
	Talk     Meaning = iota // between people: left alone
	Order                   // a command
	Doubtful                // meant for the bot, but quoted, in code, or told differently by its text and its blocks
	Opened                  // no message: somebody opened the app's Home or Messages tab
	Invited                 // no message: the bot became a member of a channel
)

// meaning tells what a message is to the bot and, where it is a command, which line of text.
//
// The cases are in this order because each one takes something away from the next: first events
// that are no messages, then what is not addressed to the bot or is its own, then mentions that do
// not begin what people saw. What is left was meant for the bot, and is a command unless text and
// blocks tell it differently.
func (r Reader) meaning(m Message) (line string, what Meaning) {
	user, bot := r.Self()
	switch {
	case m.Type == "app_home_opened" && m.User != "" && m.User != user:
		return "", Opened
	case m.Type == "member_joined_channel" && m.User == user && m.Channel != "":
		return "", Invited
	}
	if !m.heard() || m.User == user || m.Bot != "" && m.Bot == bot {
		return "", Talk
	}
	shown, readable := readBlocks(m.Blocks)
	line, mentioned := cutMention(user, m.Text)
	inBlocks := len(shown) > 0 // else the text alone tells
	begins := inBlocks && shown[0].isMention(user)
	switch {
	case readable && begins && styled(user, m.Text):
		return "", Doubtful
	case !readable, m.mention() && !mentioned, m.mention() && inBlocks && !begins:
		return "", Talk
	case mentioned && begins:
		shown = afterMention(shown[1:])
	}
	if inQuotes(line) || len(shown) > 0 && shown[0].apart() || inBlocks && !sameWords(line, shown) {
		return "", Doubtful
	}
	return line, Order
}

// heard tells messages that are there to be read: new ones, by somebody, where the bot is spoken
// to. What was edited is not obeyed: Slack sends the mention once more then, and the command ran
// when it was written.
func (m Message) heard() bool {
	return (m.mention() || m.Direct()) && m.Channel != "" && m.TS != "" && m.User != "" &&
		!m.Hidden && !present(m.Edited) && (m.Subtype == "" || m.Subtype == "bot_message")
}

// cutMention cuts the mention of a user, the bot, off the beginning of a text. Where the text does
// not begin with it, it is not cut.
func cutMention(user, typed string) (rest string, found bool) {
	typed = text.TrimBlank(typed)
	rest, found = strings.CutPrefix(typed, "<@"+user)
	if label, after, ok := strings.Cut(rest, ">"); found && ok && (label == "" || label[0] == '|') {
		return strings.TrimLeft(text.TrimBlank(after), ":, "), true
	}
	return typed, false
}

// styled tells whether a text begins with the bot's mention in bold or slanted: which of the marks
// belong to the words behind it, a text does not tell.
func styled(user, line string) bool {
	line = text.TrimBlank(line)
	plain := strings.TrimLeft(line, "*_")
	_, found := cutMention(user, plain)
	return found && plain != line
}

// afterMention skips what stands between the mention and the words: blanks, a colon.
func afterMention(shown []inline) []inline {
	for len(shown) > 0 && shown[0].Type == "text" && !shown[0].apart() && letters(shown[0].Text) == "" {
		shown = shown[1:]
	}
	return shown
}

// inQuotes tells whether a line begins in a quotation or in code, as Slack writes them into a text.
func inQuotes(line string) bool {
	return strings.HasPrefix(line, "`") || strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">")
}

// sameWords tells whether text and blocks say the same. What people saw are the blocks, what would
// run is the text.
//
// Only letters and digits are compared: blanks, marks of formatting and quotation marks are not the
// same in both forms, and change nothing of what runs.
func sameWords(line string, shown []inline) bool {
	var seen strings.Builder
	for _, i := range shown {
		seen.WriteString(i.words())
	}
	return letters(seen.String()) == letters(text.Unescape(tokens.ReplaceAllString(line, "$1$2$3")))
}

// tokens are what Slack writes into a text for people, channels, groups and addresses. The ids
// tell; labels and addresses are left out of the comparison, for Slack shortens them.
var tokens = regexp.MustCompile(`<(?:[@#]([A-Z0-9]+)|!subteam\^([A-Z0-9]+)|!(here|channel|everyone)|![^>]*|[a-z]+:[^>]*)(?:\|[^>]*)?>`)

// letters are the letters and digits of a text.
func letters(typed string) string {
	return strings.Map(func(r rune) rune {
		if !text.IsWordRune(r) {
			return -1
		}
		return r
	}, typed)
}
