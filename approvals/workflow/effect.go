package workflow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// How the console's yes is followed until it is the endpoint's yes.
const (
	watchLimit  = 24 * time.Hour // an endpoint that is off for longer is nobody's surprise
	settledSoon = 30 * time.Second
)

// An effect is what the console said about a request beyond its answer. It is part of the row and of the audit trail.
type effect struct {
	Changed  []string          `json:"changed,omitempty"`  // since it was shown to who approved
	Gone     []string          `json:"gone,omitempty"`     // left out, because the console no longer has it; ids
	Before   []string          `json:"before,omitempty"`   // isolated already when it ran; ids
	Accepted int               `json:"accepted,omitempty"` // by the console
	Refused  map[string]string `json:"refused,omitempty"`  // by the console: why, by id
	Task     string            `json:"task,omitempty"`     // of a script, that does it
	Watched  bool              `json:"watched,omitempty"`
	Applied  int               `json:"applied,omitempty"`
	Waiting  []string          `json:"waiting,omitempty"`
	Partly   []string          `json:"partly,omitempty"` // at their end, and not all of it was done
	Failed   []string          `json:"failed,omitempty"`
	Untaken  int               `json:"untaken,omitempty"` // that the console did not take, without saying which
	Unseen   []string          `json:"unseen,omitempty"`  // of which the console does not tell
	Done     string            `json:"done,omitempty"`    // what an applied target is: "isolated"
	Overdue  bool              `json:"overdue,omitempty"`
	Stopped  bool              `json:"stopped,omitempty"` // I've stopped watching
	States   map[string]string `json:"states,omitempty"`  // how far the first targets are, by id
	Says     []string          `json:"says,omitempty"`    // where nobody knows whether it ran: what the console says of each target
}

func effectOf(req approvals.Request) (e effect) {
	if json.Unmarshal(req.Effect, &e) != nil {
		return effect{}
	}
	return e
}

// Words are the three states apart: accepted by the console, applied by the endpoints, and failed or not yet applied.
func (e effect) Words() string {
	var words []string
	if e.Accepted > 0 {
		words = append(words, fmt.Sprintf("%d accepted", e.Accepted))
	}
	if e.Watched && (e.Applied > 0 || len(e.Waiting)+len(e.Failed)+len(e.Partly)+len(e.Unseen) > 0) {
		words = append(words, fmt.Sprintf("%d applied", e.Applied))
	}
	if len(e.Waiting) > 0 {
		words = append(words, fmt.Sprintf("%d waiting (%s)", len(e.Waiting), some(e.Waiting)))
	}
	if len(e.Partly) > 0 {
		words = append(words, fmt.Sprintf("%d partly applied (%s)", len(e.Partly), some(e.Partly)))
	}
	if len(e.Failed) > 0 {
		words = append(words, fmt.Sprintf("%d failed (%s)", len(e.Failed), some(e.Failed)))
	}
	if e.Untaken > 0 {
		words = append(words, fmt.Sprintf("%d not accepted by the console, which doesn't say which", e.Untaken))
	}
	if len(e.Unseen) > 0 {
		words = append(words, fmt.Sprintf("%d with no status from the console (%s)", len(e.Unseen), some(e.Unseen)))
	}
	return strings.Join(words, " · ")
}

// parts tell of an effect: how far it is, what waits and why, what was different from what was shown.
func (e effect) parts() []render.Part {
	var parts []render.Part
	if words := e.Words(); words != "" {
		parts = append(parts, render.Line{render.Text(words)})
	}
	if words := e.warning(); words != "" {
		parts = append(parts, render.Line{render.Bold("⚠ " + words)})
	}
	if len(e.Changed) > 0 {
		parts = append(parts, render.Note{render.Text("Changed since the request: " + some(e.Changed))})
	}
	return parts
}

// table tells how far each of the first targets is.
func (e effect) table(targets []catalog.Target) render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "Where"}}}
	for _, t := range targets {
		if state, ok := e.States[t.ID]; ok {
			where := strings.TrimPrefix(strings.Join([]string{t.Host, cmp.Or(Place(t), "—")}, " · "), " · ")
			table.Rows = append(table.Rows, []render.Line{{render.Link(t.Name, t.URL)}, {render.Text(state)}, {render.Text(where)}})
		}
	}
	return table
}

// warning says that too much time has passed, if so.
func (e effect) warning() string {
	switch {
	case len(e.Waiting) == 0 || !e.Overdue && !e.Stopped:
		return ""
	case allRestart(e.Waiting):
		return "The rest follows when the endpoint restarts. Use restart-endpoints to restart it."
	case e.Stopped:
		return "It wasn't applied within a day, so I've stopped watching. It may still be applied when the endpoint is back online."
	case allOffline(e.Waiting):
		return "This is taking longer than it should: offline endpoints follow when they are back online."
	}
	return "This is taking longer than it should: check the endpoint."
}

// some is the first few of a list.
func some(list []string) string {
	words := strings.Join(list[:min(len(list), 5)], ", ")
	if more := len(list) - 5; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// lead is the first line of a card about something that is not done yet, or was not done everywhere; "" where the endpoints did it.
func (e effect) lead() string {
	if len(e.Waiting)+len(e.Partly)+len(e.Failed) == 0 && len(e.Unseen) > 0 {
		return "Accepted; the console doesn't say whether " + some(e.Unseen) + " is " + e.Done
	}
	total := e.Applied + len(e.Waiting) + len(e.Partly) + len(e.Failed) + len(e.Unseen)
	return catalog.NotYet(e.Done, e.Applied, total, e.Waiting, slices.Concat(e.Partly, e.Failed))
}

// outcome is the specification's word for what was seen since: the row's is the console's yes.
func (e effect) outcome(said render.Outcome) render.Outcome {
	switch done := e.Applied + len(e.Partly) + len(e.Waiting) + len(e.Unseen); {
	case said == render.Failed || len(e.Failed)+len(e.Partly) == 0:
		return said
	case done == 0:
		return render.Failed
	}
	return render.Partial
}

// withEffect puts what the endpoints did since ahead of the outcome: a green tick waits for them.
func withEffect(card render.Card, req approvals.Request) render.Card {
	e := effectOf(req)
	if !e.Watched || req.State != approvals.Done {
		return card
	}
	card.Outcome = e.outcome(card.Outcome)
	card.Text = requestText(req) // what a phone and a screen reader say follows the card
	if card.Lead = e.lead(); card.Lead == "" {
		return card
	}
	if card.Tone = render.Warning; len(e.Waiting) > 0 {
		card.Tone = render.Waiting
	}
	card.Text = card.Lead + " · " + card.Text
	return card
}

// EffectWords says in words what a request's effect says, as its row and the audit trail keep it.
func EffectWords(raw json.RawMessage) string { return effectOf(approvals.Request{Effect: raw}).Words() }
