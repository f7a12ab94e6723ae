package state

// An Installed app is what its manifest says: the scopes of its token, the events it hears of, and
// the tabs of its App Home.
type Installed struct {
	Events        []string // nil = all
	MessagesTab   bool
	MessagesWrite bool // people may write there
	HomeTab       bool
	Shortcuts     []Shortcut
}

// A Shortcut is one of the app's in Slack's menus: Kind is global, or message for those in a
// message's menu.
type Shortcut struct {
	Name        string `json:"name"`
	Kind        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

// Callback is the callback id of a shortcut that people see under a name; an id stays as it is.
func (a Installed) Callback(name string) string {
	for _, s := range a.Shortcuts {
		if s.Name == name {
			return s.Callback
		}
	}
	return name
}

// everything is an app without a manifest: nothing is off.
func everything() Installed { return Installed{MessagesTab: true, MessagesWrite: true, HomeTab: true} }
