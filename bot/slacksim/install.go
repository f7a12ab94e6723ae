package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"

	"s1bot/bot/slacksim/webapi"
)

// An installed app is what its manifest says: the scopes of its token, the events it hears of, and the tabs of its App Home.
type installed struct {
	events        []string // nil = all
	messagesTab   bool
	messagesWrite bool // people may write there
	homeTab       bool
	shortcuts     []Shortcut
}

// A Shortcut is one of the app's in Slack's menus: Kind is global, or message for those in a message's menu.
type Shortcut struct {
	Name        string `json:"name"`
	Kind        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

// Shortcuts are those that the app's manifest has, of one kind.
func (ws *Workspace) Shortcuts(kind string) []Shortcut {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	all := []Shortcut{}
	for _, s := range ws.app.shortcuts {
		if s.Kind == kind && ws.hasScope("commands") {
			all = append(all, s)
		}
	}
	return all
}

// callback is the callback id of a shortcut that people see under a name; an id stays as it is.
func (ws *Workspace) callback(name string) string {
	for _, s := range ws.app.shortcuts {
		if s.Name == name {
			return s.Callback
		}
	}
	return name
}

// everything is an app without a manifest: nothing is off.
func everything() installed { return installed{messagesTab: true, messagesWrite: true, homeTab: true} }

// Install makes the app what a manifest says, as a click on "Reinstall" does [docs.slack.dev/reference/app-manifest]. What a manifest
// leaves out of features.app_home is off.
func (ws *Workspace) Install(manifest []byte) error {
	var m struct {
		Features struct {
			Shortcuts []Shortcut `json:"shortcuts"`
			AppHome   struct {
				Home     bool `json:"home_tab_enabled"`
				Messages bool `json:"messages_tab_enabled"`
				ReadOnly bool `json:"messages_tab_read_only_enabled"`
			} `json:"app_home"`
		} `json:"features"`
		OAuth struct {
			Scopes struct {
				Bot []string `json:"bot"`
			} `json:"scopes"`
		} `json:"oauth_config"`
		Settings struct {
			Events struct {
				Bot []string `json:"bot_events"`
			} `json:"event_subscriptions"`
		} `json:"settings"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return fmt.Errorf("read a manifest: %w", err)
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.opts.Scopes = m.OAuth.Scopes.Bot
	home := m.Features.AppHome
	ws.app = installed{events: append([]string{}, m.Settings.Events.Bot...), messagesTab: home.Messages, messagesWrite: !home.ReadOnly, homeTab: home.Home,
		shortcuts: m.Features.Shortcuts}
	return nil
}

// SetMessagesTab turns the Messages tab of the app on or off, as an administrator does in its settings.
func (ws *Workspace) SetMessagesTab(on bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.app.messagesTab = on
}

// SetHomeTab turns the Home tab of the app on or off.
func (ws *Workspace) SetHomeTab(on bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.app.homeTab = on
}

// SetScopes changes what the bot token may do.
func (ws *Workspace) SetScopes(scopes ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.opts.Scopes = scopes
}

// hears tells whether the app is subscribed to an event.
func (ws *Workspace) hears(event string) bool {
	return ws.app.events == nil || slices.Contains(ws.app.events, event)
}

// ScopesOf are the scopes one of which a method of the Web API needs.
func ScopesOf(name string) (scopes []string, known bool) {
	m, known := webapi.Methods[name]
	scopes = m.Scopes
	if name == "chat.postMessage" { // docs.slack.dev/reference/scopes/chat.write.public
		scopes = append(slices.Clone(scopes), "chat:write.public")
	}
	return scopes, known
}
