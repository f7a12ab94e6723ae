package hunts

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// translate makes a query for the data lake out of what a person typed. Text in S1QL 2.0 is passed
// on as it is: the console judges it. Terms in S1QL 1.0 are put into 2.0 where both mean the same,
// word for word of the tables; where they may not, the query is refused with the place and what to
// write. It is never sent as it is, for the data lake does not refuse 1.0: it finds nothing, and
// nobody would know why. Only what is plainly 1.0 is touched: a text without any of its fields is
// the person's own 2.0, however it looks.
func translate(query string) (string, error) {
	tokens, err := lex(query)
	if err != nil {
		return "", err
	}
	p := &translator{all: tokens, same: fieldTable(sameFields), split: fieldTable(splitFields)}
	translated, err := p.expression()
	if err == nil && len(p.rest()) > 0 {
		err = p.wrong(p.rest()[0], "I don't know what this means here", "")
	}
	switch {
	case p.unknown == nil && !p.hasOld():
		return query, nil
	case p.unknown != nil:
		return "", p.unknown
	case err != nil:
		return "", err
	}
	return translated, nil
}

// A token is a word, a quoted text or a sign, and where it stands. The place is shown in errors, in
// characters as a person counts them.
type token struct {
	text string
	at   int // in characters, from 1
}

var tokenForm = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|!=|<>|<=|>=|==|[=<>(),|!*]|[^\s=<>!(),|"'*]+)`)

// It knows no language, only quotes, signs and words.
func lex(query string) ([]token, error) {
	var tokens []token
	for rest := query; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return tokens, nil
		}
		at := len([]rune(query[:len(query)-len(rest)])) + 1
		word := tokenForm.FindString(rest)
		if word == "" {
			return nil, catalog.Wrong("query", "at character %d, %s: a quote is not closed", at, text.Quote(text.Shorten(rest, 30)))
		}
		tokens, rest = append(tokens, token{word, at}), rest[len(word):]
	}
}

// A translator reads terms joined by AND, OR, NOT and brackets. It reads both languages, since
// people mix them; old counts what was 1.0.
type translator struct {
	all     []token
	next    int
	same    map[string]string
	split   map[string]string
	old     int                 // terms in 1.0 so far
	unknown *catalog.UsageError // the first field without a counterpart
}

func (p *translator) rest() []token { return p.all[p.next:] }

// hasOld tells whether there is anything of 1.0 in the query, be it behind something that cannot be
// read.
func (p *translator) hasOld() bool {
	return p.old > 0 || slices.ContainsFunc(p.rest(), func(t token) bool { return p.same[strings.ToLower(t.text)] != "" })
}

// word takes the next tokens if they are the words.
func (p *translator) word(words ...string) bool {
	if len(p.rest()) < len(words) {
		return false
	}
	for i, w := range words {
		if !strings.EqualFold(p.rest()[i].text, w) {
			return false
		}
	}
	p.next += len(words)
	return true
}

func (p *translator) wrong(t token, problem, hint string) *catalog.UsageError {
	words := fmt.Sprintf("at character %d, %s: %s", t.at, text.Quote(text.Shorten(t.text, 40)), problem)
	if hint != "" {
		words += ". " + hint
	}
	return catalog.Wrong("query", "%s", words)
}

// ended is the error of a query that stops too early.
func (p *translator) ended(wanted string) *catalog.UsageError {
	if len(p.rest()) > 0 {
		return p.wrong(p.rest()[0], "here I expected "+wanted, "")
	}
	return catalog.Wrong("query", "it ends where I expected %s", wanted)
}

// expression reads terms with one kind of word between them: 1.0 has brackets where both AND and OR
// are used.
func (p *translator) expression() (string, error) {
	first, err := p.single()
	parts, joint := []string{first}, ""
	for err == nil && len(p.rest()) > 0 && p.rest()[0].text != ")" {
		at := p.rest()[0]
		word := strings.ToLower(at.text)
		switch {
		case word != "and" && word != "or":
			word = "and" // side by side, as 2.0 has it
		default:
			p.next++
		}
		if joint = cmp.Or(joint, word); joint != word {
			return "", p.wrong(at, "AND and OR side by side can be read in two ways", "Put brackets around what belongs together")
		}
		var more string
		more, err = p.single()
		parts = append(parts, more)
	}
	return strings.Join(parts, " "+joint+" "), err
}

// single reads one term, with its "not" and its brackets. What is negated gets brackets where it
// has none, so that "!" holds for the whole of it.
func (p *translator) single() (string, error) {
	switch {
	case p.word("not"), p.word("!"):
		inner, err := p.single()
		if !strings.HasPrefix(inner, "(") {
			inner = "( " + inner + " )"
		}
		return "!" + inner, err
	case p.word("("):
		inner, err := p.expression()
		if err == nil && !p.word(")") {
			err = p.ended("a closing bracket")
		}
		return "(" + inner + ")", err
	}
	return p.term()
}

var fieldForm = regexp.MustCompile(`^#?[A-Za-z_][\w.]*$`)

// term reads a field, an operator and a value. The first field without a counterpart is the error
// that is told, even if the rest cannot be read either.
func (p *translator) term() (string, error) {
	if len(p.rest()) == 0 || !fieldForm.MatchString(p.rest()[0].text) {
		return "", p.ended("the name of a field")
	}
	at := p.rest()[0]
	p.next++
	field, err := p.field(at)
	if err != nil {
		p.unknown = cmp.Or(p.unknown, err)
		return "", err
	}
	return p.compare(field, !strings.Contains(at.text, "."))
}

// field is the name of a field in 2.0.
func (p *translator) field(t token) (string, *catalog.UsageError) {
	name := strings.ToLower(strings.TrimPrefix(t.text, "#"))
	if strings.Contains(name, ".") || slices.Contains(plainFields, name) {
		return t.text, nil
	}
	if to, known := p.same[name]; known {
		p.old++
		return to, nil
	}
	if choices, known := p.split[name]; known {
		return "", p.wrong(t, "the data lake has no such field", "Use "+strings.Join(splitChoices(choices), " or "))
	}
	e := p.wrong(t, "the data lake has no such field", "Fields look like src.process.name there")
	e.Nearest = text.Nearest(name, oldNames(sameFields))
	return "", e
}

var choice = regexp.MustCompile(`[\w.]+(?: \([^)]*\))?`)

func splitChoices(choices string) []string { return choice.FindAllString(choices, -1) }

// An operator of 1.0 and what is the same in 2.0.
type operator struct {
	words []string
	to    string
	list  bool // takes a list, and 2.0 does not: one term for each value
}

// operators are those that mean the same in both languages; of two that begin alike the longer
// stands first. In 1.0 Contains tells upper from lower case, in 2.0 contains does not. Contains of
// 1.0 would find less or more if it were taken over as it is.
var operators = []operator{
	{[]string{"in", "contains", "anycase"}, "contains", true}, {[]string{"in", "contains"}, "contains:matchcase", true},
	{[]string{"contains", "anycase"}, "contains", false}, {[]string{"containscis"}, "contains", false}, {[]string{"contains"}, "contains:matchcase", false},
	{[]string{"in", "anycase"}, "in:anycase", false}, {[]string{"in"}, "in", false}, {[]string{"regexp"}, "matches", false},
	{[]string{"=="}, "=", false}, {[]string{"="}, "=", false},
	{[]string{"<="}, "<=", false}, {[]string{">="}, ">=", false}, {[]string{"<"}, "<", false}, {[]string{">"}, ">", false},
}

// lakeOperators are the operators of 2.0, for terms that have its fields.
var lakeOperators = []operator{
	{[]string{"contains:anycase"}, "contains:anycase", false}, {[]string{"contains:matchcase"}, "contains:matchcase", false}, {[]string{"contains"}, "contains", false},
	{[]string{"in:anycase"}, "in:anycase", false}, {[]string{"in:matchcase"}, "in:matchcase", false}, {[]string{"matches:matchcase"}, "matches:matchcase", false}, {[]string{"matches"}, "matches", false}, {[]string{"!="}, "!=", false},
}

// inexact says what to write instead of operators that have no counterpart.
var inexact = map[string]string{
	"!=": `Write NOT (field = "value")`, "<>": `Write NOT (field = "value")`,
	"startswith": `Contains finds the same and more, or use RegExp "^…"`, "startswithcis": `ContainsCIS finds the same and more`,
	"endswith": `Contains finds the same and more, or use RegExp "…$"`, "endswithcis": `ContainsCIS finds the same and more`,
	"between": "Use >= and <=", "not": "Put NOT in front of the term",
}

// compare reads operator and value, and writes the term. old tells that the field is one of 1.0.
func (p *translator) compare(field string, old bool) (string, error) {
	switch {
	case p.word("is", "not", "empty"), p.word("exists"):
		p.old++
		return field + " = *", nil
	case p.word("=", "*"):
		return field + " = *", nil
	case p.word("is", "empty"):
		p.old++
		return "!( " + field + " = * )", nil
	}
	known := operators
	if !old {
		known = append(slices.Clone(lakeOperators), operators...)
	}
	for _, o := range known {
		at := p.next
		if !p.word(o.words...) {
			continue
		}
		values, quoted, err := p.values()
		if err != nil {
			return "", err
		}
		if len(values) > 1 && !strings.HasPrefix(o.to, "in") && !o.list && old {
			return "", p.wrong(p.all[at], "this takes one value", "Use In for several")
		}
		return o.write(field, values, quoted), nil
	}
	if len(p.rest()) == 0 {
		return "", p.ended("an operator")
	}
	return "", p.wrong(p.rest()[0], "the data lake has no operator that does exactly this", inexact[strings.ToLower(p.rest()[0].text)])
}

// write is a term in 2.0. A site's id is text on some rows and a number on others: = finds both, in
// does not. in of 2.0 is case-sensitive.
func (o operator) write(field string, values []string, quoted bool) string {
	if o.to == "in" && field == "site.id" {
		o.to, o.list = "=", true
	}
	if strings.HasPrefix(o.to, "in") && !o.list {
		return field + " " + o.to + " (" + strings.Join(values, ", ") + ")"
	}
	var terms []string
	for _, v := range values {
		if !quoted && strings.ContainsAny(o.to, "<>") {
			v = strings.Trim(v, "'") // a number
		}
		terms = append(terms, field+" "+o.to+" "+v)
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " or ") + ")"
}

// values reads one value or a list in brackets, and writes them as 2.0 has them.
func (p *translator) values() (values []string, quoted bool, err error) {
	if !p.word("(") {
		v, quoted, err := p.value()
		return []string{v}, quoted, err
	}
	for {
		v, q, err := p.value()
		if err != nil {
			return nil, q, err
		}
		values, quoted = append(values, v), quoted || q
		if p.word(")") {
			return values, quoted, nil
		}
		if !p.word(",") {
			return nil, quoted, p.ended("a comma or a closing bracket")
		}
	}
}

// value reads one value and says whether it stood in quotes. Its escapes are undone and made anew:
// what is written is the value, not what stood in the query.
func (p *translator) value() (string, bool, error) {
	if len(p.rest()) == 0 || strings.ContainsAny(p.rest()[0].text[:1], "=<>!(),|*") {
		return "", false, p.ended("a value")
	}
	v := p.rest()[0].text
	p.next++
	quoted := v[0] == '"' || v[0] == '\''
	if quoted {
		v = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(v[1 : len(v)-1])
	}
	return lakeQuoted(v), quoted, nil
}

// lakeQuoted is a text as 2.0 quotes it. Backslashes are doubled: a path typed once would otherwise
// be a 500.
func lakeQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
