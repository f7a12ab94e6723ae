package requestcards

import (
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/render"
)

// ForViewer is a card of a request for one person alone: without the buttons that are certainly not
// theirs. A card that several people see has all of them, and who may not reads whose they are.
func ForViewer(card render.Card, req approvals.Request, p policy.Person, now time.Time) render.Card {
	card.Actions = slices.DeleteFunc(slices.Clone(card.Actions), func(a render.Action) bool {
		b, ok := a.(render.Button)
		if !ok {
			return false
		}
		switch b.Do.Command {
		case "approve":
			return req.BarredFromApproving(p, now)
		case "deny":
			return req.BarredFromDeciding(p, now)
		case "withdraw":
			return p.ID != req.Requester
		case "again", "close":
			return req.BarredFromClosing(p)
		case ExtendWord:
			return req.BarredFromExtending(p)
		case "thaw":
			return req.BarredFromThawing(p)
		}
		return false
	})
	return card
}

// RowLine is a request in a line of a list: which, what, and what of its card an approver decides by.
// A list has the same buttons as the card, so it says for how long an isolation is, where its
// targets are and which of them have active threats. Timed is a command that may be asked for a time.
func RowLine(req approvals.Request, timed bool) render.Line {
	targets := plans.Of(req).Targets
	words := plans.InARow(targets)
	if names := plans.Names(targets, 3); names != "" {
		words = append([]string{names}, words...)
	}
	switch {
	case req.Term != nil:
		words = append(words, "for "+Span(req))
	case timed:
		words = append(words, "no end set")
	}
	line := render.Line{render.Mono(req.Ref), render.Text(" "), render.Bold(req.Title)}
	if len(words) > 0 {
		line = append(line, render.Text(" · "+strings.Join(words, " · ")))
	}
	return line
}

// mostNamed is how many of those who may decide are named: a role of forty people would fill the
// card, and notify all of them. Groups stand for theirs.
const mostNamed = 5

// deciders are those who may decide a request beside its requester, as far as they are named. None
// are known where the policy has no such role any more.
func (c *Drawer) deciders(req approvals.Request) (named render.Line, known bool) {
	members := c.Policy().MembersOf(req.By)
	known = len(members) > 0
	members = slices.DeleteFunc(members, func(m policy.Member) bool {
		return string(m) == req.Requester && req.Command != approvals.FreezeCommand
	})
	for i, m := range members[:min(len(members), mostNamed)] {
		if i > 0 {
			named = append(named, render.Text(" "))
		}
		named = append(named, member(string(m)))
	}
	return named, known
}

// Barred answers who decides what is not theirs to decide: whose it is. The words begin a sentence.
func (c *Drawer) Barred(req approvals.Request, words string) render.Line {
	line := render.Line{render.Text(words)}
	if who, _ := c.deciders(req); len(who) > 0 {
		line = append(append(line, render.Text(" These can: ")), who...)
	}
	return line
}
