package listing

import (
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
)

// withFile puts the file beside the card if there is more than one page, and says how far it was
// read.
func (l Listing[T]) withFile(card render.Card, file *Export, pages int, broken error) render.Card {
	if pages == 1 && broken == nil {
		return card
	}
	words := fmt.Sprintf("All %d %s are in the file.", file.Rows, l.Things)
	if file.Full() {
		words = fmt.Sprintf("The file was cut off at %d MiB: %d %s. Narrow the list down for the rest.", file.limit(), file.Rows, l.Things)
	}
	if broken != nil {
		card.Tone, card.Outcome = render.Warning, render.Partial
		words = fmt.Sprintf("The file has the %d %s that I could read. I couldn't read the rest: %s", file.Rows, l.Things, refusal.Reason(broken))
	}
	card.Parts = append(card.Parts, render.Note{render.Text(words)})
	card.Files = file.Card(l.Noun, "").Files
	return card
}

// shown is what is known of a list as a card: a page of a table, a single row, or that there is
// nothing.
func (l Listing[T]) shown(call *catalog.Call, shown result[T], most int) render.Card {
	switch {
	case len(shown.pages) == 0:
		return catalog.Incomplete(l.nothing(call), shown.missing())
	case shown.only != nil && l.One != nil:
		card := l.One(*shown.only)
		card.Parts = append(card.Parts, shown.pages[0].strays...)
		return catalog.Incomplete(alone(call, card), shown.missing())
	}
	return catalog.Incomplete(l.Card(call, shown, most), shown.missing())
}

// alone completes the card of a row that is the whole list: it is shared and read raw like one, and
// is a file where its own deeds leave room behind one ⋯.
func alone(call *catalog.Call, card render.Card) render.Card {
	const room = 5
	own := len(card.Actions)
	card.Actions = append(card.Actions, shareButton(call))
	for _, b := range fileActions(call)[1:4] {
		b := b.(render.Button)
		if own <= room && !slices.ContainsFunc(card.Actions, func(a render.Action) bool { had, ok := a.(render.Button); return ok && had.Label == b.Label }) {
			card.Actions = append(card.Actions, b)
		}
	}
	return card
}

// Card shows one page of a result. With an offset or a cursor in the arguments, total counts rows
// that are not on any of these pages, so the number of pages is what was read.
func (l Listing[T]) Card(call *catalog.Call, shown result[T], most int) render.Card {
	matching := max(shown.total, shown.rows)
	listed := matching
	if most > 0 {
		listed = min(matching, most)
	}
	skips := skips(call)
	if skips && shown.next == "" {
		listed = shown.rows
	}
	pages := (listed + PageRows - 1) / PageRows
	at := min(max(call.Page, 1), len(shown.pages))
	card := render.Card{Title: l.title(call, matching), Parts: slices.Concat(shown.pages[at-1].parts, shown.pages[at-1].strays)}
	if pages > 1 {
		card.Title += fmt.Sprintf(" · page %d of %d", at, pages)
	}
	if listed < matching && !skips {
		card.Parts = append(card.Parts, render.Note{render.Text(onlyFirst(listed))})
	}
	for i, part := range card.Parts {
		if table, ok := part.(render.Table); ok {
			table.Partial = pages > 1
			card.Parts[i] = table
		}
	}
	card.Actions = append(turns(call, at, pages), shown.pages[at-1].deeds...)
	card.Actions = append(card.Actions, fileActions(call)...)
	if l.choosable(call) {
		pick := call.Variant(render.Pick)
		pick.Page = call.Page
		card.Actions = append(card.Actions, render.Button{Label: "Columns", Rare: true, Do: pick})
	}
	if shown.next != "" && listed == shown.rows && call.Command.Has("next-page") {
		card.Actions = append(card.Actions, render.Button{Label: "More rows", Rare: true, Do: after(call, shown.next)})
	}
	return card
}

func (l Listing[T]) title(call *catalog.Call, matching int) string {
	return strings.TrimSpace(fmt.Sprintf("%s · %d %s", l.Noun, matching, l.words(call, matching)))
}

// maxWords is how much of a title may say what is listed: Slack takes 150 characters, and the page
// comes last. The limit is that of a header block; render would cut the title at its end, where the
// page number stands.
const maxWords = 100

// words say what is listed: `match computer name "DESKTOP"`, `open`.
func (l Listing[T]) words(call *catalog.Call, matching int) string {
	if l.About != "" {
		return text.Shorten(l.About, maxWords)
	}
	word, words := call.Narrowing()
	switch {
	case words == "":
		return word
	case matching == 1:
		words = "matches " + words
	default:
		words = "match " + words
	}
	return text.Shorten(text.JoinNonEmpty(" ", word, words), maxWords)
}

// nothing says that the list is empty, and what to try. An empty list is an answer and no failure:
// the words say what was asked for, because a typing error looks the same as a clean console.
func (l Listing[T]) nothing(call *catalog.Call) render.Card {
	what := fmt.Sprintf("There are no %s %s", l.Things, l.About)
	switch word, words := call.Narrowing(); {
	case l.About != "":
	case words != "":
		what = fmt.Sprintf("No %s match %s", text.JoinNonEmpty(" ", word, l.Things), words)
	case word != "":
		what = fmt.Sprintf("There are no %s %s", word, l.Things)
	}
	what = strings.TrimSpace(what) + "."
	card := render.Card{Tone: render.Info, Title: l.Noun + " · none", Text: what, Parts: []render.Part{render.Line{render.Text(what)}}}
	if l.Empty != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(l.Empty)})
	}
	card.Actions = []render.Action{render.Button{Label: "Change filter", Do: call.Variant(render.Open)}}
	if l.None != nil {
		return l.None(card)
	}
	return card
}

// turns are the buttons to the neighbouring pages.
func turns(call *catalog.Call, at, pages int) []render.Action {
	var actions []render.Action
	turn := func(label string, page int) {
		do := call.Variant(render.Turn)
		do.Page = page
		actions = append(actions, render.Button{Label: label, Do: do})
	}
	if at > 1 {
		turn("Previous", at-1)
	}
	if at < pages {
		turn("Next", at+1)
	}
	return actions
}

// fileActions are what every list offers beside its pages, in the same place on every page.
func fileActions(call *catalog.Call) []render.Action {
	raw := call.Variant(render.Raw)
	raw.Page = call.Page
	return []render.Action{
		shareButton(call),
		render.Button{Label: "CSV file", Rare: true, Do: call.Variant(render.CSV)},
		render.Button{Label: "JSON file", Rare: true, Do: call.Variant(render.JSON)},
		render.Button{Label: "Raw JSON", Rare: true, Do: raw},
		render.Button{Label: "Change filter", Rare: true, Do: call.Variant(render.Open)},
	}
}

func shareButton(call *catalog.Call) render.Button {
	share := call.Variant(render.Share)
	share.Page = call.Page
	return render.Button{Label: "Share in channel", Do: share}
}

// onlyFirst says that a list ends before its rows do.
func onlyFirst(n int) string {
	if n == 1 {
		return "Only the first is listed."
	}
	return fmt.Sprintf("Only the first %d are listed.", n)
}
