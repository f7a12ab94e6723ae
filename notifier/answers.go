package notifier

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// About returns what a message of ours, or the thread under it, is about: its kind ("threat", "alert") and id; empty if nothing.
// Somebody may be faster than our writing down where a card stands, so while one is on its way to the channel it looks again.
func (n *Notifier) About(ctx context.Context, channel, ts string) (kind, id string, err error) {
	if ts == "" {
		return "", "", nil
	}
	for try := 0; ; try++ {
		coming := n.underWay(ctx, channel) // asked first: what is written down in between is found
		found, err := n.config.Journal.Notices(ctx, Query{TS: ts, Limit: 10})
		if err != nil {
			return "", "", fmt.Errorf("look up what %s is about: %w", ts, err)
		}
		for _, notice := range found {
			if notice.Where() == channel && (notice.Source == Threats || notice.Source == Alerts) {
				return string(notice.Source), notice.ID, nil
			}
		}
		if try == aboutTries || !coming || ctx.Err() != nil {
			return "", "", nil
		}
		rest(ctx, aboutPause, nil)
	}
}

const (
	aboutTries = 20
	aboutPause = 100 * time.Millisecond
)

// underWay tells whether a post to a channel has been sent and not been written down yet.
func (n *Notifier) underWay(ctx context.Context, channel string) bool {
	waiting, err := n.config.Journal.Notices(ctx, Query{Channel: channel, Want: ToPost, Limit: digestPage})
	return err == nil && slices.ContainsFunc(waiting, func(one Notice) bool { return one.State == Sending && n.config.Now().Sub(one.Tried) < patience })
}

// Explain says where a threat or an alert goes, and why: every route with what it makes of it.
func (n *Notifier) Explain(ctx context.Context, id string) (render.Card, error) {
	f, err := Lookup(ctx, n.config.Console, id)
	if err != nil {
		return render.Card{}, err
	}
	now, fallback := n.config.Now(), n.config.channel(f.Source)
	title := fmt.Sprintf("Where %s %s goes", f.Source, cmp.Or(f.Name, f.ID))
	card := render.Card{Tone: render.Info, Title: title, Parts: []render.Part{n.verdict(ctx, f, fallback, now)}}
	for i, r := range n.config.Routes() {
		line := render.Line{render.Bold(fmt.Sprintf("%d. %s", i+1, cmp.Or(r.Name, "route "+fmt.Sprint(i+1)))), render.Text(": ")}
		fits, why := r.matches(f, now)
		switch {
		case fits == no:
			line = append(line, render.Text("does not match, "+why))
		case fits == perhaps:
			line = append(line, render.Text("cannot be told, "+why))
		case r.Mute:
			line = append(line, render.Text("matches: muted"))
		default:
			line = append(line, render.Text("matches: "), render.Channel(cmp.Or(r.Channel, fallback)))
		}
		card.Parts = append(card.Parts, line)
		if fits == yes && !r.Continue {
			card.Parts = append(card.Parts, render.Note{render.Text("Here the walk ends.")})
			return card, nil
		}
	}
	if fallback != "" {
		card.Parts = append(card.Parts, render.Line{render.Bold("Default"), render.Text(": "), render.Channel(fallback)})
	}
	return card, nil
}

// verdict is the answer in one line.
func (n *Notifier) verdict(ctx context.Context, f Facts, fallback string, now time.Time) render.Line {
	asleep, err := n.config.Journal.Snoozes(ctx, now)
	if quiet, is := muting(asleep, f, now); err == nil && is {
		return render.Line{render.Text("Nowhere now: snoozed by "), render.User(quiet.Owner), render.Text(" until "), render.At(quiet.Until)}
	}
	to := n.config.Routes().walk(f, fallback, now).ends(n.config.Operators)
	if len(to) == 0 {
		return render.Line{render.Text("Nowhere: it is muted, or its source has no channel.")}
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

// Snooze keeps what kind and value name quiet until then.
func (n *Notifier) Snooze(ctx context.Context, owner, kind, value, reason string, until time.Time) (render.Card, error) {
	id := "Z-" + rand.Text()[:5]
	s := Snooze{ID: id, Kind: kind, Value: value, Owner: owner, Reason: reason, Begins: n.config.Now(), Until: until}
	if err := n.config.Journal.SetSnooze(ctx, s); err != nil {
		return render.Card{}, err
	}
	card := render.Card{Tone: render.Good, Title: "Snoozed " + id, Text: fmt.Sprintf("Snoozed %s %s", kind, value), Parts: []render.Part{
		render.Line{render.Text("Nothing new with " + kind + " "), render.Bold(value), render.Text(" is told until "), render.At(until), render.Text(". It is in the console as ever.")}}}
	return withEnd(card, s), nil
}

// Snoozed lists what is snoozed now.
func (n *Notifier) Snoozed(ctx context.Context) (render.Card, error) {
	asleep, err := n.config.Journal.Snoozes(ctx, n.config.Now())
	if err != nil {
		return render.Card{}, err
	}
	card := render.Card{Tone: render.Info, Title: fmt.Sprintf("Snoozes · %d", len(asleep))}
	if len(asleep) == 0 {
		card.Parts = []render.Part{render.Line{render.Text("Nothing is snoozed. /s1 snooze host=DESKTOP-1 for=4h keeps a host quiet; so do rule=, hash= and storyline=.")}}
		return card, nil
	}
	t := render.Table{Columns: []render.Column{{Title: "Id"}, {Title: "What"}, {Title: "By"}, {Title: "Ends"}, {Title: "Kept quiet", Right: true}, {Title: "Why"}}}
	for _, s := range asleep {
		t.Rows = append(t.Rows, []render.Line{{render.Mono(s.ID)}, {render.Text(s.Kind + " " + s.Value)}, {render.User(s.Owner)},
			{render.At(s.Until)}, {render.Text(fmt.Sprint(s.Quiet))}, {render.Text(s.Reason)}})
		card = withEnd(card, s)
	}
	card.Parts = []render.Part{t}
	return card, nil
}

func withEnd(card render.Card, s Snooze) render.Card {
	card.Actions = append(card.Actions, render.Button{Label: "End " + s.ID, Do: render.Invocation{Command: "unsnooze", Args: fmt.Appendf(nil, `{"id":%q}`, s.ID)}})
	return card
}

// Unsnooze ends a snooze.
func (n *Notifier) Unsnooze(ctx context.Context, id string) (render.Card, error) {
	asleep, err := n.config.Journal.Snoozes(ctx, n.config.Now())
	if err != nil {
		return render.Card{}, err
	}
	for _, s := range asleep {
		if !strings.EqualFold(s.ID, id) {
			continue
		}
		s.Until = n.config.Now()
		if err := n.config.Journal.SetSnooze(ctx, s); err != nil {
			return render.Card{}, err
		}
		words := fmt.Sprintf("%s has ended: what is new with %s %s is told again. It kept %d quiet; they are in the console.", s.ID, s.Kind, s.Value, s.Quiet)
		return render.Card{Tone: render.Good, Text: words, Parts: []render.Part{render.Line{render.Text(words)}}}, nil
	}
	return render.Card{}, &catalog.UsageError{Problem: fmt.Sprintf("nothing is snoozed under %q; /s1 snoozes lists what is", id)}
}
