package slacksim

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/methods"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A SubmitResult is what became of a form.
//
// It is what the person sees and not what the app answered: an answer that Slack would not
// understand leaves it empty, and is a violation.
type SubmitResult struct {
	Action  string            // of the app's answer: "", errors, update, push or clear
	Errors  map[string]string // by the label of the field; from Slack's client or from the app
	Updated *state.View
	Pushed  *state.View
	Closed  bool // the view is gone

	byBlock map[string]string // Errors by block_id
}

// An ackReader does what acknowledgements say.
//
// An acknowledgement is the only answer that Socket Mode has a channel for, and each kind of
// envelope takes another payload in it. What Slack ignores or drops without a word is a violation
// here: no test would notice it otherwise.
type ackReader struct{ st *state.State }

// readAck does what the payload of an ack says.
//
// SDKs write null or "" where there is nothing to say; Slack takes both for an ack without a
// payload.
func (ws *ackReader) readAck(d *delivery, payload json.RawMessage) {
	if trimmed := bytes.TrimSpace(payload); bytes.Equal(trimmed, []byte("null")) || bytes.Equal(trimmed, []byte(`""`)) {
		payload = nil
	}
	switch d.label {
	case "view_submission":
		ws.submissionAck(d, payload)
	case "block_suggestion":
		ws.suggestionAck(d, payload)
	default:
		if d.kind == "slash_commands" {
			ws.slashAck(d, payload)
			return
		}
		if len(payload) > 0 && !bytes.Equal(payload, []byte("{}")) {
			ws.st.Violate("the ack of %s has a payload, which Slack does not look at", d.label)
		}
	}
}

// slashAck posts the message that answers a command: to the caller alone unless it says in_channel.
//
// A message that Slack refuses is shown to the caller as a failure, and the app hears nothing of
// it. That is why only a violation tells.
func (ws *ackReader) slashAck(d *delivery, payload json.RawMessage) {
	if len(payload) == 0 {
		return
	}
	var given webapi.Args
	if wire.Decode(payload, &given) != nil {
		ws.st.Violate("the ack of %s is no message: %.80q", d.label, payload)
		return
	}
	if given.Str("text") == "" && given.JSON("blocks") == nil && given.JSON("attachments") == nil {
		return
	}
	in := state.Content{Text: given.Str("text")}
	if err := methods.ReadBlocks(given, &in); err != nil {
		ws.st.Violate("the ack of %s: %s %v", d.label, err, webapi.RefusalReply(err)["response_metadata"])
		ws.st.Slackbot(d.channel, d.user, failureText(d, err.Error()))
		return
	}
	if given.Str("response_type") != "in_channel" {
		in.EphemeralTo = d.user.ID
	}
	ws.st.Post(d.channel, ws.st.Bot(), in)
}

// submissionAck answers a form [docs.slack.dev/surfaces/modals]: nothing closes the view; clear,
// update, push and errors do what they say. A submission closes the view on top by itself, or the
// whole stack where the view said clear_on_close; there is no other way for an app to close a view.
func (ws *ackReader) submissionAck(d *delivery, payload json.RawMessage) {
	var answer struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if len(payload) > 0 && json.Unmarshal(payload, &answer) != nil {
		ws.submissionFailed(d, "an answer that is no object")
		return
	}
	result := &d.outcome.submit
	result.Action = answer.Action
	switch answer.Action {
	case "":
		ws.st.CloseViews(d.user.ID, d.view.ClearOnClose)
		result.Closed = true
	case "clear":
		ws.st.CloseViews(d.user.ID, true)
		result.Closed = true
	case "errors":
		ws.submissionErrors(d, answer.Errors)
	case "update", "push":
		ws.submissionView(d, answer.Action, answer.View)
	default:
		ws.submissionFailed(d, "the response_action "+answer.Action+" does not exist")
	}
}

// submissionErrors shows errors under the inputs. A key that is not the block_id of an input shows
// none of them.
//
// A wrong key makes all of them disappear: the person sees the form stand still, with Slack's words
// about a connection.
func (ws *ackReader) submissionErrors(d *delivery, errors map[string]string) {
	labels := map[string]string{}
	for _, b := range blockkit.InputBlocks(blockkit.ParseBlocks(d.view.Blocks)) {
		labels[wire.Text(b["block_id"])] = wire.Text(wire.Object(b["label"])["text"])
	}
	if len(errors) == 0 {
		ws.submissionFailed(d, "errors without an error")
		return
	}
	shown := map[string]string{}
	for _, block := range slices.Sorted(maps.Keys(errors)) {
		label, isInput := labels[block]
		if !isInput || errors[block] == "" {
			ws.submissionFailed(d, "an error for "+block+", which is not an input block of the view, or without words")
			return
		}
		shown[label] = errors[block]
	}
	d.outcome.submit.Errors, d.outcome.submit.byBlock = shown, errors
}

// submissionView puts another view in the place of the one that was sent, or on top of it. It is
// judged like one of views.open.
func (ws *ackReader) submissionView(d *delivery, action string, raw json.RawMessage) {
	source, err := methods.ReadView(raw, "modal")
	if err != nil {
		ws.submissionFailed(d, strings.TrimSpace(err.Error()+" "+strings.Join(webapi.Messages(err), "; ")))
		return
	}
	if action == "push" {
		pushed, err := ws.st.AddView(d.user.ID, source)
		if err != nil {
			ws.submissionFailed(d, err.Error())
			return
		}
		d.outcome.submit.Pushed = new(*pushed)
		return
	}
	if err := ws.st.ReplaceView(d.view, source); err != nil {
		ws.submissionFailed(d, err.Error())
		return
	}
	d.outcome.submit.Updated = new(*d.view)
}

// submissionFailed is what a person sees of a wrong answer: the form stays, with words that help nobody.
func (ws *ackReader) submissionFailed(d *delivery, why string) {
	ws.st.Violate("the ack of view_submission %s: %s", d.view.CallbackID, why)
	d.outcome.failure = "We had some trouble connecting. Try again?"
	ws.st.Slackbot(nil, d.user, d.outcome.failure)
}

// suggestionAck fills a search box: options, or groups of them. An answer that breaks a rule shows
// an empty box.
//
// At most 100 options, or 100 groups of 100
// [docs.slack.dev/reference/block-kit/block-elements/select-menu-element]; that all of it must stay
// below 20 KB is looked at before, with every acknowledgement.
func (ws *ackReader) suggestionAck(d *delivery, payload json.RawMessage) {
	if len(payload) == 0 {
		ws.st.Violate("the ack of block_suggestion has no options")
		return
	}
	if problems := blockkit.ValidateOptions(payload); problems != nil {
		ws.st.Violate("the ack of block_suggestion: %v", problems)
		return
	}
	answer := wire.ParseObject(payload)
	d.outcome.options = blockkit.ReadOptions(answer["options"], "")
	for _, group := range wire.Objects(answer["option_groups"]) {
		d.outcome.options = append(d.outcome.options, blockkit.ReadOptions(group["options"], wire.Text(wire.Object(group["label"])["text"]))...)
	}
}
