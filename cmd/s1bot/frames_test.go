package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What must come of a frame.
const (
	same       = "same"       // nobody may see a difference
	unreadable = "unreadable" // an error or a failure
	told       = "told"       // the console's words are on the card, or the error
	lost       = "lost"       // that something could not be read is told
)

// A frame is one way in which a whole answer differs from the documented form. Of an answer it makes the pages that take its place, or
// nil where it has nothing to say of it.
type frame struct {
	name, want string
	of         func(answer map[string]any) []any
}

// cuts tells whether the frame cuts pages, which answers to changes do not have.
func (f frame) cuts() bool { return f.want == same && !strings.HasPrefix(f.name, "errors") }

// tolerates tells of paths that answer without a body, by the vendor's document, and so may say anything that is no problem.
func tolerates(key string, f frame) bool {
	path, _, _ := strings.Cut(key, "/")
	return f.want == unreadable && (path == "DELETE groups" || path == "PUT groups")
}

// trouble is what a console says went wrong.
const trouble = "shard 7 did not answer"

// tolerated are frames that mean something else for one command, with the reason.
var tolerated = map[string]bool{
	"get-hash-reputations data is {}":    true,                                                                                    // what consoles say of a file that nobody has seen
	"get-threat-notes rows on two pages": true, "get-threat-notes page twice": true, "get-threat-notes rows shifted by one": true, // read whole, into a file as well
	"get-groups rows on two pages": true, "get-groups page twice": true, "get-groups rows shifted by one": true,
	"get-star-custom-rules rows on two pages": true, "get-star-custom-rules page twice": true, "get-star-custom-rules rows shifted by one": true,
	"get-exclusions rows on two pages": true, "get-exclusions page twice": true, "get-exclusions rows shifted by one": true,
	"get-events-by-query-id-and-type rows on two pages": true, "get-events-by-query-id-and-type page twice": true, "get-events-by-query-id-and-type rows shifted by one": true,
	"get-agent-applications rows on two pages": true, "get-agent-applications rows shifted by one": true, // one answer, by the document
}

func frames() []frame {
	return slices.Concat(dataFrames(), pageFrames(), remarkFrames())
}

// dataFrames have no data that could be read.
func dataFrames() []frame {
	list := []frame{
		{"no data", unreadable, with("data", absent{})},
		{"the body is null", unreadable, func(map[string]any) []any { return []any{nil} }},
		{"the body is a list", unreadable, func(map[string]any) []any { return []any{[]any{}} }},
		{"the body is {}", unreadable, func(map[string]any) []any { return []any{map[string]any{}} }},
		{"the body is text", unreadable, func(map[string]any) []any { return []any{"x"} }},
		{"rows are missing", unreadable, listRows(func(_ []any, put put) []any { return []any{put(absent{})} })},
		{"a row is none", lost, listRows(func(r []any, put put) []any { return []any{put(slices.Concat(r, []any{nil, "lost"}))} })},
	}
	for _, value := range []any{nil, "nothing", json.Number("7"), true, map[string]any{}} {
		list = append(list, frame{"data is " + string(encoded(value)), unreadable, with("data", value)})
	}
	for _, value := range []any{nil, "x", json.Number("7"), []any{nil}, []any{"x"}, []any{map[string]any{}}} {
		list = append(list, frame{"rows are " + string(encoded(value)), unreadable, listRows(func(_ []any, put put) []any { return []any{put(value)} })})
	}
	return append(list, frame{"rows are left out of a total", unreadable, func(answer map[string]any) []any {
		page, _ := answer["pagination"].(map[string]any)
		_, counted := page["totalItems"].(json.Number)
		if r, put := rowsOf(answer); len(r) > 0 && counted {
			return []any{put([]any{})}
		}
		return nil
	}})
}

// pageFrames cut the same rows differently.
func pageFrames() []frame {
	half := func(r []any) int { return (len(r) + 1) / 2 }
	return []frame{
		{"an empty page first", same, listRows(func(r []any, put put) []any { return []any{next(put([]any{}), 1), put(r)} })},
		{"three empty pages first", same, listRows(func(r []any, put put) []any {
			return []any{next(put([]any{}), 1), next(put([]any{}), 2), next(put([]any{}), 3), put(r)}
		})},
		{"rows on two pages", same, listRows(func(r []any, put put) []any { return []any{next(put(r[:half(r)]), 1), put(r[half(r):])} })},
		{"rows shifted by one", same, listRows(func(r []any, put put) []any { return []any{next(put(r[:half(r)]), 1), put(r[half(r)-1:])} })},
		{"page twice", same, listRows(func(r []any, put put) []any { return []any{next(put(r), 1), put(r)} })},
		{"rows twice on a page", same, listRows(func(r []any, put put) []any { return []any{put(slices.Concat(r, r))} })},
		{"no pagination", same, pagination(absent{})},
		{"pagination is null", same, pagination(nil)},
		{"pagination is {}", same, pagination(map[string]any{})},
		{"pagination is text", same, pagination("x")},
		{"the last cursor is the text null", same, listRows(func(r []any, put put) []any { return []any{cursor(put(r), "null")} })},
		{"the last cursor is empty", same, listRows(func(r []any, put put) []any { return []any{cursor(put(r), "")} })},
	}
}

// remarkFrames say beside the data, or instead of it, that something went wrong.
func remarkFrames() []frame {
	problems := []any{map[string]any{"code": json.Number("4000010"), "title": trouble, "detail": nil}}
	list := []frame{
		{"errors are empty", same, with("errors", []any{})},
		{"errors are null", same, with("errors", nil)},
		{"errors beside", told, with("errors", problems)},
		{"errors beside, as text", told, with("errors", trouble)},
		{"errors beside, as an object", told, with("errors", map[string]any{"ids": []any{trouble}})},
		{"an error beside", told, with("error", trouble)},
	}
	for _, value := range []any{nil, []any{}, map[string]any{}, absent{}} {
		answer := map[string]any{"errors": problems, "data": value}
		name := "errors and no data"
		if value == (absent{}) {
			delete(answer, "data")
		} else {
			name = "errors and data " + string(encoded(value))
		}
		list = append(list, frame{name, told, func(map[string]any) []any { return []any{answer} }})
	}
	return list
}

// put returns the answer with other rows.
type put func(rows any) map[string]any

// rowsOf returns the rows of a list, and what puts others in their place; nil for what is no list.
func rowsOf(answer map[string]any) ([]any, put) {
	switch data := answer["data"].(type) {
	case []any:
		return data, func(rows any) map[string]any { return setKey(answer, "data", rows) }
	case map[string]any:
		if rows, ok := data["sites"].([]any); ok {
			return rows, func(rows any) map[string]any { return setKey(answer, "data", setKey(data, "sites", rows)) }
		}
	}
	return nil, nil
}

func listRows(of func(rows []any, put put) []any) func(map[string]any) []any {
	return func(answer map[string]any) []any {
		r, put := rowsOf(answer)
		if len(r) == 0 {
			return nil
		}
		return of(r, put)
	}
}

func setKey(object map[string]any, key string, value any) map[string]any {
	changed := maps.Clone(object)
	if changed[key] = value; value == (any)(absent{}) {
		delete(changed, key)
	}
	return changed
}

func with(key string, value any) func(map[string]any) []any {
	return func(answer map[string]any) []any {
		if data, ok := answer["data"].([]any); ok && len(data) == 0 && value == nil {
			return nil // none either way
		}
		return []any{setKey(answer, key, value)}
	}
}

func pagination(value any) func(map[string]any) []any {
	return listRows(func(r []any, put put) []any { return []any{setKey(put(r), "pagination", value)} })
}

func cursor(answer map[string]any, cursor string) map[string]any {
	page, _ := answer["pagination"].(map[string]any)
	if page == nil {
		page = map[string]any{}
	}
	return setKey(answer, "pagination", setKey(page, "nextCursor", cursor))
}

const pageMark = "page-"

func next(answer map[string]any, page int) map[string]any {
	return cursor(answer, pageMark+strconv.Itoa(page))
}

// pageOf is which page a query asks for, from 0.
func pageOf(query string) int {
	_, after, found := strings.Cut(query, "cursor="+pageMark)
	if !found {
		return 0
	}
	number, _, _ := strings.Cut(after, "&")
	page, _ := strconv.Atoi(number)
	return page
}
