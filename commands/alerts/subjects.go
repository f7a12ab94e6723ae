package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A subject is an alert that is to be changed, as the API that knows it has it: by digits the alert
// of a rule, by a UUID a unified one. A console without the rule alerts' calls has those alerts in
// its unified list, with their old id as the external one; then it is the unified id that is
// pinned, and runs. Commands of the specification are older than unified alerts, and their ids are
// REST ids. A card may show either.
type subject struct {
	rule    s1.Alert
	unified unified.Alert // the zero value where it is a rule alert
}

func (s subject) isUnified() bool { return s.unified.ID != "" }

// identity is what pins the subject.
func (s subject) identity() s1.AlertID {
	if s.isUnified() {
		return s1.AlertID(s.unified.ID)
	}
	return s.rule.Identity()
}

func (s subject) target(call *catalog.Call) catalog.Target {
	if s.isUnified() {
		return lookup.UnifiedTarget(call, s.unified)
	}
	return lookup.AlertTarget(call, s.rule)
}

func subjectTarget(call *catalog.Call, s subject) catalog.Target { return s.target(call) }

// identities are what pins subjects.
func identities(subjects []subject) []s1.AlertID {
	ids := make([]s1.AlertID, len(subjects))
	for i, s := range subjects {
		ids[i] = s.identity()
	}
	return ids
}

// byAPI parts ids by the API that knows them. A REST id is digits; a UUID never is.
func byAPI(ids []s1.AlertID) (rule []s1.AlertID, other []unified.ID) {
	for _, id := range ids {
		if id.Valid() {
			rule = append(rule, id)
		} else {
			other = append(other, unified.ID(id))
		}
	}
	return rule, other
}

// subjectsWith returns the alerts with these ids, in their order and each once; one that no API
// knows is an error.
func subjectsWith(ctx context.Context, call *catalog.Call, param string, ids []s1.AlertID) ([]subject, error) {
	found, err := lookUp(ctx, call, ids)
	if err != nil {
		return nil, err
	}
	ordered, err := lookup.InOrder(param, "alert", ids, found, func(n known) s1.AlertID { return n.by })
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, n := range ordered {
		if !slices.ContainsFunc(subjects, func(s subject) bool { return s.identity() == n.identity() }) {
			subjects = append(subjects, n.subject)
		}
	}
	return subjects, nil
}

// A known subject was asked for by an id that may be another than its own.
type known struct {
	subject
	by s1.AlertID
}

// lookUp asks each API for the ids that it knows, and the unified list for what the other one does
// not have. At most three calls for any number of ids of one page: unified by id, rule alerts by
// id, unified by external id.
func lookUp(ctx context.Context, call *catalog.Call, ids []s1.AlertID) (found []known, err error) {
	rule, other := byAPI(ids)
	if len(other) > 0 {
		alerts, err := unified.Of(call.Console).ByID(ctx, other)
		if err != nil {
			return nil, err
		}
		for _, a := range alerts {
			found = append(found, known{subject{unified: a}, s1.AlertID(a.ID)})
		}
	}
	if len(rule) == 0 {
		return found, nil
	}
	alerts, err := call.Console.AlertsByID(ctx, rule)
	retired := s1.IsRetired(err)
	if err != nil && !retired {
		return nil, err
	}
	for _, a := range alerts {
		found = append(found, known{subject{rule: a}, a.Identity()})
		rule = slices.DeleteFunc(rule, func(id s1.AlertID) bool { return id == a.Identity() })
	}
	elsewhere, err := unifiedOf(ctx, call, rule, retired)
	return append(found, elsewhere...), err
}

// unifiedOf finds in the unified list what the rule alerts' call does not know: always where that
// call is retired, else where the bot uses the list. Counterpart decides whether the external id is
// really the REST id: other products have ids of their own there.
func unifiedOf(ctx context.Context, call *catalog.Call, ids []s1.AlertID, retired bool) (found []known, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if !retired {
		if uses, err := call.Console.UnifiedAlerts(ctx); err != nil || !uses {
			return nil, nil // the console said that there is no such alert: that is answer enough
		}
	}
	alerts, err := unified.Of(call.Console).ByExternalID(ctx, catalog.Convert[string](ids))
	for _, a := range alerts {
		if _, own := a.Counterpart(); own {
			found = append(found, known{subject{unified: a}, s1.AlertID(a.ExternalID)})
		}
	}
	return found, err
}

// setOn sends a change to each API for the alerts that it knows. What was done by the first counts,
// whatever becomes of the second. An error of the second is put into details, per id, so that the
// outcome is a partial success and tells it; as an error of the whole it would hide what was done.
func setOn(ctx context.Context, console *s1.Client, ids []s1.AlertID, onRule func([]s1.AlertID) (s1.ActionResult, error), wanted unified.Change) (s1.ActionResult, error) {
	rule, other := byAPI(ids)
	var done s1.ActionResult
	var err error
	if len(rule) > 0 {
		if done, err = onRule(rule); err != nil {
			return done, err
		}
	}
	if len(other) == 0 {
		return done, nil
	}
	more, err := unified.Of(console).Update(ctx, other, wanted)
	if err != nil && len(rule) == 0 {
		return done, err
	}
	if err != nil {
		for _, id := range other {
			more.Details = append(more.Details, s1.IDResult{ID: string(id), Result: err.Error()})
		}
	}
	return s1.ActionResult{Affected: done.Affected + more.Affected, Details: append(done.Details, more.Details...), Skipped: append(done.Skipped, more.Skipped...)}, nil
}

// suspicious refuses a verdict that unified alerts do not have: the nearest one says more than was
// meant, so a person chooses it. UNDEFINED, TRUE_POSITIVE and FALSE_POSITIVE have an equal there
// (…_UNDEFINED). The nearest to Suspicious is TRUE_POSITIVE_BENIGN_BUT_SUSPICIOUS.
func suspicious(param string, subjects []subject, verdict s1.Verdict) error {
	var ids []string
	for _, s := range subjects {
		if s.isUnified() {
			ids = append(ids, string(s.unified.ID))
		}
	}
	if _, same := unified.VerdictFor(verdict); same || len(ids) == 0 {
		return nil
	}
	e := catalog.Wrong(param, "unified alerts have no verdict %s", verdict.Label())
	e.Hint = fmt.Sprintf("the nearest is %s: update-unified-alert %s analyst-verdict=%s", unified.VerdictSuspicious.Label(), strings.Join(ids[:min(len(ids), 3)], ","), unified.VerdictSuspicious)
	return e
}

// settled reads unified alerts until each is as it was wanted, for a while. What it returns is what
// they are then. Writes show up to eight seconds late; until then the old values are no failure.
func settled(ctx context.Context, call *catalog.Call, ids []unified.ID, as func(unified.Alert) bool) (alerts []unified.Alert, err error) {
	for try := 1; ; try++ {
		if alerts, err = unified.Of(call.Console).ByID(ctx, ids); err != nil || !slices.ContainsFunc(alerts, func(a unified.Alert) bool { return !as(a) }) {
			return alerts, err
		}
		if try == change.Rereads || !change.Pause(ctx) {
			return alerts, nil
		}
	}
}
