package admin

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func sitesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (sites|site list|sites list|locations) {*}", "(which|what) sites (are|is) [currently] {+}", "(does|is there|do we have) [a|any] site [named|called] {query:site} [exist]",
		"(which|what) sites (does|do|has|have) account {account-ids:account} have",
		"(which|what) sites (does|do|has|have) {account-ids:account} have", "(are|is) [any] sites [currently|already|about to be] {+}", "<show> {*} sites {*}", "<show> site {query:site}",
		"(find|search for|look for) site {query:site}",
		"how many licenses (do we have|are there|have we|are) [left|free|available|used|in use] [(in|at|for|on) {query:site}]",
		"(<show> licenses|<show> license usage) [(in|at|for|of|on) {query:site}]"}, Clauses: []string{"(named|called|like|matching) {query:site}"}}
}

func accountsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (accounts|account list|accounts list|tenants|customers) {*}", "(which|what) accounts (are|is) [currently] {+}", "(do we have|is there) account [named|called|for] {name:account}",
		"(find|search|search for|look for|look up) account [named|called|for] {name:account}", "(find|search|search for|look for|look up) {name:account} account", "<show> {*} accounts {*}",
		"<show> account [for|of|named|called] {name:account}",
	}, Clauses: []string{"(named|called|like|matching) {name:account}"}}
}

func groupsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (groups|group list) (in|at|of|for|from|on|under|within|inside|belonging to) site {site-ids:title}", "<show> {*} groups (in|at|of|for|from|on|under|within) {site-ids}",
		"(what|which) groups (is|are|do|does|exist|has|have) [there|we have|we got|existing|defined|configured] (in|at|on|under|within|of|for) [site] {site-ids:title}",
		"(what|which) groups (does|do|has|have) site {site-ids:title} [have|contain|got]", "<show> site {site-ids:title} groups", "<show> {site-ids:site} groups",
		"how many groups (does|do|has|have) [site] {site-ids:title} [have|got]", "<show> {*} groups (in|at) {site-ids}", "(what|which) groups (does|do) {site-ids} have",
		"(what|which) groups (are|are existing|are there|exist|does|do we have) [there] (in|at) {site-ids} [have]"}}
}

func newGroupWording() catalog.Wording {
	const made = "(create|add|make|set up|new|build|open|establish|start|i need|need|we need|define|setup) [new|another] [endpoint] group [named|called|with name|:] {name:title}"
	const in = " [,] (in|at|for|on|under|of|within|to|inside) "
	heads := []string{}
	for _, where := range []string{"{site-id}", "site {site-id:title}", "{site-id:title} site"} {
		heads = append(heads, made+in+where,
			made+in+where+" [,|-] [and|with|it] [that|which|should|must|will|shall|should also|to|it should|it shall] (inherit|inherits|inheriting|inherited|inheritance|inheritance of|keep|keeps|keeping|use|uses|using|take|takes|same|with|have|has|by inheriting) [its|their|same|inherited] [policy|policies|settings] [(of|from|as|by) [parent] [site]] [policy|inherited] -> inherits=true",
			made+in+where+" [,] (with|and|which has|it has|having|, with|with a|needs) (own|its own|separate|custom|a policy of its own|individual|different) [policy] -> inherits=false", made+in+where+" [,] (with no|without|no|not) (policy inheritance|inheritance|inheriting|inherited policy|inheriting policy) -> inherits=false")
	}
	return catalog.Wording{Heads: append(heads,
		made+" (in|at|for|on|under) {site-id} (which|that|and|,) (inherits|inherit|keeps|uses|takes|has) policy [of|from] [site] -> inherits=true", made+" (in|at|for|on|under) {site-id} (with inherited|inheriting) policy -> inherits=true",
		made+" (in|at|for|on|under) {site-id}", made,
	)}
}

func deleteGroupWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<delete> [empty|old|unused|endpoint] (group|groups) [named|called|:] {group-ids:title}",
		"<delete> {group-ids:title} group",
	}}
}

func accountPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [protection|security|current|agent] (policy|policies|policy settings|protection settings|settings of policy) (of|for|on|in|from) account {account-id}",
		"<show> [protection|current] (policy|policy settings) (of|for|on|in|from) {account-id} [account]", "(<show>|what is|what's) {account-id} [account] policy",
		"(what|which) policy (has|does|do|is|applies|is set|is active|is configured|is in place|is in use|is in force|runs|applies for) [to|for|on|in|at|under] [account] {account-id} [have|use|run|get|has]",
		"(what's|what is|what does|<show> what is|<show> what's) [in|inside|configured in|set in] [account] policy (of|for) {account-id} [say|contain|look like]",
		"<show> policy (of|for) account {account-id}", "[<show>] (what|which) policy (has|does|is for|applies to|is on) account {account-id} [have|use]", "<show> policy (of|for) {account-id}",
		"<show> account policy (of|for) {account-id}",
	}}
}

func globalPolicyWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [in|inside|what is in|what's in|content of|contents of|settings of|details of] (global|tenant|tenant-wide|default|top level|top-level) (policy|policy settings) [(say|set to|look like|contain|configured|configured like|settings)]",
		"(what's|what is|what does|how is|how does) [in|inside|set in|configured in] (global|tenant|tenant-wide) policy [say|set|set to|look like|contain|configured|look|look right now]",
		"<show> policy (of|for|on) (tenant|whole tenant|all|global level|tenant level|everything)", "policy (global|tenant)",
	}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [system|console] (health|status) [of console|of system]", "<show> (system|console) (health|status)",
		"(is|are) [our] (console|sentinelone|management|s1|console server|management console|sentinelone console|system|s1 console|everything|backend|server|cloud) [itself|still|currently] (down|up|down or up|up or down|having issues|having problems|broken|slow|reachable|working|fine|operational|responding|healthy|ok|okay|online|available|alive|running|runs|in good shape|good)",
		"(is|are) (everything|all) (ok|okay|fine|good|well|up|working|in order|alright) (with|on|at) [our] (console|sentinelone|s1|management|system)",
		"(how is|how's|how are|how does) [our] (console|system|sentinelone|management|s1|management console|everything) [doing|feeling|today|look|looking|holding up]",
		"(any|are there|are there any|do we have|is there) (issues|problems|outage|outages|trouble|downtime|maintenance) (with|on|at|of|in) (console|sentinelone|s1|system|management)",
		"(check|test|verify) (health|status|state|availability) of [our] (console|sentinelone|s1|system|management|management console)",
		"(health|status|system|console|sentinelone|s1) (check|health check|healthcheck)", "<show> [our] (s1|sentinelone|management|management console|sentinelone console) (health|status|state)",
		"is (console|sentinelone|management|s1) [itself] (down or is it just me|up or is it just me|up|down|healthy|ok|okay|online|available|alive|running)",
		"(how is|how's) (console|system|sentinelone|management) [doing|feeling]",
	}}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [our] (system|console|management|server|s1|sentinelone|management console|sentinelone console) (info|information|version|build|release|build number|version number|version info|details)",
		"<show> (version|build|release|build number|version number) (of|for) [our] (console|management|sentinelone|s1|server|system|management console|sentinelone console)",
		"(which|what) [(version|build|release)] [of] (console|management|sentinelone|s1|server|management console|sentinelone console) [version|release|build] (are we|is it|is this|is|do we|do we have|are we running|is running|do we run|are we on|does it run|is runs|runs|do we use|are we using) [on|running|runs|run|have|installed]",
		"(which|what) (version|build|release|build number) (is|does|are|do|has) [our|your|we] (console|management|server|s1|sentinelone|management console|sentinelone console|we) [on|running|runs|have|at|run|use]",
		"<show> (system|console) (info|information|version|build)", "<show> version of console", "which version is console [on|running]",
		"(which|what) version (does|is) (console|management|sentinelone) [runs|have|on|running]",
		"what version is console [on|running]",
		"(which|what) version of (sentinelone|management) (is running|do we run|do we have|are we on)",
		"(which|what) version of console (is running|do we run|do we have|are we on)", "(which|what) console version (is running|do we run|do we have|are we on)"}}
}

func testWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(is|are) (bot|you|s1bot) [still|even|really] (connected|online|working|alive|up|ok|okay|there|running|runs|awake|reachable|responding)",
		"you (up|there|alive|awake|online|ok|okay|working) [(bot|s1bot)]",
		"(does|is|do|will) [our|your|bot's|s1] (api|api connection|connection|console connection|link|token|api token|api key|key|credentials|access|api access|integration|console access) [to [our] (console|sentinelone|s1|management)] [still|currently] (work|works|working|valid|ok|okay|good|accepted|alive|up|fine|in order|established|healthy|intact)",
		"(test|check|verify|try|probe) [our|your] (api|console|sentinelone|s1) (connection|connectivity|access|token|link|api|integration) [to (console|sentinelone|s1)]",
		"(test|check|verify|try|probe) [if] [your|our] (connection|connectivity|access|link) (to|with) [our] (console|sentinelone|s1|management|api)",
		"(can|do|are|could) (you|bot|we) [still|currently|even|able to] (reach|see|talk to|connect to|access|get to|contact|ping) [our] (console|sentinelone|s1|management|api|console api)",
		"(connection|connectivity|api|console) (test|check)", "(reach|contact) [our] (console|sentinelone|s1|management)", "ping [our] (console|sentinelone|s1|api|management)",
		"(connection|connectivity) to (console|sentinelone|s1) [ok|okay|fine|working|still ok]", "(is|are) (bot|you) [still] (connected|online|working|alive|up|ok|okay|there)",
		"(test|check) [api|console] connection [to console|to sentinelone] [once|one time|again]", "(is|are) (bot|you) [still] connected to (console|sentinelone|s1)",
		"is (connection|api) [to console] (up|ok|working|fine)", "can you reach console", "ping console",
		"(does|is) [api|console|our] token [still] (work|works|working|valid|ok|okay|good|accepted|alive)", "is api [token] [still] (working|ok|okay|valid)",
		"(can|do) you still (reach|see|talk to) (console|sentinelone)", "are you [still] connected [to (console|sentinelone)]",
	}}
}

func activitiesWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"<show> {*} (activities|activity|activity log|activity logs|activity feed|console activity|console activities|audit log|audit logs|activity entries|log entries|activity history|admin activity|console log|console logs|management activities) {*} [(entries|items|rows|lines|records)]",
			"<show> {*} (entries|items|rows|lines|records|events) (of|from|in) [console] (activity log|activities|audit log|activity feed)", "<show> {*} (console|management) events",
			"what (is|was|has been|has) [all] [been] (happening|going on|done|happened|changed|logged) [(in|on|at|with|to)] [our] [console|management|system|s1|sentinelone]",
			"(what|<show> what) (happened|changed) [(in|on|at)] [our] [console|management|system|s1|sentinelone]",
			"(who|<show> who) (did what|changed what|did something|changed something|has been doing what|has done what) [(in|on|at)] [console]",
			"(any|<show>) (changes|console changes|changes made|actions|admin actions|user actions) [(in|on|at|by) (console|users|admins|somebody|anyone)]",
			"<show> {*} (activities|activity|activity log)", "<show> (history|audit log|audit trail|activity history) [(of|in|from) console]",
			"what (happened|has happened|was happening) [(in|on|at) console]",
			"what did (people|users|analysts|admins|everybody|everyone|anybody|anyone|somebody|someone|they|we) do [(in|on|at) console]",
			"(who did what|what was done|what changed|what has changed) [(in|on|at) console]"},
		Clauses: []string{
			"(on|of|for|at|about|with|regarding|around|from|concerning|involving|to) {filter.agentIds:host}", "[for] endpoint {filter.agentIds:host}", "(in|at|of|for|on) site {filter.siteIds:title}",
			"(in|at|of|for|on site) {filter.siteIds:site}", "(on|of|for) threat {filter.threatIds}",
		},
	}
}
