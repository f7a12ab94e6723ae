package catalog

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// MaxShown is how many targets are looked up again for the outcome: no table of Slack's has more rows.
const MaxShown = 100

// A Outcome is what became of the things that a command was to change.
type Outcome struct {
	Noun    string   // "endpoint"
	Done    string   // what was done to them: "isolation accepted"
	Step    string   // which of the console's steps was asked for, where it takes several: "rollback-remediation"
	Targets []Target // as they are now; Name is the id where nothing more is known
	Result  s1.ActionResult
	States  map[string]string // by id: what is to be told of one, where the console's details do not
	Why     string            // what it means that nothing was changed
	Notes   []string
	Actions []render.Action
	Task    s1.TaskID // that does it, if one does
	word    string    // what a thing is once it is done, for await: "isolated"
	waiting []string  // what the console took and is not so yet, and why; see await
	applied int       // how many are so already
	wide    bool      // the console counts other things than the targets, so that more of them mean nothing
}

// Card tells the outcome. A yes of the console's that changed nothing is a failure; one that changed less than was asked for
// is a partial success.
func (c Outcome) Card(call *Call) render.Card {
	title := call.Command.Title
	count := min(c.count(), len(c.Targets))
	call.accepted(c.acceptance())
	if count == 0 {
		words := "The console changed nothing (affected: 0)."
		if c.Result.Affected > 0 {
			words = "The console took the call and refused it for every " + c.Noun + "."
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
	c.lead(call, &card)
	for _, note := range c.Notes {
		card.Parts = append(card.Parts, render.Note{render.Text(note)})
	}
	return card
}

// lead puts what the reader must know ahead of the outcome: that endpoints have not done yet what the console took, or that the console
// tells of more than was asked for.
func (c Outcome) lead(call *Call, card *render.Card) {
	switch over := c.Result.Affected - len(c.Targets); {
	case over > 0 && !c.wide:
		card.Tone, card.Lead = render.Warning, fmt.Sprintf("The console reports %d affected, and %d asked for", c.Result.Affected, len(c.Targets))
		card.Parts = slices.Insert(card.Parts, 0, render.Part(render.Line{render.Bold("⚠ "), render.Text("It touched more than was asked for and does not say what else: look at the console.")}))
	case len(c.waiting) > 0:
		card.Tone, card.Lead = render.Waiting, NotYet(c.word, c.applied, c.applied+len(c.waiting), c.waiting, nil)
	default:
		return
	}
	card.Text = card.Lead + " · " + card.Text
}

// Await looks which of the things are already what they were to become. What nobody could look at waits, and what the console refused
// does not.
func (c Outcome) Await(word string, at func(Target) (Progress, string)) Outcome {
	c.word, c.waiting, c.applied = word, nil, 0
	refused := c.refused()
	for _, t := range c.Targets {
		if _, no := refused[t.ID]; no {
			continue
		}
		switch is, why := at(t); is {
		case Applied:
			c.applied++
		case Waiting, Unseen:
			c.waiting = append(c.waiting, text.JoinNonEmpty(" ", text.JoinNonEmpty(" on ", t.Name, t.Host), why))
		}
	}
	return c
}

// Leave says what will not be touched. Where it was named that makes a partial success of the outcome; where a filter or a group
// selected it, it is a remark.
func (p *Plan) Leave(named bool, words []string) {
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

// results words what the console said about each id.
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

// ResultWord words the console's details[].result.
func ResultWord(result string) string {
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
	return text.FirstNonEmpty(strings.ReplaceAll(reason, "_", " "), "no reason was given")
}

// Names lists the first targets.
func (c Outcome) Names() string {
	names := make([]string, len(c.Targets))
	for i, t := range c.Targets {
		names[i] = t.Name
	}
	return FirstOf(names)
}

// FirstOf lists the first of several words: "a, b, c, d, e, 7 more".
func FirstOf(words []string) string {
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

// Known returns targets for ids from the rows that were found; what was not found is known by its id alone.
func Known[T any, ID ~string](call *Call, kind string, ids []ID, found []T, target func(*Call, T) Target) []Target {
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

// Opens is the button that leads to the only target in the console.
func Opens(targets []Target) []render.Action {
	if len(targets) == 1 && targets[0].URL != "" {
		return []render.Action{render.Button{Label: "Open in console", URL: targets[0].URL}}
	}
	return nil
}

// Reached is whether a thing is as it was wanted, and in words what it is. Nothing is said of what the console does not tell.
type Reached struct {
	Words string
	Yes   bool
}

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

// States says of each thing what it is now. Where the console says that it changed all of them, one that does not show it yet is no
// exception.
func States[T any, ID ~string](found []T, all bool, identity func(T) ID, state func(T) Reached) map[string]string {
	words := map[string]string{}
	for _, thing := range found {
		if is := state(thing); is.Yes || !all {
			words[string(identity(thing))] = is.Words
		}
	}
	return words
}

// OneByOne does something to things that the console takes one at a time, and tells which failed and why. Where all fail, or the
// console wants other rights, the error is the console's.
func OneByOne[T any](call *Call, noun, done string, things []T, do func(T) (Target, string, error)) (render.Card, error) {
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
				state = "nobody knows: " + refused.Message
			}
		}
		c.Targets, c.States[target.ID] = append(c.Targets, target), state
	}
	if c.Result.Affected == 0 {
		return render.Card{}, allRefusals(failures)
	}
	return c.Card(call), nil
}

// allRefusals is the first refusal with the words of all.
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

// EachGone words that all are.
func EachGone[ID ~string](ids []ID, word string) map[string]string {
	states := map[string]string{}
	for _, id := range ids {
		states[string(id)] = word
	}
	return states
}

// Remains words what became of each id, by what is still there.
func Remains[T any, ID ~string](ids []ID, found []T, there func(T) (ID, bool)) map[string]string {
	states := EachGone(ids, "deleted")
	for _, thing := range found {
		if id, still := there(thing); still {
			states[string(id)] = "not deleted: the console token's role may not cover its scope"
		}
	}
	return states
}
