package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// waitScript is how long the endpoints of a run are watched. One that is offline may run the script
// days later. The card then says that the rest will still run.
const waitScript = time.Hour

// A scriptWait is a run whose endpoints are watched until they are done. It is the saved state of
// the job, without the script's input.
type scriptWait struct {
	Task   s1.TaskID `json:"task"`
	Agents int       `json:"agents"`           // that the console took
	Asked  int       `json:"asked,omitempty"`  // that it was asked for; 0 in rows of older versions
	Excess string    `json:"excess,omitempty"` // that the console counts more than were asked for, if it does
	What   string    `json:"what"`
	Cloud  bool      `json:"cloud,omitempty"` // there will be output to fetch
	Began  time.Time `json:"began"`
	Until  time.Time `json:"until,omitzero"`
}

// Until is set once and saved: a restart does not begin the hour anew.
func awaitScript(ctx context.Context, call *catalog.Call, _ runScriptParams) (render.Card, error) {
	var w scriptWait
	if !call.SavedState(&w) || !w.Task.Valid() {
		return render.Card{}, fmt.Errorf("%s: nothing was written down to wait for", call.Command.Name)
	}
	remember(call, w, nil)
	if w.Until.IsZero() {
		w.Until = time.Now().Add(waitScript)
		if err := call.Save(w); err != nil {
			return render.Card{}, err
		}
	}
	return w.watch(ctx, call)
}

// watch looks at the tasks until all have ended, the time is over, or somebody cancels. A console
// that is down for a moment is looked at again, five times in a row at most; a refusal ends it.
func (w scriptWait) watch(ctx context.Context, call *catalog.Call) (render.Card, error) {
	lapses := 0
	for began := time.Now(); ; {
		tasks, err := call.Console.TasksOf(ctx, w.Task)
		lapses++
		if err == nil {
			lapses = 0
			if w.over(tasks) {
				remember(call, w, tasks)
				return w.card(call, tasks, ""), nil
			}
			call.Show(w.progress(call, tasks))
		} else if ctx.Err() == nil && (lapses >= maxLapses || !mayPass(err)) {
			return render.Card{}, err
		}
		if time.Now().After(w.Until) {
			return w.card(call, tasks, "I've stopped watching; the script will run on the rest when they're back online."), nil
		}
		if err := restFor(ctx, w.pause(time.Since(began))); errors.Is(err, catalog.ErrCancelled) {
			return w.card(call, tasks, "I've stopped watching; the script itself keeps running."), nil
		} else if err != nil {
			return render.Card{}, err
		}
	}
}

// over tells whether every endpoint has ended. Tasks appear one by one after the console's yes.
// Fewer tasks than endpoints means that some have not appeared yet, not that all have ended.
func (w scriptWait) over(tasks []s1.ScriptTask) bool {
	return len(tasks) >= max(w.Agents, 1) && !slices.ContainsFunc(tasks, func(t s1.ScriptTask) bool { return !t.Status.Ended() })
}

// untaken says how many endpoints the console did not take: they never get a task, and nobody waits
// for them.
func (w scriptWait) untaken() string {
	if w.Asked <= w.Agents {
		return ""
	}
	return fmt.Sprintf("The console accepted %d of %s and doesn't say which it left out. I'm not waiting for the rest.", w.Agents, text.Plural(w.Asked, "endpoint"))
}

// pause keeps below the console's rate for scripts, one call a second, also with several runs at
// once. Five seconds leave room for a handful of runs at once.
func (scriptWait) pause(waited time.Duration) time.Duration {
	if waited < 2*time.Minute {
		return 5 * time.Second
	}
	return 20 * time.Second
}

func taskQuery(parents []s1.TaskID) s1.Query {
	return s1.Query{}.With("parentTaskId__in", catalog.Convert[string](parents)...)
}

// progress is the card while the script runs.
func (w scriptWait) progress(call *catalog.Call, tasks []s1.ScriptTask) render.Card {
	ended := 0
	for _, t := range tasks {
		if t.Status.Ended() {
			ended++
		}
	}
	title := call.Command.Title + " · " + w.What
	card := render.Card{Tone: render.Waiting, Title: title, Text: title, Parts: []render.Part{
		render.Bar{Done: ended, Total: max(w.Agents, len(tasks)), Label: statusCounts(tasks)},
		taskTable(call, tasks), render.Note{render.Text("Started "), render.Since(w.Began), render.Text(" · task "), render.Mono(string(w.Task))},
	}}
	if words := w.untaken(); words != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(words)})
	}
	if w.Excess != "" {
		change.LeadWithExcess(&card, w.Excess)
	}
	return card
}

// statusCounts tells how many tasks are where: "3 completed, 1 in progress".
func statusCounts(tasks []s1.ScriptTask) string {
	counts := map[string]int{}
	var order []string
	for _, t := range tasks {
		label := strings.ToLower(cmp.Or(t.Status.Label(), "unknown"))
		if counts[label]++; counts[label] == 1 {
			order = append(order, label)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var words []string
	for _, label := range order {
		words = append(words, fmt.Sprintf("%d %s", counts[label], label))
	}
	return strings.Join(words, ", ")
}

// card tells how a run ended on each endpoint; note says why not all have ended, if so. Partly
// completed counts as having results, and not as success.
func (w scriptWait) card(call *catalog.Call, tasks []s1.ScriptTask, note string) render.Card {
	var done []s1.TaskID // that left something
	whole := 0
	for _, t := range tasks {
		if t.Status == s1.TaskCompleted {
			whole++
		}
		if t.Status == s1.TaskCompleted || t.Status == s1.TaskPartly {
			done = append(done, t.ID)
		}
	}
	words := fmt.Sprintf("%s: %s", w.What, cmp.Or(statusCounts(tasks), "no endpoint has started"))
	card := render.Card{Title: call.Command.Title, Text: call.Command.Title + " · " + words, Parts: []render.Part{render.Line{render.Text(words)}}}
	card.Tone, card.Outcome = render.Good, render.Successful
	switch {
	case len(done) == 0 && note == "":
		card = render.Failure(call.Command.Title, http.StatusOK, words+".", "The console accepted the script; the table shows what happened on each endpoint.")
	case whole < max(w.Agents, w.Asked, len(tasks)):
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	slices.SortStableFunc(tasks, func(a, b s1.ScriptTask) int { return cmp.Compare(rank(a.Status), rank(b.Status)) })
	card.Parts = append(card.Parts, taskTable(call, tasks))
	if words := w.untaken(); words != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(words)})
	}
	if note != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(note)})
	}
	if w.Cloud && len(done) > 0 {
		card.Actions = append(card.Actions, resultsButton(done[:min(len(done), change.MaxShown)]))
	}
	card.Actions = append(card.Actions, statusButton(w.Task))
	if w.Excess != "" {
		change.LeadWithExcess(&card, w.Excess)
	}
	return card
}

// rank puts what went wrong first.
func rank(s s1.TaskStatus) int {
	switch s {
	case s1.TaskFailed, s1.TaskExpired, s1.TaskCanceled:
		return 0
	case s1.TaskPartly:
		return 1
	case s1.TaskCompleted:
		return 3
	}
	return 2
}
