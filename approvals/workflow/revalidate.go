package workflow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sourcegraph/conc"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/approvals/policyinput"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Just before a request runs everything is asked once more that was asked when it was made: is what
// was shown still there, what would the policy say of it now, do the approvals still count? A
// question without an answer keeps it from running; Ledger.Hold has it asked again for a while.

// revalidateLimit is how long one look may take: the console and Slack are asked again later, and a
// look that hangs holds a slot.
const revalidateLimit = 45 * time.Second

// A look is what was found of a request just before it runs.
type look struct {
	args   json.RawMessage // what runs: what was shown, less what has gone since
	left   int             // how many things
	effect effect.Effect   // what else is different
	done   bool            // by a run whose process died
}

// revalidate looks at what a request touches, asks the policy, and counts the approvals. It returns
// a *policy.UnansweredError where one of them cannot be told, and any other error where the request
// must not run.
//
// The steps go from the cheap to the dear, and each uses what the one before found: which targets
// are left, what the command makes of them now, where they lie, what the policy says of that, who
// approved it. Where the console can't be read a certain no is still looked for (decideBlind),
// because a request that may not run at all should not be held for ten minutes.
func (x *executor) revalidate(ctx context.Context, req approvals.Request, asking *Interaction) (look, error) {
	ctx, cancel := context.WithTimeout(x.People.Gate(ctx), revalidateLimit)
	var ahead conc.WaitGroup // Slack is asked who the requester is while the console says what is there; reauthorize has the answer at once
	ahead.Go(func() { x.People.Afresh(ctx, req.Requester) })
	defer ahead.Wait()
	defer cancel()
	found := look{args: req.Args, left: req.Targets}
	on, cmd, err := x.on(req.Console, req.Command)
	if err != nil {
		return found, err
	}
	secrets, err := x.secretsOf(req, asking)
	if err != nil {
		return found, WithCommand(cmd, err)
	}
	shown := plans.Of(req).Targets
	seen, err := effect.FetchState(ctx, on.Client, shown)
	if err != nil {
		return found, x.decideBlind(ctx, cmd, req, err)
	}
	left, err := found.compare(cmd, req, shown, seen)
	if err != nil {
		return found, WithCommand(cmd, err)
	}
	found.done = x.doneBefore(req, left, seen)
	call := x.call(on, Interaction{User: req.Requester, Who: x.requester(ctx, req), Secrets: secrets})
	call.Seen = seen.Seen()
	now, err := cmd.Prepare(ctx, call, found.args)
	switch {
	case err != nil && req.Fence > 0 && pointless(err):
		now = catalog.Plan{Also: plans.Of(req).Also, Policy: plans.Of(req).Policy} // it ran before, or may have: what that did is no reason to call it refused
	case err != nil:
		return found, x.unprepared(ctx, cmd, req, err)
	}
	if req.Fence == 0 { // else it may have changed them itself
		found.effect.Changed = append(found.effect.Changed, differences(left, now.Targets)...)
	}
	return found, x.reauthorize(ctx, cmd, req, catalog.Plan{Targets: freshest(left, now.Targets, seen), Also: now.Also, Policy: now.Policy})
}

// compare leaves out what is gone of what was shown, and returns the rest.
//
// Fewer than were approved may run, never others: a list is only ever shortened. What is isolated
// already is noted for timed isolations, whose end must then not lift what was there before. A run
// that follows one whose process died has that one's note: what is isolated now may be its work.
func (l *look) compare(cmd *catalog.Command, req approvals.Request, shown []catalog.Target, seen effect.Snapshot) (left []catalog.Target, err error) {
	if req.Fence > 0 {
		was := effect.Of(req)
		l.effect.Before, l.effect.Changed = was.Before, was.Changed
	}
	for _, t := range shown {
		if seen.Has(t) {
			left = append(left, t)
			if cmd.Timed && req.Fence == 0 && seen.Agents[t.ID].Isolated() {
				l.effect.Before = append(l.effect.Before, t.ID)
			}
			continue
		}
		l.effect.Gone = append(l.effect.Gone, t.ID)
		if words := t.Name + " is no longer in the console and was left out"; !slices.Contains(l.effect.Changed, words) {
			l.effect.Changed = append(l.effect.Changed, words)
		}
	}
	if len(left) == 0 && len(shown) > 0 {
		return nil, &catalog.UsageError{Command: cmd.Name, Problem: "none of the approved targets are left: the console no longer has them", Hint: "nothing was done"}
	}
	if len(l.effect.Gone) > 0 {
		l.left = len(left)
		l.args, err = without(l.args, l.effect.Gone)
	}
	return left, err
}

// doneBefore tells whether a run of req whose process died has done all of it already, as the console
// shows it. What a person let run again is run: they have looked. No state of an endpoint tells that
// a script has run.
func (x *executor) doneBefore(req approvals.Request, left []catalog.Target, seen effect.Snapshot) bool {
	g, action := x.effectFor(req)
	if req.Fence == 0 || len(req.Reopened) > 0 || g == nil || g.Task != nil || len(left) == 0 {
		return false
	}
	var e effect.Effect
	e.Measure(*g, seen, left, action, req.Started.Add(-catalog.ClockSkew))
	return e.Applied == len(left)
}

// freshest are the rows of what is left that were read last: those of the preparation, or of the
// look before it.
//
// A command's preparation may leave out what needs nothing any more (isolated already, say). The
// policy is asked about those as well, by the row that was just read: where they are and what they
// are called may have changed since they were approved.
func freshest(left, prepared []catalog.Target, seen effect.Snapshot) []catalog.Target {
	rows := slices.Clone(prepared)
	for _, t := range left {
		if slices.ContainsFunc(prepared, func(p catalog.Target) bool { return p.Kind == t.Kind && p.ID == t.ID }) {
			continue
		}
		if a, ok := seen.Agents[t.ID]; ok && t.Kind == "agent" {
			t.Name, t.Account, t.Site, t.Group, t.Tags = a.ComputerName, a.AccountName, a.SiteName, a.GroupName, a.TagNames()
		}
		rows = append(rows, t)
	}
	return rows
}

// decideBlind is what is left to say of a request whose targets cannot be read: no, where that is
// certain whatever they are.
func (x *executor) decideBlind(ctx context.Context, cmd *catalog.Command, req approvals.Request, why error) error {
	blind := plans.Of(req)
	for i, t := range blind.Targets {
		if t.Kind == "agent" || t.Kind == "threat" || t.Kind == "alert" { // which are where they are, and called what they are, for a time
			blind.Targets[i] = catalog.Target{Kind: t.Kind, ID: t.ID, Name: t.ID}
		}
	}
	err := x.reauthorize(ctx, cmd, req, blind)
	var open *policy.UnansweredError
	if err != nil && !errors.As(err, &open) {
		return err
	}
	return &policy.UnansweredError{Question: "I can't look up what this touches (" + policyinput.ConsoleReason(why) + ")"}
}

// pointless tells whether a preparation was refused for what is asked for, and not because
// something could not be read.
func pointless(err error) bool {
	var usage *catalog.UsageError
	return errors.As(err, &usage)
}

// unprepared is decideBlind where the command's own preparation failed: what the console definitely
// refuses is no question.
//
// 400, 404, 409 and 422 are answers to the request itself. 401 and 403 may be a token that is being
// changed, 429 and 5xx pass.
func (x *executor) unprepared(ctx context.Context, cmd *catalog.Command, req approvals.Request, err error) error {
	var console *s1.Error
	certain := !errors.As(err, &console) || slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, console.Status)
	if certain && ctx.Err() == nil {
		return WithCommand(cmd, err)
	}
	return x.decideBlind(ctx, cmd, req, err)
}

// reauthorize asks the policy about a request, as things are now: who asked may have lost their
// role, something may be protected since, the policy may want more approvals than were given, and
// who gave one may not any more.
//
// Hours count as of when it was asked for. The budget is not read again: the request itself is in
// it by now and would count twice.
func (x *executor) reauthorize(ctx context.Context, cmd *catalog.Command, req approvals.Request, plan catalog.Plan) error {
	input := x.gate.Input(cmd, Interaction{Who: x.People.Afresh(ctx, req.Requester), At: render.Origin{Channel: req.Channel}, Do: render.Invocation{Console: req.Console}})
	input.At = req.Created
	decision := approvals.Reconsider(x.Policy(), x.gate.withTargets(ctx, input, plan), req)
	var open *policy.UnansweredError
	switch err := decision.Err(); {
	case errors.As(err, &open):
		return err
	case err != nil:
		return &policy.RefusedError{Why: "This is no longer allowed, so nothing was done. " + render.Sentence(decision.Why), Rule: decision.Rule, Role: decision.Role}
	case decision.Effect == policy.Allow:
		return nil
	}
	return x.recountApprovals(ctx, req, decision)
}

// recountApprovals counts the approvals of a request anew, under the decision of now and with the
// roles that people have now.
//
// The two refusals differ because people do different things then: ask for a new approval under the
// new rule, or find out about a colleague.
func (x *executor) recountApprovals(ctx context.Context, req approvals.Request, decision policy.Decision) error {
	approvers := x.gate.approversOf(ctx, req)
	missing, open := approvals.MissingUnder(decision, req, approvers)
	switch {
	case missing == 0:
		return nil
	case open != "":
		return &policy.UnansweredError{Question: open, Rule: decision.Rule}
	}
	lost := approvals.Lost(approvals.Under(decision, req), approvers)
	why := fmt.Sprintf("Nothing was done: the policy changed while this was waiting, and it now also needs %s from: %s. Request it again.", text.Plural(missing, "approval"), wanted(decision))
	if len(lost) > 0 {
		why = fmt.Sprintf("Nothing was done: it still needs %s from: %s, because %s can no longer approve this. Request it again.", text.Plural(missing, "approval"), wanted(decision), strings.Join(lost, ", "))
	}
	return &policy.RefusedError{Why: why, Rule: decision.Rule}
}

// noteDifferences writes down what was found, before it runs.
func (x *executor) noteDifferences(ctx context.Context, req approvals.Request, l look) (approvals.Request, error) {
	if len(l.effect.Changed)+len(l.effect.Before) == 0 {
		return req, nil
	}
	body, err := json.Marshal(l.effect)
	if err != nil {
		return req, fmt.Errorf("write down what is different: %w", err)
	}
	if len(l.effect.Gone) == 0 {
		return x.Ledger.RecordEffect(ctx, req, body)
	}
	return x.Ledger.Adjust(ctx, req.ID, l.args, l.left, body)
}

// differences tells what of the targets is no longer as it was shown.
//
// They are told on the card beside the result and stop nothing: what may stop it, the policy
// decides from the same facts.
func differences(shown, now []catalog.Target) []string {
	var found []string
	for _, was := range shown {
		i := slices.IndexFunc(now, func(t catalog.Target) bool { return t.Kind == was.Kind && t.ID == was.ID })
		if i < 0 {
			continue
		}
		is := now[i]
		if is.Name != was.Name {
			found = append(found, fmt.Sprintf("%s is now called %s", was.Name, is.Name))
		}
		if is.Place() != was.Place() {
			found = append(found, fmt.Sprintf("%s is now in %s", was.Name, is.Place()))
		}
		if is.State != was.State {
			found = append(found, fmt.Sprintf("%s is now %s", was.Name, is.State))
		}
		for _, w := range is.Warnings {
			if !slices.Contains(was.Warnings, w) {
				found = append(found, was.Name+": "+w)
			}
		}
	}
	return found
}

// without removes ids from the lists in arguments. A list that would be empty is refused: to the
// console it means everything.
//
// Numbers are kept as they are written: ids of eighteen digits do not survive a float64.
func without(args json.RawMessage, ids []string) (json.RawMessage, error) {
	var value any
	d := json.NewDecoder(bytes.NewReader(args))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("read the arguments: %w", err)
	}
	value, err := prune(value, ids)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// prune takes ids out of arguments, wherever in them they stand. A list of which nothing is left is
// refused: in this API an empty one selects everything.
func prune(value any, ids []string) (any, error) {
	var err error
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			if v[key], err = prune(v[key], ids); err != nil {
				return nil, err
			}
		}
	case []any:
		kept := slices.DeleteFunc(slices.Clone(v), func(item any) bool {
			id, ok := item.(string)
			return ok && slices.Contains(ids, id)
		})
		if len(kept) == 0 && len(v) > 0 {
			return nil, &catalog.UsageError{Problem: "none of the approved targets are left", Hint: "nothing was done"}
		}
		for i := range kept {
			if kept[i], err = prune(kept[i], ids); err != nil {
				return nil, err
			}
		}
		return kept, nil
	}
	return value, nil
}
