package methods

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// An API answers the calls of the app.
//
// It is the way of a call: arguments, fault, token, scope, rate, method. The methods themselves
// stand in the parts that are embedded.
type API struct {
	st *state.State
	*chatAPI
	*viewAPI
	*directoryAPI
	*fileAPI
	open    Handler
	rates   webapi.Rates
	methods map[string]Handler
}

// A Handler is one method, called under the lock. A nil reply is {"ok":true}.
type Handler func(webapi.Args) (webapi.Reply, error)

// New is the API of a workspace; open answers apps.connections.open, which needs the sockets.
func New(st *state.State, open Handler) *API {
	ws := &API{st: st, chatAPI: &chatAPI{st}, viewAPI: &viewAPI{st}, directoryAPI: &directoryAPI{st}, fileAPI: &fileAPI{st}, open: open, rates: webapi.Rates{}}
	ws.methods = ws.handlers()
	return ws
}

// Serve answers one call and writes it down. A fault comes before the method or after it
// (Fault.After); in the second case the method took effect and its answer is lost.
//
// A slow answer (FaultSlow) waits before the method runs, so that what it does is as late as its
// answer.
func (ws *API) Serve(w http.ResponseWriter, r *http.Request) {
	name, start := r.PathValue("method"), time.Now()
	a, headerToken, warning, err := webapi.ReadArgs(r, webapi.Methods[name].FormOnly)
	call := state.Call{Method: name, Args: a.Texts(), Time: ws.st.Opts.Now(), Status: http.StatusOK}
	defer func() {
		call.Duration = time.Since(start)
		ws.st.Mu.Lock()
		defer ws.st.Mu.Unlock()
		ws.st.Record.AddCall(call)
		ws.st.Bump()
	}()

	ws.st.Mu.Lock()
	fault := ws.st.Faults.Take(name, a.Texts())
	ws.st.Mu.Unlock()
	if fault != nil && fault.Kind == webapi.FaultSlow {
		webapi.Hang(r.Context(), ws.st.Quit, fault.Delay)
		fault = nil
	}
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.Quit, w)
		return
	}
	out, wait := ws.answer(name, a, headerToken, err, webapi.Origin(r))
	call.Error = wire.Text(out["error"])
	if fault != nil {
		call.Status, call.Error = fault.Play(r.Context(), ws.st.Quit, w)
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
//
// A method that Slack has and the simulator does not is unknown_method, like one that does not
// exist: a bot that needs it fails in its first test.
func (ws *API) answer(name string, a webapi.Args, headerToken bool, argsErr error, origin string) (out webapi.Reply, retryAfter int) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if ws.st.Base == "" {
		ws.st.Base = origin
	}
	m, known := webapi.Methods[name]
	if !known {
		return webapi.Reply{"ok": false, "error": "unknown_method", "req_method": name}, 0
	}
	if err := ws.allowed(m, a, headerToken, argsErr); err != nil {
		return webapi.RefusalReply(err), 0
	}
	if ws.st.Opts.EnforceRates {
		if seconds, limited := ws.rates.TooFast(name, a.Str("channel"), m.PerMinute, ws.st.Opts.Now()); limited {
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
func (ws *API) allowed(m webapi.Method, a webapi.Args, headerToken bool, argsErr error) error {
	token := a.Str("token")
	switch {
	case argsErr != nil:
		return argsErr
	case token == "" || m.AppToken && !headerToken:
		return webapi.Refuse("not_authed") // using-socket-mode: the token goes "in the header of your request, not as a parameter"
	case token != ws.st.Opts.AppToken && token != ws.st.Opts.BotToken:
		return webapi.Refuse("invalid_auth")
	case m.AppToken != (token == ws.st.Opts.AppToken):
		return webapi.Refuse("not_allowed_token_type")
	case len(m.Scopes) > 0 && !slices.ContainsFunc(m.Scopes, ws.st.HasScope):
		return ws.st.MissingScope(m.Scopes...)
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

// scopeHeaders says what the token may do and what the method wants, as Slack does with every
// answer; `s1bot check` reads the first.
func (ws *API) scopeHeaders(w http.ResponseWriter, name string) {
	scopes := ws.st.Opts.Scopes
	if webapi.Methods[name].AppToken {
		scopes = []string{"connections:write"}
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(scopes, ","))
	w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(webapi.Methods[name].Scopes, ","))
}

// noteRefusal writes down refusals that are the app's own fault.
//
// A channel that is not found or a missing scope may be the installation's fault and is none;
// blocks that Slack refuses are always the app's.
func (ws *API) noteRefusal(name string, a webapi.Args, err error) {
	var refused *webapi.Refusal
	if !errors.As(err, &refused) || refused.Code == "no_text" && a["text"] == nil && a["blocks"] == nil { // a question, not a message
		return
	}
	switch refused.Code {
	case "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text", "invalid_attachments",
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "duplicate_external_id", "push_limit_reached":
		ws.st.Violate("%s: %s %s", name, refused.Code, strings.Join(refused.Messages, "; "))
	}
}

// handlers are what the methods of the Web API do here; [webapi.Methods] says what each of them wants.
func (ws *API) handlers() map[string]Handler {
	return map[string]Handler{
		"api.test":              ws.apiTest,
		"auth.test":             ws.authTest,
		"apps.connections.open": ws.open,

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
