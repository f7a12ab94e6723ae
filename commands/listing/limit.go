package listing

import (
	"strconv"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1/filters"
)

// after returns the call's invocation from a cursor on. What was to be skipped ahead of the first
// rows is skipped already.
func after(c *catalog.Call, cursor string) catalog.Invocation {
	values, err := catalog.Object(c.Args)
	if err != nil {
		return catalog.Invocation{Command: c.Command.Name}
	}
	delete(values, "offset")
	values["next-page"] = catalog.Marshal(cursor)
	return catalog.Invocation{Command: c.Command.Name, Args: catalog.Marshal(values)}
}

// skips tells whether the call's list begins somewhere behind its first row.
func skips(c *catalog.Call) bool {
	values, err := catalog.Object(c.Args)
	return err == nil && (!catalog.IsEmpty(values["next-page"]) || !catalog.IsEmpty(values["offset"]) && string(values["offset"]) != "0")
}

// LimitOf is the limit that was given, as a parameter or else inside the filter. The parameter
// wins: examples of the specification repeat limit inside the filter, where it would contradict.
func LimitOf(count *Count, filter filters.Filter) *Limit {
	if count != nil {
		limit := Limit(*count)
		return &limit
	}
	if n, ok := filter.Limit(); ok && n > 0 {
		limit := Limit(min(n, MaxPage))
		return &limit
	}
	return nil
}

// Limit is how many rows a list returns at most: 1 to 1000, 0 for all of them. 0 = all is a
// convention of integrations: the console itself takes 1 to 1000 in a call.
type Limit int

func (Limit) Kind() catalog.Kind {
	k := catalog.IntegerKind(0, 1000, map[string]int64{"all": 0})
	k.Hint = "1 to 1000; 0 = all of them"
	return k
}

// Count is how many rows a list returns at most: 1 to 1000. Commands have it whose specification
// knows no "all".
type Count int

func (Count) Kind() catalog.Kind {
	k := catalog.IntegerKind(1, 1000, nil)
	k.Hint = "1 to 1000"
	return k
}

// Offset is how many rows of a list are skipped; beyond 1000 the console wants its cursor instead.
type Offset int

// Kind takes what the console takes. Above a thousand it answers 400; the two ways that lead
// further stand in the hint.
func (Offset) Kind() catalog.Kind {
	k := catalog.IntegerKind(0, 1000, nil)
	k.Hint = "0 to 1000"
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		if n, nan := strconv.ParseInt(strings.TrimSpace(text), 10, 64); nan == nil && n > 1000 {
			return nil, &catalog.ValueError{Problem: err.Error(), Hint: "the console can skip at most 1000 rows: leave it out and click Next to page through, or use limit=0 for a file of all rows"}
		}
		return value, err
	}
	return k
}
