package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the next page, for the query parameter "cursor"; "" on the last page
	Total int    // how many match on all pages; -1 if the console did not say

	Remark string // sentences: what is wrong with the page although it came; see Remark

	said  string   // the part of Remark that is the console's
	lost  int      // rows that were no objects
	size  int      // of the answer, in bytes
	limit int      // with which the page could be read, where it is another one than was asked for
	marks []uint64 // what each item is known again by; none where the page was put together by hand
}

// Fresh returns the page without the rows that earlier pages had, and adds its own to those seen.
// Rows shift between two answers when something new comes in, and some proxies and mirrors repeat a
// page.
func (p Page[T]) Fresh(seen map[uint64]bool) Page[T] {
	if len(p.marks) != len(p.Items) {
		return p
	}
	if !slices.ContainsFunc(p.marks, func(m uint64) bool { return seen[m] }) { // as nearly always: no copy of a thousand rows
		for _, m := range p.marks {
			seen[m] = true
		}
		return p
	}
	fresh := p
	fresh.Items, fresh.marks = nil, nil
	for i, m := range p.marks {
		if !seen[m] {
			seen[m] = true
			fresh.Items, fresh.marks = append(fresh.Items, p.Items[i]), append(fresh.marks, m)
		}
	}
	return fresh
}

// A List is a call that returns pages; nested names the field of data that holds the rows where
// data is no list itself.
type List[T any] struct {
	transport.Call
	Client *transport.Client
	Nested string
}

// fewer is how many times fewer rows are asked for where a page is too large to be read, and fewest
// where that ends.
const (
	fewer  = 5
	fewest = 5
)

// Page asks for one page that has rows. An empty one that names a next page is no end: consoles
// filter what they read. Five empty pages in a row are an endless list, not a patient one.
func (l List[T]) Page(ctx context.Context, q transport.Query) (Page[T], error) {
	for empty := 1; ; empty++ {
		page, err := l.readable(ctx, q)
		if err != nil || len(page.Items) > 0 || page.Next == "" || q.Get("countOnly") != "" {
			return page, err
		}
		if page.Next == q.Get("cursor") || empty == maxEmpty {
			return page, endless(l.Operation, "page after page is empty")
		}
		q = q.With("cursor", page.Next).With("skip")
	}
}

// readable asks for one page. One that is too large to be read is asked for with fewer rows: its
// cursor leads on all the same. The reduced number is remembered in the page, so that a Trail goes
// on with it and does not find out anew on every page.
func (l List[T]) readable(ctx context.Context, q transport.Query) (Page[T], error) {
	for reduced := 0; ; {
		page, err := l.ask(ctx, q)
		limit, _ := strconv.Atoi(q.Get("limit"))
		if !errors.Is(err, transport.ErrTooLarge) || limit/fewer < fewest || ctx.Err() != nil {
			page.limit = reduced
			return page, err
		}
		reduced = limit / fewer
		q = q.WithLimit(reduced)
	}
}

// ask asks for one page as it is. A first page that is empty while the console counts rows is an
// error: taking it for "none" would tell a person that there is nothing.
func (l List[T]) ask(ctx context.Context, q transport.Query) (page Page[T], err error) {
	l.Query = q
	err = l.Client.Stream(ctx, l.Call, func(body io.Reader) (err error) {
		counted := &counter{from: body}
		page, err = ReadFrom[T](counted, l.Nested)
		page.size = counted.read
		if errors.Is(err, ErrNoList) && page.Total >= 0 && q.Get("countOnly") != "" {
			err = nil // the number is all that was asked for
		}
		if err == nil && len(page.Items) == 0 && page.Next == "" && page.Total > 0 && q.Whole() {
			err = transport.Unreadable(fmt.Sprintf("The console says that %d match, but sent none of them.", page.Total))
		}
		return err
	})
	if err != nil {
		return Page[T]{}, err
	}
	page.said = l.Client.NoteSaid(ctx, l.Call, page.said)
	page.Remark = strings.TrimSpace(page.said + " " + l.Client.NoteLost(ctx, l.Call, page.lost))
	if page.Total < 0 && page.Next == "" && q.Whole() {
		page.Total = len(page.Items)
	}
	return page, nil
}

// A counter counts what is read.
type counter struct {
	from io.Reader
	read int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read += n
	return n, err
}

// All goes through every page and holds one at a time. It ends after the first error. A row comes
// once, however often pages repeat it. An error comes last, after the rows of its page, as a pair
// of its own.
func (l List[T]) All(ctx context.Context, q transport.Query) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if q.Get("limit") == "" {
			q = q.WithLimit(transport.MaxLimit)
		}
		seen := map[uint64]bool{}
		for trail := NewTrail(l.Operation, q); ; {
			page, err := l.Page(ctx, q)
			more := false
			if err == nil {
				q, more, err = Follow(trail, q, page)
			}
			for _, item := range page.Fresh(seen).Items {
				if !yield(item, nil) {
					return
				}
			}
			if err = cmp.Or(err, page.incomplete(l.Operation)); err != nil {
				var none T
				yield(none, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// incomplete is the error of who needs every row of a page about which the console says that
// something went wrong.
func (p Page[T]) incomplete(operation string) error {
	if p.said == "" {
		return nil
	}
	return &transport.Error{Operation: operation, Status: http.StatusOK, Message: p.said}
}

// Count asks how many rows match, without the rows. countOnly is the console's parameter for it;
// limit 1 is for those that pass over it.
func (l List[T]) Count(ctx context.Context, q transport.Query) (int, error) {
	page, err := l.Page(ctx, q.With("countOnly", "true").WithLimit(1))
	if err != nil {
		return 0, err
	}
	if page.Total < 0 {
		return 0, &transport.Error{Operation: l.Operation, Status: http.StatusOK, Message: "The console didn't say how many match."}
	}
	return page.Total, nil
}

// perURL is how many ids go into one address: proxies cut addresses off at 8 KB, and an id has 19
// characters.
const perURL = 100

// ByID asks for the rows with the given ids; see rowsByID.
func ByID[T any, ID ~string](ctx context.Context, l List[T], ids []ID, identity func(T) ID) ([]T, error) {
	wanted, err := wire.Selection(ids)
	if err != nil {
		return nil, transport.Refusal(l.Operation, err)
	}
	return RowsByID(ctx, l, "ids", wanted, nil, func(item T) string { return string(identity(item)) })
}

// RowsByID asks for the rows with the given ids under a key, some at a time. Ids that the console
// does not know are missing from the result. What has another id is left out: who asks by id acts
// on the answer, and must not act on what a console, or a proxy before it, sends for any query.
func RowsByID[T any](ctx context.Context, l List[T], key string, ids []string, also transport.Query, identity func(T) string) ([]T, error) {
	var found []T
	for some := range slices.Chunk(ids, perURL) {
		missing := map[string]bool{}
		for _, id := range some {
			missing[id] = true
		}
		for item, err := range l.All(ctx, also.With(key, some...).WithLimit(len(some))) {
			if err != nil {
				return nil, err
			}
			if id := identity(item); missing[id] {
				delete(missing, id)
				found = append(found, item)
			}
			if len(missing) == 0 {
				break
			}
		}
	}
	return found, nil
}

// Take ends a list after n items; fewer pages are asked for.
func Take[T any](list iter.Seq2[T, error], n int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if n <= 0 {
			return
		}
		remaining := n
		for item, err := range list {
			remaining--
			if !yield(item, err) || remaining == 0 {
				return
			}
		}
	}
}

// maxCollected is how many rows of a list are held at once: more than anybody names things by, and
// small enough for the process.
const maxCollected = 20_000

// Collect reads a list to its end; on an error it returns what came before. A list of more than
// maxCollected rows is one.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var items []T
	for item, err := range list {
		if err != nil {
			return items, err
		}
		if len(items) == maxCollected {
			message := fmt.Sprintf("The console's list never ends: I read it up to row %d and left out the rest.", maxCollected)
			return items, &transport.Error{Operation: "read a list", Status: http.StatusOK, Message: message, Err: ErrTooManyPages}
		}
		items = append(items, item)
	}
	return items, nil
}

// Made sends a change that is answered with what it made or changed: a list, or the thing alone.
// Consoles answer some creations with a list and some with the thing; both are one list here.
func Made[T any](ctx context.Context, c *transport.Client, call transport.Call) ([]T, error) {
	var items []T
	err := c.ReadBrief(ctx, call, func(body []byte) (err error) {
		items, err = made[T](ctx, c, call, body)
		return err
	})
	return items, err
}

// made reads what a change was answered with.
func made[T any](ctx context.Context, c *transport.Client, call transport.Call, body []byte) ([]T, error) {
	page, err := ReadPage[T](body, "")
	if err == nil {
		c.NoteSaid(ctx, call, page.said)
		c.NoteLost(ctx, call, page.lost)
		return page.Items, nil
	}
	e, err := transport.Open(body)
	var item T
	if err == nil {
		err = transport.ReadItem(e.Data, &item)
	}
	if err != nil {
		return nil, c.Unreadable(ctx, call, body, err)
	}
	c.NoteSaid(ctx, call, e.Remark)
	return []T{item}, nil
}
