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
	bySHA1    = `(TgtFileSha1 In Anycase ("$what") OR TgtProcSha1 In Anycase ("$what"))`
	bySHA256  = `(TgtFileSha256 In Anycase ("$what") OR TgtProcSha256 In Anycase ("$what"))`
	byMD5     = `(TgtProcMd5 In Anycase ("$what") OR ModuleMd5 In Anycase ("$what"))`
	byIP      = `DstIP = "$what"` // of IPv6 the form in lower case, which sentences are read into
	byDomain  = `DnsRequest ContainsCIS "$what"`
	byCommand = `TgtProcCmdLine ContainsCIS "$what"`
	byHost    = `AgentName ContainsCIS "$host"`
)

func huntWording() catalog.Wording {
	const (
		hunt  = "(hunt|hunt for|hunt down|search|search for|search events for|search (logs|events|telemetry|data|environment|network|everywhere|endpoints) for|look in (logs|events|telemetry) for|look for|query|query for|find|find all|threat hunt for|dig for|check for|any sign of|any signs of|any trace of|any traces of|any hits for|any hits on|any hit for|any hit on|traces of|sightings of)"
		sight = "(seen|see|saw|find|found|had|noticed|come across)"
		on    = "[ AND " + byHost + "]"
	)
	files := []target{
		{"[process|processes|executions of|execution of|file|files] {$what:file}", byProcess}, {"[process|processes|executions of|execution of] {$what:program}", byProcess},
	}
	hashes := []target{
		{"[file with|file] [hash] {$what:sha1}", bySHA1}, {"[file with|file] [hash] {$what:sha256}", bySHA256}, {"[file with|file] [hash] {$what:md5}", byMD5},
	}
	const traffic = "(connection|connections|traffic|communication|communications|requests|request|beacons|beaconing|network traffic|network connections|outbound connections|outbound traffic|calls)"
	network := []target{{"{$what:ip}", byIP}, {"{$what:domain}", byDomain}}
	var heads []string
	add := func(query string, patterns ...string) {
		for _, p := range patterns {
			heads = append(heads, p+" -> query="+query+on)
		}
	}
	for _, t := range slices.Concat(files[:1], hashes, network) {
		add(t.query, hunt+" "+t.asks, "<ask> [<did>] <who> [that|which|who] [have|has|had] "+sight+" "+t.asks, "(was|is|were|has) "+t.asks+" [been] [ever|already] (seen|found|present|active|there)",
			"(is|was) "+t.asks+" <anywhere>",
			"where [else] (is|was|did|have|has|do) [we|you] [see|seen|find] "+t.asks+" [seen|found|active]")
	}
	for _, t := range slices.Concat(files[:1], hashes) { // who has an address is an endpoint to list
		add(t.query, "[<did>] <who> (got|get|have|has|had) "+t.asks)
	}
	for _, t := range files {
		add(t.query, "(hunt|hunt for|hunt down|threat hunt for|search for|look for|any sign of|any signs of|any trace of|traces of) "+t.asks, "<ask> [<did>] <who> [that|which|who] [have|has|had] <runs> "+t.asks, "(was|were|has|is|did) "+t.asks+" [been] [ever|already] <runs>",
			"where [else] (did|has|was|does|is) "+t.asks+" [been] <runs>", "did {$host:host} <runs> "+t.asks, "has {$host:host} <runs> "+t.asks)
	}
	for _, t := range hashes {
		add(t.query, "<ask> [<did>] <who> [that|which|who] [have|has|had] <runs> "+t.asks, "did {$host:host} <runs> "+t.asks)
	}
	add(files[0].query, "<ask> [<did>] <who> [that|which|who] [have|has|had] (started|start|opened|open|executes) "+files[0].asks, "did {$host:host} (start|open) "+files[0].asks)
	for _, t := range network {
		add(t.query, "<ask> [<did>] <who> [that|which|who] [have|has|had] <reach> "+t.asks, "(did|has|is|was|does) {$host:host} <reach> "+t.asks, "(is there|was there|are there|were there|do we see|did we see|do we have|do you see|<show>) [any|some] [outgoing|outbound|network] "+traffic+" (to|with|towards) "+t.asks,
			hunt+" [any|all] [outgoing|outbound|network] "+traffic+" (to|with|towards) "+t.asks, traffic+" (to|with|towards) "+t.asks)
	}
	domain := network[1]
	add(domain.query, hunt+" (dns requests for|dns requests to|dns queries for|dns lookups of|lookups of|requests for|dns) "+domain.asks, "[<show>] [all|any] (dns|dns requests for|dns queries for|dns lookups of|lookups of|dns requests to|dns queries to|dns lookups for|requests to|requests for) "+domain.asks)
	add(byCommand, hunt+" command line {$what:quoted}", hunt+" {$what:quoted} in command line", hunt+" command lines (containing|with) {$what:quoted}",
		"<did> <who> <runs> {$what:quoted}")
	return catalog.Wording{
		Heads: append(heads, "(start|runs) (query|hunt) {query:quoted}", "hunt for {query:quoted}", "hunt {query:quoted}",
			"(hunt|hunt for|query|search|search for|[runs|start|do] (deep visibility|dv) [query|search|hunt]|(runs|start|do) [this|following|new] (hunt|query|search)|(hunt|search|look|query) for events|<show> events) [where|with|matching|for] [:] {query:query}"),
		Clauses: []string{"(on|at|in|from) {$host:host}", "<anywhere>"},
	}
}

func processesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		`(what|which) processes (runs|started|have runs|has runs|did run|were started) (on|at) {$host:host} -> query=` + byHost, `{$host:host} processes -> query=` + byHost,
		`(what is|what's|what was) (running|runs) (on|at) {$host:host} -> query=` + byHost, `what (did|does|has) {$host:host} (runs|runs) -> query=` + byHost,
		`<show> {*} processes (where|with|matching|for) [:] {query:query}`,
		`<show> {*} (processes|running processes|process activity) (on|of|at|from) {$host:host} -> query=` + byHost,
		`(what|which) processes (ran|run|are running|were running) on {$host:host} -> query=` + byHost, `what ran on {$host:host} -> query=` + byHost,
	}}
}

func fetchWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} events", "<show> all events"}}
}

func queryStatusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (status|progress|state) of (query|hunt) {query-id:word}", "how far [along] is (query|hunt) {query-id:word} [now]",
		"is (query|hunt) {query-id:word} [already|still] (done|finished|ready|runs|complete|over) [yet|already]", "(query|hunt) {query-id:word} status",
		"(has|did) (query|hunt) {query-id:word} (finished|finish|complete|completed)"}}
}

func queryEventsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} (events|results) (of|from|for|out of|in) (query|hunt) {query-id:word}", "<show> {*} results (of|from|for) {query-id:word}"}}
}

func powerQueryWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(run|start|execute) (power query|powerquery) {query:quoted}", "[runs|start|do|make] (power query|powerquery|pq) [for|over] [{@range}] [:|,] {query:query}"}}
}
