package slacksim

import (
	"fmt"
	"maps"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
)

// payloads make what envelopes carry.
//
// Every field that Slack's pages show is there, also those that the bot does not read: another bot
// may, and an SDK's decoder wants them. The sources stand at each function.
type payloads struct {
	st *state.State
	*replies
}

// slashPayload is the payload of a command
// [docs.slack.dev/interactivity/implementing-slash-commands]. is_enterprise_install is a text here
// and a boolean in interactions, as with Slack; decoders that want one type fail on the other.
func (ws *payloads) slashPayload(u *roster.User, c *state.Conversation, command, text string) map[string]any {
	return map[string]any{
		"token": verifier, "team_id": u.TeamID, "team_domain": ws.st.Opts.TeamDomain, "channel_id": c.ID, "channel_name": c.WireName(),
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": text, "api_app_id": roster.AppID, "is_enterprise_install": "false",
		"response_url": ws.newResponseURL("commands", u, c, nil), "trigger_id": ws.st.NewTrigger(u.ID),
	}
}

// interaction is what all interactive payloads have in common [docs.slack.dev/reference/interaction-payloads].
func (ws *payloads) interaction(kind string, u *roster.User) map[string]any {
	return map[string]any{
		"type": kind, "api_app_id": roster.AppID, "token": verifier, "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": ws.st.Opts.TeamID, "domain": ws.st.Opts.TeamDomain},
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// actionPayload is the payload of block_actions
// [docs.slack.dev/reference/interaction-payloads/block_actions-payload]. A click in a view has no
// response URL, and one on a message has the state of its inputs beside the actions.
func (ws *payloads) actionPayload(u *roster.User, p state.Place, action map[string]any) map[string]any {
	payload := ws.interaction("block_actions", u)
	p.AddTo(ws.st, payload)
	payload["trigger_id"] = ws.st.NewTrigger(u.ID)
	payload["actions"] = []any{action}
	if p.View == nil {
		payload["response_url"] = ws.newResponseURL("actions", u, p.Channel, p.Message)
		payload["state"] = map[string]any{"values": blockkit.StateOf(p.Message.Blocks, ws.st.Typed[p.Key(u)])}
	}
	return payload
}

// action is what happened to one element. value is its new state; nil for buttons and overflow menus.
func (ws *payloads) action(block, el, value map[string]any) map[string]any {
	a := map[string]any{"type": el["type"], "action_id": el["action_id"], "block_id": block["block_id"], "action_ts": ws.st.NextTS()}
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
func (ws *payloads) suggestionPayload(u *roster.User, p state.Place, block, el map[string]any, query string) map[string]any {
	payload := ws.interaction("block_suggestion", u)
	p.AddTo(ws.st, payload)
	payload["action_id"], payload["block_id"], payload["value"] = el["action_id"], block["block_id"], query
	return payload
}

// submissionPayload is the payload of view_submission
// [docs.slack.dev/reference/interaction-payloads/view-interactions-payload]. response_urls is
// empty: it would be filled by menus with response_url_enabled, which are not played.
func (ws *payloads) submissionPayload(u *roster.User, v *state.View) map[string]any {
	payload := ws.interaction("view_submission", u)
	payload["trigger_id"], payload["view"], payload["response_urls"] = ws.st.NewTrigger(u.ID), ws.st.ViewObject(v), []any{}
	return payload
}

// closedPayload is the payload of view_closed, which comes only where the view asked for it
// (notify_on_close).
func (ws *payloads) closedPayload(u *roster.User, v *state.View, cleared bool) map[string]any {
	payload := ws.interaction("view_closed", u)
	payload["view"], payload["is_cleared"] = ws.st.ViewObject(v), cleared
	return payload
}

// shortcutPayload is a global shortcut, or a message shortcut where there is a message.
func (ws *payloads) shortcutPayload(u *roster.User, callback string, c *state.Conversation, m *state.Message) map[string]any {
	kind := "shortcut"
	if m != nil {
		kind = "message_action"
	}
	payload := ws.interaction(kind, u)
	payload["callback_id"], payload["trigger_id"], payload["action_ts"] = callback, ws.st.NewTrigger(u.ID), ws.st.NextTS()
	if m != nil {
		payload["message_ts"], payload["message"] = m.TS, ws.st.MessageObject(m)
		payload["channel"] = map[string]any{"id": c.ID, "name": c.WireName()}
		payload["response_url"] = ws.newResponseURL("actions", u, c, m)
	}
	return payload
}

// eventBody wraps an event [docs.slack.dev/apis/events-api#callback-field].
func (ws *payloads) eventBody(event map[string]any, id string) map[string]any {
	return map[string]any{
		"token": verifier, "team_id": ws.st.Opts.TeamID, "api_app_id": roster.AppID, "event": event, "type": "event_callback", "event_id": id,
		"event_time": ws.st.Opts.Now().Unix(), "is_ext_shared_channel": false, "context_team_id": ws.st.Opts.TeamID, "context_enterprise_id": nil,
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": ws.st.Opts.TeamID, "user_id": ws.st.Bot().ID, "is_bot": true,
			"is_enterprise_install": false}},
		"event_context": fmt.Sprintf("4-%s", id),
	}
}

// messageEvent is what app_mention and message have in common.
//
// The blocks come along for what a person typed: they alone tell a mention from the same characters
// in code.
func (ws *payloads) messageEvent(kind string, u *roster.User, c *state.Conversation, m *state.Message) map[string]any {
	event := map[string]any{
		"type": kind, "user": u.ID, "text": m.Text, "ts": m.TS, "channel": c.ID, "event_ts": m.TS, "team": u.TeamID, "client_msg_id": "client-" + m.TS,
	}
	if m.Typed != nil {
		event["blocks"] = []any{map[string]any{"type": "rich_text", "block_id": ws.st.NextID("b"), "elements": m.Typed}}
	}
	if m.ThreadTS != "" {
		event["thread_ts"] = m.ThreadTS
	}
	if kind == "message" {
		event["channel_type"] = "im"
	}
	if u.TeamID != ws.st.Opts.TeamID {
		event["user_team"], event["source_team"] = u.TeamID, u.TeamID
	}
	return event
}
