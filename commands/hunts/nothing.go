package hunts

import (
	"regexp"
	"strings"

	"s1bot/render"
	"s1bot/s1/huntapi"
)

// A hunt that found nothing is no all-clear: it says what was looked for, where and when, and what
// the query may have missed.

// sought is what the queries of huntWording look for, each in the words around its value.
var sought = []struct{ query, before, after string }{
	{byProcess, "process with ", " in its name"},
	{byFile, "file, module or process with ", " in its path, name or command line"},
	{bySHA1, "file or process with the SHA-1 ", ""},
	{bySHA256, "file or process with the SHA-256 ", ""},
	{byMD5, "process or module with the MD5 ", ""},
	{byIP, "connection to ", ""},
	{byDomain, "DNS request for ", ""},
	{byCommand, "process with ", " in its command line"},
}

// nothing is what a hunt without events found out. Only a query that was made from a sentence has
// one thing that it looked for; another is judged by who wrote it.
func (h *hunt) nothing() render.Line {
	line := render.Line{render.Text("No event matches this query")}
	for _, s := range sought {
		values := valuesIn(h.query, s.query)
		if values == nil {
			continue
		}
		line = render.Line{render.Text("No " + s.before), render.Mono(values["what"]), render.Text(s.after + " was seen on any endpoint")}
		if values["host"] != "" {
			line = append(line, render.Text(" with "), render.Mono(values["host"]), render.Text(" in its name"))
		}
	}
	line = append(line, render.Text(" between "), render.At(h.from), render.Text(" and "), render.At(h.to))
	if h.scope != "" {
		line = append(line, render.Text(" · "+h.scope))
	}
	return line
}

// valuesIn are what stands in a query for $what and $host of the form that it was made by; nil where
// it was not.
func valuesIn(query, form string) map[string]string {
	pattern := regexp.QuoteMeta(form) + `(?: AND ` + regexp.QuoteMeta(byHost) + `)?`
	for _, name := range []string{"what", "host"} {
		pattern = strings.ReplaceAll(pattern, `\$`+name, `(?P<`+name+`>[^"]*)`)
	}
	read := regexp.MustCompile("^" + pattern + "$")
	found := read.FindStringSubmatch(query)
	if found == nil {
		return nil
	}
	values := map[string]string{}
	for i, name := range read.SubexpNames() {
		values[name] = found[i]
	}
	return values
}

// An operator that tells upper from lower case, before a value with letters. Contains does so in
// S1QL 1.0 alone.
const (
	equals   = `=\s*["']?|(?:\bin|:matchcase)\s*\(?\s*["']`
	contains = `|\b(?:contains|startswith|endswith)\s*\(?\s*["']`
	letters  = `[^"'\s)]*[a-z]`
)

var (
	caseInOne = regexp.MustCompile(`(?i)(?:` + equals + contains + `)` + letters)
	caseInTwo = regexp.MustCompile(`(?i)(?:` + equals + `)` + letters)
)

// caseMatters is what to try where a query of one's own may have missed a name by its case; "" where
// it takes any. A query goes to the data lake as it is if it is in its language.
func (h *hunt) caseMatters() string {
	switch lake := h.state.Engine == huntapi.DataLake && h.sent == ""; {
	case lake && caseInTwo.MatchString(h.query):
		return "= and in tell upper from lower case: contains and in:anycase don't"
	case !lake && caseInOne.MatchString(h.query):
		return "=, In and Contains tell upper from lower case: ContainsCIS and In Anycase don't"
	}
	return ""
}
