package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"

	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
)

// appSettings are what an administrator sets of the app.
//
// The zero settings are those of an app for which nothing is switched off; a test that wants to see
// what a missing scope or tab does installs a manifest.
type appSettings struct{ st *state.State }

// Shortcuts are those that the app's manifest has, of one kind.
func (ws *appSettings) Shortcuts(kind string) []state.Shortcut {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	all := []state.Shortcut{}
	for _, s := range ws.st.App.Shortcuts {
		if s.Kind == kind && ws.st.HasScope("commands") {
			all = append(all, s)
		}
	}
	return all
}

// Install makes the app what a manifest says, as a click on "Reinstall" does
// [docs.slack.dev/reference/app-manifest]. What a manifest leaves out of features.app_home is off.
//
// Shortcuts, scopes, events and tabs come from it, so a manifest that forgets one of them makes the
// simulated app as deaf as the real one. Of the commands, which come from the Options, it says
// whether people's names arrive as ids (should_escape). What it says of names and colours is not
// read.
func (ws *appSettings) Install(manifest []byte) error {
	var m struct {
		Features struct {
			Commands []struct {
				Name    string `json:"command"`
				Escapes bool   `json:"should_escape"`
			} `json:"slash_commands"`
			Shortcuts []state.Shortcut `json:"shortcuts"`
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
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Opts.Scopes = m.OAuth.Scopes.Bot
	ws.st.Opts.Commands = slices.Clone(ws.st.Opts.Commands)
	for _, c := range m.Features.Commands {
		if at := slices.IndexFunc(ws.st.Opts.Commands, func(known state.Command) bool { return known.Name == c.Name }); at >= 0 {
			ws.st.Opts.Commands[at].ShouldEscape = c.Escapes
		}
	}
	home := m.Features.AppHome
	ws.st.App = state.Installed{Events: append([]string{}, m.Settings.Events.Bot...), MessagesTab: home.Messages, MessagesWrite: !home.ReadOnly, HomeTab: home.Home,
		Shortcuts: m.Features.Shortcuts}
	return nil
}

// SetMessagesTab turns the Messages tab of the app on or off, as an administrator does in its settings.
func (ws *appSettings) SetMessagesTab(on bool) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.App.MessagesTab = on
}

// SetHomeTab turns the Home tab of the app on or off.
func (ws *appSettings) SetHomeTab(on bool) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.App.HomeTab = on
}

// SetScopes changes what the bot token may do.
func (ws *appSettings) SetScopes(scopes ...string) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Opts.Scopes = scopes
}

// ScopesOf are the scopes one of which a method of the Web API needs.
//
// A test holds the bot's manifest against it.
func ScopesOf(name string) (scopes []string, known bool) {
	m, known := webapi.Methods[name]
	scopes = m.Scopes
	if name == "chat.postMessage" { // docs.slack.dev/reference/scopes/chat.write.public
		scopes = append(slices.Clone(scopes), "chat:write.public")
	}
	return scopes, known
}
