package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/trail"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// What an analyst reads first of a case: what it is and how bad, where, what is still open, what was
// done and by whom. Card and report begin with the same.

// A summary is what is known of a subject at a glance.
type summary struct {
	what []string // "Malicious", "Ransomware", "evil.exe"
	at   []string // host, user, site
	open []string // what somebody still has to do: "not mitigated", "verdict undefined"
	done []string // what nobody has to: "mitigated"
}

// state sorts a word by whether it is still open.
func (s *summary) state(open bool, word string) {
	switch word = strings.ToLower(word); {
	case word == "":
	case open:
		s.open = append(s.open, word)
	default:
		s.done = append(s.done, word)
	}
}

// verdict is one that an analyst gave; none is open work.
func (s *summary) verdict(open bool, label string) {
	if open {
		label = "verdict " + label
	}
	s.state(open, label)
}

func threatSummary(t s1.Threat) summary {
	kind := t.Info.Classification
	if kind == t.Info.ConfidenceLevel.Label() {
		kind = ""
	}
	s := summary{what: []string{t.Info.ConfidenceLevel.Label(), kind, t.Name()}, at: []string{t.Host(), t.User(), t.SiteName()}}
	s.state(!t.Mitigated(), t.Info.MitigationStatus.Label())
	s.state(t.Info.IncidentStatus != s1.StatusResolved, t.Info.IncidentStatus.Label())
	s.verdict(t.Info.AnalystVerdict == s1.VerdictUndefined, t.Info.AnalystVerdict.Label())
	return s
}

func alertSummary(a s1.Alert) summary {
	s := summary{what: []string{a.Rule.Severity.Label(), a.Name()}, at: []string{a.Host(), a.User()}}
	s.state(a.Info.IncidentStatus != s1.StatusResolved, a.Info.IncidentStatus.Label())
	s.verdict(a.Info.AnalystVerdict == s1.VerdictUndefined, a.Info.AnalystVerdict.Label())
	return s
}

func unifiedSummary(a unified.Alert) summary {
	s := summary{what: []string{a.Severity.Label(), a.Product(), a.Name}, at: []string{a.Host(), a.User()}}
	s.state(a.Status != unified.StatusResolved, a.Status.Label())
	s.verdict(a.Verdict == unified.VerdictUndefined, a.Verdict.Label())
	return s
}

// line is what it is, how bad, and where.
func (s summary) line() string {
	words := text.JoinNonEmpty(" · ", s.what...)
	if at := text.JoinNonEmpty(" · ", s.at...); at != "" {
		words += " on " + at
	}
	return trail.Line(words)
}

// ran tells whether a request was carried out, or may have been.
func ran(r approvals.Request) bool {
	return slices.Contains([]approvals.State{approvals.Done, approvals.Failed, approvals.Interrupted}, r.State)
}

// became is what became of a request that ran: the endpoints' word before the console's.
func became(r approvals.Request) string {
	e := effect.Of(r)
	switch lead := e.Lead(); {
	case r.State == approvals.Interrupted:
		return "may have run"
	case e.Watched && r.State == approvals.Done && lead != "":
		return lead
	}
	return string(e.Outcome(render.Outcome(r.Outcome)))
}

// stillOpen is what somebody has to do: about the subject, and about requests that wait or are not
// done yet.
func (c *Case) stillOpen() []string {
	open := slices.Clone(c.summary.open)
	for _, r := range c.requests {
		switch e := effect.Of(r); {
		case r.State == approvals.Pending:
			open = append(open, r.Ref+" "+c.titled(r)+" waits for approval")
		case r.State == approvals.Approved || r.State == approvals.Running:
			open = append(open, r.Ref+" "+c.titled(r)+" is approved and not done yet")
		case r.Undecided():
			open = append(open, r.Ref+" "+c.titled(r)+" may have run: check the console")
		case e.Watched && r.State == approvals.Done && len(e.Waiting) > 0:
			open = append(open, r.Ref+" "+e.Lead())
		}
	}
	return open
}

// maxDone is how many requests a card tells of; the report has all.
const maxDone = 5

// first are the first lines of a card.
func (c *Case) first() []render.Part {
	parts := []render.Part{render.Line{render.Bold(cmp.Or(c.summary.line(), trail.Line(c.about())))}}
	var stands render.Line
	switch open := c.stillOpen(); {
	case len(open) > 0:
		stands = render.Line{render.Bold("Still open: "), render.Text(trail.Line(strings.Join(open, " · ")) + ".")}
	case len(c.summary.done) > 0 && len(c.missing) == 0: // what could not be read may be open
		stands = render.Line{render.Text("Nothing is still open.")}
	}
	if len(c.summary.done) > 0 {
		stands = append(stands, render.Text(" Settled: "+strings.Join(c.summary.done, " · ")+"."))
	}
	if len(stands) > 0 { // else the console does not tell
		parts = append(parts, stands)
	}
	if line := c.isolationLine(); len(line) > 0 {
		parts = append(parts, line)
	}
	return parts
}

// done are the requests that ran, a line each: what, for what, what became of it, by whom.
func (c *Case) done() (parts []render.Part) {
	done := slices.DeleteFunc(slices.Clone(c.requests), func(r approvals.Request) bool { return !ran(r) })
	for _, r := range done[max(0, len(done)-maxDone):] {
		line := render.Line{render.Bold("Done: "), render.Text(text.JoinNonEmpty(" · ", c.titled(r), became(r)) + " · "), render.User(r.Requester)}
		for i, v := range r.Counting() {
			line = append(line, render.Text([]string{", approved by ", ", "}[min(i, 1)]), render.User(v.User))
		}
		if r.Reason != "" {
			line = append(line, render.Text(": “"+text.Shorten(trail.Line(r.Reason), 100)+"”"))
		}
		parts = append(parts, append(line, render.Text(" · "), render.At(cmp.Or(r.Finished, r.Started))))
	}
	if more := len(done) - maxDone; more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d before that; report.md has all", more))})
	}
	return parts
}

// inShort is the same for the report.
func (c *Case) inShort() []catalog.Fact {
	facts := catalog.FactsOf("In short", c.summary.line(), "Still open", strings.Join(c.stillOpen(), " · "), "Settled", strings.Join(c.summary.done, " · "))
	if c.isolated.Isolated() {
		facts = append(facts, catalog.Fact{Label: "Isolation", Value: c.isolationWords()})
	}
	for _, r := range c.requests {
		if ran(r) {
			facts = append(facts, catalog.Fact{Label: "Done", Value: text.JoinNonEmpty(" · ", c.titled(r), became(r), r.RequesterName)})
		}
	}
	return facts
}
