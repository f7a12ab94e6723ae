package commands

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/render"
)

// Input is what slash text means beside its words: the caller's time zone and the present.
type Input struct {
	Zone *time.Location // UTC when nil
	Now  time.Time
	Own  []string // words that whoever reads the text knows beside commands, so that a mistyped one is corrected to them, too
}

func (in Input) zone() *time.Location {
	if in.Zone == nil {
		return time.UTC
	}
	return in.Zone
}

// Extras are what a person says beside the parameters of a command that changes things. They go into the card and the audit
// trail, not to the console.
type Extras struct {
	Reason string        `json:"reason,omitempty"`
	Ticket string        `json:"ticket,omitempty"`
	For    time.Duration `json:"for,omitempty"` // until it is undone; 0 = until somebody does; see Command.Timed
}

// NeedsReason tells whether the command may be asked for only with a reason.
func (cmd *Command) NeedsReason() bool { return cmd.Risk == Destructive }

// Parse reads slash text, as Slack sends it: a command's name or alias, bare words for its main parameter, and name=value.
// The error is a *UsageError, or a *MissingError where only required parameters are absent.
func (c *Catalog) Parse(text string, in Input) (Invocation, Extras, error) {
	text = strings.TrimSpace(unescape(strings.ToValidUTF8(text, "\uFFFD")))
	cmd, rest, extras, err := c.cutCommand(text, in)
	if err != nil {
		return Invocation{}, extras, err
	}
	p := parser{cmd: cmd, in: in, values: map[string]any{}}
	tokens := scan(rest)
	err = p.assign(tokens)
	p.lastDay()
	given := Invocation{Command: cmd.Name, Args: marshal(p.values)}
	if err != nil {
		return given, p.extras, p.offer(tokens, cmd.suggest(err, given))
	}
	if err := cmd.CheckAt(given.Args, in.Now); err != nil {
		return given, p.extras, cmd.suggest(err, given)
	}
	return given, p.extras, nil
}

// cutCommand finds the command at the start of text. Its name may be written with spaces or underscores. Where there is none the error
// offers what was probably meant, and the extras are those of what was typed.
func (c *Catalog) cutCommand(text string, in Input) (*Command, string, Extras, error) {
	words := strings.FieldsFunc(text, unicode.IsSpace)
	if len(words) == 0 {
		return nil, "", Extras{}, &UsageError{Problem: "no command was given", Hint: "/s1 help lists them"}
	}
	for n := min(len(words), 8); n > 0; n-- {
		if cmd, ok := c.Find(strings.Join(words[:n], "-")); ok {
			return cmd, afterWords(text, n), Extras{}, nil
		}
	}
	extras, err := c.unknown(words[0], afterWords(text, 1), in)
	return nil, "", extras, err
}

// afterWords returns what follows the first n words of text.
func afterWords(text string, n int) string {
	for range n {
		text = trimSpace(text)
		i := strings.IndexFunc(text, unicode.IsSpace)
		if i < 0 {
			return ""
		}
		text = text[i:]
	}
	return text
}

// A parser puts tokens into a command's parameters.
type parser struct {
	cmd    *Command
	in     Input
	values map[string]any
	extras Extras
	main   []token // bare words
}

// assign takes what it can of the tokens; the error is about the first that it cannot.
func (p *parser) assign(tokens []token) error {
	var first error
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if spaced, n := p.spaced(tokens[i:]); n > 0 {
			t = spaced
			i += n
		}
		if f := p.flag(t); f != "" {
			first = cmp.Or(first, p.cmd.unknownFlag(f))
			continue
		}
		if t.name == "" || p.inQuery(t) {
			if err := p.stray(tokens[:i], t); first == nil {
				first = err
			}
			p.main = append(p.main, t)
			continue
		}
		taken, err := p.named(t, tokens[i+1:])
		if first == nil {
			first = err
		}
		i += taken
	}
	if err := p.plain(); first == nil {
		first = err
	}
	if err := p.mainWords(); first == nil {
		first = err
	}
	return first
}

// lastDay fills in the times of a command that must have both: the last 24 hours, or the day up to an end that was given. Where nothing
// at all was given the form asks.
func (p *parser) lastDay() {
	if len(p.values) == 0 {
		return
	}
	start, err := p.cmd.field(startParam)
	end, endErr := p.cmd.field(endParam)
	if err != nil || endErr != nil || !start.Required || !end.Required || p.in.Now.IsZero() {
		return
	}
	if p.values[end.Name] == nil {
		p.values[end.Name] = p.in.Now.UTC().Format(time.RFC3339)
	}
	until, err := time.Parse(time.RFC3339, fmt.Sprint(p.values[end.Name]))
	if p.values[start.Name] == nil && err == nil {
		p.values[start.Name] = until.Add(-24 * time.Hour).Format(time.RFC3339)
	}
}

// The stretch of time that a hunt looks at.
const (
	startParam = "start-time"
	endParam   = "end-time"
)

// stray complains of a bare word right behind a list of texts or names, where the main parameter has its words already: it is the
// rest of a value that has blanks.
func (p *parser) stray(before []token, t token) error {
	if len(before) == 0 || before[len(before)-1].name == "" || before[len(before)-1].quoted {
		return nil
	}
	last := before[len(before)-1]
	f, err := p.cmd.field(last.name)
	_, given := p.values[p.cmd.Main]
	if err != nil || p.cmd.Main != "" && len(p.main) == 0 && !given || f.kind.name != "text" && (f.kind.find == nil || f.Name == p.cmd.Main) {
		return nil
	}
	e := wrong(f.Name, "%s stands behind it without quotes", quote(t.value))
	e.Hint = "put a value with blanks in quotes: " + f.Name + `="` + last.value + " " + t.value + `"; several values go with commas`
	return e
}

// spaced reads "limit = 10" and "limit =10", if the first word is a parameter's name, and returns how many words it took more.
func (p *parser) spaced(tokens []token) (token, int) {
	if len(tokens) < 2 || tokens[0].name != "" || tokens[0].quoted || !strings.HasPrefix(tokens[1].source, "=") {
		return token{}, 0
	}
	name := tokens[0].value
	if _, err := p.cmd.field(name); err != nil && p.extra(name) == nil && !p.isFor(name) {
		return token{}, 0
	}
	n, value := 1, tokens[1].source[1:]
	if value == "" && len(tokens) > 2 && tokens[2].name == "" {
		n, value = 2, tokens[2].source
	}
	again := scan(name + "=" + value)
	if len(again) != 1 {
		return token{}, 0
	}
	return again[0], n
}

// isFor tells whether a name says for how long a command is asked for.
func (p *parser) isFor(name string) bool { return p.cmd.Timed && strings.EqualFold(name, ForParam) }

// named assigns name=value and returns how many of the following words belong to the value.
func (p *parser) named(t token, following []token) (int, error) {
	if p.isFor(t.name) {
		n := p.tail(&t, following, spanWord)
		var err error
		p.extras.For, err = ReadSpan(t.value)
		return n, err
	}
	if extra := p.extra(t.name); extra != nil {
		n := p.tail(&t, following, anyWord)
		*extra = strings.TrimSpace(t.value)
		return n, nil
	}
	f, err := p.cmd.field(t.name)
	if err != nil {
		return 0, err
	}
	if _, twice := p.values[f.Name]; twice && !f.List {
		return 0, wrong(f.Name, "it is given twice")
	}
	n := 0
	switch {
	case f.kind.name == "time":
		n = p.tail(&t, following, clockWord)
	case f.kind.verbatim:
		n = p.verbatim(&t, following)
	case f.freeText():
		n = p.tail(&t, following, anyWord)
	case f.kind.name == "choice" && !f.List:
		n = p.choiceWords(f, &t, following)
	}
	return n, p.set(f, t)
}

// freeText tells whether bare words behind a value are the rest of it: description=Test description.
func (f field) freeText() bool {
	return !f.List && (f.kind.name == "text" || f.kind.name == "multiline") && f.kind.search == "" && !f.kind.filter
}

// extra returns where reason and ticket go; nil for other names and for commands that take neither.
func (p *parser) extra(name string) *string {
	if p.cmd.Risk == Read {
		return nil
	}
	switch strings.ToLower(name) {
	case "reason":
		return &p.extras.Reason
	case "ticket":
		return &p.extras.Ticket
	}
	return nil
}

// tail adds the bare words that follow an unquoted value to it: reason=beaconing to C2, start-time=2026-11-20 14:00.
func (p *parser) tail(t *token, following []token, belongs func(string) bool) int {
	n := 0
	for !t.quoted && t.value != "" && n < len(following) && following[n].name == "" && belongs(following[n].value) {
		t.value += " " + following[n].value
		n++
	}
	return n
}

// choiceWords adds the bare words that follow to a choice that has them in its name: verdict=False Positive. The longest name wins.
func (p *parser) choiceWords(f field, t *token, following []token) int {
	whole, most, names := t.value, 0, []string{t.value}
	for !t.quoted && most < min(len(following), maxChoiceWords) && following[most].name == "" && !following[most].quoted {
		whole += " " + following[most].value
		names = append(names, whole)
		most++
	}
	for n := most; n > 0; n-- {
		if _, err := f.kind.read(names[n], p.in); err == nil {
			t.value = names[n]
			return n
		}
	}
	return 0
}

// maxChoiceWords is how many words follow the first one in the name of a choice.
const maxChoiceWords = 4

func anyWord(string) bool { return true }

// clockWord tells whether a word continues a date: a time of day, a zone, ago.
func clockWord(word string) bool {
	return zoneWord(word) || word == "ago" || word == "at" || len(word) >= 4 && word[0] >= '0' && word[0] <= '9' && strings.Contains(word, ":")
}

// set reads a value into its parameter; a list that is given again grows.
func (p *parser) set(f field, t token) error {
	if !f.List {
		if strings.TrimSpace(t.value) == "" {
			return nil
		}
		value, err := f.readOne(t.value, p.in)
		if err == nil {
			p.values[f.Name] = value
		}
		return err
	}
	words := t.items
	if len(words) == 1 && strings.HasPrefix(strings.TrimSpace(words[0]), "[") {
		words = listWords(words[0])
	}
	words = f.parted(words)
	list, err := f.readAll(append(wordsOf(p.values[f.Name]), words...), p.in)
	if err == nil && len(list.([]any)) > 0 {
		p.values[f.Name] = list
	}
	return err
}

// parted parts words at commas that stand in quotes, where a value can have none: "Active, Draft" are two states, and two ids in
// quotes are two. A name may have one: "Acme, Inc." is whole.
func (f field) parted(words []string) []string {
	var parts []string
	for _, w := range words {
		split := strings.Split(w, ",")
		for i, part := range split {
			split[i] = strings.TrimSpace(part)
		}
		named := slices.ContainsFunc(split, func(part string) bool { return part != "" && isName(part) })
		if len(f.kind.choices) == 0 && (f.kind.search == "" || named) {
			split = []string{w}
		}
		parts = append(parts, split...)
	}
	return parts
}

// listWords reads a list in brackets: JSON, or words with or without quotes.
func listWords(text string) []string {
	for _, candidate := range []string{text, typographic.Replace(text)} {
		var list []json.RawMessage
		if json.Unmarshal([]byte(candidate), &list) != nil {
			continue
		}
		words := make([]string, len(list))
		for i, element := range list {
			words[i] = word(element)
		}
		return words
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "["), "]")
	var words []string
	for _, t := range scan(inner) {
		words = append(words, t.items...)
	}
	return words
}

// plain reads the first bare word as what the command says that it stands for.
func (p *parser) plain() error {
	if len(p.main) == 0 || p.main[0].quoted {
		return nil
	}
	means, ok := p.cmd.Plain[strings.ToLower(p.main[0].value)]
	if !ok {
		return nil
	}
	p.main = p.main[1:]
	_, err := p.named(scan(means)[0], nil)
	return err
}

// mainWords gives the bare words to the main parameter: several to a list, joined to a text.
func (p *parser) mainWords() error {
	if len(p.main) == 0 {
		return nil
	}
	f, err := p.cmd.mainField(p.main[0].value)
	if err != nil {
		return err
	}
	if _, twice := p.values[f.Name]; twice && !f.List {
		return &UsageError{Problem: fmt.Sprintf("%s belongs to no parameter", quote(p.main[0].value)), Hint: "put values with spaces in quotes"}
	}
	if f.kind.verbatim {
		p.verbatim(&p.main[0], p.main[1:])
		return p.set(f, p.main[0])
	}
	whole, between := token{quoted: true}, " "
	if f.kind.selects != "" && !strings.HasPrefix(p.main[0].value, "{") {
		between = "," // names or ids of what a filter selects
	}
	for i, t := range p.main {
		if i > 0 {
			whole.value += between
		}
		whole.value += t.value
		whole.items = append(whole.items, t.items...)
		if f.List && strings.HasPrefix(t.value, "[") {
			whole.items = append(whole.items[:len(whole.items)-len(t.items)], listWords(t.value)...)
		}
	}
	return p.set(f, whole)
}

func (cmd *Command) mainField(value string) (field, error) {
	i := slices.IndexFunc(cmd.fields, func(f field) bool { return f.Name == cmd.Main && !f.hidden })
	if i >= 0 {
		return cmd.fields[i], nil
	}
	hint := "it takes no parameters"
	if names := namesOf(cmd.fields); len(names) > 0 {
		hint = "write name=value; the parameters are " + strings.Join(names, ", ")
	}
	return field{}, &UsageError{Problem: fmt.Sprintf("%s belongs to no parameter", quote(value)), Hint: hint}
}

// field finds a parameter by its name in any spelling, an alias, or the start of exactly one name.
func (cmd *Command) field(name string) (field, error) {
	plain := squash(name)
	var starts []field
	for _, f := range cmd.fields {
		if f.hidden {
			continue
		}
		if squash(f.Name) == plain || slices.ContainsFunc(f.Aliases, func(a string) bool { return squash(a) == plain }) {
			return f, nil
		}
		if len(plain) >= 3 && strings.HasPrefix(squash(f.Name), plain) {
			starts = append(starts, f)
		}
	}
	if len(starts) == 1 {
		return starts[0], nil
	}
	return field{}, cmd.unknownParam(name)
}

func (cmd *Command) unknownParam(name string) error {
	names := namesOf(cmd.fields)
	if cmd.Timed {
		names = append(names, ForParam)
	}
	e := &UsageError{Param: name, Problem: "unknown parameter " + quote(name) + " in " + cmd.Name, Nearest: Nearest(name, names)}
	switch {
	case len(names) == 0:
		e.Hint = "it takes no parameters"
	case len(e.Nearest) == 0:
		e.Hint = "the parameters are " + strings.Join(names, ", ")
	}
	if cmd.Risk == Read && slices.Contains([]string{"reason", "ticket"}, strings.ToLower(name)) {
		e.Hint = "only commands that change something take a reason or a ticket"
	}
	return e
}

// suggest completes a usage error by a line to try, where the right value can be told: the nearest choice or number.
func (cmd *Command) suggest(err error, given Invocation) error {
	cmd.explain(err, given.Args)
	e, ok := err.(*UsageError)
	if !ok || e.Param == "" || len(e.Nearest) == 0 {
		return err
	}
	f, ferr := cmd.field(e.Param)
	if ferr != nil || f.List || f.kind.filter { // the nearest of a filter are keys, no values
		return err
	}
	values, _ := object(given.Args)
	value, verr := f.readOne(e.Nearest[0], Input{})
	if verr != nil {
		return err
	}
	values[f.Name] = marshal(value)
	try := Invocation{Command: cmd.Name, Args: marshal(values), How: render.Run}
	if cmd.Check(try.Args) != nil {
		return err
	}
	try.Args, _ = cmd.Hide(try.Args)
	e.Try, e.TryLine = &try, cmd.Line(try.Args)
	return err
}
