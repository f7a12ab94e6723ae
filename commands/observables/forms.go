package observables

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"s1bot/commands/text"
)

// dot stands for a dot that somebody made harmless, until its observable is read: that it was one
// tells a domain from a file's name. It is of Unicode's private use area, so no text of meaning has
// it.
const dot = "\uE000"

func plainDots(s string) string { return strings.ReplaceAll(s, dot, ".") }

// How people make addresses harmless: hxxp://evil[.]com, evil(dot)com, 2001[:]db8::1,
// admin[@]evil.com.
var (
	slackLinks   = regexp.MustCompile(`<([a-z]+:[^<>|\s]+)(?:\|([^<>]*))?>`)
	slackTokens  = regexp.MustCompile(`<[@#!][^<>]*>`)
	fangedScheme = regexp.MustCompile(`(?i)\b(?:h(?:xx|\*\*|tt)p(s?)|f(?:x|t)p(s?))\s?(?:\[:\]//|\[://\]|:\[//\]|://|:\\\\)`)
	fangedDot    = regexp.MustCompile(`(?i)\s?(?:\[\.\]|\[dot\])\s?|\(\.\)|\{\.\}|\(dot\)|\{dot\}|\[\.|\.\]`)
	fangedColon  = regexp.MustCompile(`\[:\]|\(:\)|\{:\}`)
	fangedAt     = regexp.MustCompile(`(?i)\[@\]|\[at\]|\(@\)`)
	entities     = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", dot, " ")
)

// refanged is a text of Slack's as it reads with links spelled out, without mentions, and with
// harmless addresses as they were.
func refanged(t string) string {
	t = strings.ToValidUTF8(t, " ")
	t = slackLinks.ReplaceAllString(t, " $1 $2 ")
	t = entities.Replace(slackTokens.ReplaceAllString(t, " "))
	t = strings.Map(func(r rune) rune {
		if text.IsUnseen(r) {
			return -1
		}
		return r
	}, t)
	t = fangedScheme.ReplaceAllStringFunc(t, func(found string) string {
		m := fangedScheme.FindStringSubmatch(found)
		if strings.EqualFold(found[:1], "f") {
			return "ftp" + strings.ToLower(m[2]) + "://"
		}
		return "http" + strings.ToLower(m[1]) + "://"
	})
	t = fangedDot.ReplaceAllString(t, dot)
	return fangedAt.ReplaceAllString(fangedColon.ReplaceAllString(t, ":"), "@")
}

// A pattern is a form, and what must not stand right before and after it: there it would be a part
// of something else.
type pattern struct {
	*regexp.Regexp
	before func(rune) bool
	after  func(rest string) bool
}

// apart tells whether a match stands by itself.
func (p pattern) apart(t string, m []int) bool {
	before, _ := utf8.DecodeLastRuneInString(t[:m[0]])
	return (m[0] == 0 || !p.before(before)) && (m[1] == len(t) || !p.after(t[m[1]:]))
}

func wordy(r rune) bool { return text.IsWordRune(r) || r == '_' }

func anything(rune) bool { return false }

func open(string) bool { return false }

// word tells a rest that goes on with the same word.
func word(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return wordy(r)
}

// longer tells a rest that goes on with the same word, or with another number behind a dot or a
// hyphen.
func longer(rest string) bool { return word(rest) || moreDigits.MatchString(rest) }

var moreDigits = regexp.MustCompile(`^[-.` + dot + `][0-9A-Fa-f]`)

// besides are word runes and some more.
func besides(more string) func(rune) bool {
	return func(r rune) bool { return wordy(r) || strings.ContainsRune(more, r) }
}

// The forms, in the order in which they are looked for.
var (
	urls       = pattern{regexp.MustCompile(`(?i)(?:https?|ftps?)://[^\s<>"'` + "`" + `|\\^{}]+`), wordy, open}
	addresses6 = pattern{regexp.MustCompile(`[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:?[0-9A-Fa-f.` + dot + `:]*`), besides("."), word}
	addresses4 = pattern{regexp.MustCompile(`[0-9]{1,3}(?:[.` + dot + `][0-9]{1,3}){3}`), besides("."), longer}
	hashes     = pattern{regexp.MustCompile(`[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32}`), wordy, word}
	ids        = pattern{regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9]{17,20}`), besides("-"), longer}
	dotted     = pattern{regexp.MustCompile(`[\pL\pN_](?:[\pL\pN_-]*[\pL\pN_])?(?:[.` + dot + `][\pL\pN_](?:[\pL\pN_-]*[\pL\pN_])?)*[.` + dot + `](?:xn--[A-Za-z0-9-]+|\pL{2,24})`), besides(`\.-` + dot), word}
	names      = pattern{regexp.MustCompile(`[\pL\pN_](?:[\pL\pN_‐‑-]*[\pL\pN_])?`), anything, open}
)

// fileEndings are those of files that incidents are about: of a name that ends in one nobody looks
// up a domain, unless it was made harmless.
var fileEndings = set(`7z aac app apk asp aspx avi bak bash bat bin bmp bz2 cab cfg chm class cmd cpl cpp cs css csv dat db deb dll dmg doc docm docx
	dotm drv eml elf exe gif go gz hta htm html ico img inf ini ipa iso jar java jpeg jpg js jse json jsp key ko lnk log lua md mht mov mp3 mp4 msc msg
	msi msix msp nim ocx odt one otf pcap pdb pdf pem pfx php pif pkg pl plist png ppam pptm ppt pptx ps ps1 psd1 psm1 pst py pyc pyd rar rb reg
	rpm rs rtf scr sct service sh so sql svg swf sys tar tgz tiff tmp toml ttf txt url vb vba vbe vbs vhd vhdx vmdk wav wim wsf xhtml xla xlam xls
	xlsb xlsm xlsx xml xz yaml yml zip`)

// localEndings are those of names inside a network (RFC 6762, RFC 8375 and what people use in their
// place).
var localEndings = set("local lan internal corp intra intranet localdomain home arpa ad")

// noNames are words of reports that look like a name.
var noNames = set("md5 sha1 sha-1 sha256 sha-256 ipv4 ipv6 base64 win32 win64 x64 x86 utf-8 c2 edr-alert http https urls hash iocs tcp udp")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}
