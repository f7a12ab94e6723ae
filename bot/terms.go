package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/commands/endpoints"
	"s1bot/render"
	"s1bot/s1"
)

// What was isolated for a time. The row says when something is due (approvals/term.go); of all processes one gets it. Before the
// end people are warned; at the end the bot asks for the reconnection on behalf of who asked for the isolation, as a request of
// its own. Nothing here reconnects anything: that is done as any other request is, by execute.

// termOf is for how long something is asked for. It ends without an approval of its own only where the policy says so now, and only
// if nothing of it was isolated before, as far as console and ledger know (see beforehand, too): the end of one isolation must not
// lift another one.
func (b *Bot) termOf(ctx context.Context, cmd *catalog.Command, a ask, plan catalog.Plan) *approvals.Term {
	if !cmd.Timed || a.extras.For == 0 {
		return nil
	}
	term := &approvals.Term{For: a.extras.For, Ends: b.Now().Add(a.extras.For)}
	body, err := json.Marshal(plan)
	sequels, failed := b.sequels(ctx, approvals.Request{Command: cmd.Name, Plan: body, Started: b.Now(), Term: term})
	before := func(t catalog.Target) bool {
		return slices.Contains(t.Warnings, catalog.AlreadyIsolated) || sequels[t.ID].contested() || sequels[t.ID].isolation != ""
	}
	term.Auto, term.Ends = b.Policy().OnTime() && errors.Join(err, failed) == nil && !slices.ContainsFunc(plan.Targets, before), time.Time{}
	return term
}

// beforehand tells whether a term ends without an approval of its own: it was asked for so, and nothing of it was isolated by others
// while it waited.
func beforehand(req approvals.Request) bool { return req.Term.Auto && len(effectOf(req).Before) == 0 }

// mindTerms takes up what is due of isolations for a time.
func (b *Bot) mindTerms(ctx context.Context) {
	due, err := b.Ledger.TermsDue(ctx)
	if err != nil && ctx.Err() == nil {
		b.Log.Error("cannot look for isolations that end", "err", err)
	}
	for _, req := range due {
		b.work.push(func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, approvals.TermLease)
			defer cancel()
			if err := b.mindTerm(ctx, req); err != nil && !errors.Is(err, approvals.ErrLeaseLost) {
				b.Log.Error("an isolation for a time could not be dealt with; it is tried again", "request_id", req.ID, "err", err)
			}
		})
	}
}

// mindTerm warns of the end of an isolation, or ends it. Where a person was faster, it says so and is done.
func (b *Bot) mindTerm(ctx context.Context, req approvals.Request) error {
	if b.Now().After(req.Term.Taken) {
		return nil // it waited for a slot for too long: somebody else has it
	}
	switch next, filed, err := b.Ledger.Made(ctx, endKey(req)); {
	case err != nil:
		return err
	case filed:
		return b.asked(ctx, req, next) // by one who died, or could not say so
	}
	still, err := b.stillIsolated(ctx, req)
	switch {
	case err == nil && len(still.targets) == 0:
		return b.overAlready(ctx, req, still)
	case b.Now().Before(req.Term.Ends):
		return b.warn(ctx, req, still)
	case err != nil:
		return errors.Join(err, b.hold(ctx, req, "the console does not answer"))
	}
	return b.endTerm(ctx, req, still)
}

// A remainder is what of an isolation there is to end.
type remainder struct {
	targets   []catalog.Target
	left      []string // why the others are left out
	notes     []string // because of which other requests some of it may have to stay isolated
	contested bool     // nobody can say that what is isolated is so because of this request alone
}

// stillIsolated asks the console what of a request is isolated now. What was isolated anew by a later request is that one's.
func (b *Bot) stillIsolated(ctx context.Context, req approvals.Request) (remainder, error) {
	targets := slices.DeleteFunc(planOf(req).Targets, func(t catalog.Target) bool { return slices.Contains(effectOf(req).Gone, t.ID) })
	whole := remainder{targets: targets}
	seen, err := b.see(ctx, targets)
	if err != nil {
		return whole, fmt.Errorf("look at what is isolated: %w", err)
	}
	sequels, err := b.sequels(ctx, req)
	if err != nil {
		return whole, err
	}
	var still remainder
	for _, t := range targets {
		other, a := sequels[t.ID], seen.agents[t.ID]
		unreached := !a.Online() && a.LastActiveDate.Before(req.Started) // its isolation waits for it, whatever is shown until then
		switch {
		case !seen.has(t):
			still.left = append(still.left, t.Name+" is gone")
		case !a.Isolated() && !unreached:
			still.left = append(still.left, t.Name+" is connected again")
		case other.isolation != "":
			still.left = append(still.left, fmt.Sprintf("%s was isolated anew (%s)", t.Name, other.isolation))
		default:
			still.targets = append(still.targets, t)
			still.contested = still.contested || other.contested()
			if len(other.others) > 0 {
				still.notes = append(still.notes, fmt.Sprintf("⚠ %s may have to stay isolated, because of %s.", t.Name, strings.Join(other.others, ", ")))
			}
		}
	}
	return still, nil
}

// overAlready ends a term whose isolation is over: nothing is asked for.
func (b *Bot) overAlready(ctx context.Context, req approvals.Request, still remainder) error {
	note := "Nothing was asked for: " + some(still.left) + "."
	return b.closeTerm(ctx, req, "", note, termNote(req, "The isolation for "+spanOf(req)+" is over", note))
}

// closeTerm says that a term is over, and writes it down.
func (b *Bot) closeTerm(ctx context.Context, req approvals.Request, next, note string, card render.Card) error {
	if err := b.say(ctx, req, endKey(req), card); err != nil {
		return err
	}
	_, err := b.Ledger.EndTerm(ctx, req, note, next)
	if err == nil {
		b.show(ctx, req.ID)
	}
	return err
}

// warn tells the thread of the card and the requester that an isolation ends soon.
func (b *Bot) warn(ctx context.Context, req approvals.Request, still remainder) error {
	key := fmt.Sprintf("warning %s %d %d", req.ID, req.Fence, len(req.Term.Extensions))
	if err := b.say(ctx, req, key, warningCard(req, still)); err != nil {
		return err
	}
	_, err := b.Ledger.Warned(ctx, req)
	if err == nil {
		b.show(ctx, req.ID)
	}
	return err
}

// endTerm asks for the reconnection.
func (b *Bot) endTerm(ctx context.Context, req approvals.Request, still remainder) error {
	if err := b.frozen(ctx); errors.Is(err, approvals.ErrFrozen) {
		return b.hold(ctx, req, "everything that changes something is frozen")
	} else if err != nil {
		return err
	}
	next, fresh, ruling, err := b.fileEnd(ctx, req, still)
	switch {
	case err != nil:
		return err
	case ruling.Effect == policy.Unanswered:
		return b.hold(ctx, req, ruling.Open)
	case ruling.Err() != nil:
		return b.unasked(ctx, req, still, ruling)
	}
	if fresh { // else a process that died wrote it down, and recover posts its card
		b.logUnposted(next, b.announce(ctx, next))
	}
	return b.asked(ctx, req, next, leftOut(still)...)
}

// asked says that the reconnection is asked for, and runs it where it needs no approval.
func (b *Bot) asked(ctx context.Context, req, next approvals.Request, more ...string) error {
	note := "The reconnection is asked for: " + next.Ref + "."
	if next.Quorum == 0 {
		note = "The bot reconnects, as the policy allows: " + next.Ref + "."
	}
	note = strings.Join(append([]string{note}, more...), " ")
	if err := b.closeTerm(ctx, req, next.ID, note, termNote(req, sentence(isOver(req)), note)); err != nil {
		return err
	}
	if next.State == approvals.Approved {
		return b.execute(ctx, next.ID, nil)
	}
	return nil
}

// fileEnd writes the request for the reconnection down; again where the requester asked for something else meanwhile, which the
// policy may count. A request that a process which died has written down already is that one, and not fresh.
func (b *Bot) fileEnd(ctx context.Context, req approvals.Request, still remainder) (next approvals.Request, fresh bool, ruling policy.Decision, err error) {
	for {
		next, ruling, err = b.reconnection(ctx, req, still)
		if err != nil || ruling.Err() != nil {
			return next, false, ruling, err
		}
		if err := b.stillEnds(ctx, next); errors.Is(err, errLonger) {
			return next, false, ruling, approvals.ErrLeaseLost // an approver was faster
		} else if err != nil {
			return next, false, ruling, err
		}
		next, fresh, err = b.Ledger.Submit(ctx, next)
		switch {
		case err == nil:
			return next, fresh, ruling, nil
		case !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil:
			return next, false, ruling, fmt.Errorf("write the end of %s down: %w", req.Ref, err)
		}
	}
}

// errLonger is why an isolation that was extended at the last moment goes on.
var errLonger = &policy.RefusedError{Why: "The isolation was extended, or begun anew, after this was written down: nothing was done, and it ends later."}

// stillEnds refuses to end an isolation, as req does, that was extended since its end was taken up.
func (b *Bot) stillEnds(ctx context.Context, req approvals.Request) error {
	if req.After == "" {
		return nil
	}
	was, err := b.Ledger.Get(ctx, req.After)
	if err != nil {
		return err
	}
	if was.Term.Running() && endKey(was) != req.Key {
		return errLonger
	}
	return b.alone(ctx, req, was)
}

// reconnection is the request that ends an isolation, and what the policy says to it. Who asked for the isolation asks for it, as
// far as the policy is concerned: what they may not, the bot does not on their behalf.
func (b *Bot) reconnection(ctx context.Context, req approvals.Request, still remainder) (approvals.Request, policy.Decision, error) {
	inv := endpoints.Reconnect(idsOf[s1.AgentID](still.targets, "agent"))
	cmd, ok := b.Catalog.Find(inv.Command)
	if !ok {
		return req, policy.Decision{}, errGone
	}
	a := ask{user: req.Requester, who: b.people.afresh(ctx, req.Requester), inv: inv, at: origin{Channel: req.Channel, Thread: req.Thread, Key: endKey(req)}}
	a.extras = catalog.Extras{Reason: endReason(req), Ticket: req.Ticket}
	plan, err := cmd.Prepare(ctx, b.call(a), inv.Args)
	if err != nil {
		return req, policy.Decision{}, b.blame(cmd, err)
	}
	plan.Notes = append(plan.Notes, still.notes...)
	wish := b.touching(ctx, b.wish(cmd, a), plan)
	ruling := b.ruleBy(ctx, wish, func(wish policy.Input) policy.Decision {
		return b.Policy().AtEnd(wish, beforehand(req) && !still.contested)
	})
	switch ruling.Effect {
	case policy.Unanswered:
		return req, ruling, nil
	case policy.Deny:
		return req, ruling, b.Ledger.Refuse(ctx, wish, ruling)
	}
	next, err := newRequest(cmd, a, plan, ruling)
	next.After = req.ID
	return next, ruling, err
}

// unasked says that the time is over and the bot may not ask for what ends it: people have to.
func (b *Bot) unasked(ctx context.Context, req approvals.Request, still remainder, ruling policy.Decision) error {
	note := "The bot may not ask for the reconnection on the requester's behalf: " + sentence(ruling.Why) + " The isolation stays until somebody ends it."
	card := termNote(req, sentence(isOver(req)), note)
	card.Tone = render.Warning
	card.Actions = []render.Action{reconnectButton(still)}
	return b.closeTerm(ctx, req, "", note, card)
}

// hold writes down why an isolation cannot be ended yet; it is tried again.
func (b *Bot) hold(ctx context.Context, req approvals.Request, why string) error {
	after, err := b.Ledger.HoldTerm(ctx, req, why)
	if err == nil && after.Rev != req.Rev {
		b.show(ctx, req.ID)
	}
	return err
}

// say tells the thread of a request's cards, the thread where it was asked for, and the requester. One who takes over from a
// process that died looks first whether that one had said it.
func (b *Bot) say(ctx context.Context, req approvals.Request, key string, card render.Card) error {
	for _, ref := range req.Heads() {
		if req.Term != nil && req.Term.Tries > 1 {
			if _, found, err := b.Find(ctx, ref.Channel, ref.TS, key, req.Term.Began); err == nil && found {
				continue
			}
		}
		_, _, err := b.post.Post(ctx, ref.Channel, ref.TS, key, card)
		var unconfirmed post.UnconfirmedError // it may be there, and cannot be looked for: to tell it again would be to tell it twice
		if err != nil && !forGood(err) && !errors.As(err, &unconfirmed) {
			return err
		}
		if err != nil {
			b.Log.Warn("cannot tell the thread of a request's card", "request_id", req.ID, "channel", ref.Channel, "err", err)
		}
	}
	b.reportBack(ctx, req, card)
	b.tellRequester(ctx, req, card)
	return nil
}

// forGood tells whether Slack will never take what it refused: the channel or the thread is no more.
func forGood(err error) bool {
	err = deliveryError(err)
	var isGone interface{ Gone() bool }
	var isClosed interface{ Closed() bool }
	return errors.As(err, &isGone) || errors.As(err, &isClosed)
}

// logUnposted notes that a request's card could not be posted now; recover does it later.
func (b *Bot) logUnposted(req approvals.Request, err error) {
	var unseen *unseenError
	switch {
	case errors.As(err, &unseen):
		b.tellUnseen(context.Background(), req, unseen)
	case err != nil:
		b.Log.Warn("a request has no card yet", "request_id", req.ID, "err", err)
	}
}

// endKey names the one request that ends an isolation, and the message that says so.
func endKey(req approvals.Request) string {
	return fmt.Sprintf("end %s %d %d", req.ID, req.Fence, len(req.Term.Extensions))
}
