package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/render"
)

// extendWord lets an isolation for a time last longer. Longer isolation is more of what needed a second person, so those who may
// approve it decide, and never who asked for it; operators and the requester ask them.
const extendWord = "extend"

// extendTyped answers "extend A-7F3A for=4h".
func (b *Bot) extendTyped(ctx context.Context, a ask, rest string) error {
	ref, by := commands.CutWord(strings.Trim(rest, ".!"))
	if ref == "" {
		return &commands.UsageError{Problem: "which isolation? Give its reference and how much longer", Hint: "Such as: extend A-7F3A for=4h"}
	}
	return b.extend(ctx, a, extension{Request: strings.ToUpper(ref), For: strings.TrimPrefix(strings.TrimSpace(by), commands.ForParam+"=")})
}

// An extension is what the button, the form and the wish of one carry.
type extension struct {
	Request string `json:"request"`
	For     string `json:"for,omitempty"`
	Wish    bool   `json:"wish,omitempty"` // somebody asks those who may
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
	mayAsk := barred && !x.Wish && (a.user == req.Requester || len(a.who.Roles)+len(a.who.Scoped) > 0)
	if err != nil && !barred {
		return err
	}
	if x.For == "" && (err == nil || mayAsk) {
		return b.askHowLong(ctx, a, req)
	}
	by, err := commands.ReadSpan(x.For)
	if err != nil && (!barred || mayAsk) {
		return err
	}
	if mayAsk {
		return b.wishExtension(ctx, a, req, by)
	}
	if req, err = b.Ledger.Extend(ctx, req.ID, a.who.Person, by, a.at.Key); err != nil {
		return err
	}
	b.show(ctx, req.ID)
	b.reply(ctx, a, notice("Extended by "+commands.SpanWords(by)+"."))
	return b.say(ctx, req, "", extendedCard(req, a.user, by))
}

// askHowLong opens the form of an extension.
func (b *Bot) askHowLong(ctx context.Context, a ask, req approvals.Request) error {
	field := commands.SpanField(commands.ForParam, "How much longer", "Counted from the end as it is now.")
	field.Required = true
	if a.trigger == "" {
		return &commands.UsageError{Problem: "an extension needs a length of time", Hint: "Type: extend " + req.Ref + " for=4h"}
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
	for _, ref := range req.Cards {
		if _, _, err := b.post.post(ctx, ref.Channel, ref.TS, "", card); err != nil {
			return err
		}
	}
	b.reply(ctx, a, notice("Those who may approve the isolation are asked for "+commands.SpanWords(by)+" more. Until one of them agrees its end stays as it is."))
	return nil
}

func wishCard(req approvals.Request, user string, by time.Duration) render.Card {
	names, more := targetNames(planOf(req).Targets, 5), commands.SpanWords(by)
	args, _ := json.Marshal(extension{Request: req.ID, For: commands.SpanText(by), Wish: true})
	return note(render.Card{
		Tone: render.Waiting, Title: "An extension is asked for", Text: "Asked for: " + more + " more of the isolation of " + names,
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" wants "), render.Bold(more), render.Text(" more of the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(").")}},
		Actions: []render.Action{render.Button{Label: "Extend by " + more, Style: render.Primary, Do: render.Invocation{Command: extendWord, Args: args}}},
	}, "ref "+req.Ref)
}

func extendedCard(req approvals.Request, user string, by time.Duration) render.Card {
	names := targetNames(planOf(req).Targets, 5)
	return note(render.Card{
		Tone: render.Info, Title: "The isolation was extended", Text: "The isolation of " + names + " was extended by " + commands.SpanWords(by),
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" extended the isolation of "), render.Bold(names), render.Text(" by " + commands.SpanWords(by) + ", until "),
			render.At(req.Term.Ends), render.Text(". " + atEnd(beforehand(req)))}},
	}, "ref "+req.Ref)
}
