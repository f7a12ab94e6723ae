package hunts

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/commands/text"
	"s1bot/s1/huntapi"
)

// One form takes queries for both engines, and each has a language of its own: S1QL 1.0 is Deep
// Visibility's, S1QL 2.0 the data lake's, which is sent a translation of 1.0. What is in the wrong one
// for certain is told before the hunt begins.

// checkQuery tells what is wrong with a query for the engine that it would run on. A hunt that began
// keeps the engine that it began on, whatever the console has by now.
func checkQuery(ctx context.Context, call *catalog.Call, query huntText) error {
	var began huntState
	if call.SavedState(&began) && began.ID != "" {
		return nil
	}
	engine, err := call.Console.HuntEngine(ctx)
	if err != nil {
		return err
	}
	tokens, unread := lex(string(query))
	if err := cmp.Or(noBareWord(tokens), noPipes(tokens)); err != nil {
		return err
	}
	if engine != huntapi.DataLake {
		return noLakeFields(tokens)
	}
	if unread != nil {
		return unread
	}
	_, err = translate(string(query))
	return err
}

// noBareWord refuses a name where a query is wanted: neither language has a term of one word. Whoever
// typed only what they look for reads how to ask for it.
func noBareWord(tokens []token) error {
	if len(tokens) != 1 {
		return nil
	}
	name := strings.Trim(tokens[0].text, `"'`)
	found := observables.Find(name)
	if isHash := len(found) == 1 && found[0].IsHash(); !isHash && !joined.MatchString(name) {
		return nil
	}
	e := catalog.Wrong("query", "%s is only a name; a query is a field, an operator and a value", text.Quote(text.Shorten(name, 60)))
	e.Hint = "write " + strings.ReplaceAll(queryFor(found), "$what", name)
	return e
}

// joined is a name of a file or a process, an address or a domain.
var joined = regexp.MustCompile(`^[\w-]+(?:[.:-][\w-]+)+$`)

// queryFor is how a name that stands alone is looked for: as what it is, else as a process.
func queryFor(found []observables.Observable) string {
	if len(found) != 1 {
		return byProcess
	}
	return cmp.Or(map[observables.Kind]string{
		observables.IPv4: byIP, observables.IPv6: byIP, observables.Domain: byDomain,
		observables.MD5: byMD5, observables.SHA1: bySHA1, observables.SHA256: bySHA256,
	}[found[0].Kind], byProcess)
}

// noPipes refuses a PowerQuery where one for events is wanted. Two bars side by side are an "or".
func noPipes(tokens []token) error {
	for i, t := range tokens {
		if t.text != "|" || touches(tokens, i-1, t) || touches(tokens, i+1, t) {
			continue
		}
		e := catalog.Wrong("query", "the bar at character %d makes this a PowerQuery", t.at)
		e.Hint = "run it with create-power-query"
		return e
	}
	return nil
}

// touches tells whether the i-th token is a bar right beside another one.
func touches(tokens []token, i int, bar token) bool {
	return i >= 0 && i < len(tokens) && tokens[i].text == "|" && max(tokens[i].at, bar.at)-min(tokens[i].at, bar.at) == 1
}

// noLakeFields refuses fields of the data lake, for Deep Visibility knows none of them.
func noLakeFields(tokens []token) error {
	old := map[string]string{}
	for line := range strings.Lines(sameFields) {
		if name, lake, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			old[strings.ToLower(lake)] = name
		}
	}
	for _, t := range tokens {
		if name := old[strings.ToLower(strings.TrimPrefix(t.text, "#"))]; name != "" {
			e := catalog.Wrong("query", "at character %d, %q: that is a field of the data lake, and this console hunts by Deep Visibility", t.at, t.text)
			e.Hint = "use " + name
			return e
		}
	}
	return nil
}
