package rules

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// plainQuery is the type of a rule that a query alone makes. Correlation rules and scheduled ones
// need parameters that no form here asks for.
type plainQuery string

func (plainQuery) Choices() []s1.Choice { return []s1.Choice{{Value: "events", Label: "Events"}} }

func (plainQuery) Kind() catalog.Kind { return takenQuery(plainQuery("").Choices()) }

// anyQuery is a type that the console takes of a rule: those that need more than a query can stay
// what they are.
type anyQuery string

func (anyQuery) Choices() []s1.Choice {
	return slices.DeleteFunc(s1.RuleQuery("").Choices(), func(c s1.Choice) bool { return c.Value == string(s1.RuleProcesses) })
}

func (anyQuery) Kind() catalog.Kind { return takenQuery(anyQuery("").Choices()) }

// errNoProcesses refuses what the console would refuse after somebody has approved it (vendor's API
// document of 2026-05: events, correlation, uebafirstseen, scheduled).
var errNoProcesses = errors.New("the console no longer accepts rules of type Processes; write the query for query-type=Events")

// takenQuery offers choices, and says of the other types why they are not among them. A type that
// exists and cannot be taken gets a reason instead of "isn't one of Events".
func takenQuery(choices []s1.Choice) catalog.Kind {
	k := catalog.ChoiceKind(choices)
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		of, unknown := s1.ParseChoice[s1.RuleQuery](text)
		switch {
		case err == nil || unknown != nil:
			return value, err
		case of == s1.RuleProcesses:
			return nil, errNoProcesses
		default:
			return nil, fmt.Errorf("a rule of type %s needs more than a query; create it in the console", of.Label())
		}
	}
	return k
}

// requestedStatus is a status that a rule can be given; the others are on the way to these.
type requestedStatus string

func (requestedStatus) Choices() []s1.Choice {
	return []s1.Choice{{Value: "Draft", Label: "Draft"}, {Value: "Active", Label: "Active"}, {Value: "Disabled", Label: "Disabled"}}
}

// A toggle is Enable or Disable, which is how the specification writes a yes and a no. There are
// three answers: leaving it out keeps what the rule has, which a checkbox could not say.
type toggle string

func (toggle) Choices() []s1.Choice {
	return []s1.Choice{{Value: "enable", Label: "Enable"}, {Value: "disable", Label: "Disable"}}
}

func (toggle) Kind() catalog.Kind {
	return catalog.Synonyms(catalog.ChoiceKind(toggle("").Choices()), map[string]string{
		"enabled": "enable", "true": "enable", "yes": "enable", "on": "enable", "disabled": "disable", "false": "disable", "no": "disable", "off": "disable",
	})
}

func switchOf(on bool) toggle {
	if on {
		return "enable"
	}
	return "disable"
}

// ruleBasics are what makes a rule; Q is the query types that may be asked for. Everything that the
// console requires is required here for a change, too: its PUT replaces the rule, and the form
// comes filled with what the rule has.
type ruleBasics[Q ~string] struct {
	Mode        s1.ExpirationMode `json:"expiration-mode" help:"Temporary rules end at their expiration date."`
	Name        string            `json:"name" help:"The rule's name."`
	Type        Q                 `json:"query-type" help:"What the query looks at."`
	Query       catalog.Prose     `json:"s1ql" title:"S1ql" help:"The query: SrcProcName = \"powershell.exe\"."`
	Severity    s1.AlertSeverity  `json:"severity" help:"The severity of the alerts it raises."`
	Status      requestedStatus   `json:"status" help:"Whether the rule is active. The console often creates a draft anyway."`
	Description catalog.Prose     `json:"description,omitzero" help:"What the rule is for; up to 2000 characters."`
	Expires     time.Time         `json:"expiration-date,omitzero" help:"When a temporary rule ends, within the next six months."`
	Quarantine  toggle            `json:"network-quarantine,omitzero" help:"Whether a hit isolates its endpoint from the network."`
	Treat       s1.TreatAsThreat  `json:"treat-as-threat,omitzero" help:"Whether a hit becomes a threat that the endpoint's policy handles."`
	lookup.PlaceParams
}

// The longest description that a rule takes (vendor's API document, 2.1).
const maxRuleDescription = 2000

// The form asks for the date once Temporary is chosen.
func (p *ruleBasics[Q]) Together() []catalog.Together {
	return []catalog.Together{{Param: "expiration-date", With: "expiration-mode=" + s1.ExpiresOnce.Label()}}
}

// filter takes one level of scope: with two the console would take one of them.
func (p *ruleBasics[Q]) Check() error {
	switch {
	case p.Mode == s1.ExpiresOnce && p.Expires.IsZero():
		return catalog.Wrong("expiration-date", "a temporary rule needs an expiration date")
	case p.Mode == s1.ExpiresNever && !p.Expires.IsZero():
		e := catalog.Wrong("expiration-date", "a permanent rule has none")
		e.Hint = "leave it out, or set expiration-mode=Temporary"
		return e
	case s1.RuleQuery(p.Type) == s1.RuleProcesses:
		return catalog.Wrong("query-type", "%s", errNoProcesses)
	case len([]rune(p.Description)) > maxRuleDescription:
		return catalog.Wrong("description", "it has more than %d characters", maxRuleDescription)
	case p.Levels() > 1:
		e := catalog.Wrong("site-ids", "a rule belongs to one level")
		e.Hint = "name accounts, or sites, or groups"
		return e
	}
	return nil
}

// CheckAt refuses dates that the console would. Six months is the console's limit.
func (p *ruleBasics[Q]) CheckAt(now time.Time) error {
	switch {
	case p.Expires.IsZero():
		return nil
	case !p.Expires.After(now):
		return catalog.Wrong("expiration-date", "it's in the past")
	case p.Expires.After(now.AddDate(0, 6, 0)):
		return catalog.Wrong("expiration-date", "it must lie within the next six months")
	}
	return nil
}

// settings puts what is given over what is there. What has no parameter here (correlation,
// schedule, query language) stays as it was: the PUT would lose it.
func (p *ruleBasics[Q]) settings(s s1.RuleSettings) s1.RuleSettings {
	s.Name, s.QueryType, s.S1QL, s.Severity = p.Name, s1.RuleQuery(p.Type), string(p.Query), p.Severity
	s.Status, s.ExpirationMode, s.Expiration = s1.RuleStatus(p.Status), p.Mode, p.Expires
	if p.Description != "" {
		s.Description = string(p.Description)
	}
	if p.Quarantine != "" {
		s.NetworkQuarantine = new(p.Quarantine == "enable")
	}
	if p.Treat != "" {
		s.TreatAsThreat = p.Treat
	}
	return s
}

// ruleFields are the fields of a rule that can be changed. A rule on its way to a status counts as
// there.
func ruleFields(call *catalog.Call, s s1.RuleSettings, place string) []change.Field {
	expires := ""
	if !s.Expiration.IsZero() {
		expires = catalog.DayOf(call, s1.Time{Time: s.Expiration})
	}
	return []change.Field{
		{Name: "Name", Value: s.Name}, {Name: "Status", Value: s.Status.Settled().Label()}, {Name: "Severity", Value: s.Severity.Label()}, {Name: "Query type", Value: s.QueryType.Label()}, {Name: "Query", Value: s.S1QL},
		{Name: "Description", Value: s.Description}, {Name: "Expiration mode", Value: s.ExpirationMode.Label()}, {Name: "Expiration date", Value: expires},
		{Name: "Network quarantine", Value: catalog.OnOff(s.NetworkQuarantine != nil && *s.NetworkQuarantine)}, {Name: "Treat as threat", Value: s.TreatAsThreat.Label()}, {Name: "Scope", Value: place},
	}
}

// placeText writes a scope so that two can be compared. Ids are sorted, since the console returns
// them in any order.
func placeText(s s1.Scope) string {
	if s.Tenant {
		return "tenant"
	}
	var parts []string
	for level, ids := range map[string][]string{"accounts ": catalog.Convert[string](s.Accounts), "sites ": catalog.Convert[string](s.Sites), "groups ": catalog.Convert[string](s.Groups)} {
		if len(ids) > 0 {
			parts = append(parts, level+strings.Join(slices.Sorted(slices.Values(ids)), ", "))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// ruleStrength ranks the values of a rule's fields by how much they protect. A rule that ends,
// raises less, or no longer acts protects less. The query itself cannot be ranked.
var ruleStrength = map[string][]string{
	"Status":             {"Draft", "Disabled", "Active"},
	"Severity":           {"Info", "Low", "Medium", "High", "Critical"},
	"Network quarantine": {"off", "on"},
	"Treat as threat":    {"Undefined", "Suspicious", "Malicious"},
	"Expiration mode":    {"Temporary", "Permanent"},
}

func weakensRule(field, old, now string) bool {
	before, after := slices.Index(ruleStrength[field], old), slices.Index(ruleStrength[field], now)
	if field == "Status" && after == 0 && before == 1 { // neither works
		return false
	}
	return after >= 0 && after < before
}

// actingNotes say what a rule does beside raising alerts. They stand on every plan of such a rule,
// changed or not: the approver need not know the rule.
func actingNotes(s s1.RuleSettings) []string {
	var notes []string
	if s.NetworkQuarantine != nil && *s.NetworkQuarantine {
		notes = append(notes, "⚠ Every hit isolates its endpoint from the network.")
	}
	if s.TreatAsThreat == s1.TreatSuspicious || s.TreatAsThreat == s1.TreatMalicious {
		notes = append(notes, fmt.Sprintf("⚠ Every hit becomes a %s threat, which the endpoint's policy may kill and quarantine.", strings.ToLower(string(s.TreatAsThreat))))
	}
	return notes
}

type createRuleParams struct{ ruleBasics[plainQuery] }

// Without a place the rule is for the whole tenant, by the specification; the plan's target then
// says so in words.
func (p *createRuleParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places, err := p.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	s := p.settings(s1.RuleSettings{})
	plan := catalog.Plan{Targets: places, About: []string{s.Name}, Notes: actingNotes(s), Undo: "Delete"}
	for _, t := range ruleFields(call, s, "") {
		plan.Facts = append(plan.Facts, catalog.FactsOf(t.Name, t.Value)...)
	}
	return plan, nil
}

// POST /cloud-detection/rules with exactly one scope: without one, a token of several scopes is
// refused ("Filter args is not compatible with user scope"). Not Repeatable: names are not unique,
// so a second call makes a second rule.
func createRule() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-star-custom-rule", Title: "Create Star Custom Rule", Area: "rules", Aliases: []string{"create-rule", "add-rule"}, Main: "name", Wording: createWording(),
		Risk: catalog.Destructive, Needs: "STAR Custom Rules › View + Manage, Endpoints › View + Disconnect From Network, Endpoint Threats › View + Mark Threat + Mark Suspicious",
		Undo: "delete-star-custom-rules",
		Doc:  "Creates a detection rule for accounts, sites or groups, or for the whole tenant if none is named. Its hits raise alerts and can act on endpoints.",
		Examples: []string{`create-star-custom-rule name="Encoded PowerShell" s1ql="SrcProcCmdLine ContainsCIS \"-enc\"" query-type=Events severity=High status=Active expiration-mode=Permanent site-ids=Paris reason="INC-1042"`,
			`create-rule "Beacon" s1ql="DstIP = \"203.0.113.66\"" query-type=Events severity=Critical status=Draft expiration-mode=Temporary expiration-date="tomorrow 18:00" reason="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p createRuleParams) (render.Card, error) {
		s := p.settings(s1.RuleSettings{})
		r, err := call.Console.CreateRule(ctx, p.Scope(), s)
		if err != nil {
			return render.Card{}, fmt.Errorf("create rule %s: %w", text.Quote(p.Name), err)
		}
		made := []change.Made[s1.RuleID]{{ID: r.ID, Name: cmp.Or(r.Name, p.Name)}}
		return change.Visible(createdRule(call, s, r), made, func(ids []s1.RuleID) ([]s1.Rule, error) {
			return call.Console.RulesByID(ctx, ids)
		}, func(r s1.Rule) s1.RuleID { return r.ID }), nil
	})
}

// createdRule tells what became of a new rule. A console that makes a draft of what was to be
// active did a part only. Without an id there is nothing that a button could name.
func createdRule(call *catalog.Call, s s1.RuleSettings, r s1.Rule) render.Card {
	title := call.Command.Title
	name := cmp.Or(r.Name, s.Name)
	card := ruleCard(call, r)
	card.Title, card.Outcome, card.Tone = title, render.Successful, render.Good
	words := "Rule " + name + " was created: " + cmp.Or(lookup.RuleState(r), "the console doesn't say in which state") + "."
	if s.Status == s1.RuleActive && r.Status.Settled() != s1.RuleActive {
		card.Outcome, card.Tone = render.Partial, render.Warning
		words = "Rule " + name + " was created, but it doesn't work yet: the console set it to " + cmp.Or(r.Status.Label(), "something other than active") + ". Activate it."
	}
	card.Text = title + ": " + words
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text(words)}}, card.Parts)
	if !r.ID.Valid() {
		card.Actions = nil
	}
	return card
}

type updateRuleParams struct {
	Rule s1.RuleID `json:"rule-id" help:"The rule to change, by name or id."`
	ruleBasics[anyQuery]
	Was string `json:"was,omitzero" help:"-"` // fingerprint of the rule that was shown to the approver
}

func (p *updateRuleParams) Resolved() bool { return p.Was != "" }

// Both scopes are in Also where a rule moves: the old place loses it, the new one gets it.
func (p *updateRuleParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	found, err := lookup.RuleDirectory().All(ctx, call, "rule-id", []string{string(p.Rule)})
	if err != nil {
		return catalog.Plan{}, err
	}
	rule := found[0]
	if of := s1.RuleQuery(p.Type); of != rule.QueryType && of != s1.RuleEvents {
		e := catalog.Wrong("query-type", "a rule of the type %s needs more than a query", of.Label())
		e.Hint = "change it in the console"
		return catalog.Plan{}, e
	}
	if _, err := p.Pin(ctx, call); err != nil {
		return catalog.Plan{}, err
	}
	wanted, place, err := p.wanted(rule)
	if err != nil {
		return catalog.Plan{}, err
	}
	was := ruleFields(call, rule.Settings(), placeText(rule.Place()))
	changes := change.Diffs(was, ruleFields(call, wanted, placeText(place)), weakensRule)
	if len(changes) == 0 {
		return catalog.Plan{}, catalog.AlreadySo("rule-id", "rule")
	}
	p.Rule, p.Was = rule.ID, p.fingerprint(call, rule)
	notes := append(change.WeakenNote(changes), actingNotes(wanted)...)
	if wanted.Status == s1.RuleActive {
		notes = append(notes, "The console restarts the rule: it finds nothing until it is active again, which can take up to an hour.")
	}
	plan := catalog.Plan{Targets: []catalog.Target{lookup.RuleTarget(call, rule)}, Changes: changes, Notes: notes, Undo: "Restore the old values"}
	plan.Reaches(rule.Name, rule.Place())
	plan.Reaches(rule.Name, place)
	return plan, nil
}

// fingerprint does not depend on the clock of who asks. Expiration dates are written in a zone, and
// the approver's is not the requester's.
func (p *updateRuleParams) fingerprint(call *catalog.Call, rule s1.Rule) string {
	utc := *call
	utc.Caller.Zone = time.UTC
	return change.FingerprintOf(ruleFields(&utc, rule.Settings(), placeText(rule.Place())))
}

// wanted is what the rule is to be, and where: the console takes the whole of it, and the scope
// that it has unless another is named.
func (p *updateRuleParams) wanted(rule s1.Rule) (s1.RuleSettings, s1.Scope, error) {
	place := rule.Place()
	if p.Levels() > 0 {
		place = p.Scope()
	}
	if place.IsZero() {
		return s1.RuleSettings{}, place, catalog.Wrong("site-ids", "the console doesn't say which scope the rule belongs to; name the scope")
	}
	now := rule.Settings()
	if s1.RuleQuery(p.Type) != now.QueryType { // what belongs to the old type only
		now.QueryLang, now.CorrelationParams, now.ScheduledParams = "", nil, nil
	}
	return p.settings(now), place, nil
}

// PUT /cloud-detection/rules/{id}. There is no GET by id, so it is found in the list.
func updateRule() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-star-custom-rule", Title: "Update Star Custom Rule", Area: "rules", Aliases: []string{"update-rule", "change-rule"}, Main: "rule-id",
		Risk: catalog.Destructive, Needs: "STAR Custom Rules › View + Manage", Undo: "update-star-custom-rule",
		Doc:      "Updates a detection rule. Fields you leave out stay as they are.",
		Examples: []string{`update-rule "Connection to a known bad address" name="Connection to a known bad address" s1ql="DstIP = \"203.0.113.67\"" query-type=Events severity=Critical status=Active expiration-mode=Permanent reason="new address"`},
	}, func(ctx context.Context, call *catalog.Call, p updateRuleParams) (render.Card, error) {
		return p.run(ctx, call)
	})
}

// run changes the rule if it is still the one that was shown when this was asked for. The console
// has no condition for the PUT: between the reading and it another person can still change the
// rule.
func (p *updateRuleParams) run(ctx context.Context, call *catalog.Call) (render.Card, error) {
	rule, err := p.read(ctx, call)
	if err != nil {
		return render.Card{}, err
	}
	if p.fingerprint(call, rule) != p.Was {
		return render.Card{}, catalog.ChangedMeanwhile("rule-id", "rule")
	}
	wanted, place, err := p.wanted(rule)
	if err != nil {
		return render.Card{}, err
	}
	after, err := call.Console.UpdateRule(ctx, p.Rule, place, wanted)
	if err != nil {
		return render.Card{}, fmt.Errorf("update rule %s: %w", p.Rule, err)
	}
	desired := ruleFields(call, wanted, placeText(place))
	missed := func(r s1.Rule) []catalog.Diff {
		return change.Diffs(ruleFields(call, r.Settings(), placeText(r.Place())), desired, weakensRule)
	}
	unapplied := missed(after)
	if len(unapplied) > 0 { // the answer need not show the rule as it is now
		if again, err := p.read(ctx, call); err == nil {
			after, unapplied = again, missed(again)
		}
	}
	changes := change.Diffs(ruleFields(call, rule.Settings(), placeText(rule.Place())), desired, weakensRule)
	return change.ChangeOutcome(call, "rule", lookup.RuleTarget(call, after), changes, unapplied, ruleBack(rule, place)), nil
}

// ruleBack are the arguments that make the rule what it was. From a scope of its own nothing leads
// back to the whole tenant, which no id names. The button fills the same command, so what it cannot
// say is left out rather than said wrongly.
func ruleBack(was s1.Rule, place s1.Scope) json.RawMessage {
	old := was.Place()
	if placeText(old) == placeText(place) {
		return ruleArgs(was)
	}
	if old.Tenant || old.IsZero() {
		return nil
	}
	args, _ := catalog.Object(ruleArgs(was))
	for name, ids := range map[string][]string{"account-ids": catalog.Convert[string](old.Accounts), "site-ids": catalog.Convert[string](old.Sites), "group-ids": catalog.Convert[string](old.Groups)} {
		if len(ids) > 0 {
			args[name] = catalog.Marshal(ids)
		}
	}
	return catalog.Marshal(args)
}

func (p *updateRuleParams) read(ctx context.Context, call *catalog.Call) (s1.Rule, error) {
	found, err := lookup.RuleDirectory().All(ctx, call, "rule-id", []string{string(p.Rule)})
	if err != nil {
		return s1.Rule{}, err
	}
	return found[0], nil
}
