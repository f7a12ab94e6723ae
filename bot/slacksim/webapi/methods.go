package webapi

import "slices"

// A Method is one method of the Web API.
type Method struct {
	Scopes    []string // one of them is needed
	PerMinute int      // its tier; 0 = has a rule of its own
	Required  []string
	FormOnly  bool // does not read JSON bodies: its documentation names application/x-www-form-urlencoded alone
	AppToken  bool // wants the app-level token
}

// Methods is the table of the Web API; tiers from java-slack-sdk's metadata, scopes from
// docs.slack.dev/reference/methods.
var Methods = map[string]Method{
	"api.test":  {},
	"auth.test": {},
	// Tier 1 in java-slack-sdk, tier 3 in newer documentation; ten sockets must be able to open.
	"apps.connections.open": {AppToken: true, PerMinute: 10},

	"chat.postMessage":   {Scopes: words("chat:write"), Required: words("channel")},
	"chat.postEphemeral": {Scopes: words("chat:write"), Required: words("channel", "user"), PerMinute: tier4},
	"chat.update":        {Scopes: words("chat:write"), Required: words("channel", "ts"), PerMinute: tier3},
	"chat.delete":        {Scopes: words("chat:write"), Required: words("channel", "ts"), PerMinute: tier3},
	"chat.getPermalink":  {Required: words("channel", "message_ts"), FormOnly: true},
	"reactions.add": {Scopes: words("reactions:write"), PerMinute: tier3,
		Required: words("channel", "name", "timestamp")},

	"views.open":    {Required: words("view"), PerMinute: tier4},
	"views.push":    {Required: words("view"), PerMinute: tier4},
	"views.update":  {Required: words("view"), PerMinute: tier4},
	"views.publish": {Required: words("user_id", "view"), PerMinute: tier4},

	"users.info": {Scopes: words("users:read"), Required: words("user"), PerMinute: tier4, FormOnly: true},
	"users.list": {Scopes: words("users:read"), PerMinute: tier2, FormOnly: true},
	"users.lookupByEmail": {Scopes: words("users:read.email"), Required: words("email"), PerMinute: tier3,
		FormOnly: true},
	"usergroups.list": {Scopes: words("usergroups:read"), PerMinute: tier2, FormOnly: true},
	"usergroups.users.list": {Scopes: words("usergroups:read"), Required: words("usergroup"), PerMinute: tier2,
		FormOnly: true},
	"bots.info": {Scopes: words("users:read"), PerMinute: tier3, FormOnly: true},
	"team.info": {Scopes: words("team:read"), PerMinute: tier3, FormOnly: true},

	"conversations.info":    {Scopes: reading("read"), Required: words("channel"), PerMinute: tier3, FormOnly: true},
	"conversations.list":    {Scopes: reading("read"), PerMinute: tier2, FormOnly: true},
	"conversations.members": {Scopes: reading("read"), Required: words("channel"), PerMinute: tier4, FormOnly: true},
	"conversations.history": {Scopes: reading("history"), Required: words("channel"), PerMinute: tier3,
		FormOnly: true},
	"conversations.replies": {Scopes: reading("history"), Required: words("channel", "ts"), PerMinute: tier3,
		FormOnly: true},
	"conversations.open": {Scopes: words("im:write", "mpim:write"), PerMinute: tier3},
	"conversations.join": {Scopes: words("channels:join"), Required: words("channel"), PerMinute: tier3},

	"files.getUploadURLExternal": {Scopes: words("files:write"), Required: words("filename", "length"),
		PerMinute: tier4, FormOnly: true},
	"files.info":                   {Scopes: words("files:read"), Required: words("file"), PerMinute: tier4, FormOnly: true},
	"files.completeUploadExternal": {Scopes: words("files:write"), Required: words("files"), PerMinute: tier4},
}

// words keeps the table narrow.
func words(names ...string) []string { return names }

// reading are the scopes of conversations, one of which is enough to call the method; which of
// them, the kind of conversation decides.
func reading(what string) []string {
	return []string{"channels:" + what, "groups:" + what, "im:" + what, "mpim:" + what}
}

// AllScopes are the bot scopes that mean something to the simulator.
func AllScopes() []string {
	scopes := []string{"commands", "app_mentions:read", "chat:write.public", "files:read"}
	for _, m := range Methods {
		scopes = append(scopes, m.Scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
