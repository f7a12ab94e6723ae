package slacksim

import (
	"fmt"
	"maps"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
)

// payloads make what envelopes carry.
type payloads struct {
	st *state
	*replies
}

// slashPayload is the payload of a command [docs.slack.dev/interactivity/implementing-slash-commands].
func (ws *payloads) slashPayload(u *roster.User, c *channel, command, text string) map[string]any {
	return map[string]any{
		"token": verifier, "team_id": u.TeamID, "team_domain": ws.st.opts.TeamDomain, "channel_id": c.ID, "channel_name": c.wireName(),
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": text, "api_app_id": roster.AppID, "is_enterprise_install": "false",
		"response_url": ws.newResponseURL("commands", u, c, nil), "trigger_id": ws.st.newTrigger(u.ID),
	}
}

// interaction is what all interactive payloads have in common [docs.slack.dev/reference/interaction-payloads].
func (ws *payloads) interaction(kind string, u *roster.User) map[string]any {
	return map[string]any{
		"type": kind, "api_app_id": roster.AppID, "token": verifier, "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": ws.st.opts.TeamID, "domain": ws.st.opts.TeamDomain},
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// place is where an element stands: in a message or in a view.
type place struct {
	channel *channel
	message *Message
	view    *View
}

func (p place) key(u *roster.User) string {
	if p.view != nil {
		return placeOfView(p.view)
	}
	return placeOfMessage(u.ID, p.message)
}

// addTo puts container, channel, message or view into a payload. Ephemeral messages do not come along, only their container.
func (p place) addTo(st *state, payload map[string]any) {
	if p.view != nil {
		payload["container"] = map[string]any{"type": "view", "view_id": p.view.ID}
		payload["view"] = st.viewObject(p.view)
		return
	}
	container := map[string]any{"type": "message", "message_ts": p.message.TS, "channel_id": p.channel.ID, "is_ephemeral": p.message.EphemeralTo != ""}
	if p.message.ThreadTS != "" {
		container["thread_ts"] = p.message.ThreadTS
	}
	payload["container"] = container
	payload["channel"] = map[string]any{"id": p.channel.ID, "name": p.channel.wireName()}
	if p.message.EphemeralTo == "" {
		payload["message"] = st.messageObject(p.message)
	}
}

// actionPayload is the payload of block_actions [docs.slack.dev/reference/interaction-payloads/block_actions-payload].
func (ws *payloads) actionPayload(u *roster.User, p place, action map[string]any) map[string]any {
	payload := ws.interaction("block_actions", u)
	p.addTo(ws.st, payload)
	payload["trigger_id"] = ws.st.newTrigger(u.ID)
	payload["actions"] = []any{action}
	if p.view == nil {
		payload["response_url"] = ws.newResponseURL("actions", u, p.channel, p.message)
		payload["state"] = map[string]any{"values": blockkit.StateOf(p.message.Blocks, ws.st.typed[p.key(u)])}
	}
	return payload
}

// action is what happened to one element. value is its new state; nil for buttons and overflow menus.
func (ws *payloads) action(block, el, value map[string]any) map[string]any {
	a := map[string]any{"type": el["type"], "action_id": el["action_id"], "block_id": block["block_id"], "action_ts": ws.st.newTS()}
	switch el["type"] {
	case "button", "icon_button":
		for _, name := range []string{"text", "value", "style", "confirm"} {
			if el[name] != nil {
				a[name] = el[name]
			}
		}
	default:
		for _, name := range []string{"placeholder", "initial_option", "initial_date"} {
			if el[name] != nil {
				a[name] = el[name]
			}
		}
	}
	maps.Copy(a, value)
	return a
}

// suggestionPayload is the payload of block_suggestion [docs.slack.dev/reference/interaction-payloads/block_suggestion-payload].
func (ws *payloads) suggestionPayload(u *roster.User, p place, block, el map[string]any, query string) map[string]any {
	payload := ws.interaction("block_suggestion", u)
	p.addTo(ws.st, payload)
	payload["action_id"], payload["block_id"], payload["value"] = el["action_id"], block["block_id"], query
	return payload
}

// submissionPayload is the payload of view_submission [docs.slack.dev/reference/interaction-payloads/view-interactions-payload].
func (ws *payloads) submissionPayload(u *roster.User, v *View) map[string]any {
	payload := ws.interaction("view_submission", u)
	payload["trigger_id"], payload["view"], payload["response_urls"] = ws.st.newTrigger(u.ID), ws.st.viewObject(v), []any{}
	return payload
}

func (ws *payloads) closedPayload(u *roster.User, v *View, cleared bool) map[string]any {
	payload := ws.interaction("view_closed", u)
	payload["view"], payload["is_cleared"] = ws.st.viewObject(v), cleared
	return payload
}

// shortcutPayload is a global shortcut, or a message shortcut where there is a message.
func (ws *payloads) shortcutPayload(u *roster.User, callback string, c *channel, m *Message) map[string]any {
	kind := "shortcut"
	if m != nil {
		kind = "message_action"
	}
	payload := ws.interaction(kind, u)
	payload["callback_id"], payload["trigger_id"], payload["action_ts"] = callback, ws.st.newTrigger(u.ID), ws.st.newTS()
	if m != nil {
		payload["message_ts"], payload["message"] = m.TS, ws.st.messageObject(m)
		payload["channel"] = map[string]any{"id": c.ID, "name": c.wireName()}
		payload["response_url"] = ws.newResponseURL("actions", u, c, m)
	}
	return payload
}

// eventBody wraps an event [docs.slack.dev/apis/events-api#callback-field].
func (ws *payloads) eventBody(event map[string]any, id string) map[string]any {
	return map[string]any{
		"token": verifier, "team_id": ws.st.opts.TeamID, "api_app_id": roster.AppID, "event": event, "type": "event_callback", "event_id": id,
		"event_time": ws.st.opts.Now().Unix(), "is_ext_shared_channel": false, "context_team_id": ws.st.opts.TeamID, "context_enterprise_id": nil,
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": ws.st.opts.TeamID, "user_id": ws.st.bot().ID, "is_bot": true,
			"is_enterprise_install": false}},
		"event_context": fmt.Sprintf("4-%s", id),
	}
}

// messageEvent is what app_mention and message have in common.
func (ws *payloads) messageEvent(kind string, u *roster.User, c *channel, m *Message) map[string]any {
	event := map[string]any{
		"type": kind, "user": u.ID, "text": m.Text, "ts": m.TS, "channel": c.ID, "event_ts": m.TS, "team": u.TeamID, "client_msg_id": "client-" + m.TS,
	}
	if m.typed != nil {
		event["blocks"] = []any{map[string]any{"type": "rich_text", "block_id": ws.st.newID("b"), "elements": m.typed}}
	}
	if m.ThreadTS != "" {
		event["thread_ts"] = m.ThreadTS
	}
	if kind == "message" {
		event["channel_type"] = "im"
	}
	if u.TeamID != ws.st.opts.TeamID {
		event["user_team"], event["source_team"] = u.TeamID, u.TeamID
	}
	return event
}
