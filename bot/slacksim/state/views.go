package state

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
//
// Hash changes with every update, which is what views.update compares.
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

	source  map[string]any    // as the app sent it
	earlier []json.RawMessage // the blocks that an App Home had before, newest last
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

// keptHomes is how many earlier contents of an App Home can still be clicked on.
const keptHomes = 8

// SetView fills the view from what the app sent. Inputs whose block_id and action_id stay keep what
// was typed into them.
func (ws *State) SetView(v *View, source map[string]any) {
	if v.Type == "home" && v.Blocks != nil {
		v.earlier = append(v.earlier, v.Blocks)
		v.earlier = v.earlier[max(0, len(v.earlier)-keptHomes):]
	}
	label := func(name string) string { return wire.Text(wire.Object(source[name])["text"]) }
	v.source, v.Type, v.CallbackID, v.PrivateMetadata = source, wire.Text(source["type"]), wire.Text(source["callback_id"]), wire.Text(source["private_metadata"])
	v.ExternalID = wire.Text(source["external_id"])
	v.Title, v.Submit, v.Close = label("title"), label("submit"), label("close")
	v.ClearOnClose, v.NotifyOnClose = wire.IsTrue(source["clear_on_close"]), wire.IsTrue(source["notify_on_close"])
	v.Blocks = blockkit.WithIDs(wire.Encode(source["blocks"]), ws.NextID)
	ws.Serial["hash"]++
	v.Hash = strconv.FormatInt(ws.Opts.Now().Unix(), 10) + "." + strconv.Itoa(ws.Serial["hash"])
}

// AddView makes a view of the user's and, if it is a modal, puts it on top of the stack.
func (ws *State) AddView(user string, source map[string]any) (*View, error) {
	if id := wire.Text(source["external_id"]); id != "" && ws.ViewByExternalID(id) != nil {
		return nil, webapi.Refuse("duplicate_external_id")
	}
	stack := ws.Stacks[user]
	if len(stack) >= 3 { // docs.slack.dev/surfaces/modals: "up to 3 views"
		return nil, webapi.Refuse("push_limit_reached")
	}
	v := &View{ID: ws.NextID("V"), User: user}
	ws.SetView(v, source)
	v.RootID = v.ID
	if len(stack) > 0 {
		v.RootID, v.PreviousID = stack[0].ID, stack[len(stack)-1].ID
	}
	ws.Views[v.ID] = v
	ws.Stacks[user] = append(slices.Clone(stack), v)
	event := "view_opened"
	if v.PreviousID != "" {
		event = "view_pushed"
	}
	ws.Notify(user, map[string]any{"type": event, "view": ws.ViewObject(v)})
	ws.Bump()
	return v, nil
}

// ReplaceView gives a view what the app sent.
func (ws *State) ReplaceView(v *View, source map[string]any) error {
	if id := wire.Text(source["external_id"]); id != "" && id != v.ExternalID && ws.ViewByExternalID(id) != nil {
		return webapi.Refuse("duplicate_external_id")
	}
	ws.SetView(v, source)
	ws.Notify(v.User, map[string]any{"type": "view_updated", "view": ws.ViewObject(v)})
	ws.Bump()
	return nil
}

// ViewByExternalID is the open view with the app's own id; nil where there is none.
func (ws *State) ViewByExternalID(id string) *View {
	for _, v := range ws.Views {
		if v.ExternalID == id {
			return v
		}
	}
	return nil
}

// CloseViews closes the topmost view of the user, or the whole stack, and returns what was closed.
//
// What was typed into them is forgotten.
func (ws *State) CloseViews(user string, all bool) []*View {
	stack := ws.Stacks[user]
	keep := max(len(stack)-1, 0)
	if all {
		keep = 0
	}
	gone := stack[keep:]
	for _, v := range gone {
		delete(ws.Views, v.ID)
		delete(ws.Typed, PlaceOfView(v))
		ws.Notify(user, map[string]any{"type": "view_closed", "view_id": v.ID})
	}
	ws.Stacks[user] = slices.Clone(stack[:keep])
	ws.Bump()
	return gone
}

// ViewObject is the view as the Web API and payloads show it [docs.slack.dev/reference/views].
func (ws *State) ViewObject(v *View) map[string]any {
	o := map[string]any{
		"id": v.ID, "team_id": ws.Opts.TeamID, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.Hash, "clear_on_close": v.ClearOnClose,
		"notify_on_close": v.NotifyOnClose, "root_view_id": v.RootID, "previous_view_id": nil, "app_id": roster.AppID, "bot_id": roster.BotID,
		"app_installed_team_id": ws.Opts.TeamID, "state": map[string]any{"values": blockkit.StateOf(v.Blocks, ws.Typed[PlaceOfView(v)])},
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

// PlaceOfView names a view among drafts.
func PlaceOfView(v *View) string { return v.User + " " + v.ID }

// placeOfMessage names a message among drafts: each person has their own.
func placeOfMessage(user string, m *Message) string { return user + " " + m.Channel + " " + m.TS }
