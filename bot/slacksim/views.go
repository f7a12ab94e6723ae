package slacksim

import (
	"encoding/json"
	"slices"
	"strconv"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A View is an open modal or an App Home, as it stood when it was looked at.
type View struct {
	ID              string
	User            string
	Type            string // modal or home
	CallbackID      string
	ExternalID      string
	Title           string
	Submit, Close   string // labels; "" where the app gave none
	PrivateMetadata string
	Hash            string
	Blocks          json.RawMessage
	RootID          string
	PreviousID      string
	ClearOnClose    bool
	NotifyOnClose   bool

	source map[string]any // as the app sent it
}

// PlainText is all that a reader sees: title, blocks, labels of the buttons below.
func (v View) PlainText() string {
	text := v.Title + "\n" + blockkit.PlainText(blockkit.ParseBlocks(v.Blocks))
	if v.Submit != "" {
		text += "\n" + v.Submit
	}
	return text
}

// Buttons are the labels of the buttons in the view, without submit and close.
func (v View) Buttons() []string { return blockkit.ButtonLabels(blockkit.ParseBlocks(v.Blocks)) }

// Fields are the labels of the inputs, in reading order.
func (v View) Fields() []string {
	labels := []string{}
	for _, b := range blockkit.InputBlocks(blockkit.ParseBlocks(v.Blocks)) {
		labels = append(labels, wire.Text(wire.Object(b["label"])["text"]))
	}
	return labels
}

// readView judges what the app sent.
func readView(raw json.RawMessage, kind string) (map[string]any, error) {
	var source map[string]any
	switch {
	case raw == nil || wire.Decode(raw, &source) != nil:
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] must provide an object [json-pointer:/view]")
	case len(raw) > blockkit.MaxViewSize:
		return nil, webapi.Refuse("view_too_large")
	}
	problems := blockkit.ValidateView(raw)
	if len(problems) == 0 && source["type"] != kind {
		problems = []blockkit.Problem{{Pointer: "/view/type", Message: "must be " + kind}}
	}
	if len(problems) > 0 {
		return nil, webapi.RefuseBlocks("invalid_arguments", problems)
	}
	return source, nil
}

// setView fills the view from what the app sent. Inputs whose block_id and action_id stay keep what was typed into them.
func (ws *state) setView(v *View, source map[string]any) {
	label := func(name string) string { return wire.Text(wire.Object(source[name])["text"]) }
	v.source, v.Type, v.CallbackID, v.PrivateMetadata = source, wire.Text(source["type"]), wire.Text(source["callback_id"]), wire.Text(source["private_metadata"])
	v.ExternalID = wire.Text(source["external_id"])
	v.Title, v.Submit, v.Close = label("title"), label("submit"), label("close")
	v.ClearOnClose, v.NotifyOnClose = wire.IsTrue(source["clear_on_close"]), wire.IsTrue(source["notify_on_close"])
	v.Blocks = blockkit.WithIDs(wire.Encode(source["blocks"]), ws.newID)
	ws.serial["hash"]++
	v.Hash = strconv.FormatInt(ws.opts.Now().Unix(), 10) + "." + strconv.Itoa(ws.serial["hash"])
}

// addView makes a view of the user's and, if it is a modal, puts it on top of the stack.
func (ws *state) addView(user string, source map[string]any) (*View, error) {
	if id := wire.Text(source["external_id"]); id != "" && ws.viewByExternalID(id) != nil {
		return nil, webapi.Refuse("duplicate_external_id")
	}
	stack := ws.stacks[user]
	if len(stack) >= 3 { // docs.slack.dev/surfaces/modals: "up to 3 views"
		return nil, webapi.Refuse("push_limit_reached")
	}
	v := &View{ID: ws.newID("V"), User: user}
	ws.setView(v, source)
	v.RootID = v.ID
	if len(stack) > 0 {
		v.RootID, v.PreviousID = stack[0].ID, stack[len(stack)-1].ID
	}
	ws.views[v.ID] = v
	ws.stacks[user] = append(slices.Clone(stack), v)
	event := "view_opened"
	if v.PreviousID != "" {
		event = "view_pushed"
	}
	ws.notify(user, map[string]any{"type": event, "view": ws.viewObject(v)})
	ws.bump()
	return v, nil
}

func (ws *state) replaceView(v *View, source map[string]any) error {
	if id := wire.Text(source["external_id"]); id != "" && id != v.ExternalID && ws.viewByExternalID(id) != nil {
		return webapi.Refuse("duplicate_external_id")
	}
	ws.setView(v, source)
	ws.notify(v.User, map[string]any{"type": "view_updated", "view": ws.viewObject(v)})
	ws.bump()
	return nil
}

func (ws *state) viewByExternalID(id string) *View {
	for _, v := range ws.views {
		if v.ExternalID == id {
			return v
		}
	}
	return nil
}

// closeViews closes the topmost view of the user, or the whole stack, and returns what was closed.
func (ws *state) closeViews(user string, all bool) []*View {
	stack := ws.stacks[user]
	keep := max(len(stack)-1, 0)
	if all {
		keep = 0
	}
	gone := stack[keep:]
	for _, v := range gone {
		delete(ws.views, v.ID)
		delete(ws.typed, placeOfView(v))
		ws.notify(user, map[string]any{"type": "view_closed", "view_id": v.ID})
	}
	ws.stacks[user] = slices.Clone(stack[:keep])
	ws.bump()
	return gone
}

// A viewAPI has the methods about views.
type viewAPI struct{ st *state }

// openView is views.open. Whatever the user had open gives way.
func (ws *viewAPI) openView(a webapi.Args) (webapi.Reply, error) {
	source, err := readView(a.JSON("view"), "modal")
	if err != nil {
		return nil, err
	}
	t, err := ws.st.exchange(a.Str("trigger_id"))
	if err != nil {
		return nil, err
	}
	ws.st.closeViews(t.user, true)
	v, err := ws.st.addView(t.user, source)
	if err != nil {
		return nil, err
	}
	t.used = true
	return webapi.Reply{"view": ws.st.viewObject(v)}, nil
}

// pushView is views.push: it needs a modal to push upon.
func (ws *viewAPI) pushView(a webapi.Args) (webapi.Reply, error) {
	source, err := readView(a.JSON("view"), "modal")
	if err != nil {
		return nil, err
	}
	t, err := ws.st.exchange(a.Str("trigger_id"))
	if err != nil {
		return nil, err
	}
	if len(ws.st.stacks[t.user]) == 0 {
		return nil, webapi.Refuse("not_found")
	}
	v, err := ws.st.addView(t.user, source)
	if err != nil {
		return nil, err
	}
	t.used = true
	return webapi.Reply{"view": ws.st.viewObject(v)}, nil
}

// updateView is views.update, by view_id or external_id; with `hash` only while nobody else has changed the view.
func (ws *viewAPI) updateView(a webapi.Args) (webapi.Reply, error) {
	v := ws.st.views[a.Str("view_id")]
	if id := a.Str("external_id"); v == nil && id != "" {
		v = ws.st.viewByExternalID(id)
	}
	if v == nil {
		return nil, webapi.Refuse("not_found")
	}
	source, err := readView(a.JSON("view"), v.Type)
	if err != nil {
		return nil, err
	}
	if hash := a.Str("hash"); hash != "" && hash != v.Hash {
		return nil, webapi.Refuse("hash_conflict")
	}
	if err := ws.st.replaceView(v, source); err != nil {
		return nil, err
	}
	return webapi.Reply{"view": ws.st.viewObject(v)}, nil
}

// publishView is views.publish: the App Home of one user.
func (ws *viewAPI) publishView(a webapi.Args) (webapi.Reply, error) {
	u, ok := ws.st.users.ByID[a.Str("user_id")]
	if !ok {
		return nil, webapi.Refuse("user_not_found")
	}
	if !ws.st.app.homeTab { // docs.slack.dev/reference/methods/views.publish: "the Home tab isn't enabled for the app"
		return nil, webapi.Refuse("not_enabled")
	}
	source, err := readView(a.JSON("view"), "home")
	if err != nil {
		return nil, err
	}
	v := ws.st.homes[u.ID]
	if hash := a.Str("hash"); hash != "" && (v == nil || hash != v.Hash) {
		return nil, webapi.Refuse("hash_conflict")
	}
	if v == nil {
		id := ws.st.newID("V")
		v = &View{ID: id, User: u.ID, RootID: id}
		ws.st.homes[u.ID], ws.st.views[id] = v, v
	}
	ws.st.setView(v, source)
	ws.st.notify(u.ID, map[string]any{"type": "home_published", "view": ws.st.viewObject(v)})
	ws.st.bump()
	return webapi.Reply{"view": ws.st.viewObject(v)}, nil
}

// viewObject is the view as the Web API and payloads show it [docs.slack.dev/reference/views].
func (ws *state) viewObject(v *View) map[string]any {
	o := map[string]any{
		"id": v.ID, "team_id": ws.opts.TeamID, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.Hash, "clear_on_close": v.ClearOnClose,
		"notify_on_close": v.NotifyOnClose, "root_view_id": v.RootID, "previous_view_id": nil, "app_id": roster.AppID, "bot_id": roster.BotID,
		"app_installed_team_id": ws.opts.TeamID, "state": map[string]any{"values": blockkit.StateOf(v.Blocks, ws.typed[placeOfView(v)])},
		"title": v.source["title"], "submit": v.source["submit"], "close": v.source["close"],
	}
	if v.PreviousID != "" {
		o["previous_view_id"] = v.PreviousID
	}
	if v.Blocks == nil {
		o["blocks"] = []any{}
	}
	return o
}

func placeOfView(v *View) string { return v.User + " " + v.ID }

func placeOfMessage(user string, m *Message) string { return user + " " + m.Channel + " " + m.TS }
