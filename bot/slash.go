package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// origin is where an invocation came from and where its answer goes.
type origin = render.Origin

// An interaction is one thing that one person wants, as Slack brought it.
type interaction struct {
	workflow.Interaction
	trigger  string      // opens a form, once, within 3 s; empty when there is none
	view     string      // id of the modal that the click happened in
	line     string      // what was typed, for the history
	written  bool        // in a message, where people also talk: see decisions.go
	card     string      // key of the card that was clicked on, see ofAnother
	ownURL   bool        // the response URL is a slash command's: it replaces what was said through it, and nothing else
	patience *slowNotice // tells why the answer takes long
	silent   bool        // a bot asked, and bots get no answers
	from     delivery    // that brought it
}

// A slashCommand is what Slack sends for one. slack-go's type is not used: it fails on is_enterprise_install as a string.
type slashCommand struct {
	User        string `json:"user_id"`
	Channel     string `json:"channel_id"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	Trigger     string `json:"trigger_id"`
}

// interaction is who typed the command, and where.
func (c slashCommand) interaction(key string) workflow.Interaction {
	return workflow.Interaction{User: c.User, At: origin{Channel: c.Channel, ResponseURL: c.ResponseURL, Key: key}}
}

// slash handles "/s1 …".
func (b *Bot) slash(ctx context.Context, d delivery) error {
	var c slashCommand
	if err := json.Unmarshal(d.payload, &c); err != nil {
		return fmt.Errorf("read a slash command: %w", err)
	}
	a := interaction{Interaction: c.interaction(d.key), trigger: c.Trigger, ownURL: c.ResponseURL != ""}
	if d.again {
		a.trigger = ""
	}
	return b.typed(ctx, a, d, c.Text)
}

// event handles what people write to the bot: "@s1bot …", which is how commands are typed in threads, and direct messages.
func (b *Bot) event(ctx context.Context, d delivery) error {
	m := readEvent(d.payload)
	line, what := b.meant(m)
	if what == talk || m.byApp() && !b.obeys(ctx, m) {
		return nil
	}
	a := interaction{Interaction: m.interaction(d.key), written: true, silent: m.byApp()}
	if what == doubtful {
		return b.respond(ctx, &a, func() error { return errors.Join(b.admit(ctx, &a), errUnclear) })
	}
	return b.typed(ctx, a, d, line)
}

// slashWord is the slash command of the manifest.
const slashWord = "/s1"

// typed runs a line of text for a person.
func (b *Bot) typed(ctx context.Context, a interaction, d delivery, given string) error {
	a.line, a.from = withoutSlashWord(given), d
	return b.respond(ctx, &a, func() error {
		if err := b.admit(ctx, &a); err != nil {
			return err
		}
		if err := b.stale(ctx, d); err != nil {
			return err
		}
		return b.line(a.awaiting(ctx), a)
	})
}

// withoutSlashWord is a line without "/s1" before it: it was copied from a card, where lines are shown whole.
func withoutSlashWord(line string) string {
	line = text.TrimBlank(line)
	if word, rest := text.CutWord(line); strings.EqualFold(word, slashWord) {
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

// line tells the bot's own words (help, history, can, approve …) from commands.
func (b *Bot) line(ctx context.Context, a interaction) error {
	word, rest := firstWord(a.line)
	if own, ok := builtins()[word]; ok {
		if a.written && !standsAlone(word, rest) {
			return b.offerDecision(ctx, a, word, rest)
		}
		return own.typed(b, ctx, a, rest)
	}
	return b.command(ctx, a)
}

// command reads the line as a command of the catalog and runs it.
func (b *Bot) command(ctx context.Context, a interaction) error {
	inv, extras, err := slash.Parse(b.Catalog, a.line, text.Input{Zone: a.Who.Zone, Now: b.Now(), Own: slices.Sorted(maps.Keys(builtins()))})
	var missing *catalog.MissingError
	switch {
	case errors.As(err, &missing):
		a.Do, a.Extras = missing.Given, extras
		return b.openForm(ctx, a)
	case err != nil && inv.Command == "" && a.written:
		return b.perhapsDecision(ctx, a, err)
	case err != nil:
		return withExtras(extras, err)
	}
	a.Do, a.Extras = inv, extras
	return withExtras(extras, b.invoke(ctx, a))
}
