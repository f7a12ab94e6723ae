package admin

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func sitesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} sites {*}", "<show> site {query:site}", "(find|search for|look for) site {query:site}",
		"how many licenses (do we have|are there|have we|are) [left|free|available|used|in use] [(in|at|for|on) {query:site}]",
		"(<show> licenses|<show> license usage) [(in|at|for|of|on) {query:site}]"}, Clauses: []string{"(named|called|like|matching) {query:site}"}}
}

func accountsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} accounts {*}", "<show> account [for|of|named|called] {name:account}"}, Clauses: []string{"(named|called|like|matching) {name:account}"}}
}

func groupsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} groups (in|at) {site-ids}", "(what|which) groups (does|do) {site-ids} have",
		"(what|which) groups (are|are existing|are there|exist|does|do we have) [there] (in|at) {site-ids} [have]"}}
}

func newGroupWording() catalog.Wording {
	const made = "(create|add|make|set up|new) [new] group [named|called] {name:title}"
	return catalog.Wording{Heads: []string{
		made + " (in|at|for|on|under) {site-id} (which|that|and|,) (inherits|inherit|keeps|uses|takes|has) policy [of|from] [site] -> inherits=true", made + " (in|at|for|on|under) {site-id} (with inherited|inheriting) policy -> inherits=true",
		made + " (in|at|for|on|under) {site-id}", made,
	}}
}

func deleteGroupWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove) (group|groups) {group-ids:title}", "(delete|remove) {group-ids} group"}}
}

func accountPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> policy (of|for) account {account-id}", "[<show>] (what|which) policy (has|does|is for|applies to|is on) account {account-id} [have|use]", "<show> policy (of|for) {account-id}", "<show> account policy (of|for) {account-id}"}}
}

func globalPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (global|tenant) policy"}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [system|console] (health|status) [of console|of system]", "<show> (system|console) (health|status)",
		"is (console|sentinelone|management|s1) [itself] (down or is it just me|up or is it just me|up|down|healthy|ok|okay|online|available|alive|running)", "(how is|how's) (console|system|sentinelone|management) [doing|feeling]",
	}}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (system|console) (info|information|version|build)", "<show> version of console", "which version is console [on|running]", "(which|what) version (does|is) (console|management|sentinelone) [runs|have|on|running]",
		"what version is console [on|running]",
		"(which|what) version of (sentinelone|management) (is running|do we run|do we have|are we on)",
		"(which|what) version of console (is running|do we run|do we have|are we on)", "(which|what) console version (is running|do we run|do we have|are we on)"}}
}

func testWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(is|are) (bot|you) [still] (connected|online|working|alive|up|ok|okay|there)",
		"(test|check) [api|console] connection [to console|to sentinelone] [once|one time|again]", "(is|are) (bot|you) [still] connected to (console|sentinelone|s1)", "is (connection|api) [to console] (up|ok|working|fine)", "can you reach console", "ping console",
		"(does|is) [api|console|our] token [still] (work|works|working|valid|ok|okay|good|accepted|alive)", "is api [token] [still] (working|ok|okay|valid)",
		"(can|do) you still (reach|see|talk to) (console|sentinelone)", "are you [still] connected [to (console|sentinelone)]",
	}}
}

func activitiesWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{"<show> {*} (activities|activity|activity log)", "<show> (history|audit log|audit trail|activity history) [(of|in|from) console]", "what (happened|has happened|was happening) [(in|on|at) console]",
			"what did (people|users|analysts|admins|everybody|everyone|anybody|anyone|somebody|someone|they|we) do [(in|on|at) console]",
			"(who did what|what was done|what changed|what has changed) [(in|on|at) console]"},
		Clauses: []string{"(on|of|for|at) {filter.agentIds:host}", "(in|at|of|for|on site) {filter.siteIds:site}", "(on|of|for) threat {filter.threatIds}"},
	}
}
