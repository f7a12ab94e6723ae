package s1

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// What the console takes when a script is run, from the vendor's API document.
const (
	MinScriptTimeout = 60     // seconds
	MaxScriptTimeout = 172800 // seconds, two days
	MinDescription   = 2      // characters of a task's description
)

// ScriptID names a script of the library.
type ScriptID string

// Valid tells whether the id can be sent to the console.
func (id ScriptID) Valid() bool { return ValidID(id) }

// TaskID names what one run of a script does: on all endpoints (the parent task) or on one of them.
type TaskID string

// Valid tells whether the id can be sent to the console.
func (id TaskID) Valid() bool { return ValidID(id) }

// A Script is a program of the console's library that endpoints can run. The vendor's own have
// scopeId and creatorId "-1" and belong to every scope.
type Script struct {
	Row
	ID                ScriptID      `json:"id"`
	Name              string        `json:"scriptName"`
	Type              ScriptType    `json:"scriptType"`
	Systems           []ScriptOS    `json:"osTypes"`
	Version           string        `json:"version"`
	Description       string        `json:"scriptDescription"`
	InputRequired     bool          `json:"inputRequired"`
	InputInstructions string        `json:"inputInstructions"`
	InputExample      string        `json:"inputExample"`
	Destinations      []Destination `json:"supportedDestinations"` // none: the console does not say
	TimeoutSeconds    int           `json:"scriptRuntimeTimeoutSeconds"`
	ScopeLevel        string        `json:"scopeLevel"`
	ScopePath         string        `json:"scopePath"`
	ScopeName         string        `json:"scopeName"`
	Creator           string        `json:"creator"`
	FileName          string        `json:"shortFileName"`
	FileSize          int           `json:"fileSize"`
	CreatedAt         Time          `json:"createdAt"`
	UpdatedAt         Time          `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (s Script) RowKey() string { return string(s.ID) }

// Runs tells whether the script is for a system; what is not known is left to the console to judge.
func (s Script) Runs(on OSType) bool {
	return on == "" || len(s.Systems) == 0 || slices.ContainsFunc(s.Systems, func(o ScriptOS) bool { return o.Runs(on) })
}

// Takes tells whether the script's output can go somewhere.
func (s Script) Takes(d Destination) bool {
	return len(s.Destinations) == 0 || d == ToNone || slices.Contains(s.Destinations, d)
}

func (c *Client) scripts() pages.List[Script] {
	return pages.List[Script]{Client: c.t, Call: transport.Call{Operation: "list scripts", Method: http.MethodGet, Route: "remote-scripts", Permission: "Remote Script Orchestration.view"}}
}

// ScriptsPage returns one page of the scripts that match q.
func (c *Client) ScriptsPage(ctx context.Context, q Query) (Page[Script], error) {
	return c.scripts().Page(ctx, q)
}

// Scripts goes through all scripts that match q, page by page.
func (c *Client) Scripts(ctx context.Context, q Query) iter.Seq2[Script, error] {
	return c.scripts().All(ctx, q)
}

// ScriptsByID returns the scripts with the given ids; ids that the console does not know are missing from the result.
func (c *Client) ScriptsByID(ctx context.Context, ids []ScriptID) ([]Script, error) {
	return pages.ByID(ctx, c.scripts(), ids, func(s Script) ScriptID { return s.ID })
}

// A ScriptRun says what is to be run and what happens with its output. Empty fields are not sent.
type ScriptRun struct {
	Script      ScriptID
	Description string
	Destination Destination
	Directory   string // on the endpoint, where Destination is ToLocal
	Input       string // the script's arguments; may hold passwords
	Password    Secret // of the archive with the output
	Timeout     int    // seconds
}

// check finds what the console refuses with a 400 that names no field, before somebody approves it.
// The bounds are those of the vendor's document.
func (r ScriptRun) check() error {
	switch {
	case !r.Script.Valid():
		return ErrInvalidID
	case utf8.RuneCountInString(strings.TrimSpace(r.Description)) < MinDescription:
		return fmt.Errorf("%w: a description needs at least %d characters", ErrInvalidValue, MinDescription)
	case !wire.ValidChoice(r.Destination):
		return fmt.Errorf("%w: output destination %q", ErrInvalidValue, r.Destination)
	case r.Timeout != 0 && (r.Timeout < MinScriptTimeout || r.Timeout > MaxScriptTimeout):
		return fmt.Errorf("%w: a timeout must be %d to %d seconds", ErrInvalidValue, MinScriptTimeout, MaxScriptTimeout)
	}
	return nil
}

// data is the body of the call, and the one place where the password is in the clear.
func (r ScriptRun) data() any {
	return struct {
		Script      ScriptID    `json:"scriptId"`
		Description string      `json:"taskDescription"`
		Destination Destination `json:"outputDestination"`
		Input       string      `json:"inputParams,omitempty"`
		Password    string      `json:"password,omitempty"`
		Directory   string      `json:"outputDirectory,omitempty"`
		Timeout     int         `json:"scriptRuntimeTimeoutSeconds,omitempty"`
	}{r.Script, r.Description, r.Destination, r.Input, r.Password.Reveal(), r.Directory, r.Timeout}
}

// A ScriptStart is the console's answer to a run: how many endpoints it concerns, and the task that tells how far they are.
type ScriptStart struct {
	Affected         int
	Task             TaskID // of the whole run; "" while the run waits for an approval of the console's own
	Pending          bool   // a guardrail of the console's holds the run back
	PendingExecution string // names what is to be approved there
}

// RunScript runs a script on endpoints, as the system's user. It is never safe to repeat. With a
// guardrail of the console's in the way the answer is 200 with pending:true and no task. Input is
// hidden as well as the password: people put credentials into arguments.
func (c *Client) RunScript(ctx context.Context, agents []AgentID, run ScriptRun) (ScriptStart, error) {
	call := transport.Call{
		Operation: "run script", Method: http.MethodPost, Route: "remote-scripts/execute", Permission: "Remote Script Orchestration.execute",
		Hides: []Secret{run.Password, NewSecret(run.Input)},
	}
	selected, err := wire.Selection(agents)
	if err == nil {
		err = run.check()
	}
	if err != nil {
		return ScriptStart{}, transport.Refusal(call.Operation, err)
	}
	call.Body = changes.Body(selected, run.data())
	answer, err := transport.Get[struct {
		Affected         *int   `json:"affected"`
		Task             TaskID `json:"parentTaskId"`
		Pending          bool   `json:"pending"`
		PendingExecution string `json:"pendingExecutionId"`
	}](ctx, c.t, call)
	if err != nil {
		return ScriptStart{}, err
	}
	started := ScriptStart{Affected: Unsaid, Task: answer.Task, Pending: answer.Pending, PendingExecution: answer.PendingExecution}
	if changes.Counted(answer.Affected) {
		started.Affected = *answer.Affected
	}
	return started, nil
}

// A ScriptTask is a script on one endpoint.
type ScriptTask struct {
	Row
	ID             TaskID     `json:"id"`
	Parent         TaskID     `json:"parentTaskId"`
	Type           string     `json:"type"`
	Description    string     `json:"description"`
	InitiatedBy    string     `json:"initiatedBy"`
	AgentID        AgentID    `json:"agentId"`
	ComputerName   string     `json:"agentComputerName"`
	OSType         OSType     `json:"agentOsType"`
	AgentActive    bool       `json:"agentIsActive"`
	Status         TaskStatus `json:"status"`
	StatusCode     string     `json:"statusCode"`
	StatusText     string     `json:"statusDescription"`
	DetailedStatus string     `json:"detailedStatus"`
	AccountName    string     `json:"accountName"`
	SiteName       string     `json:"siteName"`
	GroupName      string     `json:"groupName"`
	CreatedAt      Time       `json:"createdAt"`
	UpdatedAt      Time       `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (t ScriptTask) RowKey() string { return string(t.ID) }

func (c *Client) scriptTasks() pages.List[ScriptTask] {
	return pages.List[ScriptTask]{Client: c.t, Call: transport.Call{Operation: "list script tasks", Method: http.MethodGet, Route: "remote-scripts/status", Permission: "Task Management.view"}}
}

// ScriptTasksPage returns one page of the tasks that match q; the console insists on parentTaskId__in.
func (c *Client) ScriptTasksPage(ctx context.Context, q Query) (Page[ScriptTask], error) {
	return c.scriptTasks().Page(ctx, q)
}

// ScriptTasks goes through all tasks that match q, page by page.
func (c *Client) ScriptTasks(ctx context.Context, q Query) iter.Seq2[ScriptTask, error] {
	return c.scriptTasks().All(ctx, q)
}

// TasksOf returns the tasks of one run of a script; a task that says it belongs to another is left
// out. Endpoints appear in it one by one after the start.
func (c *Client) TasksOf(ctx context.Context, run TaskID) ([]ScriptTask, error) {
	tasks, err := Collect(c.ScriptTasks(ctx, Query{}.With("parentTaskId__in", string(run))))
	return slices.DeleteFunc(tasks, func(t ScriptTask) bool { return t.Parent != "" && t.Parent != run }), err
}

// A ScriptResult is the output of a script on one endpoint: a link that hands it out to whoever has it, for a while.
type ScriptResult struct {
	Task     TaskID `json:"taskId"`
	FileName string `json:"fileName"`
	Link     Secret `json:"downloadUrl"`
}

// Name is the file's name, without a path.
func (r ScriptResult) Name() string {
	if name := transport.BaseName(r.FileName); name != "" {
		return name
	}
	return "task-" + string(r.Task) + ".zip"
}

// A ScriptResultError says why one task has no output.
type ScriptResultError struct {
	Task    TaskID `json:"taskId"`
	Message string `json:"errorString"`
}

// ScriptResults are links to the outputs of tasks.
type ScriptResults struct {
	Files  []ScriptResult
	Errors []ScriptResultError
}

// ScriptResultsOf returns the outputs of tasks: of those on single endpoints, not of the parent.
// Not every script leaves any. An error inside the 200 is for one task; the others have their
// links.
func (c *Client) ScriptResultsOf(ctx context.Context, tasks []TaskID) (ScriptResults, error) {
	ids, err := wire.Selection(tasks)
	if err != nil {
		return ScriptResults{}, transport.Refusal("get script results", err)
	}
	return c.scriptResults(ctx, map[string][]string{"taskIds": ids})
}

// ScriptResultsOn returns the outputs of tasks on endpoints whose names have one of these in them.
func (c *Client) ScriptResultsOn(ctx context.Context, names []string) (ScriptResults, error) {
	if len(names) == 0 || slices.Contains(names, "") {
		return ScriptResults{}, transport.Refusal("get script results", ErrNothingSelected)
	}
	return c.scriptResults(ctx, map[string][]string{"computerNames": names})
}

// scriptResults is a POST that only reads. Recorded answers say data.download_links, the API document data.data.downloadLinks.
func (c *Client) scriptResults(ctx context.Context, which map[string][]string) (ScriptResults, error) {
	type links struct {
		Recorded   []ScriptResult      `json:"download_links"`
		Documented []ScriptResult      `json:"downloadLinks"`
		Errors     []ScriptResultError `json:"errors"`
	}
	answer, err := transport.Get[struct {
		links
		Data links `json:"data"`
	}](ctx, c.t, transport.Call{
		Operation: "get script results", Method: http.MethodPost, Route: "remote-scripts/fetch-files", Permission: "Remote Script Orchestration.view",
		Body: map[string]any{"data": which},
	})
	if err != nil {
		return ScriptResults{}, err
	}
	var results ScriptResults
	for _, l := range []links{answer.links, answer.Data} {
		results.Files = append(results.Files, slices.Concat(l.Recorded, l.Documented)...)
		results.Errors = append(results.Errors, l.Errors...)
	}
	return results, nil
}

// DownloadScriptResult reads an output from its link, at most MaxFile, into the place that keep
// makes. The token does not go there. ErrGone says that the link is no longer good. The link leads
// to cloud storage, which refuses a second way to prove who one is.
func (c *Client) DownloadScriptResult(ctx context.Context, r ScriptResult, keep Keep) (Download, error) {
	call := transport.Call{Operation: "download script results", Route: "link", Elsewhere: transport.Elsewhere{Link: r.Link}}
	if err := c.t.CheckLink(r.Link); err != nil {
		return Download{}, transport.Refusal(call.Operation, err)
	}
	file, err := c.t.Download(ctx, call, keep)
	var refused *Error
	switch {
	case errors.Is(err, ErrTooLarge):
		return file, tooLarge(call.Operation, err)
	case errors.As(err, &refused) && refused.Status/100 == 4:
		refused.Permission, refused.Err = "", ErrGone
		refused.Message = fmt.Sprintf("The console's storage rejects the link (%s): it may have expired.", http.StatusText(refused.Status))
	}
	file.Name = r.Name()
	return file, err
}
