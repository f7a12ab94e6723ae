// Package rendertest reads what goes to Slack as Slack does: it names what Slack would refuse, and
// what a hostile text would make it do, and it describes a message block by block for golden files.
//
// Its one idea: the judge must not share the accused's eyes. It takes the JSON that goes over the
// wire and knows nothing of how it was made; it has Slack's limits a second time, as numbers from
// the Block Kit reference; and it reads mrkdwn like somebody who looks for a way out: what is left
// after the bot's own markup is taken away must not mean anything.
//
//	Message, View ──▶ a list of problems, empty for a sound one       Golden ──▶ testdata/*.txt, which people read
//	Text          ──▶ the same for a text alone
//
// What is left out: what Slack draws (columns, colours, folding), its server-side checks of ids,
// and blocks that the bot does not use, which are reported as unexpected, so that a new kind of
// block can't slip past unjudged.
//
// The rule one must not break: never take a limit or a helper from render. A wrong number there is
// found here, not in production.
package rendertest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// Console is the console whose pages messages may link to.
//
// Any other address in a button or link is a problem.
const Console = "https://demo.sentinelone.net"

// A checker reads the JSON that goes to Slack, as Slack would, and collects what it would refuse or
// what would do something. It knows nothing of how the JSON was made.
//
// ids are those of the elements of one message, which must differ; texts counts the characters of
// all blocks together.
type checker struct {
	problems []string
	ids      map[string]bool
	tables   int
	texts    int
}

// bad notes a problem and goes on: one run names all.
func (c *checker) bad(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// limit checks a text that must be there: Slack refuses empty ones as well. It counts characters,
// the most generous reading of the reference; that render counts more strictly is its own business.
//
// So what passes here may still be longer than render would make it.
func (c *checker) limit(what, s string, n int) {
	if s == "" || utf8.RuneCountInString(s) > n {
		c.bad("%s has %d characters, allowed are 1 to %d: %.80q", what, utf8.RuneCountInString(s), n, s)
	}
}

// Message returns what is wrong with a message: its text for notifications, and its blocks. 50
// blocks and 4,000 characters of text are Slack's numbers; 13,000 characters of all blocks is where
// msg_blocks_too_long was met, and 40,000 bytes a bound of our own.
func Message(t testing.TB, text string, blocks []slack.Block) []string {
	c := &checker{ids: map[string]bool{}}
	c.limit("text", text, 4000)
	c.fallback(text)
	c.texts = 0
	c.blocks(Maps(t, blocks), 50)
	raw, err := json.Marshal(blocks)
	require.NoError(t, err)
	if size := len(text) + len(raw); size > 40_000 {
		c.bad("message of %d bytes", size)
	}
	if c.texts > 13_000 {
		c.bad("%d characters in all blocks", c.texts)
	}
	return c.problems
}

// View returns what is wrong with a form: 100 blocks, 24 characters of title and buttons, 3,000 of
// private metadata. A view with an input needs a submit button, and modals take no tables.
//
// What is not judged is the seal behind the metadata; the forms' own tests read it back.
func View(t testing.TB, v slack.ModalViewRequest) []string {
	c := &checker{ids: map[string]bool{}}
	for name, text := range map[string]*slack.TextBlockObject{"title": v.Title, "submit": v.Submit, "close": v.Close} {
		if text != nil {
			c.limit(name, text.Text, 24)
		}
	}
	if len(v.PrivateMetadata) > 3000 || len(v.CallbackID) > 255 {
		c.bad("metadata of %d bytes", len(v.PrivateMetadata))
	}
	blocks := Maps(t, v.Blocks.BlockSet)
	c.blocks(blocks, 100)
	for _, b := range blocks {
		if b["type"] == "input" && v.Submit == nil {
			c.bad("input without submit")
		}
		if b["type"] == "table" {
			c.bad("table in a modal")
		}
	}
	return c.problems
}

// Maps is v, a list of blocks, as it goes over the wire.
//
// A slack.Block is judged by its JSON and not by its Go type: what slack-go leaves out or adds is
// part of what Slack gets.
func Maps(t testing.TB, v any) []map[string]any {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var out []map[string]any
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// blocks checks a list of 1 to n.
func (c *checker) blocks(blocks []map[string]any, n int) {
	if len(blocks) < 1 || len(blocks) > n {
		c.bad("%d blocks", len(blocks))
	}
	for _, b := range blocks {
		c.block(b)
	}
}

// block checks one block by its kind. The numbers are those of the reference pages of the same
// names.
func (c *checker) block(b map[string]any) {
	switch b["type"] {
	case "header":
		c.text("header", b["text"], 150, "plain_text")
	case "section":
		fields := List(b["fields"])
		if len(fields) > 10 || len(fields) == 0 && b["text"] == nil {
			c.bad("section with %d fields", len(fields))
		}
		for _, f := range fields {
			c.text("field", f, 2000, "")
		}
	case "context":
		elements := List(b["elements"])
		if len(elements) < 1 || len(elements) > 10 {
			c.bad("context with %d elements", len(elements))
		}
		for _, e := range elements {
			c.text("context", e, 3000, "")
		}
	case "rich_text":
		c.rich(b)
	case "table":
		c.table(b)
	case "data_table":
		c.dataTable(b)
	case "actions":
		c.actions(List(b["elements"]))
	case "input":
		c.input(b)
	case "divider":
	default:
		c.bad("unexpected block %v", b["type"])
	}
}

// input checks a question. Block ids of inputs must differ, since the answers come back under them.
func (c *checker) input(b map[string]any) {
	c.text("label", b["label"], 2000, "plain_text")
	c.limit("block_id", Str(b["block_id"]), 255)
	if c.ids["block "+Str(b["block_id"])] {
		c.bad("block_id %v twice", b["block_id"])
	}
	c.ids["block "+Str(b["block_id"])] = true
	if b["hint"] != nil {
		c.text("hint", b["hint"], 2000, "plain_text")
	}
	e := Dict(b["element"])
	c.element(e)
	switch e["type"] {
	case "plain_text_input":
		if n, _ := e["max_length"].(float64); n < 1 || n > 3000 || utf8.RuneCountInString(Str(e["initial_value"])) > int(n) {
			c.bad("text input: max_length %v, initial value of %d", n, len(Str(e["initial_value"])))
		}
	case "checkboxes":
		if n := len(List(e["options"])); n < 1 || n > 10 {
			c.bad("%d checkboxes", n)
		}
	}
}

// actions checks a row of them: 25 is Slack's number; how many fit a phone is render's.
func (c *checker) actions(elements []any) {
	if len(elements) < 1 || len(elements) > 25 {
		c.bad("actions with %d elements", len(elements))
	}
	for _, e := range elements {
		c.element(Dict(e))
	}
}

// element checks what can be clicked or filled in. An initial option must be one that is offered;
// it is checked like the options.
func (c *checker) element(e map[string]any) {
	id := Str(e["action_id"])
	c.limit("action_id", id, 255)
	if c.ids[id] {
		c.bad("action_id %q twice", id)
	}
	c.ids[id] = true
	if e["placeholder"] != nil {
		c.text("placeholder", e["placeholder"], 150, "plain_text")
	}
	switch e["type"] {
	case "button":
		c.text("button", e["text"], 75, "plain_text")
		if len(Str(e["value"])) > 2000 {
			c.bad("button value of %d", len(Str(e["value"])))
		}
		c.url(Str(e["url"]))
		c.confirm(Dict(e["confirm"]))
	case "static_select", "multi_static_select":
		c.options(List(e["options"]), 1, 100)
	case "overflow":
		c.options(List(e["options"]), 1, 5)
	case "checkboxes":
		c.options(List(e["options"]), 1, 10)
	}
	c.options(List(e["initial_options"]), 0, 100)
	if e["initial_option"] != nil {
		c.options([]any{e["initial_option"]}, 1, 1)
	}
}

// options checks a list of choices. 75 bytes of value is the smaller of two numbers that Slack
// publishes.
func (c *checker) options(options []any, low, high int) {
	if len(options) < low || len(options) > high {
		c.bad("%d options", len(options))
	}
	for _, o := range options {
		o := Dict(o)
		c.text("option", o["text"], 75, "plain_text")
		c.limit("option value", Str(o["value"]), 75)
		c.url(Str(o["url"]))
	}
}

// confirm checks a dialog, whose four texts must all be there: Slack refuses one without a way back.
func (c *checker) confirm(o map[string]any) {
	if o == nil {
		return
	}
	c.text("confirm title", o["title"], 100, "plain_text")
	c.text("confirm text", o["text"], 300, "plain_text")
	c.text("confirm yes", o["confirm"], 30, "plain_text")
	c.text("confirm no", o["deny"], 30, "plain_text")
}

var slackID = regexp.MustCompile(`^[UWCGDS][A-Z0-9]+$`)

// text checks a text object: plain text without emoji, or verbatim mrkdwn in which only our own
// markup means anything.
//
// emoji must be switched off, or a file called ":skull:" shows a skull in place of its name;
// verbatim keeps Slack from making links of what looks like one.
func (c *checker) text(what string, v any, n int, kind string) {
	o := Dict(v)
	s := Str(o["text"])
	c.limit(what, s, n)
	if kind != "" && o["type"] != kind {
		c.bad("%s is %v", what, o["type"])
	}
	switch o["type"] {
	case "plain_text":
		c.shown(s)
		if o["emoji"] != false {
			c.bad("%s reads :short-codes:", what)
		}
		c.noAddress(s)
	case "mrkdwn":
		c.mrkdwn(what, s, o["verbatim"])
	default:
		c.bad("%s of type %v", what, o["type"])
	}
}

// These four forms (a date, a person, a channel or group, a link into the console) are all that the
// bot may write. Each must be closed, and hold nothing that could be anything else.
var ours = regexp.MustCompile(`<!date\^\d+\^\{[a-z_]+\}(?: \{[a-z_]+\})?\|[\d :UTC-]+>|<@[UW][A-Z0-9]+>|<#[CGD][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|` +
	`<` + regexp.QuoteMeta(Console) + `[^|<>\s]*\|[^|<>]*>`)

// mrkdwn checks text that Slack reads: it must be verbatim, and without the bot's own markup none
// of the characters that mean something may be left.
func (c *checker) mrkdwn(what, s string, verbatim any) {
	if verbatim != true {
		c.bad("%s is not verbatim", what)
	}
	rest := ours.ReplaceAllString(s, "")
	c.shown(rest)
	if strings.ContainsAny(rest, "<>&@#~") || regexp.MustCompile(`:[\w'+-]+:`).MatchString(rest) {
		c.bad("%s means something to Slack: %q", what, s)
	}
	c.noAddress(rest)
	for _, mark := range []string{"*", "`"} { // ours come in pairs and an attacker's do not come at all
		if strings.Count(rest, mark)%2 != 0 {
			c.bad("%s has a lone %s: %q", what, mark, s)
		}
	}
}

// fallback is read as mrkdwn by Slack, and not verbatim.
//
// Slack offers no way to say that this text is to be taken as it is.
func (c *checker) fallback(s string) {
	rest := ours.ReplaceAllString(s, "")
	if strings.ContainsAny(rest, "<>@*~`") || regexp.MustCompile(`:[\w'+-]+:`).MatchString(rest) || regexp.MustCompile(`&(?:[^agl]|$)`).MatchString(rest) {
		c.bad("text means something to Slack: %q", s)
	}
	if regexp.MustCompile(`(^|[^\pL\pN])_|_([^\pL\pN]|$)`).MatchString(rest) {
		c.bad("text has italics: %q", s)
	}
	c.noAddress(rest)
	c.shown(rest)
}

// noAddress finds what a client might make a link of.
//
// Some clients make links of bare addresses by themselves.
func (c *checker) noAddress(s string) {
	if strings.Contains(s, "://") || regexp.MustCompile(`(?i)\bwww\.`).MatchString(s) {
		c.bad("address: %q", s)
	}
}

// shown checks what a person reads: no character hides or turns the text around.
//
// The list is of controls that reverse, join or hide text: with them "cod.exe" may look like
// another file. Tabs and line ends are allowed.
func (c *checker) shown(s string) {
	c.texts += utf8.RuneCountInString(s)
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r < 0xA0 || strings.ContainsRune("\u200B\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u061C\u2028\u2029\uFEFF\u00AD", r) {
			c.bad("U+%04X in %q", r, s)
		}
	}
	if !utf8.ValidString(s) {
		c.bad("broken UTF-8: %q", s)
	}
}

// url takes the console's pages alone.
//
// Host and scheme have to be the console's exactly; a host that only begins like it is another one.
func (c *checker) url(s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme+"://"+u.Host != Console || len(s) > 3000 {
		c.bad("link to %q", s)
	}
}

// Text returns what shown, text without markup, or fallback, text that Slack reads as mrkdwn, would hide or do.
func Text(shown, fallback string) []string {
	c := &checker{}
	c.fallback(fallback)
	c.shown(shown)
	return c.problems
}

// RequireSound fails where Slack would refuse the message, or a text in it would do something.
func RequireSound(t testing.TB, text string, blocks []slack.Block) {
	t.Helper()
	require.Empty(t, Message(t, text, blocks))
}

// List, Dict and Str read JSON of unknown shape: what is something else is empty.
func List(v any) []any { l, _ := v.([]any); return l }

// Dict is v as an object.
func Dict(v any) map[string]any { m, _ := v.(map[string]any); return m }

// Str is v as a text.
func Str(v any) string { s, _ := v.(string); return s }
