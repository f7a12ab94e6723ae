package render

import (
	"fmt"
	"strconv"
	"strings"
)

// Done is the card of a command that did what was asked; the sentence says what.
func Done(format string, args ...any) Card {
	return Card{Tone: Good, Outcome: Successful, Title: fmt.Sprintf(format, args...)}
}

// LeadWith puts a line ahead of the outcome, in the card and in its notification: what people must
// know before they read how the console answered.
func (c *Card) LeadWith(tone Tone, lead string) {
	c.Tone, c.Lead = tone, lead
	c.Text = lead + " · " + c.answered() + c.Text
}

// answered says whose word the outcome is, where the endpoints have not done yet what the console
// says yes to: "Successful" alone would read as if they had.
func (c *Card) answered() string {
	if c.Tone != Waiting || c.Outcome != Successful {
		return ""
	}
	return "the console answered: "
}

// Partly is the card of a command that did some of what was asked.
func Partly(format string, args ...any) Card {
	return Card{Tone: Warning, Outcome: Partial, Title: fmt.Sprintf(format, args...)}
}

// Failure is the card of a command that failed: the specification's three parts (failure indicator,
// status code, message), then what to do about it. Status 0 means that there was no answer. Each
// line of advice is a paragraph.
//
// The three parts are sentences of their own and stand in this order and with these words; people
// and scripts look for them.
func Failure(title string, status int, message, advice string) Card {
	code := "none (no response)"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	card := Card{Tone: Critical, Outcome: Failed, Title: title, Parts: []Part{
		Line{Bold(title + " failed.")},
		Line{Text("Status Code: " + code + ".")},
		Line{Text("Message: " + or(message, none))},
	}}
	card.Text = fmt.Sprintf("%s failed. Status Code: %s. Message: %s", title, code, or(message, none))
	for sentence := range strings.Lines(advice) {
		if sentence = strings.TrimSpace(sentence); sentence != "" {
			card.Parts = append(card.Parts, Line{Text(sentence)})
		}
	}
	return card
}
