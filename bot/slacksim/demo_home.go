package slacksim

import (
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
)

// What the page shows of the app beside messages: its Home tab and its shortcuts.

// demoHome is the Home tab that the app published for a person; nil where it did not yet.
func (ws *Workspace) demoHome(u *roster.User) any {
	if v := ws.homes[u.ID]; v != nil {
		return ws.viewObject(v)
	}
	return nil
}

// demoShortcuts are the app's shortcuts, as its manifest has them.
func (ws *Workspace) demoShortcuts() []Shortcut {
	if !ws.hasScope("commands") {
		return []Shortcut{}
	}
	return append([]Shortcut{}, ws.app.shortcuts...)
}

// demoOpenHome opens the Home tab: the app hears of it, and publishes.
func (ws *Workspace) demoOpenHome(u *roster.User, _ webapi.Args) (map[string]any, error) {
	(&Person{ws, u.ID}).OpensHome()
	return nil, nil
}

// demoShortcut runs a shortcut: a global one, or one from the menu of a message.
func (ws *Workspace) demoShortcut(u *roster.User, a webapi.Args) (map[string]any, error) {
	p := &Person{ws, u.ID}
	if a.Str("message_ts") == "" {
		p.Shortcut(a.Str("callback_id"))
		return nil, nil
	}
	if err := p.ShortcutOn(Message{Channel: a.Str("channel"), TS: a.Str("message_ts")}, a.Str("callback_id")); err != nil {
		return nil, cannot("not_found", "This message is no longer there.")
	}
	return nil, nil
}
