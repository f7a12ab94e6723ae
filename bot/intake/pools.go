package intake

import (
	"context"
	"strings"

	"s1bot/approvals"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/library"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// Pools tell which console a delivery may wait for, before it has its turn: work for each console
// has slots of its own, so that one which hangs, however many people ask it, holds nobody up who
// asks another. Nothing depends on the answer but whose slots it takes: for which console a
// delivery is, is settled when it runs.
//
// So errors here are no errors: whoever cannot be placed waits in the pool without a name.
type Pools struct {
	Settler  exchange.Settler
	Requests interface {
		Get(ctx context.Context, idOrRef string) (approvals.Request, error)
	}
	Library library.Library
	Words   Words
}

// Of is the name of a console; empty where there is only one, and for what is about none, about
// all, or nobody knows yet about which.
func (p Pools) Of(ctx context.Context, d inbound.Delivery, class fairqueue.Class) string {
	if !p.Settler.Set.Several() {
		return ""
	}
	a := sender(d)
	switch d.Kind {
	case inbound.Slash:
		return p.ofLine(ctx, a, d.Command.Text, class)
	case inbound.Event:
		return p.ofLine(ctx, a, d.Message.Line, class)
	case inbound.Submission:
		return p.ofDrawn(d.Payload.Form.Do)
	case inbound.Click:
		if len(d.Payload.Clicks) > 0 {
			return p.ofClick(ctx, a, d.Payload.Clicks[0].Do)
		}
	}
	return ""
}

// ofLine goes by the request that a line decides on, else by the console that it names, by its
// thread, and by its channel.
//
// A saved command is expanded here as well as when it runs, which costs a second read of the
// database; without it everything saved would stand in the pool of the channel's console, whatever
// its line names.
func (p Pools) ofLine(ctx context.Context, a exchange.Interaction, line string, class fairqueue.Class) string {
	word, rest := exchange.FirstWord(exchange.WithoutSlashWord(line))
	own, known := p.Words.Word(word)
	if class == AnswerClass || class == StopClass {
		return ""
	}
	switch {
	case own.Every, p.Words.Meant(line).Every:
		return ""
	case class == DecisionClass:
		return p.ofRequest(ctx, rest)
	case !known:
		if saved, found, err := p.Library.Expand(ctx, a.User, line); err == nil && found {
			line = saved
		}
	}
	for _, word := range strings.Fields(line) {
		if name, found := strings.CutPrefix(word, catalog.ConsoleParam+"="); found {
			a.Do.Console = name
		}
	}
	if err := p.Settler.Typed(&a.Do); err != nil {
		return ""
	}
	return p.Settled(ctx, a)
}

// ofRequest is the console of a request whose reference stands first.
func (p Pools) ofRequest(ctx context.Context, rest string) string {
	ref, _ := exchange.Reference(rest)
	if ref == "" {
		return ""
	}
	req, err := p.Requests.Get(ctx, ref)
	if err != nil {
		return ""
	}
	return p.ofDrawn(render.Invocation{Console: req.Console})
}

// ofClick goes by what a button carries; that of a saved command, by its line.
func (p Pools) ofClick(ctx context.Context, a exchange.Interaction, do render.Invocation) string {
	if do.Command != library.SavedWord {
		return p.ofDrawn(do)
	}
	saved, err := exchange.ReadChoice(do)
	if err != nil {
		return ""
	}
	return p.ofLine(ctx, a, saved.Line, CommandClass)
}

// ofDrawn is the console that a button or a form carries.
func (p Pools) ofDrawn(do render.Invocation) string {
	on, err := p.Settler.Set.Carried(do.Console)
	if err != nil {
		return ""
	}
	return p.Settler.Set.Label(on)
}

// Settled is the console of an interaction.
func (p Pools) Settled(ctx context.Context, a exchange.Interaction) string {
	on, err := p.Settler.Of(ctx, a)
	if err != nil {
		return ""
	}
	return p.Settler.Set.Label(on)
}
