package bot

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/commands/text"
)

// A message is a command only where its writer meant one. Slack sends app_mention for every message that has the bot's name in it:
// inside code, in a quotation, at the end of a sentence that says the opposite. So what begins with the mention is heard, as Slack's
// own blocks show it, and everything else is talk between people.
// https://docs.slack.dev/reference/events/app_mention · vercel/chat#947 shows mentions in code as Slack sends them

// A messageEvent is what Slack says of a message: an app_mention, or a message to the bot itself.
type messageEvent struct {
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
}

// readEvent reads an event of the Events API. What is no message is the zero event.
func readEvent(payload json.RawMessage) messageEvent {
	var e struct {
		Event messageEvent `json:"event"`
	}
	if json.Unmarshal(payload, &e) != nil {
		return messageEvent{}
	}
	return e.Event
}

// mention and direct are the two kinds of message that may be a command.
func (m messageEvent) mention() bool { return m.Type == "app_mention" }
func (m messageEvent) direct() bool  { return m.Type == "message" && m.ChannelType == "im" }

// byApp tells whether an app wrote it, be it in a person's name.
func (m messageEvent) byApp() bool {
	return m.Bot != "" || m.App != "" || m.Subtype != "" || m.AsBot || present(m.BotProfile)
}

// obeys tells whether an app's message is a command: where it speaks for itself, as a bot user whom a role names by its id.
// A person's name over an app's words is nobody's word.
func (b *Bot) obeys(ctx context.Context, m messageEvent) bool {
	if !slices.Contains(b.Policy().Members(), policy.Member(m.User)) {
		return false
	}
	user, err := b.api.GetUserInfoContext(ctx, m.User)
	if err != nil {
		b.Log.Warn("cannot look up which bot wrote a message, so it is left alone", "user", m.User, "err", err)
		return false
	}
	its := user.Profile.BotID
	return user.IsBot && !user.Deleted && user.ID == m.User && (its == "" || m.Bot == "" || its == m.Bot)
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// errUnclear answers who writes to the bot in a way that may be a quotation.
var errUnclear = errors.New("commands inside quotes or code don't run, so nothing was done; type it as plain text, such as: list-agents DESKTOP-1")

// A meaning is what a message is to the bot.
type meaning int

const (
	talk     meaning = iota // between people: left alone
	order                   // a command
	doubtful                // meant for the bot, but quoted, in code, or told differently by its text and its blocks
)

// meant tells what a message is to the bot and, where it is a command, which line of text.
func (b *Bot) meant(m messageEvent) (line string, what meaning) {
	if !m.heard() || m.User == b.self.User || m.Bot != "" && m.Bot == b.self.BotID {
		return "", talk
	}
	shown, readable := readBlocks(m.Blocks)
	line, mentioned := b.cutMention(m.Text)
	told := len(shown) > 0 // else the text alone tells
	begins := told && shown[0].isMention(b.self.User)
	switch {
	case readable && begins && b.styled(m.Text):
		return "", doubtful
	case !readable, m.mention() && !mentioned, m.mention() && told && !begins:
		return "", talk
	case mentioned && begins:
		shown = afterMention(shown[1:])
	}
	if inQuotes(line) || len(shown) > 0 && shown[0].apart() || told && !sameWords(line, shown) {
		return "", doubtful
	}
	return line, order
}

// interaction is who wrote the message, and where.
func (m messageEvent) interaction(key string) workflow.Interaction {
	return workflow.Interaction{User: m.User, At: origin{Channel: m.Channel, Thread: m.Thread, Key: key}}
}

// heard tells messages that are there to be read: new ones, by somebody, where the bot is spoken to. What was edited is not obeyed:
// Slack sends the mention once more then, and the command ran when it was written.
func (m messageEvent) heard() bool {
	return (m.mention() || m.direct()) && m.Channel != "" && m.TS != "" && m.User != "" &&
		!m.Hidden && !present(m.Edited) && (m.Subtype == "" || m.Subtype == "bot_message")
}

// cutMention cuts the bot's mention off the beginning of a text. Where the text does not begin with it, it is not cut.
func (b *Bot) cutMention(typed string) (rest string, found bool) {
	typed = text.TrimBlank(typed)
	rest, found = strings.CutPrefix(typed, "<@"+b.self.User)
	if label, after, ok := strings.Cut(rest, ">"); found && ok && (label == "" || label[0] == '|') {
		return strings.TrimLeft(text.TrimBlank(after), ":, "), true
	}
	return typed, false
}

// styled tells whether a text begins with the bot's mention in bold or slanted: which of the marks belong to the words behind it, a text
// does not tell.
func (b *Bot) styled(line string) bool {
	line = text.TrimBlank(line)
	plain := strings.TrimLeft(line, "*_")
	_, found := b.cutMention(plain)
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

// sameWords tells whether text and blocks say the same. What people saw are the blocks, what would run is the text.
func sameWords(line string, shown []inline) bool {
	var seen strings.Builder
	for _, i := range shown {
		seen.WriteString(i.Words())
	}
	return letters(seen.String()) == letters(unescaped(tokens.ReplaceAllString(line, "$1$2$3")))
}

// tokens are what Slack writes into a text for people, channels, groups and addresses. The ids tell; labels and addresses are left
// out of the comparison, for Slack shortens them.
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
