package slacksim

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"s1bot/bot/slacksim/methods"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A responseURL lets the app answer an interaction "up to 5 times within 30 minutes"
// [docs.slack.dev/interactivity/handling-user-interaction#message_responses].
type responseURL struct {
	user     *roster.User
	channel  *state.Conversation
	original *state.Message // whose button was clicked; nil for commands
	last     *state.Message // that came through it, which a command's URL replaces: it has no other message to update
	expires  time.Time
	left     int
}

// replies are the addresses through which the app answers.
//
// Played: five uses within thirty minutes, for whom the message is, what replace_original means for
// a click and for a command. Left out:
// what Slack answers beyond 200, 404 and 400.
type replies struct {
	st        *state.State
	responses map[string]*responseURL // by path
}

// newResponseURL makes the address of one interaction. It ends in a random number, because whoever
// knows it may answer.
func (ws *replies) newResponseURL(kind string, u *roster.User, c *state.Conversation, original *state.Message) string {
	ws.st.Serial["response"]++
	path := fmt.Sprintf("/respond/%s/%s/%d-%016x", kind, ws.st.Opts.TeamID, 1000+ws.st.Serial["response"], ws.st.Rng.Uint64())
	ws.responses[path] = &responseURL{user: u, channel: c, original: original, expires: ws.st.Opts.Now().Add(30 * time.Minute), left: 5}
	return ws.st.Base + path
}

// serveResponse takes a message that comes through one.
//
// A fault may come before the message is taken or after it (Fault.After): in the second case it
// stands in Slack and the app does not know.
func (ws *replies) serveResponse(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what was cut off is no JSON
	call := state.Call{Method: "response_url", Args: map[string]string{"body": string(body)}, Status: http.StatusOK}
	ws.st.Mu.Lock()
	call.Time = ws.st.Opts.Now()
	fault := ws.st.Faults.Take("response_url", call.Args)
	ws.st.Mu.Unlock()
	defer func() {
		call.Duration = time.Since(start)
		ws.st.Mu.Lock()
		defer ws.st.Mu.Unlock()
		ws.st.Record.AddCall(call)
		ws.st.Bump()
	}()
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.Quit, w)
		return
	}
	err := ws.respond(r.URL.Path, body)
	if fault != nil {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.Quit, w)
		return
	}
	if err != nil {
		call.Error, call.Status = err.Error(), responseStatus(err)
		webapi.WriteJSON(w, call.Status, webapi.RefusalReply(err))
		return
	}
	webapi.WriteJSON(w, http.StatusOK, webapi.Reply{"ok": true})
}

// responseStatus is 404 for an address that is no good any more, 400 for a message that is not.
func responseStatus(err error) int {
	switch err.Error() {
	case "used_url", "expired_url", "invalid_url":
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// respond finds what the address stands for. Each refusal is a violation, since the app's person
// gets no answer then.
func (ws *replies) respond(path string, body []byte) error {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	target := ws.responses[path]
	var given webapi.Args
	err := wire.Decode(body, &given)
	switch {
	case target == nil:
		err = webapi.Refuse("invalid_url")
	case target.left == 0:
		err = webapi.Refuse("used_url")
	case ws.st.Opts.Now().After(target.expires):
		err = webapi.Refuse("expired_url")
	case err != nil:
		err = webapi.Refuse("invalid_payload")
	default:
		err = ws.respondWith(target, given)
	}
	if err != nil {
		ws.st.Violate("response_url: %s %v", err, webapi.Messages(err))
	}
	return err
}

// respondWith posts, replaces or deletes. Channels that the bot is not in make no difference here.
// replace_original on a command's URL without an earlier answer has nothing to replace and posts:
// Slack shows a command's invocation as no message.
func (ws *replies) respondWith(target *responseURL, given webapi.Args) error {
	if given.Flag("delete_original") {
		if target.original == nil {
			return webapi.Refuse("message_not_found") // a command's invocation cannot be deleted
		}
		return ws.respondToOriginal(target, func(m *state.Message) { ws.st.Remove(target.channel, m) })
	}
	in, err := ws.responseContent(target, given)
	if err != nil {
		return err
	}
	if given.Flag("replace_original") && (target.original != nil || target.last != nil) {
		return ws.respondToOriginal(target, func(m *state.Message) {
			if in.Blocks == nil {
				m.SetBlocks(nil) // the whole message gives way, unlike chat.update
			}
			ws.st.Edit(target.channel, m, in)
		})
	}
	target.left--
	if given.Str("response_type") != "in_channel" {
		in.EphemeralTo = target.user.ID
	}
	target.last = ws.st.Post(target.channel, ws.st.Bot(), in)
	return nil
}

// respondToOriginal changes the message that was clicked on, or the last one that came through a
// command's URL.
//
// It uses up one of the five, as a post does.
func (ws *replies) respondToOriginal(target *responseURL, change func(*state.Message)) error {
	m := target.original
	if m == nil {
		m = target.last
	}
	if m == nil || m.Deleted {
		return webapi.Refuse("message_not_found")
	}
	target.left--
	change(m)
	return nil
}

// responseContent judges the message like one of chat.postMessage.
func (ws *replies) responseContent(target *responseURL, given webapi.Args) (state.Content, error) {
	in := state.Content{Text: given.Str("text"), ThreadTS: given.Str("thread_ts")}
	if err := methods.ReadBlocks(given, &in); err != nil {
		return in, err
	}
	if in.Text == "" && in.Blocks == nil && in.Attachments == nil {
		return in, webapi.Refuse("no_text")
	}
	return in, methods.CheckThread(&in, target.channel)
}
