package commands

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// maxShown is how many targets are looked up again for the outcome: no table of Slack's has more rows.
const maxShown = 100

// A change is what became of the things that a command was to change.
type change struct {
	noun    string   // "endpoint"
	done    string   // what was done to them: "isolation accepted"
	step    string   // which of the console's steps was asked for, where it takes several: "rollback-remediation"
	targets []Target // as they are now; Name is the id where nothing more is known
	result  s1.ActionResult
	states  map[string]string // by id: what is to be told of one, where the console's details do not
	why     string            // what it means that nothing was changed
	notes   []string
	actions []render.Action
	task    s1.TaskID // that does it, if one does
	word    string    // what a thing is once it is done, for await: "isolated"
	waiting []string  // what the console took and is not so yet, and why; see await
	applied int       // how many are so already
	wide    bool      // the console counts other things than the targets, so that more of them mean nothing
}

// card tells the outcome. A yes of the console's that changed nothing is a failure; one that changed less than was asked for
// is a partial success.
func (c change) card(call *Call) render.Card {
	title := call.command.Title
	count := min(c.count(), len(c.targets))
	call.accepted(c.acceptance())
	if count == 0 {
		words := "The console changed nothing (affected: 0)."
		if c.result.Affected > 0 {
			words = "The console took the call and refused it for every " + c.noun + "."
		}
		card := render.Failure(title, http.StatusOK, words, c.why)
		card.Parts = append(card.Parts, c.table())
		card.Actions = c.actions
		return card
	}
	words := fmt.Sprintf("%d of %s: %s", count, plural(len(c.targets), c.noun), c.done)
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words + ": " + c.names(), Actions: c.actions}
	if count < len(c.targets) || len(c.result.Failed()) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	card.Parts = []render.Part{render.Line{render.Text(words + ".")}, c.table()}
	c.lead(call, &card)
	for _, note := range c.notes {
		card.Parts = append(card.Parts, render.Note{render.Text(note)})
	}
	return card
}

// lead puts what the reader must know ahead of the outcome: that endpoints have not done yet what the console took, or that the console
// tells of more than was asked for.
func (c change) lead(call *Call, card *render.Card) {
	switch over := c.result.Affected - len(c.targets); {
	case over > 0 && !c.wide:
		card.Tone, card.Lead = render.Warning, fmt.Sprintf("The console reports %d affected, and %d asked for", c.result.Affected, len(c.targets))
		card.Parts = slices.Insert(card.Parts, 0, render.Part(render.Line{render.Bold("⚠ "), render.Text("It touched more than was asked for and does not say what else: look at the console.")}))
	case len(c.waiting) > 0:
		card.Tone, card.Lead = render.Waiting, NotYet(c.word, c.applied, c.applied+len(c.waiting), c.waiting, nil)
	default:
		return
	}
	card.Text = card.Lead + " · " + card.Text
}

// await looks which of the things are already what they were to become. What nobody could look at waits, and what the console refused
// does not.
func (c change) await(word string, at func(Target) (Progress, string)) change {
	c.word, c.waiting, c.applied = word, nil, 0
	refused := c.refused()
	for _, t := range c.targets {
		if _, no := refused[t.ID]; no {
			continue
		}
		switch is, why := at(t); is {
		case Applied:
			c.applied++
		case Waiting, Unseen:
			c.waiting = append(c.waiting, joinNonEmpty(" ", joinNonEmpty(" on ", t.Name, t.Host), why))
		}
	}
	return c
}

// leave says what will not be touched. Where it was named that makes a partial success of the outcome; where a filter or a group
// selected it, it is a remark.
func (p *Plan) leave(named bool, words []string) {
	if named {
		p.LeftOut = append(p.LeftOut, words...)
		return
	}
	p.Notes = append(p.Notes, words...)
}

// Told is the outcome with what the plan left out of it: less than was asked for is a partial success.
func (p Plan) Told(card render.Card) render.Card {
	for _, words := range p.LeftOut {
		card.Parts = append(card.Parts, render.Note{render.Text(words)})
	}
	if len(p.LeftOut) > 0 && card.Outcome == render.Successful {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card
}

// count is how many things were changed: consoles count what they refused as affected, too.
func (c change) count() int {
	return max(0, min(c.result.Affected, max(len(c.targets), c.result.Affected)-len(c.refused())))
}

// table shows the targets and what became of each.
func (c change) table() render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "State"}, {Title: "Where"}}}
	results := c.results()
	for _, target := range c.targets {
		where := joinNonEmpty(" · ", target.Host, joinNonEmpty(" / ", target.Site, target.Group))
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(target.Name, target.URL)}, {render.Text(results[target.ID])}, {render.Text(target.State)}, {render.Text(where)},
		})
	}
	return t
}

// results words what the console said about each id.
func (c change) results() map[string]string {
	results := map[string]string{}
	for _, t := range c.targets {
		results[t.ID] = c.states[t.ID]
		if results[t.ID] == "" && c.result.Affected >= len(c.targets) {
			results[t.ID] = "accepted"
		}
	}
	for _, d := range c.result.Details {
		if d.Result != "" {
			results[d.ID] = resultWord(d.Result)
		}
		if d.Verdict != "" {
			results[d.ID] = joinNonEmpty(", ", "status "+results[d.ID], "verdict "+resultWord(d.Verdict))
		}
	}
	for _, s := range c.result.Skipped {
		action := strings.ReplaceAll(s.Action, "_", " ")
		skipped := joinNonEmpty(": ", joinNonEmpty(" ", action, "not done,", skipWord(s.Reason)), s.Description)
		results[s.ID] = joinNonEmpty("; ", c.states[s.ID], skipped)
	}
	return results
}

// resultWord words the console's details[].result.
func resultWord(result string) string {
	words := map[string]string{
		"updated": "updated", "already_set": "was so already", "not_changed": "unchanged", "conditions_not_met": "not done, its conditions are not met",
		"missing_permissions": "not done, the console token's role lacks the permission",
	}
	if word, ok := words[result]; ok {
		return word
	}
	return strings.ReplaceAll(result, "_", " ")
}

// skipWord words the console's skipped[].reason.
func skipWord(reason string) string {
	words := map[string]string{
		"permissions": "the console token's role lacks the permission", "not_supported": "the system does not support it",
		"precondition": "its preconditions are not met", "triggered": "it is under way already",
	}
	if word, ok := words[reason]; ok {
		return word
	}
	return firstNonEmpty(strings.ReplaceAll(reason, "_", " "), "no reason was given")
}

// names lists the first targets.
func (c change) names() string {
	names := make([]string, len(c.targets))
	for i, t := range c.targets {
		names[i] = t.Name
	}
	return firstOf(names)
}

// firstOf lists the first of several words: "a, b, c, d, e, 7 more".
func firstOf(words []string) string {
	first := slices.Clone(words[:min(len(words), 5)])
	if more := len(words) - len(first); more > 0 {
		first = append(first, fmt.Sprintf("%d more", more))
	}
	return strings.Join(first, ", ")
}

// partly makes of an answer one that tells what of it is missing, if anything is.
func partly(card render.Card, missing string) render.Card {
	if missing == "" {
		return card
	}
	card.Tone, card.Outcome = render.Warning, render.Partial
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text("⚠ " + missing)}}, card.Parts)
	return card
}

// known returns targets for ids from the rows that were found; what was not found is known by its id alone.
func known[T any, ID ~string](call *Call, kind string, ids []ID, found []T, target func(*Call, T) Target) []Target {
	byID := map[string]Target{}
	for _, thing := range found {
		t := target(call, thing)
		byID[t.ID] = t
	}
	targets := make([]Target, len(ids))
	for i, id := range ids {
		t, ok := byID[string(id)]
		if !ok {
			t = Target{Kind: kind, ID: string(id), Name: string(id)}
		}
		targets[i] = t
	}
	return targets
}

// opens is the button that leads to the only target in the console.
func opens(targets []Target) []render.Action {
	if len(targets) == 1 && targets[0].URL != "" {
		return []render.Action{render.Button{Label: "Open in console", URL: targets[0].URL}}
	}
	return nil
}
