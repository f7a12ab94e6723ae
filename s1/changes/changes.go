package changes

import (
	"cmp"
	"context"
	"net/http"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Result is the console's answer to a change. All three can be there at once:
// threats/mitigate counts what it sent, tells of each threat in details[], and in it what it
// skipped.
type Result struct {
	Affected int        // how many things the console will change; 0 means that nothing happened
	Details  []IDResult // per id, where the console says so
	Skipped  []Skip     // what it did not do, and why
}

// An IDResult is what became of one id: "updated", "not_changed", "already_set",
// "conditions_not_met", "missing_permissions". Older consoles answer with a number alone; then
// there are no details, and nobody knows which ids it means.
type IDResult struct {
	ID      string
	Result  string
	Verdict string             // what became of the verdict, where a call sets status and verdict
	Reports []MitigationReport // of a mitigation
}

// OK tells whether the id is now as it was wanted, be it by this call or before. An empty result is
// what calls say that report no result for each id, and it is no refusal.
func (r IDResult) OK() bool { return asWanted(r.Result) && asWanted(r.Verdict) }

func asWanted(result string) bool {
	switch result {
	case "", "updated", "already_set", "not_changed":
		return true
	}
	return false
}

// A Skip is a part of a mitigation that was not done; Reason is "permissions", "not_supported", "precondition" or "triggered".
type Skip struct {
	ID          string
	Action      string
	Reason      string
	Description string
}

// Failed returns the ids that are not as they were wanted, skipped ones included.
func (r Result) Failed() []string {
	var failed []string
	seen := map[string]bool{}
	add := func(id string) {
		if id != "" && !seen[id] {
			seen[id] = true
			failed = append(failed, id)
		}
	}
	for _, d := range r.Details {
		if !d.OK() {
			add(d.ID)
		}
	}
	for _, s := range r.Skipped {
		add(s.ID)
	}
	return failed
}

// affected is the data of an answer to a change. A pointer tells 0 (nothing was changed) from a
// number that is missing.
type affected struct {
	Affected *int           `json:"affected"`
	Details  []actionDetail `json:"details"`
}

// The id is in threatId on threat paths, in alertId on alert paths, and in id elsewhere.
type actionDetail struct {
	ThreatID string             `json:"threatId"`
	AlertID  string             `json:"alertId"`
	ID       string             `json:"id"`
	Result   string             `json:"result"`
	Verdict  string             `json:"analystVerdict"` // what became of it, not the verdict
	Reports  []MitigationReport `json:"reports"`
	Skipped  []struct {
		Action      string `json:"action"`
		Reason      string `json:"reason"`
		Description string `json:"description"`
	} `json:"skipped"`
}

// idFilter is the only filter that this package sends to a path that changes something.
type idFilter struct {
	IDs []string `json:"ids"`
}

// change is the body of an action.
type change struct {
	Filter idFilter `json:"filter"`
	Data   any      `json:"data,omitempty"`
}

// Body is the body of a change of the selected ids, for calls whose answer has a form of its own; see wire.Selection.
func Body(selected []string, data any) any { return change{idFilter{selected}, data} }

// ByID sends a change to the things with the given ids. It is the way of every change by ids:
// wire.Selection refuses an empty list and whatever is no id, before anything is sent.
func ByID[ID ~string](ctx context.Context, c *transport.Client, call transport.Call, ids []ID, data any) (Result, error) {
	selected, err := wire.Selection(ids)
	if err != nil {
		return Result{}, transport.Refusal(call.Operation, err)
	}
	call.Method, call.Body = http.MethodPost, Body(selected, data)
	return Send(ctx, c, call)
}

// Send sends a change that says itself what it is for, and reads how many things it affects. An
// answer without the number is Unclear: the change may have been made, so it is neither repeated
// nor called a failure.
func Send(ctx context.Context, c *transport.Client, call transport.Call) (Result, error) {
	answer, err := transport.Get[affected](ctx, c, call)
	if err != nil {
		return Result{}, err
	}
	return answer.result(), nil
}

// Check refuses an answer without a number, and one below zero, which counts nothing.
func (a affected) Check() error {
	if !Counted(a.Affected) {
		return transport.Unreadable("The console accepted the request but didn't say how many things it affects.")
	}
	return nil
}

// Counted tells whether a console said how many things a change is for. Some count from -1, or leave the number out.
func Counted(n *int) bool { return n != nil && *n >= 0 }

// result makes one form of the console's several. Which of the three ids a detail has depends on
// the path; steps that were skipped stand inside the thing that they were skipped for.
func (a affected) result() Result {
	result := Result{Affected: *a.Affected}
	for _, d := range a.Details {
		id := cmp.Or(d.ThreatID, d.AlertID, d.ID)
		result.Details = append(result.Details, IDResult{id, d.Result, d.Verdict, d.Reports})
		for _, s := range d.Skipped {
			result.Skipped = append(result.Skipped, Skip{id, s.Action, s.Reason, s.Description})
		}
	}
	return result
}

// dataIDs is the body of deletions that take no filter: {"data":{"ids":[…],"type":…}}.
type dataIDs struct {
	IDs  []string `json:"ids"`
	Type string   `json:"type,omitempty"`
}

// Delete deletes what the ids name, which must be of one type if the console is told one.
func Delete[T ~string](ctx context.Context, c *transport.Client, call transport.Call, ids []T, kind string) (Result, error) {
	selected, err := wire.Selection(ids)
	if err != nil {
		return Result{}, transport.Refusal(call.Operation, err)
	}
	call.Method, call.Body = http.MethodDelete, map[string]dataIDs{"data": {selected, kind}}
	return Send(ctx, c, call)
}

// A MitigationReport is one action on a threat and how far it is: "success", "failed",
// "pending-reboot", "pending", "sent", "partial". Actions are spelled otherwise than in paths:
// rollback and unquarantine.
type MitigationReport struct {
	Action          string         `json:"action"`
	Status          string         `json:"status"`
	ReportID        string         `json:"reportId"`
	LastUpdate      wire.Time      `json:"lastUpdate"`
	StartedAt       wire.Time      `json:"mitigationStartedAt"`
	EndedAt         wire.Time      `json:"mitigationEndedAt"`
	ActionsCounters ActionCounters `json:"actionsCounters"`
}

// ActionCounters count what an action did on the endpoint.
type ActionCounters struct {
	Total         int `json:"total"`
	Success       int `json:"success"`
	Failed        int `json:"failed"`
	NotFound      int `json:"notFound"`
	PendingReboot int `json:"pendingReboot"`
}
