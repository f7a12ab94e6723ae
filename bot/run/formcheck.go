package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/library"
	"s1bot/bot/seal"
	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// checkLimit is how long Slack may be asked who sent a form before the acknowledgement goes out
// without an answer: it is due within 3 s, and it is still to be written down. foreseeLimit is how
// long the console may then be asked what is wrong with what was entered.
const (
	checkLimit   = time.Second
	foreseeLimit = time.Second
)

// CheckForm looks at a submitted form before it is acknowledged: what is wrong is shown under its
// field, and the form stays open with all that was typed. It returns nil for a form that can go.
//
// It decides nothing: whoever passes here goes through the gate and the policy again. So where the
// gate has no answer within checkLimit, the form may go, and its person reads why as an answer.
//
// The order is that of trust. First whether the form is the one that was drawn, then who sends it,
// then whether its menus hold what they were drawn with (a client of one's own may send anything),
// and only then what was typed: by the command's own rules, and by what the console says of it.
func (f *Forms) CheckForm(ctx context.Context, in inbound.Payload) any {
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	if err := in.FormErr; err != nil {
		return f.refuseForm(ctx, in, err)
	}
	answer := in.Form
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: answer.Origin}}
	if f.Gate.Admit(ctx, &a) != nil {
		return nil
	}
	if field := seal.OutsideMenu(in.View); field != "" {
		says := f.Gate.Forged(ctx, &a, "form", exchange.ErrMenu, fmt.Errorf("%s has a value that isn't one of its choices", field))
		return slack.NewErrorsViewSubmissionResponse(map[string]string{field: render.Sentence(says.Error())})
	}
	switch answer.Do.Command {
	case PaletteWord:
		if len(answer.Do.Args) > 0 { // the form of one of the bot's own words
			return nil
		}
		return f.picked(ctx, a, answer)
	case "deny", requestcards.ExtendWord:
		if _, length := answer.Values[catalog.ForParam]; length {
			if _, err := catalog.ReadSpan(strings.Join(answer.Values[catalog.ForParam], "")); err != nil {
				return slack.NewErrorsViewSubmissionResponse(paramErrors(err, answer))
			}
			return nil
		}
		if strings.TrimSpace(strings.Join(answer.Values["reason"], "")) == "" {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "Please say why. The requester will see this."})
		}
	}
	cmd, ok := f.Catalog.Find(answer.Do.Command)
	if !ok {
		return nil
	}
	if more := f.askMore(ctx, cmd, in); more != nil {
		return more
	}
	args, extras, wrong := forms.Read(cmd, answer.Values, answer.Do.Args, a.Caller())
	if len(wrong) == 0 {
		a.Do, a.Extras, a.Drawn = answer.Do, extras, true
		a.Do.Args = args
		wrong = f.foreseen(whole, a, answer)
	}
	if len(wrong) == 0 {
		return nil
	}
	return slack.NewErrorsViewSubmissionResponse(wrong)
}

// foreseen is what is wrong with a form by what the console says: a name that nothing has, a query in
// the other language, a policy without such a field. A person who is told that once the form has
// closed has lost what they typed.
//
// Only what stands under a field of the form is told here. Everything else, and all that the console
// does not answer in time, is said by the run itself, which asks again; so are matches to choose from,
// for which a form has no buttons. Nobody learns here what the policy keeps from them.
func (f *Forms) foreseen(ctx context.Context, a exchange.Interaction, answer render.Answer) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, foreseeLimit)
	defer cancel()
	if f.Settler.Settle(ctx, &a) != nil {
		return nil
	}
	cmd, ok := a.Command()
	if !ok {
		return nil
	}
	a.Do.Args, a.Secrets = cmd.Hide(a.Do.Args)
	if f.Rules.Decide(ctx, f.Rules.Input(cmd, a.Interaction)).Err() != nil {
		return nil
	}
	_, err := cmd.Prepare(ctx, f.Caller.Call(a), a.Do.Args)
	return forms.Under(cmd, err, answer.Values)
}

// paramErrors puts a rule across fields under the field it names, or under the first of the form.
//
// Slack takes errors for input blocks of the form alone; any other key fails the whole answer, and
// the person would see "something went wrong" instead of the words.
func paramErrors(err error, answer render.Answer) map[string]string {
	var usage *catalog.UsageError
	if !errors.As(err, &usage) {
		return nil
	}
	words := render.Sentence(usage.Problem)
	if usage.Hint != "" {
		words += " " + render.Sentence(usage.Hint)
	}
	if _, ok := answer.Values[usage.Param]; ok {
		return map[string]string{usage.Param: words}
	}
	fields := slices.Sorted(maps.Keys(answer.Values))
	if len(fields) == 0 {
		return nil
	}
	return map[string]string{fields[0]: words}
}

// picked puts the form of the chosen command in the palette's place.
//
// The answer replaces the palette by the next form in the same window: a response_action "update"
// needs no trigger.
func (f *Forms) picked(ctx context.Context, a exchange.Interaction, answer render.Answer) any {
	chosen := answer.Values["command"]
	if len(chosen) == 0 {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "Choose a command."})
	}
	if word, ok := f.Library.PickedWord(chosen[0]); ok {
		return f.pickedWord(a, word, exchange.Only(answer.Values[catalog.ConsoleParam]))
	}
	line, ok, err := f.Library.Picked(ctx, a.User, chosen[0])
	if err != nil || !ok {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "I can't find this command any more. Choose another one."})
	}
	inv, extras, err := slash.Parse(f.Catalog, line, text.Input{Zone: a.Who.Zone, Now: f.Caller.Now()})
	var missing *catalog.MissingError
	if errors.As(err, &missing) {
		missing.Given.Console = inv.Console
		inv, err = missing.Given, nil
	}
	if err != nil {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "I can't read this line any more. Choose another one."})
	}
	a.Do, a.Extras = inv, extras
	if err := f.settlePicked(ctx, &a, exchange.Only(answer.Values[catalog.ConsoleParam])); err != nil {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": render.Sentence(err.Error())})
	}
	cmd, ok := a.Command()
	if !ok {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "This command is gone. Choose another one."})
	}
	view := f.Seal.View(FormOf(cmd, a), a.User)
	return slack.NewUpdateViewSubmissionResponse(&view)
}

// pickedWord puts the form of one of the bot's own words in the palette's place; nil where it needs
// none, and runs.
func (f *Forms) pickedWord(a exchange.Interaction, word library.Word, console string) any {
	a.Do.Console = console
	if err := f.Settler.Typed(&a.Do); err != nil {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": render.Sentence(err.Error())})
	}
	if !word.Asks {
		return nil
	}
	form := render.Form{
		Title: render.Capital(word.Name), Submit: cmp.Or(word.Button, "Run"), Origin: a.At, Intro: render.Line{render.Text(word.Summary)},
		Do: render.Invocation{Command: PaletteWord, Console: a.Do.Console, Args: catalog.Marshal(map[string]string{"word": word.Name})},
	}
	if word.Takes != "" {
		form.Fields = []render.FormField{{Name: "line", Label: word.Takes, Widget: render.TextInput, Required: !word.Bare, Placeholder: word.Example, MaxLength: 1000}}
	}
	view := f.Seal.View(form, a.User)
	return slack.NewUpdateViewSubmissionResponse(&view)
}

// settlePicked settles the console of a command that was picked: a line of the person's own may
// name one, and means that; else it is the one that was chosen beside it.
func (f *Forms) settlePicked(ctx context.Context, a *exchange.Interaction, chosen string) error {
	a.Do.Console = cmp.Or(a.Do.Console, chosen)
	if err := f.Settler.Typed(&a.Do); err != nil {
		return err
	}
	err := f.Settler.Settle(ctx, a)
	var several *exchange.SeveralError
	if errors.As(err, &several) {
		err = errors.New("there are several consoles; choose one")
	}
	return err
}

// FormField is a field of a form under which something can be said; empty where it has none.
func FormField(in inbound.Payload) string {
	if in.View.State == nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(in.View.State.Values)) {
		return name
	}
	return ""
}

// refuseForm refuses a form that is not as it was drawn: under its first field, so that it stays
// open. Without a field it returns nil, and the refusal is an answer like any other.
//
// The values were sealed with the form, so a failing seal means a form that somebody else was
// given, that was changed on its way, or that another key drew. What was typed stays on the screen,
// and can be copied.
func (f *Forms) refuseForm(ctx context.Context, in inbound.Payload, cause error) any {
	field := FormField(in)
	if field == "" {
		return nil
	}
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID}}
	says := f.Gate.Forged(ctx, &a, "form", exchange.ErrForm, cause)
	if errors.Is(says, exchange.ErrNotAllowed) {
		f.Gate.RecordStranger(ctx, a)
	}
	return slack.NewErrorsViewSubmissionResponse(map[string]string{field: render.Sentence(says.Error())})
}

// PaletteWord is what the palette's form invokes.
const PaletteWord = "palette"
