// Package text reads what people type and writes what people read: words and quotes, times, lengths of time, names that were probably
// meant. It knows no command and no console.
//
// The rule one must not break: what was written is never guessed beyond what it says. What can be read in two ways is an error that
// names both.
package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Token is one piece of slash text: a bare word, or name=value.
type Token struct {
	Name   string   // empty for a bare word
	Value  string   // as it was meant: without quotes, several parts joined as they stood
	Items  []string // the value split at commas outside quotes
	Quoted bool     // some of it stood in quotes or braces, so nothing that follows belongs to it
	Source string   // all of it as it was written
	Raw    string   // the value as it was written, with its quotes
}

// NameForm is a parameter's name, also as documents and phones write it: see blanks.go.
const NameForm = `[\x{200B}-\x{200F}\x{2060}\x{FEFF}]*(\pL[\pL\d_\x{00AD}\x{200B}-\x{2015}\x{2060}\x{2212}\x{FEFF}-]*)`

// NamePart is a parameter's name with its =, also behind the dashes of other programs, which are
// refused later with an offer.
var NamePart = regexp.MustCompile(`^(?:--?|–|—)?` + NameForm + `=`)

// Scan splits text into tokens. It never fails: what is not balanced is taken as it stands.
func Scan(text string) []Token {
	tokens := make([]Token, 0, min(strings.Count(text, " ")+1, 32))
	for text = TrimBlank(text); text != ""; text = TrimBlank(text) {
		t, whole := Token{}, text
		if name, value, ok := cutName(text); ok {
			t.Name, text = name, value
			if after := TrimBlank(text); after != text && !named(after) {
				text = after // "limit= 10"
			}
		}
		v := ValueScanner{Rest: text}
		v.Scan()
		t.Raw, t.Source = text[:len(text)-len(v.Rest)], whole[:len(whole)-len(v.Rest)]
		text = v.Rest
		t.Value, t.Items, t.Quoted = v.all.String(), v.items, v.quoted
		tokens = append(tokens, t)
	}
	return tokens
}

// cutName cuts what NamePart fits off a text. Of plain letters, which is nearly all that anybody types, it needs no expression.
func cutName(text string) (name, value string, ok bool) {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf || i == 0 && c == '-':
			m := NamePart.FindStringSubmatch(text)
			if m == nil {
				return "", text, false
			}
			return PlainName(m[1]), text[len(m[0]):], true
		case c == '=' && i > 0:
			return text[:i], text[i+1:], true
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || i > 0 && ('0' <= c && c <= '9' || c == '_' || c == '-'):
		default:
			return "", text, false
		}
	}
	return "", text, false
}

// named tells whether a text begins with a name and its =.
func named(text string) bool {
	_, _, ok := cutName(text)
	return ok
}

// CutValue cuts the first value off a text, quotes around it undone. It is none where a parameter begins.
func CutValue(text string) (value, rest string, ok bool) {
	text = TrimBlank(text)
	if text == "" || named(text) {
		return "", text, false
	}
	v := ValueScanner{Rest: text}
	v.Scan()
	return v.all.String(), strings.TrimSpace(v.Rest), true
}

// A ValueScanner reads one value, up to the first space outside of quotes and braces.
type ValueScanner struct {
	Rest   string
	all    pieces
	item   pieces
	items  []string
	quoted bool
	last   rune // that was read
	solid  bool // the current item has a quoted part: it counts even if it is empty
}

// Scan reads on from Rest. A JSON object is one value with its blanks and quotes as they stand.
func (v *ValueScanner) Scan() {
	if object, rest, ok := CutJSON(v.Rest); ok {
		v.all.add(object)
		v.items, v.Rest, v.quoted = []string{object}, rest, true
		return
	}
	for v.Rest != "" {
		if n := plain(v.Rest); n > 0 {
			v.write(v.Rest[:n])
			v.last, v.Rest = rune(v.Rest[n-1]), v.Rest[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(v.Rest)
		if unicode.IsSpace(r) {
			break
		}
		if content, rest, ok := CutQuoted(v.Rest, v.item.String() == ""); ok {
			v.write(content)
			v.Rest, v.quoted, v.solid = rest, true, true
			continue
		}
		v.Rest = v.Rest[size:]
		switch {
		case r == ',':
			v.comma()
		case IsUnseen(r) && !(isJoiner(r) && v.last > '\u0590'): // in words of Persian and in emoji they mean something
		case IsHyphen(r) && r <= '\u2011':
			v.write("-")
		default:
			v.write(string(r))
		}
		v.last = r
	}
	v.endItem()
}

// write adds to the value and to its current item, which differ in the commas alone.
func (v *ValueScanner) write(s string) {
	v.all.add(s)
	v.item.add(s)
}

// plain counts the bytes at the front of a text that are themselves wherever they stand: they are read at once.
func plain(text string) int {
	n := 0
	for n < len(text) && text[n] > ' ' && text[n] < utf8.RuneSelf && !strings.ContainsRune("\"'`,", rune(text[n])) {
		n++
	}
	return n
}

// comma ends an item. A space after it does not end the value ("DESKTOP-1, DESKTOP-2"), unless a parameter follows.
func (v *ValueScanner) comma() {
	v.endItem()
	v.all.add(",")
	after := TrimBlank(v.Rest)
	if after != v.Rest && after != "" && !named(after) {
		v.all.add(" ")
		v.Rest = after
	}
}

// An item that is empty counts if it was quoted: a="" says empty, a=, says nothing.
func (v *ValueScanner) endItem() {
	if item := v.item.String(); item != "" || v.solid {
		v.items = append(v.items, item)
	}
	v.item, v.solid = pieces{}, false
}

// Pieces are put together into one text. Of a single one, as nearly every value is, nothing is copied.
type pieces struct {
	one  string
	many strings.Builder
}

func (p *pieces) add(s string) {
	if p.String() == "" {
		p.one = s
		return
	}
	if p.many.Len() == 0 {
		p.many.WriteString(p.one)
	}
	p.many.WriteString(s)
}

func (p *pieces) String() string {
	if p.many.Len() == 0 {
		return p.one
	}
	return p.many.String()
}

// Quotes as keyboards and phones write them.
const (
	doubleQuotes = "\"“”„‟«»"
	singleQuotes = "'‘’‚‛‹›"
)

// fence is what Slack puts around a block of code.
const fence = "```"

// CutQuoted cuts a quoted text off the front of s. Inside, the quote itself is written twice, or after a backslash; a
// backslash before anything else is a backslash, for paths are full of them. Single quotes open only at the start of a word
// and close only at its end: elsewhere they are apostrophes.
func CutQuoted(s string, atStart bool) (content, rest string, ok bool) {
	open, size := utf8.DecodeRuneInString(s)
	switch {
	case open == '"':
		if content, rest, ok = cutDouble(s[size:], `"`); ok {
			return content, rest, true
		}
		return cutDouble(s[size:], doubleQuotes)
	case strings.ContainsRune(doubleQuotes, open):
		return cutDouble(s[size:], doubleQuotes)
	case atStart && strings.ContainsRune(singleQuotes, open):
		return cutSingle(s[size:])
	case atStart && strings.HasPrefix(s, fence): // a block of code, as people paste JSON
		content, rest, ok = strings.Cut(s[len(fence):], fence)
		return strings.Trim(content, "\r\n"), rest, ok
	case atStart && open == '`': // how names are written in Slack, and copied from there
		return strings.Cut(s[size:], "`")
	}
	return "", s, false
}

// It closes at any of the closers, because phones put a closing quote of another kind than the
// opening one. A quote that nothing closes is no quote: the text stands as it is.
func cutDouble(s, closers string) (content, rest string, ok bool) {
	var within pieces
	from := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		after := s[i+size:]
		switch {
		case r == '\\' && escapes(after), r == '"' && strings.HasPrefix(after, `"`):
			within.add(s[from:i])
			from, i = i+1, i+2 // the quote behind it is a piece of what follows
		case strings.ContainsRune(closers, r):
			within.add(s[from:i])
			return within.String(), after, true
		default:
			i += size
		}
	}
	return "", s, false
}

// escapes tells whether a backslash with after behind it means a quote that does not end the value. What counts is how many quotes
// follow: Line writes a backslash as it is and doubles quotes, so an odd number at the end of a value is pairs and the closing one, and an
// even number within it is pairs. Otherwise somebody escaped the first.
func escapes(after string) bool {
	rest := strings.TrimLeft(after, `"`)
	odd := (len(after)-len(rest))%2 == 1
	return rest != after && odd != closes(rest)
}

// closes tells whether a quote with rest after it ends a value: a path in quotes may end in a backslash. It does if a space, a
// comma or nothing follows and the quotes that remain are paired.
func closes(rest string) bool {
	if rest == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return (first == ',' || unicode.IsSpace(first)) && strings.Count(rest, `"`)%2 == 0
}

// A quote with a letter behind it is an apostrophe, wherever the text began.
func cutSingle(s string) (content, rest string, ok bool) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		after := s[i+size:]
		i += size
		if !strings.ContainsRune(singleQuotes, r) {
			continue
		}
		next, _ := utf8.DecodeRuneInString(after)
		if after == "" || next == ',' || unicode.IsSpace(next) {
			return s[:i-size], after, true
		}
	}
	return "", s, false
}

// CutJSON cuts a JSON object or list off the front of s: up to the brace that closes the first one.
// It counts braces and does not read: what is inside may still be no JSON, and whoever takes it
// says so with the parameter's name.
func CutJSON(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '{' && s[0] != '[' {
		return "", s, false
	}
	depth, inside := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return s[:i+1], s[i+1:], true
			}
		}
	}
	return "", s, false
}
