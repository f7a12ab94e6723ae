package slash

import (
	"cmp"
	"strings"

	"s1bot/commands/text"
)

// A query has quotes and equal signs of its own. Who writes it without quotes around it means every character of it, up to the
// next parameter: query=processName = "svchost.exe" AND pid=4 limit=10.

// rawQuery takes the words that follow into a query, and returns how many.
func (p *parser) rawQuery(t *text.Token, following []text.Token) int {
	if whole, ok := wholeQuote(cmp.Or(t.Raw, t.Source)); ok {
		t.Value = whole
		return 0
	}
	text, n := cmp.Or(t.Raw, t.Source), 0
	for n < len(following) && (following[n].Name == "" || !p.isParam(following[n].Name)) {
		text += " " + following[n].Source
		n++
	}
	if whole, ok := wholeQuote(text); ok {
		text = whole
	}
	t.Value = text
	return n
}

// wholeQuote returns what stands between quotes around a whole text. Inner quotes that nobody escaped are taken as they are
// where that can be told: "name CONTAINS "x"".
func wholeQuote(typed string) (string, bool) {
	content, rest, ok := text.CutQuoted(typed, true)
	switch {
	case ok && rest == "":
		return content, true
	case ok && strings.HasPrefix(typed, `"`) && strings.HasSuffix(typed, `""`) && strings.Count(typed, `"`)%2 == 0:
		return typed[1 : len(typed)-1], true
	}
	return "", false
}

// inQuery tells whether name=value belongs to a query that is written as bare words.
func (p *parser) inQuery(t text.Token) bool {
	if len(p.main) == 0 || p.isParam(t.Name) {
		return false
	}
	f, err := mainField(p.cmd, t.Value)
	return err == nil && f.Type.Verbatim
}

func (p *parser) isParam(name string) bool {
	_, ok := p.cmd.Lookup(name)
	return ok || p.extra(name) != nil
}
