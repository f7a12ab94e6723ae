package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/render"
)

// clicked handles a button, a menu or an overflow entry: each carries an invocation, and that is
// run.
//
// Slack has a list of actions in a payload and sends one; the loop takes Slack at its word. An
// action whose seal does not hold (Err) is still a click of somebody: it goes through respond like
// all others, so that the person reads something and the trail has the attempt.
func (h *handler) clicked(ctx context.Context, d inbound.Delivery) error {
	in := d.Payload
	for _, action := range in.Clicks {
		if action.Redraw {
			h.runner.Forms.Redraw(ctx, in, action.Unfold)
			continue
		}
		a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: in.Origin(d.Key), Do: action.Do}, Trigger: in.Trigger, View: in.InModal(), OnPage: in.OnPage(), Drawn: true}
		a.Card, a.Ephemeral = in.Message.Card(), in.Container.Ephemeral
		work := func() error { return h.click(ctx, &a, d) }
		if action.Err != nil {
			work = func() error { return h.gate.Forged(ctx, &a, "button", workflow.ErrGone, action.Err) }
		}
		if err := h.respond(ctx, &a, work); err != nil {
			return err
		}
	}
	if in.AtHome() {
		h.home.Acted(in.User.ID)
	}
	return nil
}

// click runs what was clicked on.
//
// The gate comes before the clip is fetched and before anything is said about the button: who may
// do nothing here learns nothing about what it would have done. Words of the bot's own come before
// the look at staleness, because a decision is judged by its request, which knows itself whether it
// is over; a command from a button has only its age.
func (h *handler) click(ctx context.Context, a *exchange.Interaction, d inbound.Delivery) error {
	a.From = d
	unreadable := h.choose(a)
	if err := h.gate.Admit(ctx, a); err != nil {
		return err
	}
	if a.Do.Command == post.ClipWord {
		if err := h.unclip(ctx, &a.Do); err != nil {
			return err
		}
		unreadable = h.choose(a)
	}
	a.Extras, a.Do.Said = exchange.ExtrasOf(a.Do), nil
	if own, ok := h.words[a.Do.Command]; ok {
		if unreadable != nil {
			return unreadable
		}
		return own.click(ctx, *a)
	}
	if err := h.stale(ctx, d); err != nil {
		return err
	}
	h.inWindow(a)
	return exchange.WithExtras(a.Extras, h.runner.Invoke(ctx, *a))
}

// inWindow has what was asked for on a page answered above it: an answer in the channel would stand
// behind the window.
//
// Only for reads that end soon: what changes something must leave its card where others see it, and
// a long read outlives the window.
func (h *handler) inWindow(a *exchange.Interaction) {
	cmd, ok := h.catalog.Find(a.Do.Command)
	if ok && a.OnPage && a.Do.How == render.Run && cmd.Risk == catalog.Read && !cmd.Long {
		a.Do.How = render.View
	}
}

// choose reads what a button or a form of the bot's own words is about.
func (h *handler) choose(a *exchange.Interaction) (err error) {
	if own, ok := h.words[a.Do.Command]; ok {
		a.Decides = own.decides()
		a.Choice, err = exchange.ReadChoice(a.Do)
	}
	return err
}

// unclip fetches a long invocation.
//
// A button's value holds 2,000 characters (Slack's "button element"); what does not fit is kept in
// the database and the button carries its id. Clips are forgotten after a time, so a button that is
// older than its clip is as good as gone.
func (h *handler) unclip(ctx context.Context, inv *render.Invocation) error {
	var ref struct{ ID string }
	if err := json.Unmarshal(inv.Args, &ref); err != nil {
		return fmt.Errorf("read a button: %w", err)
	}
	body, err := h.clips.Get(ctx, ref.ID)
	if err != nil {
		return workflow.ErrGone
	}
	return json.Unmarshal(body, inv)
}

// submit runs what a form asks for.
//
// What comes back is read from what the form carried when it was drawn and from its fields, never
// from the fields alone: which command it is, on which console, is sealed (FormErr where that does
// not hold). The form was checked field by field in the acknowledgement already
// (run.Forms.CheckForm), so an error here is one that only the work could find.
func (h *handler) submit(ctx context.Context, d inbound.Delivery) error {
	in, answer := d.Payload, d.Payload.Form
	if err := in.FormErr; err != nil {
		a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: exchange.Origin{Key: d.Key}}}
		return h.respond(ctx, &a, func() error { return h.gate.Forged(ctx, &a, "form", exchange.ErrForm, err) })
	}
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: answer.Origin, Do: answer.Do}, From: d, Drawn: true}
	a.At.Key = d.Key
	unreadable := h.choose(&a)
	a.Choice = a.Choice.With(answer.Values)
	if a.At.Channel == "" { // the form was opened from the Home tab, or from nowhere that the answer could show in
		defer h.home.Acted(a.User)
	}
	return h.respond(ctx, &a, func() error {
		if err := h.gate.Admit(ctx, &a); err != nil {
			return err
		}
		if own, ok := h.words[answer.Do.Command]; ok {
			if unreadable != nil {
				return unreadable
			}
			return own.click(ctx, a)
		}
		if err := h.stale(ctx, d); err != nil {
			return err
		}
		return h.submitted(ctx, a, answer)
	})
}

func (h *handler) submitted(ctx context.Context, a exchange.Interaction, answer render.Answer) error {
	cmd, ok := h.catalog.Find(answer.Do.Command)
	if !ok {
		return workflow.ErrGone
	}
	args, extras, wrong := forms.Read(cmd, answer.Values, answer.Do.Args, a.Caller())
	for field, problem := range wrong {
		return &catalog.UsageError{Command: cmd.Name, Param: field, Problem: problem}
	}
	a.Do, a.Extras = render.Invocation{Command: cmd.Name, Args: args, Console: answer.Do.Console}, extras
	return exchange.WithExtras(extras, h.runner.Invoke(ctx, a))
}

// SentAgain tells who sends a form for the second time that it was enough.
//
// A form whose acknowledgement comes late stays open with a warning, and people press the button
// again; a second try has the same key as the first. Without a word they would press a third time.
func (h *handler) SentAgain(ctx context.Context, d inbound.Delivery) {
	a := exchange.Interaction{Interaction: workflow.Interaction{User: d.Payload.User.ID, At: exchange.Origin{Key: d.Key}}}
	if d.Payload.FormErr == nil {
		a.At = d.Payload.Form.Origin
	}
	if err := h.respond(ctx, &a, func() error { return h.gate.Forged(ctx, &a, "form", exchange.ErrSent, exchange.ErrSent) }); err != nil {
		h.log.ErrorContext(ctx, "cannot say that a form was sent already", "user", a.User, "err", err)
	}
}

// Unreadable answers who clicked on or sent what is no interaction of Slack's form, as far as it
// says who that was and where.
//
// It was acknowledged already, so that Slack shows no warning beside the answer.
func (h *handler) Unreadable(ctx context.Context, d inbound.Delivery) {
	in := d.Payload
	if in.User.ID == "" {
		h.log.ErrorContext(ctx, "Slack sent an interaction that the bot cannot read", "envelope_id", d.Key, "err", d.Err)
		return
	}
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: in.Origin(d.Key)}}
	if err := h.respond(ctx, &a, func() error { return h.gate.Forged(ctx, &a, "button", workflow.ErrGone, d.Err) }); err != nil {
		h.log.ErrorContext(ctx, "cannot answer a click", "user", a.User, "err", err)
	}
}
