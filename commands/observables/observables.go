// Package observables finds, in a text that anybody may have written, what a console can be asked
// about: hashes, addresses, domains, URLs, ids of threats and alerts, and words that may be names
// of endpoints.
//
// A text is read in steps, each of which takes what it recognises out of it, so that no character
// counts twice: first what people do to make an address harmless is undone (hxxp, [.], [:]), then
// come URLs, addresses of version 6 and 4, hashes, ids, files, domains, and what is left are words.
// So the 1.2.3.4 in http://1.2.3.4/x is found in its URL, and evil.exe is a file and no domain.
//
// The rule one must not break: nothing is looked up here and nothing is believed. Texts come from
// attackers, so what is found is a value of a known form, bounded in length and number, and whoever
// uses it treats it as data.
package observables

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"s1bot/commands/text"
)

// A Kind is what an observable is.
type Kind string

// The kinds.
const (
	MD5    Kind = "MD5"
	SHA1   Kind = "SHA-1"
	SHA256 Kind = "SHA-256"
	IPv4   Kind = "IPv4 address"
	IPv6   Kind = "IPv6 address"
	Domain Kind = "domain"
	URL    Kind = "URL"
	ID     Kind = "id"   // of a threat or an alert: which, the console knows
	Word   Kind = "word" // may be an endpoint's name
)

// An Observable is a value of a kind, in one form whatever form it was written in: without what
// made it harmless, hashes, domains and addresses in small letters.
type Observable struct {
	Kind  Kind
	Value string
}

// IsHash reports whether it is a file's hash.
func (o Observable) IsHash() bool { return o.Kind == MD5 || o.Kind == SHA1 || o.Kind == SHA256 }

// Bounds on what is read: a Slack message has at most 40,000 characters of text and 50 blocks.
const (
	maxText  = 200_000 // bytes of one text
	maxFound = 500     // of all texts; the reader is shown far fewer
	maxWords = 60      // names that an endpoint may have
)

// Find returns what is in the texts, each once, in the order in which they have it: words apart,
// behind all others, for most of them mean nothing.
func Find(texts ...string) []Observable {
	var found, words []Observable
	seen := map[Observable]bool{}
	for _, t := range texts {
		for _, o := range find(t) {
			switch {
			case seen[o], o.Kind == Word && len(words) == maxWords, o.Kind != Word && len(found) == maxFound:
				continue
			case o.Kind == Word:
				words = append(words, o)
			default:
				found = append(found, o)
			}
			seen[o] = true
		}
	}
	return append(found, words...)
}

// A reading is a text with what was recognised so far, by where it stands.
type reading struct {
	text  string
	found []located
}

type located struct {
	Observable
	at int
}

// find takes what is most specific first, and each of them out of the text: the order of the calls
// is the rule. What was found comes back in the order of the text, in which people read it.
func find(t string) []Observable {
	r := &reading{text: refanged(t[:min(len(t), maxText)])}
	r.take(urls, readURL)
	r.take(addresses6, readIPv6)
	r.take(addresses4, readIPv4)
	r.take(hashes, readHash)
	r.take(ids, readID)
	r.take(dotted, readDotted)
	r.take(names, readName)
	slices.SortStableFunc(r.found, func(a, b located) int { return a.at - b.at })
	all := make([]Observable, len(r.found))
	for i, f := range r.found {
		all[i] = f.Observable
	}
	return all
}

// take finds all matches of a form and blanks out those of which read makes something, or knows
// that they are nothing.
func (r *reading) take(form pattern, read func(match string) (found []Observable, known bool)) {
	out := []byte(r.text)
	for _, m := range form.FindAllStringIndex(r.text, -1) {
		match := r.text[m[0]:m[1]]
		if !form.apart(r.text, m) {
			continue
		}
		found, known := read(match)
		for _, o := range found {
			r.found = append(r.found, located{o, m[0]})
		}
		if known {
			for i := m[0]; i < m[1]; i++ {
				out[i] = ' '
			}
		}
	}
	r.text = string(out)
}

// readURL is the URL and what its host is: who blocks or hunts does that by the host as often.
func readURL(match string) ([]Observable, bool) {
	match = strings.TrimRight(plainDots(match), ".,;:!?)]}'\"…")
	u, err := url.Parse(match)
	if err != nil || u.Hostname() == "" || len(match) > maxValue {
		return nil, false
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	found := []Observable{{URL, u.String()}}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return append(found, ofAddress(ip)...), true
	}
	if strings.Contains(host, ".") {
		found = append(found, Observable{Domain, host})
	}
	return found, true
}

// maxValue is the longest value that is looked up.
const maxValue = 2000

// readIPv6 reads what the pattern took for an address. A sentence may end in a colon or a full stop
// behind it, a time of day has one colon, and "::" alone is an address: netip decides.
func readIPv6(match string) ([]Observable, bool) {
	match = strings.TrimSuffix(plainDots(match), ".")
	ip, err := netip.ParseAddr(match)
	if err != nil && !strings.HasSuffix(match, "::") { // a colon that ends a sentence
		ip, err = netip.ParseAddr(strings.TrimSuffix(match, ":"))
	}
	if err != nil || strings.Count(match, ":") < 2 {
		return nil, false
	}
	return ofAddress(ip), true
}

func readIPv4(match string) ([]Observable, bool) {
	ip, err := netip.ParseAddr(plainDots(match))
	if err != nil {
		return nil, true // a version, a date: nothing else will make sense of it either
	}
	return ofAddress(ip), true
}

// ofAddress leaves out addresses that are everybody's own.
func ofAddress(ip netip.Addr) []Observable {
	ip = ip.Unmap().WithZone("")
	switch {
	case ip.IsUnspecified(), ip.IsLoopback():
		return nil
	case ip.Is4():
		return []Observable{{IPv4, ip.String()}}
	}
	return []Observable{{IPv6, ip.String()}}
}

func readHash(match string) ([]Observable, bool) {
	kind := map[int]Kind{32: MD5, 40: SHA1, 64: SHA256}[len(match)]
	return []Observable{{kind, strings.ToLower(match)}}, true
}

func readID(match string) ([]Observable, bool) {
	return []Observable{{ID, strings.ToLower(match)}}, true
}

// readDotted tells domains from files. What somebody made harmless is a domain whatever it ends in;
// of a machine in a domain that is nobody else's the name counts.
func readDotted(match string) ([]Observable, bool) {
	defanged := strings.Contains(match, dot)
	name := strings.Trim(plainDots(match), ".-")
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case len(name) > 253 || !strings.Contains(name, "."):
		return nil, false
	case defanged:
		return []Observable{{Domain, strings.ToLower(name)}}, true
	case fileEndings[strings.ToLower(last)], mixed(last):
		return nil, true
	case localEndings[strings.ToLower(last)]:
		first, _, _ := strings.Cut(name, ".")
		return []Observable{{Word, first}}, true
	}
	return []Observable{{Domain, strings.ToLower(name)}}, true
}

// mixed tells endings that nobody writes of a domain, such as that of System.Diagnostics.
func mixed(s string) bool { return s != strings.ToLower(s) && s != strings.ToUpper(s) }

// readName keeps words that may be an endpoint's name: most have a digit, a hyphen or an underscore
// in them, or are in capitals.
func readName(match string) ([]Observable, bool) {
	name := strings.Trim(text.PlainName(match), "-_")
	letters := strings.ContainsFunc(name, func(r rune) bool { return text.IsWordRune(r) && (r < '0' || r > '9') })
	marked := strings.ContainsAny(name, "0123456789-_") || len(name) >= 4 && name == strings.ToUpper(name)
	if !letters || !marked || noNames[strings.ToLower(name)] || len(name) < 3 || len(name) > 63 {
		return nil, true
	}
	return []Observable{{Word, name}}, true
}
