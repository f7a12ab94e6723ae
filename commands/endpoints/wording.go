package endpoints

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func listWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"(which|what) endpoint (has|uses|is|with) [ip|address] {query:ip}",
			"(on|in) (which|what) endpoint is [user] {query:word} [working|logged in|logged on|on]",
			"(which|what) endpoint (is|does) [user] {query:word} (on|use|using|logged in on|logged in to|logged on to|working on)",
			"(which|what) endpoint is [user] {query:word} (logged in|logged on|logged|working) [to|into|on|in]", "(which|what) endpoints is [user] {query:word} (logged in|logged on|logged|working) [to|into|on|in]",
			"where is user {query:word} [logged in|logged on|working]",
			"<show> endpoint [with|by|at] [ip|address] {query:ip}",
			"<show> endpoint (of|used by) user {query:word}",
			"who (has|is) [ip|address] {query:ip}",
			"<show> {*} (machines|computers|devices)", "(find|search for|look for) [(host|endpoint|machine|computer|agent)] {computer-name:host}"},
		Clauses: []string{"(with|whose|where|having) [name|names] (containing|contains|contain|starts with|start with|starting with|like|is) {computer-name:host}",
			"[whose] (name|names) (contains|contain|containing|starts with|start with|starting with) {computer-name:host}", "(containing|beginning with) {computer-name:host}",
			"(with|which have|that have|having|which has|which contain) {computer-name:host} in [their|its] (name|names)", "(which|that) (have|has) name {computer-name:host}", "(assigned to|belonging to) [user] {query:word}",
			"(named|called|like|matching|whose name contains|with name|with) {computer-name:host}", "(starting with|beginning with|start with|begin with) {computer-name:prefix}",
			"where [user] {query:word} (is|was) [last|lastly] (logged in|logged on|signed in|working)",
			"(with|at|on|by|of) [ip|address] {query:ip}", "(used by|of user|by user|with user|for user) {query:word}",
		},
	}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(when did|when has) {agent-ids} [last|lastly] (check in|checked in|connect|connected|report|reported|log in|logged in|call home|called home|show up|appear|come online|go offline)",
		"since when is {agent-ids} (online|offline|isolated|disconnected)",
		"<show> {agent-ids} (info|status|state|health|ip|ip address|os|user|version|group|site|last user|owner)",
		"(pull up|bring up|pull|view|display|get|give me|show me|check out|i need|read) {agent-ids}",
		"<ask> (what is|what's) (up|wrong|going on|happening|new) (with|on) {agent-ids}",
		"<show> (version|endpoint version|os|operating system|ip|ip address|user|last user|owner|site|group|last seen|serial number) (of|on|for) {agent-ids}",
		"(what is|what's) (status|state|health|condition) (of|on|for) {agent-ids}",
		"(how is|how's|what about|how about) {agent-ids} [doing]",
		"(what|which) (version|endpoint version|os|operating system|ip|ip address|user) is [currently] [runs|installed|active|logged in] (on|at) {agent-ids}", "(version|endpoint version|os) {agent-ids}",
		"[who is|who's|who was|what is|<show>] last (logged in|logged on|signed in|active) user (on|of|at|for) {agent-ids}",
		"(check|check on|check up on|info|status) {agent-ids}",
		"(who is|who's|who was|which user is) (logged|logged in|logged on|signed in|working) [in|on|to|into|onto|at] {agent-ids}",
		"(who's|who is) (on|using|at) {agent-ids}", "who (owns|has|used|works on|works with) {agent-ids}",
		"(when was|when did|when is) {agent-ids} [last|lastly] (seen|online|connected|active) [last]",
		"(what is|what's) (ip|ip address|os|operating system|version|user|owner|last user|site|group|serial|serial number) of {agent-ids}",
		"(what|which) (ip|ip address|os|operating system|version|agent version|user|site|group) {agent-ids} (has|have|runs)",
		"(is|are) {agent-ids} [still|currently|already|now] [back] (online|offline|isolated|connected|disconnected|infected|up|down|healthy|protected|alive|reachable|up to date|quarantined|contained|off network|on network)",
		"has {agent-ids} [already] been (isolated|disconnected|quarantined|contained|reconnected)",
		"(do you know|do we know|what can you tell me about|tell me more about) {agent-ids}",
		"<show> {*} (info|information|details|facts|everything) [we have] (of|on|about|for) {agent-ids}", "tell me about {agent-ids}",
		"what do (we|you) know about {agent-ids}", "what is {agent-ids}", "(look up|show|show me|describe|inspect) {agent-ids}",
		"(what|which) (os|operating system|version|agent version|user|site|group) (is|does|has) {agent-ids} [have|run|in|on]", "(where is|find) {agent-ids}",
		"is {agent-ids} [still|currently] (online|offline|isolated|connected|disconnected|infected|up|down|healthy|protected|alive)",
		"<show> (status|state|health) of {agent-ids}", "(who|which user) (uses|is using|is on|is logged on to|is logged in to|is logged in on) {agent-ids}",
	}}
}

func isolationWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(quarantine|isolate) network (of|on|for) {agent-ids}", "(cut|disable|kill|turn off|switch off|remove|shut off|drop|block) network [access|connection|connectivity] (on|of|for|to|from|at) {agent-ids}",
		"(remove|drop) {agent-ids} from network",
		"quarantine (endpoint|endpoints|laptop|server|workstation|notebook|desktop|system) {agent-ids}",
		"(isolate|disconnect|contain) {filter.computerName__contains:host} (endpoints|servers|laptops|workstations)",
		"(isolate|disconnect|contain) [all|every] (endpoints|endpoint|servers|laptops|workstations) (with|containing|whose name contains|with name) {filter.computerName__contains:host} [in name|in their name|in names]",
		"(isolate|disconnect|contain) [all|every] (endpoints|endpoint|servers|laptops|workstations) (named|called|starting with|like) {filter.computerName__contains:host}",
		"pull plug on {agent-ids} [network]",
		"(put|place) {agent-ids} (in|into|under|on) [network] (quarantine|lockdown)",
		"(lock down|lockdown|airgap|air gap|unplug|ring-fence|fence off) {agent-ids}",
		"(take|bring|get|put) {agent-ids} offline",
		"(block|stop|cut) [all] network (access|traffic) (of|for|on|from|to) {agent-ids}",
		"(isolate|disconnect|contain|quarantine|network isolate|network quarantine|cut off|cut) {agent-ids} (from|off|on|in) (network|internet|net)",
		"(network|network-isolate|net) (isolate|quarantine) {agent-ids}", "network-isolate {agent-ids}", "cut off {agent-ids}",
		"(take|pull|kick|cut|get|knock) {agent-ids} off [of|from] [network|net]", "(pull|remove|unplug) {agent-ids} from network",
		"(put|place) {agent-ids} (in|into|under) (isolation|network isolation|network quarantine|containment)", "isolation (of|for) {agent-ids}",
	}}
}

func reconnectionWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(give|get) {agent-ids} back [its|their|his|her] (network|connection|network access|internet)", "(give|get) {agent-ids} [its|their] (network|connection|network access|internet) back",
		"(take|get|bring|pull) {agent-ids} off [of] (isolation|quarantine|containment|network quarantine)",
		"(remove|take) {agent-ids} (from|out of|off) (isolation|quarantine|containment|network isolation|network quarantine)",
		"(enable|restore|re-enable|turn on|switch on) [again|back] network [access|connection|connectivity] (on|of|for|to|at) {agent-ids}",
		"(give|restore|return|re-enable) [back] network [access|connection] (to|of|on|for) {agent-ids}",
		"(give|restore) {agent-ids} [its|their|back] network [access] [back]",
		"(bring|get|put|take) {agent-ids} [back] online",
		"(put|let|bring) {agent-ids} (on|onto|on to) network again",
		"(unquarantine|uncontain|un-contain|un-quarantine|de-quarantine) {agent-ids}",
		"(lift|end) (quarantine|lockdown) (on|of|for|from) {agent-ids}",
		"(reconnect|connect|unisolate|un-isolate|deisolate|de-isolate|release|free) {agent-ids} [(from|of|out of) (isolation|network isolation|quarantine|network quarantine|containment)|[back] to [network|internet]]",
		"(stop|end|undo|lift|cancel|remove|revoke|reverse) (isolating|isolation|containing|containment|disconnecting|network isolation|network quarantine) [(of|on|for|from)] {agent-ids}",
		"(stop|end|undo|lift|cancel|remove|revoke|reverse) {agent-ids} (isolation|containment)",
		"(take|bring|let|get) {agent-ids} out of (isolation|quarantine|containment|network quarantine)",
		"(put|pop|bring|let|get|take|plug) {agent-ids} back (on|onto|on to|to|in|into|online) [network|net|internet]", "bring {agent-ids} back online",
		"(reconnect|connect) {agent-ids} again",
	}}
}

func scanWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(start|begin) scanning {agent-ids}",
		"(run|start|initiate|kick off|launch|do|trigger|make|perform|execute|schedule) [full|complete|deep|quick|new|on-demand] [disk|malware|virus|av|antivirus] scan (of|on|for|at) {agent-ids}",
		"(scan|check) {agent-ids} for (malware|viruses|threats|infections)",
		"(full|complete|deep) [disk] scan (of|on|for) {agent-ids}",
		"(virus|malware|av) scan (of|on|for) {agent-ids}",
		"{agent-ids} [full] scan",
		"(scan|rescan|full scan) {agent-ids} [for (malware|viruses|threats)]", "(run|start|initiate|kick off|launch|do|trigger) [full] [disk|malware|virus] scan (of|on|for) {agent-ids}",
	}}
}

func messageWording() catalog.Wording {
	const to = "[user of|users of|user on|users on|user at|users at|people on|people at|everyone on|everybody on|person on|owner of] {host-names-or-internal-ips} [user|users]"
	return catalog.Wording{Heads: []string{
		"(tell|message|notify|warn|inform|write) [to] " + to + " (that|:|saying|to) {message}", "(tell|message|notify|warn|inform|write) [to] " + to + " [:|,] {message:quoted}",
		"(send|show|write|display|broadcast) [message] (to|on) " + to + " [message] [:|saying|that says] {message}",
		"(send|show|write|display|broadcast) [message] {message:quoted} (to|on|at) " + to, "(send|show|write|display) " + to + " message [:|saying|that says] {message}",
		"(send|show|write|display|broadcast) [message] to [all|everyone in|everybody in|users of] [endpoints|users|people] [of|in|on] group {group-ids:group} [message] [:|saying|that says] {message}",
		"(message|announcement|broadcast) (to|for) [all|everybody|everyone] [endpoints|users|people] (in|of|on) group {group-ids:group} : {message}",
		"(tell|message|notify|warn|inform) [all|everybody|everyone] [endpoints|users|people] (in|of|on) group {group-ids:group} (that|:|saying) {message}",
		"(pop up|popup) [message] on " + to + " [:|saying] {message}", "let " + to + " know [that|:|,] {message}", "message (to|for|on) " + to + " : {message}",
	}}
}

func shutdownWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(shut down|shutdown|power off|power down|turn off|switch off) [all|every|everything|all of] [endpoints|endpoint] (of|in|from) {group-ids}",
		"(shut off|switch down|halt) {agent-ids}",
		"(shut down|shutdown|power off|poweroff|power down|turn off|switch off) {agent-ids} [to {@reason}]", "(shut|power) {agent-ids} down", "(turn|switch|power) {agent-ids} off",
	}}
}

func restartWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(restart|reboot) [all|every|everything|all of] [endpoints|endpoint] (of|in|from) {group-ids}",
		"(do|make|force|trigger) (reboot|restart) (of|on|for) {agent-ids}",
		"(turn|switch) {agent-ids} off and on again",
		"(restart|reboot|power cycle) {agent-ids} [to {@reason}]"}}
}

func moveWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(pass|send|shift|relocate|switch|bring) {host-names-or-internal-ips} (to|into|in) group {group-id:title}",
		"(change|set) group of {host-names-or-internal-ips} to {group-id}",
		"(add|move|put) {host-names-or-internal-ips} (to|into|in) {group-id}",
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) group {group-id:title}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {group-id} group",
	}}
}

func moveSiteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) site {site-id:title}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {site-id} site",
	}}
}

func applicationsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [list of] [installed] (software|programs) [that is|which is|that are|which are] [installed|running] (on|of|for|in) {agent-ids}",
		"(what|which) (software|programs) (is|are|does|do) [installed|running] [(on|in)] {agent-ids} [have|has|run|runs|use] [installed]",
		"(what is|what's|which is) [all] installed (on|in) {agent-ids}", "(what|which) software (does|do) {agent-ids} have [installed] on (it|them)", "[<show>] (what|which) software (has|have) installed {agent-ids}",
		"{agent-ids} [installed] software",
		"(what|which) (software|programs) [installed] (on|in) {agent-ids}",
		"<show> [installed] (software|applications|apps|programs) [installed|running] (on|of|for) {agent-ids}",
		"(what|which) (software|applications|apps|programs) (is|are|does|do) [installed|running] [(on|in)] {agent-ids} [have|has] [installed]",
		"(what|what is|what's) installed on {agent-ids}",
	}}
}

func customerIDWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"set [customer|external] (id|identifier) (of|for|on) {filter:host} to {external-id:word}",
		"(put|set|give|assign) (customer|external) (id|identifier) {external-id:word} (on|to|for) {filter:host}",
		"(tag|label) {filter:host} with (customer|external) (id|identifier) {external-id:word}",
	}}
}
