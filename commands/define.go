package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// A checker is a parameter struct with rules across its fields, such as "at least one of".
type checker interface{ Check() error }

// A planner is the parameter struct of a command that changes things. plan replaces names and filters in it by the ids of
// what they mean now, and says what that is.
type planner interface {
	plan(context.Context, *Call) (Plan, error)
}

// A pinned is a planner that can tell better than its fields do whether plan was called on it.
type pinned interface{ pinned() bool }

// A field is a parameter together with its place in the parameter struct.
type field struct {
	Param
	kind   kind
	hidden bool // set by plan, never by a person
}

// define makes a command of its description, a parameter struct and the function that runs it. P's fields are the parameters:
// the type says what a value is, the tag json:"agent-ids,omitzero" its name everywhere (omitzero = optional), help:"…" what it
// is for; help:"-" hides one that only plan sets.
func define[P any](c Command, run func(context.Context, *Call, P) (render.Card, error)) *Command {
	fields, err := fieldsOf(reflect.TypeFor[P]())
	if err != nil {
		panic(fmt.Sprintf("command %s: %v", c.Name, err))
	}
	c.fields = withoutSharedAliases(fields)
	for _, f := range fields {
		if !f.hidden {
			c.Params = append(c.Params, f.Param)
		}
	}
	c.decode = func(raw json.RawMessage) (any, error) { return decode[P](fields, raw) }
	c.run = func(ctx context.Context, call *Call, p any) (render.Card, error) { return run(ctx, call, *p.(*P)) }
	_, c.plans = any(new(P)).(planner)
	return &c
}

func fieldsOf(t reflect.Type) ([]field, error) {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		made, err := fieldOf(f)
		if err != nil {
			return nil, err
		}
		fields = append(fields, made)
	}
	return fields, nil
}

// withoutSharedAliases drops short names that would mean two parameters of the same command.
func withoutSharedAliases(fields []field) []field {
	uses := map[string]int{}
	for _, f := range fields {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			uses[squash(name)]++
		}
	}
	for i, f := range fields {
		fields[i].Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(a string) bool { return uses[squash(a)] > 1 })
	}
	return fields
}

func fieldOf(f reflect.StructField) (field, error) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	help := f.Tag.Get("help")
	if name == "" || help == "" {
		return field{}, fmt.Errorf("field %s needs the tags json and help", f.Name)
	}
	if help == "-" {
		return field{Param: Param{Name: name}, hidden: true}, nil
	}
	t, list := f.Type, false
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice && !t.Implements(reflect.TypeFor[kinder]()) {
		t, list = t.Elem(), true
	}
	k, err := kindOf(t)
	if err != nil {
		return field{}, fmt.Errorf("field %s: %w", f.Name, err)
	}
	if list && k.name == "object" {
		return field{}, fmt.Errorf("field %s: a list of objects has no form", f.Name)
	}
	return field{kind: k, Param: Param{
		Name: name, Title: titleOf(name), Help: help, Aliases: aliasesOf(name), Required: options == "", List: list,
		Kind: k.name, Choices: k.choices, Min: k.min, Max: k.max,
	}}, nil
}

// decode reads arguments into a parameter struct: every name must be known, every value of its kind, nothing required may
// be absent, and the rules across fields must hold.
func decode[P any](fields []field, raw json.RawMessage) (*P, error) {
	values, err := readArgs(fields, raw)
	if err != nil {
		return nil, err
	}
	if missing := missingOf(fields, values); len(missing) > 0 {
		return nil, &MissingError{Missing: missing}
	}
	p := new(P)
	if err := json.Unmarshal(marshal(values), p); err != nil {
		return nil, fmt.Errorf("read arguments: %w", err)
	}
	if c, ok := any(p).(checker); ok {
		return p, c.Check()
	}
	return p, nil
}

// readArgs checks the values of an invocation's arguments one by one and returns them in their one proper spelling. What is
// null, empty text or an empty list counts as absent.
func readArgs(fields []field, raw json.RawMessage) (map[string]any, error) {
	given, err := object(raw)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, value := range given {
		i := slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
		if i < 0 {
			return nil, &UsageError{Param: name, Problem: "there is no such parameter", Nearest: nearest(name, namesOf(fields))}
		}
		if isEmpty(value) {
			continue
		}
		if values[name], err = fields[i].fromJSON(value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// object reads arguments; none at all are an empty object.
func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	given := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return given, nil
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, &UsageError{Problem: "the arguments are not a JSON object"}
	}
	return given, nil
}

func isEmpty(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "[]"}, string(bytes.TrimSpace(value)))
}

// fromJSON reads one argument. A lone value is taken as a list of one where a list belongs, and numbers and booleans may be
// written as text: menus and forms know texts only.
func (f field) fromJSON(raw json.RawMessage) (any, error) {
	if f.hidden {
		return raw, nil
	}
	if f.List {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		words := make([]string, len(list))
		for i, element := range list {
			words[i] = word(element)
		}
		return f.readAll(words, Input{})
	}
	return f.readOne(word(raw), Input{})
}

// word returns a JSON value as a person would type it: of a string its text, of anything else the JSON.
func word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(bytes.TrimSpace(raw))
}

func (f field) readOne(text string, in Input) (any, error) {
	value, err := f.kind.read(text, in)
	if err == nil {
		return value, nil
	}
	usage := wrong(f.Name, "%s", err)
	var told *valueError
	if errors.As(err, &told) {
		usage.Nearest = told.nearest
	}
	return nil, usage
}

// maxList is the longest list that is read: no id list of the console's is longer.
const maxList = 5000

func (f field) readAll(words []string, in Input) (any, error) {
	list := []any{}
	for _, w := range words {
		if strings.TrimSpace(w) == "" {
			continue
		}
		value, err := f.readOne(w, in)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, value) { // no kind of list has values that cannot be compared: see fieldOf
			list = append(list, value)
		}
	}
	if len(list) > maxList {
		return nil, wrong(f.Name, "%d values are too many; at most %d go into one command", len(list), maxList)
	}
	return list, nil
}

func missingOf(fields []field, values map[string]any) []Param {
	var missing []Param
	for _, f := range fields {
		if _, given := values[f.Name]; f.Required && !f.hidden && !given {
			missing = append(missing, f.Param)
		}
	}
	return missing
}

func namesOf(fields []field) []string {
	var names []string
	for _, f := range fields {
		if !f.hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// marshal writes a value that cannot fail to be written.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("commands: marshal %T: %v", v, err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// Check tells what is wrong with arguments, without asking the console: a *UsageError or a *MissingError.
func (cmd *Command) Check(args json.RawMessage) error {
	_, err := cmd.read(args)
	return err
}

// read decodes arguments and says in errors which command they are for.
func (cmd *Command) read(args json.RawMessage) (any, error) {
	p, err := cmd.decode(args)
	return p, cmd.explain(err, args)
}

// explain completes an error of ours by what only the command knows.
func (cmd *Command) explain(err error, args json.RawMessage) error {
	given := Invocation{Command: cmd.Name, Args: args}
	var usage *UsageError
	var missing *MissingError
	var ambiguous *AmbiguousError
	switch {
	case errors.As(err, &usage):
		usage.Command, usage.Given = cmd.Name, &given
	case errors.As(err, &missing):
		missing.Command, missing.Given = cmd, given
	case errors.As(err, &ambiguous):
		ambiguous.Given = given
	}
	return err
}

// Prepare resolves an invocation: names become ids and filters the things they match now. For a command that changes things
// the plan says what will be touched, and its Args are what is approved and what runs. Nothing is changed.
func (cmd *Command) Prepare(ctx context.Context, call *Call, args json.RawMessage) (Plan, error) {
	p, err := cmd.read(args)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{}
	if q, ok := p.(planner); ok {
		plan, err = q.plan(ctx, call)
		plan.Args = marshal(p)
	} else {
		plan.Args, err = cmd.resolve(ctx, call, marshal(p))
	}
	if err != nil {
		return Plan{}, cmd.blame(cmd.explain(err, args))
	}
	return plan, nil
}

// resolve replaces names by ids in the arguments of a command that only reads.
func (cmd *Command) resolve(ctx context.Context, call *Call, args json.RawMessage) (json.RawMessage, error) {
	values, err := readArgs(cmd.fields, args)
	if err != nil {
		return nil, err
	}
	for _, f := range cmd.fields {
		words := wordsOf(values[f.Name])
		if f.kind.find == nil || !slices.ContainsFunc(words, isName) {
			continue
		}
		ids, err := f.kind.find(ctx, call, f.Name, words)
		if err != nil {
			return nil, err
		}
		values[f.Name] = ids
		if !f.List {
			values[f.Name] = ids[0]
		}
	}
	return marshal(values), nil
}

func isName(word string) bool { return !s1.LooksLikeID(word) }

// wordsOf returns the value or the values of an argument as texts.
func wordsOf(value any) []string {
	var words []string
	switch v := value.(type) {
	case string:
		words = append(words, v)
	case []any:
		for _, element := range v {
			words = append(words, wordsOf(element)...)
		}
	}
	return words
}

// ErrNotPrepared refuses to run arguments with names or filters in them where ids must stand: what was shown is what runs.
var ErrNotPrepared = errors.New("the targets are not resolved to ids")

// Run runs an invocation. One that changes things must come from Prepare; it is refused if anything in it is not an id.
// A refusal by the console is an *s1.Error whose Operation is the command's title.
func (cmd *Command) Run(ctx context.Context, call *Call, args json.RawMessage) (render.Card, error) {
	if cmd.Risk == Read {
		plan, err := cmd.Prepare(ctx, call, args)
		if err != nil {
			return render.Card{}, err
		}
		args = plan.Args
	}
	p, err := cmd.read(args)
	if err != nil {
		return render.Card{}, err
	}
	if cmd.Risk != Read && !cmd.isPinned(p, args) {
		return render.Card{}, fmt.Errorf("%s: %w", cmd.Name, ErrNotPrepared)
	}
	card, err := cmd.run(ctx, call.of(cmd, args), p)
	return card, cmd.blame(cmd.explain(err, args))
}

// isPinned tells whether every selector is made of ids.
func (cmd *Command) isPinned(p any, args json.RawMessage) bool {
	if q, ok := p.(pinned); ok && !q.pinned() {
		return false
	}
	values, err := readArgs(cmd.fields, args)
	if err != nil {
		return false
	}
	for _, f := range cmd.fields {
		if f.kind.find != nil && slices.ContainsFunc(wordsOf(values[f.Name]), isName) {
			return false
		}
		if filter, ok := values[f.Name].(json.RawMessage); ok && f.kind.selects != "" && !onlyIDs(filter) {
			return false
		}
	}
	return true
}

// onlyIDs tells whether a filter names things by id and by nothing else.
func onlyIDs(filter json.RawMessage) bool {
	var ids struct {
		IDs []string `json:"ids"`
	}
	decoder := json.NewDecoder(bytes.NewReader(filter))
	decoder.DisallowUnknownFields()
	return decoder.Decode(&ids) == nil && len(ids.IDs) > 0 && !slices.ContainsFunc(ids.IDs, isName)
}

// blame names the command in an error of the console's: the specification's failure indicator is the command's title.
func (cmd *Command) blame(err error) error {
	var refusal *s1.Error
	if !errors.As(err, &refusal) {
		return err
	}
	told := *refusal
	told.Operation = cmd.Title
	if told.Status == 403 || told.Permission != "" {
		told.Permission = cmd.Needs
	}
	return &told
}
