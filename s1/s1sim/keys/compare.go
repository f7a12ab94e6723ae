package keys

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// WrongKind is what the service says of a value that is not what its key wants.
var WrongKind = map[Kind]string{
	Textual: "Not a valid string.",
	Ident:   "Not a valid Identifier.",
	Boolean: "Not a valid boolean.",
	Integer: "Not a valid integer.",
	Moment:  "Not a valid datetime.",
}

// scalars returns, for each kind that is more than a string, the check that also brings a value to
// its one spelling. One spelling is what makes values of bodies, queries and objects comparable as
// text.
func scalars() map[Kind]func(any) (string, bool) {
	return map[Kind]func(any) (string, bool){
		Ident:   readID,
		Boolean: readBool,
		Integer: ReadInt,
		Moment:  readTime,
	}
}

// readID takes a string of 17 to 20 digits. The service asks for at least 10^17, which is 18
// digits; the two lengths around it and leading zeros are those of sanitised recordings. A JSON
// number is refused: it may have lost digits on its way.
func readID(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok && validID(s)
}

// validID is the form of an id and not whether there is one: what does not exist is nobody's error
// in a filter.
func validID(s string) bool {
	if len(s) < 17 || len(s) > 20 {
		return false
	}
	return Digits(s)
}

// readBool takes true and false in the spellings that known clients send, a string among them.
func readBool(v any) (string, bool) {
	b, err := strconv.ParseBool(wire.Plain(v))
	return strconv.FormatBool(b), err == nil
}

// ReadInt takes an integer, as a number or in a string.
func ReadInt(v any) (string, bool) {
	n, err := strconv.Atoi(wire.Plain(v))
	return strconv.Itoa(n), err == nil
}

// readTime takes ISO 8601 with T and a zone; other spellings are clients' own.
func readTime(v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return wire.Stamp(t), err == nil
}

// Digits tells whether a text is digits and nothing else.
func Digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// InRange tells whether a text is an integer between two others.
func InRange(s string, low, high int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= low && n <= high
}

// rangeFault checks "from-to": two milliseconds since 1970, two numbers, or two versions.
func (k Key) rangeFault(s string) string {
	from, to, _ := strings.Cut(s, "-")
	if from != "" && to != "" && k.Kind == Version || Digits(from) && Digits(to) {
		return ""
	}
	return "Not a valid range."
}

// compile makes the test of one key, nil when it restricts nothing. An empty list restricts
// nothing: it is what makes "ids": [] as dangerous as no filter at all.
func (k Key) compile(want []string) func(wire.Object) bool {
	if len(want) == 0 || k.Kind == Free || k.Op == ignored && k.Test == nil {
		return nil
	}
	if k.Test != nil {
		return func(o wire.Object) bool {
			return slices.ContainsFunc(want, func(w string) bool { return k.Test(o, w) })
		}
	}
	have := func(o wire.Object, fits func(have, want string) bool) bool {
		return slices.ContainsFunc(k.Values(o), func(h any) bool {
			return slices.ContainsFunc(want, func(w string) bool { return fits(wire.Plain(h), w) })
		})
	}
	equal := func(have, want string) bool { return have == want }
	switch k.Op {
	case AnyOf:
		return func(o wire.Object) bool { return have(o, equal) }
	case NoneOf:
		return func(o wire.Object) bool { return !have(o, equal) }
	case Within:
		return func(o wire.Object) bool { return have(o, ContainsFold) }
	case Between:
		return func(o wire.Object) bool { return have(o, k.inside) }
	}
	return func(o wire.Object) bool {
		return have(o, func(have, want string) bool { return k.ordered(have, want) })
	}
}

// ContainsFold is strings.Contains in any case.
func ContainsFold(have, want string) bool {
	return strings.Contains(strings.ToLower(have), strings.ToLower(want))
}

// PrefixFold is strings.HasPrefix in any case.
func PrefixFold(have, want string) bool {
	return strings.HasPrefix(strings.ToLower(have), strings.ToLower(want))
}

// ordered is have < want and its three sisters. What cannot be compared does not match.
func (k Key) ordered(have, want string) bool {
	n, ok := k.compare(have, want)
	if !ok {
		return false
	}
	switch k.Op {
	case less:
		return n < 0
	case atMost:
		return n <= 0
	case more:
		return n > 0
	}
	return n >= 0
}

// Both ends belong to a range.
func (k Key) inside(have, want string) bool {
	from, to, _ := strings.Cut(want, "-")
	if k.Kind == Moment {
		from, to = millis(from), millis(to)
	}
	low, ok1 := k.compare(have, from)
	high, ok2 := k.compare(have, to)
	return ok1 && ok2 && low >= 0 && high <= 0
}

// millis writes a time that came in milliseconds as objects have it.
func millis(s string) string {
	n, _ := strconv.ParseInt(s, 10, 64)
	return wire.Stamp(time.UnixMilli(n))
}

// compare orders two values by what the key is about, for __gt, __lt and __between. False is what
// cannot be compared, which then matches nothing: in the order of letters 10 would come before 9.
func (k Key) compare(a, b string) (int, bool) {
	switch k.Kind {
	case Moment:
		ta, err1 := time.Parse(time.RFC3339Nano, a)
		tb, err2 := time.Parse(time.RFC3339Nano, b)
		return ta.Compare(tb), err1 == nil && err2 == nil
	case Integer:
		na, err1 := strconv.ParseFloat(a, 64)
		nb, err2 := strconv.ParseFloat(b, 64)
		return cmp.Compare(na, nb), err1 == nil && err2 == nil
	case Version:
		return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), compareNumeric), true
	}
	return strings.Compare(a, b), true
}

// compareNumeric compares digits as numbers, of any length.
func compareNumeric(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
