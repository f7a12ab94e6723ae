// Package slash reads and writes the text behind /s1: what a person types in Slack becomes a catalog.Invocation, and an invocation becomes
// the line that means it.
//
//	isolate DESKTOP-1 reason="beaconing"  ──Parse──▶  disconnect-agent-from-network {"agent-ids":["DESKTOP-1"]}, reason
//	                                      ◀──Line───
//
// Package text cuts the line into tokens and knows no command. Here the tokens meet the parameters of one command: name=value by name or
// alias, bare words into the command's main parameter, queries as they stand (rawquery.go). What cannot be read comes back as a
// catalog.UsageError with the nearest names and, where it is safe to tell, a line to try.
//
// The rule that must not break: a line is never guessed into a change. A mistyped command that only reads may be offered as a button that
// runs it; one that changes something opens a form. And Mask hides secrets in any text, whether or not it parses.
package slash

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Parse reads slash text, as Slack sends it: a command's name or alias, bare words for its main
// parameter, and name=value. The error is a *UsageError, or a *MissingError where only required
// parameters are absent. What was read is returned beside the error, so that a form can be opened
// with it. Extras are valid in any case.
func Parse(c *catalog.Catalog, typed string, in text.Input) (catalog.Invocation, catalog.Extras, error) {
	typed = strings.TrimSpace(text.Unescape(strings.ToValidUTF8(typed, "\uFFFD")))
	cmd, rest, extras, err := cutCommand(c, Unquoted(c, typed), in)
	if err != nil {
		return catalog.Invocation{}, extras, err
	}
	p := parser{cmd: cmd, in: in, values: map[string]any{}}
	tokens := text.Scan(rest)
	err = p.assign(tokens)
	DefaultTimes(cmd, p.values, in.Now)
	given := catalog.Invocation{Command: cmd.Name, Args: catalog.Marshal(p.values), Console: p.on}
	if err != nil {
		return given, p.extras, p.offer(tokens, suggest(cmd, err, given))
	}
	if err := cmd.CheckRead(p.values, given.Args, in.Now); err != nil {
		return given, p.extras, suggest(cmd, err, given)
	}
	return given, p.extras, nil
}

// Unquoted is a line whose command stood in quotes, without them: who copies `list-agents` or “isolate” from a text copies its quotes. What else stands in
// quotes keeps them.
func Unquoted(c *catalog.Catalog, line string) string {
	line = text.TrimBlank(line)
	name, rest, ok := text.CutQuoted(line, true)
	if !ok || rest != "" && !strings.HasPrefix(rest, " ") {
		return line
	}
	if _, known := c.Find(strings.Join(strings.Fields(name), "-")); !known {
		return line
	}
	return name + rest
}

// cutCommand finds the command at the start of text. Its name may be written with spaces or underscores. Where there is none the error
// offers what was probably meant, and the extras are those of what was typed.
func cutCommand(c *catalog.Catalog, text string, in text.Input) (*catalog.Command, string, catalog.Extras, error) {
	words := leadingWords(text)
	if len(words) == 0 {
		return nil, "", catalog.Extras{}, &catalog.UsageError{Problem: "no command was given", Hint: "/s1 help lists them"}
	}
	if cmd, n := c.Leading(words); n > 0 {
		return cmd, afterWords(text, n), catalog.Extras{}, nil
	}
	extras, err := unknownCommand(c, words[0], afterWords(text, 1), in)
	return nil, "", extras, err
}

// maxNameWords is how many words the name of a command may have.
const maxNameWords = 8

// leadingWords are those that may be the name of a command. No name goes on behind a value.
func leadingWords(typed string) []string {
	var words []string
	for word := range strings.FieldsFuncSeq(typed, unicode.IsSpace) {
		value := strings.Contains(word, "=")
		if !value || len(words) == 0 {
			words = append(words, word)
		}
		if value || len(words) == maxNameWords {
			break
		}
	}
	return words
}

// afterWords returns what follows the first n words of text. The rest is taken from the text and
// not joined from the words, for blanks within it may mean something.
func afterWords(typed string, n int) string {
	for range n {
		typed = text.TrimBlank(typed)
		i := strings.IndexFunc(typed, unicode.IsSpace)
		if i < 0 {
			return ""
		}
		typed = typed[i:]
	}
	return typed
}

// A parser puts tokens into a command's parameters.
type parser struct {
	cmd    *catalog.Command
	in     text.Input
	values map[string]any
	extras catalog.Extras
	main   []text.Token // bare words
	on     string       // the console that was named
}

// assign takes what it can of the tokens; the error is about the first that it cannot. It goes on
// after an error, so that the form that is offered has everything that could be read.
func (p *parser) assign(tokens []text.Token) error {
	var first error
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if spaced, n := p.spaced(tokens[i:]); n > 0 {
			t = spaced
			i += n
		}
		if f := p.flag(t); f != "" {
			first = cmp.Or(first, unknownFlag(p.cmd, f))
			continue
		}
		if t.Name == "" || p.inQuery(t) {
			if err := p.stray(tokens[:i], t); first == nil {
				first = err
			}
			p.main = append(slices.Grow(p.main, len(tokens)-i), t)
			continue
		}
		taken, err := p.named(t, tokens[i+1:])
		if first == nil {
			first = err
		}
		i += taken
	}
	if err := p.narrow(); first == nil {
		first = err
	}
	if err := p.mainWords(); first == nil {
		first = err
	}
	return first
}

// DefaultTimes fills in the times of a command that must have both: the last 24 hours, or the day up to an end that was given. Where
// nothing at all was given the form asks.
func DefaultTimes(cmd *catalog.Command, values map[string]any, now time.Time) {
	if len(values) == 0 || !cmd.NeedsTimes() || now.IsZero() {
		return
	}
	if values[catalog.EndParam] == nil {
		values[catalog.EndParam] = now.UTC().Format(time.RFC3339)
	}
	until, err := time.Parse(time.RFC3339, fmt.Sprint(values[catalog.EndParam]))
	if values[catalog.StartParam] != nil || err != nil {
		return
	}
	if start, err := text.ReadTime(until.Add(-24*time.Hour).Format(time.RFC3339), text.Input{}); err == nil { // the day before 1971 is none
		values[catalog.StartParam] = start.Format(time.RFC3339)
	}
}

// stray complains of a bare word right behind a list of texts or names, where the main parameter has its words already: it is the
// rest of a value that has blanks.
func (p *parser) stray(before []text.Token, t text.Token) error {
	if len(before) == 0 || before[len(before)-1].Name == "" || before[len(before)-1].Quoted {
		return nil
	}
	last := before[len(before)-1]
	f, ok := p.cmd.Lookup(last.Name)
	_, given := p.values[p.cmd.Main]
	if !ok || p.cmd.Main != "" && len(p.main) == 0 && !given || f.Type.Name != "text" && (!f.Type.TakesNames() || f.Name == p.cmd.Main) {
		return nil
	}
	e := catalog.Wrong(f.Name, "%s follows it without quotes", text.Quote(t.Value))
	e.Hint = "put a value with spaces in quotes: " + f.Name + `="` + last.Value + " " + t.Value + `"; separate several values with commas`
	return e
}

// spaced reads "limit = 10" and "limit =10", if the first word is a parameter's name, and returns how many words it took more.
func (p *parser) spaced(tokens []text.Token) (text.Token, int) {
	if len(tokens) < 2 || tokens[0].Name != "" || tokens[0].Quoted || !strings.HasPrefix(tokens[1].Source, "=") {
		return text.Token{}, 0
	}
	name := tokens[0].Value
	if _, ok := p.cmd.Lookup(name); !ok && p.extra(name) == nil && !p.isFor(name) && !isConsole(name) {
		return text.Token{}, 0
	}
	n, value := 1, tokens[1].Source[1:]
	if value == "" && len(tokens) > 2 && tokens[2].Name == "" {
		n, value = 2, tokens[2].Source
	}
	again := text.Scan(name + "=" + value)
	if len(again) != 1 {
		return text.Token{}, 0
	}
	return again[0], n
}

// isConsole tells whether a name says which console a command is for; no command has a parameter of that name.
func isConsole(name string) bool { return strings.EqualFold(name, catalog.ConsoleParam) }

// isFor tells whether a name says for how long a command is asked for.
func (p *parser) isFor(name string) bool {
	return p.cmd.Timed && strings.EqualFold(name, catalog.ForParam)
}

// named assigns name=value and returns how many of the following words belong to the value.
func (p *parser) named(t text.Token, following []text.Token) (int, error) {
	if p.isFor(t.Name) {
		n := p.tail(&t, following, text.SpanWord)
		var err error
		p.extras.For, err = catalog.ReadSpan(t.Value)
		return n, err
	}
	if isConsole(t.Name) {
		p.on = strings.TrimSpace(t.Value)
		return 0, nil
	}
	if extra := p.extra(t.Name); extra != nil {
		n := p.tail(&t, following, anyWord)
		*extra = strings.TrimSpace(t.Value)
		return n, nil
	}
	f, err := p.cmd.Field(t.Name)
	if err != nil {
		return 0, err
	}
	if _, twice := p.values[f.Name]; twice && !f.List {
		return 0, catalog.Wrong(f.Name, "it is given twice")
	}
	n := 0
	switch {
	case f.Type.Name == "time":
		n = p.tail(&t, following, clockWord)
	case f.Type.Verbatim:
		n = p.rawQuery(&t, following)
	case freeText(f):
		n = p.tail(&t, following, anyWord)
	case f.Type.Name == "choice" && !f.List:
		n = p.choiceWords(f, &t, following)
	}
	return n, p.set(f, t)
}

// freeText tells whether bare words behind a value are the rest of it: description=Test description.
func freeText(f catalog.Field) bool {
	return !f.List && (f.Type.Name == "text" || f.Type.Name == "multiline") && f.Type.Search == "" && !f.Type.Filter
}

// extra returns where reason and ticket go; nil for other names and for commands that take neither.
func (p *parser) extra(name string) *string {
	if p.cmd.Risk == catalog.Read {
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

// maxChoiceWords is how many words follow the first one in the name of a choice.
const maxChoiceWords = 4

// set reads a value into its parameter; a list that is given again grows.
func (p *parser) set(f catalog.Field, t text.Token) error {
	if !f.List {
		if strings.TrimSpace(t.Value) == "" {
			return nil
		}
		value, err := f.ReadOne(t.Value, p.in)
		if err == nil {
			p.values[f.Name] = value
		}
		return err
	}
	words := t.Items
	if len(words) == 1 && strings.HasPrefix(strings.TrimSpace(words[0]), "[") {
		words = catalog.ListWords(words[0])
	}
	words = parted(f, words)
	list, err := f.ReadAll(append(catalog.WordsOf(p.values[f.Name]), words...), p.in)
	if err == nil && len(list.([]any)) > 0 {
		p.values[f.Name] = list
	}
	return err
}

// parted parts words at commas that stand in quotes, where a value can have none: "Active, Draft" are two states, and two ids in
// quotes are two. A name may have one: "Acme, Inc." is whole.
func parted(f catalog.Field, words []string) []string {
	if len(f.Type.Choices) == 0 && f.Type.Search == "" {
		return words
	}
	var parts []string
	for _, w := range words {
		split := strings.Split(w, ",")
		for i, part := range split {
			split[i] = strings.TrimSpace(part)
		}
		named := slices.ContainsFunc(split, func(part string) bool { return part != "" && catalog.IsName(part) })
		if len(f.Type.Choices) == 0 && named {
			split = []string{w}
		}
		parts = append(parts, split...)
	}
	return parts
}

// suggest completes a usage error by a line to try, where the right value can be told: the nearest choice or number.
func suggest(cmd *catalog.Command, err error, given catalog.Invocation) error {
	cmd.Explain(err, given.Args)
	e, ok := err.(*catalog.UsageError)
	if !ok || e.Param == "" || len(e.Nearest) == 0 {
		return err
	}
	f, ok := cmd.Lookup(e.Param)
	if !ok || f.List || f.Type.Filter { // the nearest of a filter are keys, no values
		return err
	}
	values, _ := catalog.Object(given.Args)
	value, verr := f.ReadOne(e.Nearest[0], text.Input{})
	if verr != nil {
		return err
	}
	values[f.Name] = catalog.Marshal(value)
	try := catalog.Invocation{Command: cmd.Name, Args: catalog.Marshal(values), How: render.Run}
	if cmd.Check(try.Args) != nil {
		return err
	}
	try.Args, _ = cmd.Hide(try.Args)
	e.Try, e.TryLine = &try, Line(cmd, try.Args)
	return err
}
