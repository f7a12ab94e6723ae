package notifier

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"s1bot/notifier/feed"
	"s1bot/notifier/routing"
	"s1bot/render"
)

// of are the feeds of the console with a mark in the journal.
func (c Config) of(mark string) (Feeds, error) {
	all := c.all()
	i := slices.IndexFunc(all, func(f Feeds) bool { return f.Mark == mark })
	if i < 0 {
		return Feeds{}, fmt.Errorf("no feed is active for console %q", mark)
	}
	return all[i], nil
}

// Explain says where a threat or an alert of a console goes, and why: every route with what it
// makes of it.
//
// It reads the item from the console as it is now and walks the routes of now, so it says where the
// item would go. Where it went, the journal knows.
func (n *Notifier) Explain(ctx context.Context, mark, id string) (render.Card, error) {
	of, err := n.config.of(mark)
	if err != nil {
		return render.Card{}, err
	}
	f, err := feed.FactsOf(ctx, of.Console, of.Unified, id)
	if err != nil {
		return render.Card{}, err
	}
	f.Console, f.Mark = of.Name, of.Mark
	now, fallback := n.config.Now(), of.channel(f.Source)
	title := fmt.Sprintf("Where %s %s goes", f.Source, cmp.Or(f.Name, f.ID))
	card := render.Card{Tone: render.Info, Title: title, Parts: []render.Part{n.verdict(ctx, f, fallback, now)}}
	for i, r := range n.config.Routes() {
		line := render.Line{render.Bold(fmt.Sprintf("%d. %s", i+1, cmp.Or(r.Name, "route "+fmt.Sprint(i+1)))), render.Text(": ")}
		fits, why := r.Matches(f, now)
		switch {
		case fits == routing.No:
			line = append(line, render.Text("doesn't match, "+why))
		case fits == routing.Unknown:
			line = append(line, render.Text("can't be decided, "+why))
		case r.Mute:
			line = append(line, render.Text("matches: muted"))
		default:
			line = append(line, render.Text("matches: "), render.Channel(cmp.Or(r.Channel, fallback)))
		}
		card.Parts = append(card.Parts, line)
		if fits == routing.Yes && !r.Continue {
			card.Parts = append(card.Parts, render.Note{render.Text("The routes below aren't checked.")})
			return card, nil
		}
	}
	if fallback != "" {
		card.Parts = append(card.Parts, render.Line{render.Bold("Default"), render.Text(": "), render.Channel(fallback)})
	}
	return card, nil
}

// verdict is the answer in one line.
func (n *Notifier) verdict(ctx context.Context, f routing.Facts, fallback string, now time.Time) render.Line {
	asleep, err := n.config.Journal.Snoozes(ctx, now)
	if quiet, is := routing.SnoozedBy(asleep, f, now); err == nil && is {
		return render.Line{render.Text("Nowhere right now: snoozed by "), render.User(quiet.Owner), render.Text(" until "), render.At(quiet.Until)}
	}
	to := n.config.Routes().Walk(f, fallback, now).Targets(n.config.Operators())
	if len(to) == 0 {
		return render.Line{render.Text("Nowhere: it is muted, or no channel is set for it.")}
	}
	line := render.Line{render.Text("To ")}
	for i, d := range to {
		if i > 0 {
			line = append(line, render.Text(", "))
		}
		line = append(line, render.Channel(d.Channel))
		if d.Mention != "" {
			line = append(line, render.Text(" for "), render.Text(d.Mention))
		}
	}
	return line
}
