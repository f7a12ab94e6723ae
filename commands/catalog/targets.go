package catalog

import (
	"slices"

	"s1bot/render"
)

// AlreadyIsolated warns of an endpoint that was isolated before anybody asked.
const AlreadyIsolated = "already isolated"

// Homeless reports whether nobody knows on which endpoint t is.
func (t Target) Homeless() bool { return (t.Kind == "threat" || t.Kind == "alert") && t.Agent == "" }

// Endpoints is how many endpoints the targets are, or are on; each one that nobody knows counts. It
// is what budgets count, so doubt counts up: two threats without an endpoint are two.
func (p Plan) Endpoints() int {
	known := map[string]bool{}
	for _, t := range p.Targets {
		switch {
		case t.Kind == "agent":
			known[t.ID] = true
		case t.Homeless():
			known[t.Kind+" "+t.ID] = true
		case t.Agent != "":
			known[t.Agent] = true
		}
	}
	return len(known)
}

// ActsOn is how many endpoints the plan acts on: its own, and where it reaches through threats those that they are on.
func (p Plan) ActsOn() int {
	if !p.OnHosts {
		p.Targets = slices.DeleteFunc(slices.Clone(p.Targets), func(t Target) bool { return t.Kind != "agent" })
	}
	return p.Endpoints()
}

// TargetsOf makes targets of the console's rows, in their order.
func TargetsOf[T any](call *Call, things []T, target func(*Call, T) Target) []Target {
	targets := make([]Target, len(things))
	for i, thing := range things {
		targets[i] = target(call, thing)
	}
	return targets
}

// MaxTargets is how many things one command may touch: the console takes no more ids in one call.
const MaxTargets = 5000

// TooMany refuses a selection that the console could not take. It is refused and not cut: a person
// who isolates "all of Paris" must not be left with 5,000 of 6,000.
func TooMany(param, noun string) error {
	e := Wrong(param, "this matches more than %d %s", MaxTargets, noun)
	e.Hint = "narrow it down"
	return e
}

// NothingMatches refuses a change that would touch nothing: the console would say yes to it.
func NothingMatches(param, noun string) error {
	e := Wrong(param, "no %s matches", noun)
	e.Hint = "nothing was changed"
	return e
}

// Leave says what will not be touched. Where it was named that makes a partial success of the
// outcome; where a filter or a group selected it, it is a remark. Who names a host wants to hear
// that it was not touched; who names a site knows that it holds all sorts of things.
func (p *Plan) Leave(named bool, words []string) {
	if named {
		p.LeftOut = append(p.LeftOut, words...)
		return
	}
	p.Notes = append(p.Notes, words...)
}

// WithLeftOut is the outcome with what the plan left out of it: less than was asked for is a partial success.
func (p Plan) WithLeftOut(card render.Card) render.Card {
	for _, words := range p.LeftOut {
		card.Parts = append(card.Parts, render.Note{render.Text(words)})
	}
	if len(p.LeftOut) > 0 && card.Outcome == render.Successful {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card
}

// Place is where a target lies, as "site / group".
func (t Target) Place() string {
	switch {
	case t.Site == "":
		return t.Group
	case t.Group == "":
		return t.Site
	}
	return t.Site + " / " + t.Group
}
