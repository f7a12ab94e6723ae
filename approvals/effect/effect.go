package effect

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

// How long the console's yes is followed until it is the endpoint's yes.
const (
	WatchLimit  = 24 * time.Hour   // an endpoint that is off for longer is nobody's surprise
	SettledSoon = 30 * time.Second // what is over by then needs no message of its own
)

// MostStates is of how many targets the state is told one by one; the rest are counted.
const MostStates = 10

// An Effect is what the console said about a request beyond its answer. It is part of the row and
// of the audit trail.
//
// Names and words of targets stand in it instead of their ids where people read them: the card of
// an old request must be drawn without the console, which may have forgotten the endpoint. Applied,
// Waiting, Partly, Failed and Unseen are set anew by each Measure and add up to the targets; the
// fields before Watched are facts of the run and are never measured again.
type Effect struct {
	Changed  []string          `json:"changed,omitempty"`  // since it was shown to who approved
	Gone     []string          `json:"gone,omitempty"`     // left out, because the console no longer has it; ids
	Before   []string          `json:"before,omitempty"`   // isolated already when it ran; ids
	Accepted int               `json:"accepted,omitempty"` // by the console
	Refused  map[string]string `json:"refused,omitempty"`  // by the console: why, by id
	Task     string            `json:"task,omitempty"`     // of a script, that does it
	Excess   string            `json:"excess,omitempty"`   // that the console counts more than was asked for, if it does
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

// Of is the effect of a request, as its row keeps it.
//
// A row without one, or with one that a later version wrote in another form, has an empty effect:
// the card then shows the console's answer and claims nothing more.
func Of(req approvals.Request) (e Effect) {
	if json.Unmarshal(req.Effect, &e) != nil {
		return Effect{}
	}
	return e
}

// Words are the three states apart: accepted by the console, applied by the endpoints, and failed
// or not yet applied.
//
// The same words stand in the audit trail's sentences, so they hold no formatting.
func (e Effect) Words() string {
	var words []string
	if e.Accepted > 0 {
		words = append(words, fmt.Sprintf("%d accepted", e.Accepted))
	}
	if e.Watched && (e.Applied > 0 || len(e.Waiting)+len(e.Failed)+len(e.Partly)+len(e.Unseen) > 0) {
		words = append(words, fmt.Sprintf("%d applied", e.Applied))
	}
	if len(e.Waiting) > 0 {
		words = append(words, fmt.Sprintf("%d waiting (%s)", len(e.Waiting), Some(e.Waiting)))
	}
	if len(e.Partly) > 0 {
		words = append(words, fmt.Sprintf("%d partly applied (%s)", len(e.Partly), Some(e.Partly)))
	}
	if len(e.Failed) > 0 {
		words = append(words, fmt.Sprintf("%d failed (%s)", len(e.Failed), Some(e.Failed)))
	}
	if e.Untaken > 0 {
		words = append(words, fmt.Sprintf("%d not accepted (the console doesn't say which)", e.Untaken))
	}
	if len(e.Unseen) > 0 {
		words = append(words, fmt.Sprintf("%d with no status from the console (%s)", len(e.Unseen), Some(e.Unseen)))
	}
	return strings.Join(words, " · ")
}

// Parts tell of an effect: how far it is, what waits and why, what was different from what was shown.
func (e Effect) Parts() []render.Part {
	var parts []render.Part
	if words := e.Words(); words != "" && !e.told() {
		parts = append(parts, render.Line{render.Text(words)})
	}
	if words := e.warning(); words != "" {
		parts = append(parts, render.Line{render.Bold("⚠ " + words)})
	}
	if len(e.Changed) > 0 {
		parts = append(parts, render.Note{render.Text("Changed since the request: " + Some(e.Changed))})
	}
	return parts
}

// told tells whether the words are on the card already: the console's answer says what was accepted
// until the endpoints were looked at, and of a single target that waits the first line says it all.
func (e Effect) told() bool {
	return !e.Watched && len(e.Failed)+e.Untaken == 0 || e.Excess == "" && e.Untaken == 0 && len(e.Waiting) == 1 && e.total() == 1
}

// total is on how many targets something was seen, or should have been.
func (e Effect) total() int {
	return e.Applied + len(e.Waiting) + len(e.Partly) + len(e.Failed) + len(e.Unseen)
}

// Table tells how far each of the first targets is.
//
// Name and result are its first two columns, for Slack on a phone shows those without scrolling.
func (e Effect) Table(targets []catalog.Target) render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "Where"}}}
	for _, t := range targets {
		if state, ok := e.States[t.ID]; ok {
			where := strings.TrimPrefix(strings.Join([]string{t.Host, cmp.Or(t.Place(), "—")}, " · "), " · ")
			table.Rows = append(table.Rows, []render.Line{{render.Link(t.Name, t.URL)}, {render.Text(state)}, {render.Text(where)}})
		}
	}
	return table
}

// warning says that too much time has passed, if so. What waits for a restart or for an endpoint
// that is off is told as that, since somebody can do something about the one and nothing about the
// other.
func (e Effect) warning() string {
	switch {
	case len(e.Waiting) == 0 || !e.Overdue && !e.Stopped:
		return ""
	case allRestart(e.Waiting):
		return "The rest takes effect when the endpoint restarts. Use restart-endpoints to restart it."
	case e.Stopped:
		return "It wasn't applied within a day, so I've stopped watching. It may still be applied when the endpoint is back online."
	case allOffline(e.Waiting):
		return "This is taking longer than it should. Offline endpoints will catch up when they're back online."
	}
	return "This is taking longer than it should: check the endpoint."
}

// Some is the first few of a list.
//
// Five names fit into two lines of a card.
func Some(list []string) string {
	words := strings.Join(list[:min(len(list), 5)], ", ")
	if more := len(list) - 5; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// Lead is the first line of a card about something that is not done yet, or was not done
// everywhere; "" where the endpoints did it.
//
// Where the console tells of none of the targets, the sentence says that nobody knows, and not that
// it failed.
func (e Effect) Lead() string {
	if e.Excess != "" { // whatever the endpoints did, something else may have been changed as well
		return e.Excess
	}
	if len(e.Waiting)+len(e.Partly)+len(e.Failed) == 0 && len(e.Unseen) > 0 {
		return "Accepted; the console doesn't say whether " + Some(e.Unseen) + " is " + e.Done
	}
	return catalog.NotYet(e.Done, e.Applied, e.total(), e.Waiting, slices.Concat(e.Partly, e.Failed))
}

// Outcome is the specification's word for what was seen since: the row's is the console's yes.
//
// Only what failed or was done in part can lower the word. What waits lowers nothing: "Successful"
// is the console's answer there, and the first line of the card says that the endpoints have not
// done it.
func (e Effect) Outcome(answer render.Outcome) render.Outcome {
	switch done := e.Applied + len(e.Partly) + len(e.Waiting) + len(e.Unseen); {
	case answer == render.Failed || len(e.Failed)+len(e.Partly) == 0:
		return answer
	case done == 0:
		return render.Failed
	}
	return render.Partial
}

// Words says in words what a request's effect says, as its row and the audit trail keep it.
func Words(raw json.RawMessage) string { return Of(approvals.Request{Effect: raw}).Words() }

// EndsAlone tells whether a term ends without an approval of its own: it was asked for so, and
// nothing of it was isolated by others while it waited.
func EndsAlone(req approvals.Request) bool { return req.Term.Auto && len(Of(req).Before) == 0 }
