package casefile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// decisions are the requests that touch the subject or its endpoint, made since it was found, and
// the rows of the audit trail about them.
//
// Requests are copied field by field: a request also holds sealed secrets and the places of its
// cards, which are nobody's business outside.
func (m Maker) decisions(ctx context.Context, c *Case, z *archive) error {
	if err := errors.Join(m.find(ctx, c), m.isolator(ctx, c)); err != nil {
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
			if _, ok := c.touched(r); ok && !known[r.ID] && m.Here(r) {
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

// touched tells whether a request was for the subject, for a threat of its storyline, or for the
// endpoint itself, and says which where it was not the subject. What was done to another threat of
// the same endpoint is of another case: read as this one's, a verdict would stand here that nobody
// gave.
//
// The plan is what counts and not the parameters: those may be a filter, and only the plan says
// what it matched.
func (c *Case) touched(r approvals.Request) (what string, ok bool) {
	var plan catalog.Plan
	if json.Unmarshal(r.Plan, &plan) != nil {
		return "", false
	}
	for _, t := range plan.Targets {
		other, related := c.related[t.ID]
		switch {
		case t.ID == c.ID || c.Threat != "" && t.ID == string(c.Threat):
			return "", true
		case c.Agent != "" && t.Kind != "threat" && t.Kind != "alert" && (t.ID == string(c.Agent) || t.Agent == string(c.Agent)):
			what, ok = "endpoint "+cmp.Or(c.Host, t.Name), true
		case related && !ok:
			what, ok = "threat "+cmp.Or(other, t.Name), true
		}
	}
	return what, ok
}

// titled is what a request was, and what for where that is not the subject.
func (c *Case) titled(r approvals.Request) string {
	what, _ := c.touched(r)
	return text.JoinNonEmpty(", ", r.Title, what)
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
			c.moments = append(c.moments, moment{e.At, row.Who, row.Sentence, true})
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
