package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/streak"
)

// What was isolated for a time. The row says when something is due (approvals/term.go); of all
// processes one gets it. Before the end people are warned; at the end the bot asks for the
// reconnection on behalf of who asked for the isolation, as a request of its own. Nothing here
// reconnects anything: that is done as any other request is, by execute.

// mindTerms takes up what is due of isolations for a time.
//
// Work has as long as the lease is: whoever is still at it afterwards would meet the next one.
func (ts *terms) mindTerms(ctx context.Context) {
	due, err := ts.Ledger.TermsDue(ctx)
	ts.looks.Note(ctx, ts.Log, "cannot look for isolations that end", err)
	for _, req := range due {
		ts.enqueue(req, func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, approvals.TermLease)
			defer cancel()
			if err := ts.mindTerm(ctx, req); err != nil && !errors.Is(err, approvals.ErrLeaseLost) {
				ts.Log.ErrorContext(ctx, "could not handle the end of a timed isolation; retrying", "request_id", req.ID, "err", err)
			}
		})
	}
}

// mindTerm warns of the end of an isolation, or ends it. Where a person was faster, it says so and
// is done.
//
// The key of the request that ends it is made from the isolation's row alone, so whoever takes over
// from a process that died finds what it filed, and says the rest. A warning does not wait for a
// console that is silent; the end does, for nobody knows then what there is to end.
func (ts *terms) mindTerm(ctx context.Context, req approvals.Request) error {
	if ts.Now().After(req.Term.Taken) {
		return nil // it waited for a slot for too long: somebody else has it
	}
	switch next, filed, err := ts.Ledger.Made(ctx, endKey(req)); {
	case err != nil:
		return err
	case filed:
		return ts.asked(ctx, req, next) // by one who died, or could not say so
	}
	still, err := ts.stillIsolated(ctx, req)
	switch {
	case err == nil && len(still.Targets) == 0:
		return ts.overAlready(ctx, req, still)
	case ts.Now().Before(req.Term.Ends):
		return ts.warn(ctx, req, still)
	case err != nil:
		return errors.Join(err, ts.hold(ctx, req, "the console isn't responding"))
	}
	return ts.endTerm(ctx, req, still)
}

// stillIsolated asks the console what of a request is isolated now. What was isolated again by a
// later request is that one's.
//
// With an error it returns all of it, which is enough to warn. An endpoint that has been off since
// before the isolation shows its old state; the order waits for it in the console, so it is as good
// as isolated.
func (ts *terms) stillIsolated(ctx context.Context, req approvals.Request) (requestcards.Remainder, error) {
	targets := slices.DeleteFunc(plans.Of(req).Targets, func(t catalog.Target) bool { return slices.Contains(effect.Of(req).Gone, t.ID) })
	whole := requestcards.Remainder{Targets: targets}
	on, err := ts.Consoles.Carried(req.Console)
	if err != nil {
		return whole, err
	}
	seen, err := effect.FetchState(ctx, on.Client, targets)
	if err != nil {
		return whole, fmt.Errorf("look at what is isolated: %w", err)
	}
	sequels, err := ts.overlaps.sequels(ctx, req)
	if err != nil {
		return whole, err
	}
	var still requestcards.Remainder
	for _, t := range targets {
		other, a := sequels[t.ID], seen.Agents[t.ID]
		unreached := !a.Online() && a.LastActiveDate.Before(req.Started) // its isolation waits for it, whatever is shown until then
		switch {
		case !seen.Has(t):
			still.Left = append(still.Left, t.Name+" is no longer in the console")
		case !a.Isolated() && !unreached:
			still.Left = append(still.Left, t.Name+" is connected again")
		case other.isolation != "":
			still.Left = append(still.Left, fmt.Sprintf("%s was isolated again (%s)", t.Name, other.isolation))
		default:
			still.Targets = append(still.Targets, t)
			still.Contested = still.Contested || other.contested()
			if len(other.others) > 0 {
				still.Notes = append(still.Notes, fmt.Sprintf("⚠ %s may have to stay isolated, because of %s.", t.Name, strings.Join(other.others, ", ")))
			}
		}
	}
	return still, nil
}

// overAlready ends a term whose isolation is over: nothing is asked for.
func (ts *terms) overAlready(ctx context.Context, req approvals.Request, still requestcards.Remainder) error {
	note := "I didn't request a reconnection: " + effect.Some(still.Left) + "."
	return ts.closeTerm(ctx, req, "", note, requestcards.TermNote(req, "The isolation for "+requestcards.Span(req)+" is over", note))
}

// closeTerm says that a term is over, and writes it down.
//
// It is said before it is written: after a crash in between it is found by its key (tellAll) and
// not said twice, while the other order could leave it unsaid.
func (ts *terms) closeTerm(ctx context.Context, req approvals.Request, next, note string, card render.Card) error {
	if err := ts.reporter.tellAll(ctx, req, endKey(req), card); err != nil {
		return err
	}
	_, err := ts.Ledger.EndTerm(ctx, req, note, next)
	if err == nil {
		ts.publisher.show(ctx, req.ID)
	}
	return err
}

// warn tells the thread of the card and the requester that an isolation ends soon.
func (ts *terms) warn(ctx context.Context, req approvals.Request, still requestcards.Remainder) error {
	key := fmt.Sprintf("warning %s %d %d", req.ID, req.Fence, len(req.Term.Extensions))
	if err := ts.reporter.tellAll(ctx, req, key, requestcards.EndsSoon(req, still, ts.undoActions(req, still))); err != nil {
		return err
	}
	_, err := ts.Ledger.RecordWarning(ctx, req)
	if err == nil {
		ts.publisher.show(ctx, req.ID)
	}
	return err
}

// endTerm asks for the reconnection.
func (ts *terms) endTerm(ctx context.Context, req approvals.Request, still requestcards.Remainder) error {
	if err := ts.gate.frozen(ctx); errors.Is(err, approvals.ErrFrozen) {
		return ts.hold(ctx, req, "changes are frozen")
	} else if err != nil {
		return err
	}
	next, fresh, decision, err := ts.fileEnd(ctx, req, still)
	switch {
	case err != nil:
		return err
	case decision.Effect == policy.Unanswered:
		return ts.hold(ctx, req, decision.Open)
	case decision.Err() != nil:
		return ts.unasked(ctx, req, still, decision)
	}
	if fresh { // else a process that died wrote it down, and recover posts its card
		ts.reporter.logUnposted(next, ts.publisher.announce(ctx, next))
	}
	return ts.asked(ctx, req, next, requestcards.LeftOut(still)...)
}

// asked says that the reconnection is asked for, and runs it where it needs no approval.
func (ts *terms) asked(ctx context.Context, req, next approvals.Request, more ...string) error {
	note := "I requested the reconnection: " + next.Ref + "."
	if next.Quorum == 0 {
		note = "I'm reconnecting it, as the policy allows: " + next.Ref + "."
	}
	note = strings.Join(append([]string{note}, more...), " ")
	if err := ts.closeTerm(ctx, req, next.ID, note, requestcards.TermNote(req, render.Sentence(requestcards.IsOver(req)), note)); err != nil {
		return err
	}
	if next.State == approvals.Approved {
		return ts.executor.execute(ctx, next.ID, nil)
	}
	return nil
}

// fileEnd writes the request for the reconnection down; again where the requester asked for
// something else meanwhile, which the policy may count. A request that a process which died has
// written down already is that one, and not fresh.
//
// Whether the isolation was extended is asked between the decision and the write. What gets in
// after that, carryOut finds (stillEnds).
func (ts *terms) fileEnd(ctx context.Context, req approvals.Request, still requestcards.Remainder) (next approvals.Request, fresh bool, decision policy.Decision, err error) {
	for {
		next, decision, err = ts.reconnection(ctx, req, still)
		if err != nil || decision.Err() != nil {
			return next, false, decision, err
		}
		if err := ts.overlaps.stillEnds(ctx, next); errors.Is(err, errLonger) {
			return next, false, decision, approvals.ErrLeaseLost // an approver was faster
		} else if err != nil {
			return next, false, decision, err
		}
		next, fresh, err = ts.Ledger.Submit(ctx, next)
		switch {
		case err == nil:
			return next, fresh, decision, nil
		case !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil:
			return next, false, decision, fmt.Errorf("write the end of %s down: %w", req.Ref, err)
		}
	}
}

// reconnection is the request that ends an isolation, and what the policy says to it. Who asked for
// the isolation asks for it, as far as the policy is concerned: what they may not, the bot does not
// on their behalf.
func (ts *terms) reconnection(ctx context.Context, req approvals.Request, still requestcards.Remainder) (approvals.Request, policy.Decision, error) {
	inv, known := ts.undo(req, still.Targets)
	if !known {
		return req, policy.Decision{}, ErrGone
	}
	on, cmd, err := ts.on(inv.Console, inv.Command)
	if err != nil {
		return req, policy.Decision{}, err
	}
	in := Interaction{User: req.Requester, Who: ts.People.Afresh(ctx, req.Requester), Do: inv, At: render.Origin{Channel: req.Channel, Thread: req.Thread, Key: endKey(req)}}
	in.Extras = catalog.Extras{Reason: requestcards.EndReason(req), Ticket: req.Ticket}
	plan, err := cmd.Prepare(ctx, ts.call(on, in), inv.Args)
	if err != nil {
		return req, policy.Decision{}, WithCommand(cmd, err)
	}
	plan.Notes = append(plan.Notes, still.Notes...)
	input := ts.gate.withTargets(ctx, ts.gate.Input(cmd, in), plan)
	decision := ts.gate.decideBy(ctx, input, func(input policy.Input) policy.Decision {
		return ts.Policy().AtEnd(input, effect.EndsAlone(req) && !still.Contested)
	})
	switch decision.Effect {
	case policy.Unanswered:
		return req, decision, nil
	case policy.Deny:
		return req, decision, ts.Ledger.Refuse(ctx, input, decision)
	}
	next, err := newRequest(cmd, in, plan, decision)
	next.After = req.ID
	return next, decision, err
}

// unasked says that the time is over and the bot may not ask for what ends it: people have to.
//
// The term ends all the same. To try for ever would hide that a person has to act; the button lets
// anybody who may do it with one click.
func (ts *terms) unasked(ctx context.Context, req approvals.Request, still requestcards.Remainder, decision policy.Decision) error {
	note := "I'm not allowed to request the reconnection on the requester's behalf: " + render.Sentence(decision.Why) + " The isolation stays until somebody reconnects it."
	card := requestcards.TermNote(req, render.Sentence(requestcards.IsOver(req)), note)
	card.Tone = render.Warning
	card.Actions = ts.undoActions(req, still)
	return ts.closeTerm(ctx, req, "", note, card)
}

// hold writes down why an isolation cannot be ended yet; it is tried again.
func (ts *terms) hold(ctx context.Context, req approvals.Request, why string) error {
	after, err := ts.Ledger.HoldTerm(ctx, req, why)
	if err == nil && after.Rev != req.Rev {
		ts.publisher.show(ctx, req.ID)
	}
	return err
}

// endKey names the one request that ends an isolation, and the message that says so.
//
// Fence and extensions are in it: a run that was made again and an end that was moved have an end
// of their own.
func endKey(req approvals.Request) string {
	return fmt.Sprintf("end %s %d %d", req.ID, req.Fence, len(req.Term.Extensions))
}

// terms ends isolations whose time is over.
type terms struct {
	*Config
	gate      *Gate
	publisher *Publisher
	reporter  *reporter
	overlaps  *overlaps
	executor  *executor
	looks     streak.Rounds
}
