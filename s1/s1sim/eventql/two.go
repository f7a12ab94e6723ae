package eventql

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// A Refusal is what the data lake says about a query that it cannot read.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// ParseTwo returns the test that a query in S1QL 2.0 makes of an event; an empty one lets
// everything through, and a lone star is refused.
func ParseTwo(query string) (func(map[string]any) bool, error) {
	list, err := tokenize(query)
	if err != nil {
		return nil, Refusal("Unable to parse the entire query")
	}
	if len(list) == 0 {
		return func(object) bool { return true }, nil
	}
	return LakeConditions(list)
}

// LakeConditions is the Parser of the data lake.
func LakeConditions(list []string) (func(map[string]any) bool, error) {
	p := &lakeConditions{rest: list}
	test, err := p.either()
	if err == nil && len(p.rest) > 0 {
		err = p.stuck()
	}
	if err != nil {
		return nil, err
	}
	return func(e object) bool { return test(Flat(e)) }, nil
}

// lakeConditions reads terms that stand side by side, or have and, or, not, ! and brackets between
// them.
type lakeConditions struct{ rest []string }

// stuck is what the service says about a word that it cannot place.
func (p *lakeConditions) stuck() error {
	if len(p.rest) == 0 {
		return Refusal("Unable to parse the entire query")
	}
	return Refusal("Don't understand [" + p.rest[0] + "]")
}

func (p *lakeConditions) word(w string) bool {
	if len(p.rest) == 0 || !strings.EqualFold(p.rest[0], w) {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *lakeConditions) either() (func(object) bool, error) {
	return chain(p.both, func() bool { return p.word("or") }, func(a, b bool) bool { return a || b })
}

// Terms that stand side by side are joined as if by "and".
func (p *lakeConditions) both() (func(object) bool, error) {
	another := func() bool {
		if len(p.rest) == 0 || strings.EqualFold(p.rest[0], "or") || p.rest[0] == ")" {
			return false
		}
		p.word("and") // which may be left out
		return true
	}
	return chain(p.single, another, func(a, b bool) bool { return a && b })
}

// single has both ways to negate, and brackets, which must be closed.
func (p *lakeConditions) single() (func(object) bool, error) {
	switch {
	case p.word("not"), p.word("!"):
		test, err := p.single()
		return func(o object) bool { return !test(o) }, err
	case p.word("("):
		test, err := p.either()
		if err == nil && !p.word(")") {
			err = p.stuck()
		}
		return test, err
	}
	return p.comparison()
}

var lakeField = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)

// comparison reads one term. A field that nobody has is no error: no event has it.
func (p *lakeConditions) comparison() (func(object) bool, error) {
	if len(p.rest) < 3 || !lakeField.MatchString(p.rest[0]) {
		return nil, p.stuck()
	}
	field, operator := p.rest[0], strings.ToLower(p.rest[1])
	p.rest = p.rest[1:]
	if (operator == "=" || operator == "==") && p.rest[1] == "*" {
		p.rest = p.rest[2:]
		return func(o object) bool { return text(o, field) != "" }, nil
	}
	match, known := lakeOperators[operator]
	if !known {
		return nil, p.stuck()
	}
	p.rest = p.rest[1:]
	values, err := p.values(strings.HasPrefix(operator, "in"))
	if err == nil && strings.HasPrefix(operator, "matches") {
		for _, v := range values {
			if _, wrong := regexp.Compile(v); wrong != nil {
				err = Refusal("Invalid regular expression [" + v + "]")
			}
		}
	}
	return func(o object) bool {
		have := text(o, field)
		return have != "" && slices.ContainsFunc(values, func(v string) bool { return match(have, v) })
	}, err
}

// lakeOperators compare. contains and matches tell no upper from lower case unless they say matchcase;
// = and in do, unless in says anycase [the vendor's PowerQuery skill, "Case sensitivity flip"].
var lakeOperators = map[string]func(have, want string) bool{
	"=": func(a, b string) bool { return a == b }, "==": func(a, b string) bool { return a == b }, "!=": func(a, b string) bool { return a != b },
	"in": func(a, b string) bool { return a == b }, "in:matchcase": func(a, b string) bool { return a == b }, "in:anycase": strings.EqualFold,
	"contains":           func(a, b string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(b)) },
	"contains:anycase":   func(a, b string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(b)) },
	"contains:matchcase": strings.Contains,
	"matches":            func(a, b string) bool { found, _ := regexp.MatchString("(?i)"+b, a); return found },
	"matches:matchcase":  func(a, b string) bool { found, _ := regexp.MatchString(b, a); return found },
	"<":                  func(a, b string) bool { return number(a) < number(b) }, "<=": func(a, b string) bool { return number(a) <= number(b) },
	">": func(a, b string) bool { return number(a) > number(b) }, ">=": func(a, b string) bool { return number(a) >= number(b) },
}

func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

// values reads one value or a list in brackets; operators of lists take nothing else. "in" with a
// lone text is refused and not read as a list of one.
func (p *lakeConditions) values(list bool) ([]string, error) {
	if !p.word("(") {
		if list {
			return nil, p.stuck()
		}
		v, err := p.value()
		return []string{v}, err
	}
	return listed(p.value, p.word, p.stuck)
}

func (p *lakeConditions) value() (string, error) {
	c := conditions{rest: p.rest}
	v, err := c.value()
	if err != nil {
		return "", p.stuck()
	}
	p.rest = c.rest
	return v, nil
}
