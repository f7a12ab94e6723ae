package slacksim

import (
	"io"
	"net/http"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/page"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// demoDeeds are what people do on the demo's page.
//
// Each does under the lock what a Person of a test does, and answers in Slack's words where it
// can't be done. Anything that waits for the app waits outside of the lock.
type demoDeeds struct{ *client }

// A deed is what the page asks for: the person, and the arguments.
type deed func(u *roster.User, a webapi.Args) (map[string]any, error)

// serve reads a request of the page. One that another site's page had a browser send is refused:
// without a sign-in, the origin is all that tells them apart.
func (ws *demoDeeds) serve(do deed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !page.SameOrigin(r) {
			webapi.WriteJSON(w, http.StatusForbidden, refusal(cannot("cross_origin", "Another site's page asked for this, so nothing was done.")))
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
		a := webapi.Args{}
		if err != nil || wire.Decode(body, &a) != nil {
			webapi.WriteJSON(w, http.StatusOK, refusal(cannot("invalid_json", "The request is no JSON object.")))
			return
		}
		ws.st.Mu.Lock()
		u, ok := pageUser(ws.st, a.Str("user"))
		ws.st.Mu.Unlock()
		if !ok {
			webapi.WriteJSON(w, http.StatusOK, refusal(cannot("user_not_found", "Nobody here has that name.")))
			return
		}
		out, err := do(u, a)
		if err != nil {
			webapi.WriteJSON(w, http.StatusOK, refusal(err))
			return
		}
		if out == nil {
			out = map[string]any{}
		}
		out["ok"] = true
		webapi.WriteJSON(w, http.StatusOK, out)
	}
}

// doMessage sends what was typed, in a channel or a thread.
func (ws *demoDeeds) doMessage(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	c, err := ws.composer(u, a.Str("channel"))
	if err != nil {
		return nil, err
	}
	thread := a.Str("thread_ts")
	if thread != "" {
		parent := c.ByTS[thread]
		if parent == nil || !parent.VisibleTo(u.ID) || parent.EphemeralTo != "" {
			return nil, cannot("thread_not_found", "This message has no thread.")
		}
		if parent.IsReply() {
			thread = parent.ThreadTS
		}
	}
	return nil, ws.typeIn(u, c, thread, a.Str("text"))
}

// doRead marks a conversation as read.
func (ws *demoDeeds) doRead(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	c, err := ws.composer(u, a.Str("channel"))
	if err != nil {
		return nil, err
	}
	ws.st.SetUnread(u.ID, c.ID, state.Count{})
	return nil, nil
}

// element finds the element that the page speaks of.
//
// The page sends ids and not the element: what is clicked is what the workspace has, so the page
// can't make up a value.
func (ws *demoDeeds) element(u *roster.User, a webapi.Args) (at state.Place, block, el map[string]any, err error) {
	var on state.Surface = state.Message{Channel: a.Str("channel"), TS: a.Str("message_ts")}
	if id := a.Str("view_id"); id != "" {
		on = state.View{ID: id}
	}
	if at, _, err = on.Locate(ws.st, u); err != nil {
		return at, nil, nil, cannot("not_found", "This is no longer there.")
	}
	for _, raw := range at.Drawn() {
		blockkit.EachElement(blockkit.ParseBlocks(raw), func(b, e map[string]any) {
			if wire.Text(b["block_id"]) == a.Str("block_id") && wire.Text(e["action_id"]) == a.Str("action_id") {
				block, el = b, e
			}
		})
		if el != nil {
			return at, block, el, nil
		}
	}
	return at, nil, nil, cannot("element_not_found", "This was replaced while you clicked. Look at what is there now.")
}

// doAction clicks, or changes an element.
func (ws *demoDeeds) doAction(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	at, block, el, err := ws.element(u, a)
	if err != nil {
		return nil, err
	}
	ws.act(u, at, block, el, blockkit.ValueFrom(el, a))
	return nil, nil
}

// doSuggest asks the app for the options of a search box, and waits for them.
//
// The lock is given back before the wait: the app's answer comes by a socket whose reader needs it.
func (ws *demoDeeds) doSuggest(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	at, block, el, err := ws.element(u, a)
	if err != nil {
		ws.st.Mu.Unlock()
		return nil, err
	}
	d := ws.suggest(u, at, block, el, a.Str("value"))
	ws.st.Mu.Unlock()
	options, err := ws.suggestions(d)
	if err != nil {
		return nil, err
	}
	return blockkit.OptionList(options), nil
}

// doSubmit sends a form with all that its page holds, since the page keeps what is typed to itself
// until then.
func (ws *demoDeeds) doSubmit(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	at, _, err := state.View{ID: a.Str("view_id")}.Locate(ws.st, u)
	if err != nil {
		ws.st.Mu.Unlock()
		return nil, cannot("not_found", "This form is no longer open.")
	}
	for block, actions := range wire.Object(a["values"]) {
		for action, value := range wire.Object(actions) {
			ws.st.Typed.Remember(at.Key(u), block, action, wire.Object(value))
		}
	}
	result, d := ws.submit(u, at.View)
	ws.st.Mu.Unlock()
	if d != nil {
		if result, err = ws.submitted(d); err != nil {
			return nil, err
		}
	}
	return ws.result(result), nil
}

// result is what became of a form, in the words of response_action, with errors by block id.
//
// The page keeps errors by block id, because it drew the blocks; tests read the same by labels.
func (ws *demoDeeds) result(result SubmitResult) map[string]any {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	out := map[string]any{"response_action": nil}
	if result.Action != "" {
		out["response_action"] = result.Action
	}
	if result.byBlock != nil {
		out["errors"] = result.byBlock
	}
	for _, v := range []*state.View{result.Updated, result.Pushed} {
		if v != nil {
			out["view"] = ws.st.ViewObject(v)
		}
	}
	return out
}

// doClose closes the view on top.
func (ws *demoDeeds) doClose(u *roster.User, a webapi.Args) (map[string]any, error) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	at, _, err := state.View{ID: a.Str("view_id")}.Locate(ws.st, u)
	if err != nil {
		return nil, cannot("not_found", "This form is no longer open.")
	}
	return nil, ws.closeByHand(u, at.View)
}
