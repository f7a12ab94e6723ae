package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/commands/catalog"
)

// decisions are the requests that touch the subject or its endpoint, made since it was found, and
// the rows of the audit trail about them.
//
// Requests are copied field by field: a request also holds sealed secrets and the places of its
// cards, which are nobody's business outside.
func (m Maker) decisions(ctx context.Context, c *Case, z *archive) error {
	if err := m.find(ctx, c); err != nil {
		return err
	}
	c.count("Requests", len(c.requests))
	var told []map[string]any
	for _, r := range c.requests {
		told = append(told, map[string]any{
			"id": r.ID, "ref": r.Ref, "command": r.Command, "title": r.Title, "requester": r.Requester, "requester_name": r.RequesterName, "reason": r.Reason, "ticket": r.Ticket,
			"state": r.State, "outcome": r.Outcome, "created": r.Created, "started": r.Started, "finished": r.Finished, "approvals": r.Approvals, "closed": r.Closed,
		})
	}
	if err := z.json("requests.json", catalog.Marshal(told)); err != nil {
		return err
	}
	return m.audit(ctx, c, z)
}

// find looks through the requests since the subject was found, a page at a time, the oldest first:
// what was asked for soon after is what the case is about.
func (m Maker) find(ctx context.Context, c *Case) error {
	q, known := approvals.Query{Since: c.At, Limit: requestPage}, map[string]bool{}
	for looked := 0; ; {
		found, err := m.Ledger.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range found {
			if !known[r.ID] && m.Here(r) && concerns(r, c.Subject) {
				c.requests, known[r.ID] = append(c.requests, r), true
			}
		}
		if len(found) < requestPage {
			return nil
		}
		if looked += len(found); looked >= maxRequests {
			c.missing = append(c.missing, fmt.Sprintf("requests after the first %d", maxRequests))
			return nil
		}
		q = q.Next(found)
	}
}

// concerns tells whether a request touches the subject, or the endpoint that it is on.
//
// The plan is what counts and not the parameters: those may be a filter, and only the plan says
// what it matched.
func concerns(r approvals.Request, s Subject) bool {
	var plan catalog.Plan
	if json.Unmarshal(r.Plan, &plan) != nil {
		return false
	}
	return slices.ContainsFunc(plan.Targets, func(t catalog.Target) bool {
		return t.ID == s.ID || s.Threat != "" && t.ID == string(s.Threat) || s.Agent != "" && (t.ID == string(s.Agent) || t.Agent == string(s.Agent))
	})
}

// audit writes the rows of these requests as they stand in the trail, in its order, so that `s1bot
// audit --verify --against` knows them.
//
// HTML is not escaped, unlike Go's default: people read these lines too.
func (m Maker) audit(ctx context.Context, c *Case, z *archive) error {
	var rows []approvals.Entry
	for _, r := range c.requests {
		found, err := m.Ledger.Audit(ctx, approvals.AuditQuery{Request: r.ID})
		if err != nil {
			return err
		}
		for e, err := range found.Entries {
			if err != nil {
				return err
			}
			rows = append(rows, e)
		}
	}
	slices.SortFunc(rows, func(a, b approvals.Entry) int { return int(a.Seq - b.Seq) })
	c.count("Audit entries", len(rows))
	reader := trail.New(trail.Config{Title: m.Title})
	return z.file("audit.jsonl", func(w io.Writer) error {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		for _, e := range rows {
			row := reader.Row(ctx, e)
			c.add(e.At, row.Who, row.Sentence)
			if err := lines.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// when writes a time for the report.
func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// inert is what somebody else wrote, as code of Markdown on one line: nothing in it is a link, a
// mention or formatting.
//
// Backticks are replaced by a character that looks alike, because inside a code span of Markdown
// nothing escapes one.
func inert(s string) string {
	line := strings.NewReplacer("`", "ˋ", "|", "¦").Replace(trail.Line(s))
	if line == "" {
		line = "—"
	}
	if r := []rune(line); len(r) > 1000 {
		line = string(r[:999]) + "…"
	}
	return "`" + line + "`"
}
