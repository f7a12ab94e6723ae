package endpoints

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func listWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{"<show> {*} (machines|computers|devices)", "(find|search for|look for) [(host|endpoint|machine|computer|agent)] {computer-name:host}"},
		Clauses: []string{
			"(named|called|like|matching|whose name contains|with name|with) {computer-name:host}", "starting with {computer-name:host}",
			"(with|at|on|by|of) [ip|address] {query:ip}", "(used by|of user|by user|with user|for user) {query:word}",
		},
	}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (info|information|details|facts|everything) [we have] (of|on|about|for) {agent-ids}", "tell me about {agent-ids}",
		"what do (we|you) know about {agent-ids}", "what is {agent-ids}", "(look up|show|show me|describe|inspect) {agent-ids}",
		"(what|which) (os|operating system|version|agent version|user|site|group) (is|does|has) {agent-ids} [have|run|in|on]", "(where is|find) {agent-ids}",
		"is {agent-ids} [still|currently] (online|offline|isolated|connected|disconnected|infected|up|down|healthy|protected|alive)",
		"<show> (status|state|health) of {agent-ids}", "(who|which user) (uses|is using|is on|is logged on to|is logged in to|is logged in on) {agent-ids}",
	}}
}

func isolationWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(isolate|disconnect|contain|quarantine|network isolate|network quarantine|cut off|cut) {agent-ids} (from|off|on|in) [network|internet|net]",
		"(network|network-isolate|net) (isolate|quarantine) {agent-ids}", "network-isolate {agent-ids}", "cut off {agent-ids}",
		"(take|pull|kick|cut|get|knock) {agent-ids} off [of|from] [network|net]", "(pull|remove|unplug) {agent-ids} from network",
		"(put|place) {agent-ids} (in|into|under) (isolation|network isolation|network quarantine|containment)", "isolation (of|for) {agent-ids}",
	}}
}

func reconnectionWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(reconnect|connect|unisolate|un-isolate|deisolate|de-isolate|release|free) {agent-ids} [(from|of|out of) (isolation|network isolation|quarantine|network quarantine|containment)|[back] to [network|internet]]",
		"(stop|end|undo|lift|cancel|remove|revoke|reverse) (isolating|isolation|containing|containment|disconnecting|network isolation|network quarantine) [(of|on|for|from)] {agent-ids}",
		"(stop|end|undo|lift|cancel|remove|revoke|reverse) {agent-ids} (isolation|containment)",
		"(take|bring|let|get) {agent-ids} out of (isolation|quarantine|containment|network quarantine)",
		"(put|bring|let|get|take|plug) {agent-ids} back (on|onto|on to|to|in|into|online) [network|net|internet]", "bring {agent-ids} back online",
		"(reconnect|connect) {agent-ids} again",
	}}
}

func scanWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(scan|rescan|full scan) {agent-ids} [for (malware|viruses|threats)]", "(run|start|initiate|kick off|launch|do|trigger) [full] [disk|malware|virus] scan (of|on|for) {agent-ids}",
	}}
}

func messageWording() catalog.Wording {
	const people = "[user of|users of|user on|users on|everyone on|everybody on|user at|users at]"
	return catalog.Wording{Heads: []string{
		"(tell|message|notify|warn) " + people + " {host-names-or-internal-ips} [user|users] (that|:|saying|to) {message}",
		"(tell|message|notify|warn) " + people + " {host-names-or-internal-ips} [user|users] [:] {message:quoted}",
		"(send|show) [message] to " + people + " {host-names-or-internal-ips} [user|users] [:|saying|that says] {message}",
		"(send|show|broadcast) {message:quoted} (to|on) " + people + " {host-names-or-internal-ips}",
		"(send|broadcast) message {message:quoted} to " + people + " {host-names-or-internal-ips}",
		"(send|broadcast) message to " + people + " {host-names-or-internal-ips} [user|users] [:|saying|that says] {message}",
		"broadcast to " + people + " {host-names-or-internal-ips} [:|saying] {message}",
	}}
}

func shutdownWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(shut down|shutdown|power off|poweroff|power down|turn off|switch off) {agent-ids} [to {@reason}]", "(shut|power) {agent-ids} down", "(turn|switch|power) {agent-ids} off",
	}}
}

func restartWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(restart|reboot|power cycle) {agent-ids} [to {@reason}]"}}
}

func moveWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) group {group-id}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {group-id} group",
	}}
}

func moveSiteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) site {site-id}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {site-id} site",
	}}
}

func applicationsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [installed] (software|applications|apps|programs) [installed|running] (on|of|for) {agent-ids}",
		"(what|which) (software|applications|apps|programs) (is|are|does|do) [installed|running] [(on|in)] {agent-ids} [have|has] [installed]",
		"(what|what is|what's) installed on {agent-ids}",
	}}
}

func customerIDWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"set [customer|external] (id|identifier) (of|for|on) {filter:host} to {external-id:word}",
	}}
}
