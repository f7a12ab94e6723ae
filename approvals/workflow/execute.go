package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/s1"
)

// execute runs an approved request, once, whoever calls it how often, after a look. A is who waits
// for the answer at this moment; nil when the request waited for an approval.
//
// Approve, Recover and a repeated delivery may all call it for one request at the same moment. The
// map of those that are being looked at spares the second look in this process; across processes,
// and for good, it is the claim in run that lets one of them through.
//
// Everything that can be asked is asked before the claim, so that what waits for an answer stays
// "approved" and says why. Only what is certain goes on, a certain no included: that one is claimed
// too, and ends as failed with the reason as its result.
func (x *executor) execute(ctx context.Context, id string, in *Interaction) error {
	req, err := x.Ledger.Get(ctx, id)
	switch {
	case errors.Is(err, approvals.ErrNotFound):
		return err
	case err != nil:
		return notStarted(err)
	case req.State != approvals.Approved:
		return nil
	}
	switch err := x.gate.frozen(ctx); {
	case errors.Is(err, approvals.ErrFrozen) && in == nil:
		return nil // it waits; what holds it up is on a card of its own
	case errors.Is(err, approvals.ErrFrozen):
		return x.drop(ctx, req.ID, err)
	case err != nil:
		return notStarted(err)
	}
	return x.executeRead(ctx, req, in)
}

// executeRead is execute for a request that the caller has just read, or decided on: nothing was frozen
// then, and the claim looks again.
func (x *executor) executeRead(ctx context.Context, req approvals.Request, in *Interaction) error {
	if req.State != approvals.Approved {
		return nil
	}
	if _, busy := x.looking.LoadOrStore(req.ID, true); busy && in == nil {
		return nil // somebody here is at it
	}
	defer x.looking.Delete(req.ID)
	found, err := look{args: req.Args, left: req.Targets}, error(nil)
	if x.mustRevalidate(in) {
		found, err = x.revalidate(ctx, req, in)
	}
	var open *policy.UnansweredError
	switch {
	case errors.As(err, &open) && in != nil:
		return x.drop(ctx, req.ID, err)
	case errors.As(err, &open):
		return x.holdRun(ctx, req, open)
	}
	return x.run(ctx, req, in, found, err)
}

// notStarted is the error of a look at the database that kept an approved request from starting: Keeper
// hands it out again.
func notStarted(err error) error { return fmt.Errorf("%w: %w", approvals.ErrUnstarted, err) }

// mustRevalidate tells whether anything can be different from when a request was made: one that
// runs at once has just been looked at, by the policy that holds now.
//
// The exception is not for speed alone: what runs at once was looked at within this very click, and a
// second look would ask the console everything twice.
func (x *executor) mustRevalidate(in *Interaction) bool {
	return in == nil || in.ruled == nil || !in.ruled.Same(x.Policy())
}

// holdRun writes down which question keeps a request from running, and shows it; recover asks
// again.
//
// ErrTaken means that somebody else got an answer meanwhile and runs it.
func (x *executor) holdRun(ctx context.Context, req approvals.Request, open *policy.UnansweredError) error {
	x.Log.WarnContext(ctx, "a request does not run yet", "request_id", req.ID, "command", req.Command, "err", open)
	after, err := x.Ledger.Hold(ctx, req.ID, open.Question)
	switch {
	case errors.Is(err, approvals.ErrTaken):
		return nil
	case errors.Is(err, approvals.ErrExpired):
		x.reporter.conclude(ctx, after, nil)
		return nil
	case err != nil:
		return fmt.Errorf("write down why %s does not run yet: %w", req.Ref, err)
	}
	if after.Rev != req.Rev {
		x.publisher.show(ctx, req.ID)
	}
	return nil
}

// run claims a request that was looked at and carries it out; no is why it must not run, if so.
//
// The card turns to "running" only if the console takes its time, and that edit is waited for
// before the end is shown: two edits under way at once could leave the older one standing.
func (x *executor) run(ctx context.Context, was approvals.Request, in *Interaction, found look, no error) error {
	var stop func()
	req, err := x.Ledger.Run(ctx, was, func(ctx context.Context, req approvals.Request) approvals.Result {
		stop = x.showRunning(context.WithoutCancel(ctx), req)
		return x.carryOut(ctx, req, in, found, no)
	})
	if stop != nil {
		stop()
	}
	switch {
	case errors.Is(err, approvals.ErrTaken):
		return nil // another process, click or start runs it
	case errors.Is(err, approvals.ErrFrozen) && in == nil:
		return nil // it waits; what holds it up is on a card of its own
	case errors.Is(err, approvals.ErrFrozen):
		return x.drop(ctx, was.ID, err)
	case err != nil:
		return fmt.Errorf("run request %s: %w", was.ID, err)
	}
	x.Count(req.Command, outcomeLabel(req))
	tell := func(ctx context.Context) {
		x.reporter.conclude(ctx, req, in)
		x.changed(ctx, req)
	}
	if in != nil {
		tell(ctx) // somebody waits for this answer
		return nil
	}
	x.concludeLater(ctx, req, tell) // the next person's decision goes before the cards of this one; a crash leaves them to Keeper
	return nil
}

// runningAfter is how long a console may take before a card says "running": most answer sooner, and
// Slack counts edits.
const runningAfter = 300 * time.Millisecond

// showRunning edits the cards of a request that takes a while. The function that it returns ends
// that, and waits for an edit under way.
func (x *executor) showRunning(ctx context.Context, req approvals.Request) (stop func()) {
	if len(req.Cards) == 0 {
		return func() {}
	}
	done := make(chan struct{})
	timer := time.AfterFunc(runningAfter, func() {
		defer close(done)
		x.publisher.show(ctx, req.ID)
	})
	return func() {
		if !timer.Stop() {
			<-done
		}
	}
}

// outcomeLabel is how a request ended, as metrics have it.
func outcomeLabel(req approvals.Request) string {
	switch render.Outcome(req.Outcome) {
	case render.Successful:
		return "successful"
	case render.Partial:
		return "partially_successful"
	}
	return "failed"
}

// drop takes back what was to run at once when everything was frozen, or nobody could tell whether
// it may: who asked is told that nothing was done, and so it stays.
func (x *executor) drop(ctx context.Context, id string, why error) error {
	req, err := x.Ledger.Drop(ctx, id, why.Error())
	if err == nil {
		err = x.reporter.markTold(ctx, req)
	}
	if err != nil && !errors.Is(err, approvals.ErrNotPending) { // an approved one waits
		x.Log.ErrorContext(ctx, "cannot take a request back", "request_id", id, "err", err)
	}
	return why
}

// carryOut calls the console for a request that was looked at and claimed. Asking is who waits for
// the answer, no is why it must not run, if so; see execute.
//
// It runs under the lease, and everything it returns becomes the row's outcome. The last checks
// need no answer from anybody outside: the row is what the trail says was asked for (Pinned), and
// the isolation that it would end has not been extended. Differences are written down before the
// console is called; where that fails, it is not called.
func (x *executor) carryOut(ctx context.Context, req approvals.Request, asking *Interaction, found look, no error) approvals.Result {
	in := Interaction{User: req.Requester, Who: x.requester(ctx, req), At: render.Origin{Channel: req.Channel, Thread: req.Thread, Key: req.ID}}
	on, cmd, err := x.on(req.Console, req.Command)
	if err != nil {
		return x.failed(in, err)
	}
	err = errors.Join(x.Ledger.Pinned(ctx, req), x.overlaps.stillEnds(ctx, req), no)
	if err == nil {
		in.Secrets, err = x.secretsOf(req, asking)
	}
	if err != nil {
		return x.failed(in, WithCommand(cmd, err))
	}
	call := x.call(on, in)
	call.Tell = func(ctx context.Context, card render.Card) error { return x.confide(ctx, req.Requester, asking, card) }
	var accepted *catalog.Acceptance
	call.OnAccept = func(a catalog.Acceptance) { accepted = &a }
	var saved json.RawMessage
	call.OnSave = func(state json.RawMessage) error { saved = state; return nil }
	if req, err = x.noteDifferences(ctx, req, found); err != nil {
		return x.failed(in, WithCommand(cmd, err))
	}
	if found.done {
		return x.recordAccepted(ctx, req, plans.Of(req).WithLeftOut(doneCard(cmd)), &catalog.Acceptance{Count: found.left})
	}
	card, err := cmd.Run(ctx, call, req.Args)
	if err != nil {
		return x.failed(in, WithCommand(cmd, err), runAgain(req, in, err)...)
	}
	if cmd.Follows() && saved != nil {
		x.await(ctx, req, saved)
	}
	return x.recordAccepted(ctx, req, plans.Of(req).WithLeftOut(card), accepted)
}

// doneCard is the outcome of a run that found everything done by the one before it.
func doneCard(cmd *catalog.Command) render.Card {
	card := render.Done("%s", cmd.Title)
	card.Text = card.Title
	card.Parts = []render.Part{render.Line{render.Text("I was interrupted before I could record the console's answer. When I looked again the console had done it, so I didn't call it a second time.")}}
	return card
}

// await begins to wait for what a command that ran began.
//
// The console has done its part, so a failure here does not make the outcome one.
func (x *executor) await(ctx context.Context, req approvals.Request, saved json.RawMessage) {
	x.begin(ctx, req, "follow", func(ctx context.Context) error { return x.Background.Follow(ctx, req, saved) })
}

// confide tells one person something that nobody else may read: where they wait, else by direct
// message.
//
// There is no third way: a password that reaches nobody is an error of the command, which says so,
// and it is never put into a channel.
func (x *executor) confide(ctx context.Context, user string, asking *Interaction, card render.Card) error {
	if asking != nil && asking.Dialog.Confide(ctx, asking.At, card) == nil {
		return nil
	}
	if _, err := x.Messenger.Post(ctx, user, "", "", card); err != nil {
		return fmt.Errorf("tell %s a password: %w", user, err)
	}
	return nil
}

// failed is the outcome of a command that ended in an error.
//
// A fault of the program's is explained to people by a reference alone; its words are for the log.
func (x *executor) failed(in Interaction, err error, offers ...render.Action) approvals.Result {
	card, fault := x.Explain(in.At.Key, err)
	card.Actions = append(card.Actions, offers...)
	if fault != nil {
		x.Log.Error("a request failed", "request_id", in.At.Key, "user", in.User, "err", fault)
	}
	card.Outcome = render.Failed
	r := result(card)
	r.Uncertain, r.Err = outcomeUnknown(err), err
	return r
}

// runAgain offers to ask for the same once more where the console was too busy to do it. It is a
// request of its own: people decide on it, and nothing is repeated unasked. What a secret was for is
// not offered: the secret is gone.
func runAgain(req approvals.Request, in Interaction, err error) []render.Action {
	var console *s1.Error
	if !errors.As(err, &console) || refusal.Busy(console) == "" || len(in.Secrets) > 0 {
		return nil
	}
	said := catalog.Extras{Reason: req.Reason, Ticket: req.Ticket}
	if req.Term != nil {
		said.For = req.Term.For
	}
	label := "Run it again"
	if req.Quorum > 0 {
		label = "Request it again"
	}
	return []render.Action{render.Button{Label: label, Do: catalog.WithExtras(render.Invocation{Command: req.Command, Console: req.Console, Args: req.Args}, said)}}
}

// result is a card as the row keeps it.
//
// Files stay out of the row: a body of megabytes would be read with every look at the request.
func result(card render.Card) approvals.Result {
	card.Files = nil
	body, err := json.Marshal(card)
	if err != nil {
		body = nil
	}
	return approvals.Result{Outcome: string(card.Outcome), Card: body, Answer: card.Text}
}

// requester is the person who asked, as Slack says now; the name is the row's where it does not say.
func (x *executor) requester(ctx context.Context, req approvals.Request) Person {
	who := x.People.Who(ctx, req.Requester)
	who.Name = cmp.Or(who.Name, req.RequesterName)
	return who
}

// An executor runs approved requests.
type executor struct {
	*Config
	gate      *Gate
	publisher *Publisher
	reporter  *reporter
	overlaps  *overlaps
	looking   sync.Map // ids of the requests that are being looked at, or run
	unbegun   sync.Map // what could not begin in the background yet; see begin
}
