package s1sim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wrongKind is what the service says of a value that is not what its key wants.
var wrongKind = map[kind]string{
	textual: "Not a valid string.",
	ident:   "Not a valid Identifier.",
	boolean: "Not a valid boolean.",
	integer: "Not a valid integer.",
	moment:  "Not a valid datetime.",
}

// scalars returns, for each kind that is more than a string, the check that also brings a value to its one spelling.
func scalars() map[kind]func(any) (string, bool) {
	return map[kind]func(any) (string, bool){
		ident:   readID,
		boolean: readBool,
		integer: readInt,
		moment:  readTime,
	}
}

// readID takes a string of 17 to 20 digits. The service asks for at least 10^17, which is 18 digits; the two lengths around
// it and leading zeros are those of sanitised recordings. A JSON number is refused: it may have lost digits on its way.
func readID(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok && validID(s)
}

func validID(s string) bool {
	if len(s) < 17 || len(s) > 20 {
		return false
	}
	return digits(s)
}

// readBool takes true and false in the spellings that known clients send, a string among them.
func readBool(v any) (string, bool) {
	b, err := strconv.ParseBool(plain(v))
	return strconv.FormatBool(b), err == nil
}

func readInt(v any) (string, bool) {
	n, err := strconv.Atoi(plain(v))
	return strconv.Itoa(n), err == nil
}

// readTime takes ISO 8601 with T and a zone; other spellings are clients' own.
func readTime(v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return stamp(t), err == nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func inRange(s string, low, high int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= low && n <= high
}

// rangeFault checks "from-to": two milliseconds since 1970, two numbers, or two versions.
func (k key) rangeFault(s string) string {
	from, to, _ := strings.Cut(s, "-")
	if from != "" && to != "" && k.kind == version || digits(from) && digits(to) {
		return ""
	}
	return "Not a valid range."
}

// compile makes the test of one key, nil when it restricts nothing. An empty list restricts nothing: it is what makes
// "ids": [] as dangerous as no filter at all.
func (k key) compile(c *Console, want []string) func(object) bool {
	if len(want) == 0 || k.kind == free || k.op == ignored && k.test == nil {
		return nil
	}
	if k.test != nil {
		return func(o object) bool {
			return slices.ContainsFunc(want, func(w string) bool { return k.test(o, w) })
		}
	}
	have := func(o object, fits func(have, want string) bool) bool {
		return slices.ContainsFunc(k.values(c, o), func(h any) bool {
			return slices.ContainsFunc(want, func(w string) bool { return fits(plain(h), w) })
		})
	}
	equal := func(have, want string) bool { return have == want }
	switch k.op {
	case anyOf:
		return func(o object) bool { return have(o, equal) }
	case noneOf:
		return func(o object) bool { return !have(o, equal) }
	case within:
		return func(o object) bool { return have(o, containsFold) }
	case between:
		return func(o object) bool { return have(o, k.inside) }
	}
	return func(o object) bool {
		return have(o, func(have, want string) bool { return k.ordered(have, want) })
	}
}

func containsFold(have, want string) bool {
	return strings.Contains(strings.ToLower(have), strings.ToLower(want))
}

func prefixFold(have, want string) bool {
	return strings.HasPrefix(strings.ToLower(have), strings.ToLower(want))
}

// ordered is have < want and its three sisters. What cannot be compared does not match.
func (k key) ordered(have, want string) bool {
	n, ok := k.compare(have, want)
	if !ok {
		return false
	}
	switch k.op {
	case less:
		return n < 0
	case atMost:
		return n <= 0
	case more:
		return n > 0
	}
	return n >= 0
}

func (k key) inside(have, want string) bool {
	from, to, _ := strings.Cut(want, "-")
	if k.kind == moment {
		from, to = millis(from), millis(to)
	}
	low, ok1 := k.compare(have, from)
	high, ok2 := k.compare(have, to)
	return ok1 && ok2 && low >= 0 && high <= 0
}

func millis(s string) string {
	n, _ := strconv.ParseInt(s, 10, 64)
	return stamp(time.UnixMilli(n))
}

func (k key) compare(a, b string) (int, bool) {
	switch k.kind {
	case moment:
		ta, err1 := time.Parse(time.RFC3339Nano, a)
		tb, err2 := time.Parse(time.RFC3339Nano, b)
		return ta.Compare(tb), err1 == nil && err2 == nil
	case integer:
		na, err1 := strconv.ParseFloat(a, 64)
		nb, err2 := strconv.ParseFloat(b, 64)
		return cmp.Compare(na, nb), err1 == nil && err2 == nil
	case version:
		return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), compareNumeric), true
	}
	return strings.Compare(a, b), true
}

func compareNumeric(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
