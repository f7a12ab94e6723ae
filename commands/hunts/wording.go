package hunts

import (
	"slices"

	"s1bot/commands/catalog"
)

// How people ask for what this area does, beside names and aliases. See package plain. The fields
// of the queries are those that both engines have: see sameFields.
//
// What people call a thing has no case: POWERSHELL.EXE is powershell.exe, and a hunt that finds
// nothing for the case of a letter would be a clean bill of health that nobody earned. In S1QL 1.0
// =, In and Contains tell upper from lower case, In Anycase and ContainsCIS don't; translate has
// what the data lake calls those. A query that a person wrote is left as it is.

// A target is what events are searched for: how a sentence names it, and the query that finds it.
type target struct{ asks, query string }

// The queries of the targets. They are also how a card tells what was not found: see nothing.
const (
	byProcess = `TgtProcName ContainsCIS "$what"`
	byFile    = `(TgtFilePath ContainsCIS "$what" OR TgtProcName ContainsCIS "$what" OR TgtProcImagePath ContainsCIS "$what" OR TgtProcCmdLine ContainsCIS "$what" OR ModulePath ContainsCIS "$what")`
	bySHA1    = `(TgtFileSha1 In Anycase ("$what") OR TgtProcSha1 In Anycase ("$what"))`
	bySHA256  = `(TgtFileSha256 In Anycase ("$what") OR TgtProcSha256 In Anycase ("$what"))`
	byMD5     = `(TgtProcMd5 In Anycase ("$what") OR ModuleMd5 In Anycase ("$what"))`
	byIP      = `DstIP = "$what"` // of IPv6 the form in lower case, which sentences are read into
	byDomain  = `DnsRequest ContainsCIS "$what"`
	byCommand = `TgtProcCmdLine ContainsCIS "$what"`
	byHost    = `AgentName ContainsCIS "$host"`
)

// What people hunt with, in the words before it.
const (
	huntFor = "(hunt|hunt for|go hunting for|start hunting for|hunting for|let's hunt for|let us hunt for|threat hunt|threat hunt for|do hunt for|start hunt for|runs hunt for|launch hunt for|do search for|" +
		"search deep visibility for|search dv for|deep visibility|dv|look up events for|look up events with|search events with|search everywhere for|check telemetry for|check logs for|check events for|" +
		"dig up|dig for|sweep for|sweep endpoints for|sweep environment for|sweep estate for|scan logs for|trace|track|track down|hunt down|search|search for|search events for|" +
		"search (logs|events|telemetry|data|environment|network|everywhere|endpoints) for|look in (logs|events|telemetry) for|look for|query|query for|find|find all|check for|" +
		"any sign of|any signs of|any trace of|any traces of|any hits for|any hits on|any hit for|any hit on|traces of|sightings of)"
	huntOnly = "(hunt|hunt for|hunt down|threat hunt for|search for|look for|any sign of|any signs of|any trace of|traces of)" // before a bare word
	sight    = "(seen|see|saw|find|found|had|noticed|come across)"
	process  = "process|processes|executions of|execution of|process activity of|process (called|named|like)|processes (called|named|like)|instances of|use of|usage of|runs of"
	which    = "[<show>] (which|what|how many|list|all) [of] [our] (endpoint|endpoints|servers|workstations|laptops|clients|system|systems|users|user)"
	those    = "[<show>] (endpoint|endpoints|servers|workstations|laptops|clients|system|systems|users)"
	someone  = "(anyone|anybody|someone|somebody|users|user|anything) (on|at) {$host:host}"
	traffic  = "(connection|connections|connect|contacts|contact with|sessions|session|callbacks|callback|c2 traffic|c2|outbound|comms|packets|flows|traffic|communication|communications|requests|request|" +
		"beacons|beaconing|network traffic|network connections|outbound connections|outbound traffic|calls)"
	lookups = "(dns requests for|dns requests to|dns queries for|dns queries to|dns lookups of|dns lookups for|lookups of|requests for|requests to|dns)"
)

// What is hunted. A name that a program has is one of a process, any other is one of a file, unless
// a word says which: nobody starts a process called invoice.pdf.
var (
	images    = target{"[" + process + "|executable|executables|binary|program|anything named|anything called] {$what:image} [process|processes]", byProcess}
	programs  = target{"[" + process + "] {$what:program}", byProcess}
	files     = target{"(file|files|file (called|named|like)|files (called|named|like)|files with name|document|documents|script|scripts|attachment|dll) {$what:file}", byFile}
	documents = target{"[anything named|anything called|use of] {$what:document}", byFile}
	hashes    = []target{{"[file with|file] [hash] {$what:sha1}", bySHA1}, {"[file with|file] [hash] {$what:sha256}", bySHA256}, {"[file with|file] [hash] {$what:md5}", byMD5}}
	addresses = target{"{$what:ip}", byIP}
	domains   = target{"{$what:domain}", byDomain}
)

func huntWording() catalog.Wording {
	var heads []string
	add := func(query string, patterns ...string) {
		for _, p := range patterns {
			heads = append(heads, p+" -> query="+query+"[ AND "+byHost+"]")
		}
	}
	names := []target{images, files, documents}
	for _, t := range slices.Concat(names, hashes, []target{addresses, domains}) {
		add(t.query, seen(t.asks)...)
	}
	for _, t := range slices.Concat(names, hashes) { // who has an address is an endpoint to list
		add(t.query, "[<did>] <who> (got|get|have|has|had) "+t.asks)
	}
	for _, t := range append(names, programs) {
		add(t.query, ran(t.asks)...)
	}
	for _, t := range hashes {
		add(t.query, "<ask> [<did>] <who> [that|which|who] [have|has|had] <runs> "+t.asks, "did {$host:host} <runs> "+t.asks)
	}
	for _, t := range names {
		add(t.query, "<ask> [<did>] <who> [that|which|who] [have|has|had] (started|start|opened|open|executes) "+t.asks, "did {$host:host} (start|open) "+t.asks)
	}
	for _, t := range []target{addresses, domains} {
		add(t.query, reached(t.asks)...)
	}
	add(domains.query, huntFor+" "+lookups+" "+domains.asks, "[<show>] [all|any] "+lookups+" "+domains.asks)
	add(byCommand, huntFor+" command line {$what:quoted}", huntFor+" {$what:quoted} in command line", huntFor+" command lines (containing|with) {$what:quoted}", "<did> <who> <runs> {$what:quoted}")
	return catalog.Wording{
		Heads: append(heads, "(start|runs) (query|hunt) {query:quoted}", "hunt for {query:quoted}", "hunt {query:quoted}",
			"(hunt|hunt for|query|search|search for|[runs|start|do] (deep visibility|dv) [query|search|hunt]|(runs|start|do) [this|following|new] (hunt|query|search)|(hunt|search|look|query) for events|<show> events) "+
				"[where|with|matching|for] [:] {query:query}"),
		Clauses: []string{"(on|at|in|from) {$host:host}", "<anywhere>"},
	}
}

// seen are the ways to ask whether something was there.
func seen(what string) []string {
	return []string{
		huntFor + " " + what, "<ask> [<did>] <who> [that|which|who] [have|has|had] " + sight + " " + what,
		"(was|is|were|has|have) " + what + " [been] [ever|already|also] (seen|found|present|active|there|observed|around|spotted|in use|used)",
		"(any|<show>) " + what + " [that|which] [was|were|been|is|has been] (seen|found|active|used|present)",
		"(has|did|have) " + what + " [ever|already] (show up|shown up|appear|appeared|turn up|pop up|popped up|turned up|occur|occurred)",
		"(any|<show>) (activity|events|evidence|occurrences|occurrence|instances|instance|trace|signs|sign|detections|sightings|indication|presence) (of|for|with|from|related to) " + what,
		"(where|when) (did|have|has|was|were) " + what + " [been] [last|first|ever] (seen|appear|show up|found|used|active|observed)", "(is|was) " + what + " <anywhere>",
		"where [else] (is|was|did|have|has|do) [we|you] [see|seen|find] " + what + " [seen|found|active]",
	}
}

// ran are the ways to ask who ran something.
func ran(what string) []string {
	return []string{
		huntOnly + " " + what, "<ask> [<did>] <who> [that|which|who] [have|has|had] <runs> " + what, "(was|were|has|is|did|have) " + what + " [been] [ever|already|also] <runs>",
		which + " (that|which|where) [have|has|had|did|has been|is] <runs> " + what, those + " (that|which|where|with) [have|has|had|did] <runs> " + what, "(did|has|have) " + someone + " <runs> " + what,
		"(was|is|were|has) " + what + " [been] [ever|already] <runs> (on|at) {$host:host}", "where [else] (did|has|was|does|is) " + what + " [been] <runs>", "did {$host:host} <runs> " + what,
		"has {$host:host} <runs> " + what,
	}
}

// reached are the ways to ask who talked to something.
func reached(what string) []string {
	const contacted = " [been] [ever|already] (contacted|visited|accessed|reached|resolved|queried|hit|requested)"
	return []string{
		"<ask> [<did>] <who> [that|which|who] [have|has|had|is|are] <reach> " + what, which + " (that|which|where|have|has|had|are|is|did|do) [have|has|been|had] <reach> " + what,
		those + " (that|which) [have|has|had|are|were] <reach> " + what, "(did|has|have|was|is) " + someone + " <reach> " + what,
		"(was|is|were|has) " + what + contacted + " [by (anyone|anybody|somebody|any endpoint|any of our endpoints|us)]", "(was|is|were|has) " + what + contacted + " by {$host:host}",
		"(did|has|is|was|does) {$host:host} <reach> " + what, huntFor + " [any|all] [outgoing|outbound|network] " + traffic + " (to|with|towards) " + what, traffic + " (to|with|towards) " + what,
		"(is there|was there|are there|were there|do we see|did we see|do we have|do you see|<show>) [any|some] [outgoing|outbound|network] " + traffic + " (to|with|towards) " + what,
		"(" + huntFor + "|<show>|is there|was there|are there|were there) [any|all|some] [outgoing|outbound|network] " + traffic + " (from|of|by) {$host:host} (to|with|towards) " + what,
	}
}

func processesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		`(what|which) (processes|programs) (is|are|was|were|have|has|had|did|do) [been] [currently|running] [runs|active|started|executed] (on|at) {$host:host} [runs|start]  -> query=` + byHost,
		`(what|which) (processes|programs) (did|does|do|has|have|is|are|was|were) {$host:host} [runs|start|started|spawn|spawned|launch] -> query=` + byHost,
		`(what|what's|what is|what was) [being] runs (on|at) {$host:host} -> query=` + byHost,
		`<show> [all|every|running|active|recent] (process list|process tree|process activity|process history|process events|task list|tasklist|execution history|process execution) (on|of|at|from|for) {$host:host} -> query=` + byHost,
		`<show> {*} [runs] processes (on|of|at|from|for) {$host:host} -> query=` + byHost,
		`(what|which) processes (runs|started|have runs|has runs|did run|were started) (on|at) {$host:host} -> query=` + byHost, `{$host:host} processes -> query=` + byHost,
		`(what is|what's|what was) (running|runs) (on|at) {$host:host} -> query=` + byHost, `what (did|does|has) {$host:host} (runs|runs) -> query=` + byHost,
		`<show> {*} processes (where|with|matching|for) [:] {query:query}`,
		`<show> {*} (processes|running processes|process activity) (on|of|at|from) {$host:host} -> query=` + byHost,
		`<show> {*} processes [that|which] [have|has] (ran|run|runs|been run) (on|at) {$host:host} -> query=` + byHost, `(what|which) processes (ran|run|are running|were running) on {$host:host} -> query=` + byHost, `what ran on {$host:host} -> query=` + byHost,
	}}
}

func fetchWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} events", "<show> all events", "<show> {*} (threat|alert) events -> event-source=threat", "<show> {*} events (from|of) (threats|threat) -> event-source=threat",
		"<show> {*} events (from|of) (alerts|alert) -> event-source=alert",
	}}
}

func queryStatusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> (status|progress|state) of (query|hunt) {query-id:word}", "how far [along] (is|are) (query|hunt) {query-id:word} [now|by now]",
		"(status|progress|state|update) (of|on|for) [my|our] (query|hunt|dv query|deep visibility query) {query-id:word}",
		"(is|did|has|was) [my|our] (query|hunt|dv query|deep visibility query) {query-id:word} [already|still] (done|finished|finish|ready|running|runs|complete|completed|through|over|in progress) [yet|already]",
		"<show> (query|hunt) {query-id:word} (status|progress)",
		"(how is|how's|what about|what's with|check|check on|any news on|any progress on) (query|hunt) {query-id:word} [doing|going|coming along]",
		"is (query|hunt) {query-id:word} [already|still] (done|finished|ready|runs|complete|over) [yet|already]", "(query|hunt) {query-id:word} status",
		"(has|did) (query|hunt) {query-id:word} (finished|finish|complete|completed)"}}
}

func queryEventsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (events|results|result|rows|hits|data|output) (of|from|for|out of|in|by) [my|our] (query|hunt|dv query|deep visibility query) {query-id:word}",
		"(what|which) [event] {*} (events|results) (did|does|has|have) (query|hunt) {query-id:word} (find|found|return|returned|produce|produced|give|bring)",
		"what (did|has) (query|hunt) {query-id:word} (find|found|return|returned|bring|give)", "<show> (query|hunt) {query-id:word} (events|results)",
		"<show> {+} (of|from|for) (query|hunt) {query-id:word}", "(query|hunt) {query-id:word} (events|results|event)", "<show> {*} results (of|from|for) {query-id:word}",
	}}
}

func powerQueryWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(run|start|execute) (power query|powerquery) {query:quoted}", "[runs|start|do|make] (power query|powerquery|pq) [for|over] [{@range}] [:|,] {query:query}"}}
}
