package workflow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
)

// Submit asks for a change: it is written down as a row, and runs at once or waits for a second
// person, as the policy says.
//
// What costs nothing and refuses most comes first. Who made this request already with this very
// click (a delivery repeated after a crash) goes on with it. Then the person is asked about anew,
// since a cached role is no basis for a change, and the policy with what is known early; then the
// freeze and the reason; only then the console is asked what would be touched. The policy that
// finally allowed it is kept beside the interaction, so that a reload in between makes execute look
// again.
func (s *Submitter) Submit(ctx context.Context, cmd *catalog.Command, in Interaction) error {
	switch req, made, err := s.Ledger.Made(ctx, in.At.Key); {
	case err != nil:
		return err
	case made:
		return s.resume(ctx, req, in)
	}
	in.Who = s.People.Afresh(ctx, in.User)
	input := s.gate.Input(cmd, in)
	if decision := s.gate.Decide(ctx, input); decision.Err() != nil {
		return s.gate.Refuse(ctx, input, decision)
	}
	if err := s.gate.frozen(ctx); err != nil {
		_ = s.gate.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Rule: approvals.FreezeCommand, Why: err.Error()})
		return err
	}
	if cmd.NeedsReason() && in.Extras.Reason == "" {
		return ErrNoReason
	}
	on, cmd, err := s.on(in.Do.Console, cmd.Name)
	if err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, s.call(on, in), in.Do.Args)
	if err != nil {
		return WithCommand(cmd, err)
	}
	input = s.gate.withTargets(ctx, input, plan)
	if thread := s.Threads.Thread(ctx, in.At); thread != "" {
		in.At.Thread = thread // what becomes of it is told where it was asked for
	}
	policy := s.Policy()
	req, fresh, asked, err := s.submitOnce(ctx, cmd, in, input, s.gate.markProtected(input, plan))
	if err != nil {
		return err
	}
	if asked {
		s.reporter.offerAsked(ctx, in, req)
		return nil
	}
	if !fresh {
		return s.resume(ctx, req, in)
	}
	if in.ruled = &policy; req.State == approvals.Approved {
		return s.executor.execute(ctx, req.ID, &in)
	}
	return s.reporter.waitForApproval(ctx, in, req)
}

// submitRequest writes a request down as the policy rules; again where the same person asked for
// something else meanwhile, which may have spent what was left of their budget.
//
// Each round is caused by another request of the same person that was written meanwhile; ctx ends
// it otherwise.
func (s *Submitter) submitRequest(ctx context.Context, cmd *catalog.Command, in Interaction, input policy.Input, plan catalog.Plan) (req approvals.Request, fresh bool, err error) {
	for {
		decision := s.gate.Decide(ctx, input)
		if decision.Err() != nil {
			return req, false, s.gate.Refuse(ctx, input, decision)
		}
		if err := s.refuseUnsealed(ctx, cmd, input, plan, decision); err != nil {
			return req, false, err
		}
		if req, err = newRequest(cmd, in, plan, decision); err != nil {
			return req, false, err
		}
		req.Term = s.overlaps.termOf(ctx, cmd, in, plan)
		if req, err = s.sealed(req, plan.Secrets); err != nil {
			return req, false, err
		}
		req, fresh, err = s.Ledger.Submit(ctx, req)
		switch {
		case err == nil:
			return req, fresh, nil
		case !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil:
			return req, false, fmt.Errorf("write the request down: %w", err)
		}
	}
}

// resume goes on with a request that was made before a crash by the delivery which is now taken up
// again. What was asked for is what its row says, whatever the console would say of it today.
func (s *Submitter) resume(ctx context.Context, req approvals.Request, in Interaction) error {
	switch {
	case req.State == approvals.Approved && req.Quorum > 0:
		return s.executor.execute(ctx, req.ID, nil) // it waited, so it is looked at once more
	case req.State == approvals.Approved:
		return s.executor.execute(ctx, req.ID, &in)
	case req.Quorum == 0 || len(req.Cards) > 0 && req.State != approvals.Pending:
		return nil // told already, or told by who finds out how it ended
	case len(req.Cards) > 0:
		s.answerOnceMore(ctx, in, req)
		return nil
	}
	if err := s.reporter.announceAgain(ctx, req); err != nil {
		return err
	}
	if req.State != approvals.Pending {
		s.reporter.conclude(ctx, req, nil)
		return nil
	}
	if now, err := s.Ledger.Get(ctx, req.ID); err == nil {
		req = now
	}
	s.answerOnceMore(ctx, in, req)
	return nil
}

// answerOnceMore tells who asked that their request waits, unless they certainly know: the crash
// may have come before the answer, and to read it twice is the smaller harm.
func (s *Submitter) answerOnceMore(ctx context.Context, in Interaction, req approvals.Request) {
	if !slices.ContainsFunc(req.Copies, func(c approvals.CardRef) bool { return c.Asked }) {
		s.reporter.tellAsked(ctx, in, req)
	}
}

// newRequest is the row of an invocation: ids only, as it was shown.
//
// Args are the plan's: the filter and the names that were typed are resolved in it, and that is
// what runs whatever they would match later.
func newRequest(cmd *catalog.Command, in Interaction, plan catalog.Plan, decision policy.Decision) (approvals.Request, error) {
	shown, err := json.Marshal(plan)
	if err != nil {
		return approvals.Request{}, fmt.Errorf("write down what %s touches: %w", cmd.Name, err)
	}
	req := approvals.Under(decision, approvals.Request{
		Key: in.At.Key, Command: cmd.Name, Title: cmd.Title, Risk: string(cmd.Risk), Repeatable: cmd.Repeatable,
		Args: plan.Args, Plan: shown, Targets: len(plan.Targets), Endpoints: plan.ActsOn(),
		Console: in.Do.Console, Requester: in.Who.ID, RequesterName: in.Who.Name, Channel: in.At.Channel, Thread: in.At.Thread,
		Reason: in.Extras.Reason, Ticket: in.Extras.Ticket,
	})
	return req, nil
}

// askedAlready finds a request of the same person that waits and is for the very same: the same
// command, arguments, and time.
//
// Reason and ticket may differ. Somebody who clicks twice, or asks from two places, would otherwise
// put two cards before the approvers.
func (s *Submitter) askedAlready(ctx context.Context, cmd *catalog.Command, in Interaction, plan catalog.Plan) (was approvals.Request, found bool, err error) {
	if len(plan.Secrets) > 0 {
		return was, false, nil // what it hides may be another one
	}
	waiting, err := s.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}, Requester: in.Who.ID})
	if err != nil {
		return was, false, fmt.Errorf("look for the same request: %w", err)
	}
	for _, req := range waiting {
		same := s.onSame(req, approvals.Request{Console: in.Do.Console}) && req.Command == cmd.Name && req.After == "" && req.Open(s.Now()) && len(req.Sealed) == 0 && sameJSON(req.Args, plan.Args)
		if same && (req.Term == nil && in.Extras.For == 0 || req.Term != nil && req.Term.For == in.Extras.For) {
			return req, true, nil
		}
	}
	return was, false, nil
}

// sameJSON compares two values whatever the order of their keys.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return bytes.Equal(a, b)
	}
	return reflect.DeepEqual(x, y)
}

// submitOnce writes a request down, unless the same person waits for the very same already.
func (s *Submitter) submitOnce(ctx context.Context, cmd *catalog.Command, in Interaction, input policy.Input, plan catalog.Plan) (req approvals.Request, fresh, asked bool, err error) {
	defer s.asking.Lock(in.User)()
	if req, asked, err = s.askedAlready(ctx, cmd, in, plan); err != nil || asked {
		return req, false, asked, err
	}
	req, fresh, err = s.submitRequest(ctx, cmd, in, input, plan)
	return req, fresh, false, err
}

// A Submitter writes requests down.
type Submitter struct {
	*Config
	gate     *Gate
	reporter *reporter
	overlaps *overlaps
	executor *executor
	asking   KeyMutex // one person's requests are written down one by one
}
