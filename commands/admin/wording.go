package admin

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func sitesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} sites {*}", "<show> site {query:place}", "(find|search for|look for) site {query:place}"}, Clauses: []string{"(named|called|like|matching) {query:place}"}}
}

func accountsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} accounts {*}", "<show> account {name:place}"}, Clauses: []string{"(named|called|like|matching) {name:place}"}}
}

func groupsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} groups (in|at) {site-ids}", "(what|which) groups (are|are there|exist|does|do we have) [there] (in|at) {site-ids} [have]"}}
}

func newGroupWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(create|add|make|set up) [new] group [named|called] {name:place} (in|at|for|on|under) {site-id}", "(create|add|make|set up) [new] group [named|called] {name:place}",
	}}
}

func deleteGroupWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove) (group|groups) {group-ids}", "(delete|remove) {group-ids} group"}}
}

func accountPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> policy (of|for) account {account-id}", "<show> account policy (of|for) {account-id}"}}
}

func globalPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (global|tenant) policy"}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [system|console] (health|status) [of console|of system]", "<show> (system|console) (health|status)", "is console (up|down|healthy|ok|okay|online|available|alive|running)", "how is console [doing]",
	}}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> (system|console) (info|information|version|build)", "<show> version of console", "which version is console [on|running]", "what version is console [on|running]",
		"(which|what) version of console (is running|do we run|do we have|are we on)", "(which|what) console version (is running|do we run|do we have|are we on)"}}
}

func testWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(test|check) [api|console] connection [to console|to sentinelone]", "is (connection|api) [to console] (up|ok|working|fine)", "can you reach console", "ping console"}}
}

func activitiesWording() catalog.Wording {
	return catalog.Wording{
		Heads:   []string{"<show> {*} (activities|activity|activity log)", "what happened"},
		Clauses: []string{"(on|of|for|at) {filter.agentIds:host}", "(in|at|of|for) {filter.siteIds:place}", "(on|of|for) threat {filter.threatIds}"},
	}
}
