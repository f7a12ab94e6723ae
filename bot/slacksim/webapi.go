package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/bot/slacksim/wire"
)

// A method is one method of the Web API.
type method struct {
	run       func(*Workspace, args) (reply, error)
	scopes    []string // one of them is needed
	perMinute int      // its tier; 0 = has a rule of its own
	required  []string
	formOnly  bool // does not read JSON bodies: its documentation names application/x-www-form-urlencoded alone
	appToken  bool // wants the app-level token
}

type reply = map[string]any

// An apiError is a refusal in Slack's words.
type apiError struct {
	code     string
	messages []string // response_metadata.messages
	extra    reply
}

func (e *apiError) Error() string { return e.code }

func refuse(code string, messages ...string) error {
	return &apiError{code: code, messages: messages}
}

// tiers of docs.slack.dev/apis/web-api/rate-limits, calls a minute. Slack says "20+": the careful value is the bare number.
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
)

// methods is the table of the Web API; tiers from java-slack-sdk's metadata, scopes from docs.slack.dev/reference/methods.
var methods = map[string]method{
	"api.test":  {run: (*Workspace).apiTest},
	"auth.test": {run: (*Workspace).authTest},
	// Tier 1 in java-slack-sdk, tier 3 in newer documentation; ten sockets must be able to open.
	"apps.connections.open": {run: (*Workspace).openConnection, appToken: true, perMinute: 10},

	"chat.postMessage":   {run: (*Workspace).postMessage, scopes: words("chat:write"), required: words("channel")},
	"chat.postEphemeral": {run: (*Workspace).postEphemeral, scopes: words("chat:write"), required: words("channel", "user"), perMinute: tier4},
	"chat.update":        {run: (*Workspace).updateMessage, scopes: words("chat:write"), required: words("channel", "ts"), perMinute: tier3},
	"chat.delete":        {run: (*Workspace).deleteMessage, scopes: words("chat:write"), required: words("channel", "ts"), perMinute: tier3},
	"chat.getPermalink":  {run: (*Workspace).permalink, required: words("channel", "message_ts"), formOnly: true},
	"reactions.add": {run: (*Workspace).addReaction, scopes: words("reactions:write"), perMinute: tier3,
		required: words("channel", "name", "timestamp")},

	"views.open":    {run: (*Workspace).openView, required: words("view"), perMinute: tier4},
	"views.push":    {run: (*Workspace).pushView, required: words("view"), perMinute: tier4},
	"views.update":  {run: (*Workspace).updateView, required: words("view"), perMinute: tier4},
	"views.publish": {run: (*Workspace).publishView, required: words("user_id", "view"), perMinute: tier4},

	"users.info": {run: (*Workspace).userInfo, scopes: words("users:read"), required: words("user"), perMinute: tier4, formOnly: true},
	"users.list": {run: (*Workspace).userList, scopes: words("users:read"), perMinute: tier2, formOnly: true},
	"users.lookupByEmail": {run: (*Workspace).userByEmail, scopes: words("users:read.email"), required: words("email"), perMinute: tier3,
		formOnly: true},
	"usergroups.list": {run: (*Workspace).groupList, scopes: words("usergroups:read"), perMinute: tier2, formOnly: true},
	"usergroups.users.list": {run: (*Workspace).groupUsers, scopes: words("usergroups:read"), required: words("usergroup"), perMinute: tier2,
		formOnly: true},
	"bots.info": {run: (*Workspace).botInfo, scopes: words("users:read"), perMinute: tier3, formOnly: true},
	"team.info": {run: (*Workspace).teamInfo, scopes: words("team:read"), perMinute: tier3, formOnly: true},

	"conversations.info":    {run: (*Workspace).channelInfo, scopes: reading("read"), required: words("channel"), perMinute: tier3, formOnly: true},
	"conversations.list":    {run: (*Workspace).channelList, scopes: reading("read"), perMinute: tier2, formOnly: true},
	"conversations.members": {run: (*Workspace).channelMembers, scopes: reading("read"), required: words("channel"), perMinute: tier4, formOnly: true},
	"conversations.history": {run: (*Workspace).channelHistory, scopes: reading("history"), required: words("channel"), perMinute: tier3,
		formOnly: true},
	"conversations.replies": {run: (*Workspace).channelReplies, scopes: reading("history"), required: words("channel", "ts"), perMinute: tier3,
		formOnly: true},
	"conversations.open": {run: (*Workspace).openChannel, scopes: words("im:write", "mpim:write"), perMinute: tier3},
	"conversations.join": {run: (*Workspace).joinChannel, scopes: words("channels:join"), required: words("channel"), perMinute: tier3},

	"files.getUploadURLExternal": {run: (*Workspace).uploadURL, scopes: words("files:write"), required: words("filename", "length"),
		perMinute: tier4, formOnly: true},
	"files.info":                   {run: (*Workspace).fileInfo, scopes: words("files:read"), required: words("file"), perMinute: tier4, formOnly: true},
	"files.completeUploadExternal": {run: (*Workspace).completeUpload, scopes: words("files:write"), required: words("files"), perMinute: tier4},
}

func words(names ...string) []string { return names }

func reading(what string) []string {
	return []string{"channels:" + what, "groups:" + what, "im:" + what, "mpim:" + what}
}

// allScopes are the bot scopes that mean something to the simulator.
func allScopes() []string {
	scopes := []string{"commands", "app_mentions:read", "chat:write.public", "files:read"}
	for _, m := range methods {
		scopes = append(scopes, m.scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

func (ws *Workspace) serveAPI(w http.ResponseWriter, r *http.Request) {
	name, start := r.PathValue("method"), time.Now()
	a, headerToken, warning, err := readArgs(r, methods[name].formOnly)
	call := Call{Method: name, Args: a.texts(), Time: ws.opts.Now(), Status: http.StatusOK}
	defer func() {
		call.Duration = time.Since(start)
		ws.mu.Lock()
		defer ws.mu.Unlock()
		ws.record.addCall(call)
		ws.bump()
	}()

	ws.mu.Lock()
	fault := ws.takeFault(name, a.texts())
	ws.mu.Unlock()
	if fault != nil && fault.Kind == FaultSlow {
		hang(r.Context(), ws.quit, fault.Delay)
		fault = nil
	}
	if fault != nil && !fault.After {
		call.Status, call.Error = fault.play(r.Context(), ws.quit, w)
		return
	}
	out, wait := ws.answer(name, a, headerToken, err, originOf(r))
	call.Error = wire.Text(out["error"])
	if fault != nil {
		call.Status, call.Error = fault.play(r.Context(), ws.quit, w)
		return
	}
	ws.scopeHeaders(w, name)
	if call.Error == "ratelimited" {
		call.Status = rateLimited(w, wait)
		return
	}
	if warning != "" {
		warn(out, warning)
	}
	writeJSON(w, http.StatusOK, out)
}

// answer runs the method under the lock and turns its outcome into Slack's answer.
func (ws *Workspace) answer(name string, a args, headerToken bool, argsErr error, origin string) (out reply, retryAfter int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.base == "" {
		ws.base = origin
	}
	m, known := methods[name]
	if !known {
		return reply{"ok": false, "error": "unknown_method", "req_method": name}, 0
	}
	if err := ws.allowed(m, a, headerToken, argsErr); err != nil {
		return refusal(err), 0
	}
	if seconds, limited := ws.tooFast(name, m, a); limited {
		return reply{"ok": false, "error": "ratelimited"}, seconds
	}
	out, err := m.run(ws, a)
	if err != nil {
		ws.noteRefusal(name, a, err)
		return refusal(err), 0
	}
	if out == nil {
		out = reply{}
	}
	out["ok"] = true
	return out, 0
}

// allowed checks token, scope and required arguments, in Slack's order.
func (ws *Workspace) allowed(m method, a args, headerToken bool, argsErr error) error {
	token := a.str("token")
	switch {
	case argsErr != nil:
		return argsErr
	case token == "" || m.appToken && !headerToken:
		return refuse("not_authed") // using-socket-mode: the token goes "in the header of your request, not as a parameter"
	case token != ws.opts.AppToken && token != ws.opts.BotToken:
		return refuse("invalid_auth")
	case m.appToken != (token == ws.opts.AppToken) && m.run != nil:
		return refuse("not_allowed_token_type")
	case len(m.scopes) > 0 && !slices.ContainsFunc(m.scopes, ws.hasScope):
		return ws.missingScope(m.scopes...)
	}
	var missing []string
	for _, name := range m.required {
		if _, given := a[name]; !given {
			missing = append(missing, "[ERROR] missing required field: "+name)
		}
	}
	if missing != nil {
		return refuse("invalid_arguments", missing...)
	}
	return nil
}

func (ws *Workspace) hasScope(scope string) bool {
	return slices.Contains(ws.opts.Scopes, scope)
}

func (ws *Workspace) missingScope(needed ...string) error {
	return &apiError{code: "missing_scope", extra: reply{"needed": strings.Join(needed, ","), "provided": strings.Join(ws.opts.Scopes, ",")}}
}

func (ws *Workspace) scopeHeaders(w http.ResponseWriter, name string) {
	scopes := ws.opts.Scopes
	if methods[name].appToken {
		scopes = []string{"connections:write"}
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(scopes, ","))
	w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(methods[name].scopes, ","))
}

func refusal(err error) reply {
	var refused *apiError
	if !errors.As(err, &refused) {
		refused = &apiError{code: "fatal_error", messages: []string{err.Error()}}
	}
	out := reply{"ok": false, "error": refused.code}
	if refused.messages != nil {
		out["response_metadata"] = reply{"messages": refused.messages}
	}
	maps.Copy(out, refused.extra)
	return out
}

// noteRefusal writes down refusals that are the app's own fault.
func (ws *Workspace) noteRefusal(name string, a args, err error) {
	var refused *apiError
	if !errors.As(err, &refused) || refused.code == "no_text" && a["text"] == nil && a["blocks"] == nil { // a question, not a message
		return
	}
	switch refused.code {
	case "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text", "invalid_attachments",
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "duplicate_external_id", "push_limit_reached":
		ws.violate("%s: %s %s", name, refused.code, strings.Join(refused.messages, "; "))
	}
}

func warn(out reply, warning string) {
	out["warning"] = warning
	metadata, _ := out["response_metadata"].(reply)
	if metadata == nil {
		metadata = reply{}
		out["response_metadata"] = metadata
	}
	metadata["warnings"] = []string{warning}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(wire.Encode(v)) // a client that went away has nothing to be told
}

// args are the arguments of a call: strings from forms, decoded JSON from JSON bodies.
type args map[string]any

// readArgs reads a query, a form, a multipart form or a JSON body, as Slack does
// [docs.slack.dev/apis/web-api: "JSON bodies … token in the Authorization header", warning missing_charset].
func readArgs(r *http.Request, formOnly bool) (a args, headerToken bool, warning string, err error) {
	a = args{}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" && r.Method == http.MethodPost {
		if params["charset"] == "" {
			warning = "missing_charset"
		}
		err = a.readJSON(r, formOnly)
	} else {
		a.readForm(r)
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		a["token"], headerToken = token, true
	}
	return a, headerToken, warning, err
}

func (a args) readForm(r *http.Request) {
	if err := r.ParseMultipartForm(16 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return // a body that is no form has no arguments
	}
	for name, values := range r.Form {
		a[name] = values[0]
	}
}

func (a args) readJSON(r *http.Request, ignore bool) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	given := map[string]any{}
	if err := wire.Decode(body, &given); err != nil && len(body) > 0 {
		return refuse("invalid_json")
	}
	if !ignore {
		maps.Copy(a, given)
	}
	delete(a, "token") // a token in a JSON body is not looked at
	return nil
}

func (a args) str(name string) string {
	switch v := a[name].(type) {
	case nil:
		return ""
	case string, json.Number, bool:
		return wire.Text(v)
	default:
		return string(wire.Encode(v))
	}
}

func (a args) flag(name string) bool {
	s := a.str(name)
	return s == "true" || s == "1"
}

func (a args) number(name string, otherwise int) int {
	var n int
	if _, err := fmt.Sscanf(a.str(name), "%d", &n); err != nil {
		return otherwise
	}
	return n
}

// json gives a structured argument: JSON in a form's field, or a value of a JSON body. "" and null count as not given.
func (a args) json(name string) json.RawMessage {
	if s := strings.TrimSpace(a.str(name)); s != "" && a[name] != nil && s != "null" {
		return json.RawMessage(s)
	}
	return nil
}

// list gives a list argument: "a,b", or a JSON array.
func (a args) list(name string) []string {
	if items, ok := a[name].([]any); ok {
		list := make([]string, 0, len(items))
		for _, it := range items {
			list = append(list, wire.Text(it))
		}
		return list
	}
	return strings.FieldsFunc(a.str(name), func(r rune) bool { return r == ',' || r == ' ' })
}

// texts are the arguments for the record, without the token.
func (a args) texts() map[string]string {
	texts := make(map[string]string, len(a))
	for name := range a {
		if name != "token" {
			texts[name] = a.str(name)
		}
	}
	return texts
}
