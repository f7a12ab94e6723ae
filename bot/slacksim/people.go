package slacksim

import (
	"cmp"

	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
)

// members are the people, groups and channels that a test sets up.
//
// They may be changed while the bot runs, as people come and go in a real workspace.
type members struct {
	st     *state.State
	client *client
}

// AddUser adds a person, or replaces the one with the same id or name, and returns the handle that
// lets the person act.
//
// A person without more settings is a full member in the workspace's own team.
func (ws *members) AddUser(u roster.User) *Person {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if known, ok := ws.st.Users.Find(u.Name); ok {
		u.ID = cmp.Or(u.ID, known.ID)
	}
	if u.ID == "" {
		u.ID = ws.st.Users.Fresh("U", u.Name)
	}
	u.Complete(ws.st.Opts.TeamID, ws.st.Opts.Now())
	ws.st.Users.Add(u.ID, u.Name, &u)
	ws.st.Bump()
	return &Person{ws: ws.client, id: u.ID}
}

// Deactivate ends a person's membership, as an administrator does: the id stays, and users.info says deleted.
func (ws *members) Deactivate(nameOrID string) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if u, ok := ws.st.Users.Find(nameOrID); ok {
		ws.st.Users.ByID[u.ID] = u.Deactivated(ws.st.Opts.Now())
		ws.st.Bump()
	}
}

// AddGroup adds a user group, or replaces the one with the same handle, and returns its id. Members
// that nobody is called are left out, as Slack's groups hold nobody who does not exist.
func (ws *members) AddGroup(g roster.Group) string {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if known, ok := ws.st.Groups.Find(g.Handle); ok {
		g.ID = cmp.Or(g.ID, known.ID)
	}
	if g.ID == "" {
		g.ID = ws.st.Groups.Fresh("S", g.Handle)
	}
	g.Name = cmp.Or(g.Name, g.Handle)
	members := make([]string, 0, len(g.Members))
	for _, m := range g.Members {
		if u, ok := ws.st.Users.Find(m); ok {
			members = append(members, u.ID)
		}
	}
	g.Members = members
	ws.st.Groups.Add(g.ID, g.Handle, &g)
	ws.st.Bump()
	return g.ID
}

// User returns the person with this name or id. A name that nobody has is an error of the test: it panics.
func (ws *members) User(nameOrID string) *Person {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	u, ok := ws.st.Users.Find(nameOrID)
	if !ok {
		panic("slacksim: nobody is called " + nameOrID)
	}
	return &Person{ws: ws.client, id: u.ID}
}

// BotUserID is the id of the app's bot user.
func (ws *members) BotUserID() string {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return ws.st.Bot().ID
}

// A User is a member of the workspace, a guest, a bot, or a stranger; see [roster.User].
type User = roster.User

// A Group is a user group, such as @soc-leads; see [roster.Group].
type Group = roster.Group
