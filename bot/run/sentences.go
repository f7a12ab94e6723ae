package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// Plain words are a way to a form or a button, never to an action: whoever reads what the bot made
// of them submits it.
//
// A wrong guess therefore costs a look and no more, and reading may be generous where a command
// line must be exact.

// sentence reads a line as plain words: where it begins with no command, and where it does and goes
// on like a sentence. The error is nil where it is to be read as a command line.
//
// A line that begins with a command's name and reads as the same invocation both ways is a command
// line, unless it has words that no name has (see plain.Prose): what would be searched for them finds
// nothing, which reads like an all-clear. For a command that changes something the reader's doubt counts more: where the line says
// that something is not to be done, or not to all, it is an error rather than a wider change (see
// plain.Limits).
func (r *Runner) sentence(line string, inv catalog.Invocation, x catalog.Extras, parsed error, in text.Input) (p plain.Proposal, read bool, err error) {
	unknown := parsed != nil && inv.Command == ""
	if unknown && !guessed(parsed) {
		if err := r.alone(line); err != nil {
			return p, false, err
		}
	}
	cmd, known := r.Catalog.Find(inv.Command)
	if p, read := r.otherwise(line, inv, parsed, in); read {
		return p, true, nil
	}
	prose := known && r.Sentences.Prose(cmd, line)
	if !unknown && !prose && !(known && (plain.Talks(cmd, line) || r.Sentences.Speaks(line))) {
		return p, false, nil
	}
	p, err = r.Sentences.Read(line, in)
	switch {
	case err == nil && unknown && corrects(parsed, p):
		return p, false, nil // the line with the name put right is a button, which says more than a form
	case err == nil:
		return p, parsed != nil || !p.Same(inv, x), nil
	case unknown && r.mistyped(line, parsed):
		return p, false, nil // which the other error explains better
	case unknown, cmd.Risk != catalog.Read && (prose || plain.Limits(line) || plain.Begins(err)):
		return p, false, err
	case prose:
		return p, false, literally(err, inv, parsed)
	}
	return p, false, nil
}

// alone refuses a line that is a name, an address or a hash and nothing else, and offers what can be done with it. Nothing is looked up for that, so a
// name need not be an endpoint's. Nil where the line is anything else.
func (r *Runner) alone(line string) error {
	name, offers := r.Catalog.OffersOn(plain.Alone(line))
	if len(offers) == 0 {
		return nil
	}
	return &catalog.UsageError{Problem: fmt.Sprintf("%q names no command", name), Hint: "Pick what to do with it.", Offers: offers}
}

// mistyped tells a line that begins with no command and is no sentence from one that is: "list offline servers" has no slip in it, however near
// list-iocs is.
func (r *Runner) mistyped(line string, parsed error) bool {
	first, rest := text.CutWord(line)
	return rest == "" || !r.Sentences.Knows(first) && (guessed(parsed) || len(strings.Fields(line)) < 3)
}

// literally adds to the error of a sentence that isn't read a button for the command line that it would be: one that searches for its words.
func literally(err error, inv catalog.Invocation, parsed error) error {
	var usage *catalog.UsageError
	if !errors.As(err, &usage) || parsed != nil {
		return err
	}
	with := *usage
	with.Offers = append([]catalog.Offer{{Label: "Search for these words", Do: inv}}, usage.Offers...)
	return &with
}

// otherwise reads a command line whose values do not fit as a sentence that means another command:
// "block evil.example" is about a remote host, not about a hash. A line with name=value in it means
// what it says.
func (r *Runner) otherwise(line string, inv catalog.Invocation, parsed error, in text.Input) (p plain.Proposal, read bool) {
	var missing *catalog.MissingError
	if parsed == nil || inv.Command == "" || errors.As(parsed, &missing) || strings.Contains(line, "=") {
		return p, false
	}
	p, err := r.Sentences.Read(line, in)
	return p, err == nil && p.Do.Command != inv.Command
}

// guessed tells whether an error knows what a mistyped command was meant to be.
func guessed(err error) bool {
	var usage *catalog.UsageError
	return errors.As(err, &usage) && (usage.Try != nil || usage.Given != nil)
}

// corrects tells whether an error puts a mistyped name right to what a sentence was read as: the same
// command, with the same said. Where the sentence says more ("isolat DESKTOP-1 for 4 hours"), its
// words would be values of the line.
func corrects(err error, p plain.Proposal) bool {
	var usage *catalog.UsageError
	if !errors.As(err, &usage) {
		return false
	}
	for _, meant := range []*catalog.Invocation{usage.Try, usage.Given} {
		if meant != nil && p.Same(*meant, catalog.Extras{}) {
			return true
		}
	}
	return false
}

// propose offers what plain words mean: what reads as a button that runs it, what changes
// something, or lacks something, as a form.
//
// How is set to Open while the console is settled: if that has to be asked, the button of the
// answer carries the invocation as it is then, and it must open a form and not run.
func (r *Runner) propose(ctx context.Context, a exchange.Interaction, p plain.Proposal) error {
	cmd, ok := r.Catalog.Find(p.Do.Command)
	if !ok {
		return workflow.ErrGone
	}
	console := a.Do.Console
	a.Do, a.Extras = p.Do, p.Extras
	if a.Do.Console == "" {
		a.Do.Console = console
	}
	a.Do.How = render.Open // also where the console has to be chosen first: nothing runs from plain words alone
	if err := r.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	a.Do.How = p.Do.How
	a.Do.Args, a.Secrets = cmd.Hide(a.Do.Args)
	card := proposalCard(cmd, a)
	if cmd.Risk != catalog.Read || !p.Complete {
		return r.Forms.openInstead(ctx, a, card)
	}
	run := a.Do
	card.Actions = append([]render.Action{render.Button{Label: "Run this", Style: render.Primary, Do: run}}, card.Actions...)
	r.Responder.Reply(ctx, a, card)
	return nil
}

// proposalCard says what the bot made of plain words, as a line to copy.
func proposalCard(cmd *catalog.Command, a exchange.Interaction) render.Card {
	line := "/s1 " + slash.Line(cmd, a.Do.Args) + extrasLine(a.Extras)
	return render.Card{
		Tone: render.Info, Text: "Did you mean: " + cmd.Title + "? Nothing has run yet.",
		Parts: []render.Part{
			render.Line{render.Text("I read that as "), render.Bold(cmd.Title), render.Text(". Nothing has run yet.")}, render.Line{render.Mono(line)},
		},
		Actions: []render.Action{exchange.OpenButton(catalog.WithExtras(a.Do, a.Extras))},
	}
}

// extrasLine writes what was said beside the parameters, as it is typed.
func extrasLine(x catalog.Extras) string {
	line := ""
	if x.For > 0 {
		line += " " + catalog.ForParam + "=" + text.SpanText(x.For)
	}
	for _, pair := range [][2]string{{catalog.ReasonParam, x.Reason}, {catalog.TicketParam, x.Ticket}} {
		if pair[1] != "" {
			line += " " + pair[0] + "=" + slash.Value(pair[1])
		}
	}
	return line
}
