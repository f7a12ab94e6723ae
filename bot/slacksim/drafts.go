package slacksim

import "s1bot/bot/slacksim/blockkit"

// idOf finds who or what a name in a menu of people or channels stands for.
func (ws *client) idOf(what blockkit.Listing, name string) (id string, known bool) {
	if what == blockkit.ListedUsers {
		if u, ok := ws.st.Users.Find(name); ok {
			return u.ID, true
		}
		return "", false
	}
	c, ok := ws.st.Channels.Find(name)
	if !ok {
		return "", false
	}
	return c.ID, true
}
