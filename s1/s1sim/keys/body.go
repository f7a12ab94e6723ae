package keys

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/s1sim/wire"
)

// A Member is one legal field of the data of a body. What a value must be is told as for filters; a
// body has required members besides, and texts of a bounded length.
type Member struct {
	Key
	Required bool
	longest  int // of a text, 0: no limit
}

// Need is a member that must be there.
func Need(name string, k Kind, enum ...string) Member {
	return Member{Key: Key{Name: name, Kind: k, Enum: enum}, Required: true}
}

// May is a member that need not be there.
func May(name string, k Kind, enum ...string) Member {
	return Member{Key: Key{Name: name, Kind: k, Enum: enum}}
}

// UpTo sets how many characters a text may have.
func (m Member) UpTo(longest int) Member {
	m.longest = longest
	return m
}

// Several makes a list of the member.
func (m Member) Several() Member {
	m.List, m.Max = true, Most
	return m
}

// Check tells what is wrong with the data of a body: what is unknown, else what is missing, else
// what is of the wrong kind. An unknown name hides all else. A member that may be left out may be
// null as well.
func Check(data wire.Object, where string, legal []Member) error {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if !slices.ContainsFunc(legal, func(m Member) bool { return m.Name == name }) {
			return wire.Invalid("%s: %s: Unknown field.", where, name)
		}
	}
	var wrong []string
	for _, m := range legal {
		v, there := data[m.Name]
		switch {
		case !there && m.Required:
			wrong = append(wrong, where+": "+m.Name+": Missing data for required field.")
		case !there || v == nil && !m.Required:
		default:
			if message := m.fault(v); message != "" {
				wrong = append(wrong, where+": "+m.Name+": "+message)
			}
		}
	}
	if len(wrong) > 0 {
		return wire.Invalid("%s", strings.Join(wrong, ", "))
	}
	return nil
}

// fault says what is wrong with a value, "" if nothing is.
func (m Member) fault(v any) string {
	_, message := m.read(v)
	if s, ok := v.(string); ok && message == "" && m.longest > 0 && len([]rune(s)) > m.longest {
		return "Longer than maximum length " + strconv.Itoa(m.longest) + "."
	}
	return message
}

// DataOf is the data of a body, which must be an object.
func DataOf(body wire.Object) (wire.Object, error) {
	v, ok := body["data"]
	if !ok {
		return nil, wire.Invalid("data: Missing data for required field.")
	}
	o, ok := v.(wire.Object)
	if !ok {
		return nil, wire.Invalid("data: Invalid input type.")
	}
	return o, nil
}

// Data reads the object "data" of a request's body.
func Data(q *wire.Request) (wire.Object, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	return DataOf(body)
}

// WantedIDs reads the deletions that take no filter: {"data": {"ids": […], "type": …}}. An empty
// list is refused, which it is not in a filter.
func WantedIDs(q *wire.Request, types ...string) (ids []string, of string, err error) {
	d, err := Data(q)
	if err != nil {
		return nil, "", err
	}
	list := Need("ids", Ident).Several()
	list.Min = 1
	if err := Check(d, "data", []Member{list, May("type", Textual, types...)}); err != nil {
		return nil, "", err
	}
	ids, _ = list.read(d["ids"])
	return ids, wire.Text(d, "type"), nil
}
