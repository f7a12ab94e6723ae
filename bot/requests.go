package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sourcegraph/conc"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// rule asks the policy about a wish, with what the ledger knows of the last hour.
func (b *Bot) rule(ctx context.Context, wish policy.Input) policy.Decision {
	return b.ruleBy(ctx, wish, b.Policy().Decide)
}

// ruleBy is rule by one of the policy's ways to decide.
func (b *Bot) ruleBy(ctx context.Context, wish policy.Input, decide func(policy.Input) policy.Decision) policy.Decision {
	if wish.Risk != string(catalog.Read) {
		spent, err := b.Ledger.LastHour(ctx, wish.Caller.ID)
		if err != nil {
			b.Log.Error("cannot read the budget of a person", "user", wish.Caller.ID, "err", err)
			return policy.Decision{Effect: policy.Unanswered, Open: "I can't read from the database what you asked for in the last hour"}
		}
		wish.LastHour = spent // and Submit sees to it that nothing else was spent meanwhile
	}
	return decide(wish)
}

// refuse says no and writes it down.
func (b *Bot) refuse(ctx context.Context, wish policy.Input, ruling policy.Decision) error {
	if err := b.Ledger.Refuse(ctx, wish, ruling); err != nil {
		b.Log.Error("cannot write a refusal down", "user", wish.Caller.ID, "command", wish.Command, "err", err)
	}
	return ruling.Err()
}

// adoptCard notes that a message shows a request: somebody clicked there, so it does, even where a crash kept that out of the row.
// Slack says which message that was; where the channel can be read, the message itself does.
func (b *Bot) adoptCard(ctx context.Context, a ask, id string) {
	channel := b.Policy().Channel()
	if a.at.Message == "" || a.fleeting || a.at.Channel != channel {
		return
	}
	req, err := b.Ledger.Get(ctx, id)
	if err != nil || slices.ContainsFunc(req.Cards, func(c approvals.CardRef) bool { return c.Channel == channel && c.TS == a.at.Message }) {
		return
	}
	if ts, found, err := b.Find(ctx, channel, "", req.ID, req.Created.Add(-post.ClockSkew)); err == nil && (!found || ts != a.at.Message) {
		return
	}
	err = b.Ledger.AddCard(ctx, id, approvals.CardRef{Channel: channel, TS: a.at.Message, Shown: -1})
	if err != nil && !errors.Is(err, approvals.ErrNotFound) {
		b.Log.Warn("cannot write down which message shows a request", "request_id", id, "err", err)
	}
}

// markTold writes down that those who wait for the end of a request know of it.
func (b *Bot) markTold(ctx context.Context, req approvals.Request) error {
	if err := b.Ledger.Shown(ctx, req, nil, true); err != nil {
		return fmt.Errorf("write down that the end of %s was told: %w", req.Ref, err)
	}
	return nil
}

// end shows how a request ended and tells those who wait for it, once: also where Slack takes its time, so that recover finds it untold.
func (b *Bot) end(ctx context.Context, req approvals.Request, a *ask) {
	if _, busy := b.ending.LoadOrStore(req.ID, true); busy {
		return
	}
	defer b.ending.Delete(req.ID)
	if now, err := b.Ledger.Get(ctx, req.ID); err == nil {
		req.Told = now.Told
	}
	if req.Undecided() {
		req = b.doubt(ctx, req)
	}
	if !req.HasCard() && req.Quorum > 0 {
		b.findCard(ctx, req)
	}
	b.show(ctx, req.ID)
	if req.Told || !req.Final() {
		return
	}
	b.tell(ctx, req, a)
	if err := b.markTold(ctx, req); err != nil {
		b.Log.Warn("the end of a request may be told again", "request_id", req.ID, "err", err)
	}
}

// execute runs an approved request, once, whoever calls it how often, after a look. A is who waits for the answer at this moment; nil
// when the request waited for an approval.
func (b *Bot) execute(ctx context.Context, id string, a *ask) error {
	if _, busy := b.looking.LoadOrStore(id, true); busy && a == nil {
		return nil // somebody here is at it
	}
	defer b.looking.Delete(id)
	req, err := b.Ledger.Get(ctx, id)
	if err != nil || req.State != approvals.Approved {
		return err
	}
	switch err := b.frozen(ctx); {
	case errors.Is(err, approvals.ErrFrozen) && a == nil:
		return nil // it waits; what holds it up is on a card of its own
	case errors.Is(err, approvals.ErrFrozen):
		return b.drop(ctx, id, err)
	case err != nil:
		return err
	}
	found := look{args: req.Args, left: req.Targets}
	if b.worthALook(a) {
		found, err = b.lookAgain(ctx, req, a)
	}
	var open *policy.UnansweredError
	switch {
	case errors.As(err, &open) && a != nil:
		return b.drop(ctx, id, err)
	case errors.As(err, &open):
		return b.holdRun(ctx, req, open)
	}
	return b.run(ctx, id, a, found, err)
}

// worthALook tells whether anything can be different from when a request was made: one that runs at once has just been looked at, by
// the policy that holds now.
func (b *Bot) worthALook(a *ask) bool { return a == nil || a.ruled == nil || !a.ruled.Same(b.Policy()) }

// holdRun writes down which question keeps a request from running, and shows it; recover asks again.
func (b *Bot) holdRun(ctx context.Context, req approvals.Request, open *policy.UnansweredError) error {
	b.Log.Warn("a request does not run yet", "request_id", req.ID, "command", req.Command, "err", open)
	after, err := b.Ledger.Hold(ctx, req.ID, open.Question)
	switch {
	case errors.Is(err, approvals.ErrTaken):
		return nil
	case errors.Is(err, approvals.ErrExpired):
		b.end(ctx, after, nil)
		return nil
	case err != nil:
		return fmt.Errorf("write down why %s does not run yet: %w", req.Ref, err)
	}
	if after.Rev != req.Rev {
		b.show(ctx, req.ID)
	}
	return nil
}

// run claims a request that was looked at and carries it out; no is why it must not run, if so.
func (b *Bot) run(ctx context.Context, id string, a *ask, found look, no error) error {
	var showing conc.WaitGroup
	req, err := b.Ledger.Run(ctx, id, func(ctx context.Context, req approvals.Request) approvals.Result {
		if len(req.Cards) > 0 {
			showing.Go(func() { b.show(context.WithoutCancel(ctx), id) }) // "running", while the console works
		}
		return b.carryOut(ctx, req, a, found, no)
	})
	showing.Wait()
	switch {
	case errors.Is(err, approvals.ErrTaken):
		return nil // another process, click or start runs it
	case errors.Is(err, approvals.ErrFrozen) && a == nil:
		return nil // it waits; what holds it up is on a card of its own
	case errors.Is(err, approvals.ErrFrozen):
		return b.drop(ctx, id, err)
	case err != nil:
		return fmt.Errorf("run request %s: %w", id, err)
	}
	b.end(ctx, req, a)
	b.changed(ctx, req)
	return nil
}

// drop takes back what was to run at once when everything was frozen, or nobody could tell whether it may: who asked is told that
// nothing was done, and so it stays.
func (b *Bot) drop(ctx context.Context, id string, why error) error {
	req, err := b.Ledger.Drop(ctx, id, why.Error())
	if err == nil {
		err = b.markTold(ctx, req)
	}
	if err != nil && !errors.Is(err, approvals.ErrNotPending) { // an approved one waits
		b.Log.Error("cannot take a request back", "request_id", id, "err", err)
	}
	return why
}

// carryOut calls the console for a request that was looked at and claimed. Asking is who waits for the answer, no is why it must not
// run, if so; see execute.
func (b *Bot) carryOut(ctx context.Context, req approvals.Request, asking *ask, found look, no error) approvals.Result {
	a := ask{user: req.Requester, who: b.requester(ctx, req), at: origin{Channel: req.Channel, Thread: req.Thread, Key: req.ID}}
	cmd, ok := b.Catalog.Find(req.Command)
	if !ok {
		return b.failed(a, fmt.Errorf("command %s is no longer there", req.Command))
	}
	err := errors.Join(b.Ledger.Pinned(ctx, req), b.stillEnds(ctx, req), no)
	if err == nil {
		a.secrets, err = b.secretsOf(req, asking)
	}
	if err != nil {
		return b.failed(a, b.blame(cmd, err))
	}
	call := b.call(a)
	call.Tell = func(ctx context.Context, card render.Card) error { return b.confide(ctx, req.Requester, asking, card) }
	var said *catalog.Acceptance
	call.OnAccept = func(a catalog.Acceptance) { said = &a }
	var saved json.RawMessage
	call.OnSave = func(state json.RawMessage) error { saved = state; return nil }
	if req, err = b.noteDifferences(ctx, req, found); err != nil {
		return b.failed(a, b.blame(cmd, err))
	}
	card, err := cmd.Run(ctx, call, req.Args)
	if err != nil {
		return b.failed(a, b.blame(cmd, err))
	}
	if cmd.Follows() && saved != nil {
		b.await(ctx, req, saved)
	}
	return b.took(ctx, req, planOf(req).Told(card), said)
}

// await begins to wait for the effect of a request that ran.
func (b *Bot) await(ctx context.Context, req approvals.Request, saved json.RawMessage) {
	j := job{
		Do: render.Invocation{Command: req.Command, Args: req.Args}, Follow: true, User: req.Requester, Saved: saved,
		Origin: origin{Channel: req.Channel, Thread: req.Thread, Key: fmt.Sprintf("%s %d", req.ID, req.Fence)}, Began: b.Now(),
	}
	if err := b.startJob(ctx, j); err != nil {
		b.Log.Error("cannot wait for the effect of a request", "request_id", req.ID, "err", err)
	}
}

// failed is the outcome of a command that ended in an error.
func (b *Bot) failed(a ask, err error) approvals.Result {
	card, fault := b.explain(a, err)
	if fault != nil {
		b.Log.Error("a request failed", "request_id", a.at.Key, "user", a.user, "err", fault)
	}
	card.Outcome = render.Failed
	r := result(card)
	r.Uncertain, r.Err = outcomeUnknown(err), err
	return r
}

// result is a card as the row keeps it.
func result(card render.Card) approvals.Result {
	card.Files = nil
	body, err := json.Marshal(card)
	if err != nil {
		body = nil
	}
	return approvals.Result{Outcome: string(card.Outcome), Card: body, Answer: card.Text}
}

// requester is the person who asked, as Slack says now; the name is the row's where it does not say.
func (b *Bot) requester(ctx context.Context, req approvals.Request) Person {
	who := b.people.who(ctx, req.Requester)
	who.Name = first(who.Name, req.RequesterName)
	return who
}

// tell gives the result to those who wait for it: the thread of the card, and the requester. What can be edited follows what the console
// says later.
func (b *Bot) tell(ctx context.Context, req approvals.Request, a *ask) {
	card := resultCopy(req, "")
	b.reportBack(ctx, req, card)
	if a != nil {
		b.reply(ctx, *a, card)
		return
	}
	for _, ref := range req.Heads() {
		channel, ts, err := b.post.Post(ctx, ref.Channel, ref.TS, "", card)
		if err != nil {
			b.Log.Warn("cannot post a result to its thread", "request_id", req.ID, "err", err)
		}
		b.addCopy(ctx, req, post.Sent{Channel: channel, TS: ts})
	}
	b.addCopy(ctx, req, b.tellRequester(ctx, req, resultCopy(req, req.Requester)))
}

// addCopy writes down that a message shows a result.
func (b *Bot) addCopy(ctx context.Context, req approvals.Request, at post.Sent) {
	if at.TS == "" {
		return
	}
	if err := b.Ledger.AddCopy(ctx, req.ID, approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev}); err != nil {
		b.Log.Warn("cannot write down which message tells of a result", "request_id", req.ID, "err", err)
	}
}

// tellRequester sends a card to the person who asked, and returns the message where it can be edited.
func (b *Bot) tellRequester(ctx context.Context, req approvals.Request, card render.Card) post.Sent {
	at, err := b.deliver(ctx, req.Requester, origin{Channel: req.Channel, Thread: req.Thread}, card)
	if err != nil {
		b.Log.Error("cannot tell the requester", "request_id", req.ID, "user", req.Requester, "err", err)
	}
	return at
}

// changed lets others know what a request touched, so that their cards follow at once.
func (b *Bot) changed(ctx context.Context, req approvals.Request) {
	var plan catalog.Plan
	if b.Changed == nil || json.Unmarshal(req.Plan, &plan) != nil {
		return
	}
	ids := map[string][]string{}
	for _, t := range plan.Targets {
		ids[t.Kind] = append(ids[t.Kind], t.ID)
	}
	for kind, list := range ids {
		b.Changed(ctx, kind, list)
	}
}

// expire closes requests whose time is over and says so.
func (b *Bot) expire(ctx context.Context) {
	expired, err := b.Ledger.ExpireDue(ctx)
	if err != nil && ctx.Err() == nil {
		b.Log.Error("cannot expire requests", "err", err)
	}
	for _, req := range expired {
		b.work.push(func(ctx context.Context) {
			b.end(ctx, req, nil)
		})
	}
}

// recover takes up what an earlier or another process left: approved requests that nobody runs, runs that broke off, and
// requests whose card was never posted.
func (b *Bot) recover(ctx context.Context) {
	left, err := b.Ledger.Recover(ctx)
	if err != nil && ctx.Err() == nil {
		b.Log.Error("cannot look for requests left over", "err", err)
	}
	for _, req := range left {
		b.work.push(func(ctx context.Context) {
			if err := b.takeUp(ctx, req); err != nil {
				b.Log.Error("cannot take up a request", "request_id", req.ID, "err", err)
			}
		})
	}
}

func (b *Bot) takeUp(ctx context.Context, req approvals.Request) error {
	switch req.State {
	case approvals.Pending, approvals.Frozen:
		if len(req.Cards) == 0 {
			return b.announceAgain(ctx, req)
		}
	case approvals.Approved:
		if req.After != "" && len(req.Cards) == 0 {
			b.logUnposted(req, b.announceAgain(ctx, req)) // who filed it may have been at it
		}
		return b.execute(ctx, req.ID, nil)
	}
	b.end(ctx, req, nil)
	return nil
}
