package slacksim

import (
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
)

// What the page shows of the app beside messages: its Home tab and its shortcuts.

// home is the Home tab that the app published for a person; nil where it did not yet.
func (ws *demoPage) home(u *roster.User) any {
	if v := ws.st.Homes[u.ID]; v != nil {
		return ws.st.ViewObject(v)
	}
	return nil
}

// shortcuts are the app's shortcuts, as its manifest has them.
func (ws *demoPage) shortcuts() []state.Shortcut {
	if !ws.st.HasScope("commands") {
		return []state.Shortcut{}
	}
	return append([]state.Shortcut{}, ws.st.App.Shortcuts...)
}

// doHome opens one of the app's tabs: the app hears of it, and publishes Home, or greets in the direct message.
func (ws *demoDeeds) doHome(u *roster.User, a webapi.Args) (map[string]any, error) {
	p := &Person{ws.client, u.ID}
	if a.Str("tab") == "messages" {
		p.OpensMessages()
		return nil, nil
	}
	p.OpensHome()
	return nil, nil
}

// doShortcut runs a shortcut: a global one, or one from the menu of a message.
func (ws *demoDeeds) doShortcut(u *roster.User, a webapi.Args) (map[string]any, error) {
	p := &Person{ws.client, u.ID}
	if a.Str("message_ts") == "" {
		p.Shortcut(a.Str("callback_id"))
		return nil, nil
	}
	if err := p.ShortcutOn(state.Message{Channel: a.Str("channel"), TS: a.Str("message_ts")}, a.Str("callback_id")); err != nil {
		return nil, cannot("not_found", "This message is no longer there.")
	}
	return nil, nil
}
