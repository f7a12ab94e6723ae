package listing_test

import (
	"testing"

	"s1bot/commands"
	"s1bot/commands/commandtest"
	"s1bot/render"
)

// BenchmarkAThousandAgents is what a person waits for beside the console: the first page of 1,000 endpoints, read, made a card and drawn as
// Slack's blocks. The simulated console answers in the same process, and its work counts as well.
func BenchmarkAThousandAgents(b *testing.B) {
	_, s := commandtest.WithAgents(b, commands.All(), numbered(1000)...)
	list, _ := commands.All().Find("list-agents")
	for b.Loop() {
		card, err := list.Run(b.Context(), s.Call, nil)
		if err != nil {
			b.Fatal(err)
		}
		card.Message(render.Options{})
	}
}
