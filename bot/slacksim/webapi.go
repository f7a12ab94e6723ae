package slacksim

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A webAPI answers the calls of the app.
type webAPI struct {
	st *state
	*chatAPI
	*viewAPI
	*directoryAPI
	*fileAPI
	*connections
	rates   webapi.Rates
	methods map[string]handler
}

type handler func(webapi.Args) (webapi.Reply, error)

func newWebAPI(st *state, c *connections) *webAPI {
	ws := &webAPI{st: st, chatAPI: &chatAPI{st}, viewAPI: &viewAPI{st}, directoryAPI: &directoryAPI{st}, fileAPI: &fileAPI{st}, connections: c, rates: webapi.Rates{}}
	ws.methods = ws.handlers()
	return ws
}

func (ws *webAPI) serveAPI(w http.ResponseWriter, r *http.Request) {
	name, start := r.PathValue("method"), time.Now()
	a, headerToken, warning, err := webapi.ReadArgs(r, webapi.Methods[name].FormOnly)
	call := Call{Method: name, Args: a.Texts(), Time: ws.st.opts.Now(), Status: http.StatusOK}
	defer func() {
		call.Duration = time.Since(start)
		ws.st.mu.Lock()
		defer ws.st.mu.Unlock()
		ws.st.record.addCall(call)
		ws.st.bump()
	}()

	ws.st.mu.Lock()
	fault := ws.st.faults.Take(name, a.Texts())
	ws.st.mu.Unlock()
	if fault != nil && fault.Kind == webapi.FaultSlow {
		webapi.Hang(r.Context(), ws.st.quit, fault.Delay)
		fault = nil
	}
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	out, wait := ws.answer(name, a, headerToken, err, originOf(r))
	call.Error = wire.Text(out["error"])
	if fault != nil {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	ws.scopeHeaders(w, name)
	if call.Error == "ratelimited" {
		call.Status = webapi.RateLimited(w, wait)
		return
	}
	if warning != "" {
		webapi.Warn(out, warning)
	}
	webapi.WriteJSON(w, http.StatusOK, out)
}

// answer runs the method under the lock and turns its outcome into Slack's answer.
func (ws *webAPI) answer(name string, a webapi.Args, headerToken bool, argsErr error, origin string) (out webapi.Reply, retryAfter int) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	if ws.st.base == "" {
		ws.st.base = origin
	}
	m, known := webapi.Methods[name]
	if !known {
		return webapi.Reply{"ok": false, "error": "unknown_method", "req_method": name}, 0
	}
	if err := ws.allowed(m, a, headerToken, argsErr); err != nil {
		return webapi.RefusalReply(err), 0
	}
	if ws.st.opts.EnforceRates {
		if seconds, limited := ws.rates.TooFast(name, a.Str("channel"), m.PerMinute, ws.st.opts.Now()); limited {
			return webapi.Reply{"ok": false, "error": "ratelimited"}, seconds
		}
	}
	out, err := ws.methods[name](a)
	if err != nil {
		ws.noteRefusal(name, a, err)
		return webapi.RefusalReply(err), 0
	}
	if out == nil {
		out = webapi.Reply{}
	}
	out["ok"] = true
	return out, 0
}

// allowed checks token, scope and required arguments, in Slack's order.
func (ws *webAPI) allowed(m webapi.Method, a webapi.Args, headerToken bool, argsErr error) error {
	token := a.Str("token")
	switch {
	case argsErr != nil:
		return argsErr
	case token == "" || m.AppToken && !headerToken:
		return webapi.Refuse("not_authed") // using-socket-mode: the token goes "in the header of your request, not as a parameter"
	case token != ws.st.opts.AppToken && token != ws.st.opts.BotToken:
		return webapi.Refuse("invalid_auth")
	case m.AppToken != (token == ws.st.opts.AppToken):
		return webapi.Refuse("not_allowed_token_type")
	case len(m.Scopes) > 0 && !slices.ContainsFunc(m.Scopes, ws.st.hasScope):
		return ws.st.missingScope(m.Scopes...)
	}
	var missing []string
	for _, name := range m.Required {
		if _, given := a[name]; !given {
			missing = append(missing, "[ERROR] missing required field: "+name)
		}
	}
	if missing != nil {
		return webapi.Refuse("invalid_arguments", missing...)
	}
	return nil
}

func (ws *core) hasScope(scope string) bool {
	return slices.Contains(ws.opts.Scopes, scope)
}

func (ws *core) missingScope(needed ...string) error {
	return &webapi.Refusal{Code: "missing_scope", Extra: webapi.Reply{"needed": strings.Join(needed, ","), "provided": strings.Join(ws.opts.Scopes, ",")}}
}

func (ws *webAPI) scopeHeaders(w http.ResponseWriter, name string) {
	scopes := ws.st.opts.Scopes
	if webapi.Methods[name].AppToken {
		scopes = []string{"connections:write"}
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(scopes, ","))
	w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(webapi.Methods[name].Scopes, ","))
}

// noteRefusal writes down refusals that are the app's own fault.
func (ws *webAPI) noteRefusal(name string, a webapi.Args, err error) {
	var refused *webapi.Refusal
	if !errors.As(err, &refused) || refused.Code == "no_text" && a["text"] == nil && a["blocks"] == nil { // a question, not a message
		return
	}
	switch refused.Code {
	case "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text", "invalid_attachments",
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "duplicate_external_id", "push_limit_reached":
		ws.st.violate("%s: %s %s", name, refused.Code, strings.Join(refused.Messages, "; "))
	}
}

// handlers are what the methods of the Web API do here; [webapi.Methods] says what each of them wants.
func (ws *webAPI) handlers() map[string]handler {
	return map[string]handler{
		"api.test":              ws.apiTest,
		"auth.test":             ws.authTest,
		"apps.connections.open": ws.openConnection,

		"chat.postMessage":   ws.postMessage,
		"chat.postEphemeral": ws.postEphemeral,
		"chat.update":        ws.updateMessage,
		"chat.delete":        ws.deleteMessage,
		"chat.getPermalink":  ws.permalink,
		"reactions.add":      ws.addReaction,

		"views.open":    ws.openView,
		"views.push":    ws.pushView,
		"views.update":  ws.updateView,
		"views.publish": ws.publishView,

		"users.info":            ws.userInfo,
		"users.list":            ws.userList,
		"users.lookupByEmail":   ws.userByEmail,
		"usergroups.list":       ws.groupList,
		"usergroups.users.list": ws.groupUsers,
		"bots.info":             ws.botInfo,
		"team.info":             ws.teamInfo,

		"conversations.info":    ws.channelInfo,
		"conversations.list":    ws.channelList,
		"conversations.members": ws.channelMembers,
		"conversations.history": ws.channelHistory,
		"conversations.replies": ws.channelReplies,
		"conversations.open":    ws.openChannel,
		"conversations.join":    ws.joinChannel,

		"files.getUploadURLExternal":   ws.uploadURL,
		"files.info":                   ws.fileInfo,
		"files.completeUploadExternal": ws.completeUpload,
	}
}
