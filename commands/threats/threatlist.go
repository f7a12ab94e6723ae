package threats

import (
	"context"
	"fmt"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// countThreats tells the number alone.
func countThreats(ctx context.Context, call *catalog.Call, q s1.Query) (render.Card, error) {
	page, err := call.Console.ThreatsPage(ctx, q.WithLimit(1))
	if err != nil {
		return render.Card{}, err
	}
	words := text.Plural(max(page.Total, 0), "threat")
	if page.Total < 0 {
		words = "The console didn't count the threats"
	}
	card := render.Card{Tone: render.Info, Title: fmt.Sprintf("Threats · %d", max(page.Total, 0)), Text: words, Parts: []render.Part{render.Line{render.Bold(words), render.Text(" " + matching(call))}}}
	return listing.Single(call, "threats", catalog.Marshal(map[string]int{"totalItems": page.Total}), card)
}

func matching(call *catalog.Call) string {
	if words := call.Describe(); words != "" {
		return "match " + words + "."
	}
	return "that the bot's token can see."
}
