package commands

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

type taskStatusParams struct {
	Parents []runID   `json:"parent-task-ids" help:"The runs; run-script tells their tasks."`
	Names   []string  `json:"computer-name-contains,omitzero" help:"Only endpoints whose names have one of these in them; 2 characters or more each, 10 at most."`
	After   time.Time `json:"updated-after,omitzero" help:"Only tasks that changed after this."`
	Before  time.Time `json:"updated-before,omitzero" help:"Only tasks that changed before this."`
}

func (p *taskStatusParams) Check() error {
	if !p.After.IsZero() && !p.Before.IsZero() && !p.After.Before(p.Before) {
		return wrong("updated-before", "it is not after updated-after")
	}
	return checkNames("computer-name-contains", p.Names)
}

// checkNames tells whether the console can search for these parts of names.
func checkNames(param string, names []string) error {
	if len(names) > maxNames {
		return wrong(param, "the console searches for at most %d names, not %d", maxNames, len(names))
	}
	for _, name := range names {
		if !searchable(name) {
			return wrong(param, "%s cannot be searched for: the console wants two characters or more, and no comma", quote(name))
		}
	}
	return nil
}

func (p *taskStatusParams) query() s1.Query {
	q := taskQuery(convert[s1.TaskID](p.Parents))
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

func getScriptTaskStatus() *Command {
	return define(Command{
		Name: "get-script-task-status", Title: "Get Script Task Status", Area: "scripts", Aliases: []string{"script-status", "tasks"}, Main: "parent-task-ids",
		Risk: Read, Needs: remoteOps, Repeatable: true,
		Doc:      "Shows how far a script is on each endpoint.",
		Examples: []string{`get-script-task-status parent-task-ids=1234567890123456789 computer-name-contains=DESKTOP,AWS updated-after="2026-11-20 14:00"`},
	}, func(ctx context.Context, call *Call, p taskStatusParams) (render.Card, error) {
		var ended []s1.TaskID
		rows := taskRows(call, func(tasks []s1.ScriptTask) {
			for _, t := range tasks {
				if (t.Status == s1.TaskCompleted || t.Status == s1.TaskPartly) && !slices.Contains(ended, t.ID) {
					ended = append(ended, t.ID)
				}
			}
		})
		card, err := rows.show(ctx, call, p.query(), nil)
		if err == nil && call.How == render.Run && len(ended) > 0 {
			card.Actions = append([]render.Action{resultsButton(ended[:min(len(ended), maxShown)])}, card.Actions...)
		}
		return card, err
	})
}

// taskRows is how lists of tasks look; seen hears of each page of them.
func taskRows(call *Call, seen func([]s1.ScriptTask)) listing[s1.ScriptTask] {
	return listing[s1.ScriptTask]{
		noun: "Script tasks", things: "script tasks", raw: func(t s1.ScriptTask) json.RawMessage { return t.Raw },
		page: func(ctx context.Context, q s1.Query) (s1.Page[s1.ScriptTask], error) {
			page, err := call.Console.ScriptTasksPage(ctx, q)
			seen(page.Items)
			return page, err
		},
		table: func(tasks []s1.ScriptTask) render.Table { return taskTable(call, tasks) },
		parts: func(tasks []s1.ScriptTask) []render.Part {
			return []render.Part{render.Line{render.Text(statusCounts(tasks) + ".")}, taskTable(call, tasks)}
		},
		more: []column[s1.ScriptTask]{
			{"Id", func(t s1.ScriptTask) string { return string(t.ID) }},
			{"Parent", func(t s1.ScriptTask) string { return string(t.Parent) }},
			{"Task", func(t s1.ScriptTask) string { return t.Description }},
			{"Agent id", func(t s1.ScriptTask) string { return string(t.AgentID) }},
			{"Operating system", func(t s1.ScriptTask) string { return t.OSType.Label() }},
			{"Account", func(t s1.ScriptTask) string { return t.AccountName }},
		},
		empty: "Endpoints appear some seconds after a script was started. A run that waits for an approval in the console has none yet.",
	}
}

func taskTable(call *Call, tasks []s1.ScriptTask) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Endpoint"}, {Title: "Status"}, {Title: "Detail"}, {Title: "Site / Group"}, {Title: "By"}, {Title: "Changed"}, {Title: "Task"}}}
	for _, task := range tasks {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(firstNonEmpty(task.ComputerName, string(task.AgentID)), call.Console.AgentURL(task.AgentID))}, {render.Text(task.Status.Label())},
			{render.Text(firstNonEmpty(task.DetailedStatus, task.StatusText))}, {render.Text(joinNonEmpty(" / ", task.SiteName, task.GroupName))},
			{render.Text(task.InitiatedBy)}, {render.At(task.UpdatedAt.Time)}, {render.Mono(string(task.ID))},
		})
	}
	return t
}

// What a search box for scripts looks for: whole runs, or what they do on one endpoint.
const (
	runBox  = "script-runs"
	taskBox = "script-tasks"
)

// A runID names a run of a script, the parent of its tasks.
type runID s1.TaskID

func (runID) kind() kind { return idKind("run", runBox, "The id.", nil) }

// keepTasks is how many tasks of one run the search boxes offer.
const keepTasks = keepRecent / 4

// remember notes a run and its tasks for the search boxes.
func (c *Call) remember(run scriptWait, tasks []s1.ScriptTask) {
	for _, t := range tasks[:min(len(tasks), keepTasks)] {
		c.command.recent.add(recentItem{taskBox, string(t.ID), joinNonEmpty(" · ", t.ComputerName, run.What)})
	}
	c.command.recent.add(recentItem{runBox, string(run.Task), joinNonEmpty(" · ", run.What, plural(run.Agents, "endpoint"))})
}
