package policyfile

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/commands"
)

// read reads a file called p.yaml.
func read(body string) (File, error) { return Read("p.yaml", []byte(body), commands.All().Commands()) }

func TestTheExamplePolicyIsGood(t *testing.T) {
	t.Parallel()
	f, err := Load(filepath.Join("..", "..", "..", "deploy", "policy.example.yaml"), commands.All().Commands())
	require.NoError(t, err)
	require.Len(t, f.Settings.Rules, 5)
	require.Len(t, f.Settings.Roles, 4)
	require.Len(t, f.Routes, 3)
	require.Len(t, f.Reports.Times, 3)
	require.Equal(t, "Europe/Berlin", f.Reports.Zone.String())
	require.Equal(t, 30*time.Minute, f.Settings.Timeout)
	_, err = policy.New(f.Settings)
	require.NoError(t, err)
}

func TestAnEmptyPolicyFileChangesNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "# nothing yet\n", "rules: []\n", "rules:\n# - deny: later\nroutes:\napprovals: ~\n", "---\nrules: []\n"} {
		f, err := read(body)
		require.NoError(t, err, body)
		require.Equal(t, policy.Settings{}, f.Settings)
		require.Empty(t, f.Routes)
		require.Empty(t, f.Reports.Times)
	}
}

// Some Windows editors begin a file with a byte order mark.
func TestAByteOrderMarkIsNoPartOfTheFirstKey(t *testing.T) {
	t.Parallel()
	f, err := read("\ufeffapprovals:\n  timeout: 5m\n")
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, f.Settings.Timeout)
}

// A fault is a file with something wrong, and what its author reads.
type fault struct{ body, want string }

func faults() []fault {
	return []fault{
		{"rulez: []\n", `p.yaml:1:1: unknown key "rulez"; did you mean rules`},
		{"reports:\n  at: ['25:00']\n", `p.yaml:2:8: at: "25:00" isn't a time of day such as 07:00`},
		{"reports:\n  at: 07:00\n  zone: Mars/Base\n", "p.yaml:3:9: zone"},
		{"reports:\n  at: 07:00\n  channel: '#soc'\n", "p.yaml:3:12: channel"},
		{"reports:\n  zone: Europe/Berlin\n", "say when"},
		{"rules:\n  - hostz: [A]\n    deny: no\n", `p.yaml:2:5: unknown key "hostz"; did you mean hosts?`},
		{"approvals:\n  max_target: 3\n", `p.yaml:2:3: unknown key "max_target"`},
		{"roles:\n  x:\n    members: [U123]\n    sitez: [A]\n", "p.yaml:4:5: unknown key"},
		{"roles: {a: [U123]\n", "p.yaml:1:"},
		{"approvals: {max_targets: many}\n", "p.yaml:1:26: "},
		{"approvals:\n  max_targets: 0\n", "p.yaml:2:16: max_targets: must be at least 1"},
		{"approvals:\n  timeout: 59s\n", "p.yaml:2:12: timeout: a duration of at least 1m"},
		{"approvals:\n  timeout: soon\n", "p.yaml:2:12: timeout"},
		{"approvals:\n  channel: '#approvals'\n", "p.yaml:2:12: channel"},
		{"roles:\n  my-role: [alice]\n", `"alice" isn't a user id`},
		{"rules:\n  - hosts: [A]\n", "p.yaml:2:5: a rule has exactly one"},
		{"rules:\n  - allow: [operators]\n    deny: x\n", "exactly one of allow, approve and deny; this one has 2"},
		{"rules:\n  - commands: [isolate-all]\n    deny: x\n", `there is no command "isolate-all"`},
		{"rules:\n  - areas: [nowhere]\n    deny: x\n", `there is no area "nowhere"`},
		{"rules:\n  - risks: [extreme]\n    deny: x\n", `p.yaml:2:13: risks: there is no risk "extreme"`},
		{"rules:\n  - channels: ['#soc']\n    deny: x\n", "isn't a channel id"},
		{"rules:\n  - hours: whenever\n    deny: x\n", "p.yaml:2:12: hours: "},
		{"rules:\n  - hours: '08:00-18:00 Mars/Base'\n    deny: x\n", `no time zone "Mars/Base"`},
		{"rules:\n  - requesters: [nobody]\n    deny: x\n", `there is no role "nobody"`},
		{"rules:\n  - allow: [nobody]\n", `p.yaml:2:13: allow: there is no role "nobody"`},
		{"rules:\n  - approve: {by: [nobody]}\n", `by: there is no role "nobody"`},
		{"rules:\n  - approve: {quorum: 0}\n", "quorum: must be at least 1"},
		{"rules:\n  - approve: {by: [approvers], quorum: 2, distinct: true}\n", "p.yaml:2:40: quorum: 2 people of different roles, but `by` names only 1"},
		{"rules:\n  - risks: [read]\n    approve: {}\n", "read commands never wait"},
		{"rules:\n  - hosts: []\n    deny: x\n", "p.yaml:2:12: hosts: an empty list"},
		{"routes:\n  - sites: [Paris]\n", "a route has a channel, or mute: true"},
		{"routes:\n  - source: email\n    mute: true\n", `p.yaml:2:13: source: there is no source "email"; there are threat, alert`},
		{"routes:\n  - mute: someday\n", "mute: true, or until when"},
		{"rules:\n  - deny: a\n  - deny: b\n    deny: c\n", "p.yaml:4:5: "},
		{"rules:\n  - hosts:\n    allow: [operators]\n", "p.yaml:2:5: hosts: is empty"},
		{"rules:\n  - hosts: [A]\n    allow: [operators]\n  - {tags: ~, deny: x}\n", "p.yaml:4:6: tags: is empty"},
		{"rules:\n  - hosts: [A]\n    deny:\n", "p.yaml:3:5: deny: is empty"},
		{"roles:\n  operators:\n    members: [U123]\n    sites:\n", "p.yaml:4:5: sites: is empty"},
		{"roles:\n  operators:\n    members: [U123]\n    sites: []\n", "p.yaml:4:12: sites: an empty list"},
		{"roles:\n  operators:\n    members: [U123]\n    accounts: ['']\n", "p.yaml:4:16: accounts: \"\" is empty"},
		{"rules: []\n---\nrules:\n  - deny: x\n", "p.yaml:3:1: a second document"},
		{"approvals:\n  max_targets: 2.5\n", "p.yaml:2:16: max_targets: expected a whole number"},
		{"rules:\n  - approve: {quorum: 1.9}\n", "quorum: expected a whole number"},
		{"routes:\n  - {hosts: [], mute: true}\n", "p.yaml:2:13: hosts: an empty list"},
		{"routes:\n  - {rules: [], mute: true}\n", "p.yaml:2:13: rules: an empty list"},
		{"routes:\n  - {sites: [Paris, ''], channel: C0PARIS}\n", `p.yaml:2:21: sites: "" is empty`},
		{"routes:\n  - {groups: [~], mute: true}\n", "p.yaml:2:15: groups: an empty value"},
		{"routes:\n  - {hosts: ' LAB-*', mute: true}\n", "begins or ends with whitespace"},
		{"routes:\n  - {severities: [Critcal], channel: C0SOC}\n", `p.yaml:2:19: severities: there is no severity "Critcal"; did you mean Critical?`},
		{"routes:\n  - {severities: [High, 'Lo?er*'], channel: C0SOC}\n", `p.yaml:2:25: severities: there is no severity "Lo?er*"`},
		{"routes:\n  - {confidences: malicous, mute: true}\n", `p.yaml:2:19: confidences: there is no confidence "malicous"; did you mean Malicious?`},
		{"routes:\n  - {source: threats, mute: true}\n", `source: there is no source "threats"; did you mean threat?`},
		{"routes:\n  - {siets: [Paris], channel: C0PARIS}\n", `p.yaml:2:6: unknown key "siets"; did you mean sites?`},
		{"routes:\n  - {sites: [Paris], mute: true, continue: true}\n", "with continue it would mute nothing"},
		{"routes:\n  - {sites: [Paris], mute: true, mention: '@oncall'}\n", "mention: a route that mutes notifies nobody"},
		{"routes:\n  - {sites: [Paris], channel: C0PARIS, mention: Someone}\n", `mention: "Someone" isn't an @handle`},
		{"rules:\n  - {risks: [Destructive], deny: x}\n", `p.yaml:2:14: risks: there is no risk "Destructive"; did you mean destructive?`},
		{"rules:\n  - {risks: [chnge], deny: x}\n", "did you mean change?"},
		{"rules:\n  - {areas: [agent], deny: x}\n", `p.yaml:2:14: areas: there is no area "agent"; did you mean agents?`},
		{"rules:\n  - {commands: [isolate], deny: x}\n", `p.yaml:2:17: commands: write the full name of "isolate", disconnect-agent-from-network`},
		{"rules:\n  - {commands: ['disconect-*'], deny: x}\n", `there is no command "disconect-*"`},
		{"rules:\n  - {commands: [run-scripts], deny: x}\n", "did you mean run-script"},
		{"rules:\n  - {requesters: [operator], deny: x}\n", "did you mean operators?"},
		{"rules:\n  - {hours: '08:00-18:00 europe/berlin', deny: x}\n", "p.yaml:2:13: hours: "},
		{"rules:\n  - {channels: [D], deny: x}\n", `p.yaml:2:17: channels: "D" isn't a channel id`},
		{"rules:\n  - {hosts: [A], deny: x, alow: [operators]}\n", `unknown key "alow"; did you mean allow?`},
		{"roles: {leads: []}\n", "p.yaml:1:16: leads: an empty list"},
		{"reports: {at: []}\n", "p.yaml:1:15: at: an empty list"},
		{"rules: {deny: x}\n", "p.yaml:1:8: rules: expected a list, with a dash before each element"},
		{"rules: [deny]\n", "p.yaml:1:9: rules: expected keys here: name, commands, areas"},
		{"roles: [U123]\n", "p.yaml:1:8: roles: expected keys here"},
		{"policy\n", "p.yaml:1:1: policy file: expected keys here: roles, approvals, rules, consoles, routes, reports"},
		{"rules:\n  - {deny: [x]}\n", "p.yaml:2:12: deny: expected a single value"},
		{"rules:\n  - {hosts: [[A]], deny: x}\n", "p.yaml:2:14: hosts: expected a single value"},
		{"rules:\n  - {sites: [007], deny: x}\n", `p.yaml:2:14: sites: write "007" in quotes; without them YAML reads 7`},
		{"rules:\n  - {hosts: [.inf], deny: x}\n", `p.yaml:2:14: hosts: write ".inf" in quotes`},
		{"rules:\n  - {hosts: *lab, deny: x}\n", "p.yaml:2:13: hosts: nothing above is marked &lab"},
		{"rules:\n  - {channels: &here [C0SOC], sites: [Paris], deny: x}\n  - {areas: *here, deny: y}\n", `p.yaml:3:13: areas: there is no area "C0SOC"`},
		{"rules:\n  - &lab {hosts: [LAB-*], deny: x}\n  - {<<: *lab, allow: [operators]}\n", "p.yaml:3:5: a rule has exactly one of allow, approve and deny; this one has 2"},
		{"routes:\n  - &paris {sites: [Paris], channel: C0PARIS}\n  - {<<: *paris, mute: true}\n", "p.yaml:3:5: a route has either a channel or mute, not both"},
		{"rules:\n  - commands: |\n      run-script\n    deny: x\n", `commands: "run-script\n" is empty, or begins or ends with whitespace`},
		{"approvals: {max_targets: -3}\n", "p.yaml:1:26: max_targets: must be at least 1"},
		{"approvals: {max_targets: '3'}\n", "p.yaml:1:26: max_targets: expected a whole number"},
		{"consoles:\n  - {name: EMEA, url: https://a.example, token_file: /t}\n", `p.yaml:2:12: name: "EMEA" isn't a console's name`},
		{"consoles:\n  - {name: emea, url: http://a.example, token_file: /t}\n", "p.yaml:2:23: url: console address"},
		{"consoles:\n  - {name: emea, url: https://a.example}\n", "p.yaml:2:5: a console has a name, a url and a token_file; this one has no token_file"},
		{"consoles:\n  - {name: emea, url: https://a.example, token_file: /t, api_version: two}\n", `api_version: "two" isn't a version`},
		{"consoles:\n  - {name: a, url: https://a.example, token_file: /t}\n  - {name: a, url: https://b.example, token_file: /t}\n", `p.yaml:3:12: name: another console is already called "a"`},
		{"consoles:\n  - {name: a, url: https://a.example, token_file: /t, channels: [C0SOC]}\n  - {name: b, url: https://b.example, token_file: /t, channels: C0SOC}\n", "channels: C0SOC already defaults to a"},
		{"consoles:\n  - {name: emea, url: https://a.example, token_file: /t}\nrules:\n  - {consoles: [emae], deny: x}\n", `p.yaml:4:17: consoles: there is no console "emae"; did you mean emea?`},
		{"routes:\n  - {consoles: [us], mute: true}\n", `p.yaml:2:17: consoles: there is no console "us"; there are default`},
		{"consoles:\n  - {name: emea, url: https://a.example, token_file: /t, treats: C0SOC}\n", `unknown key "treats"; did you mean threats?`},
		{"approvals: {timeouts: 30m}\n", `p.yaml:1:13: unknown key "timeouts"; did you mean timeout?`},
	}
}

// What matches too much, or nothing at all, is found when the file is read: not when the first threat is lost in it.
func TestWhatIsWrongHasAPlaceAndTheNearestWord(t *testing.T) {
	t.Parallel()
	for _, c := range faults() {
		_, err := read(c.body)
		require.ErrorContains(t, err, c.want, c.body)
	}
}

// goods are files with nothing wrong.
func goods() []string {
	return []string{
		"rules:\n  - &lab\n    hosts: [LAB-*]\n    deny: |\n      Ask the lab.\n  - <<: *lab\n    sites: [Paris]\n",
		"consoles:\n  - {name: emea, url: 'https://emea.sentinelone.net/', token_file: /t, api_version: v2.1, channels: [C0SOC, D0BOB], threats: C0T, alerts: C0A}\n  - {name: us-2, url: http://127.0.0.1:8080, token_file: t}\nrules:\n  - {consoles: ['e*', default], deny: x}\nroutes:\n  - {consoles: us-2, mute: true}\n",
		"rules:\n  - {sites: [2024, 1.5, True], deny: x}\n",
		"routes:\n  - {hosts: A, mute: 2026-12-24T08:00:00Z}\n  - {hosts: B, mute: 2026-12-24 08:00}\n  - {hosts: C, mute: false, channel: C0SOC}\n",
		"roles: {leads: '*', paris: {members: [U0MARIE, '@soc'], sites: Paris}}\nrules:\n  - {requesters: leads, allow: [paris, operators]}\n",
		"approvals: {timeout: 1h30m, max_targets: 5, channel: C0APPROVE}\nreports: {at: 07:00, zone: UTC, channel: G0OLD}\n",
		"rules:\n  - {risks: [read, change], approve: {}}\n  - {risks: destructive, approve: {by: [operators, approvers], quorum: 2, distinct: true}}\n",
		"routes:\n  - {source: Alert, severities: [critical, 'H*'], confidences: [n/a, SUSPICIOUS], channel: C0SOC}\n",
		"routes:\n  - {sites: &sites [Paris], channel: C0PARIS}\n  - {sites: *sites, hosts: ['[x]*', 'CORP\\*'], mute: true}\n",
		"rules:\n  - {areas: ['*'], commands: ['get-*', Run-Script], channels: [D0BOB, C0SOC, G0OLD], hours: 'Mon-Fri 08:00-18:00 Europe/Berlin', deny: x}\n",
	}
}

func TestWhatIsRightIsTaken(t *testing.T) {
	t.Parallel()
	for _, body := range goods() {
		_, err := read(body)
		require.NoError(t, err, body)
	}
}

// Rules and routes take the same patterns.
func TestRoutesHaveTheGlobOfRules(t *testing.T) {
	t.Parallel()
	f, err := read("routes:\n  - {rules: ['[T1059] PowerShell*'], hosts: ['CORP\\*', 'LAB[12]-*'], channel: C0SOC}\n")
	require.NoError(t, err)
	routes := f.Routes
	require.True(t, routes[0].Rules[0].Match("[t1059] powershell -enc"))
	require.False(t, routes[0].Rules[0].Match("T PowerShell"))
	require.True(t, routes[0].Hosts[0].Match(`corp\bob`))
	require.False(t, routes[0].Hosts[1].Match("LAB1-7"))
	require.True(t, routes[0].Hosts[1].Match("lab[12]-7"))
}

func TestEveryProblemOfAPolicyFileIsListed(t *testing.T) {
	t.Parallel()
	_, err := read("approvals:\n  timeout: x\nrules:\n  - commands: [nothing]\n    deny: x\n  - allow: [ghosts]\n  - hostz: [A]\n    sitez: [B]\n    deny: x\n")
	lines := strings.Split(err.Error(), "\n")
	places := []string{"p.yaml:2:12:", "p.yaml:4:16:", "p.yaml:6:13:", "p.yaml:7:5:", "p.yaml:8:5:"}
	require.Len(t, lines, len(places), err.Error())
	for i, place := range places {
		require.True(t, strings.HasPrefix(lines[i], place), "%s: in the order of the file", lines[i])
	}
}

func TestThePolicyFileMayAllowTheEndOfAnIsolationBeforehand(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{"": false, "approvals: {reconnect_on_time: false}": false, "approvals: {reconnect_on_time: true}": true} {
		f, err := read(body)
		require.NoError(t, err)
		require.Equal(t, want, f.Settings.ReconnectOnTime, body)
	}
	_, err := read("approvals:\n  reconnect_on_time: perhaps\n")
	require.EqualError(t, err, "p.yaml:2:22: reconnect_on_time: expected true or false")
}

func TestConsolesAreReadAsTheyStand(t *testing.T) {
	t.Parallel()
	f, err := read(goods()[1])
	require.NoError(t, err)
	require.Equal(t, []Console{
		{Name: "emea", URL: "https://emea.sentinelone.net/", TokenFile: "/t", Version: "v2.1", Channels: []string{"C0SOC", "D0BOB"}, Threats: "C0T", Alerts: "C0A"},
		{Name: "us-2", URL: "http://127.0.0.1:8080", TokenFile: "t"},
	}, f.Consoles)
	require.Equal(t, []string{"e*", "default"}, f.Settings.Rules[0].Consoles)
	require.True(t, f.Routes[0].Consoles[0].Match("US-2"))
}
