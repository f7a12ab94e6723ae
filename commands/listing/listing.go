// Package listing shows what the console has: rows as a table of ten with pages to turn, rows as a
// file, or one thing as facts.
//
// A command says once how its rows look (Listing), and Show answers all wishes from that: the first
// page, the next one from what was already read, a CSV or JSON file of everything, the console's
// own JSON of a page. Pages are followed by the console's cursor, rows that come twice are shown
// once, and a file ends at 16 MiB.
//
//	Show ─┬─ Run, Turn, Share, View ─▶ fetch: known pages from the cache, else on from the cursor ─▶ card of ten rows
//	      ├─ Run with limit 0 ───────▶ everything: first page on the card, all of it in a file beside it
//	      ├─ CSV, JSON ──────────────▶ export: row by row to memory, then to disk; nothing holds the whole list
//	      ├─ Raw ────────────────────▶ rawPage: the rows of the page as the console sent them
//	      └─ Pick ───────────────────▶ which columns there are, for who wants to choose
//
// Three sizes must not be confused: the console's page (up to 1000 rows, one call), the card's page
// (PageRows), and the limit that the person gave. A list lives in the cache for a minute as views
// that are ready to be posted, so that Next costs nothing and shows the rows that followed the ones
// on the screen, even if a new one came in between. Running the command anew always asks anew.
//
// The rule that must not break: a list that is not complete says so, on every page, in every file
// and wherever it is shared.
package listing

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

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// PageRows is how many rows of a list a card shows. Ten rows of a table fit a screen; Slack would
// take 100.
const PageRows = 10

// A Listing is how rows of one kind are shown: as a table of ten with pages to turn, or whole as a
// file. It is made for each call, since most of its functions close over the console and the
// caller.
type Listing[T any] struct {
	Noun   string // "Agents": the title
	Things string // "agents": within a sentence
	Page   func(context.Context, s1.Query) (s1.Page[T], error)
	Table  func([]T) render.Table
	More   []Column[T]            // facts that files have beside the table's
	Sheets func([]T) render.Table // the table of a file, where it is another one
	Cells  func([]T) render.Table // Table for a file, where that has other words than a card
	Raw    func(T) json.RawMessage
	One    func(T) render.Card           // how a single row is shown, if not as a table
	Parts  func([]T) []render.Part       // how a page is shown, if not as a table
	Deeds  func([]T) []render.Action     // what can be done about the rows of a page
	About  string                        // what the rows are, if not said by the arguments: "on threat 4711"
	Empty  string                        // what to try where nothing matches
	None   func(render.Card) render.Card // has the last word where nothing matches
	Stray  func(s1.Query, T) bool        // whether a row plainly is not what was asked for, if that can be told
	Name   func(T) (id, name string)     // what a row is called, for the forms that its buttons open
	// It is asked right after each reading, because the next one replaces what it says.
	Gap func() string // what is missing from the rows that were read last, a sentence; nil: never anything

	columns []string // titles of those that the caller chose; see chosenBy
}

// gaps is what is missing from the rows that were read last.
func (l Listing[T]) gaps() string {
	if l.Gap == nil {
		return ""
	}
	return l.Gap()
}

// A Column is a fact of a row in a file.
type Column[T any] struct {
	Title string
	Value func(T) string
}

// Rows goes through the pages of a query until limit rows are read, 0 for all of them. A limit cuts
// the last page, so no caller gets more rows than it asked for.
func (l Listing[T]) Rows(ctx context.Context, q s1.Query, limit int) iter.Seq2[s1.Page[T], error] {
	return l.follow(ctx, q, limit, map[uint64]bool{}, s1.NewTrail("list "+l.Things, q))
}

// wholeRows is Rows for a file: pages are as large as they may be to take little memory, however
// wide their rows are.
func (l Listing[T]) wholeRows(ctx context.Context, q s1.Query, limit int) iter.Seq2[s1.Page[T], error] {
	return l.follow(ctx, q, limit, map[uint64]bool{}, s1.NewTrail("list "+l.Things, q).Fit())
}

// freshRows is rows without those that were told before.
func (l Listing[T]) freshRows(ctx context.Context, q s1.Query, limit int, seen map[uint64]bool) iter.Seq2[s1.Page[T], error] {
	return l.follow(ctx, q, limit, seen, s1.NewTrail("list "+l.Things, q))
}

// Rows that moved while the pages were read come twice, and s1.Page.Fresh drops the second one. A
// cursor that comes again, or pages without end, are errors of the trail: the list is then not
// complete. An error is yielded with the page that it came with, once, last.
func (l Listing[T]) follow(ctx context.Context, q s1.Query, limit int, seen map[uint64]bool, trail *s1.Trail) iter.Seq2[s1.Page[T], error] {
	return func(yield func(s1.Page[T], error) bool) {
		for read := 0; ; {
			whole, err := l.Page(ctx, q)
			page := whole.Fresh(seen)
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

// cutOff tells whether a list is longer than it is followed. What was read is true, and is shown as
// a part.
func cutOff(err error) bool { return errors.Is(err, s1.ErrTooManyPages) }

// Show answers with the rows that match q, at most limit, as the call wants them: a page of a card,
// or a file. A nil limit is a page of the console's, 1000, for a card and everything for a file.
// Share shows what is kept, where it is kept, because people share what they see.
func (l Listing[T]) Show(ctx context.Context, call *catalog.Call, q s1.Query, limit *Limit) (render.Card, error) {
	most := MaxPage
	if limit != nil {
		most = int(*limit)
	}
	l = l.chosenBy(ctx, call.Columns)
	switch call.How {
	case render.Pick:
		l.offer(call.Columns)
		return render.Card{}, nil
	case render.Raw:
		return l.rawPage(ctx, call, q.WithLimit(cmp.Or(most, MaxPage)), most)
	case render.CSV, render.JSON:
		if limit == nil {
			most = 0
		}
		return l.export(ctx, call, q, most)
	}
	q = q.WithLimit(cmp.Or(most, MaxPage))
	if most == 0 && call.How == render.Run && call.Page <= 1 {
		return l.everything(ctx, call, q)
	}
	shown, err := l.fetch(ctx, call, q, most)
	if err != nil {
		return render.Card{}, err
	}
	return l.shown(call, shown, most), nil
}

// everything reads the list to its end, for who gave the limit 0. The first rows are for the card;
// where there are more than the console puts on a page, all of them go into a file as they are
// read. A reading that breaks in the middle still answers with what was read, as a partial success;
// only a console that repeats its cursor is refused, for then nobody knows what the rows are.
func (l Listing[T]) everything(ctx context.Context, call *catalog.Call, q s1.Query) (render.Card, error) {
	as := *call
	as.How = render.CSV
	file := NewExport(&as, l.Things)
	defer file.Abandon()
	if err := file.Csv(l.Sheet(nil), true); err != nil {
		return render.Card{}, err
	}
	var first result[T]
	var broken error
	pages := 0
	for page, err := range l.wholeRows(ctx, q, 0) {
		if broken = err; err != nil {
			break
		}
		if pages++; pages == 1 {
			first = l.grow(q, first, page)
			first.gap = l.gaps()
			l.learn(call, page.Items)
		}
		if pages == 1 && page.Next == "" {
			break
		}
		if err := file.Csv(l.Sheet(page.Items), false); err != nil {
			return render.Card{}, err
		}
		if file.Full() {
			break
		}
	}
	if pages == 0 || errors.Is(broken, s1.ErrCursorLoop) {
		return render.Card{}, broken
	}
	if file.Full() || broken != nil {
		file.Lacks(first.total)
	}
	call.Keep(l.key(call, q), first)
	return l.withFile(l.shown(call, first, 0), file, pages, broken), nil
}

// key is what tells a list from others in the cache. The arguments have names replaced by ids, and
// the columns are in it because views are drawn already.
func (l Listing[T]) key(call *catalog.Call, q s1.Query) string {
	return strings.Join([]string{call.Console.ConsoleURL(), call.Command.Name, string(call.Args), q.String(), strings.Join(l.columns, "|")}, "|")
}

// MaxPage is the most rows that the console puts on a page. More is a 400 of the console's.
const MaxPage = 1000

// A result is what is known of a list: its pages, ready to be shown, and how to go on. It is kept
// in the cache and read by several goroutines: whoever adds to it makes a new one (grow).
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

func (r result[T]) missing() string { return text.JoinNonEmpty(" ", r.gap, r.odd) }

// fetch returns the list up to the page that the call wants, from the cache or from the console.
// skip goes when a cursor comes: the cursor already stands behind what was skipped.
func (l Listing[T]) fetch(ctx context.Context, call *catalog.Call, q s1.Query, most int) (result[T], error) {
	key := l.key(call, q)
	var known result[T]
	if call.Page > 1 || call.How != render.Run { // who runs a command anew wants to see what is true now
		known, _ = call.Kept(key).(result[T])
	}
	wanted := max(call.Page, 1) * PageRows
	if known.rows >= wanted || known.rows > 0 && (known.next == "" || most > 0 && known.rows >= most) {
		return known, nil
	}
	if known.next != "" {
		q = q.With("cursor", known.next).With("skip")
	}
	remaining := 0
	if most > 0 {
		remaining = most - known.rows
	}
	broken := ""
	seen := maps.Clone(known.seen)
	if seen == nil {
		seen = map[uint64]bool{}
	}
	for page, err := range l.freshRows(ctx, q, remaining, seen) {
		if cutOff(err) && known.rows > 0 {
			broken, known.next = "The list is not complete. "+refusal.Reason(err), ""
			break
		}
		if err != nil {
			return known, err
		}
		known = l.grow(q, known, page)
		l.learn(call, page.Items)
		if known.rows >= wanted {
			break
		}
	}
	known.gap, known.seen = strings.TrimSpace(broken+" "+l.gaps()), seen
	call.Keep(key, known)
	return known, nil
}

func (l Listing[T]) learn(call *catalog.Call, rows []T) {
	if l.Name == nil {
		return
	}
	for _, row := range rows {
		call.Learn(l.Name(row))
	}
}

// grow returns the result with one more page of the console's. What is in the cache is never changed.
func (l Listing[T]) grow(q s1.Query, known result[T], page s1.Page[T]) result[T] {
	full := len(known.pages)
	if len(known.rest) > 0 {
		full--
	}
	grown := result[T]{pages: append([]view{}, known.pages[:full]...), rows: known.rows + len(page.Items), total: page.Total, next: page.Next, odd: known.odd}
	if !strings.Contains(grown.odd, page.Remark) {
		grown.odd = text.JoinNonEmpty(" ", grown.odd, page.Remark)
	}
	rows := append(append([]T{}, known.rest...), page.Items...)
	for len(rows) > 0 {
		n := min(len(rows), PageRows)
		grown.pages = append(grown.pages, l.view(q, rows[:n]))
		if n < PageRows {
			grown.rest = slices.Clone(rows) // a part of a slice keeps all of it, and a page may have megabytes
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
	parts  []render.Part
	deeds  []render.Action
	strays []render.Part // a note where rows are not what was asked for
}

// view draws rows once, for the cache: what a page shows later is what was drawn from the answer,
// without the rows, which may be large. What came although it was not asked for (strays) is counted
// while the rows are there.
func (l Listing[T]) view(q s1.Query, rows []T) view {
	v := view{strays: l.strays(q, rows)}
	if l.Deeds != nil {
		v.deeds = l.Deeds(rows)
	}
	if l.Parts != nil {
		v.parts = l.Parts(rows)
	} else {
		v.parts = []render.Part{l.table(rows)}
	}
	return v
}

// strays is a note on rows that the console sent although they do not fit the question. It does not
// make the list a partial one: all that fits is there.
func (l Listing[T]) strays(q s1.Query, rows []T) []render.Part {
	n := 0
	for _, row := range rows {
		if l.Stray != nil && l.Stray(q, row) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	which := "This doesn't"
	if len(rows) > 1 {
		which = fmt.Sprintf("%d of these %s %s", n, text.Plural(len(rows), "row"), text.Agree(n, "doesn't", "don't"))
	}
	return []render.Part{render.Note{render.Text(which + " match what you asked for: the console ignored part of the question.")}}
}

// Sheet is the table of a file, with all facts.
func (l Listing[T]) Sheet(rows []T) render.Table {
	if l.Sheets != nil {
		return l.Sheets(rows)
	}
	draw := l.Table
	if l.Cells != nil {
		draw = l.Cells
	}
	t := draw(rows)
	for _, c := range l.More {
		t.Columns = append(t.Columns, render.Column{Title: c.Title})
		for i, row := range rows {
			t.Rows[i] = append(t.Rows[i], render.Line{render.Text(c.Value(row))})
		}
	}
	return t
}

// Once is the page of a list that comes as a whole. Its pages are cut by Show as those of any list.
func Once[T any](rows func(context.Context) ([]T, error)) func(context.Context, s1.Query) (s1.Page[T], error) {
	return func(ctx context.Context, _ s1.Query) (s1.Page[T], error) {
		found, err := rows(ctx)
		return s1.Page[T]{Items: found, Total: len(found)}, err
	}
}
