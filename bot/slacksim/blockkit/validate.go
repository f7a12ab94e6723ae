package blockkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"s1bot/bot/slacksim/wire"
)

// A Problem is one reason for which Slack refuses a payload, in Slack's words where they are known.
//
// Pointers are JSON Pointers (RFC 6901) from the argument's name on, as Slack writes them.
type Problem struct {
	Pointer string // "/blocks/0/text/text"
	Message string // "must be less than 3001 characters"
}

// String is the problem as it stands in response_metadata.messages, without the [ERROR] before it.
func (p Problem) String() string {
	return p.Message + " [json-pointer:" + p.Pointer + "]"
}

// ValidateMessage lists what is wrong with the blocks of a message; an empty list means that Slack
// takes them.
//
// More than 50 blocks are one of the problems. Everything is decoded with numbers as they were
// written, so that 1.0 is no integer.
func ValidateMessage(blocks json.RawMessage) []Problem {
	var list any
	if err := wire.Decode(blocks, &list); err != nil {
		return []Problem{{"/blocks", "must be valid JSON: " + err.Error()}}
	}
	v := newValidator(onMessage)
	v.blocks("/blocks", list, 50)
	v.totals("/blocks")
	return v.problems
}

// ValidateView lists what is wrong with a modal or an App Home view, as views.open and its kin take
// it.
func ValidateView(view json.RawMessage) []Problem {
	var o any
	if err := wire.Decode(view, &o); err != nil {
		return []Problem{{"/view", "must be valid JSON: " + err.Error()}}
	}
	surface := onModal
	if wire.Object(o)["type"] == "home" {
		surface = onHome
	}
	v := newValidator(surface)
	v.rules.views[surface](v, "/view", o)
	v.totals("/view/blocks")
	return v.problems
}

// ValidateOptions lists what is wrong with the answer to a block_suggestion: {"options": […]} or
// {"option_groups": […]}.
func ValidateOptions(payload json.RawMessage) []Problem {
	var o any
	if err := wire.Decode(payload, &o); err != nil {
		return []Problem{{"", "must be valid JSON: " + err.Error()}}
	}
	v := newValidator(onModal)
	v.rules.suggestion(v, "", o)
	return v.problems
}

// A surface is a place where blocks can stand.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome

	onViews    = onModal | onHome
	everywhere = onMessage | onViews
)

// A validator walks one payload and collects problems.
//
// It goes on after a problem, so that one refusal names all of them, as Slack's does.
type validator struct {
	rules    rules
	surface  surface
	problems []Problem

	blockIDs  map[string]bool
	actionIDs map[string]bool // of the block at hand
	focused   int             // elements with focus_on_load
	inputs    []string        // pointers of the input blocks
	tables    int
	charts    int
	chars     map[string]int // characters so far in "table", "data_table" and "markdown" blocks
	inTable   string         // the kind of table at hand
}

// blockKit is the one copy of the tables; it never changes.
var blockKit = newRules()

func newValidator(s surface) *validator {
	return &validator{rules: blockKit, surface: s, blockIDs: map[string]bool{}, chars: map[string]int{}}
}

// fail notes a problem at a JSON pointer.
func (v *validator) fail(at, format string, args ...any) {
	v.problems = append(v.problems, Problem{at, fmt.Sprintf(format, args...)})
}

// A check judges one value and the pointer to it.
type check func(v *validator, at string, value any)

// A field is a property that an object may or must have.
type field struct {
	check    check
	required bool
}

func must(c check) field { return field{c, true} }
func may(c check) field  { return field{c, false} }

// shape checks an object: no field but these, and all that are required.
//
// Names are walked in order, so that the same payload is refused with the same list in every run.
//
// An unknown field is a problem ("invalid additional property"), which is how a typing error in a
// field's name shows.
func shape(fields map[string]field, more ...check) check {
	return func(v *validator, at string, value any) {
		o := wire.Object(value)
		if o == nil {
			v.fail(at, "must provide an object")
			return
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if f, known := fields[name]; known {
				f.check(v, at+"/"+name, o[name])
			} else {
				v.fail(at, "invalid additional property: %s", name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if _, given := o[name]; !given && fields[name].required {
				v.fail(at, "missing required field: %s", name)
			}
		}
		for _, c := range more {
			c(v, at, value)
		}
	}
}

// str checks a string's length in characters.
func str(least, most int) check {
	return func(v *validator, at string, value any) {
		s, ok := value.(string)
		if !ok {
			v.fail(at, "must provide a string")
			return
		}
		v.length(at, s, least, most)
	}
}

// length counts characters, not bytes; a most of 0 is no limit.
func (v *validator) length(at, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	if n < least {
		v.fail(at, "must be more than %d characters", least-1)
	}
	if most > 0 && n > most {
		v.fail(at, "must be less than %d characters", most+1)
	}
	if v.inTable != "" {
		v.chars[v.inTable] += n
	}
}

// enum takes one of a few words.
func enum(values ...string) check {
	return func(v *validator, at string, value any) {
		if s, ok := value.(string); !ok || !slices.Contains(values, s) {
			v.fail(at, "must be a valid enum value")
		}
	}
}

// boolean takes true and false; "true" as a text is refused.
func boolean(v *validator, at string, value any) {
	if _, ok := value.(bool); !ok {
		v.fail(at, "must provide a boolean")
	}
}

// anything is for fields whose content Slack does not say much about.
func anything(*validator, string, any) {}

// integer takes a whole number within bounds; a most of 0 is no limit.
func integer(least, most int) check {
	return func(v *validator, at string, value any) {
		number, _ := value.(json.Number)
		n, err := strconv.Atoi(number.String())
		switch {
		case err != nil:
			v.fail(at, "must provide an integer")
		case n < least:
			v.fail(at, "must be greater than %d", least-1)
		case most > 0 && n > most:
			v.fail(at, "must be less than %d", most+1)
		}
	}
}

// number takes any JSON number.
func number(v *validator, at string, value any) {
	if _, ok := value.(json.Number); !ok {
		v.fail(at, "must provide a number")
	}
}

// numeric checks a number that is written as a string, as number_input wants it.
func numeric(v *validator, at string, value any) {
	s, ok := value.(string)
	if _, err := strconv.ParseFloat(s, 64); !ok || err != nil {
		v.fail(at, "must provide a string that is a number")
	}
}

// list checks an array: how many items, and each of them.
func list(least, most int, item check) check {
	return func(v *validator, at string, value any) {
		items, ok := value.([]any)
		if !ok {
			v.fail(at, "must provide an array")
			return
		}
		if len(items) < least {
			v.fail(at, "no less than %d items allowed", least)
		}
		if most > 0 && len(items) > most {
			v.fail(at, "no more than %d items allowed", most)
		}
		for i, it := range items {
			item(v, at+"/"+strconv.Itoa(i), it)
		}
	}
}

// link checks an address that opens when it is clicked.
//
// Whether the address exists is nobody's question; of its scheme only that there is one.
func link(most int) check {
	return func(v *validator, at string, value any) {
		str(1, most)(v, at, value)
		s, _ := value.(string)
		if scheme, rest, ok := strings.Cut(s, ":"); s != "" && (!ok || scheme == "" || rest == "" || strings.ContainsAny(s, " \n\t<>")) {
			v.fail(at, "invalid url")
		}
	}
}

// exactlyOne checks that of several fields one is given.
func exactlyOne(names ...string) check {
	return func(v *validator, at string, value any) {
		if n := given(value, names); n != 1 {
			v.fail(at, "must define exactly one of `%s`", strings.Join(names, "` or `"))
		}
	}
}

// atLeastOne checks that one of several fields is given, or more.
func atLeastOne(names ...string) check {
	return func(v *validator, at string, value any) {
		if given(value, names) == 0 {
			v.fail(at, "must define either `%s`", strings.Join(names, "` or `"))
		}
	}
}

// given is how many of the fields are there.
func given(value any, names []string) int {
	n := 0
	for _, name := range names {
		if _, ok := wire.Object(value)[name]; ok {
			n++
		}
	}
	return n
}

// blocks checks a list of blocks.
func (v *validator) blocks(at string, value any, most int) {
	list(0, most, (*validator).block)(v, at, value)
}

// block checks one by its type, and whether it may stand on this surface. Action ids need only
// differ within a block.
func (v *validator) block(at string, value any) {
	kind := wire.Text(wire.Object(value)["type"])
	rule, known := v.rules.blocks[kind]
	switch {
	case wire.Object(value) == nil:
		v.fail(at, "must provide an object")
	case kind == "":
		v.fail(at, "missing required field: type")
	case !known || rule.where&v.surface == 0:
		v.fail(at+"/type", "unsupported type: %s", kind)
	default:
		v.actionIDs = map[string]bool{}
		rule.check(v, at, value)
	}
}

// element checks an interactive element or an image where only some types may stand.
//
// file_input is an exception of its own: it works in modals alone.
func element(types ...string) check {
	return func(v *validator, at string, value any) {
		kind := wire.Text(wire.Object(value)["type"])
		switch {
		case wire.Object(value) == nil:
			v.fail(at, "must provide an object")
		case !slices.Contains(types, kind) || kind == "file_input" && v.surface != onModal:
			v.fail(at+"/type", "unsupported type: %s", kind)
		default:
			v.rules.elements[kind](v, at, value)
		}
	}
}

// blockID checks that the id is unique in the payload [docs.slack.dev/reference/block-kit/blocks:
// "unique for each message"].
func blockID(v *validator, at string, value any) {
	str(0, 255)(v, at, value)
	unique(v, at, "block_id", v.blockIDs, wire.Text(value))
}

// actionID checks that the id is unique in its block; Slack's words are those of its refusals.
func actionID(v *validator, at string, value any) {
	str(0, 255)(v, at, value)
	unique(v, at, "action_id", v.actionIDs, wire.Text(value))
}

// unique notes an id and refuses it the second time; empty ones are given by Slack.
func unique(v *validator, at, name string, seen map[string]bool, id string) {
	if id != "" && seen[id] {
		v.fail(at, "`%s` %q already exists", name, id)
	}
	seen[id] = true
}

// totals are the limits over the whole payload.
func (v *validator) totals(at string) {
	limits := []struct {
		kind string
		most int
	}{
		{"table", 10000},      // docs.slack.dev/reference/block-kit/blocks/table-block
		{"data_table", 20000}, // …/data-table-block; an older copy was cut off before the number
		{"markdown", 12000},   // …/markdown-block: "cumulative limit for all markdown blocks in a single payload"
	}
	for _, limit := range limits {
		if v.chars[limit.kind] > limit.most {
			v.fail(at, "%s blocks must have less than %d characters in all", limit.kind, limit.most+1)
		}
	}
	if v.tables > 1 { // slackapi/slack-skills-plugin, block-kit/SKILL.md
		v.fail(at, "only_one_table_allowed")
	}
	if v.charts > 2 { // undocumented, found by vercel/chat#696
		v.fail(at, "no more than 2 data_visualization blocks allowed")
	}
	if v.focused > 1 { // docs.slack.dev/reference/block-kit/block-elements: "only one element can be set to true"
		v.fail(at, "only one element can have `focus_on_load`")
	}
}
