package methods

import (
	"cmp"
	"slices"
	"strings"

	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
)

// A directoryAPI has the methods about people, groups and conversations.
//
// Played: what exists for a bot that is no member, a scope for each kind of conversation, listings
// in pages of any size, metadata that only comes where it is asked for, groups on a free plan. Left
// out: shared channels as such, presence, profiles that people edit.
type directoryAPI struct{ st *state.State }

// userInfo is users.info. Somebody who left is found, with deleted: the bot has to look at that.
//
// An e-mail address is in it only with the scope users:read.email.
func (ws *directoryAPI) userInfo(a webapi.Args) (webapi.Reply, error) {
	u, ok := ws.st.Users.ByID[a.Str("user")]
	if !ok {
		return nil, webapi.Refuse("user_not_found")
	}
	return webapi.Reply{"user": u.Object(ws.st.HasScope("users:read.email"))}, nil
}

// userList is users.list, with bots and those who left among them.
//
// Slack may give less than the limit asks for; the cursor alone says whether there is
// more. PageSize of the options makes short pages.
func (ws *directoryAPI) userList(a webapi.Args) (webapi.Reply, error) {
	users, next, err := webapi.Page(a, ws.st.Opts.PageSize, ws.st.Users.All())
	if err != nil {
		return nil, err
	}
	members := []any{}
	for _, u := range users {
		members = append(members, u.Object(ws.st.HasScope("users:read.email")))
	}
	return webapi.Reply{"members": members, "cache_ts": ws.st.Opts.Now().Unix(), "response_metadata": next}, nil
}

// userByEmail is users.lookupByEmail; those who left are users_not_found.
func (ws *directoryAPI) userByEmail(a webapi.Args) (webapi.Reply, error) {
	for _, u := range ws.st.Users.All() {
		if u.Email != "" && strings.EqualFold(u.Email, a.Str("email")) && !u.Deleted {
			return webapi.Reply{"user": u.Object(true)}, nil
		}
	}
	return nil, webapi.Refuse("users_not_found")
}

// groupList is usergroups.list; disabled groups come only where they are asked for.
func (ws *directoryAPI) groupList(a webapi.Args) (webapi.Reply, error) {
	if ws.st.Opts.FreePlan {
		return nil, webapi.Refuse("plan_upgrade_required")
	}
	groups := []any{}
	for _, g := range ws.st.Groups.All() {
		if !g.Disabled || a.Flag("include_disabled") {
			groups = append(groups, g.Object(ws.st.Opts.TeamID, a.Flag("include_users")))
		}
	}
	return webapi.Reply{"usergroups": groups}, nil
}

// groupUsers is usergroups.users.list. A disabled group answers as if there were none.
//
// So a bot that takes an error for an empty group would take roles away when somebody disables the
// group.
func (ws *directoryAPI) groupUsers(a webapi.Args) (webapi.Reply, error) {
	if ws.st.Opts.FreePlan {
		return nil, webapi.Refuse("plan_upgrade_required")
	}
	g, ok := ws.st.Groups.ByID[a.Str("usergroup")]
	if !ok || g.Disabled && !a.Flag("include_disabled") {
		return nil, webapi.Refuse("no_such_subteam")
	}
	return webapi.Reply{"users": slices.Clone(g.Members)}, nil
}

// botInfo is bots.info, of the app's own bot alone.
func (ws *directoryAPI) botInfo(a webapi.Args) (webapi.Reply, error) {
	if id := a.Str("bot"); id != "" && id != roster.BotID {
		return nil, webapi.Refuse("bot_not_found")
	}
	return webapi.Reply{"bot": webapi.Reply{"id": roster.BotID, "deleted": false, "name": ws.st.Opts.BotName, "updated": 1, "app_id": roster.AppID,
		"user_id": ws.st.Bot().ID, "icons": webapi.Reply{}}}, nil
}

// teamInfo is team.info.
func (ws *directoryAPI) teamInfo(webapi.Args) (webapi.Reply, error) {
	return webapi.Reply{"team": webapi.Reply{"id": ws.st.Opts.TeamID, "name": ws.st.Opts.TeamName, "domain": ws.st.Opts.TeamDomain,
		"url": "https://" + ws.st.Opts.TeamDomain + ".slack.com/", "email_domain": "", "icon": webapi.Reply{"image_default": true}}}, nil
}

// visibleChannel finds a conversation that the bot may look into: neither by name, nor a private one that it is not in.
func (ws *directoryAPI) visibleChannel(a webapi.Args, what string) (*state.Conversation, error) {
	c, ok := ws.st.Channels.ByID[a.Str("channel")]
	if !ok || !ws.st.SeenByBot(c) {
		return nil, webapi.Refuse("channel_not_found")
	}
	scope := scopeFor(c.Kind(), what)
	if !ws.st.HasScope(scope) {
		return nil, ws.st.MissingScope(scope)
	}
	return c, nil
}

// scopeFor is the scope that a kind of conversation needs: channels:read, groups:history, …
func scopeFor(kind, what string) string {
	return map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}[kind] + ":" + what
}

// channelInfo is conversations.info.
func (ws *directoryAPI) channelInfo(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.visibleChannel(a, "read")
	if err != nil {
		return nil, err
	}
	o := ws.st.ChannelObject(c)
	if !a.Flag("include_num_members") {
		delete(o, "num_members")
	}
	return webapi.Reply{"channel": o}, nil
}

// channelList is conversations.list: public channels unless `types` says otherwise; each type needs its scope.
func (ws *directoryAPI) channelList(a webapi.Args) (webapi.Reply, error) {
	types := a.List("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	for _, kind := range types {
		if scope := scopeFor(kind, "read"); scope == ":read" {
			return nil, webapi.Refuse("invalid_types")
		} else if !ws.st.HasScope(scope) {
			return nil, ws.st.MissingScope(scope)
		}
	}
	found := slices.DeleteFunc(ws.st.Channels.All(), func(c *state.Conversation) bool {
		return !slices.Contains(types, c.Kind()) || !ws.st.SeenByBot(c) || c.Archived && a.Flag("exclude_archived")
	})
	found, next, err := webapi.Page(a, ws.st.Opts.PageSize, found)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, c := range found {
		list = append(list, ws.st.ChannelObject(c))
	}
	return webapi.Reply{"channels": list, "response_metadata": next}, nil
}

// channelMembers is conversations.members.
func (ws *directoryAPI) channelMembers(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.visibleChannel(a, "read")
	if err != nil {
		return nil, err
	}
	members, next, err := webapi.Page(a, ws.st.Opts.PageSize, ws.st.MembersOf(c))
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, u := range members {
		ids = append(ids, u.ID)
	}
	return webapi.Reply{"members": ids, "response_metadata": next}, nil
}

// channelHistory is conversations.history, newest first. Replies are not in it, unless the channel
// shows them (thread_broadcast).
func (ws *directoryAPI) channelHistory(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.readableChannel(a)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(c.Messages), func(m *state.Message) bool {
		return m.Deleted || m.EphemeralTo != "" || !m.InChannel() || !within(m.TS, a)
	})
	slices.Reverse(found)
	return ws.messagePage(a, found)
}

// channelReplies is conversations.replies, oldest first. The root comes whatever oldest and latest
// say.
func (ws *directoryAPI) channelReplies(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.readableChannel(a)
	if err != nil {
		return nil, err
	}
	parent := c.ByTS[a.Str("ts")]
	if parent == nil || parent.Deleted || parent.EphemeralTo != "" {
		return nil, webapi.Refuse("thread_not_found")
	}
	thread := cmp.Or(parent.ThreadTS, parent.TS)
	found := slices.DeleteFunc(slices.Clone(c.Messages), func(m *state.Message) bool {
		return m.Deleted || m.EphemeralTo != "" || m.TS != thread && m.ThreadTS != thread || m.TS != thread && !within(m.TS, a)
	})
	return ws.messagePage(a, found)
}

// readableChannel: history is for members alone.
func (ws *directoryAPI) readableChannel(a webapi.Args) (*state.Conversation, error) {
	c, err := ws.visibleChannel(a, "history")
	if err == nil && !c.Has(ws.st.Bot()) {
		err = webapi.Refuse("not_in_channel")
	}
	return c, err
}

// within tells whether a message lies between oldest and latest; the bounds themselves count with
// inclusive alone.
func within(ts string, a webapi.Args) bool {
	oldest, latest := a.Str("oldest"), a.Str("latest")
	if ts == oldest || ts == latest {
		return a.Flag("inclusive")
	}
	return (oldest == "" || Later(ts, oldest)) && (latest == "" || Later(latest, ts))
}

// Later compares time stamps, whose seconds may have different numbers of digits.
func Later(a, b string) bool {
	whole, _, _ := strings.Cut(a, ".")
	other, _, _ := strings.Cut(b, ".")
	return len(whole) > len(other) || len(whole) == len(other) && a > b
}

// messagePage is a page of messages as history and replies show them.
func (ws *directoryAPI) messagePage(a webapi.Args, found []*state.Message) (webapi.Reply, error) {
	found, next, err := webapi.Page(a, ws.st.Opts.PageSize, found)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, m := range found {
		o := ws.st.MessageObject(m)
		if !a.Flag("include_all_metadata") { // docs.slack.dev/messaging/message-metadata: else it is left out
			delete(o, "metadata")
		}
		list = append(list, o)
	}
	return webapi.Reply{"messages": list, "has_more": next["next_cursor"] != "", "response_metadata": next}, nil
}

// openChannel is conversations.open for one person; the simulator has no direct messages among several.
func (ws *directoryAPI) openChannel(a webapi.Args) (webapi.Reply, error) {
	if id := a.Str("channel"); id != "" {
		c, ok := ws.st.Channels.ByID[id]
		if !ok || c.Dm == nil || !c.Has(ws.st.Bot()) {
			return nil, webapi.Refuse("channel_not_found")
		}
		return webapi.Reply{"channel": webapi.Reply{"id": c.ID}, "no_op": true, "already_open": true}, nil
	}
	users := a.List("users")
	switch {
	case len(users) == 0:
		return nil, webapi.Refuse("users_list_not_supplied")
	case len(users) > 1:
		return nil, webapi.Refuse("too_many_users")
	}
	u, ok := ws.st.Users.ByID[users[0]]
	switch {
	case !ok:
		return nil, webapi.Refuse("user_not_found")
	case u.Deleted:
		return nil, webapi.Refuse("user_disabled")
	case u.IsBot:
		return nil, webapi.Refuse("cannot_dm_bot")
	}
	c := ws.st.DmOf(u, ws.st.Bot())
	if a.Flag("return_im") {
		return webapi.Reply{"channel": ws.st.ChannelObject(c)}, nil
	}
	return webapi.Reply{"channel": webapi.Reply{"id": c.ID}}, nil
}

// joinChannel is conversations.join. To be there already is a warning and no error.
func (ws *directoryAPI) joinChannel(a webapi.Args) (webapi.Reply, error) {
	c, ok := ws.st.Channels.ByID[a.Str("channel")]
	switch {
	case !ok || !ws.st.SeenByBot(c):
		return nil, webapi.Refuse("channel_not_found")
	case c.Kind() != "public_channel":
		return nil, webapi.Refuse("method_not_supported_for_channel_type")
	case c.Archived:
		return nil, webapi.Refuse("is_archived")
	}
	out := webapi.Reply{"channel": ws.st.ChannelObject(c)}
	if c.Has(ws.st.Bot()) {
		out["warning"] = "already_in_channel"
		out["response_metadata"] = webapi.Reply{"warnings": []string{"already_in_channel"}}
	}
	c.Members[ws.st.Bot().ID] = true
	out["channel"] = ws.st.ChannelObject(c)
	return out, nil
}
