package render

import (
	"encoding/json"
	"fmt"
	"testing"

	"s1bot/s1"
)

func hundredAgents() Card {
	var agents []s1.Agent
	for i := range 100 {
		a := agent()
		a.ComputerName = fmt.Sprintf("DESKTOP-%d", i)
		agents = append(agents, a)
	}
	return Card{Title: "Agents", Parts: []Part{AgentTable(agents, pages{})}}
}

// BenchmarkMessage draws a list of 100 rows; BenchmarkMessageBaseline only encodes what was drawn, which Slack's client has to do anyway.
func BenchmarkMessage(b *testing.B) {
	card := hundredAgents()
	for b.Loop() {
		card.Message(Options{ConsoleURL: console})
	}
}

func BenchmarkMessageBaseline(b *testing.B) {
	m := hundredAgents().Message(Options{ConsoleURL: console})
	for b.Loop() {
		if _, err := json.Marshal(m.Blocks); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkThreatCard(b *testing.B) {
	t := threat()
	for b.Loop() {
		ThreatCard(t, pages{}, deck, Thread{More: 3}).Message(Options{ConsoleURL: console})
	}
}
