package catalog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
)

// A checker is a parameter struct with rules across its fields, such as "at least one of". It runs
// on names as well as on ids, before and after Prepare: a rule must not depend on which of the two
// stand there.
type checker interface{ Check() error }

// A timed is a parameter struct with rules that depend on the present: a date that must lie ahead.
// They are apart from Check because a request may wait for half an hour: what was ahead when it was
// made may be past when it runs, and what was decided then still holds. Only Prepare and forms ask
// for them.
type timed interface{ CheckAt(now time.Time) error }

// A planner is the parameter struct of a command that changes things. Plan replaces names and
// filters in it by the ids of what they mean now, and says what that is. It is called again before
// the run, on what it made then: on ids it must mean the same.
type planner interface {
	Plan(context.Context, *Call) (Plan, error)
}

// A pinned is a planner that can tell better than its fields do whether Plan was called on it. It
// is for parameters that are no ids in form, such as a filter by type that Plan turns into ids, or
// a fingerprint that only Plan writes. Run refuses what is not resolved.
type pinned interface{ Resolved() bool }

// A Field is a parameter together with its place in the parameter struct.
type Field struct {
	Param
	Type   Kind
	Hidden bool // set by plan, never by a person
}

// Define makes a command of its description, a parameter struct and the function that runs it. P's
// fields are the parameters: the type says what a value is, the tag json:"agent-ids,omitzero" its
// name everywhere (omitzero = optional), help:"…" what it is for; help:"-" hides one that only plan
// sets. title:"…" is the specification's, where it is not the name in capitals. What the types mean
// is known when a catalog is made of the command. The two closures are the only place where the
// type of the parameters is known; everything else sees a Command.
func Define[P any](c Command, run func(context.Context, *Call, P) (render.Card, error)) *Command {
	c.params = reflect.TypeFor[P]()
	c.fill = fill[P]
	c.run = func(ctx context.Context, call *Call, p any) (render.Card, error) { return run(ctx, call, *p.(*P)) }
	_, c.plans = any(new(P)).(planner)
	c.learnRules(new(P))
	return &c
}

// bind tells the command what the types of its parameters mean.
func (cmd *Command) bind(l *lookups) error {
	fields, err := l.fieldsOf(cmd.params)
	if err != nil {
		return fmt.Errorf("command %s: %w", cmd.Name, err)
	}
	cmd.lookups, cmd.Fields, cmd.Params = l, withoutSharedAliases(fields), nil
	for _, f := range fields {
		if !f.Hidden {
			cmd.Params = append(cmd.Params, f.Param)
		}
	}
	return nil
}

// fieldsOf reads the parameters off a struct, embedded structs included: what many commands share is written once and embedded.
func (l *lookups) fieldsOf(t reflect.Type) ([]Field, error) {
	visible := reflect.VisibleFields(t)
	fields := make([]Field, 0, len(visible))
	for _, f := range visible {
		if f.Anonymous {
			continue
		}
		made, err := l.fieldOf(f)
		if err != nil {
			return nil, err
		}
		fields = append(fields, made)
	}
	return fields, nil
}

// withoutSharedAliases drops short names that would mean two parameters of the same command. `type`
// in a command with two types is neither: an alias that is not clear is an unknown name, with both
// offered.
func withoutSharedAliases(fields []Field) []Field {
	uses := map[string]int{}
	for _, f := range fields {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			uses[text.Squash(name)]++
		}
	}
	for i, f := range fields {
		fields[i].Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(a string) bool { return uses[text.Squash(a)] > 1 })
	}
	return fields
}

// fieldOf reads one parameter. What is wrong with it is a fault of the program's and fails at the start, before anybody types anything.
func (l *lookups) fieldOf(f reflect.StructField) (Field, error) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	help := f.Tag.Get("help")
	if name == "" || help == "" {
		return Field{}, fmt.Errorf("field %s needs the tags json and help", f.Name)
	}
	if help == "-" {
		return Field{Param: Param{Name: name}, Hidden: true}, nil
	}
	t, list := f.Type, false
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice && !t.Implements(reflect.TypeFor[kinder]()) {
		t, list = t.Elem(), true
	}
	k, err := l.kindOf(t)
	if err != nil {
		return Field{}, fmt.Errorf("field %s: %w", f.Name, err)
	}
	// Lists are compared value by value to drop doubles (ReadAll), which JSON objects cannot be
	// either.
	if list && k.Name == "object" {
		return Field{}, fmt.Errorf("field %s: a list of objects has no form", f.Name)
	}
	return Field{Type: k, Param: Param{
		Name: name, Title: cmp.Or(f.Tag.Get("title"), text.TitleOf(name)), Help: help, Aliases: text.AliasesOf(name), Required: options == "", List: list,
		Kind: k.Name, Choices: k.Choices, Min: k.min, Max: k.max,
	}}, nil
}

// ParamNames are the names that a person may give.
func ParamNames(fields []Field) []string {
	var names []string
	for _, f := range fields {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// Field finds a parameter as Lookup does; its error offers the names nearest to one that there is not.
func (cmd *Command) Field(name string) (Field, error) {
	if f, ok := cmd.Lookup(name); ok {
		return f, nil
	}
	return Field{}, cmd.unknownParam(name)
}

// Lookup finds a parameter by its name in any spelling, an alias, or the start of exactly one name.
// To look for near names costs far more than to find there is none, so who only asks whether there
// is one asks here. Three letters at least, because two fit too much: `os` must not find a
// parameter that was added later.
func (cmd *Command) Lookup(name string) (Field, bool) {
	plain, begun, starts := text.Squash(name), 0, 0
	for i := range cmd.Fields {
		f := &cmd.Fields[i]
		if f.Hidden {
			continue
		}
		whole, begins := text.Matches(f.Name, plain)
		if whole || slices.ContainsFunc(f.Aliases, func(a string) bool { whole, _ := text.Matches(a, plain); return whole }) {
			return *f, true
		}
		if len(plain) >= 3 && begins {
			begun, starts = i, starts+1
		}
	}
	if starts == 1 {
		return cmd.Fields[begun], true
	}
	return Field{}, false
}

// maxNarrowing is how many of the words that narrow a list down are named: there are more.
const maxNarrowing = 8

// narrowingWords name the words that narrow a list down ahead of its parameters: whoever types "threats status=open" reads how it goes.
func (cmd *Command) narrowingWords() string {
	words := slices.Sorted(maps.Keys(cmd.Plain))
	if len(words) == 0 {
		words = slices.Sorted(maps.Keys(cmd.Wording.Words))
	}
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Count(w, " ") > 1 || strings.HasPrefix(w, "nobody") })
	if len(words) == 0 {
		return ""
	}
	name := append(slices.Clone(cmd.Aliases), cmd.Name)[0]
	return "; words narrow the list down: /s1 " + name + " followed by " + strings.Join(words[:min(len(words), maxNarrowing)], ", ")
}

// unknownParam offers the nearest of what a command takes, reason and ticket among it.
func (cmd *Command) unknownParam(name string) error {
	names := ParamNames(cmd.Fields)
	if cmd.Timed {
		names = append(names, ForParam)
	}
	if cmd.Risk != Read {
		names = append(names, ReasonParam, TicketParam)
	}
	e := &UsageError{Param: name, Problem: "unknown parameter " + text.Quote(name) + " in " + cmd.Name, Nearest: text.Nearest(name, names)}
	switch {
	case len(names) == 0:
		e.Hint = "it takes no parameters"
	case len(e.Nearest) == 0:
		e.Hint = "the parameters are " + strings.Join(names, ", ") + cmd.narrowingWords()
	}
	if cmd.Risk == Read && slices.Contains([]string{"reason", "ticket"}, strings.ToLower(name)) {
		e.Hint = "only commands that change something take a reason or a ticket"
	}
	return e
}
