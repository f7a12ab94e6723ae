package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The files in testdata are policies and what they say, a line a decision:
//
//	policy NAME                                begins another policy, with nobody and nothing
//	limits targets=25 hour=50 changes=250      as the policy file's; what is left out has its default
//	role   NAME MEMBER… [site=GLOB] [account=GLOB]
//	rule   EFFECT NAME KEY=VALUE…              in order; values as a,b; _ stands for a blank
//	person NAME [guest] [gone] MEMBER…         is in that group, !MEMBER is not
//	thing  NAME [host=] [account=] [site=] [group=] [tags=]
//	command NAME RISK [AREA] [guarded]
//	allow | deny | unanswered | approve N  PERSON COMMAND OPTION…  [| RULE[: TEXT] [| NEED, …]]
//
// A question mark for a value, or as in "full?", is a question that has no answer. Options of a decision: on THING,… in CHANNEL at TIME
// early targets N endpoints N spent N (destructive targets of the hour before) changed N (endpoints of the hour before). TEXT is part
// of what the person reads, a NEED is "1 of leads+ad" with "in PLACE" where it holds there only.
type lines struct {
	t        *testing.T
	settings Settings
	people   map[string]Identity
	things   map[string]Target
	commands map[string]Input
	policy   *Policy // made before the first decision
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var l *lines
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if strings.HasPrefix(line, "policy ") {
				l = &lines{t: t, people: map[string]Identity{}, things: map[string]Target{}, commands: map[string]Input{}}
				continue
			}
			if word, rest, _ := strings.Cut(line, " "); !l.declare(word, strings.Fields(rest)) {
				where := fmt.Sprintf("%s:%d: %s", filepath.Base(file), n, line)
				t.Run(where, func(t *testing.T) { l.decide(t, line, where) })
			}
		}
	}
}

// declare reads a line that is no decision.
func (l *lines) declare(word string, args []string) bool {
	switch word {
	case "limits":
		o := l.options(args)
		l.settings.MaxTargets, l.settings.MaxPerHour, l.settings.MaxChanges = l.number(o["targets"]), l.number(o["hour"]), l.number(o["changes"])
		l.settings.ReconnectOnTime = o["on_time"] != ""
	case "role":
		l.role(args)
	case "rule":
		l.rule(args)
	case "person":
		l.person(args)
	case "thing":
		o := l.options(args[1:])
		tags := fact(o["tags"])
		l.things[args[0]] = Target{Host: fact(o["host"]), Account: fact(o["account"]), Site: fact(o["site"]), Group: fact(o["group"]), Tags: Known(list(o["tags"]))}
		if tags.Open() != "" {
			t := l.things[args[0]]
			t.Tags = Unknown[[]string](tags.Open())
			l.things[args[0]] = t
		}
	case "command":
		in := Input{Command: args[0], Risk: args[1]}
		for _, a := range args[2:] {
			if a == "guarded" {
				in.Guarded = true
			} else {
				in.Area = a
			}
		}
		l.commands[args[0]] = in
	default:
		return false
	}
	return true
}

func (l *lines) role(args []string) {
	r := Role{Name: args[0]}
	for _, a := range args[1:] {
		switch key, value, scoped := strings.Cut(a, "="); {
		case !scoped:
			r.Members = append(r.Members, Member(a))
		case key == "site":
			r.Sites = append(r.Sites, value)
		case key == "account":
			r.Accounts = append(r.Accounts, value)
		}
	}
	l.settings.Roles = append(l.settings.Roles, r)
}

func (l *lines) rule(args []string) {
	o := l.options(args[2:])
	r := Rule{
		Effect: Effect(args[0]), Name: blanks(args[1]),
		Commands: list(o["commands"]), Areas: list(o["areas"]), Risks: list(o["risks"]),
		Hosts: list(o["hosts"]), Tags: list(o["tags"]), Sites: list(o["sites"]), Groups: list(o["groups"]),
		Consoles: list(o["consoles"]), Channels: list(o["channels"]), Requesters: list(o["requesters"]),
		By: list(o["by"]), Quorum: l.number(o["quorum"]), Distinct: o["distinct"] != "", Why: blanks(o["why"]),
	}
	for _, h := range list(o["hours"]) {
		hours, err := ParseHours(h)
		require.NoError(l.t, err)
		r.Hours = append(r.Hours, hours)
	}
	l.settings.Rules = append(l.settings.Rules, r)
}

func (l *lines) person(args []string) {
	i := Identity{ID: "U" + strings.ToUpper(args[0]), Name: args[0], Active: Certain(true), Full: Certain(true), Through: map[Member]Answer{}}
	for _, a := range args[1:] {
		switch {
		case a == "guest":
			i.Full = Certain(false)
		case a == "gone":
			i.Full, i.Active = Certain(false), Certain(false)
		case a == "full?":
			i.Full = CannotTell("is " + args[0] + " full")
		case a == "active?":
			i.Full, i.Active = CannotTell("is "+args[0]+" full"), CannotTell("is "+args[0]+" active")
		case strings.HasSuffix(a, "?"):
			i.Through[Member(strings.TrimSuffix(a, "?"))] = CannotTell("is " + args[0] + " in " + strings.TrimSuffix(a, "?"))
		case strings.HasPrefix(a, "!"):
			i.Through[Member(a[1:])] = Certain(false)
		default:
			i.Through[Member(a)] = Certain(true)
		}
	}
	l.people[args[0]] = i
}

// decide checks one decision.
func (l *lines) decide(t *testing.T, line, where string) {
	if l.policy == nil {
		p, err := New(l.settings)
		require.NoError(t, err, where)
		l.policy = &p
	}
	parts := strings.Split(line, "|")
	words := strings.Fields(parts[0])
	effect, quorum := words[0], 0
	words = words[1:]
	if effect == "approve" {
		quorum, words = l.number(words[0]), words[1:]
	}
	in := l.input(words, where)
	r := l.policy.Decide(in)
	require.Equal(t, effect, string(r.Effect), "%s\n%+v", where, r)
	require.Equal(t, quorum, r.Quorum, "%s\n%+v", where, r)
	require.Equal(t, in.LastHour, r.seenOr(in.LastHour), where)
	if len(parts) > 1 {
		rule, text, _ := strings.Cut(strings.TrimSpace(parts[1]), ": ")
		require.Equal(t, rule, r.Rule, where)
		require.Contains(t, r.Why+r.Open, text, where)
	}
	if len(parts) > 2 {
		require.Equal(t, strings.TrimSpace(parts[2]), needs(r.Needs), where)
	}
	if r.Effect == Approve {
		require.ElementsMatch(t, rolesOf(r.Needs), r.By, where)
	}
	require.Equal(t, r.Effect == Allow || r.Effect == Approve, r.Err() == nil, where)
}

// seenOr is what r took into account; what was refused took nothing.
func (r Decision) seenOr(otherwise Tally) Tally {
	if r.Err() != nil {
		return otherwise
	}
	return r.Seen
}

// input reads who does what, where.
func (l *lines) input(words []string, where string) Input {
	who, ok := l.people[words[0]]
	require.True(l.t, ok, "%s: nobody is called %s", where, words[0])
	in, ok := l.commands[words[1]]
	require.True(l.t, ok, "%s: no command %s", where, words[1])
	in.Caller = l.policy.Person(who)
	in.LastHour.Since = time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC)
	for words = words[2:]; len(words) > 0; words = words[1:] {
		if words[0] == "early" {
			in.Early = true
			continue
		}
		option, value := words[0], words[1]
		words = words[1:]
		switch option {
		case "on":
			for _, name := range strings.Split(value, ",") {
				thing, ok := l.things[name]
				require.True(l.t, ok, "%s: no thing %s", where, name)
				in.Reach = append(in.Reach, thing)
			}
			in.Targets = len(in.Reach)
		case "in":
			in.Channel = value
		case "at-console":
			in.Console = value
		case "at":
			at, err := time.Parse(time.RFC3339, value)
			require.NoError(l.t, err, where)
			in.At = at
		case "targets":
			in.Targets = l.number(value)
		case "endpoints":
			in.Endpoints = l.number(value)
		case "spent":
			in.LastHour.Targets = l.number(value)
		case "changed":
			in.LastHour.Endpoints = l.number(value)
		default:
			l.t.Fatalf("%s: no option %s", where, option)
		}
	}
	return in
}

func (l *lines) options(args []string) map[string]string {
	o := map[string]string{}
	for _, a := range args {
		key, value, ok := strings.Cut(a, "=")
		require.True(l.t, ok, a)
		o[key] = value
	}
	return o
}

func (l *lines) number(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	require.NoError(l.t, err)
	return n
}

// fact is a value, none, or with a question mark one that nobody can tell.
func fact(value string) Fact[string] {
	if question, open := strings.CutSuffix(value, "?"); open {
		return Unknown[string]("where is " + question)
	}
	return Known(blanks(value))
}

func list(value string) (values []string) {
	for v := range strings.SplitSeq(value, ",") {
		if v != "" {
			values = append(values, blanks(v))
		}
	}
	return values
}

func blanks(text string) string { return strings.ReplaceAll(text, "_", " ") }

// rolesOf are the roles that needs name, each once.
func rolesOf(needs []Need) (roles []string) {
	for _, n := range needs {
		roles = append(roles, n.By...)
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// needs is what approvals must add up to, in words.
func needs(all []Need) string {
	var said []string
	for _, n := range all {
		s := fmt.Sprintf("%d of %s", n.Quorum, strings.Join(n.By, "+"))
		if n.Distinct {
			s += " each"
		}
		for _, p := range n.Places {
			s += " in " + strings.TrimPrefix(p.Account+"/"+p.Site, "/")
		}
		said = append(said, s)
	}
	return strings.Join(said, ", ")
}
