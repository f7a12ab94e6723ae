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

// appSettings are what an administrator sets of the app.
type appSettings struct{ st *state }

// Shortcuts are those that the app's manifest has, of one kind.
func (ws *appSettings) Shortcuts(kind string) []Shortcut {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	all := []Shortcut{}
	for _, s := range ws.st.app.shortcuts {
		if s.Kind == kind && ws.st.hasScope("commands") {
			all = append(all, s)
		}
	}
	return all
}

// callback is the callback id of a shortcut that people see under a name; an id stays as it is.
func (a installed) callback(name string) string {
	for _, s := range a.shortcuts {
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
func (ws *appSettings) Install(manifest []byte) error {
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
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.opts.Scopes = m.OAuth.Scopes.Bot
	home := m.Features.AppHome
	ws.st.app = installed{events: append([]string{}, m.Settings.Events.Bot...), messagesTab: home.Messages, messagesWrite: !home.ReadOnly, homeTab: home.Home,
		shortcuts: m.Features.Shortcuts}
	return nil
}

// SetMessagesTab turns the Messages tab of the app on or off, as an administrator does in its settings.
func (ws *appSettings) SetMessagesTab(on bool) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.app.messagesTab = on
}

// SetHomeTab turns the Home tab of the app on or off.
func (ws *appSettings) SetHomeTab(on bool) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.app.homeTab = on
}

// SetScopes changes what the bot token may do.
func (ws *appSettings) SetScopes(scopes ...string) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.opts.Scopes = scopes
}

// hears tells whether the app is subscribed to an event.
func (ws *core) hears(event string) bool {
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
