package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

// Explain turns an error into words for the person who asked, by what they can do about it: mend
// what they typed, mind what the console said, accept what the policy said, or tell the operators.
// Only the last is a fault of the bot's and is returned for the log; its details are nobody's
// business in a channel.
//
// What nobody foresaw falls through to the end and is a fault: an error needs a place here before
// its words may be shown.
func Explain(a Interaction, err error) (card render.Card, fault error) {
	var (
		usage     *catalog.UsageError
		missing   *catalog.MissingError
		ambiguous *catalog.AmbiguousError
		console   *s1.Error
		refused   *policy.RefusedError
		open      *policy.UnansweredError
	)
	var several *SeveralError
	var gone *consoles.GoneError
	var barred *workflow.BarredError
	var frozen *approvals.FrozenError
	switch {
	case errors.As(err, &frozen):
		return frozenCard(frozen.Freeze), nil
	case errors.As(err, &barred):
		return render.Card{Tone: render.Warning, Parts: []render.Part{barred.Whose}}, nil
	case errors.As(err, &several):
		return severalCard(several), nil
	case errors.As(err, &gone):
		card := render.Notice(render.Sentence(gone.Error()))
		card.Tone = render.Warning
		return card, nil
	case errors.As(err, &ambiguous):
		return ambiguousCard(a, ambiguous), nil
	case errors.As(err, &missing):
		return missingCard(missing), nil
	case errors.As(err, &usage):
		return usageCard(usage), nil
	case errors.As(err, &console):
		return consoleCard(err, console), nil
	case errors.As(err, &refused):
		return refusalCard(refused), nil
	case errors.As(err, &open):
		return unansweredCard(open, a.Decides), nil
	}
	for _, known := range sayings() {
		if errors.Is(err, known.err) {
			card := render.Notice(cmp.Or(known.words, render.Sentence(known.err.Error())))
			card.Tone = render.Warning
			return card, nil
		}
	}
	return faultCard(a, err), err
}

// A saying is what people read for an error that is nobody's fault.
type saying struct {
	err   error
	words string // the error's own when empty
}

// sayings are the errors that have one sentence, wherever they come from; an empty one speaks for
// itself. A sentence says what happened and what to do, and "nothing was done" only where that is
// certain.
func sayings() []saying {
	return []saying{
		{ErrNotAllowed, ""}, {ErrStale, ""}, {ErrFormTooLarge, ""}, {workflow.ErrGone, ""}, {ErrUnclear, ""}, {ErrForm, ""}, {ErrSent, ""}, {ErrNoTrigger, ""},
		{errUnshared, "Slack doesn't let me post here. Invite me with /invite @s1bot, then share it again."},
		{approvals.ErrSelfApproval, "You requested this yourself, so somebody else has to decide. You can withdraw it."},
		{approvals.ErrAlreadyDecided, "You've already approved this, and it counts once. It takes another approver."},
		{approvals.ErrNotApprover, "You're not an approver for this request, so you can't decide it."},
		{approvals.ErrNotPending, "This has already been decided. Its card shows the decision."},
		{approvals.ErrExpired, "This has expired, so nothing was done. Request it again if it's still needed."},
		{approvals.ErrWithdrawn, "This was withdrawn, so nothing was done."},
		{approvals.ErrNotYours, "Only the requester can withdraw this."},
		{approvals.ErrNotInterrupted, "This has already been closed. Its card shows the result."},
		{approvals.ErrFrozen, "Changes are frozen, so nothing was done. Two approvers can end the freeze with /s1 thaw."},
		{approvals.ErrNotFrozen, "Nothing is frozen."},
		{approvals.ErrSealed, "Nothing was done: the password stored with this request can't be decrypted, because S1BOT_SECRET_KEY or the request's row has changed since. Request it again."},
		{approvals.ErrTermOver, "This isolation has no end time to extend, or it has already ended. Check its card."},
		{approvals.ErrNoExtension, "This extension isn't waiting any more. The isolation's card shows its end."},
		{approvals.ErrTermTooLong, "That would end more than 30 days from now. Nothing was extended."},
		{approvals.ErrTampered, "Nothing was done: this request's row in the database was changed after it was written. Check the audit trail with s1bot audit --verify."},
		{catalog.ErrNotPrepared, "Nothing was done: the console returned something other than an id for a target, so I can't be sure what this would act on. Check the target in the console."},
		{approvals.ErrNotFound, "There is no such request."},
	}
}

// frozenCard says that nothing was done because of a freeze, whose it is, since when and why.
func frozenCard(freeze approvals.Request) render.Card {
	done := render.Line{render.Text("Nothing was done. Two approvers can end the freeze with "), render.Mono("/s1 thaw"), render.Text(".")}
	return render.Card{
		Tone: render.Warning, Text: "Changes are frozen, so nothing was done. Two approvers can end the freeze with /s1 thaw.",
		Parts: append(requestcards.FrozenParts(freeze, "change anything"), done),
	}
}

// usageCard says what is wrong with the input and offers what was probably meant.
//
// Whatever would mend it has a button: on a phone nobody types a line again. The card's text begins
// with "Nothing was done", since it is what a notification shows.
func usageCard(e *catalog.UsageError) render.Card {
	line := render.Line{render.Text(render.Sentence(e.Problem))}
	if e.Param != "" {
		line = render.Line{render.Text("Check "), render.Mono(e.Param), render.Text(": " + render.Sentence(e.Problem))}
	}
	if e.Hint != "" {
		line = append(line, render.Text(" "+render.Sentence(e.Hint)))
	}
	card := render.Card{Tone: render.Warning, Text: "Nothing was done: " + render.Sentence(e.Problem), Parts: []render.Part{line}}
	if len(e.Nearest) > 1 || len(e.Nearest) == 1 && (e.Try == nil || e.Param == "") { // else the line below says it
		near := render.Line{render.Text("Did you mean ")}
		for i, n := range e.Nearest {
			if i > 0 {
				near = append(near, render.Text(", "))
			}
			near = append(near, render.Mono(n))
		}
		card.Parts = append(card.Parts, append(near, render.Text("?")))
	}
	if e.Try != nil {
		card.Parts = append(card.Parts, render.Line{render.Mono("/s1 " + e.TryLine)})
		card.Actions = append(card.Actions, render.Button{Label: "Run this", Style: render.Primary, Do: *e.Try})
	}
	for _, o := range e.Offers {
		card.Actions = append(card.Actions, render.Button{Label: o.Label, Do: o.Do})
	}
	if e.Given != nil {
		card.Actions = append(card.Actions, OpenButton(*e.Given))
	}
	return card
}

// missingCard asks for what is missing where no form can be opened by itself.
func missingCard(e *catalog.MissingError) render.Card {
	needs, wanted := " needs ", e.Missing
	if len(e.OneOf) > 0 {
		needs, wanted = " needs at least one of ", e.OneOf
	}
	line := render.Line{render.Bold(e.Command.Title), render.Text(needs)}
	text := e.Command.Title + needs
	for i, p := range wanted {
		if i > 0 {
			line = append(line, render.Text(", "))
			text += ", "
		}
		line = append(line, render.Mono(p.Name))
		text += p.Name
	}
	return render.Card{
		Tone: render.Info, Text: text + ".", Parts: []render.Part{append(line, render.Text("."))},
		Actions: []render.Action{OpenButton(e.Given)},
	}
}

// OpenButton opens the form of an invocation.
func OpenButton(inv render.Invocation) render.Button {
	inv.How = render.Open
	return render.Button{Label: "Open the form", Do: inv}
}

// ambiguousCard shows everything that a name could mean, to choose from.
//
// Nothing is guessed, not even where one of several was seen a minute ago: the command acts on the
// one that is chosen.
func ambiguousCard(_ Interaction, e *catalog.AmbiguousError) render.Card {
	words := fmt.Sprintf("%s are called “%s”. Which one do you mean?", e.Fits(), e.Name)
	card := render.Card{Tone: render.Warning, Text: words, Parts: []render.Part{render.Line{render.Text(words)}, catalog.TargetTable(matchFacts(), e.Matches)}}
	if e.More > 0 {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("… and %d more: give a site or an id.", e.More))})
	}
	for i, label := range e.Labels() {
		card.Actions = append(card.Actions, render.Button{Label: label, Do: e.Pick(i)})
	}
	return card
}

// matchFacts are the columns of what could be meant, the most telling first: on a phone the others
// are out of sight.
func matchFacts() []catalog.TargetFact {
	return []catalog.TargetFact{
		{Title: "Name", Cell: func(m catalog.Target) render.Span { return render.Link(m.Name, m.URL) }},
		{Title: "Host", Cell: func(m catalog.Target) render.Span { return render.Text(m.Host) }},
		{Title: "Site / group", Cell: func(m catalog.Target) render.Span { return render.Text(m.Place()) }},
		{Title: "State", Cell: func(m catalog.Target) render.Span { return render.Text(m.State) }},
		{Title: "OS", Cell: func(m catalog.Target) render.Span { return render.Text(m.OS) }},
		{Title: "User", Cell: func(m catalog.Target) render.Span { return render.Text(m.User) }},
		{Title: "When", Cell: func(m catalog.Target) render.Span { return render.Text(m.Seen) }},
		{Title: "Id", Cell: func(m catalog.Target) render.Span { return render.Mono(m.ID) }},
	}
}

// consoleCard is a failure with the specification's three parts, and what to do about it.
func consoleCard(err error, e *s1.Error) render.Card {
	var busy string
	title, needs := strings.TrimSuffix(render.Sentence(cmp.Or(e.Operation, "the call to the console")), "."), ""
	var in *workflow.CommandError
	if errors.As(err, &in) {
		title, needs = in.Command.Title, in.Command.Needs
		if in.Command.Risk != catalog.Read {
			busy = refusal.Busy(e)
		}
	}
	return render.Failure(title, e.Status, e.Message, cmp.Or(busy, refusal.Advice(e, needs)))
}

// refusalCard is the policy's no.
func refusalCard(r *policy.RefusedError) render.Card {
	line := render.Line{render.Text(render.Sentence(r.Why))}
	card := render.Card{Tone: render.Warning, Title: "Not allowed", Text: render.Sentence(r.Why), Parts: []render.Part{line}}
	card.Parts = append(card.Parts, workflow.RuleNote(r.ShownRule(), r.Because)...)
	return card
}

// unansweredCard says which question has no answer, so that nothing was done.
func unansweredCard(e *policy.UnansweredError, decision bool) render.Card {
	words := render.Sentence(e.Question) + " So I can't tell whether this is allowed. Nothing was done."
	if decision {
		words = render.Sentence(e.Question) + " So I couldn't tell whether you're allowed to decide this, and your decision didn't count."
	}
	if strings.Contains(e.Question, "missing_scope") {
		words += " Whoever runs the bot has to add the scope: `s1bot check` names it."
	} else {
		words += " Try again in a moment."
	}
	card := render.Card{Tone: render.Warning, Title: "Couldn't check", Text: words, Parts: []render.Part{render.Line{render.Text(words)}}}
	card.Parts = append(card.Parts, workflow.RuleNote(e.Rule, e.Because)...)
	return card
}

// faultCard admits a fault of ours, with what finds it in the log. What Slack refuses by name, such
// as a scope that is missing, is no secret, and whoever looks after the app can mend it.
//
// The reference is the delivery's key, under which every line of the log about it stands.
func faultCard(a Interaction, err error) render.Card {
	words := "Something went wrong inside the bot."
	var refused slack.SlackErrorResponse
	switch {
	case errors.Is(err, approvals.ErrUnrecorded):
		words = "The console got this, but I couldn't save what came of it yet. I'll keep trying, then report the outcome. Don't request it again."
	case errors.Is(err, approvals.ErrUnstarted):
		words = "It hasn't started yet: my database didn't take its start for the audit trail, and nothing runs without that. I'll start it as soon as I can, or let it expire. Don't request it again."
	case errors.Is(err, approvals.ErrUnwritten):
		words = unwrittenWords(a.Decides)
	case errors.Is(err, tempfile.ErrDisk):
		words = "I couldn't make the file: there is no room for it on my disk. Narrow the list down, or try again in a moment."
	case errors.As(err, &refused):
		words = fmt.Sprintf("Slack refused it (%s). Run `s1bot check` to see whether the app is missing something.", refused.Err)
	}
	return render.Card{Tone: render.Critical, Text: words, Parts: []render.Part{
		render.Line{render.Text(words + " Whoever runs the bot can find it in the log under "), render.Mono(cmp.Or(a.At.Key, "no reference")), render.Text(".")},
	}}
}

// unwrittenWords say that nothing happened, because nothing may that the audit trail does not have.
func unwrittenWords(decision bool) string {
	what := "Nothing was done"
	if decision {
		what = "Your decision didn't count, and nothing was done"
	}
	return what + ": I couldn't write it to the audit trail, and nothing runs without that. Try again in a moment."
}
