package roster

import (
	"cmp"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// A User is a member of the workspace, a guest, a bot, or a stranger whom a shared channel lets in.
type User struct {
	ID                string // default: made from the name
	Name              string // the handle, without @
	RealName          string
	DisplayName       string
	Title             string
	Email             string
	TZ                string   // IANA name; default Etc/UTC
	Color             string   // six hex digits
	TeamID            string   // default: the workspace's; on Enterprise Grid the person's home workspace
	Teams             []string // on Enterprise Grid: all workspaces to which they belong
	IsAdmin           bool
	IsBot             bool
	IsRestricted      bool // guest
	IsUltraRestricted bool // guest of a single channel
	IsStranger        bool // of another workspace, seen through a shared channel
	Deleted           bool
	Switchable        bool // the demo's page lets one be this person

	IsApp   bool // the bot user of the app
	updated int64
}

// A Group is a user group, such as @soc-leads.
type Group struct {
	ID          string // default: made from the handle
	Handle      string
	Name        string
	Description string
	Members     []string // names or ids
	Disabled    bool
}

// defaultTeam is the workspace that a person is of, where a test does not say.
func defaultTeam(u User, own string) string {
	if u.IsStranger {
		return "T0STRANGE"
	}
	return own
}

// readableID makes an id in which one sees the name, so that a failing test is easy to read.
func readableID(prefix, name string) string {
	var id strings.Builder
	id.WriteString(prefix + "0")
	for _, r := range strings.ToUpper(name) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			id.WriteRune(r)
		}
	}
	for id.Len() < 9 {
		id.WriteByte('0')
	}
	return id.String()
}

// colorOf gives each name a colour of its own, the same in every run.
func colorOf(name string) string {
	colors := []string{"4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "684b6c", "2b6836", "9b3b45", "4cc091", "5b89d5"}
	return colors[crc32.ChecksumIEEE([]byte(name))%uint32(len(colors))]
}

// FullMember tells people whom a public channel takes without an invitation from guests, strangers
// and the gone.
func (u *User) FullMember() bool {
	return !u.IsRestricted && !u.IsUltraRestricted && !u.IsStranger && !u.Deleted && !u.IsBot
}

// Object is the user as users.info shows it [docs.slack.dev/reference/objects/user-object].
func (u *User) Object(withEmail bool) map[string]any {
	offset, label := zoneOf(u.TZ)
	profile := map[string]any{
		"title": u.Title, "real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.DisplayName,
		"display_name_normalized": u.DisplayName, "team": u.TeamID, "avatar_hash": "", "status_text": "", "status_emoji": "",
	}
	if withEmail && u.Email != "" {
		profile["email"] = u.Email
	}
	o := map[string]any{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "color": u.Color, "real_name": u.RealName,
		"tz": u.TZ, "tz_label": label, "tz_offset": offset, "profile": profile, "is_admin": u.IsAdmin, "is_owner": false,
		"is_primary_owner": false, "is_restricted": u.IsRestricted, "is_ultra_restricted": u.IsUltraRestricted,
		"is_bot": u.IsBot, "is_app_user": false, "is_email_confirmed": true, "updated": u.updated,
	}
	if u.IsApp {
		profile["api_app_id"], profile["bot_id"] = AppID, BotID
	}
	if u.IsStranger {
		o["is_stranger"] = true
	}
	if len(u.Teams) > 0 { // [docs.slack.dev/reference/objects/user-object, enterprise_user]
		o["enterprise_user"] = map[string]any{"id": u.ID, "enterprise_id": "E0GRID", "enterprise_name": "Grid", "is_admin": false,
			"is_owner": false, "is_primary_owner": false, "teams": slices.Clone(u.Teams)}
	}
	return o
}

// zoneOf is the zone's present offset in seconds and its short name, as profiles carry them beside
// the IANA name.
func zoneOf(name string) (offset int, label string) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return 0, name
	}
	label, offset = time.Now().In(zone).Zone()
	return offset, label
}

// Object is the group as usergroups.list shows it
// [docs.slack.dev/reference/objects/usergroup-object].
func (g *Group) Object(team string, withUsers bool) map[string]any {
	o := map[string]any{
		"id": g.ID, "team_id": team, "is_usergroup": true, "is_subteam": true, "name": g.Name, "handle": g.Handle,
		"description": g.Description, "is_external": false, "date_create": 1, "date_update": 1, "date_delete": 0,
		"auto_type": nil, "created_by": SlackbotID, "updated_by": SlackbotID, "deleted_by": nil, "user_count": len(g.Members),
		"prefs": map[string]any{"channels": []string{}, "groups": []string{}},
	}
	if g.Disabled {
		o["date_delete"] = 2
	}
	if withUsers {
		o["users"] = slices.Clone(g.Members)
	}
	return o
}

// Complete fills in what the profile of a new member has anyway.
func (u *User) Complete(team string, now time.Time) {
	u.RealName = cmp.Or(u.RealName, u.Name)
	u.TZ = cmp.Or(u.TZ, "Etc/UTC")
	u.Color = cmp.Or(u.Color, colorOf(u.Name))
	u.TeamID = cmp.Or(u.TeamID, defaultTeam(*u, team))
	u.updated = now.Unix()
}

// Deactivated is the same person after the membership ended: the id stays.
func (u *User) Deactivated(now time.Time) *User {
	gone := *u
	gone.Deleted, gone.updated = true, now.Unix()
	return &gone
}

// The ids of the app and of Slack's own bot, which every workspace has.
const (
	SlackbotID = "USLACKBOT"
	AppID      = "A0S1BOT"
	BotID      = "B0S1BOT"
)
