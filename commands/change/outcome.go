// Package change says what became of a change: at once, from the console's answer (Outcome), and
// later, from what the console shows of the endpoints and threats (the effects that commands
// declare, such as Isolation).
//
// A change goes through three states, and the words for them never mix:
//
//	requested ──the console's yes──▶ accepted ──the endpoint shows it──▶ applied
//	                │                              └─ overdue, or said so ──▶ not applied yet, failed
//	                └─ affected: 0, refused ──▶ failed
//
// A command calls the console, looks at the same things once more, and makes an Outcome of both:
// the look-up costs a call and turns ids into names with the state they are in now. Commands that
// set one value on many things are literals of Setting; those that the console takes one at a time
// go through OneByOne; those that make something end with Visible. What Outcome finds accepted and
// not yet applied is told to the workflow (Call.RecordAccepted), which watches by the same Effect
// until it is applied or overdue.
//
// What is looked up after the change says nothing about the change itself. A look-up that fails
// takes names from the card, never its success.
//
// The rule that must not break: the console's yes is not the endpoint's. An answer that counts
// nothing is a failure, whatever its status says; one that counts fewer than were asked for is a
// partial success; and "accepted" never reads as "done".
package change

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// MaxShown is how many targets are looked up again for the outcome: no table of Slack's has more
// rows. It also keeps the look-up within one call: a query with 100 ids of 19 digits is an address
// of 2 KB, which every proxy takes.
const MaxShown = 100

// An Outcome is what became of the things that a command was to change. It is a value that is
// filled in step by step; Card closes it. The count on the card is never larger than the number of
// Targets: what the console counts beyond them is told as a warning.
type Outcome struct {
	Noun    string           // "endpoint"
	Done    string           // what was done to them: "isolation accepted"
	Step    string           // which of the console's steps was asked for, where it takes several: "rollback-remediation"
	Targets []catalog.Target // as they are now; Name is the id where nothing more is known
	Result  s1.ActionResult
	States  map[string]string // by id: what is to be told of one, where the console's details do not
	Why     string            // what it means that nothing was changed
	Notes   []string
	Actions []render.Action
	Task    s1.TaskID // that does it, if one does
	More    string    // that a call counted more than it was for, where each thing has a call of its own; see catalog.Excess
	word    string    // what a thing is once it is done, for await: "isolated"
	waiting []string  // what the console took and is not so yet, and why; see await
	applied int       // how many are so already
}

// Card tells the outcome. A yes of the console's that changed nothing is a failure; one that
// changed less than was asked for is a partial success. The status of such a failure is 200,
// because that is what the console said, and the person may look for it in its log.
func (c Outcome) Card(call *catalog.Call) render.Card {
	title := call.Command.Title
	count := min(c.count(), len(c.Targets))
	call.RecordAccepted(c.acceptance())
	if count == 0 {
		words := "The console changed nothing (affected: 0)."
		if c.Result.Affected > 0 {
			words = "The console accepted the call but refused it for every " + c.Noun + "."
		}
		card := render.Failure(title, http.StatusOK, words, c.Why)
		card.Parts = append(card.Parts, c.Table())
		card.Actions = c.Actions
		return card
	}
	words := fmt.Sprintf("%d of %s: %s", count, text.Plural(len(c.Targets), c.Noun), c.Done)
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words + ": " + c.Names(), Actions: c.Actions}
	if count < len(c.Targets) || len(c.Result.Failed()) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	card.Parts = []render.Part{render.Line{render.Text(words + ".")}, c.Table()}
	if strings.HasSuffix(c.Done, " accepted") && len(c.Targets) == 1 && len(c.waiting) > 0 && card.Outcome == render.Successful && c.excess() == "" {
		card.Parts = card.Parts[1:] // the lead says all of that
	}
	c.lead(&card)
	for _, note := range c.Notes {
		card.Parts = append(card.Parts, render.Note{render.Text(note)})
	}
	return card
}

// lead puts what the reader must know ahead of the outcome: that endpoints have not done yet what
// the console took, or that the console tells of more than was asked for.
func (c Outcome) lead(card *render.Card) {
	switch excess := c.excess(); {
	case excess != "":
		LeadWithExcess(card, excess)
	case len(c.waiting) > 0:
		card.LeadWith(render.Waiting, catalog.NotYet(c.word, c.applied, c.applied+len(c.waiting), c.waiting, nil))
	}
}

// excess says that the console counts more than was asked for, if it does.
func (c Outcome) excess() string {
	return cmp.Or(c.More, catalog.Excess(c.Result.Affected, len(c.Targets)))
}

// LeadWithExcess heads a card by that: whatever else it tells is no success to be silent about.
func LeadWithExcess(card *render.Card, excess string) {
	card.LeadWith(render.Warning, excess)
	card.Parts = slices.Insert(card.Parts, 0, render.Part(render.Line{render.Bold("⚠ "), render.Text(catalog.ExcessAdvice)}))
}

// Await looks which of the things are already what they were to become. What nobody could look at
// waits, and what the console refused does not. It is asked right after the console's yes, when
// most endpoints have not heard of the change: to say so is the point.
func (c Outcome) Await(word string, at func(catalog.Target) (catalog.Progress, string)) Outcome {
	c.word, c.waiting, c.applied = word, nil, 0
	refused := c.refused()
	for _, t := range c.Targets {
		if _, no := refused[t.ID]; no {
			continue
		}
		switch is, why := at(t); is {
		case catalog.Applied:
			c.applied++
		case catalog.Waiting, catalog.Unseen:
			c.waiting = append(c.waiting, text.JoinNonEmpty(" ", text.JoinNonEmpty(" on ", t.Name, t.Host), why))
		}
	}
	return c
}

// count is how many things were changed: consoles count what they refused as affected, too. Threat
// calls name what they refused in details[] or skipped[] and count it all the same; older consoles
// name nothing, and there the number alone is believed.
func (c Outcome) count() int {
	return max(0, min(c.Result.Affected, max(len(c.Targets), c.Result.Affected)-len(c.refused())))
}

// Table shows the targets and what became of each.
func (c Outcome) Table() render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "State"}, {Title: "Where"}}}
	results := c.results()
	for _, target := range c.Targets {
		where := text.JoinNonEmpty(" · ", target.Host, text.JoinNonEmpty(" / ", target.Site, target.Group))
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(target.Name, target.URL)}, {render.Text(results[target.ID])}, {render.Text(target.State)}, {render.Text(where)},
		})
	}
	return t
}

// results words what the console said about each id. Three sources, later ones win: what was seen,
// what details[] says of an id, what skipped[] says of it.
func (c Outcome) results() map[string]string {
	results := map[string]string{}
	for _, t := range c.Targets {
		results[t.ID] = c.States[t.ID]
		if results[t.ID] == "" && c.Result.Affected >= len(c.Targets) {
			results[t.ID] = "accepted"
		}
	}
	for _, d := range c.Result.Details {
		if d.Result != "" {
			results[d.ID] = ResultWord(d.Result)
		}
		if d.Verdict != "" {
			results[d.ID] = text.JoinNonEmpty(", ", "status "+results[d.ID], "verdict "+ResultWord(d.Verdict))
		}
	}
	for _, s := range c.Result.Skipped {
		action := strings.ReplaceAll(s.Action, "_", " ")
		skipped := text.JoinNonEmpty(": ", text.JoinNonEmpty(" ", action, "not done,", skipWord(s.Reason)), s.Description)
		results[s.ID] = text.JoinNonEmpty("; ", c.States[s.ID], skipped)
	}
	return results
}

// ResultWord words the console's details[].result. They are the words of threats/incident,
// threats/analyst-verdict and their like; a new one is shown as it is, without its underscores.
func ResultWord(result string) string {
	words := map[string]string{
		"updated": "updated", "already_set": "already set", "not_changed": "unchanged", "conditions_not_met": "not done, its conditions are not met",
		"missing_permissions": "not done, the console token's role lacks the permission",
	}
	if word, ok := words[result]; ok {
		return word
	}
	return strings.ReplaceAll(result, "_", " ")
}

// skipWord words the console's skipped[].reason. They are the words of threats/mitigate/{action}.
func skipWord(reason string) string {
	words := map[string]string{
		"permissions": "the console token's role lacks the permission", "not_supported": "the operating system doesn't support it",
		"precondition": "its preconditions are not met", "triggered": "it is under way already",
	}
	if word, ok := words[reason]; ok {
		return word
	}
	return cmp.Or(strings.ReplaceAll(reason, "_", " "), "no reason was given")
}

// Names lists the first targets.
func (c Outcome) Names() string {
	names := make([]string, len(c.Targets))
	for i, t := range c.Targets {
		names[i] = t.Name
	}
	return catalog.FirstOf(names)
}

// Known returns targets for ids from the rows that were found; what was not found is known by its
// id alone.
func Known[T any, ID ~string](call *catalog.Call, kind string, ids []ID, found []T, target func(*catalog.Call, T) catalog.Target) []catalog.Target {
	byID := map[string]catalog.Target{}
	for _, thing := range found {
		t := target(call, thing)
		byID[t.ID] = t
	}
	targets := make([]catalog.Target, len(ids))
	for i, id := range ids {
		t, ok := byID[string(id)]
		if !ok {
			t = catalog.Target{Kind: kind, ID: string(id), Name: string(id)}
		}
		targets[i] = t
	}
	return targets
}

// Named is an outcome whose things have the names that were found after the change; err is why not all of them were.
func Named[T any, ID ~string](c Outcome, call *catalog.Call, ids []ID, found []T, err error, target func(*catalog.Call, T) catalog.Target) Outcome {
	c.Targets = Known(call, c.Noun, ids, found, target)
	if err != nil {
		c.Notes = append(c.Notes, "I couldn't read the names of the "+c.Noun+"s.")
	}
	c.Actions = Opens(c.Targets)
	return c
}

// Opens is the button that leads to the only target in the console.
func Opens(targets []catalog.Target) []render.Action {
	if len(targets) == 1 && targets[0].URL != "" {
		return []render.Action{render.Button{Label: "Open in console", URL: targets[0].URL}}
	}
	return nil
}

// Reached is whether a thing is as it was wanted, and in words what it is. Nothing is said of what
// the console does not tell. Words are empty where the row has no such field at all: nothing is
// claimed of it, for good or ill.
type Reached struct {
	Words string
	Yes   bool
}

// ReachedBy compares what a thing has with what was wanted. An empty value is none that the console
// told, so it is neither a yes nor a no, and no card says anything of it.
func ReachedBy[T interface {
	comparable
	Label() string
}](what string, is, wanted T) Reached {
	var unsaid T
	switch is {
	case wanted:
		return Reached{what + " " + is.Label(), true}
	case unsaid:
		return Reached{}
	}
	return Reached{what + " still " + is.Label(), false}
}

// States says of each thing what it is now. Where the console says that it changed all of them, one
// that does not show it was accepted, and is not visible yet. all is whether the console counted as
// many as were asked for.
func States[T any, ID ~string](found []T, all bool, identity func(T) ID, state func(T) Reached) map[string]string {
	words := map[string]string{}
	for _, thing := range found {
		is := state(thing)
		if !is.Yes && all && is.Words != "" {
			is.Words = "accepted, not visible yet: " + is.Words
		}
		words[string(identity(thing))] = is.Words
	}
	return words
}

// OneByOne does something to things that the console takes one at a time, and tells which failed
// and why. Where all fail, or the console wants other rights, the error is the console's. It stops
// at once where the next call would fail alike (401 and 403 before anything worked) and where it is
// not known whether the first one was done; after a first success it goes on, because half of a
// list that is done must be told as done.
func OneByOne[T any](call *catalog.Call, noun, done string, things []T, do func(T) (catalog.Target, string, error)) (render.Card, error) {
	c := Outcome{Noun: noun, Done: done, States: map[string]string{}}
	var failures []error
	for _, thing := range things {
		target, state, err := do(thing)
		var refused *s1.Error
		switch {
		case err == nil:
			c.Result.Affected++
		case !errors.As(err, &refused):
			return render.Card{}, err
		case c.Result.Affected == 0 && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden || refused.Unknown()):
			return render.Card{}, err
		default:
			failures = append(failures, err)
			state = "not " + done + ": " + refused.Message
			if refused.Unknown() {
				state = "unknown: " + refused.Message
			}
		}
		c.Targets, c.States[target.ID] = append(c.Targets, target), state
	}
	if c.Result.Affected == 0 {
		return render.Card{}, allRefusals(failures)
	}
	return c.Card(call), nil
}

// allRefusals is the first refusal with the words of all. Each sentence once: twenty hashes that
// fail for one reason are one sentence.
func allRefusals(failures []error) error {
	var first *s1.Error
	if !errors.As(failures[0], &first) {
		return failures[0]
	}
	told := *first
	var words []string
	for _, err := range failures {
		var e *s1.Error
		if errors.As(err, &e) && !slices.Contains(words, e.Message) {
			words = append(words, e.Message)
		}
	}
	told.Message = strings.Join(words, "; ")
	return &told
}

// eachGone words that all are. It is for deletions that the console counted in full: which ids it
// means is then certain, and reading them back would find nothing.
func eachGone[ID ~string](ids []ID, word string) map[string]string {
	states := map[string]string{}
	for _, id := range ids {
		states[string(id)] = word
	}
	return states
}

// remains words what became of each id, by what is still there. Where the console counted fewer
// than were asked for it does not say which, and what can still be read was not deleted.
func remains[T any, ID ~string](ids []ID, found []T, there func(T) (ID, bool)) map[string]string {
	states := eachGone(ids, "deleted")
	for _, thing := range found {
		if id, still := there(thing); still {
			states[string(id)] = "not deleted: the console token's role might not cover its scope"
		}
	}
	return states
}

// refused are the things of which the console did nothing, or not the very step that was asked for,
// and why. What it skipped beside that, or does already, is not among them. rollback-remediation is
// the case to think of: the console runs kill, quarantine and remediate first, and may skip the
// rollback alone. The threat then has reports, and what was asked for has still not happened.
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
func (c Outcome) acceptance() catalog.Acceptance {
	return catalog.Acceptance{Count: min(c.count(), len(c.Targets)), Refused: c.refused(), Task: c.Task, Excess: c.excess()}
}
