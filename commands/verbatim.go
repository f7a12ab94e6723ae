package commands

import "strings"

// A query has quotes and equal signs of its own. Who writes it without quotes around it means every character of it, up to the
// next parameter: query=processName = "svchost.exe" AND pid=4 limit=10.

// verbatim takes the words that follow into a query, and returns how many.
func (p *parser) verbatim(t *token, following []token) int {
	if whole, ok := wholeQuote(firstNonEmpty(t.raw, t.source)); ok {
		t.value = whole
		return 0
	}
	text, n := firstNonEmpty(t.raw, t.source), 0
	for n < len(following) && (following[n].name == "" || !p.isParam(following[n].name)) {
		text += " " + following[n].source
		n++
	}
	if whole, ok := wholeQuote(text); ok {
		text = whole
	}
	t.value = text
	return n
}

// wholeQuote returns what stands between quotes around a whole text. Inner quotes that nobody escaped are taken as they are
// where that can be told: "name CONTAINS "x"".
func wholeQuote(text string) (string, bool) {
	content, rest, ok := cutQuoted(text, true)
	switch {
	case ok && rest == "":
		return content, true
	case ok && strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `""`) && strings.Count(text, `"`)%2 == 0:
		return text[1 : len(text)-1], true
	}
	return "", false
}

// inQuery tells whether name=value belongs to a query that is written as bare words.
func (p *parser) inQuery(t token) bool {
	if len(p.main) == 0 || p.isParam(t.name) {
		return false
	}
	f, err := p.cmd.mainField(t.value)
	return err == nil && f.kind.verbatim
}

func (p *parser) isParam(name string) bool {
	_, err := p.cmd.field(name)
	return err == nil || p.extra(name) != nil
}
