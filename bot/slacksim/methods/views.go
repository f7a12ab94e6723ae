package methods

import (
	"encoding/json"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// ReadView judges what the app sent.
func ReadView(raw json.RawMessage, kind string) (map[string]any, error) {
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

// A viewAPI has the methods about views.
//
// Played: triggers that expire in three seconds and work once, stacks of three, hashes that refuse
// stale updates, inputs that survive an update under the same ids, views over 250 kB. Left out:
// workflow steps.
type viewAPI struct{ st *state.State }

// openView is views.open. Whatever the user had open gives way.
//
// The view is judged before the trigger is spent, so that an app may correct itself within the
// three seconds.
func (ws *viewAPI) openView(a webapi.Args) (webapi.Reply, error) {
	return ws.show(a, func(user string) error {
		ws.st.CloseViews(user, true)
		return nil
	})
}

// pushView is views.push: it needs a modal to push upon.
func (ws *viewAPI) pushView(a webapi.Args) (webapi.Reply, error) {
	return ws.show(a, func(user string) error {
		if len(ws.st.Stacks[user]) == 0 {
			return webapi.Refuse("not_found")
		}
		return nil
	})
}

// show shows a modal to whoever's trigger id it comes with, after ready has seen to those that the person has open.
func (ws *viewAPI) show(a webapi.Args, ready func(user string) error) (webapi.Reply, error) {
	source, err := ReadView(a.JSON("view"), "modal")
	if err != nil {
		return nil, err
	}
	t, err := ws.st.Exchange(a.Str("trigger_id"))
	if err != nil {
		return nil, err
	}
	if err := ready(t.User); err != nil {
		return nil, err
	}
	v, err := ws.st.AddView(t.User, source)
	if err != nil {
		return nil, err
	}
	t.Used = true
	return webapi.Reply{"view": ws.st.ViewObject(v)}, nil
}

// updateView is views.update, by view_id or external_id; with `hash` only while nobody else has
// changed the view.
//
// It needs no trigger, so an app can fill a window long after the click; that is how slow data gets
// into one.
func (ws *viewAPI) updateView(a webapi.Args) (webapi.Reply, error) {
	v := ws.st.Views[a.Str("view_id")]
	if id := a.Str("external_id"); v == nil && id != "" {
		v = ws.st.ViewByExternalID(id)
	}
	if v == nil {
		return nil, webapi.Refuse("not_found")
	}
	source, err := ReadView(a.JSON("view"), v.Type)
	if err != nil {
		return nil, err
	}
	if hash := a.Str("hash"); hash != "" && hash != v.Hash {
		return nil, webapi.Refuse("hash_conflict")
	}
	if err := ws.st.ReplaceView(v, source); err != nil {
		return nil, err
	}
	return webapi.Reply{"view": ws.st.ViewObject(v)}, nil
}

// publishView is views.publish: the App Home of one user.
//
// Each person has a Home tab of their own, and the app may publish it at any time, also for
// somebody who never opened it.
func (ws *viewAPI) publishView(a webapi.Args) (webapi.Reply, error) {
	u, ok := ws.st.Users.ByID[a.Str("user_id")]
	if !ok {
		return nil, webapi.Refuse("user_not_found")
	}
	if !ws.st.App.HomeTab { // docs.slack.dev/reference/methods/views.publish: "the Home tab isn't enabled for the app"
		return nil, webapi.Refuse("not_enabled")
	}
	source, err := ReadView(a.JSON("view"), "home")
	if err != nil {
		return nil, err
	}
	v := ws.st.Homes[u.ID]
	if hash := a.Str("hash"); hash != "" && (v == nil || hash != v.Hash) {
		return nil, webapi.Refuse("hash_conflict")
	}
	if v == nil {
		id := ws.st.NextID("V")
		v = &state.View{ID: id, User: u.ID, RootID: id}
		ws.st.Homes[u.ID], ws.st.Views[id] = v, v
	}
	ws.st.SetView(v, source)
	ws.st.Notify(u.ID, map[string]any{"type": "home_published", "view": ws.st.ViewObject(v)})
	ws.st.Bump()
	return webapi.Reply{"view": ws.st.ViewObject(v)}, nil
}
