package requestcards

import (
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// maxLonger is how many isolations a card lists: more than run on one endpoint, fewer than a person
// reads.
const maxLonger = 10

// Longer offers to extend what isolates an endpoint, for who knows its name and no reference: the
// one isolation with an end that runs on it, or each of several. Where none does, it says which run
// at all. Nothing is extended by it.
//
// An isolation of several endpoints is extended for all of them, so each row names them.
func Longer(running []approvals.Request, host string, x Extension) render.Card {
	running = slices.DeleteFunc(slices.Clone(running), func(r approvals.Request) bool { return !r.Term.Running() })
	on := slices.DeleteFunc(slices.Clone(running), func(r approvals.Request) bool {
		return !slices.ContainsFunc(plans.Of(r).Targets, func(t catalog.Target) bool { return strings.EqualFold(t.Name, host) || t.ID == host })
	})
	switch {
	case len(on) == 0 && len(running) == 0:
		return render.Notice("No isolation with an end time is running, so nothing was extended.")
	case len(on) == 0:
		card := render.Notice("No isolation with an end time is running on " + host + ", so nothing was extended. Running:")
		card.Parts = append(card.Parts, longerRows(running, nil)...)
		return card
	}
	card := render.Notice("Nothing was extended yet: I found the isolation by the endpoint's name. Click to extend it.")
	if len(on) > 1 {
		card = render.Notice("Nothing was extended yet: " + text.Plural(len(on), "isolation") + " with an end time are running on " + host + ". Which one?")
	}
	card.Parts = append(card.Parts, longerRows(on, &x)...)
	if x.Because != "" {
		card.Parts = append(card.Parts, render.Line{render.Text("Reason, if you click: "), render.Bold(x.Because)})
	}
	return card
}

// longerRows list isolations with their ends, each with the button of an extension if there is one.
func longerRows(isolations []approvals.Request, x *Extension) (rows []render.Part) {
	for _, r := range isolations[:min(len(isolations), maxLonger)] {
		row := render.Row{Line: render.Line{
			render.Mono(r.Ref), render.Text(" Isolation of "), render.Bold(plans.Names(plans.Of(r).Targets, 5)), render.Text(" · ends "), render.Since(r.Term.Ends), render.Text(" ("), render.At(r.Term.Ends), render.Text(")"),
		}}
		if x != nil {
			row.Actions = []render.Action{longerButton(r, *x)}
		}
		rows = append(rows, row)
	}
	return rows
}

// longerButton extends r once more; without a length a form asks for it.
func longerButton(r approvals.Request, x Extension) render.Button {
	made, label := len(r.Term.Extensions), "Extend…"
	x.Request, x.After = r.ID, &made
	if by, err := catalog.ReadSpan(x.For); err == nil {
		label = "Extend by " + text.SpanWords(by)
	} else {
		x.For = ""
	}
	return render.Button{Label: label, Style: render.Primary, Do: render.Invocation{Command: ExtendWord, Args: catalog.Marshal(x)}, Confirm: confirmText(r)}
}

// HowLong is the form that asks how much longer an isolation shall last. The card beside it is for
// who has no trigger: a message has none, and a click that was taken up after a crash has an old
// one.
func HowLong(r approvals.Request, at render.Origin) (render.Form, render.Card) {
	field := catalog.SpanField(catalog.ForParam, "How much longer", "Added to the current end.")
	field.Required = true
	card := render.Notice("An extension needs a duration, so nothing was extended. Type: extend " + r.Ref + " for=4h")
	card.Actions = []render.Action{render.Button{Label: "Extend", Do: About(ExtendWord, r.ID)}}
	return render.Form{
		Title: "Extend the isolation", Submit: "Extend", Origin: at, Do: About(ExtendWord, r.ID), Fields: []render.FormField{field},
		Intro: render.Line{render.Text("The isolation of " + plans.Names(plans.Of(r).Targets, 5) + " ends "), render.At(r.Term.Ends), render.Text(". If you can approve it, this approves the extension; otherwise, I'll ask the approvers.")},
	}, card
}
