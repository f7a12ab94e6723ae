package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is s with everything spelled out that a reader could not see: bidirectional controls,
// zero-width and control characters show as ⟨U+202E⟩, broken UTF-8 as U+FFFD. Line feeds and tabs
// stay.
//
// A right-to-left override in a file name ("exe.fdp" turned around) is the oldest trick there is,
// and a zero-width space makes two hosts that look alike. Emoji keep their variation selectors, and
// letters their marks, up to four.
func Visible(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	done, marks, before := 0, 0, rune(0)
	for at, r := range s {
		if isPlain(r) {
			marks, before = 0, r
			continue
		}
		if r >= firstMark && unicode.In(r, unicode.Mn, unicode.Me) && !variation(r) {
			marks++
		} else {
			marks = 0
		}
		selects := (r == 0xFE0E || r == 0xFE0F) && before > 0x7F // ⚠️ is ⚠ and a wish for colour
		before = r
		shown := "\uFFFD"
		switch {
		case r == utf8.RuneError:
		case !selects && (hidden(r) || marks > 4): // stacked marks cover the lines above and below
			shown = fmt.Sprintf("⟨U+%04X⟩", r)
		default:
			continue
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		b.WriteString(s[done:at] + shown)
		done = at + size
	}
	if done == 0 {
		return s
	}
	return b.String() + s[done:]
}

// firstMark is where the combining marks begin (U+0300).
const firstMark = 0x300

// plain says that s is printable ASCII, as most names are.
func plain(s string) bool {
	for i := range len(s) {
		if !isPlain(rune(s[i])) {
			return false
		}
	}
	return true
}

func isPlain(r rune) bool { return ' ' <= r && r <= '~' || r == '\n' || r == '\t' }

// variation tells the selectors that choose between a sign's shapes.
func variation(r rune) bool {
	return 0xFE00 <= r && r <= 0xFE0F
}

// hidden tells characters that have no shape of their own: Cc and Cf hold nearly all of them, the
// rest are fillers.
func hidden(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return true
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x2800, r == 0x3164, r == 0xFFA0:
		return true
	case variation(r), 0x180B <= r && r <= 0x180F, 0xE0000 <= r && r <= 0xE0FFF, r == 0xFFFE, r == 0xFFFF:
		return true
	}
	return false
}

// line is Visible text on one line: a file name with a line feed in it cannot pose as the next line
// of a card.
func line(s string) string {
	return oneLine.Replace(lines(s))
}

var oneLine = strings.NewReplacer("\n", "⏎", "\t", " ")

// lines is Visible text that keeps its lines.
func lines(s string) string {
	return Visible(strings.ReplaceAll(s, "\r\n", "\n"))
}

// width is what r counts for in Slack's limits at worst: UTF-16 units, and &, < and > as the
// entities they become.
//
// Slack does not say in which unit it counts. These are the largest of the candidates, so that
// whatever it counts fits.
func width(r rune) int {
	switch {
	case r == '&':
		return len("&amp;")
	case r == '<' || r == '>':
		return len("&lt;")
	case r > 0xFFFF:
		return 2
	}
	return 1
}

// length is how much of Slack's limits s takes, at worst.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// Cut is s or as much of its beginning as fits n, with … at the end.
//
// A text of n/5 bytes fits whatever its characters are, for none counts for more than five; that
// spares most texts the counting.
func Cut(s string, n int) string {
	if len(s) <= n/5 || length(s) <= n {
		return s
	}
	left := n - 1
	for i, r := range s {
		if left -= width(r); left < 0 {
			return strings.TrimRight(s[:i], " \n") + "…"
		}
	}
	return s
}

// or is s, or other where s has nothing to show: Slack refuses empty texts.
func or(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// defang breaks what could become a link in a place that has no markup but may look for addresses:
// a header, a button, a cell. The text stays readable and can be mended by hand:
// http[:]//evil.example.
func defang(s string) string {
	s = strings.ReplaceAll(s, "://", "[:]//")
	if !hasWWW(s) {
		return s
	}
	return www.ReplaceAllString(s, "$1[.]")
}

// hasWWW is a quick answer to whether www can match.
func hasWWW(s string) bool {
	for rest := s; ; {
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			return false
		}
		if i >= 3 && strings.EqualFold(rest[i-3:i], "www") {
			return true
		}
		rest = rest[i+1:]
	}
}

// defangAll also breaks mail addresses and bare domains, which Slack links in the fallback
// ("run.sh" is a domain to it). A name is taken for a domain if it ends in a country's two letters
// or in an ending that people register.
//
// A file called run.sh would become a link to a domain that somebody may own.
func defangAll(s string) string {
	if !strings.ContainsAny(s, ".@:") {
		return s
	}
	s = schemes.ReplaceAllString(defang(s), "$1[:]")
	s = mails.ReplaceAllString(s, "$1[@]")
	return domains.ReplaceAllString(s, "$1[.]$2")
}

var (
	www     = regexp.MustCompile(`(?i)(www)\.`)
	schemes = regexp.MustCompile(`(?i)\b(mailto|tel|slack|data|javascript):`)
	mails   = regexp.MustCompile(`([\pL\pN._%+-])@`)
	domains = regexp.MustCompile(`(?i)([\pL\pN-])\.([a-z]{2}|com|net|org|info|biz|xyz|top|zip|mov|app|dev|link|click|online|` +
		`site|shop|live|club|cloud|icu|work|page|space|tech|store|mobi|name|pro|gov|edu|mil|int|onion|xn--[a-z0-9-]+)\b`)
)

// short is what plain text objects show of s: one line, no addresses, n characters; other stands
// where s has nothing to show.
func short(s, other string, n int) string {
	if most := 8 * n; len(s) > most { // enough for n characters and then some: cleaning megabytes would be for nothing
		s = strings.ToValidUTF8(s[:most], "\uFFFD")
	}
	return Cut(or(defang(line(s)), other), n)
}

// markup replaces the characters that mrkdwn reads by look-alikes.
var markup = strings.NewReplacer("*", "∗", "~", "∼", "`", "ˋ", "@", "＠")

var (
	underscore = regexp.MustCompile(`(^|[^\pL\pN])_|_([^\pL\pN]|$)`)
	shortcode  = regexp.MustCompile(`:([\pL\pN_+'-]+):`)
	entities   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// inert is text for a place where Slack reads mrkdwn whatever we say: the fallback. No character of
// it does anything.
func inert(s string) string {
	s = markup.Replace(defangAll(line(s)))
	for underscore.MatchString(s) { // a match ends where the next may begin
		s = underscore.ReplaceAllString(s, "$1＿$2")
	}
	for shortcode.MatchString(s) {
		s = shortcode.ReplaceAllString(s, "∶$1:")
	}
	return entities.Replace(s)
}

// inertLines is inert text that keeps its lines.
func inertLines(s string) string {
	all := strings.Split(s, "\n")
	for i, l := range all {
		all[i] = inert(l)
	}
	return strings.Join(all, "\n")
}

// harmless says that s means itself in verbatim mrkdwn. It lists what is allowed, so that whatever
// Slack comes to understand next is not.
//
// The price of a name that is not on the list is plain text instead of bold.
func harmless(s string) bool {
	colons, before := 0, ' '
	for rest := s; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		after, _ := utf8.DecodeRuneInString(rest)
		switch {
		case letter(r), unicode.Is(unicode.So, r), variation(r), strings.ContainsRune(` .,;()/\+-%='"·—–…?!|[]{}$§°⟨⟩`, r):
		case r == ':' && colons == 0 && after != '/': // one alone is no :emoji: and no scheme
			colons++
		case r == '_' && letter(before) && letter(after):
		default:
			return false
		}
		before = r
	}
	return !hasWWW(s)
}

// letter takes the letters, digits and marks of all scripts.
func letter(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.M)
}
