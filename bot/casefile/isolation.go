package casefile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// An endpoint that is isolated was isolated by somebody, until some time: whoever takes a case over
// has to know both, also where that was asked for before the case's threat was found.

// isolatedFor is how far back an isolation that still stands is looked for: an endpoint that was away
// for longer is decommissioned.
const isolatedFor = 90 * 24 * time.Hour

// isolator finds the request because of which the endpoint is isolated: the last that ran and has
// not ended. Where there is none it is the one that runs: the console isolates before it answers.
func (m Maker) isolator(ctx context.Context, c *Case) error {
	if !c.isolated.Isolated() || len(m.Isolating) == 0 {
		return nil
	}
	q := approvals.Query{States: []approvals.State{approvals.Done, approvals.Interrupted, approvals.Running}, Commands: m.Isolating, Since: m.Now().Add(-isolatedFor), Limit: requestPage}
	for looked := 0; looked < maxRequests; {
		found, err := m.Ledger.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range found {
			if m.Here(r) && m.isolates(r, c.Agent) && (c.isolation == nil || explains(r, *c.isolation)) {
				c.isolation = &r
			}
		}
		if len(found) < requestPage {
			return nil
		}
		looked, q = looked+len(found), q.Next(found)
	}
	return nil
}

// explains tells whether an isolation is rather due to a request than to another.
func explains(r, other approvals.Request) bool {
	if runs := r.State == approvals.Running; runs != (other.State == approvals.Running) {
		return !runs
	}
	return r.Started.After(other.Started)
}

// isolates tells whether a request is one that isolated an endpoint and did not end since. The store
// may hand out rows of older versions that are of other commands.
func (m Maker) isolates(r approvals.Request, agent s1.AgentID) bool {
	return slices.Contains(m.Isolating, r.Command) && r.Undone == nil && (r.Term == nil || r.Term.Over.IsZero()) &&
		slices.ContainsFunc(plans.Of(r).Targets, func(t catalog.Target) bool { return t.ID == string(agent) })
}

// isolationLine tells on the card that the endpoint is isolated, by whom and until when; empty where
// it is not.
func (c *Case) isolationLine() render.Line {
	if !c.isolated.Isolated() {
		return nil
	}
	line := render.Line{render.Bold("⛔ " + cmp.Or(c.Host, "The endpoint") + " is isolated")}
	r := c.isolation
	if r == nil {
		return append(line, render.Text(", and I know of no request that did it."))
	}
	line = append(line, render.Text(" ("+r.Ref+underWay(*r)+"): requested by "), render.User(r.Requester))
	for i, v := range r.Counting() {
		line = append(line, render.Text([]string{", approved by ", ", "}[min(i, 1)]), render.User(v.User))
	}
	if r.State == approvals.Running {
		return append(line, render.Text("."))
	}
	if r.Term == nil || r.Term.Ends.IsZero() {
		return append(line, render.Text(". No end set."))
	}
	return append(line, render.Text(", until "), render.At(r.Term.Ends), render.Text("."))
}

// underWay says of a request that its outcome isn't there yet.
func underWay(r approvals.Request) string {
	if r.State == approvals.Running {
		return ", still under way"
	}
	return ""
}

// isolationWords are the same for the report.
func (c *Case) isolationWords() string {
	r := c.isolation
	if r == nil {
		return "isolated; no request through the bot is known that did it"
	}
	end := ", no end set"
	switch {
	case r.State == approvals.Running:
		end = ""
	case r.Term != nil && !r.Term.Ends.IsZero():
		end = ", until " + when(r.Term.Ends)
	}
	words := "isolated by " + r.Ref + underWay(*r) + ", requested by " + cmp.Or(r.RequesterName, r.Requester)
	for i, v := range r.Counting() {
		words += []string{", approved by ", ", "}[min(i, 1)] + v.User
	}
	return words + end
}
