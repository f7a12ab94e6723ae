package plain

import (
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
)

// What the catalog says of a command is enough for much of what people say of it: every parameter has a name to say before a value, every menu its
// choices, and who does something to a list of alerts says it as with threats. No command words this for itself.
//
// The rule that must not break: nothing here may widen what a change is done to. A place beside an endpoint says where that endpoint is, and the
// parameter of the same name would add all of the place: no clause is derived for it.

// paramClauses are the ways to say a parameter behind a command: "source OTX", ", valid until 2027-01-31", "with status new", "in account EMEA".
func paramClauses(cmd *catalog.Command) []string {
	var all []string
	for _, f := range cmd.Fields {
		names := paramNames(f)
		if len(names) == 0 || !sayable(cmd, f) {
			continue
		}
		said, place := "("+strings.Join(names, "|")+")", f.Type.Name == "site" || f.Type.Name == "group" || f.Type.Name == "account"
		joins := "[,|;|.|?|-] [and|with|where|whose|of|by|from|in|for|on]"
		if cmd.Risk != catalog.Read {
			joins = "[,|;|.] [and|with]"
		}
		switch {
		case place && cmd.Risk == catalog.Read:
			all = append(all, "[,] (in|at|of|from|for|on|under|within) "+said+" {"+f.Name+":"+f.Type.Name+"}", "[,] "+said+" {"+f.Name+":"+f.Type.Name+"}", "[,] (in|at|of|from|for|on|under|within) {"+f.Name+":"+f.Type.Name+"} "+said)
		case place:
			all = append(all, "[,] [in|at|for|on|under] "+said+" {"+f.Name+":"+f.Type.Name+"}", "[,] [in|at|for|on|under] {"+f.Name+":"+f.Type.Name+"} "+said)
		case f.Type.Name == "multiline":
			all = append(all, joins+" "+said+" [is] : {"+f.Name+"}", joins+" "+said+" [is|:|=] {"+f.Name+":quoted}")
		case f.Type.Name == "text":
			all = append(all, joins+" "+said+" [is|are|:|=|named|called] {"+f.Name+":source}")
		case f.Type.Name == "choice" && cmd.Risk == catalog.Read:
			all = append(all, joins+" "+said+" [is|are|:|=] {+"+f.Name+"}", joins+" "+said+" [is|are|:|=] {"+f.Name+"}")
		default:
			all = append(all, joins+" "+said+" [is|are|:|=] {"+f.Name+"}")
		}
	}
	return all
}

// sayable tells the parameters that may be said by name. Those that say what a change is done to are for the command's own wording, and so are
// lists in a change, which choose its targets.
func sayable(cmd *catalog.Command, f catalog.Field) bool {
	read := cmd.Risk == catalog.Read
	if f.Hidden || f.Type.Secret || f.Type.Selects != "" || f.Name == cmd.Main && !(read && f.Type.Name == "account") {
		return false
	}
	switch f.Type.Name {
	case "site", "group", "account":
		return read || !slices.ContainsFunc(cmd.Fields, targets)
	case "multiline":
		return !read
	case "text", "choice":
		return read || !f.List && f.Name != "value" && f.Name != "name"
	case "time", "integer":
		return f.Name != "limit"
	}
	return false
}

// targets tells whether a parameter says which endpoints a command is done to.
func targets(f catalog.Field) bool { return f.Type.Name == "agent" || f.Type.Selects == "agents" }

// vague are names of parameters that mean other things before anything else, or nothing to who reads a form.
const vague = "from|to|since|until|after|before|id|ids|what|input|n|number|asked|created|order|sort|text|treat|mitre|cursor|where|search|condition|end|start|host|hosts|endpoint|endpoints|names|values|value|skip count|offset|next page|sort by|direction|query|event|process|mode|output|task"

var plainWords = regexp.MustCompile(`^[a-z0-9]+( [a-z0-9]+)*$`)

// paramNames are what people call a parameter: its name, title and aliases, each also as the one of several.
func paramNames(f catalog.Field) []string {
	var names []string
	for _, name := range slices.Concat([]string{f.Name, f.Title}, f.Aliases) {
		name = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(name, "-", " ")), " ids"), " id")
		for _, one := range []string{name, single(name)} {
			if plainWords.MatchString(one) && !oneOf(one, vague) {
				names = catalog.AppendNew(names, one)
			}
		}
	}
	return names
}

// single is one of several: "status" of "statuses", "category" of "categories".
func single(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && name != "series":
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "uses"):
		return strings.TrimSuffix(name, "es")
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") && !strings.HasSuffix(name, "us"):
		return strings.TrimSuffix(name, "s")
	}
	return name
}

// judging are the ways to set a menu's value on a list of alerts or threats: "mark unified alerts A and B as resolved", "alert A is a false positive".
func judging(cmd *catalog.Command) []string {
	main, ok := cmd.Lookup(cmd.Main)
	nouns := map[string]string{"alert": "[star|custom|detection|star custom] (alert|alerts)", "unified alert": "unified (alert|alerts)", "threat": "(threat|threats)"}[main.Type.Name]
	if !ok || nouns == "" || !main.List || cmd.Risk == catalog.Read {
		return nil
	}
	var all []string
	for _, f := range cmd.Fields {
		if f.Type.Name != "choice" || f.List || f.Hidden {
			continue
		}
		things, value, said := nouns+" {"+main.Name+"}", "{"+f.Name+"}", "("+strings.Join(paramNames(f), "|")+")"
		all = append(all,
			"(mark|set|flag|put|move|change|tag|classify|label|treat|update|switch) "+things+" [both] (as|to|in|into) "+value,
			things+" [both|all] [is|are|was|were|looks|look|:|=|-|,] [now|all|both|already] "+value,
			"(set|change|update|put|switch|modify) "+said+" (of|on|for) "+things+" (to|as|in|into|on|:|=) "+value,
			"(set|put|give|assign) "+said+" [to] "+value+" (on|for|to|of) "+things)
	}
	return all
}

// doing are the ways to say a command's name as a noun: "make a scan of DESKTOP-1", "do a reboot on DESKTOP-1".
func doing(name, main string) string {
	return "(make|do|perform|run|trigger|force|start|initiate|launch|carry out|schedule) [full|complete|immediate|new|thorough|deep|quick] [disk] " + name + " (of|on|for|in|at) {" + main + "}"
}

var (
	beforeSlot = regexp.MustCompile(`\(([^()\[\]{}]*)\) ((?:\[[^\[\]{}]*\] )?)\{([^{}]*)\}`)
	places     = []string{"on", "at", "from", "of", "for", "in", "across"}
	about      = []string{"on", "of", "for", "in", "from", "about"}
)

// widened lets any preposition of place stand before an endpoint or a threat where a pattern has one: "a scan in DESKTOP-1", "the programs from
// DESKTOP-1", and any that says a value before one of a menu. One that means a direction ("to", "into", "back") is the pattern's own.
func (g grammar) widened(source string) string {
	if !strings.Contains(source, ") {") && !strings.Contains(source, "] {") { // most have none, and the expression takes its time to see that
		return source
	}
	return beforeSlot.ReplaceAllStringFunc(source, func(part string) string {
		m := beforeSlot.FindStringSubmatch(part)
		s, err := g.slot(m[3])
		words := strings.Split(m[1], "|")
		has := func(any ...string) bool {
			return slices.ContainsFunc(any, func(w string) bool { return slices.Contains(words, w) })
		}
		var more []string
		switch {
		case err != nil:
			return part
		case s.shape == "choice" && has("as") && has("to"):
			more = []string{"as", "to", "in", "into", "on"}
		case has("into", "as", "with", "by", "back", "onto", "off") || !has("on", "at", "of", "for", "in"):
			return part
		case s.shape == "host" && !has("to"):
			more = places
		case oneOf(s.shape, "thing|threat|alert|case|event"):
			more = about
		default:
			return part
		}
		for _, w := range more {
			words = catalog.AppendNew(words, w)
		}
		return "(" + strings.Join(words, "|") + ") " + m[2] + "{" + m[3] + "}"
	})
}
