package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"s1bot/approvals/policy"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/s1"
)

// A policyFile is what S1BOT_POLICY_FILE holds; deploy/policy.example.yaml explains every key.
type policyFile struct {
	Roles     map[string]roleEntry `yaml:"roles"`
	Approvals approvalsEntry       `yaml:"approvals"`
	Rules     []ruleEntry          `yaml:"rules"`
	Routes    []routeEntry         `yaml:"routes"`
	Reports   reportsEntry         `yaml:"reports"`
}

// A roleEntry is a list of members, or members with accounts and sites within which the role holds.
type roleEntry struct {
	Members  words `yaml:"members"`
	Accounts words `yaml:"accounts"`
	Sites    words `yaml:"sites"`
}

type approvalsEntry struct {
	Timeout    string `yaml:"timeout"`
	MaxTargets *int   `yaml:"max_targets"`
	MaxPerHour *int   `yaml:"max_targets_per_hour"`
	MaxChanges *int   `yaml:"max_changes_per_hour"`
	Channel    string `yaml:"channel"`
	OnTime     bool   `yaml:"reconnect_on_time"`
}

type ruleEntry struct {
	Name       string        `yaml:"name"`
	Commands   words         `yaml:"commands"`
	Areas      words         `yaml:"areas"`
	Risks      words         `yaml:"risks"`
	Hosts      words         `yaml:"hosts"`
	Tags       words         `yaml:"tags"`
	Sites      words         `yaml:"sites"`
	Groups     words         `yaml:"groups"`
	Channels   words         `yaml:"channels"`
	Hours      words         `yaml:"hours"`
	Requesters words         `yaml:"requesters"`
	Allow      words         `yaml:"allow"`
	Approve    *approveEntry `yaml:"approve"`
	Deny       *string       `yaml:"deny"`
}

type approveEntry struct {
	By       words `yaml:"by"`
	Quorum   *int  `yaml:"quorum"`
	Distinct bool  `yaml:"distinct"`
}

type routeEntry struct {
	Name            string `yaml:"name"`
	Source          string `yaml:"source"`
	Severities      words  `yaml:"severities"`
	Confidences     words  `yaml:"confidences"`
	Classifications words  `yaml:"classifications"`
	Accounts        words  `yaml:"accounts"`
	Sites           words  `yaml:"sites"`
	Groups          words  `yaml:"groups"`
	Hosts           words  `yaml:"hosts"`
	Rules           words  `yaml:"rules"`
	Channel         string `yaml:"channel"`
	Mention         string `yaml:"mention"`
	Mute            any    `yaml:"mute"` // true, or until when
	Continue        bool   `yaml:"continue"`
}

// words are one value or a list of values.
type words []string

// UnmarshalYAML takes both.
func (w *words) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*w = words{one}
		return nil
	}
	var many []string
	err := unmarshal(&many)
	*w = many
	return err
}

// UnmarshalYAML takes a bare list of members, too.
func (r *roleEntry) UnmarshalYAML(unmarshal func(any) error) error {
	var members words
	if unmarshal(&members) == nil {
		*r = roleEntry{Members: members}
		return nil
	}
	type plain roleEntry
	return unmarshal((*plain)(r))
}

// readPolicyFile reads a policy file and checks every value. The error lists every problem with its line and column; a file that
// has one is not used at all.
func readPolicyFile(path string) (policyFile, policy.Settings, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return policyFile{}, policy.Settings{}, err
	}
	return parsePolicy(path, body)
}

func parsePolicy(path string, body []byte) (policyFile, policy.Settings, error) {
	var f policyFile
	tree, err := parser.ParseBytes(body, 0)
	if err != nil {
		return f, policy.Settings{}, placed(path, err)
	}
	r := &policyReader{path: path, tree: tree, catalog: commands.All().Commands(), roles: []string{policy.Operators, policy.Approvers}}
	r.shape()
	options := []yaml.DecodeOption{yaml.Strict()}
	if len(r.problems) > 0 { // a key that nobody knows is told of already, and all of them are
		options = nil
	}
	if err := yaml.NewDecoder(bytes.NewReader(body), options...).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, policy.Settings{}, errors.Join(append(r.problems, placed(path, err))...)
	}
	settings := r.settings(f)
	r.routes(f.Routes)
	r.reports(f)
	return f, settings, errors.Join(r.problems...)
}

// placed is an error of the YAML reader with file, line and column before its words.
func placed(path string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pos := at.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", path, pos.Line, pos.Column, at.GetMessage())
}

// A policyReader turns a file into settings and collects what is wrong with it.
type policyReader struct {
	path     string
	tree     *ast.File
	catalog  []*catalog.Command
	roles    []string
	problems []error
}

// bad notes a problem of the value at a YAML path.
func (r *policyReader) bad(at, format string, args ...any) { r.wrong(r.node(at), format, args...) }

// wrong notes a problem of a value, with its line and column where it has any.
func (r *policyReader) wrong(node ast.Node, format string, args ...any) {
	where := r.path
	if node != nil {
		pos := node.GetToken().Position
		where = fmt.Sprintf("%s:%d:%d", r.path, pos.Line, pos.Column)
	}
	r.problems = append(r.problems, fmt.Errorf(where+": "+format, args...))
}

func (r *policyReader) settings(f policyFile) policy.Settings {
	s := policy.Settings{Channel: f.Approvals.Channel, ReconnectOnTime: f.Approvals.OnTime}
	for _, name := range slices.Sorted(maps.Keys(f.Roles)) {
		role := f.Roles[name]
		r.roles = append(r.roles, name)
		s.Roles = append(s.Roles, policy.Role{
			Name: name, Members: policy.Members(role.Members), Scope: policy.Scope{Accounts: role.Accounts, Sites: role.Sites}})
		if _, err := policy.New(policy.Settings{Roles: s.Roles[len(s.Roles)-1:]}); err != nil {
			r.bad("$.roles.'"+name+"'", "%w", err)
		}
	}
	s.MaxTargets, s.MaxPerHour = r.atLeastOne("max_targets", f.Approvals.MaxTargets), r.atLeastOne("max_targets_per_hour", f.Approvals.MaxPerHour)
	s.MaxChanges = r.atLeastOne("max_changes_per_hour", f.Approvals.MaxChanges)
	if f.Approvals.Timeout != "" {
		var err error
		if s.Timeout, err = time.ParseDuration(f.Approvals.Timeout); err != nil || s.Timeout < time.Minute {
			r.bad("$.approvals.timeout", "timeout: a duration of at least 1m, such as 30m")
		}
	}
	if s.Channel != "" && !channelID.MatchString(s.Channel) {
		r.bad("$.approvals.channel", "channel: %q is no channel id (C…)", s.Channel)
	}
	for i, rule := range f.Rules {
		s.Rules = append(s.Rules, r.rule(fmt.Sprintf("$.rules[%d]", i), i, rule))
	}
	return s
}

func (r *policyReader) atLeastOne(key string, n *int) int {
	if n == nil {
		return 0
	}
	r.wholeNumber("$.approvals."+key, key)
	if *n < 1 {
		r.bad("$.approvals."+key, "%s: at least 1", key)
	}
	return *n
}

// rule reads one rule and checks that every name in it means something.
func (r *policyReader) rule(at string, i int, e ruleEntry) policy.Rule {
	rule := policy.Rule{
		Name: cmp.Or(e.Name, fmt.Sprintf("rule %d of the policy file", i+1)), Commands: e.Commands, Areas: e.Areas, Risks: e.Risks,
		Hosts: e.Hosts, Tags: e.Tags, Sites: e.Sites, Groups: e.Groups, Channels: e.Channels, Requesters: e.Requesters,
	}
	var names, areas []string
	for _, c := range r.catalog {
		names, areas = append(names, c.Name), append(areas, c.Area)
	}
	slices.Sort(areas)
	r.commands(at, e.Commands, names)
	r.words(at, "areas", e.Areas, "area", slices.Compact(areas), fits)
	r.words(at, "risks", e.Risks, "risk", []string{string(catalog.Read), string(catalog.Change), string(catalog.Destructive)}, exactly)
	for i, id := range e.Channels {
		if !askedIn.MatchString(id) {
			r.wrong(r.element(at+".channels", i), "channels: %q is no channel id (C…)", id)
		}
	}
	for i, text := range e.Hours {
		h, err := policy.ParseHours(text)
		if err != nil {
			r.wrong(r.element(at+".hours", i), "hours: %w%s", err, zoneMeant(text))
		}
		rule.Hours = append(rule.Hours, h)
	}
	r.known(at+".requesters", "requesters", e.Requesters)
	r.effect(at, e, &rule)
	return rule
}

// askedIn is the id of a conversation in which something is asked for: a channel or a direct message.
var askedIn = regexp.MustCompile(`^[CGD][A-Z0-9]{2,}$`)

// fits tells whether a pattern fits a name that is known.
func fits(known, pattern string) bool { return policy.Pattern(pattern).Match(known) }

// commands checks names of commands. An alias is none: the rule would hold for no command.
func (r *policyReader) commands(at string, patterns words, names []string) {
	aliases := map[string]string{}
	for _, c := range r.catalog {
		for _, alias := range c.Aliases {
			aliases[strings.ToLower(alias)] = c.Name
		}
	}
	for i, pattern := range patterns {
		if name, short := aliases[strings.ToLower(pattern)]; short && !slices.Contains(names, pattern) {
			r.wrong(r.element(at+".commands", i), "commands: write the whole name of %q, %s", pattern, name)
			continue
		}
		r.one(at+".commands", "commands", pattern, i, "command", names, fits)
	}
}

// known checks names of roles.
func (r *policyReader) known(at, key string, roles words) {
	for i, name := range roles {
		r.one(at, key, name, i, "role", r.roles, exactly)
	}
}

// effect reads what a rule does: exactly one of allow, approve, deny.
func (r *policyReader) effect(at string, e ruleEntry, rule *policy.Rule) {
	effects := 0
	if e.Allow != nil {
		effects++
		rule.Effect, rule.By = policy.Allow, e.Allow
		r.known(at+".allow", "allow", e.Allow)
	}
	if e.Approve != nil {
		effects++
		rule.Effect, rule.By, rule.Quorum, rule.Distinct = policy.Approve, e.Approve.By, 1, e.Approve.Distinct
		if len(rule.By) == 0 {
			rule.By = []string{policy.Approvers}
		}
		r.known(at+".approve.by", "by", e.Approve.By)
		if e.Approve.Quorum != nil {
			rule.Quorum = *e.Approve.Quorum
			r.wholeNumber(at+".approve.quorum", "quorum")
		}
		switch {
		case rule.Quorum < 1:
			r.bad(at+".approve.quorum", "quorum: at least 1")
		case rule.Distinct && rule.Quorum > len(rule.By):
			r.bad(at+".approve.quorum", "quorum: %d approvals of distinct roles, but there are %d roles", rule.Quorum, len(rule.By))
		}
		if slices.Equal(e.Risks, words{string(catalog.Read)}) {
			r.bad(at+".approve", "approve: what only reads does not wait; use allow or deny")
		}
	}
	if e.Deny != nil {
		effects++
		rule.Effect, rule.Why = policy.Deny, *e.Deny
	}
	if effects != 1 {
		r.bad(at, "a rule has exactly one of allow, approve and deny; this one has %d", effects)
	}
}

// routes checks where notifications go.
func (r *policyReader) routes(routes []routeEntry) {
	for i, e := range routes {
		at := fmt.Sprintf("$.routes[%d]", i)
		r.one(at+".source", "source", e.Source, 0, "source", []string{"threat", "alert"}, strings.EqualFold)
		r.words(at, "severities", e.Severities, "severity", labelsOf(s1.AlertSeverity("").Choices()), fits)
		r.words(at, "confidences", e.Confidences, "confidence", labelsOf(s1.Confidence("").Choices()), fits)
		if e.Channel != "" && !channelID.MatchString(e.Channel) {
			r.bad(at+".channel", "channel: %q is no channel id (C…)", e.Channel)
		}
		if e.Mention != "" && !mentionForm.MatchString(e.Mention) {
			r.bad(at+".mention", "mention: %q is no @handle, user group id (S…) or user id (U…)", e.Mention)
		}
		r.routed(at, e)
	}
}

// mentionForm is who a route may mention.
var mentionForm = regexp.MustCompile(`^(@[^\s@,]+|[SUW][A-Z0-9]{2,})$`)

// routed checks that a route does exactly one thing.
func (r *policyReader) routed(at string, e routeEntry) {
	_, muted, err := e.mute()
	switch {
	case err != nil:
		r.bad(at+".mute", "mute: %w", err)
	case e.Channel == "" && !muted:
		r.bad(at, "a route has a channel, or mute: true")
	case e.Channel != "" && muted:
		r.bad(at, "a route has either a channel or mute, not both")
	case muted && e.Mention != "":
		r.bad(at+".mention", "mention: a route that mutes tells nobody")
	case muted && e.Continue:
		r.bad(at+".continue", "continue: a route that mutes ends the walk; with continue it mutes nothing")
	}
}

func labelsOf(choices []s1.Choice) (labels []string) {
	for _, c := range choices {
		labels = append(labels, c.Label)
	}
	return labels
}

// mute says whether the route mutes, and until when; the zero time is for good.
func (e routeEntry) mute() (until time.Time, muted bool, err error) {
	switch v := e.Mute.(type) {
	case nil:
		return until, false, nil
	case bool:
		return until, v, nil
	case string:
		for _, form := range []string{time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
			if until, err = time.Parse(form, v); err == nil {
				return until, true, nil
			}
		}
	}
	return until, false, errors.New("true, or until when: 2026-12-24 or 2026-12-24T08:00:00Z")
}
