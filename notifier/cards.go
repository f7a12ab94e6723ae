package notifier

import (
	"s1bot/render"
	"s1bot/s1"
)

func threatCard(t s1.Threat) render.Card {
	return render.Card{Title: t.Name(), Parts: []render.Part{render.Fields{{Label: "Verdict", Value: render.Line{render.Text(t.Info.AnalystVerdict.Label())}}}}}
}

func alertCard(a s1.Alert) render.Card { return render.Card{Title: a.Name()} }
