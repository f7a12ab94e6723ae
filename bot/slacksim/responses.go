package slacksim

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A responseURL lets the app answer an interaction "up to 5 times within 30 minutes"
// [docs.slack.dev/interactivity/handling-user-interaction#message_responses].
type responseURL struct {
	user     *roster.User
	channel  *channel
	original *Message // whose button was clicked; nil for commands
	last     *Message // that came through it, which a command's URL replaces: it has no other message to update
	expires  time.Time
	left     int
}

// replies are the addresses through which the app answers.
type replies struct {
	st        *state
	responses map[string]*responseURL // by path
}

func (ws *replies) newResponseURL(kind string, u *roster.User, c *channel, original *Message) string {
	ws.st.serial["response"]++
	path := fmt.Sprintf("/respond/%s/%s/%d-%016x", kind, ws.st.opts.TeamID, 1000+ws.st.serial["response"], ws.st.rng.Uint64())
	ws.responses[path] = &responseURL{user: u, channel: c, original: original, expires: ws.st.opts.Now().Add(30 * time.Minute), left: 5}
	return ws.st.base + path
}

func (ws *replies) serveResponse(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what was cut off is no JSON
	call := Call{Method: "response_url", Args: map[string]string{"body": string(body)}, Status: http.StatusOK}
	ws.st.mu.Lock()
	call.Time = ws.st.opts.Now()
	fault := ws.st.faults.Take("response_url", call.Args)
	ws.st.mu.Unlock()
	defer func() {
		call.Duration = time.Since(start)
		ws.st.mu.Lock()
		defer ws.st.mu.Unlock()
		ws.st.record.addCall(call)
		ws.st.bump()
	}()
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	err := ws.respond(r.URL.Path, body)
	if fault != nil {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	if err != nil {
		call.Error, call.Status = err.Error(), responseStatus(err)
		webapi.WriteJSON(w, call.Status, webapi.RefusalReply(err))
		return
	}
	webapi.WriteJSON(w, http.StatusOK, webapi.Reply{"ok": true})
}

func responseStatus(err error) int {
	switch err.Error() {
	case "used_url", "expired_url", "invalid_url":
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

func (ws *replies) respond(path string, body []byte) error {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	target := ws.responses[path]
	var given webapi.Args
	err := wire.Decode(body, &given)
	switch {
	case target == nil:
		err = webapi.Refuse("invalid_url")
	case target.left == 0:
		err = webapi.Refuse("used_url")
	case ws.st.opts.Now().After(target.expires):
		err = webapi.Refuse("expired_url")
	case err != nil:
		err = webapi.Refuse("invalid_payload")
	default:
		err = ws.respondWith(target, given)
	}
	if err != nil {
		ws.st.violate("response_url: %s %v", err, webapi.Messages(err))
	}
	return err
}

// respondWith posts, replaces or deletes. Channels that the bot is not in make no difference here.
func (ws *replies) respondWith(target *responseURL, given webapi.Args) error {
	if given.Flag("delete_original") {
		if target.original == nil {
			return webapi.Refuse("message_not_found") // a command's invocation cannot be deleted
		}
		return ws.respondToOriginal(target, func(m *Message) { ws.st.remove(target.channel, m) })
	}
	in, err := ws.responseContent(target, given)
	if err != nil {
		return err
	}
	if given.Flag("replace_original") && (target.original != nil || target.last != nil) {
		return ws.respondToOriginal(target, func(m *Message) {
			if in.blocks == nil {
				m.Blocks = nil // the whole message gives way, unlike chat.update
			}
			ws.st.edit(target.channel, m, in)
		})
	}
	target.left--
	if given.Str("response_type") != "in_channel" {
		in.ephemeralTo = target.user.ID
	}
	target.last = ws.st.post(target.channel, ws.st.bot(), in)
	return nil
}

// respondToOriginal changes the message that was clicked on, or the last one that came through a command's URL.
func (ws *replies) respondToOriginal(target *responseURL, change func(*Message)) error {
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

func (ws *replies) responseContent(target *responseURL, given webapi.Args) (content, error) {
	in := content{text: given.Str("text"), threadTS: given.Str("thread_ts")}
	if err := readBlocks(given, &in); err != nil {
		return in, err
	}
	if in.text == "" && in.blocks == nil && in.attachments == nil {
		return in, webapi.Refuse("no_text")
	}
	return in, checkThread(&in, target.channel)
}

// readBlocks reads blocks and attachments. What is not an array of objects is invalid_blocks_format; a block that breaks a
// rule is invalid_blocks, with the reasons.
func readBlocks(a webapi.Args, in *content) error {
	if raw := a.JSON("blocks"); raw != nil {
		var list []map[string]any
		if wire.Decode(raw, &list) != nil {
			return webapi.Refuse("invalid_blocks_format")
		}
		if problems := blockkit.ValidateMessage(raw); problems != nil {
			return webapi.RefuseBlocks("invalid_blocks", problems)
		}
		in.blocks = raw
	}
	if raw := a.JSON("attachments"); raw != nil {
		return readAttachments(raw, in)
	}
	return nil
}
