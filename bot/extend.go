package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// extendWord lets an isolation for a time last longer. A longer isolation is more of what needed others, so it takes the approvals
// that the isolation took: of those who may approve it, as many, and never who asked for it; operators and the requester ask them.
const extendWord = "extend"

// extendTyped answers "extend A-7F3A for=4h".
func (b *Bot) extendTyped(ctx context.Context, a ask, rest string) error {
	ref, by := text.CutWord(strings.Trim(rest, ".!"))
	if ref == "" {
		return &catalog.UsageError{Problem: "which isolation? Give its reference and how much longer", Hint: "Such as: extend A-7F3A for=4h"}
	}
	return b.extend(ctx, a, extension{Request: strings.ToUpper(ref), For: strings.TrimPrefix(strings.TrimSpace(by), catalog.ForParam+"=")})
}

// An extension is what the button, the form and the wish of one carry.
type extension struct {
	Request string `json:"request"`
	For     string `json:"for,omitempty"`
	Wish    bool   `json:"wish,omitempty"`  // somebody asks those who may
	After   *int   `json:"after,omitempty"` // how many extensions there were when the button was made: it is for one more
}

// late reports whether the extension that x is about was made already.
func (x extension) late(req approvals.Request) bool {
	return x.After != nil && req.Term != nil && len(req.Term.Extensions) != *x.After
}

func (b *Bot) extendClicked(ctx context.Context, a ask, args json.RawMessage) error {
	var x extension
	if json.Unmarshal(args, &x) != nil || x.Request == "" {
		return errGone
	}
	return b.extend(ctx, a, x)
}

func (b *Bot) extend(ctx context.Context, a ask, x extension) error {
	req, err := b.Ledger.MayExtend(ctx, x.Request, a.who.Person)
	barred := errors.Is(err, approvals.ErrSelfApproval) || errors.Is(err, approvals.ErrNotApprover)
	mayAsk := barred && !x.Wish && (a.user == req.Requester || a.who.Somewhere().Yes())
	if err != nil && !barred {
		return err
	}
	if x.late(req) {
		return errExtended
	}
	if x.For == "" && (err == nil || mayAsk) {
		return b.askHowLong(ctx, a, req)
	}
	by, err := catalog.ReadSpan(x.For)
	if err != nil && (!barred || mayAsk) {
		return err
	}
	if mayAsk {
		return b.wishExtension(ctx, a, req, by)
	}
	req, extended, err := b.agreeToExtend(ctx, req, a, by)
	if err != nil {
		return err
	}
	b.show(ctx, req.ID)
	if !extended {
		b.reply(ctx, a, notice(fmt.Sprintf("Your approval counts: %s. Its end stays as it is until then.", agreed(req, by))))
		return b.say(ctx, req, "", proposedCard(req, a.user, by))
	}
	b.reply(ctx, a, notice("Extended by "+text.SpanWords(by)+"."))
	return b.say(ctx, req, "", extendedCard(req, a.user, by))
}

// errExtended answers a button for an extension that was made meanwhile: another click would be another extension.
var errExtended = &catalog.UsageError{Problem: "the isolation was extended since this button was made", Hint: "its card says until when; for more, ask for another extension"}

// agreeToExtend writes down that a person approves an extension. Those who approved it before must still be who they were: somebody
// who left, or lost the role, counts no more.
func (b *Bot) agreeToExtend(ctx context.Context, req approvals.Request, a ask, by time.Duration) (approvals.Request, bool, error) {
	for {
		others := map[string]policy.Person{}
		for _, p := range req.Term.Proposed {
			for _, d := range p.Approvals {
				others[d.User] = b.people.afresh(ctx, d.User).Person
			}
		}
		next, extended, err := b.Ledger.Extend(ctx, req.ID, a.who.Person, by, a.at.Key, others)
		if !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil {
			return next, extended, err
		}
		if req, err = b.Ledger.Get(ctx, req.ID); err != nil {
			return req, false, err
		}
	}
}

// agreed is "1 of 2 approved the extension by 4 hours".
func agreed(req approvals.Request, by time.Duration) string {
	for _, p := range req.Term.Proposed {
		if p.By == by {
			given := len(p.Approvals)
			return fmt.Sprintf("%d of %d approved the extension by %s", given, given+req.Lacks(p.Approvals), text.SpanWords(by))
		}
	}
	return "the extension by " + text.SpanWords(by) + " was approved"
}

// extendButton approves an extension by that much of an isolation as it stands; it asks once more where approving the isolation did.
func extendButton(req approvals.Request, label string, by time.Duration) render.Button {
	made := len(req.Term.Extensions)
	args, _ := json.Marshal(extension{Request: req.ID, For: text.SpanText(by), Wish: true, After: &made})
	return render.Button{Label: label, Style: render.Primary, Do: render.Invocation{Command: extendWord, Args: args}, Confirm: confirmText(req)}
}

// proposedCard says that an extension needs more approvals.
func proposedCard(req approvals.Request, user string, by time.Duration) render.Card {
	names := targetNames(planOf(req).Targets, 5)
	return note(render.Card{
		Tone: render.Waiting, Title: "An extension needs more approvals", Text: "An extension of the isolation of " + names + " needs more approvals",
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" approved it; " + agreed(req, by) + " of the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text("). The request's card has the button."),
		}},
	}, "ref "+req.Ref)
}

// askHowLong opens the form of an extension.
func (b *Bot) askHowLong(ctx context.Context, a ask, req approvals.Request) error {
	field := catalog.SpanField(catalog.ForParam, "How much longer", "Counted from the end as it is now.")
	field.Required = true
	if a.trigger == "" {
		card := notice("An extension needs a length of time, so nothing was extended. Type: extend " + req.Ref + " for=4h")
		card.Actions = []render.Action{render.Button{Label: "Extend", Do: about(extendWord, req.ID)}}
		b.reply(ctx, a, card)
		return nil
	}
	return b.open(ctx, a, render.Form{
		Title: "Extend the isolation", Submit: "Extend", Origin: a.at, Do: about(extendWord, req.ID), Fields: []render.FormField{field},
		Intro: render.Line{render.Text("The isolation of " + targetNames(planOf(req).Targets, 5) + " ends "), render.At(req.Term.Ends), render.Text(". Who may approve it extends it; others ask them.")},
	})
}

// wishExtension asks those who may extend, in the thread of the card.
func (b *Bot) wishExtension(ctx context.Context, a ask, req approvals.Request, by time.Duration) error {
	if err := b.Ledger.WishExtension(ctx, req, a.who.Person, by); err != nil {
		return fmt.Errorf("write down who wants an extension: %w", err)
	}
	card := wishCard(req, a.user, by)
	for _, ref := range req.Heads() {
		if _, _, err := b.post.Post(ctx, ref.Channel, ref.TS, "", card); err != nil {
			return err
		}
	}
	b.reply(ctx, a, notice("Those who may approve the isolation are asked for "+text.SpanWords(by)+" more. Until they approve it its end stays as it is."))
	return nil
}

func wishCard(req approvals.Request, user string, by time.Duration) render.Card {
	names, more := targetNames(planOf(req).Targets, 5), text.SpanWords(by)
	return note(render.Card{
		Tone: render.Waiting, Title: "An extension is asked for", Text: "Asked for: " + more + " more of the isolation of " + names,
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" wants "), render.Bold(more), render.Text(" more of the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(").")}},
		Actions: []render.Action{extendButton(req, "Extend by "+more, by)},
	}, "ref "+req.Ref)
}

func extendedCard(req approvals.Request, user string, by time.Duration) render.Card {
	names := targetNames(planOf(req).Targets, 5)
	return note(render.Card{
		Tone: render.Info, Title: "The isolation was extended", Text: "The isolation of " + names + " was extended by " + text.SpanWords(by),
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" extended the isolation of "), render.Bold(names), render.Text(" by " + text.SpanWords(by) + ", until "),
			render.At(req.Term.Ends), render.Text(". " + atEnd(beforehand(req)))}},
	}, "ref "+req.Ref)
}
