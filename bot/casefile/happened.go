package casefile

import (
	"cmp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/unified"
)

// What happened is what an analyst reads before what people decided: the process and what started
// it, what it is recognized by, and whom it spoke to.

// happenedLabels are the facts that a card shows, in their order; the report has all.
var happenedLabels = []string{"Process", "Parent", "Originating process", "Command line", "Path", "Hash", "Event", "Contacted", "Registry key", "Target", "Indicators", "Techniques", "Assignee", "Id"}

// maxFact is how long a fact is on the card: a command line of an attack alone would fill a phone.
const maxFact = 300

// maxContacts is how many addresses and names a case names; the events have all.
const maxContacts = 8

// happened are the facts of a card.
func (c *Case) happened() render.Fields {
	fields := render.Fields{}
	for _, label := range happenedLabels {
		if i := slices.IndexFunc(c.Facts, func(f catalog.Fact) bool { return f.Label == label }); i >= 0 {
			words := render.Cut(c.Facts[i].Value, maxFact)
			fields = append(fields, render.Field{Label: label, Value: render.Line{render.Text(words)}, Wide: len(words) > 40})
		}
	}
	return fields
}

// A scene is what the events of a threat tell of it: its own process, and whom that contacted.
type scene struct {
	process, parent, command string
	contacts                 []string
	more                     int // contacts beyond maxContacts
}

// see notes what an event tells.
//
// The threat's own process is the first whose image is the threat's file; the console marks no other.
func (s *scene) see(e huntapi.ThreatEvent, path, name string) {
	own := e.ProcessImagePath != "" && strings.EqualFold(e.ProcessImagePath, path) || e.ProcessName != "" && strings.EqualFold(e.ProcessName, name)
	if own && s.process == "" {
		s.process, s.parent, s.command = text.JoinNonEmpty(" · pid ", e.ProcessName, e.PID), text.JoinNonEmpty(" · pid ", e.ParentProcessName, e.ParentPID), e.ProcessCmd
	}
	for _, to := range []string{text.JoinNonEmpty(":", e.DstIP, e.DstPort), e.DNSRequest, e.NetworkURL} {
		switch {
		case to == "" || slices.Contains(s.contacts, to):
		case len(s.contacts) == maxContacts:
			s.more++
		default:
			s.contacts = append(s.contacts, to)
		}
	}
}

// path is the subject's file.
func (c *Case) path() string {
	if i := slices.IndexFunc(c.Facts, func(f catalog.Fact) bool { return f.Label == "Path" }); i >= 0 {
		return c.Facts[i].Value
	}
	return ""
}

// tell adds what the events told to the case's facts; what the threat's row says itself counts first.
func (s *scene) tell(c *Case) {
	contacts := strings.Join(s.contacts, " · ")
	if s.more > 0 {
		contacts += " and more, see events.csv"
	}
	for _, f := range catalog.FactsOf("Process", s.process, "Parent", s.parent, "Command line", s.command, "Contacted", contacts) {
		if !slices.ContainsFunc(c.Facts, func(known catalog.Fact) bool { return known.Label == f.Label }) {
			c.Facts = append(slices.Clip(c.Facts), f)
		}
	}
}

// indicatorsOf are what the engines noticed, the first five.
func indicatorsOf(t s1.Threat) string {
	var words []string
	for _, i := range t.Indicators[:min(len(t.Indicators), 5)] {
		words = append(words, text.JoinNonEmpty(": ", i.Category, strings.TrimSuffix(i.Description, ".")))
	}
	return strings.Join(words, " · ")
}

// techniquesOf are the attacker's, each with its tactic.
func techniquesOf(t s1.Threat) string {
	var words []string
	for tactic, technique := range t.Techniques() {
		words = append(words, text.JoinNonEmpty(" ", tactic.Name, technique.Name))
	}
	return strings.Join(words, " · ")
}

// alertIndicators are those of a unified alert, with the techniques behind each.
func alertIndicators(a unified.Alert) string {
	var words []string
	for _, i := range a.Indicators[:min(len(a.Indicators), 5)] {
		line := cmp.Or(i.Title, i.Message)
		for _, attack := range i.Attacks {
			line = text.JoinNonEmpty(", ", line, cmp.Or(attack.Technique.Words(), attack.Tactic.Words()))
		}
		words = append(words, line)
	}
	return strings.Join(words, " · ")
}
