package policyfile

// The shape of the file, key by key. These types are read three times: the YAML library decodes
// into them, the reader walks the file along them to find what is wrong, and the schema for editors
// is made from them. The type of a field says what its values mean.

// A file is the whole document.
type file struct {
	Roles     map[string]role `yaml:"roles" doc:"Who is who. The roles operators and approvers add to S1BOT_OPERATORS and S1BOT_APPROVERS; any other name is a role of your own."`
	Approvals approvals       `yaml:"approvals" doc:"Limits for requests, and where their cards go."`
	Rules     []rule          `yaml:"rules" doc:"Checked from the top for each thing that a command touches. The first match decides; if none matches, everybody can read, operators can change, and destructive commands wait for an approver."`
	Consoles  []console       `yaml:"consoles" doc:"Several consoles. Without this key, S1_URL and S1_API_TOKEN define the only one."`
	Routes    []route         `yaml:"routes" doc:"Where notifications go, from the top. The first match decides, unless it says continue."`
	Reports   reports         `yaml:"reports" doc:"Shift reports, posted on a schedule."`
}

// A role is a list of members, or members with the accounts and sites within which they hold it.
// The file may leave "members" out and give the list alone.
type role struct {
	Members  list[member] `yaml:"members" doc:"User ids (U…), user group ids (S…), @handles, or * for every full member."`
	Accounts list[glob]   `yaml:"accounts" doc:"The role applies only within these accounts. Names or globs."`
	Sites    list[glob]   `yaml:"sites" doc:"The role applies only within these sites. Names or globs."`
}

type approvals struct {
	Timeout    word[timeout] `yaml:"timeout" doc:"How long a request waits before it expires, such as 30m."`
	MaxTargets *int          `yaml:"max_targets" doc:"Maximum targets of one action; above that, one more approver is needed."`
	MaxPerHour *int          `yaml:"max_targets_per_hour" doc:"Maximum targets of one person's destructive commands in an hour; above that, one more approver is needed."`
	MaxChanges *int          `yaml:"max_changes_per_hour" doc:"Maximum endpoints that one person's changes touch in an hour; above that, approval is needed."`
	Channel    word[channel] `yaml:"channel" doc:"Where approval cards go, instead of S1BOT_APPROVALS_CHANNEL."`
	OnTime     bool          `yaml:"reconnect_on_time" doc:"When a timed isolation ends, its endpoints are reconnected without another approval."`
}

type rule struct {
	Name       word[prose]        `yaml:"name" doc:"What people read when the rule decides."`
	Commands   list[command]      `yaml:"commands" doc:"Names of commands, or globs. No aliases."`
	Areas      list[area]         `yaml:"areas" doc:"Areas of commands, as s1bot commands --json lists them, or globs."`
	Risks      list[risk]         `yaml:"risks" doc:"read, change or destructive."`
	Hosts      list[glob]         `yaml:"hosts" doc:"Names of endpoints, or globs."`
	Tags       list[glob]         `yaml:"tags" doc:"Tags of endpoints: key or key:value, or globs."`
	Sites      list[glob]         `yaml:"sites" doc:"Names of sites, or globs."`
	Groups     list[glob]         `yaml:"groups" doc:"Names of groups in the console, or globs."`
	Consoles   list[consoleName]  `yaml:"consoles" doc:"Names of consoles, or globs."`
	Channels   list[conversation] `yaml:"channels" doc:"Ids of the Slack channels in which the command was typed."`
	Hours      list[hours]        `yaml:"hours" doc:"Times of day, such as 08:00-18:00 Europe/Berlin or Mon-Fri 08:00-18:00 Europe/Berlin."`
	Requesters list[roleName]     `yaml:"requesters" doc:"Roles of the person who typed the command."`
	Allow      list[roleName]     `yaml:"allow" doc:"These roles run it right away."`
	Approve    *approve           `yaml:"approve" doc:"It waits for approval."`
	Deny       word[prose]        `yaml:"deny" doc:"Nobody can run it. People see this text as the reason."`
}

type approve struct {
	By       list[roleName] `yaml:"by" doc:"Roles whose members can approve; approvers by default."`
	Quorum   *int           `yaml:"quorum" doc:"How many people must approve; 1 by default."`
	Distinct bool           `yaml:"distinct" doc:"Each of them must have a different one of these roles."`
}

type console struct {
	Name     word[newConsole]   `yaml:"name" doc:"Its name in commands and on cards, such as emea: lower case letters, digits and dashes. The console of an existing database is called default."`
	URL      word[consoleURL]   `yaml:"url" doc:"Its address, https://….sentinelone.net."`
	Token    word[prose]        `yaml:"token_file" doc:"The file with its API token. SIGHUP reads it again."`
	Version  word[apiVersion]   `yaml:"api_version" doc:"Version in the API's paths; v2.1 by default."`
	Channels list[conversation] `yaml:"channels" doc:"Slack channels where commands mean this console unless they name another."`
	Threats  word[channel]      `yaml:"threats" doc:"Where its new threats go; S1BOT_THREATS_CHANNEL by default."`
	Alerts   word[channel]      `yaml:"alerts" doc:"Where its new alerts go; S1BOT_ALERTS_CHANNEL by default."`
}

type route struct {
	Name            word[prose]       `yaml:"name" doc:"The name that /s1 routes test shows."`
	Source          word[source]      `yaml:"source" doc:"threat or alert; both by default."`
	Consoles        list[consoleName] `yaml:"consoles" doc:"Names of consoles, or globs."`
	Severities      list[severity]    `yaml:"severities" doc:"Severities of alerts, or globs."`
	Confidences     list[confidence]  `yaml:"confidences" doc:"Confidence levels of threats, or globs."`
	Classifications list[glob]        `yaml:"classifications" doc:"Classifications, or globs."`
	Accounts        list[glob]        `yaml:"accounts" doc:"Names of accounts, or globs."`
	Sites           list[glob]        `yaml:"sites" doc:"Names of sites, or globs."`
	Groups          list[glob]        `yaml:"groups" doc:"Names of groups in the console, or globs."`
	Hosts           list[glob]        `yaml:"hosts" doc:"Names of endpoints, or globs."`
	Rules           list[glob]        `yaml:"rules" doc:"Names of detection rules and threats, or globs."`
	Channel         word[channel]     `yaml:"channel" doc:"The channel that gets the notification."`
	Mention         word[mention]     `yaml:"mention" doc:"Who is mentioned there: an @handle, a user group id (S…) or a user id (U…)."`
	Mute            word[muting]      `yaml:"mute" doc:"Nobody is notified: true for good, or a date until which to stay silent."`
	Continue        bool              `yaml:"continue" doc:"The routes below are checked as well."`
}

type reports struct {
	At      list[timeOfDay] `yaml:"at" doc:"Times of day, such as 07:00."`
	Zone    word[zone]      `yaml:"zone" doc:"The time zone of these times; UTC by default."`
	Channel word[channel]   `yaml:"channel" doc:"Where reports go; the approvals channel by default."`
}

// A word is one value, and K is what it means.
//
// K costs nothing at run time: it is a type without fields that carries the two methods of its
// kind. So a key's meaning is part of its type, and a key without one does not compile.
type word[K kind] string

// kind is what the word means.
func (word[K]) kind() kind {
	var k K
	return k
}

// A list is one value or several.
type list[K kind] []word[K]

// UnmarshalYAML reads `hosts: A` as well as `hosts: [A]`.
//
// The walk has judged the shape before; this only has to accept what that let through.
func (l *list[K]) UnmarshalYAML(unmarshal func(any) error) error {
	var one word[K]
	if unmarshal(&one) == nil {
		*l = list[K]{one}
		return nil
	}
	var several []word[K]
	err := unmarshal(&several)
	*l = several
	return err
}

// strings are the values as the rest of the program takes them; nil where there are none.
func (l list[K]) strings() (all []string) {
	for _, w := range l {
		all = append(all, string(w))
	}
	return all
}

// UnmarshalYAML takes a bare list of members, too.
//
// plain has role's fields and not its methods; with the method, the library would call it again for
// ever.
func (r *role) UnmarshalYAML(unmarshal func(any) error) error {
	var members list[member]
	if unmarshal(&members) == nil {
		*r = role{Members: members}
		return nil
	}
	type plain role
	return unmarshal((*plain)(r))
}
