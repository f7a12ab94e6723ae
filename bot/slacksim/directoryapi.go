package slacksim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

func (ws *Workspace) userInfo(a args) (reply, error) {
	u, ok := ws.users.byID[a.str("user")]
	if !ok {
		return nil, refuse("user_not_found")
	}
	return reply{"user": u.object(ws.hasScope("users:read.email"))}, nil
}

func (ws *Workspace) userList(a args) (reply, error) {
	users, next, err := page(ws, a, ws.users.all())
	if err != nil {
		return nil, err
	}
	members := []any{}
	for _, u := range users {
		members = append(members, u.object(ws.hasScope("users:read.email")))
	}
	return reply{"members": members, "cache_ts": ws.opts.Now().Unix(), "response_metadata": next}, nil
}

func (ws *Workspace) userByEmail(a args) (reply, error) {
	for _, u := range ws.users.all() {
		if u.Email != "" && strings.EqualFold(u.Email, a.str("email")) && !u.Deleted {
			return reply{"user": u.object(true)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (ws *Workspace) groupList(a args) (reply, error) {
	if ws.opts.FreePlan {
		return nil, refuse("plan_upgrade_required")
	}
	groups := []any{}
	for _, g := range ws.groups.all() {
		if !g.Disabled || a.flag("include_disabled") {
			groups = append(groups, g.object(ws.opts.TeamID, a.flag("include_users")))
		}
	}
	return reply{"usergroups": groups}, nil
}

func (ws *Workspace) groupUsers(a args) (reply, error) {
	if ws.opts.FreePlan {
		return nil, refuse("plan_upgrade_required")
	}
	g, ok := ws.groups.byID[a.str("usergroup")]
	if !ok || g.Disabled && !a.flag("include_disabled") {
		return nil, refuse("no_such_subteam")
	}
	return reply{"users": slices.Clone(g.Members)}, nil
}

func (ws *Workspace) botInfo(a args) (reply, error) {
	if id := a.str("bot"); id != "" && id != botID {
		return nil, refuse("bot_not_found")
	}
	return reply{"bot": reply{"id": botID, "deleted": false, "name": ws.opts.BotName, "updated": 1, "app_id": appID,
		"user_id": ws.bot().ID, "icons": reply{}}}, nil
}

func (ws *Workspace) teamInfo(args) (reply, error) {
	return reply{"team": reply{"id": ws.opts.TeamID, "name": ws.opts.TeamName, "domain": ws.opts.TeamDomain,
		"url": "https://" + ws.opts.TeamDomain + ".slack.com/", "email_domain": "", "icon": reply{"image_default": true}}}, nil
}

// visibleChannel finds a conversation that the bot may look into: neither by name, nor a private one that it is not in.
func (ws *Workspace) visibleChannel(a args, what string) (*channel, error) {
	c, ok := ws.channels.byID[a.str("channel")]
	if !ok || !ws.seenByBot(c) {
		return nil, refuse("channel_not_found")
	}
	scope := scopeFor(c.kind(), what)
	if !ws.hasScope(scope) {
		return nil, ws.missingScope(scope)
	}
	return c, nil
}

func scopeFor(kind, what string) string {
	return map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}[kind] + ":" + what
}

func (ws *Workspace) channelInfo(a args) (reply, error) {
	c, err := ws.visibleChannel(a, "read")
	if err != nil {
		return nil, err
	}
	o := ws.channelObject(c)
	if !a.flag("include_num_members") {
		delete(o, "num_members")
	}
	return reply{"channel": o}, nil
}

// channelList is conversations.list: public channels unless `types` says otherwise; each type needs its scope.
func (ws *Workspace) channelList(a args) (reply, error) {
	types := a.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	for _, kind := range types {
		if scope := scopeFor(kind, "read"); scope == ":read" {
			return nil, refuse("invalid_types")
		} else if !ws.hasScope(scope) {
			return nil, ws.missingScope(scope)
		}
	}
	found := slices.DeleteFunc(ws.channels.all(), func(c *channel) bool {
		return !slices.Contains(types, c.kind()) || !ws.seenByBot(c) || c.Archived && a.flag("exclude_archived")
	})
	found, next, err := page(ws, a, found)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, c := range found {
		list = append(list, ws.channelObject(c))
	}
	return reply{"channels": list, "response_metadata": next}, nil
}

func (ws *Workspace) channelMembers(a args) (reply, error) {
	c, err := ws.visibleChannel(a, "read")
	if err != nil {
		return nil, err
	}
	members, next, err := page(ws, a, ws.membersOf(c))
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, u := range members {
		ids = append(ids, u.ID)
	}
	return reply{"members": ids, "response_metadata": next}, nil
}

func (ws *Workspace) channelHistory(a args) (reply, error) {
	c, err := ws.readableChannel(a)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(c.messages), func(m *Message) bool {
		return m.Deleted || m.EphemeralTo != "" || !m.inChannel() || !within(m.TS, a)
	})
	slices.Reverse(found)
	return ws.messagePage(a, found)
}

func (ws *Workspace) channelReplies(a args) (reply, error) {
	c, err := ws.readableChannel(a)
	if err != nil {
		return nil, err
	}
	parent := c.byTS[a.str("ts")]
	if parent == nil || parent.Deleted || parent.EphemeralTo != "" {
		return nil, refuse("thread_not_found")
	}
	thread := cmp.Or(parent.ThreadTS, parent.TS)
	found := slices.DeleteFunc(slices.Clone(c.messages), func(m *Message) bool {
		return m.Deleted || m.EphemeralTo != "" || m.TS != thread && m.ThreadTS != thread || m.TS != thread && !within(m.TS, a)
	})
	return ws.messagePage(a, found)
}

// readableChannel: history is for members alone.
func (ws *Workspace) readableChannel(a args) (*channel, error) {
	c, err := ws.visibleChannel(a, "history")
	if err == nil && !c.has(ws.bot()) {
		err = refuse("not_in_channel")
	}
	return c, err
}

func within(ts string, a args) bool {
	oldest, latest := a.str("oldest"), a.str("latest")
	if ts == oldest || ts == latest {
		return a.flag("inclusive")
	}
	return (oldest == "" || later(ts, oldest)) && (latest == "" || later(latest, ts))
}

// later compares time stamps, whose seconds may have different numbers of digits.
func later(a, b string) bool {
	whole, _, _ := strings.Cut(a, ".")
	other, _, _ := strings.Cut(b, ".")
	return len(whole) > len(other) || len(whole) == len(other) && a > b
}

func (ws *Workspace) messagePage(a args, found []*Message) (reply, error) {
	found, next, err := page(ws, a, found)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, m := range found {
		o := ws.messageObject(m)
		if !a.flag("include_all_metadata") { // docs.slack.dev/messaging/message-metadata: else it is left out
			delete(o, "metadata")
		}
		list = append(list, o)
	}
	return reply{"messages": list, "has_more": next["next_cursor"] != "", "response_metadata": next}, nil
}

// page cuts a listing: "fewer than the requested number of items may be returned, even if the end hasn't been reached"
// [docs.slack.dev/apis/web-api/pagination].
func page[T any](ws *Workspace, a args, items []T) ([]T, reply, error) {
	start, size := 0, min(a.number("limit", 1000), ws.opts.PageSize)
	if size <= 0 {
		return nil, nil, refuse("invalid_limit")
	}
	if cursor := a.str("cursor"); cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		if _, scanErr := fmt.Sscanf(string(raw), "next:%d", &start); err != nil || scanErr != nil || start > len(items) {
			return nil, nil, refuse("invalid_cursor")
		}
	}
	end := min(start+size, len(items))
	next := ""
	if end < len(items) {
		next = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "next:%d", end))
	}
	return items[start:end], reply{"next_cursor": next}, nil
}

// openChannel is conversations.open for one person; the simulator has no direct messages among several.
func (ws *Workspace) openChannel(a args) (reply, error) {
	if id := a.str("channel"); id != "" {
		c, ok := ws.channels.byID[id]
		if !ok || c.dm == nil || !c.has(ws.bot()) {
			return nil, refuse("channel_not_found")
		}
		return reply{"channel": reply{"id": c.ID}, "no_op": true, "already_open": true}, nil
	}
	users := a.list("users")
	switch {
	case len(users) == 0:
		return nil, refuse("users_list_not_supplied")
	case len(users) > 1:
		return nil, refuse("too_many_users")
	}
	u, ok := ws.users.byID[users[0]]
	switch {
	case !ok:
		return nil, refuse("user_not_found")
	case u.Deleted:
		return nil, refuse("user_disabled")
	case u.IsBot:
		return nil, refuse("cannot_dm_bot")
	}
	c := ws.dmOf(u, ws.bot())
	if a.flag("return_im") {
		return reply{"channel": ws.channelObject(c)}, nil
	}
	return reply{"channel": reply{"id": c.ID}}, nil
}

func (ws *Workspace) joinChannel(a args) (reply, error) {
	c, ok := ws.channels.byID[a.str("channel")]
	switch {
	case !ok || !ws.seenByBot(c):
		return nil, refuse("channel_not_found")
	case c.kind() != "public_channel":
		return nil, refuse("method_not_supported_for_channel_type")
	case c.Archived:
		return nil, refuse("is_archived")
	}
	out := reply{"channel": ws.channelObject(c)}
	if c.has(ws.bot()) {
		out["warning"] = "already_in_channel"
		out["response_metadata"] = reply{"warnings": []string{"already_in_channel"}}
	}
	c.members[ws.bot().ID] = true
	out["channel"] = ws.channelObject(c)
	return out, nil
}
