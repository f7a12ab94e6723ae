package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/sourcegraph/conc"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/home"
	"s1bot/bot/inbound"
	"s1bot/bot/intake"
	"s1bot/bot/run"
	"s1bot/bot/setup"
	"s1bot/commands/consoles"
	"s1bot/commands/observables"
	"s1bot/commands/sightings"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// shortcuts are what the bot has in Slack's own menus: two anywhere, two on a message. The manifest
// names them (setup), and the callback ids must agree.
type shortcuts struct {
	help     helpWords
	notices  noticeWords
	my       myWords
	home     *home.Keeper
	pages    *run.Pages
	searches *run.Searches
	slots    *fairqueue.Queue // for what waits for the console
	pools    intake.Pools
	address  func() string // of the workspace: https://soc.slack.com/
	user     func() string // the bot's own
	log      *slog.Logger
}

// shortcut runs a shortcut.
func (h *handler) shortcut(ctx context.Context, d inbound.Delivery) error {
	in := d.Payload
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: in.Origin(d.Key)}, Trigger: in.Trigger, From: d}
	if in.Callback == setup.LookUpShortcut {
		return h.lookUp(ctx, a)
	}
	return h.respond(ctx, &a, func() error {
		if err := h.gate.Admit(ctx, &a); err != nil {
			return err
		}
		switch in.Callback {
		case setup.RunShortcut:
			return h.shortcuts.help.palette(ctx, a, "")
		case setup.WaitingShortcut:
			return h.shortcuts.waiting(ctx, a)
		case setup.NoteShortcut:
			return h.shortcuts.note(ctx, a, in)
		}
		return workflow.ErrGone // of a manifest of another version
	})
}

// waiting opens what waits for a person's decision, and their own requests. A trigger lasts three seconds: where no window opens, for whatever
// reason, the list comes as a direct message, for somebody is waiting for these approvals.
func (s *shortcuts) waiting(ctx context.Context, a exchange.Interaction) error {
	page, err := s.home.Waiting(ctx, a.Who)
	if err != nil {
		return err
	}
	if _, err = s.pages.Open(ctx, a, page); err != nil {
		s.log.WarnContext(ctx, "cannot open a window of what waits; answering in the direct messages", "user", a.User, "err", err)
		return s.my.pending(ctx, a, "")
	}
	return nil
}

// maxNote is how much of a message a note begins with: the rest is behind the link.
const maxNote = 2500

// note opens the form of a note on a threat, with what the message says and where it stands. On a threat's card, and in its thread, the
// threat is known; elsewhere the form asks.
func (s *shortcuts) note(ctx context.Context, a exchange.Interaction, in inbound.Payload) error {
	words := unescaped(strings.TrimSpace(strings.Join(in.Said[:min(len(in.Said), 1)], "")))
	note := text.Shorten(words, maxNote)
	if link := s.permalink(a.At); link != "" {
		note = strings.TrimSpace(note + "\n" + link)
	}
	return s.notices.noteForm(ctx, a, note)
}

// permalink is the address of a message, as Slack makes them.
func (s *shortcuts) permalink(at exchange.Origin) string {
	return exchange.Permalink(s.address(), at.Channel, at.Message, at.Thread)
}

const lookUpTitle = "SentinelOne look-up"

// lookUp shows what the console knows of what a message says. The window opens at once, for its
// trigger lasts three seconds: only then is asked who it is and what they may see. So a stranger
// sees an empty window for a moment, with nothing in it. The work then takes a slot of the person's
// commands: it waits for the console, and the class that a shortcut comes in by does not.
func (h *handler) lookUp(ctx context.Context, a exchange.Interaction) error {
	s := h.shortcuts
	view, err := s.pages.Open(ctx, a, run.SentencePage(lookUpTitle, "Looking up …"))
	if err != nil {
		s.log.WarnContext(ctx, "cannot open a look-up modal; answering next to the message", "user", a.User, "err", err)
	}
	work := func(ctx context.Context) {
		if err := h.respond(ctx, &a, func() error { return h.lookedUp(ctx, &a, view) }); err != nil {
			s.log.ErrorContext(ctx, "a look-up failed", "user", a.User, "err", err)
		}
	}
	err = s.slots.Push(fairqueue.Work{Class: intake.CommandClass, Pool: s.pools.Settled(ctx, a), Owner: a.User, Ref: a.At.Key, Do: work})
	var busy *fairqueue.BusyError
	if errors.As(err, &busy) {
		return s.show(ctx, a, view, run.SentencePage(lookUpTitle, "I'm busy with your earlier commands, so I didn't look this up. Try again when some have finished."))
	}
	return nil
}

// lookedUp looks up what the message says, and shows it in the window; who may do nothing here reads that there.
func (h *handler) lookedUp(ctx context.Context, a *exchange.Interaction, view string) error {
	s := h.shortcuts
	if err := h.gate.Admit(ctx, a); err != nil {
		if errors.Is(err, exchange.ErrNotAllowed) {
			h.gate.RecordStranger(ctx, *a)
		}
		return s.show(ctx, *a, view, run.SentencePage(lookUpTitle, render.Sentence(err.Error())))
	}
	switch err := s.searches.Settler.Settle(ctx, a); {
	case errors.Is(err, consoles.ErrSeveral):
		return s.show(ctx, *a, view, s.everywhere(ctx, *a))
	case err != nil:
		return s.show(ctx, *a, view, run.SentencePage(lookUpTitle, render.Sentence(err.Error())))
	}
	return s.show(ctx, *a, view, s.sighted(ctx, *a))
}

// sighted is what the console of an exchange.Interaction knows of what the message says.
func (s *shortcuts) sighted(ctx context.Context, a exchange.Interaction) render.Page {
	call := s.searches.Caller.Call(a)
	found := observables.Find(a.From.Payload.Said...)
	seen, more := sightings.Of(ctx, call, a.On.Catalog, func(box string) bool { return s.searches.MaySearch(a, box) }, foreign(found, a.On.Client.ConsoleURL()))
	if a.From.Payload.Message.User == s.user() { // in anybody else's message a link says nothing of the name beside it
		seen = sightings.About(linked(found, a.On.Client), seen)
	}
	return sightingsPage(seen, more, a.At).On(a.Do.Console)
}

// linked are the endpoints whose pages in the console a message links to.
func linked(found []observables.Observable, console *s1.Client) (agents []s1.AgentID) {
	for _, o := range found {
		if id := console.AgentAt(o.Value); o.Kind == observables.URL && id != "" {
			agents = append(agents, id)
		}
	}
	return agents
}

// foreign leaves out links to the console itself, which cards have: nothing is known of them, and nobody hunts for them.
func foreign(found []observables.Observable, console string) []observables.Observable {
	return slices.DeleteFunc(found, func(o observables.Observable) bool {
		return o.Kind == observables.URL && strings.HasPrefix(strings.ToLower(o.Value), strings.ToLower(console))
	})
}

// everywhere looks on all consoles at once, where nothing says which one is meant: a look-up has no
// words to name one by. What each knows stands under its name. One that does not answer says so in
// its place and hides nothing of the others. Each goroutine writes only its own element.
func (s *shortcuts) everywhere(ctx context.Context, a exchange.Interaction) render.Page {
	names := s.searches.Settler.Set.Names()
	found := make([]render.Page, len(names))
	var looking conc.WaitGroup
	for i, name := range names {
		looking.Go(func() {
			there := a
			there.Do.Console = name
			if err := s.searches.Settler.Settle(ctx, &there); err != nil {
				found[i] = run.SentencePage(lookUpTitle, render.Sentence(err.Error()))
				return
			}
			found[i] = s.sighted(ctx, there)
		})
	}
	looking.Wait()
	whole := render.Page{Title: lookUpTitle, Origin: found[0].Origin}
	for i, page := range found {
		for _, section := range page.Sections {
			section.Title = names[i]
			whole.Sections = append(whole.Sections, section)
		}
	}
	return whole
}

// show puts a page into a window, or answers with it where there is none, or where Slack doesn't take it there: the window would say "Looking
// up …" for good.
//
// A window that was closed meanwhile is no error (see run.Pages): who closed it wants no answer.
func (s *shortcuts) show(ctx context.Context, a exchange.Interaction, view string, page render.Page) error {
	if view != "" {
		err := s.pages.Update(ctx, a.User, view, page)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.log.WarnContext(ctx, "cannot show a look-up in its window; answering next to the message", "user", a.User, "err", err)
	}
	card := render.Card{Tone: render.Info, Title: page.Title, Text: page.Title}
	for _, section := range page.Sections {
		if section.Title != "" {
			card.Parts = append(card.Parts, render.Line{render.Bold(section.Title)})
		}
		for _, row := range section.Rows {
			card.Parts = append(card.Parts, row.Line)
			if len(row.Small) > 0 {
				card.Parts = append(card.Parts, render.Note(row.Small))
			}
		}
	}
	s.help.responder.Reply(ctx, a, card)
	return nil
}

// sightingsPage is what was looked up, each with what can be done about it.
func sightingsPage(seen []sightings.Sighting, more int, at exchange.Origin) render.Page {
	page := render.Page{Title: lookUpTitle, Origin: exchange.Origin{Channel: at.Channel, Thread: at.Thread, ResponseURL: at.ResponseURL}}
	section := render.Section{}
	for _, s := range seen {
		row := render.Row{Line: render.Line{render.Mono(text.Shorten(s.Name, 300)), render.Text("  " + s.Kind)}, Actions: s.Actions}
		if s.Verdict != "" {
			row.Line = append(row.Line, render.Text("\u2003"), render.Bold(s.Verdict))
		}
		if len(s.Known) > 0 {
			row.Line = append(row.Line, render.Text("\u2003"+strings.Join(s.Known, " · ")))
		}
		if len(s.Unknown) > 0 {
			row.Small = render.Line{render.Text("⚠ Couldn't check: " + strings.Join(s.Unknown, " · "))}
		}
		section.Rows = append(section.Rows, row)
	}
	switch {
	case len(seen) == 0:
		return run.SentencePage(lookUpTitle, "I found no hash, address, domain, endpoint, threat or alert in this message.")
	case more > 0:
		section.Note = render.Line{render.Text(fmt.Sprintf("… and %d more in this message. ", more))}
	}
	if slices.ContainsFunc(seen, func(s sightings.Sighting) bool { return s.Hunted }) {
		section.Note = append(section.Note, render.Text("Events on endpoints aren't searched here: Hunt searches them."))
	}
	page.Sections = []render.Section{section}
	return page
}
