package slacksim

import "s1bot/bot/slacksim/blockkit"

// drafts are what people put into inputs and have not sent, by "user place".
type drafts map[string]blockkit.Values

// remember keeps what a person put into an element.
func (d drafts) remember(place, block, action string, value map[string]any) {
	if d[place] == nil {
		d[place] = blockkit.Values{}
	}
	d[place].Set(block, action, value)
}

// idOf finds who or what a name in a menu of people or channels stands for.
func (ws *client) idOf(what blockkit.Listing, name string) (id string, known bool) {
	if what == blockkit.ListedUsers {
		if u, ok := ws.st.users.Find(name); ok {
			return u.ID, true
		}
		return "", false
	}
	c, ok := ws.st.channels.Find(name)
	if !ok {
		return "", false
	}
	return c.ID, true
}
