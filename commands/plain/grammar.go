package plain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Macros are parts of patterns that many have.
const (
	showMacro = `[(list of|overview of|quick overview of|short overview of|brief overview of|full list of|complete list of|number of|show|list|get|give|display|see|view|pull|bring|send|print|provide|share|forward|revert with|get back with|come back with|let me know|
		let us know|tell|say|let me see|search for|look for|find out|look up|i want to see|i would like to see|i'd like to see|i need|i want|i would like|i'd like|we want|
		we need|i'm after|i search|need|i require|we require|wanna see|let's see|let us see|lemme see|may i see|remind me of|remind me|inform|brief|advise|report|
		i would like to have|i'd like to have|can you see|run me through|walk me through|pull up|bring up|get hold of|dump|hit me with|gimme|check out|i am looking for|
		i'm looking for|looking for|search| check|find|which are|which|what are|read|what is|what's|what were|what|what about|how about|are there|is there|do we have|do you have|
		do you see|have we got|got|how many|count|i would like to know|i'd like to know|to know|know|did we have|did we get|have we had|had we|were there|was there|what's new in|what is new in|what's new with|what's new on|anything new in|anything new on|any news on) [up|out] [to] [me|us] [about] [number of|list of|overview of|
		in detail] [any|all|just|only|there|which|what|how many|some|what all|which all]]`
	ofMacro = `(of|for|on|about|from)`
)

// who are people and endpoints as a hunt asks for them; reach and runs what they did, in any form of the verb.
const (
	whoMacro = `(who|anyone|anybody|someone|somebody|everyone|anything|something|what|we|[(any|which|what|all)] [of] [our] (endpoint|endpoints|users|user|servers|server|workstations|laptops|clients|system|
		systems) [here]) [else|ever|already|also]`
	askMacro   = `[(tell me|show me|show|check|find out|find|see|know|i search|let me know|list|get|give me) [if|whether]]`
	didMacro   = `(did|has|have|had|is|are|was|were|does|do)`
	reachMacro = `((talk|talked|talks|talking|speak|spoke|connect|connected|connects|connecting|communicate|communicated|communicating|reach out|reached out|beacon|beaconed|beaconing|
		beacons|go|went|gone|phone home|phoned home|called home) (to|with|out to)| contacted|contacts|contacting|visit|visited|access|accessed|accesses|reach|reached|hit|
		browse to|browsed to|resolve|resolved|query|queried|look up|looked up|pinged|request|requested|(download|downloaded) [anything|something|files|file|stuff] from)`
	runsMacro     = `(runs|used|use|using)`
	anywhereMacro = `(anywhere|everywhere|elsewhere|somewhere|somewhere else|before|lately|recently|here|[in|on|across] [all|any|any of|any other] [of] [our|my] (environment|network|estate|
		fleet|endpoints|endpoint|company|infrastructure|organisation|organization|system|systems|servers))`
)

// The verbs that several commands have.
const (
	judgeMacro  = `(mark|flag|classify|label|treat|set|tag|change|put|update|call|rate|verdict|consider|declare)`
	putMacro    = `(mark|set|move|change|put|flag|update|switch|bring|take|turn|flip|push|transition|get)`
	closeMacro  = `(close|resolve|close out|finish|wrap up|complete|solve|clear|close off)`
	writeMacro  = `(add|leave|write|put|attach|make|drop|post|append|record|enter|log|document|save|create|submit|new|stick|write down|note down|jot down|put down)`
	deleteMacro = `(delete|remove|drop|erase|purge|get rid of|trash|throw away|scrap|kill off|clean up|revoke|take out|retire|clear|dissolve)`
	fetchMacro  = `(fetch|get|grab|retrieve|pull|download|give|copy|bring|send|recover|obtain|need|i need|we need|i want|we want|want|upload|pull down|pull back|bring back|extract|snag|
		i'd like|i would like|can i have|can i get|exfil|save|dump)`
	arrivedMacro = `(came in|come in|came up|popped up|showed up|appeared|arrived|happened|occurred|are there|were there|do we have|did we get|did we see|were found|were detected|
		have been detected|have come in|fired|triggered|were raised|were triggered|have been raised|were generated|went off)` // what threats and alerts did
	workingMacro = `(i'm|i am|we're|we are|i will be|i'll be) [now|currently|already] (working on|looking at|looking into|investigating|handling|taking|analyzing|analysing|triaging|on|
		working|checking|taking over|dealing with)` // who says that a threat is theirs
	takeMacro   = `(i'll|i will|i|let me|we'll|we will|we|i'm gonna) [now] (take|grab|pick up|handle|claim|own|take over|look at|look into|work on|investigate|start working on|start on)`
	takingMacro = `(taking|grabbing|claiming|investigating|working on|looking into|looking at|started on|started working on|handling|picking up|starting on|starting with|grab|start|begin|
		own)`
)

// macroSources are what <show> and the like stand for. They are written over several lines, and read as one.
var macroSources = map[string]string{
	"show": showMacro, "of": ofMacro, "who": whoMacro, "ask": askMacro, "did": didMacro, "reach": reachMacro, "runs": runsMacro, "anywhere": anywhereMacro, "judge": judgeMacro, "put": putMacro,
	"close": closeMacro, "write": writeMacro, "delete": deleteMacro, "fetch": fetchMacro, "arrived": arrivedMacro, "working": workingMacro, "take": takeMacro, "taking": takingMacro,
}

// A process reads the macros once: for phrases as they are written, for commands in the one spelling.
var phraseMacros, commandMacros = sync.OnceValue(func() map[string]text.Pattern { return readMacros(nil) }), sync.OnceValue(func() map[string]text.Pattern { return readMacros(spelled) })

func readMacros(spell func(string) string) map[string]text.Pattern {
	read, macros := text.Patterns{Spell: spell}, map[string]text.Pattern{}
	for name, source := range macroSources {
		pattern, err := read.Read(strings.Join(strings.Fields(source), " "))
		if err != nil {
			panic(fmt.Sprintf("plain: macro %s: %v", name, err))
		}
		macros[name] = pattern
	}
	return macros
}

// Clauses that go with any command that has what they need.
var (
	changeClauses = []string{
		"[,] because {@reason}", "[,] due to {@reason}", "[,] as {@why}", "[,] since {@why}", "[,] reason [is|being|:] {@reason}", "[,] for {@purpose}", "again", "once more", "one more time",
		"[,] (ticket|case) [number|:] {@ticket}",
		"[,] (per|re|ref|see|under|for|reference|as per|tracked in|tracked under|refer to|related to|according to|in|it's|approved in|approved by|approved under|on|from) [ticket|case|:] {@ticket}",
		"(,|.|;|-) {@ticket}", "{@closing}", "{@afterthought}",
	}
	askedClauses = []string{": {@reason}"}
	timedClauses = []string{
		"[,] for [max|maximum|at most|at least|a minimum of|up to|about|next|coming|now|just|only|another|a good|around|roughly|approximately|approx|ca] {@for}",
		"[,] (lasting|duration|time|limit|limited to|time limit|timer|length) [of|is|:|=|about] {@for}", "[,] [for] {@for} (max|maximum|only|long|tops|at most|at least)",
		"[,] for {@for} or so", "[,] for {@for} [,] while {@meanwhile}", "[,] (during|max|maximum|at most|up to) {@for}", "[,] {@for}", "[,] (until|till|til|up to|up until|to|end) {@until}",
	}
	rangeClauses = []string{
		"[,] [[that|which] (happened|occurred|appeared|came in|came up)|[that|which] [were|was|are|have been|has been|got] (created|added|made|opened|updated|detected|found|seen|raised|reported|generated|triggered)] {@range}",
		"(that|which) (are|is|were) {@range}", "[,] (say|let's say|lets say) {@range}",
	}
	listClauses = []string{"[,|?|.|;|-] (all of them|all of it|all of those|all types|all kinds|in full|as complete as possible)", "[,] with (everything|all) [that] [you|we] (have|got|know|you've got|we've got|you have got)", "[,] with all details",
		"(that|which) {+}", "(that|which) (are|is|were|was) [still|currently] {+}", "[(that|which)] [(are|is|were|was|have been|has been|being)] (marked|flagged|classified|labelled|labeled) [as] {+}", "{@aside}", "[,] for [my|our|customer] [shift|incident|customer] (mail|email|ticket|report|records|documentation|meeting|handover|sandbox|writeup|write-up|customer)", "[,] [but] (only|just) {+}", ", {+} [only]", "[(are|is) [still|currently|now]] in {+} [status|state]", "in (status|state) {+}", "with [status|state|severity|verdict|type] {+}", "with {+} (status|state|severity|verdict|type)",
		"(are there|there are|(do|did) we [currently|already|still] have [in place|set up|configured|set|here|here now]|we have|did we have|have we got|have we|we got|you have|exist|exists|are in place|came in|come in|have come in|did we get|did we see|were there) [right now|currently|now]",
		"(are|is) [currently|still|now|right now|at the moment|at present] {+}", "(are|is) (set|set up|configured|defined|in place|active there) [right now|currently|now]", "[that|which] (we|we've) [have] (added|created|imported|made|set up|got|defined)",
		"[that|which] [were|was|are|have been|has been|got] (created|detected|found|seen|raised|reported|generated|triggered)"}
)

// grammarOf compiles what a command says of itself. Everything wrong with a command's wording is
// found here, at the start, and no sentence can be.
func grammarOf(cmd *catalog.Command, patterns *text.Patterns) (grammar, error) {
	g := grammar{cmd: cmd, patterns: patterns, words: map[string]setting{}, slots: map[string]slot{}}
	var problems []error
	var hosts []string
	for _, source := range slices.Concat(namedHeads(cmd), judging(cmd), cmd.Wording.Heads) {
		h, err := g.head(source)
		problems = append(problems, err)
		g.heads = append(g.heads, h)
	}
	for _, source := range slices.Concat(cmd.Wording.Clauses, sharedClauses(cmd)) {
		p, err := g.pattern(source)
		problems = append(problems, err)
		g.clauses = append(g.clauses, p)
		for _, name := range p.Slots() {
			if cmd.Risk == catalog.Read && g.slots[name].shape == "host" {
				hosts = catalog.AppendNew(hosts, name)
			}
		}
	}
	for _, name := range hosts {
		p, err := g.pattern("{" + name + "}")
		problems = append(problems, err)
		g.hosts = append(g.hosts, p)
	}
	problems = append(problems, g.learnWords())
	g.patterns = nil // all are read
	return g, errors.Join(problems...)
}

// A read has no reason, and a change no list to narrow down: the clauses of the one would let the
// other read too much.
func sharedClauses(cmd *catalog.Command) []string {
	list := paramClauses(cmd)
	if cmd.Risk != catalog.Read {
		list = append(list, changeClauses...)
	} else {
		list = append(list, listClauses...)
		if _, ok := cmd.Lookup("creator"); ok {
			list = append(list, "[which are|that are|which were] [created|made|written|added] by {creator:source}")
		}
	}
	if cmd.NeedsReason() {
		list = append(list, askedClauses...)
	}
	if f, ok := cmd.Lookup("limit"); ok && cmd.Risk == catalog.Read {
		list = append(list, "[,|?|.|;|-] (maximum|max|limit|at most|up to|only|first|last|top|no more than|with limit|with maximum|limited to|with max) [of] {"+f.Name+"} [activities|results|events|rows|entries|threats|alerts|endpoints|of them|ones|only]",
			"[,] {"+f.Name+"} [results|events|rows|entries] (max|maximum|at most|only|tops)", "[,] (just|show|give me) {"+f.Name+"} [of them|results|rows|entries]",
			"[,|?|.|;|-] (i|we) [only|just] (need|want|require|care about) {+"+f.Name+"} [of them|ones|results|rows|entries|of those]",
			"[,|?|.|;|-] {+"+f.Name+"} [of them|ones|results|rows|entries] (is|are|will|would|should) [be] (enough|do|fine|sufficient|plenty|ok|okay)")
	}
	if f, ok := cmd.Lookup("sort-by"); ok && !f.Hidden && cmd.Risk == catalog.Read {
		list = append(list, "[,|?|.|;|-] [please] (sort|sorted|order|ordered|sorting) [them|it|these|those|list] by {sort-by}")
	}
	if cmd.Timed {
		list = append(list, timedClauses...)
	}
	if _, _, ok := rangeSlots(cmd); ok {
		list = append(list, rangeClauses...)
	}
	return list
}

// namedHeads are what a command's own names say: "isolate DESKTOP-1", "show notes on evil.exe". Commands whose bare words are anything
// but ids have too many meanings for that.
func namedHeads(cmd *catalog.Command) []string {
	f, ok := cmd.Lookup(cmd.Main)
	named := cmd.Main != "" && ok && (f.Type.TakesNames() || f.Type.Selects != "")
	var heads []string
	for _, name := range append([]string{cmd.Name}, cmd.Aliases...) {
		words := strings.ReplaceAll(name, "-", " ")
		switch {
		case cmd.Risk != catalog.Read && named:
			heads = append(heads, words+" {"+cmd.Main+"}", doing(words, cmd.Main))
		case cmd.Risk == catalog.Read && named && f.Required:
			heads = append(heads, "<show> {*} "+words+" [<of>] {"+cmd.Main+"}", "<show> {"+cmd.Main+"} "+words)
		case cmd.Risk == catalog.Read && !slices.ContainsFunc(cmd.Fields, catalog.Field.MustBeGiven):
			heads = append(heads, "<show> {*} [of|from] "+words)
		}
	}
	return heads
}

// head compiles a pattern and what stands behind its arrow. What stands behind the arrow holds for
// every sentence of the head.
func (g grammar) head(source string) (head, error) {
	source, means, _ := strings.Cut(source, "->")
	p, err := g.pattern(source)
	h := head{pattern: p, distinctive: distinctive(p)}
	for means = strings.TrimSpace(means); means != ""; {
		one, rest, _ := strings.Cut(means, " & ")
		set, bad := g.setting(strings.TrimSpace(one))
		if err = errors.Join(err, bad); bad != nil {
			break
		}
		h.sets, means = append(h.sets, set), rest
	}
	return h, err
}

// Its slots are checked against the command here, so that filling one never fails. <of> is written out, since widened looks for what stands before a
// slot.
func (g grammar) pattern(source string) (text.Pattern, error) {
	p, err := g.patterns.Read(g.widened(strings.ReplaceAll(source, "<of>", ofMacro)))
	if err != nil {
		return nil, err
	}
	for _, name := range p.Slots() {
		if g.slots[name], err = g.slot(name); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", source, err)
		}
	}
	return p, nil
}

// setting reads "status=Unresolved" and "custom-input.incidentStatuses=unresolved,in_progress". A
// value with commas is a list where the parameter is one, and a text where it is not.
func (g grammar) setting(source string) (setting, error) {
	name, value, ok := strings.Cut(source, "=")
	if !ok {
		return setting{}, fmt.Errorf("%q sets nothing", source)
	}
	s, err := g.slot(name)
	if err != nil {
		return setting{}, err
	}
	words := []string{value}
	if s.field.List || s.key != "" {
		words = strings.Split(value, ",")
	}
	return setting{s.field.Name, s.key, words}, nil
}

// learnWords collects what narrows a list of the command down: its own words, and the choices of its menus. A choice that two menus have
// says nothing.
func (g grammar) learnWords() error {
	twice := map[string]bool{}
	for _, f := range g.cmd.Fields {
		if f.Hidden || f.Type.Name != "choice" || f.Name == "sort-by" || f.Name == "direction" {
			continue
		}
		for _, c := range f.Choices {
			word := spelledAll(strings.ToLower(c.Label))
			_, known := g.words[word]
			if known {
				twice[word] = true
			}
			g.words[word] = setting{f.Name, "", []string{c.Value}}
		}
	}
	for word := range twice {
		delete(g.words, word)
	}
	var problems []error
	for _, own := range []map[string]string{g.cmd.Plain, g.cmd.Wording.Words} {
		for word, means := range own {
			set, err := g.setting(means)
			problems = append(problems, err)
			g.words[spelledAll(word)] = set
		}
	}
	return errors.Join(problems...)
}

// rangeSlots are where a stretch of time goes: parameters for its ends, or keys of a filter.
func rangeSlots(cmd *catalog.Command) (from, until string, ok bool) {
	for _, pair := range [][2]string{{"start-time", "end-time"}, {"created-after", "created-before"}, {"updated-after", "updated-before"}} {
		_, hasFrom := cmd.Lookup(pair[0])
		_, hasUntil := cmd.Lookup(pair[1])
		if hasFrom && hasUntil {
			return pair[0], pair[1], true
		}
	}
	for _, key := range []string{"createdAt__gte"} {
		if f, ok := cmd.Lookup(cmd.Main); ok && f.Type.Filter && cmd.Risk == catalog.Read {
			return f.Name + "." + key, f.Name + ".createdAt__lt", true
		}
	}
	return "", "", false
}
