package catalog

import (
	"strings"

	"s1bot/commands/text"
	"s1bot/s1"
)

// An Acceptance is what the console said to a change beyond yes or no, for those who watch what becomes of it.
type Acceptance struct {
	Count   int               // how many of the targets it took
	Refused map[string]string // why it did not take the others, by id, where it says so
	Task    s1.TaskID         // that does it, if one does
}

// accepted tells whoever watches.
func (c *Call) accepted(a Acceptance) {
	if c.OnAccept != nil {
		c.OnAccept(a)
	}
}

// refused are the things of which the console did nothing, or not the very step that was asked for, and why. What it skipped beside
// that, or does already, is not among them.
func (c Outcome) refused() map[string]string {
	results, begun, refused := c.results(), map[string]bool{}, map[string]string{}
	for _, d := range c.Result.Details {
		begun[d.ID] = len(d.Reports) > 0
		if !d.OK() {
			refused[d.ID] = results[d.ID]
		}
	}
	for _, s := range c.Result.Skipped {
		asked := s.Action != "" && strings.HasPrefix(text.Squash(c.Step), text.Squash(s.Action)) // rollback-remediation is rollback in answers
		if (asked || !begun[s.ID]) && s.Reason != "triggered" {
			refused[s.ID] = results[s.ID]
		}
	}
	delete(refused, "")
	return refused
}

// acceptance is what is to be told of a change.
func (c Outcome) acceptance() Acceptance {
	return Acceptance{Count: min(c.count(), len(c.Targets)), Refused: c.refused(), Task: c.Task}
}
