package hunts

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// maxQueryTitle is how much of a query fits into a heading.
const maxQueryTitle = 90

// head is a card that says what is hunted for, and where in time. Times are shown as Slack's dates,
// in each reader's zone.
func (h *hunt) head(title string) render.Card {
	card := render.Card{Title: title, Text: title}
	if len([]rune(h.query)) > maxQueryTitle || strings.Contains(h.query, "\n") {
		card.Parts = append(card.Parts, render.Code{Text: text.Shorten(h.query, 1000)})
	}
	card.Parts = append(card.Parts, h.span())
	return card
}

func (h *hunt) span() render.Line {
	line := render.Line{render.Text("from "), render.At(h.from), render.Text(" to "), render.At(h.to)}
	if h.scope != "" {
		line = append(line, render.Text(" · "+h.scope))
	}
	return line
}

// asSent is the query in the console's language, where somebody typed it in the older one. A person
// must be able to see what was made of their query, and to correct it; it is small print, and the
// last, for who doubts what was found.
func (h *hunt) asSent() []render.Part {
	if h.sent == "" {
		return nil
	}
	return []render.Part{render.Note{render.Text("Translated: "), render.Mono(text.Shorten(h.sent, 600))}}
}

func (h *hunt) hunting(word string) string {
	return "🔎 " + word + " · " + text.Shorten(strings.Join(strings.Fields(h.query), " "), maxQueryTitle)
}

// waiting is the card of a hunt that the console has not taken yet. The start is an estimate by one
// query a minute, counted down while the card is watched.
func (h *hunt) waiting(p huntapi.Place) render.Card {
	label := "starting"
	if left := time.Until(p.Start); left > 0 {
		label = "starts in about " + render.Lasting(left, time.Second)
		if p.Ahead > 0 {
			label = fmt.Sprintf("place %d in the queue: %s ahead, ", p.Ahead+1, text.Plural(p.Ahead, "hunt")) + label
		} else {
			label = "place 1 in the queue, " + label
		}
		label = "waiting: " + label
	}
	card := h.head(h.hunting("Hunting"))
	card.Parts = append(card.Parts, render.Bar{Done: 0, Total: 100, Label: label})
	if p.Start.After(time.Now()) {
		card.Parts = append(card.Parts, render.Note{render.Text("Deep Visibility takes one query a minute.")})
	}
	return card
}

// running is the card of a hunt that the console works on.
func (h *hunt) running(found report, misses int) render.Card {
	card := h.head(h.hunting("Hunting"))
	card.Parts = append(card.Parts, render.Bar{Done: found.percent, Total: 100, Label: found.state.Label() + " " + render.Lasting(time.Since(h.state.Began), time.Second)})
	if misses > 0 {
		card.Parts = append(card.Parts, render.Note{render.Text("The console isn't answering right now; I'll try again.")})
	}
	card.Parts = append(card.Parts, warned(found.warnings)...)
	return card
}

// reading is the card of a hunt that is over and whose rows are being read.
func (h *hunt) reading(read, of int) render.Card {
	card := h.head(h.hunting("Hunting"))
	label := fmt.Sprintf("reading the rows: %d", read)
	if of > 0 {
		label += fmt.Sprintf(" of %d", of)
	}
	card.Parts = append(card.Parts, render.Bar{Done: 100, Total: 100, Label: label})
	return card
}

// cancelled says what became of a hunt that somebody cancelled. It claims no more than the console
// confirmed.
func (h *hunt) cancelled(found report, err error) render.Card {
	words := "The hunt was cancelled before it reached the console."
	if h.state.ID != "" {
		words = fmt.Sprintf("The query was cancelled at the console after %s, at %d %%.", render.Lasting(time.Since(h.state.Began), time.Second), found.percent)
	}
	if err != nil {
		words = "I've stopped waiting, but the console didn't confirm that the query stopped."
		var refusal *s1.Error
		if errors.As(err, &refusal) && refusal.Message != "" {
			words += " It said: " + refusal.Message
		}
	}
	card := h.head(h.hunting("Cancelled"))
	card.Text = words
	card.Parts = append(card.Parts, render.Line{render.Text(words)})
	card.Actions = h.again()
	return card
}

// timedOut says that a query took longer than it may and was cancelled.
func (h *hunt) timedOut(found report, err error) render.Card {
	advice := "Hunt over a shorter time range, for something rarer, or with a larger timeout-seconds."
	card := render.Failure(h.call.Command.Title, http.StatusOK,
		fmt.Sprintf("The query didn't finish within %s, so I cancelled it at %d %%.", seconds(h.limit()), found.percent), advice)
	if err != nil {
		card.Parts = append(card.Parts, render.Note{render.Text("The console didn't confirm that the query stopped.")})
	}
	card.Parts = append(card.Parts, h.span())
	card.Actions = h.again()
	return card
}

// limit is after how long nobody waits for the query any more.
func (h *hunt) limit() time.Duration {
	if h.timeout == 0 {
		return maxHunt
	}
	return h.timeout
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d seconds", int(d.Seconds())) }

// again are the buttons that hunt once more, as it was or changed.
func (h *hunt) again() []render.Action {
	return []render.Action{
		render.Button{Label: "Hunt again", Do: catalog.Invocation{Command: h.call.Command.Name, Args: h.call.Args}},
		render.Button{Label: "Change the query", Do: h.call.Variant(render.Open)},
	}
}

// warned shows the console's own warnings: a result that is partial must say so.
func warned(warnings []string) []render.Part {
	var parts []render.Part
	for _, w := range slices.Compact(warnings) {
		if w != "" {
			parts = append(parts, render.Note{render.Text(w)})
		}
	}
	return parts
}
