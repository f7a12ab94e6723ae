package slacksim

import (
	"cmp"

	"s1bot/bot/slacksim/roster"
)

// AddUser adds a person, or replaces the one with the same id or name, and returns the handle that lets the person act.
func (ws *Workspace) AddUser(u roster.User) *Person {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if known, ok := ws.users.Find(u.Name); ok {
		u.ID = cmp.Or(u.ID, known.ID)
	}
	if u.ID == "" {
		u.ID = ws.users.Fresh("U", u.Name)
	}
	u.Complete(ws.opts.TeamID, ws.opts.Now())
	ws.users.Add(u.ID, u.Name, &u)
	ws.bump()
	return &Person{ws: ws, id: u.ID}
}

// Deactivate ends a person's membership, as an administrator does: the id stays, and users.info says deleted.
func (ws *Workspace) Deactivate(nameOrID string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if u, ok := ws.users.Find(nameOrID); ok {
		ws.users.ByID[u.ID] = u.Deactivated(ws.opts.Now())
		ws.bump()
	}
}

// AddGroup adds a user group, or replaces the one with the same handle, and returns its id.
func (ws *Workspace) AddGroup(g roster.Group) string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if known, ok := ws.groups.Find(g.Handle); ok {
		g.ID = cmp.Or(g.ID, known.ID)
	}
	if g.ID == "" {
		g.ID = ws.groups.Fresh("S", g.Handle)
	}
	g.Name = cmp.Or(g.Name, g.Handle)
	members := make([]string, 0, len(g.Members))
	for _, m := range g.Members {
		if u, ok := ws.users.Find(m); ok {
			members = append(members, u.ID)
		}
	}
	g.Members = members
	ws.groups.Add(g.ID, g.Handle, &g)
	ws.bump()
	return g.ID
}

// User returns the person with this name or id. A name that nobody has is an error of the test: it panics.
func (ws *Workspace) User(nameOrID string) *Person {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	u, ok := ws.users.Find(nameOrID)
	if !ok {
		panic("slacksim: nobody is called " + nameOrID)
	}
	return &Person{ws: ws, id: u.ID}
}

// BotUserID is the id of the app's bot user.
func (ws *Workspace) BotUserID() string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.bot().ID
}

func (ws *Workspace) bot() *roster.User {
	bot, _ := ws.users.Find(ws.opts.BotName)
	return bot
}

// A User is a member of the workspace, a guest, a bot, or a stranger; see [roster.User].
type User = roster.User

// A Group is a user group, such as @soc-leads; see [roster.Group].
type Group = roster.Group
