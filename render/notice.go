package render

// Notice is a card of one sentence that needs no reaction.
func Notice(words string) Card {
	return Card{Tone: Info, Text: words, Parts: []Part{Line{Text(words)}}}
}
