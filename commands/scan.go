package commands

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one piece of slash text: a bare word, or name=value.
type token struct {
	name   string   // empty for a bare word
	value  string   // as it was meant: without quotes, several parts joined as they stood
	items  []string // the value split at commas outside quotes
	quoted bool     // some of it stood in quotes or braces, so nothing that follows belongs to it
	source string   // all of it as it was written
	raw    string   // the value as it was written, with its quotes
}

// nameForm is a parameter's name, also as documents and phones write it: see blanks.go.
const nameForm = `[\x{200B}-\x{200F}\x{2060}\x{FEFF}]*(\pL[\pL\d_\x{00AD}\x{200B}-\x{2015}\x{2060}\x{2212}\x{FEFF}-]*)`

var namePart = regexp.MustCompile(`^(?:--?|–|—)?` + nameForm + `=`)

// scan splits text into tokens. It never fails: what is not balanced is taken as it stands.
func scan(text string) []token {
	var tokens []token
	for text = trimSpace(text); text != ""; text = trimSpace(text) {
		t, whole := token{}, text
		if m := namePart.FindStringSubmatch(text); m != nil {
			t.name, text = plainName(m[1]), text[len(m[0]):]
			if after := trimSpace(text); after != text && !namePart.MatchString(after) {
				text = after // "limit= 10"
			}
		}
		v := valueScanner{rest: text}
		v.scan()
		t.raw, t.source = text[:len(text)-len(v.rest)], whole[:len(whole)-len(v.rest)]
		text = v.rest
		t.value, t.items, t.quoted = v.all.String(), v.items, v.quoted
		tokens = append(tokens, t)
	}
	return tokens
}

func trimSpace(s string) string { return TrimBlank(s) }

// CutValue cuts the first value off a text, quotes around it undone. It is none where a parameter begins.
func CutValue(text string) (value, rest string, ok bool) {
	text = trimSpace(text)
	if text == "" || namePart.MatchString(text) {
		return "", text, false
	}
	v := valueScanner{rest: text}
	v.scan()
	return v.all.String(), strings.TrimSpace(v.rest), true
}

// A valueScanner reads one value, up to the first space outside of quotes and braces.
type valueScanner struct {
	rest   string
	all    strings.Builder
	item   strings.Builder
	items  []string
	quoted bool
	last   rune // that was read
	solid  bool // the current item has a quoted part: it counts even if it is empty
}

func (v *valueScanner) scan() {
	if object, rest, ok := cutJSON(v.rest); ok {
		v.all.WriteString(object)
		v.items, v.rest, v.quoted = []string{object}, rest, true
		return
	}
	for v.rest != "" {
		r, size := utf8.DecodeRuneInString(v.rest)
		if unicode.IsSpace(r) {
			break
		}
		if content, rest, ok := cutQuoted(v.rest, v.item.Len() == 0); ok {
			v.write(content)
			v.rest, v.quoted, v.solid = rest, true, true
			continue
		}
		v.rest = v.rest[size:]
		switch {
		case r == ',':
			v.comma()
		case isUnseen(r) && !(isJoiner(r) && v.last > '\u0590'): // in words of Persian and in emoji they mean something
		case isHyphen(r) && r <= '\u2011':
			v.write("-")
		default:
			v.write(string(r))
		}
		v.last = r
	}
	v.endItem()
}

func (v *valueScanner) write(s string) {
	v.all.WriteString(s)
	v.item.WriteString(s)
}

// comma ends an item. A space after it does not end the value ("DESKTOP-1, DESKTOP-2"), unless a parameter follows.
func (v *valueScanner) comma() {
	v.endItem()
	v.all.WriteByte(',')
	after := trimSpace(v.rest)
	if after != v.rest && after != "" && !namePart.MatchString(after) {
		v.all.WriteByte(' ')
		v.rest = after
	}
}

func (v *valueScanner) endItem() {
	if v.item.Len() > 0 || v.solid {
		v.items = append(v.items, v.item.String())
	}
	v.item.Reset()
	v.solid = false
}

// Quotes as keyboards and phones write them.
const (
	doubleQuotes = "\"“”„‟«»"
	singleQuotes = "'‘’‚‛‹›"
)

// fence is what Slack puts around a block of code.
const fence = "```"

// cutQuoted cuts a quoted text off the front of s. Inside, the quote itself is written twice, or after a backslash; a
// backslash before anything else is a backslash, for paths are full of them. Single quotes open only at the start of a word
// and close only at its end: elsewhere they are apostrophes.
func cutQuoted(s string, atStart bool) (content, rest string, ok bool) {
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

func cutDouble(s, closers string) (content, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		after := s[i+size:]
		switch {
		case r == '\\' && escapes(after):
			b.WriteByte('"')
			i += 2
		case r == '"' && strings.HasPrefix(after, `"`):
			b.WriteByte('"')
			i += 2
		case strings.ContainsRune(closers, r):
			return b.String(), after, true
		default:
			b.WriteString(s[i : i+size])
			i += size
		}
	}
	return "", s, false
}

// escapes tells whether a backslash with after behind it means a quote that does not end the value: one quote that cannot be
// the end, or two of which the second is. Otherwise it is a backslash of its own.
func escapes(after string) bool {
	if two, ok := strings.CutPrefix(after, `""`); ok {
		return closes(two)
	}
	return strings.HasPrefix(after, `"`) && !closes(after[1:])
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

// cutJSON cuts a JSON object or list off the front of s: up to the brace that closes the first one.
func cutJSON(s string) (value, rest string, ok bool) {
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
