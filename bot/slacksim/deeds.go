package slacksim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/wire"
)

// A deedError is what Slack's client tells a person who tries what cannot be done.
//
// code is Slack's word where Slack has one, so that a page or a test can tell one refusal from
// another.
type deedError struct{ code, words string }

func (e *deedError) Error() string { return e.words }

func cannot(code, format string, args ...any) error {
	return &deedError{code, fmt.Sprintf(format, args...)}
}

// A client is Slack's app on people's screens: what it lets them do, and what it tells the app of
// it.
//
// What a person's own client refuses (a command in a thread, a channel that they are not in) never
// reaches the app; a test gets it as an error.
type client struct {
	*sender
	dialogs map[string][]Dialog // confirmations that a user was shown
}

// composer finds the conversation that a person writes into.
//
// "@name" is a direct message even if a channel has that name.
func (ws *client) composer(u *roster.User, where string) (*state.Conversation, error) {
	c, ok := ws.st.Channels.Find(where)
	if other, isUser := ws.st.Users.Find(where); isUser && (!ok || strings.HasPrefix(where, "@")) {
		return ws.st.DmOf(u, other), nil
	}
	switch {
	case !ok || c.Kind() != "public_channel" && !c.Has(u):
		return nil, cannot("channel_not_found", "%s knows no channel %s", u.Name, where)
	case !c.Has(u):
		return nil, cannot("not_in_channel", "%s is not in %s", u.Name, c.Label())
	}
	return c, nil
}

// typeIn sends what is typed into a composer.
func (ws *client) typeIn(u *roster.User, c *state.Conversation, thread, text string) error {
	switch {
	case u.Deleted:
		return cannot("account_inactive", "%s is deactivated", u.Name)
	case c.Archived:
		return cannot("is_archived", "%s is archived", c.Label())
	case c.Dm != nil && c.Has(ws.st.Bot()) && (!ws.st.App.MessagesTab || !ws.st.App.MessagesWrite) && !strings.HasPrefix(text, "/"):
		return cannot("messages_tab_disabled", "Sending messages to this app has been turned off.")
	case strings.TrimSpace(text) == "":
		return cannot("no_text", "There is nothing to send")
	case strings.HasPrefix(text, "/"):
		return ws.typeCommand(u, c, thread, text)
	}
	written, typed := ws.writer().Message(text)
	ws.announce(u, c, ws.st.Post(c, u, state.Content{Text: written, Typed: typed, ThreadTS: thread}), nil)
	return nil
}

// announce tells the app of a message that concerns it. Who wrote it adds what Slack says of an
// author that is no person, or that it was edited.
//
// A direct message is told as message.im to an app with im:history, a mention as app_mention to one
// that is in the channel. A mention in a direct message is message.im alone
// [docs.slack.dev/reference/events/app_mention].
func (ws *client) announce(u *roster.User, c *state.Conversation, m *state.Message, more map[string]any) {
	bot := ws.st.Bot()
	kind := ""
	switch {
	case c.Dm != nil && c.Has(bot) && ws.st.HasScope("im:history") && ws.st.Hears("message.im"):
		kind = "message"
	case c.Dm == nil && c.Has(bot) && strings.Contains(m.Text, "<@"+bot.ID+">") && ws.st.HasScope("app_mentions:read") && ws.st.Hears("app_mention"):
		kind = "app_mention"
	default:
		return
	}
	event := ws.messageEvent(kind, u, c, m)
	maps.Copy(event, more)
	ws.sendEvent(u, event)
}

// typeCommand runs a slash command. Commands of apps do not work in threads.
//
// [docs.slack.dev/interactivity/implementing-slash-commands: developer commands cannot be invoked
// in threads].
func (ws *client) typeCommand(u *roster.User, c *state.Conversation, thread, text string) error {
	name, rest, _ := strings.Cut(text, " ")
	at := slices.IndexFunc(ws.st.Opts.Commands, func(cmd state.Command) bool { return cmd.Name == name })
	switch {
	case at < 0 || !ws.st.HasScope("commands"):
		return cannot("invalid_command", "%s is not a valid command.", name)
	case thread != "":
		return cannot("not_supported_in_threads", "%s is not supported in threads. Sorry!", name)
	}
	rest = ws.writer().Command(strings.TrimSpace(rest), ws.st.Opts.Commands[at].ShouldEscape)
	d := &delivery{kind: "slash_commands", label: name, user: u, channel: c}
	ws.send(d, ws.slashPayload(u, c, name, rest), 0, "")
	return nil
}

// act tells the app that something happened to an element. The element is the one that the person
// saw.
//
// What was chosen is remembered before the app hears of it: the state that comes along has it
// already.
func (ws *client) act(u *roster.User, at state.Place, block, el, value map[string]any) {
	if value != nil && el["type"] != "overflow" {
		ws.st.Typed.Remember(at.Key(u), wire.Text(block["block_id"]), wire.Text(el["action_id"]), value)
	}
	d := &delivery{kind: "interactive", label: "block_actions", user: u, channel: at.Channel}
	ws.send(d, ws.actionPayload(u, at, ws.action(block, el, value)), 0, "")
}

// suggest asks the app for options; nil where the query is too short to ask.
//
// Slack asks anew as a person types; one call of this is one such question.
func (ws *client) suggest(u *roster.User, at state.Place, block, el map[string]any, query string) *delivery {
	if len([]rune(query)) < blockkit.MinQueryLength(el) {
		return nil
	}
	d := &delivery{kind: "interactive", label: "block_suggestion", user: u, channel: at.Channel}
	ws.send(d, ws.suggestionPayload(u, at, block, el, query), 0, "")
	return d
}

// suggestions waits for the answer of suggest.
func (ws *client) suggestions(d *delivery) ([]blockkit.Option, error) {
	if d == nil {
		return []blockkit.Option{}, nil
	}
	if err := ws.await(d); err != nil {
		return nil, err
	}
	return d.outcome.options, nil
}

// await waits until a delivery is settled, by the app or by its deadline. A failure is what the
// person would read.
func (ws *sender) await(d *delivery) error {
	select {
	case <-d.done:
	case <-ws.st.Quit:
		return errors.New("the workspace was closed")
	}
	if d.outcome.failure != "" {
		return cannot(d.outcome.failure, "%s", failureText(d, d.outcome.failure))
	}
	return nil
}

// submit sends a form, unless Slack's client itself finds errors in it.
//
// The delivery is nil where nothing was sent. It runs under the lock and submitted without, since
// the answer needs the lock to be read.
func (ws *client) submit(u *roster.User, v *state.View) (SubmitResult, *delivery) {
	byBlock := blockkit.ClientErrors(v.Blocks, blockkit.StateOf(v.Blocks, ws.st.Typed[state.PlaceOfView(v)]))
	if len(byBlock) > 0 {
		result := SubmitResult{Action: "errors", Errors: map[string]string{}, byBlock: byBlock}
		for _, b := range blockkit.InputBlocks(blockkit.ParseBlocks(v.Blocks)) {
			if message, ok := byBlock[wire.Text(b["block_id"])]; ok {
				result.Errors[wire.Text(wire.Object(b["label"])["text"])] = message
			}
		}
		return result, nil
	}
	d := &delivery{kind: "interactive", label: "view_submission", user: u, view: v}
	ws.send(d, ws.submissionPayload(u, v), 0, "")
	return SubmitResult{}, d
}

// submitted waits for the answer of submit.
func (ws *client) submitted(d *delivery) (SubmitResult, error) {
	if err := ws.await(d); err != nil {
		return SubmitResult{}, err
	}
	return d.outcome.submit, nil
}

// closeByHand closes a view as its close button does, and tells the app where it asked for that.
//
// Only the topmost view has a close button that can be reached.
func (ws *client) closeByHand(u *roster.User, v *state.View) error {
	stack := ws.st.Stacks[u.ID]
	if len(stack) == 0 || stack[len(stack)-1] != v {
		return cannot("view_not_on_top", "another view is on top of %q", v.Title)
	}
	payload := ws.closedPayload(u, v, false)
	ws.st.CloseViews(u.ID, v.ClearOnClose)
	if v.NotifyOnClose {
		ws.send(&delivery{kind: "interactive", label: "view_closed", user: u}, payload, 0, "")
	}
	return nil
}
