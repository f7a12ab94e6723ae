package listing

import (
	"cmp"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// SortKind also takes the specification's slip, Create At.
func SortKind(choices []s1.Choice) catalog.Kind {
	k := catalog.ChoiceKind(choices)
	read := k.Read
	k.Read = func(typed string, in text.Input) (any, error) {
		if text.Squash(typed) == "createat" {
			typed = "createdAt"
		}
		return read(typed, in)
	}
	return k
}

// Ordered adds order and start of a list: both starts, if somebody gives both. An order without a
// column is left to the console, which has a column of its own for each list.
func Ordered(q s1.Query, column string, order s1.SortOrder, offset *Offset, cursor string) s1.Query {
	if column != "" {
		q = q.With("sortBy", column)
	}
	if order != "" || column != "" {
		q = q.With("sortOrder", cmp.Or(string(order), string(s1.Ascending)))
	}
	if cursor != "" {
		q = q.With("cursor", cursor)
	}
	if offset != nil && *offset > 0 {
		q = q.With("skip", MarshalText(*offset))
	}
	return q
}

func MarshalText(v any) string { return string(catalog.Marshal(v)) }
