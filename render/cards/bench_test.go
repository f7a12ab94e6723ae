package cards_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
)

func hundredAgents() render.Card {
	var agents []s1.Agent
	for i := range 100 {
		a := agent()
		a.ComputerName = fmt.Sprintf("DESKTOP-%d", i)
		agents = append(agents, a)
	}
	return render.Card{Title: "Agents", Parts: []render.Part{cards.AgentTable(agents, pages{})}}
}

// BenchmarkMessage draws a list of 100 rows; BenchmarkMessageBaseline only encodes what was drawn, which Slack's client has to do anyway.
func BenchmarkMessage(b *testing.B) {
	card := hundredAgents()
	for b.Loop() {
		card.Message(render.Options{ConsoleURL: rendertest.Console})
	}
}

func BenchmarkMessageBaseline(b *testing.B) {
	m := hundredAgents().Message(render.Options{ConsoleURL: rendertest.Console})
	for b.Loop() {
		if _, err := json.Marshal(m.Blocks); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkThreatCard(b *testing.B) {
	t := threat()
	for b.Loop() {
		cards.Threat(t, pages{}, deck, cards.Thread{More: 3}).Message(render.Options{ConsoleURL: rendertest.Console})
	}
}
