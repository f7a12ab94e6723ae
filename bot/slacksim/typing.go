package slacksim

import (
	"strings"

	"s1bot/bot/slacksim/composer"
	"s1bot/bot/slacksim/state"
)

// writer is what Slack makes of typed texts, with the names of this workspace.
func (ws *client) writer() composer.Composer { return composer.Composer{Names: names{ws.st}} }

// names are those that can be mentioned.
//
// An id counts as a name, so what tests know of is mentioned either way. Direct messages have no
// name to mention them by.
type names struct{ st *state.State }

func (n names) User(nameOrID string) (id, handle string, known bool) {
	if u, ok := n.st.Users.Find(nameOrID); ok {
		return u.ID, u.Name, true
	}
	return "", "", false
}

func (n names) Group(handleOrID string) (id, handle string, known bool) {
	if g, ok := n.st.Groups.Find(handleOrID); ok {
		return g.ID, g.Handle, true
	}
	return "", "", false
}

func (n names) Channel(nameOrID string) (id, name string, known bool) {
	if c, ok := n.st.Channels.Find(nameOrID); ok && c.Dm == nil {
		return c.ID, c.Name, true
	}
	return "", "", false
}

// Edits changes a message that the person wrote. Slack sends the mention in it once more, under an event id of its own and with
// `edited` in it (PostHog/posthog#59517, slack-go/slack#1256).
func (p *Person) Edits(m state.Message, text string) error {
	p.ws.st.Mu.Lock()
	defer p.ws.st.Mu.Unlock()
	at, _, err := m.Locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	if at.Message.User != p.id {
		return cannot("cant_update_message", "%s did not write this", p.user().Name)
	}
	written, typed := p.ws.writer().Message(text)
	at.Message.Typed = typed
	p.ws.st.Edit(at.Channel, at.Message, state.Content{Text: written})
	p.ws.announce(p.user(), at.Channel, at.Message, map[string]any{"edited": map[string]any{"user": p.id, "ts": p.ws.st.NextTS()}})
	return nil
}

// An App is another app of the workspace, which posts messages.
type App struct {
	Name    string
	BotID   string // B…; none for apps that post with a person's token and show no bot
	Subtype string // bot_message, of incoming webhooks and classic apps
}

// Posts has an app post into a channel in the name of a user: its own bot user, or a person whose token it has. Slack sends the
// app's marks along [docs.slack.dev/reference/events/message/bot_message, …/tools/node-slack-sdk AppMentionEvent].
func (app App) Posts(ws *Workspace, where, inNameOf, text string) error {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	u, ok := ws.st.Users.Find(inNameOf)
	c, known := ws.st.Channels.Find(where)
	if !ok || !known {
		return cannot("channel_not_found", "there is no %s or no %s", where, inNameOf)
	}
	marks := map[string]any{"app_id": "A0" + strings.ToUpper(app.Name)}
	if app.BotID != "" {
		marks["bot_id"] = app.BotID
		marks["bot_profile"] = map[string]any{"id": app.BotID, "app_id": marks["app_id"], "name": app.Name, "deleted": false, "team_id": ws.st.Opts.TeamID}
	}
	if app.Subtype != "" {
		marks["subtype"], marks["username"] = app.Subtype, app.Name
	}
	written, typed := ws.writer().Message(text)
	ws.announce(u, c, ws.st.Post(c, u, state.Content{Text: written, Typed: typed}), marks)
	return nil
}
