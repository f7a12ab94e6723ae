package home

import (
	"context"

	"github.com/sourcegraph/conc"

	"s1bot/approvals/workflow"
	"s1bot/notifier/figures"
	"s1bot/render"
)

// maxIsolatedCard is how many isolated endpoints a message lists: each takes three of its fifty
// blocks.
const maxIsolatedCard = 15

// Isolated is what a Home tab shows under "Isolated now", as a card, counted at this moment: whoever
// asks wants to see what they isolated a minute ago. What is counted is written down, so that tabs
// show it, too.
func (k *Keeper) Isolated(ctx context.Context, p workflow.Person) (render.Card, error) {
	k.recount(ctx, figures.Isolated)
	k.mu.Lock()
	k.sharedAt = k.Now().Add(-sharedFor) // it was read before that
	k.mu.Unlock()
	s, err := k.everybodys(ctx)
	s.Person = p
	return isolatedCard(drawing{State: s, cat: k.Catalog, words: k.Words}), err
}

// recount counts a figure on all consoles at once: one that is slow holds up no other.
func (k *Keeper) recount(ctx context.Context, name string) {
	var counting conc.WaitGroup
	for _, c := range k.Consoles.All() {
		counting.Go(func() {
			counter := figures.Counter{Console: c.Client, Mark: k.mark(c), Store: k.Figures, Now: k.Now, Log: k.Log}
			if err := counter.Recount(ctx, name); err != nil {
				k.Log.WarnContext(ctx, "cannot count "+name, "console", c.Name, "err", err) // the card says why
			}
		})
	}
	counting.Wait()
}

func isolatedCard(d drawing) render.Card {
	section := d.isolated(maxIsolatedCard)
	if len(section.Rows) == 0 {
		return render.Notice("No endpoint is isolated right now.")
	}
	card := render.Card{Title: section.Title, Text: section.Title}
	for _, row := range section.Rows {
		card.Parts = append(card.Parts, row)
	}
	if len(section.Note) > 0 {
		card.Parts = append(card.Parts, render.Note(section.Note))
	}
	return card
}
