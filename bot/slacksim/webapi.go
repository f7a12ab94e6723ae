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

func (ws *Workspace) serveAPI(w http.ResponseWriter, r *http.Request) {
	name, start := r.PathValue("method"), time.Now()
	a, headerToken, warning, err := webapi.ReadArgs(r, webapi.Methods[name].FormOnly)
	call := Call{Method: name, Args: a.Texts(), Time: ws.opts.Now(), Status: http.StatusOK}
	defer func() {
		call.Duration = time.Since(start)
		ws.mu.Lock()
		defer ws.mu.Unlock()
		ws.record.addCall(call)
		ws.bump()
	}()

	ws.mu.Lock()
	fault := ws.faults.Take(name, a.Texts())
	ws.mu.Unlock()
	if fault != nil && fault.Kind == webapi.FaultSlow {
		webapi.Hang(r.Context(), ws.quit, fault.Delay)
		fault = nil
	}
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.Play(r.Context(), ws.quit, w)
		return
	}
	out, wait := ws.answer(name, a, headerToken, err, originOf(r))
	call.Error = wire.Text(out["error"])
	if fault != nil {
		call.Status, call.Error = fault.Play(r.Context(), ws.quit, w)
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
func (ws *Workspace) answer(name string, a webapi.Args, headerToken bool, argsErr error, origin string) (out webapi.Reply, retryAfter int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.base == "" {
		ws.base = origin
	}
	m, known := webapi.Methods[name]
	if !known {
		return webapi.Reply{"ok": false, "error": "unknown_method", "req_method": name}, 0
	}
	if err := ws.allowed(m, a, headerToken, argsErr); err != nil {
		return webapi.RefusalReply(err), 0
	}
	if ws.opts.EnforceRates {
		if seconds, limited := ws.rates.TooFast(name, a.Str("channel"), m.PerMinute, ws.opts.Now()); limited {
			return webapi.Reply{"ok": false, "error": "ratelimited"}, seconds
		}
	}
	out, err := handlers[name](ws, a)
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
func (ws *Workspace) allowed(m webapi.Method, a webapi.Args, headerToken bool, argsErr error) error {
	token := a.Str("token")
	switch {
	case argsErr != nil:
		return argsErr
	case token == "" || m.AppToken && !headerToken:
		return webapi.Refuse("not_authed") // using-socket-mode: the token goes "in the header of your request, not as a parameter"
	case token != ws.opts.AppToken && token != ws.opts.BotToken:
		return webapi.Refuse("invalid_auth")
	case m.AppToken != (token == ws.opts.AppToken):
		return webapi.Refuse("not_allowed_token_type")
	case len(m.Scopes) > 0 && !slices.ContainsFunc(m.Scopes, ws.hasScope):
		return ws.missingScope(m.Scopes...)
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

func (ws *Workspace) hasScope(scope string) bool {
	return slices.Contains(ws.opts.Scopes, scope)
}

func (ws *Workspace) missingScope(needed ...string) error {
	return &webapi.Refusal{Code: "missing_scope", Extra: webapi.Reply{"needed": strings.Join(needed, ","), "provided": strings.Join(ws.opts.Scopes, ",")}}
}

func (ws *Workspace) scopeHeaders(w http.ResponseWriter, name string) {
	scopes := ws.opts.Scopes
	if webapi.Methods[name].AppToken {
		scopes = []string{"connections:write"}
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(scopes, ","))
	w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(webapi.Methods[name].Scopes, ","))
}

// noteRefusal writes down refusals that are the app's own fault.
func (ws *Workspace) noteRefusal(name string, a webapi.Args, err error) {
	var refused *webapi.Refusal
	if !errors.As(err, &refused) || refused.Code == "no_text" && a["text"] == nil && a["blocks"] == nil { // a question, not a message
		return
	}
	switch refused.Code {
	case "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text", "invalid_attachments",
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "duplicate_external_id", "push_limit_reached":
		ws.violate("%s: %s %s", name, refused.Code, strings.Join(refused.Messages, "; "))
	}
}

// handlers are what the methods of the Web API do here; [methods] says what each of them wants.
var handlers = map[string]func(*Workspace, webapi.Args) (webapi.Reply, error){
	"api.test":              (*Workspace).apiTest,
	"auth.test":             (*Workspace).authTest,
	"apps.connections.open": (*Workspace).openConnection,

	"chat.postMessage":   (*Workspace).postMessage,
	"chat.postEphemeral": (*Workspace).postEphemeral,
	"chat.update":        (*Workspace).updateMessage,
	"chat.delete":        (*Workspace).deleteMessage,
	"chat.getPermalink":  (*Workspace).permalink,
	"reactions.add":      (*Workspace).addReaction,

	"views.open":    (*Workspace).openView,
	"views.push":    (*Workspace).pushView,
	"views.update":  (*Workspace).updateView,
	"views.publish": (*Workspace).publishView,

	"users.info":            (*Workspace).userInfo,
	"users.list":            (*Workspace).userList,
	"users.lookupByEmail":   (*Workspace).userByEmail,
	"usergroups.list":       (*Workspace).groupList,
	"usergroups.users.list": (*Workspace).groupUsers,
	"bots.info":             (*Workspace).botInfo,
	"team.info":             (*Workspace).teamInfo,

	"conversations.info":    (*Workspace).channelInfo,
	"conversations.list":    (*Workspace).channelList,
	"conversations.members": (*Workspace).channelMembers,
	"conversations.history": (*Workspace).channelHistory,
	"conversations.replies": (*Workspace).channelReplies,
	"conversations.open":    (*Workspace).openChannel,
	"conversations.join":    (*Workspace).joinChannel,

	"files.getUploadURLExternal":   (*Workspace).uploadURL,
	"files.info":                   (*Workspace).fileInfo,
	"files.completeUploadExternal": (*Workspace).completeUpload,
}
