package hunts

import (
	"strings"
	"time"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1/huntapi"
)

// A hunt that found much is narrowed down by what its first rows show, without typing: a menu fills
// the form with the query and one more condition. It is opened and not run, because who hunts wants to
// see the query that they will go on with, and Deep Visibility takes one a minute.

// maxNarrowings is how many hosts, and how many processes, the menu offers.
const maxNarrowings = 4

// narrowing is the menu; none where there is nothing to choose between.
func (h *hunt) narrowing(t *tally) []render.Action {
	if t.rows < 2 || !h.call.Command.Has("query") {
		return nil
	}
	menu := render.Menu{Label: "Narrow by", Do: h.call.Variant(render.Open), Param: "query"}
	offer := func(label string, do catalog.Invocation) {
		do.How = render.Open
		menu.Options = append(menu.Options, render.Option{Label: text.Shorten(label, catalog.MaxLabel), Value: label, Do: &do})
	}
	for _, host := range choices(t.hosts) {
		offer("Only "+host, h.call.With("query", h.and(host, `AgentName = "$"`, `endpoint.name = '$'`)))
	}
	processes := counts{}
	for _, e := range t.first {
		processes.Add(e.ProcessName)
	}
	for _, process := range choices(processes) {
		offer("Without "+process, h.call.With("query", h.and(process, `NOT (SrcProcName = "$")`, `!( src.process.name = '$' )`)))
	}
	if h.call.Command.Has(catalog.StartParam) && h.to.Sub(h.from) > time.Hour {
		offer("Only the last hour", h.call.With(catalog.StartParam, h.to.Add(-time.Hour).UTC().Format(time.RFC3339)))
	}
	if len(menu.Options) == 0 {
		return nil
	}
	return []render.Action{menu}
}

// choices are the most frequent of several names that can stand in a query as they are; a name that
// could say something else there is not offered. Of one alone there is nothing to choose.
func choices(c counts) []string {
	if len(c) < 2 {
		return nil
	}
	var names []string
	for _, name := range c.names() {
		if name != "" && name != unknown && !strings.ContainsAny(name, "\"\\'") && strings.IndexFunc(name, unprintable) < 0 && len(names) < maxNarrowings {
			names = append(names, name)
		}
	}
	return names
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// and is the hunt's query with one more condition about a name, in the query's own language: the data
// lake's where it is none of Deep Visibility's.
func (h *hunt) and(name, one, two string) string {
	form, joint := one, " AND "
	if lake, err := translate(h.query); h.state.Engine == huntapi.DataLake && err == nil && lake == h.query {
		form, joint = two, " and "
	}
	condition := strings.ReplaceAll(form, "$", name)
	if strings.TrimSpace(h.query) == "" {
		return condition
	}
	return "(" + h.query + ")" + joint + condition
}
