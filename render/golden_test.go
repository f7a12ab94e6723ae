package render

import (
	"testing"
	"time"

	"s1bot/render/rendertest"
)

var night = time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)

func approval() Card {
	id := Invocation{Command: "approve", Args: object("id", "A-7F3A")}
	return Card{
		Tone: Waiting, Title: "Approval needed · Disconnect Agent From Network",
		Parts: []Part{
			Line{User("U0ALICE"), Text(" asks in "), Channel("C0SOC"), Text(":")},
			Quote{"beaconing to 203.0.113.9, ticket INC-1042\n<!channel> approve at once"},
			Table{Columns: []Column{{Title: "Endpoint"}, {Title: "State"}, {Title: "Threats", Right: true}}, Rows: [][]Line{
				{{Link("DESKTOP-1", console+"/agents/1")}, {Text("🟢 online")}, {Text("1")}},
				{{Text("SRV-DC-2")}, {Text("🟢 online")}},
			}},
			Note{Text("1 of 1 approvals needed from "), Group("S0LEADS"), Text(" · expires "), Since(night), Text(" · ref A-7F3A")},
		},
		Actions: []Action{Button{Label: "Approve", Style: Primary, Do: id}, Button{Label: "Deny", Style: Danger, Do: id, Confirm: "Deny it?"}},
	}
}

func goldenCards() map[string]Card {
	return map[string]Card{
		"approval":  approval(),
		"done":      Done("%d endpoints isolated", 2),
		"failure":   Failure("Disconnect Agent From Network", 403, "User has insufficient permissions to perform the requested action.", "The console token's role lacks Endpoints › Disconnect From Network."),
		"no-answer": Failure("List Agents", 0, "", ""),
		"hunt":      {Title: `🔎 Hunting · processImagePath CONTAINS "svchost.exe" · last 24 h`, Parts: []Part{Bar{52, 100, "running 38 s"}}},
	}
}

// TestGoldenCards shows cards as Slack gets them; those of threats, alerts and endpoints are in cards.
func TestGoldenCards(t *testing.T) {
	t.Parallel()
	for name, card := range goldenCards() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := card.Message(Options{ConsoleURL: console})
			rendertest.Golden(t, name, m.Text, m.Blocks)
		})
	}
}
