package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// PageCallback is the callback id of every view that a Page makes.
const PageCallback = "s1bot.page"

// What a view may hold beside its blocks. Slack names no limit for a view's text as a whole, and
// refuses views of more than 250 kB (view_too_large): these leave room for the rest of the view.
const (
	maxPageChars = 60_000
	maxPageBytes = 150_000
)

// A Page is what a view shows beside forms: the Home tab, or a modal that answers instead of
// asking. It is rows under headings, each with what can be done about it, the most urgent first,
// for where there is no room the last are left out.
type Page struct {
	Title    string // of a modal; a Home tab has none of its own
	Sections []Section
	Origin   Origin // of a modal: where the answers to its buttons go
}

// A Section is rows under a heading.
type Section struct {
	Title string // none where empty
	Rows  []Row
	Note  Line // small print below the rows, such as how many there are more
}

// A Row is a line and what can be done about it; what is Small stands below it. It is a part of
// cards, too.
type Row struct {
	Line    Line
	Small   Line
	Actions []Action
	All     bool // its actions all stand there, as far as Slack takes them; else the first few, and the rest behind ⋯
}

// Home draws p as a Home tab. It is total, as Card.Message is.
func (p Page) Home(o Options) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: PageCallback, Blocks: slack.Blocks{BlockSet: p.blocks(o)}}
}

// Modal draws p as a modal. It is total, as Card.Message is.
func (p Page) Modal(o Options) slack.ModalViewRequest {
	view := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: PageCallback, Title: plainText(viewTitle(p.Title)), Close: plainText("Close"),
		Blocks: slack.Blocks{BlockSet: p.blocks(o)},
	}
	view.PrivateMetadata = p.origin()
	return view
}

// ReadPage is where the answers to the buttons of a page's modal go.
func ReadPage(view slack.View) (Origin, error) {
	var at Origin
	if view.CallbackID != PageCallback {
		return at, fmt.Errorf("read a page: callback id %q is of another app or version", view.CallbackID)
	}
	if view.PrivateMetadata == "" {
		return at, nil
	}
	if err := json.Unmarshal([]byte(view.PrivateMetadata), &at); err != nil {
		return at, fmt.Errorf("read a page: private metadata: %w", err)
	}
	return at, nil
}

// blocks draws the sections in their order, with a canvas of a view's size: 100 blocks, of which
// one is kept for the notes.
func (p Page) blocks(o Options) []slack.Block {
	k := canvas{linker: newLinker(o), noTables: true, noCharts: true, seal: o.Seal, blocks: maxViewBlocks - 1, chars: maxPageChars, bytes: maxPageBytes}
	var out []slack.Block
	lost := 0
	for _, s := range p.Sections {
		drawn, left := k.section(s, o)
		out, lost = append(out, drawn...), lost+left
	}
	if lost > 0 {
		k.note("… %s left out: Slack allows no more here", count(lost, "more row"))
	}
	if len(k.notes) > 0 {
		out = append(out, small(Cut(strings.Join(k.notes, " · "), maxNotes)))
	}
	if len(out) == 0 {
		out = []slack.Block{paragraph(richText(none)...)}
	}
	return out
}

// section draws the heading with as many rows as there is room for, and tells how many are left
// out.
//
// Once a row does not fit, the rest of its section is counted and not tried: a short row that
// slipped through would stand in another's place.
func (k *canvas) section(s Section, o Options) (out []slack.Block, lost int) {
	if s.Title != "" {
		title := short(s.Title, none, maxHeader)
		head := []slack.Block{slack.NewHeaderBlock(plainText(title))}
		if !k.spend(head, length(title)) {
			return nil, len(s.Rows)
		}
		out = head
	}
	for i, row := range s.Rows {
		drawn, ok := k.row(row, o)
		if !ok {
			return out, len(s.Rows) - i
		}
		out = append(out, drawn...)
	}
	if len(s.Note) > 0 {
		drawn, _ := k.place(Note(s.Note))
		out = append(out, drawn...)
	}
	return out, 0
}

// row draws a row as a whole, or not at all: a button without its line could be anybody's.
func (k *canvas) row(r Row, o Options) ([]slack.Block, bool) {
	before, noted := *k, len(k.notes)
	if out, used := k.rowBlocks(r, o); k.spend(out, used) {
		return out, true
	}
	notes := slices.Clip(k.notes[:noted])
	*k = before
	k.notes = notes
	return nil, false
}

// rowBlocks draws a row, and tells how many characters it has.
func (k *canvas) rowBlocks(r Row, o Options) (out []slack.Block, used int) {
	out, used = k.lineWith(r.Line, k.elementsOf(r, o))
	if len(r.Small) > 0 {
		drawn, took := k.small(r.Small, maxField)
		out, used = append(out, drawn...), used+took
	}
	return out, used
}

// elementsOf are the buttons and menus of a row: all that are not rare, and the rest behind ⋯.
func (k *canvas) elementsOf(r Row, o Options) []slack.BlockElement {
	visible := maxVisible
	if r.All {
		visible = maxActionElements - 1
	}
	var elements []slack.BlockElement
	var rest []item
	for _, a := range r.Actions {
		if b, ok := a.(Button); len(elements) < visible && !(ok && b.Rare) {
			if e, ok := k.visible(a, o); ok {
				elements = append(elements, e)
				continue
			}
		}
		rest = append(rest, k.items(a, o)...)
	}
	elements = append(elements, k.hidden(rest)...)
	return elements[:min(len(elements), maxActionElements)]
}

// lineWith draws a line with what can be clicked: one thing beside it, several below.
//
// A section's accessory stands to the right of the line, on a phone below it, and is mrkdwn alone;
// a line that is not safe has its button in a row of its own.
func (k *canvas) lineWith(l Line, elements []slack.BlockElement) (out []slack.Block, used int) {
	settled := k.settle(l)
	for _, e := range elements {
		used += elementText(e)
	}
	if text, ok := settled.markdown(); ok && len(elements) == 1 && strings.TrimSpace(text) != "" && length(text) <= maxText {
		return []slack.Block{slack.NewSectionBlock(markdownText(text), nil, slack.NewAccessory(elements[0]))}, used + length(text)
	}
	if len(l) > 0 || len(elements) == 0 {
		spans, took := settled.rich(maxText)
		out, used = append(out, paragraph(spans...)), used+took
	}
	if len(elements) > 0 {
		out = append(out, slack.NewActionBlock("", elements...))
	}
	return out, used
}
