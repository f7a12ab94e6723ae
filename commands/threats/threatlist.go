package threats

import (
	"context"
	"strconv"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// countThreats tells the number alone. countOnly would be one more kind of answer; a page of one
// row carries the same total.
func countThreats(ctx context.Context, call *catalog.Call, q s1.Query) (render.Card, error) {
	page, err := call.Console.ThreatsPage(ctx, q.WithLimit(1))
	if err != nil {
		return render.Card{}, err
	}
	words, number := text.Plural(page.Total, "threat"), strconv.Itoa(page.Total)
	if page.Total < 0 {
		words, number = "The console didn't count the threats", "not counted"
	}
	card := render.Card{Tone: render.Info, Title: "Threats · " + number, Text: words, Parts: []render.Part{render.Line{render.Bold(words), render.Text(" " + matching(call))}}}
	return listing.Single(call, "threats", catalog.Marshal(map[string]int{"totalItems": page.Total}), card)
}

func matching(call *catalog.Call) string {
	if words := call.Describe(); words != "" {
		return "match " + words + "."
	}
	return "that the bot's token can see."
}
