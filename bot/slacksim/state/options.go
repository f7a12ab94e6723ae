package state

import (
	"cmp"
	"time"

	"s1bot/bot/slacksim/webapi"
)

// Tokens that a workspace accepts unless its Options say otherwise.
const (
	AppToken = "xapp-1-A0S1BOT-1000000000000-slacksim"
	BotToken = "xoxb-1000000000-2000000000000-slacksim"
)

// A Command is a slash command of the app.
type Command struct {
	Name         string // "/s1"
	Description  string
	UsageHint    string
	ShouldEscape bool // people, channels and links arrive as <@U…|name>, <#C…|name> and <https://…>
}

// Options say what workspace it is. The zero value is a workspace named SOC whose app has every
// scope and one command, /s1.
type Options struct {
	TeamID, TeamName, TeamDomain string
	BotName                      string // the app's bot user; default s1bot
	AppToken, BotToken           string
	Scopes                       []string // of the bot token; nil = all that the simulator knows
	Commands                     []Command

	Now            func() time.Time // the clock of time stamps, triggers and response_urls; default time.Now
	Seed           uint64           // of every random choice
	AckTimeout     time.Duration    // default 3 s
	TriggerLife    time.Duration    // how long a trigger opens a view; default 3 s
	PingInterval   time.Duration    // default 5 s
	EventRetries   []time.Duration  // pauses before an event is sent again; default at once, 1 min, 5 min
	SocketLifetime time.Duration    // after it a socket is asked to refresh; default never
	EnforceRates   bool             // one message a second and channel, and the tiers of the Web API
	PageSize       int              // most items in one page of a listing, whatever the caller's limit; default Slack's 1,000
	FreePlan       bool             // user groups answer plan_upgrade_required
	KeepCalls      int              // Web API calls and acks that the record keeps; default 5,000
}

// WithDefaults fills in what is not set.
func (o Options) WithDefaults() Options {
	o.TeamID = cmp.Or(o.TeamID, "T0SOC0001")
	o.TeamName = cmp.Or(o.TeamName, "SOC")
	o.TeamDomain = cmp.Or(o.TeamDomain, "soc")
	o.BotName = cmp.Or(o.BotName, "s1bot")
	o.AppToken = cmp.Or(o.AppToken, AppToken)
	o.BotToken = cmp.Or(o.BotToken, BotToken)
	o.AckTimeout = cmp.Or(o.AckTimeout, 3*time.Second)
	o.TriggerLife = cmp.Or(o.TriggerLife, 3*time.Second)
	o.PingInterval = cmp.Or(o.PingInterval, 5*time.Second)
	o.PageSize = cmp.Or(o.PageSize, 1000)
	o.KeepCalls = cmp.Or(o.KeepCalls, 5000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Scopes == nil {
		o.Scopes = webapi.AllScopes()
	}
	if o.Commands == nil {
		o.Commands = []Command{{Name: "/s1", Description: "Ask SentinelOne, or change something there", UsageHint: "<command> [name=value …]"}}
	}
	if o.EventRetries == nil {
		o.EventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	return o
}
