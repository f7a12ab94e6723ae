package slacksim

import (
	"strings"

	"s1bot/bot/slacksim/composer"
)

// writer is what Slack makes of typed texts, with the names of this workspace.
func (ws *client) writer() composer.Composer { return composer.Composer{Names: names{ws.st}} }

// names are those that can be mentioned.
type names struct{ st *state }

func (n names) User(nameOrID string) (id, handle string, known bool) {
	if u, ok := n.st.users.Find(nameOrID); ok {
		return u.ID, u.Name, true
	}
	return "", "", false
}

func (n names) Group(handleOrID string) (id, handle string, known bool) {
	if g, ok := n.st.groups.Find(handleOrID); ok {
		return g.ID, g.Handle, true
	}
	return "", "", false
}

func (n names) Channel(nameOrID string) (id, name string, known bool) {
	if c, ok := n.st.channels.Find(nameOrID); ok && c.dm == nil {
		return c.ID, c.Name, true
	}
	return "", "", false
}

// Edits changes a message that the person wrote. Slack sends the mention in it once more, under an event id of its own and with
// `edited` in it (PostHog/posthog#59517, slack-go/slack#1256).
func (p *Person) Edits(m Message, text string) error {
	p.ws.st.mu.Lock()
	defer p.ws.st.mu.Unlock()
	at, _, err := m.locate(p.ws.st, p.user())
	if err != nil {
		return err
	}
	if at.message.User != p.id {
		return cannot("cant_update_message", "%s did not write this", p.user().Name)
	}
	written, typed := p.ws.writer().Message(text)
	at.message.typed = typed
	p.ws.st.edit(at.channel, at.message, content{text: written})
	p.ws.announce(p.user(), at.channel, at.message, map[string]any{"edited": map[string]any{"user": p.id, "ts": p.ws.st.newTS()}})
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
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	u, ok := ws.st.users.Find(inNameOf)
	c, known := ws.st.channels.Find(where)
	if !ok || !known {
		return cannot("channel_not_found", "there is no %s or no %s", where, inNameOf)
	}
	marks := map[string]any{"app_id": "A0" + strings.ToUpper(app.Name)}
	if app.BotID != "" {
		marks["bot_id"] = app.BotID
		marks["bot_profile"] = map[string]any{"id": app.BotID, "app_id": marks["app_id"], "name": app.Name, "deleted": false, "team_id": ws.st.opts.TeamID}
	}
	if app.Subtype != "" {
		marks["subtype"], marks["username"] = app.Subtype, app.Name
	}
	written, typed := ws.writer().Message(text)
	ws.announce(u, c, ws.st.post(c, u, content{text: written, typed: typed}), marks)
	return nil
}
