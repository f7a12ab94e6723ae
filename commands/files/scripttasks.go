package files

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Runs are required: without a parent task the path is a 400.
type taskStatusParams struct {
	Parents []lookup.RunID `json:"parent-task-ids" help:"The runs to show. run-script shows their ids."`
	Names   []string       `json:"computer-name-contains,omitzero" help:"Only endpoints whose name contains one of these; at least 2 characters each, 10 at most."`
	After   time.Time      `json:"updated-after,omitzero" help:"Only tasks that changed after this."`
	Before  time.Time      `json:"updated-before,omitzero" help:"Only tasks that changed before this."`
}

func (p *taskStatusParams) Check() error {
	if !p.After.IsZero() && !p.Before.IsZero() && !p.After.Before(p.Before) {
		return catalog.Wrong("updated-before", "this must be later than updated-after; nothing can match")
	}
	return checkNames("computer-name-contains", p.Names)
}

// checkNames tells whether the console can search for these parts of names.
func checkNames(param string, names []string) error {
	if len(names) > catalog.MaxNames {
		return catalog.Wrong(param, "the console can search for at most %d names at once, not %d", catalog.MaxNames, len(names))
	}
	for _, name := range names {
		if !catalog.Searchable(name) {
			return catalog.Wrong(param, "%s can't be searched for: the console needs at least two characters and no comma", text.Quote(name))
		}
	}
	return nil
}

// The times leave out the moment itself, as the specification's words "after" and "before" do.
func (p *taskStatusParams) Query() s1.Query {
	q := taskQuery(catalog.Convert[s1.TaskID](p.Parents))
	if len(p.Names) > 0 {
		q = q.With("computerName__contains", p.Names...)
	}
	if !p.After.IsZero() {
		q = q.With("updatedAt__gt", s1.FormatTime(p.After))
	}
	if !p.Before.IsZero() {
		q = q.With("updatedAt__lt", s1.FormatTime(p.Before))
	}
	return q
}

// GET /remote-scripts/status: one row for each endpoint of a run, one call a second.
func getScriptTaskStatus() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-script-task-status", Title: "Get Script Task Status", Area: "scripts", Aliases: []string{"script-status", "tasks"}, Main: "parent-task-ids",
		Wording: taskStatusWording(),
		Risk:    catalog.Read, Needs: remoteOps, Route: "remote-scripts/status", Repeatable: true,
		Doc:      "Shows the progress of a script on each endpoint.",
		Examples: []string{`get-script-task-status parent-task-ids=1234567890123456789 computer-name-contains=DESKTOP,AWS updated-after="2026-11-20 14:00"`},
	}, func(ctx context.Context, call *catalog.Call, p taskStatusParams) (render.Card, error) {
		var ended []s1.TaskID
		rows := taskRows(call, func(tasks []s1.ScriptTask) {
			for _, t := range tasks {
				if (t.Status == s1.TaskCompleted || t.Status == s1.TaskPartly) && !slices.Contains(ended, t.ID) {
					ended = append(ended, t.ID)
				}
			}
		})
		card, err := rows.Show(ctx, call, p.Query(), nil)
		if err == nil && call.How == render.Run && len(ended) > 0 {
			card.Actions = append([]render.Action{resultsButton(ended[:min(len(ended), change.MaxShown)])}, card.Actions...)
		}
		return card, err
	})
}

// taskRows is how lists of tasks look; seen hears of each page of them. seen is how the caller
// learns which tasks have results, whatever page is shown.
func taskRows(call *catalog.Call, seen func([]s1.ScriptTask)) listing.Listing[s1.ScriptTask] {
	return listing.Listing[s1.ScriptTask]{
		Noun: "Script tasks", Things: "script tasks", Raw: func(t s1.ScriptTask) json.RawMessage { return t.Raw },
		Page: func(ctx context.Context, q s1.Query) (s1.Page[s1.ScriptTask], error) {
			page, err := call.Console.ScriptTasksPage(ctx, q)
			seen(page.Items)
			return page, err
		},
		Table: func(tasks []s1.ScriptTask) render.Table { return taskTable(call, tasks) },
		Parts: func(tasks []s1.ScriptTask) []render.Part {
			return []render.Part{render.Line{render.Text(statusCounts(tasks) + ".")}, taskTable(call, tasks)}
		},
		More: []listing.Column[s1.ScriptTask]{
			{Title: "Id", Value: func(t s1.ScriptTask) string { return string(t.ID) }},
			{Title: "Parent", Value: func(t s1.ScriptTask) string { return string(t.Parent) }},
			{Title: "Task", Value: func(t s1.ScriptTask) string { return t.Description }},
			{Title: "Agent id", Value: func(t s1.ScriptTask) string { return string(t.AgentID) }},
			{Title: "Operating system", Value: func(t s1.ScriptTask) string { return t.OSType.Label() }},
			{Title: "Account", Value: func(t s1.ScriptTask) string { return t.AccountName }},
		},
		Empty: "Endpoints appear a few seconds after a script starts. A run that's waiting for approval in the console has none yet.",
	}
}

// taskTable puts endpoint and status first: on a phone Slack shows two columns without scrolling. A
// task whose endpoint has no name is called by the agent's id.
func taskTable(call *catalog.Call, tasks []s1.ScriptTask) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Endpoint"}, {Title: "Status"}, {Title: "Detail"}, {Title: "Site / Group"}, {Title: "By"}, {Title: "Changed"}, {Title: "Task"}}}
	for _, task := range tasks {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(cmp.Or(task.ComputerName, string(task.AgentID)), call.Console.AgentURL(task.AgentID))}, {render.Text(task.Status.Label())},
			{render.Text(cmp.Or(task.DetailedStatus, task.StatusText))}, {render.Text(text.JoinNonEmpty(" / ", task.SiteName, task.GroupName))},
			{render.Text(task.InitiatedBy)}, {render.At(task.UpdatedAt.Time)}, {render.Mono(string(task.ID))},
		})
	}
	return t
}

// keepTasks is how many tasks of one run the search boxes offer. One large run must not push
// everything else out of the boxes.
const keepTasks = catalog.KeepRecent / 4

// remember notes a run and its tasks for the search boxes.
func remember(call *catalog.Call, run scriptWait, tasks []s1.ScriptTask) {
	for _, t := range tasks[:min(len(tasks), keepTasks)] {
		call.Remember(lookup.TaskBox, string(t.ID), text.JoinNonEmpty(" · ", t.ComputerName, run.What))
	}
	call.Remember(lookup.RunBox, string(run.Task), text.JoinNonEmpty(" · ", run.What, text.Plural(run.Agents, "endpoint")))
}
