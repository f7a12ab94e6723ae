package hunts

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain. The fields of the queries are those that both
// engines have: see sameFields.

func huntWording() catalog.Wording {
	const hunt = "(hunt|hunt for|search for|search events for|look for|query for|search)"
	var heads []string
	for _, what := range []struct{ asks, query string }{
		{"[process|processes|executions of] {$what:file}", `TgtProcName CONTAINS "$what"`},
		{"[process|processes] {$what:program}", `TgtProcName CONTAINS "$what"`},
		{"[hash|file with hash] {$what:hash}", ""},
		{"[connections to|traffic to|connections with] {$what:ip}", `DstIP = "$what"`},
		{"(dns requests for|dns requests to|lookups of|connections to|requests to) {$what:domain}", `DnsRequest CONTAINS "$what"`},
		{"{$what:domain}", `DnsRequest CONTAINS "$what"`},
		{"command line {$what:quoted}", `TgtProcCmdLine CONTAINS "$what"`},
	} {
		if what.query == "" {
			continue
		}
		heads = append(heads, hunt+" "+what.asks+" -> query="+what.query, hunt+" "+what.asks+" (on|at) {$host:host} -> query="+what.query+` AND AgentName CONTAINS "$host"`)
	}
	const anyone = "(anyone|anybody|someone|somebody|any host|any endpoint|any machine|any of our hosts|we)"
	heads = append(heads,
		"did "+anyone+" (talk|connect|go|reach out|communicate|beacon) (to|with) {$what:ip} -> query=DstIP = \"$what\"", "did "+anyone+" (talk|connect|go|reach out|communicate|beacon) (to|with) {$what:domain} -> query=DnsRequest CONTAINS \"$what\"",
		"(who|what|which hosts|which endpoints|which machines) [else] (talked|connected|went|talks|connects) (to|with) {$what:ip} -> query=DstIP = \"$what\"",
		"(who|what|which hosts|which endpoints|which machines) [else] (talked|connected|went|talks|connects) (to|with) {$what:domain} -> query=DnsRequest CONTAINS \"$what\"",
		"where [else] (did|has|does) {$what:file} (run|ran|execute|executed) -> query=TgtProcName CONTAINS \"$what\"", "(who|what|which hosts|which endpoints|which machines) [else] (ran|executed|started) {$what:file} -> query=TgtProcName CONTAINS \"$what\"",
		"(did|has) {$what:file} (run|execute|executed) [anywhere|elsewhere|somewhere else|on other hosts] -> query=TgtProcName CONTAINS \"$what\"",
	)
	return catalog.Wording{Heads: append(heads, "(run|start|execute) (query|hunt) {query:quoted}", "hunt for {query:quoted}", "hunt {query:quoted}")}
}

func processesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		`<show> {*} (processes|running processes|process activity) (on|of|at|from) {$host:host} -> query=AgentName CONTAINS "$host"`,
		`(what|which) processes (ran|run|are running|were running) on {$host:host} -> query=AgentName CONTAINS "$host"`, `what ran on {$host:host} -> query=AgentName CONTAINS "$host"`,
	}}
}

func fetchWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} events", "<show> all events"}}
}

func queryStatusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (status|progress|state) of (query|hunt) {query-id:word}", "how far is (query|hunt) {query-id:word}", "is (query|hunt) {query-id:word} (done|finished|ready)"}}
}

func queryEventsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} (events|results) of (query|hunt) {query-id:word}"}}
}

func powerQueryWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(run|start|execute) (power query|powerquery) {query:quoted}"}}
}
