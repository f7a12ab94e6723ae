package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// pageRows is how many rows of a list a card shows.
const pageRows = 10

// A listing is how rows of one kind are shown: as a table of ten with pages to turn, or whole as a file.
type listing[T any] struct {
	noun   string // "Agents": the title
	things string // "agents": within a sentence
	page   func(context.Context, s1.Query) (s1.Page[T], error)
	table  func([]T) render.Table
	more   []column[T]            // facts that files have beside the table's
	sheets func([]T) render.Table // the table of a file, where it is another one
	raw    func(T) json.RawMessage
	one    func(T) render.Card           // how a single row is shown, if not as a table
	parts  func([]T) []render.Part       // how a page is shown, if not as a table
	deeds  func([]T) []render.Action     // what can be done about the rows of a page
	about  string                        // what the rows are, if not said by the arguments: "on threat 4711"
	empty  string                        // what to try where nothing matches
	none   func(render.Card) render.Card // has the last word where nothing matches
	name   func(T) (id, name string)     // what a row is called, for the forms that its buttons open
	gap    func() string                 // what is missing from the rows that were read last, a sentence; nil: never anything
}

// gaps is what is missing from the rows that were read last.
func (l listing[T]) gaps() string {
	if l.gap == nil {
		return ""
	}
	return l.gap()
}

// A column is a fact of a row in a file.
type column[T any] struct {
	title string
	value func(T) string
}

// rows goes through the pages of a query until limit rows are read, 0 for all of them.
func (l listing[T]) rows(ctx context.Context, q s1.Query, limit int) iter.Seq2[s1.Page[T], error] {
	return l.freshRows(ctx, q, limit, map[uint64]bool{})
}

// freshRows is rows without those that were told before.
func (l listing[T]) freshRows(ctx context.Context, q s1.Query, limit int, told map[uint64]bool) iter.Seq2[s1.Page[T], error] {
	return func(yield func(s1.Page[T], error) bool) {
		trail := s1.NewTrail("list "+l.things, q)
		for read := 0; ; {
			whole, err := l.page(ctx, q)
			page := whole.Fresh(told)
			if limit > 0 && len(page.Items) > limit-read {
				page.Items = page.Items[:limit-read]
			}
			read += len(page.Items)
			if !yield(page, err) || err != nil || limit > 0 && read >= limit {
				return
			}
			next, more, err := s1.Follow(trail, q, whole)
			if err != nil {
				yield(s1.Page[T]{}, err)
			}
			if !more {
				return
			}
			q = next
		}
	}
}

// cutOff tells whether a list is longer than it is followed. What was read is true, and is shown as a part.
func cutOff(err error) bool { return errors.Is(err, s1.ErrTooManyPages) }

// show answers with the rows that match q, at most limit, as the call wants them: a page of a card, or a file. A nil limit is
// a page of the console's, 1000, for a card and everything for a file.
func (l listing[T]) show(ctx context.Context, call *Call, q s1.Query, limit *Limit) (render.Card, error) {
	most := maxPage
	if limit != nil {
		most = int(*limit)
	}
	switch call.How {
	case render.Raw:
		return l.rawPage(ctx, call, q.WithLimit(cmp.Or(most, maxPage)), most)
	case render.CSV, render.JSON:
		if limit == nil {
			most = 0
		}
		return l.export(ctx, call, q, most)
	}
	q = q.WithLimit(cmp.Or(most, maxPage))
	if most == 0 && call.How == render.Run && call.Page <= 1 {
		return l.everything(ctx, call, q)
	}
	shown, err := l.fetch(ctx, call, q, most)
	if err != nil {
		return render.Card{}, err
	}
	return l.shown(call, shown, most), nil
}

// everything reads the list to its end, for who gave the limit 0. The first rows are for the card; where there are more than the
// console puts on a page, all of them go into a file as they are read.
func (l listing[T]) everything(ctx context.Context, call *Call, q s1.Query) (render.Card, error) {
	as := *call
	as.How = render.CSV
	file := newExport(&as, l.things)
	if err := file.csv(l.sheet(nil), true); err != nil {
		return render.Card{}, err
	}
	var first result[T]
	var broken error
	pages := 0
	for page, err := range l.rows(ctx, q, 0) {
		if broken = err; err != nil {
			break
		}
		if pages++; pages == 1 {
			first = l.grow(first, page)
			first.gap = l.gaps()
			l.learn(call, page.Items)
		}
		if pages == 1 && page.Next == "" {
			break
		}
		if err := file.csv(l.sheet(page.Items), false); err != nil {
			return render.Card{}, err
		}
		if file.full() {
			break
		}
	}
	if pages == 0 || errors.Is(broken, s1.ErrCursorLoop) {
		return render.Card{}, broken
	}
	call.command.rows.put(l.key(call, q), first, call.Now)
	return l.withFile(l.shown(call, first, 0), file, pages, broken), nil
}

// withFile puts the file beside the card if there is more than one page, and says how far it was read.
func (l listing[T]) withFile(card render.Card, file *export, pages int, broken error) render.Card {
	if pages == 1 && broken == nil {
		return card
	}
	words := fmt.Sprintf("All %d %s are in the file.", file.rows, l.things)
	if file.full() {
		words = fmt.Sprintf("The file was cut at %d MiB: %d %s. Narrow the list down for the rest.", exportBytes>>20, file.rows, l.things)
	}
	if broken != nil {
		card.Tone, card.Outcome = render.Warning, render.Partial
		words = fmt.Sprintf("The file has the %d %s that could be read. The rest could not: %s", file.rows, l.things, reason(broken))
	}
	card.Parts = append(card.Parts, render.Note{render.Text(words)})
	card.Files = file.card(l.noun, "").Files
	return card
}

// shown is what is known of a list as a card: a page of a table, a single row, or that there is nothing.
func (l listing[T]) shown(call *Call, shown result[T], most int) render.Card {
	switch {
	case len(shown.pages) == 0:
		return partly(l.nothing(call), shown.missing())
	case shown.only != nil && l.one != nil:
		return partly(alone(call, l.one(*shown.only)), shown.missing())
	}
	return partly(l.card(call, shown, most), shown.missing())
}

// key is what tells a list from others in the cache.
func (l listing[T]) key(call *Call, q s1.Query) string {
	return strings.Join([]string{call.Console.ConsoleURL(), call.command.Name, string(call.args), q.String()}, "|")
}

// alone completes the card of a row that is the whole list: it is shared and read raw like one, and is a file where its own deeds
// leave room behind one ⋯.
func alone(call *Call, card render.Card) render.Card {
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

// maxPage is the most rows that the console puts on a page.
const maxPage = 1000

// A result is what is known of a list: its pages, ready to be shown, and how to go on.
type result[T any] struct {
	pages []view
	rest  []T // rows that do not fill a page yet; they are on the last one, too
	only  *T  // the row, where there is exactly one
	rows  int
	total int             // how many match; -1 if the console does not say
	next  string          // cursor
	gap   string          // what is missing from the rows, told on every page and wherever they are shared
	odd   string          // what was wrong with the console's answers; told likewise
	seen  map[uint64]bool // see s1.Page.Fresh
}

func (r result[T]) missing() string { return joinNonEmpty(" ", r.gap, r.odd) }

// fetch returns the list up to the page that the call wants, from the cache or from the console.
func (l listing[T]) fetch(ctx context.Context, call *Call, q s1.Query, most int) (result[T], error) {
	key := l.key(call, q)
	var known result[T]
	if call.Page > 1 || call.How != render.Run { // who runs a command anew wants to see what is true now
		known, _ = call.command.rows.get(key, call.Now).(result[T])
	}
	wanted := max(call.Page, 1) * pageRows
	if known.rows >= wanted || known.rows > 0 && (known.next == "" || most > 0 && known.rows >= most) {
		return known, nil
	}
	if known.next != "" {
		q = q.With("cursor", known.next).With("skip")
	}
	left := 0
	if most > 0 {
		left = most - known.rows
	}
	broken := ""
	seen := maps.Clone(known.seen)
	if seen == nil {
		seen = map[uint64]bool{}
	}
	for page, err := range l.freshRows(ctx, q, left, seen) {
		if cutOff(err) && known.rows > 0 {
			broken, known.next = "The list is not complete. "+reason(err), ""
			break
		}
		if err != nil {
			return known, err
		}
		known = l.grow(known, page)
		l.learn(call, page.Items)
		if known.rows >= wanted {
			break
		}
	}
	known.gap, known.seen = strings.TrimSpace(broken+" "+l.gaps()), seen
	call.command.rows.put(key, known, call.Now)
	return known, nil
}

func (l listing[T]) learn(call *Call, rows []T) {
	if l.name == nil {
		return
	}
	for _, row := range rows {
		call.command.names.learn(l.name(row))
	}
}

// grow returns the result with one more page of the console's. What is in the cache is never changed.
func (l listing[T]) grow(known result[T], page s1.Page[T]) result[T] {
	full := len(known.pages)
	if len(known.rest) > 0 {
		full--
	}
	grown := result[T]{pages: append([]view{}, known.pages[:full]...), rows: known.rows + len(page.Items), total: page.Total, next: page.Next, odd: known.odd}
	if !strings.Contains(grown.odd, page.Remark) {
		grown.odd = joinNonEmpty(" ", grown.odd, page.Remark)
	}
	rows := append(append([]T{}, known.rest...), page.Items...)
	for len(rows) > 0 {
		n := min(len(rows), pageRows)
		grown.pages = append(grown.pages, l.view(rows[:n]))
		if n < pageRows {
			grown.rest = rows
		}
		rows = rows[n:]
	}
	if grown.rows == 1 {
		grown.only = &grown.rest[0]
	}
	if known.total > grown.total {
		grown.total = known.total
	}
	return grown
}

// A view is one page, ready to be shown.
type view struct {
	parts []render.Part
	deeds []render.Action
}

func (l listing[T]) view(rows []T) view {
	var v view
	if l.deeds != nil {
		v.deeds = l.deeds(rows)
	}
	if l.parts != nil {
		v.parts = l.parts(rows)
	} else {
		v.parts = []render.Part{l.table(rows)}
	}
	return v
}

// sheet is the table of a file, with all facts.
func (l listing[T]) sheet(rows []T) render.Table {
	if l.sheets != nil {
		return l.sheets(rows)
	}
	t := l.table(rows)
	for _, c := range l.more {
		t.Columns = append(t.Columns, render.Column{Title: c.title})
		for i, row := range rows {
			t.Rows[i] = append(t.Rows[i], render.Line{render.Text(c.value(row))})
		}
	}
	return t
}

// card shows one page of a result.
func (l listing[T]) card(call *Call, shown result[T], most int) render.Card {
	matching := max(shown.total, shown.rows)
	listed := matching
	if most > 0 {
		listed = min(matching, most)
	}
	skips := call.skips()
	if skips && shown.next == "" {
		listed = shown.rows
	}
	pages := (listed + pageRows - 1) / pageRows
	at := min(max(call.Page, 1), len(shown.pages))
	card := render.Card{Title: l.title(call, matching), Parts: slices.Clone(shown.pages[at-1].parts)}
	if pages > 1 {
		card.Title += fmt.Sprintf(" · page %d of %d", at, pages)
	}
	if listed < matching && !skips {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("Only the first %d are listed.", listed))})
	}
	card.Actions = append(turns(call, at, pages), shown.pages[at-1].deeds...)
	card.Actions = append(card.Actions, fileActions(call)...)
	if shown.next != "" && listed == shown.rows && call.command.has("next-page") {
		card.Actions = append(card.Actions, render.Button{Label: "Rows after these", Rare: true, Do: call.after(shown.next)})
	}
	return card
}

func (l listing[T]) title(call *Call, matching int) string {
	return strings.TrimSpace(fmt.Sprintf("%s · %d %s", l.noun, matching, l.words(call, matching)))
}

// maxWords is how much of a title may say what is listed: Slack takes 150 characters, and the page comes last.
const maxWords = 100

// words say what is listed: `match computer name "DESKTOP"`.
func (l listing[T]) words(call *Call, matching int) string {
	if l.about != "" {
		return shorten(l.about, maxWords)
	}
	words := call.describe()
	switch {
	case words == "":
		return ""
	case matching == 1:
		return shorten("matches "+words, maxWords)
	default:
		return shorten("match "+words, maxWords)
	}
}

// nothing says that the list is empty, and what to try.
func (l listing[T]) nothing(call *Call) render.Card {
	what := fmt.Sprintf("There are no %s %s", l.things, l.about)
	if words := call.describe(); words != "" && l.about == "" {
		what = fmt.Sprintf("No %s match %s", l.things, words)
	}
	what = strings.TrimSpace(what) + "."
	card := render.Card{Tone: render.Info, Title: l.noun + " · none", Text: what, Parts: []render.Part{render.Line{render.Text(what)}}}
	if l.empty != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(l.empty)})
	}
	card.Actions = []render.Action{render.Button{Label: "Change filter", Do: call.how(render.Open)}}
	if l.none != nil {
		return l.none(card)
	}
	return card
}

// turns are the buttons to the neighbouring pages.
func turns(call *Call, at, pages int) []render.Action {
	var actions []render.Action
	turn := func(label string, page int) {
		do := call.how(render.Turn)
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
func fileActions(call *Call) []render.Action {
	raw := call.how(render.Raw)
	raw.Page = call.Page
	return []render.Action{
		shareButton(call),
		render.Button{Label: "CSV file", Rare: true, Do: call.how(render.CSV)},
		render.Button{Label: "JSON file", Rare: true, Do: call.how(render.JSON)},
		render.Button{Label: "Raw JSON", Rare: true, Do: raw},
		render.Button{Label: "Change filter", Rare: true, Do: call.how(render.Open)},
	}
}

func shareButton(call *Call) render.Button {
	share := call.how(render.Share)
	share.Page = call.Page
	return render.Button{Label: "Share in channel", Do: share}
}

// once is the page of a list that comes as a whole.
func once[T any](rows func(context.Context) ([]T, error)) func(context.Context, s1.Query) (s1.Page[T], error) {
	return func(ctx context.Context, _ s1.Query) (s1.Page[T], error) {
		found, err := rows(ctx)
		return s1.Page[T]{Items: found, Total: len(found)}, err
	}
}
