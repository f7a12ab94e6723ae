package s1sim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A member is one legal field of the data of a body.
type member struct {
	key
	required bool
	longest  int // of a text, 0: no limit
}

// need is a member that must be there; may is one that need not.
func need(name string, k kind, enum ...string) member {
	return member{key: key{name: name, kind: k, enum: enum}, required: true}
}

func may(name string, k kind, enum ...string) member {
	return member{key: key{name: name, kind: k, enum: enum}}
}

func (m member) upTo(longest int) member {
	m.longest = longest
	return m
}

func (m member) several() member {
	m.list, m.max = true, most
	return m
}

// checkMembers tells what is wrong with the data of a body: what is unknown, else what is missing, else what is of the wrong kind.
func checkMembers(data object, where string, legal []member) error {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if !slices.ContainsFunc(legal, func(m member) bool { return m.name == name }) {
			return invalid("%s: %s: Unknown field.", where, name)
		}
	}
	var wrong []string
	for _, m := range legal {
		v, there := data[m.name]
		switch {
		case !there && m.required:
			wrong = append(wrong, where+": "+m.name+": Missing data for required field.")
		case !there || v == nil && !m.required:
		default:
			if message := m.fault(v); message != "" {
				wrong = append(wrong, where+": "+m.name+": "+message)
			}
		}
	}
	if len(wrong) > 0 {
		return invalid("%s", strings.Join(wrong, ", "))
	}
	return nil
}

func (m member) fault(v any) string {
	_, message := m.read(v)
	if s, ok := v.(string); ok && message == "" && m.longest > 0 && len([]rune(s)) > m.longest {
		return "Longer than maximum length " + strconv.Itoa(m.longest) + "."
	}
	return message
}

// dataOf is the data of a body, which must be an object.
func dataOf(body object) (object, error) {
	v, ok := body["data"]
	if !ok {
		return nil, invalid("data: Missing data for required field.")
	}
	o, ok := v.(object)
	if !ok {
		return nil, invalid("data: Invalid input type.")
	}
	return o, nil
}

// wantedIDs reads the deletions that take no filter: {"data": {"ids": […], "type": …}}.
func wantedIDs(q *request, types ...string) (ids []string, of string, err error) {
	body, err := q.body()
	if err != nil {
		return nil, "", err
	}
	d, err := dataOf(body)
	if err != nil {
		return nil, "", err
	}
	list := need("ids", ident).several()
	list.min = 1
	if err := checkMembers(d, "data", []member{list, may("type", textual, types...)}); err != nil {
		return nil, "", err
	}
	ids, _ = list.read(d["ids"])
	return ids, text(d, "type"), nil
}
