package endpoints

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

// What people ask of one endpoint, and how it may be.
const (
	trait = "(ip|ips|ip address|address|internal ip|external ip|public ip|mac|mac address|os|os version|operating system|version|endpoint version|sensor version|sensor|user|current user|last user|logged in user|last logged in user|owner|site|group|status|state|health|health status|" +
		"network status|isolation status|connection status|isolation state|last seen|last seen time|last contact|last checkin|last check in|last check-in|last connection|uptime|serial|serial number|model|domain|hostname|uuid|hardware|cpu|memory|scan status)"
	state = "(online|offline|isolated|connected|disconnected|infected|up|down|healthy|protected|alive|reachable|up to date|outdated|out of date|quarantined|contained|off network|on network|off|on|reporting|reporting in|checking in|active|clean|ok|okay|compromised|cut off|cut off from network|disconnected from network|isolated from network|there|around|back|powered on|powered off|turned on|turned off|running|in (isolation|quarantine|containment))"
	owned = "(endpoint|endpoints|laptop|laptops|workstation|workstations|notebook|notebooks|desktop|server)"
)

func listWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"(which|what) (endpoint|endpoints) (has|have|uses|use|is using|got|had|with|owns) [ip|address|ip address] {query:ip} [assigned]",
			"(what|which) endpoint is [behind|at|on|using] [ip|address|ip address] {query:ip}",
			"(whose|what|which) endpoint [name] (is|has|uses|sits behind|belongs to|does) [ip|address|ip address] {query:ip} [belong to]",
			"(who|what) is [behind|at|on] [ip|address|ip address] {query:ip}", "{query:ip} is (which|what|whose) endpoint", "<show> [ip|address|ip address] {query:ip} [endpoint]",
			"(which|what) (endpoint|endpoints|" + owned + ") (does|do) [user] {query:word} [(have|use|own|work on|sit at)]",
			"(which|what) (endpoint|endpoints|" + owned + ") (is|are) [user] {query:word} (using|on|working on|sitting at|assigned)",
			"(which|what) (endpoint|endpoints) (belongs|belong|is assigned|are assigned) to [user] {query:word}",
			"<show> " + owned + " (of|used by|for|from|belonging to|assigned to) [user] {query:word}", "(where is|what is|what's) [user] {query:word} (logged in|logged on|working on)",
			"(find|look up|search|look for|search for) user {query:word}",
			"(which|what) endpoint (has|uses|is|with) [ip|address] {query:ip}",
			"(on|in) (which|what) endpoint is [user] {query:word} [working|logged in|logged on|on]",
			"(which|what) endpoint (is|does) [user] {query:word} (on|use|using|logged in on|logged in to|logged on to|working on)",
			"(which|what) endpoint is [user] {query:word} (logged in|logged on|logged|working) [to|into|on|in]",
			"(which|what) endpoints is [user] {query:word} (logged in|logged on|logged|working) [to|into|on|in]",
			"where is user {query:word} [logged in|logged on|working]",
			"<show> endpoint [with|by|at] [ip|address] {query:ip}",
			"<show> endpoint (of|used by) user {query:word}",
			"who (has|is) [ip|address] {query:ip}",
			"<show> {*} (machines|computers|devices)", "<show> {*} [endpoint] (inventory|estate|fleet)",
			"(do we have|is there|have we|have we got|do you have|do you know|do you see) [any|an|some] (endpoint|endpoints|server|laptop|workstation) [(named|called|with name|like)] {computer-name:host}",
			"(find|search for|look for) [(host|endpoint|machine|computer|agent)] {computer-name:host}"},
		Clauses: []string{"(with|whose|where|having) [name|names] (containing|contains|contain|starts with|start with|starting with|like|is) {computer-name:host}",
			"[whose] (name|names) (contains|contain|containing|starts with|start with|starting with) {computer-name:host}", "(containing|beginning with) {computer-name:host}",
			"(with|which have|that have|having|which has|which contain|which have got|that contain|that has) {computer-name:host} in [their|its] (name|names|hostname|hostnames)",
			"[that|which] (have|has|contain) {computer-name:host} in [their|its] (name|names|hostname|hostnames)", "[that|which] (have|has|contain) {computer-name:word} in [their|its] (name|names|hostname|hostnames)",
			"(with|which have|that have|having|which has|that has) {computer-name:word} in [their|its] (name|names|hostname|hostnames)",
			"(whose|where|with) (name|names|hostname|hostnames) (contains|contain|containing|starts with|start with|starting with|begins with|begin with|beginning with|includes|include|like|is|has|have) {computer-name:word}",
			"[that|which] (start|starts|begin|begins|starting|beginning) with {computer-name:prefix}", "[that|which] (start|starts|begin|begins|starting|beginning) with {computer-name:host}",
			"[(that|which) (are|is)] (named|called) [like] {computer-name:prefix}", "[(that|which) (are|is)] (named|called) [like] {computer-name:host}",
			"[that|which] (match|matches|contain|contains|include|includes) {computer-name:host}", "(which|that) (have|has) name {computer-name:host}",
			"(assigned to|belonging to) [user] {query:word}",
			"(named|called|like|matching|whose name contains|with name|with) {computer-name:host}", "(starting with|beginning with|start with|begin with) {computer-name:prefix}",
			"where [user] {query:word} (is|was) [last|lastly] (logged in|logged on|signed in|working)",
			"(with|at|on|by|of) [ip|address] {query:ip}", "(used by|of user|by user|with user|for user) {query:word}",
		},
	}
}

func infoWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"confirm [(current|exact)] " + trait + " (of|on|for|from) {agent-ids}", "<show> " + trait + " (and|,|&) " + trait + " (of|on|for|from) {agent-ids}", "<show> [(current|exact|full)] " + trait + " (of|on|for|from) {agent-ids}",
		"(<show>|check|which|whose|who is|who's) {agent-ids} [(current|exact|full)] " + trait,
		"(what|which) " + trait + " (is|are|does|do|has|have) {agent-ids} [(in|on|have|has|run|runs|using|use|at|with|belong to|belong|located in|assigned to)]",
		"(what|which) " + trait + " is [currently] (used|installed|active|logged in|logged on|signed in|assigned|set|shown) (on|at|to|for|in) {agent-ids}",
		"(what|which) (user|users) [is|are] [currently] [(logged in|logged on|signed in|active|working)] (on|at|to|into) {agent-ids}",
		"(is|are) {agent-ids} [still|currently|already|now|actually|really|even] [back] " + state + " [again|yet|or not|right now|currently|at moment|today]",
		"(is|are) {agent-ids} [still|currently|already|now|actually] " + state + " or " + state,
		"(has|have) {agent-ids} [already|ever] [been] (isolated|disconnected|quarantined|contained|reconnected|seen|online|offline|back|come back|come back online|checked in|reported in|connected) [yet|today|already|lately|recently]",
		"(did|does) {agent-ids} [still|already] (check in|checkin|report|report in|connect|come back|come back online|come online|show up|reconnect) [yet|today|already|lately|recently|again]",
		"{agent-ids} (:|,|-) " + state + " or not", "{agent-ids} " + state + " or not",
		"<show> (everything|all|anything|whatever) [that|what|which] (you|we) (know|have|got|can find|can tell me|have got) (about|on|for|of) {agent-ids}",
		"[<show>] (what do you have|what do we have|what have you got|what have we got|anything|everything) (on|about) {agent-ids}",
		"[<show>] (who is|who's|who was|who are) [current|last] (owner|user|owners|users|person) (of|on|at|behind) {agent-ids}", "(which|what) site is {agent-ids} (in|on|part of)",
		"(in|on) (which|what) (site|group) is {agent-ids}", "(what|which) (site|group) (does|do) {agent-ids} belong to",
		"where does {agent-ids} belong [to]", "(where is|where's) {agent-ids} [located|now]",
		"(what kind of|what type of|what sort of) endpoint is {agent-ids}", "(how long has|since when has) {agent-ids} been (online|offline|isolated|disconnected|down|up)",
		"(does|do) {agent-ids} (run|have) (an up to date|latest|current|newest|old) (endpoint|version|sensor)",
		"is (endpoint|sensor) (on|of|at) {agent-ids} [still|currently] (up to date|online|running|active|healthy|outdated|ok|working|connected)",
		"(who's|who is|who was|who) [last] (been|logged in|logged on|signed in|logged|working|working on|sitting at|sitting in front of) [in|on|to|into|onto|at] {agent-ids}",
		"<show> (profile|summary|overview|record|card|page|properties|data|sheet|inventory record) (of|on|for) {agent-ids}",
		"(is|are) {agent-ids} (managed|monitored|covered|enrolled|known) [by (us|sentinelone|s1|you)]", "does {agent-ids} (exist|have an endpoint)",
		"(when did|when has) {agent-ids} [last|lastly] (check in|checked in|connect|connected|report|reported|log in|logged in|call home|called home|show up|appear|come online|go offline)",
		"since when is {agent-ids} (online|offline|isolated|disconnected)",
		"<show> {agent-ids} (info|status|state|health|ip|ip address|os|user|version|group|site|last user|owner)",
		"(have|take) [a|one] [quick|closer|short|brief] (look|peek|glance) (at|into) {agent-ids}", "look (at|into) {agent-ids}",
		"(pull up|bring up|pull|view|display|get|give me|show me|check out|i need|read) {agent-ids}",
		"<ask> (what is|what's) (up|wrong|going on|happening|new) (with|on) {agent-ids}",
		"<show> (version|endpoint version|os|operating system|ip|ip address|user|last user|owner|site|group|last seen|serial number) (of|on|for) {agent-ids}",
		"(what is|what's) (status|state|health|condition) (of|on|for) {agent-ids}",
		"(how is|how's|what about|how about) {agent-ids} [doing]",
		"(what|which) (version|endpoint version|os|operating system|ip|ip address|user) is [currently] [runs|installed|active|logged in] (on|at) {agent-ids}",
		"(version|endpoint version|os) {agent-ids}",
		"[who is|who's|who was|what is|<show>] last (logged in|logged on|signed in|active) user (on|of|at|for) {agent-ids}",
		"(check|check on|check up on|info|status) {agent-ids}",
		"(who is|who's|who was|which user is) (logged|logged in|logged on|signed in|working) [in|on|to|into|onto|at] {agent-ids}",
		"(who's|who is|who|(what|which) user) (on|using|at|is on|is at|sits on|sits at|works on|works at|is sitting at) {agent-ids}", "who (owns|has|used|works on|works with) {agent-ids}",
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
		"(take|pull|kick|cut|get|knock|drop|put|bring|yank|throw|boot|remove|force) {agent-ids} (off|from|off of|off from|out of) [corporate|company|corp|our] (network|net|wire|lan|grid|internet|wifi|domain|vpn)",
		"(network isolate|net isolate|network-isolate|quarantine|seal off|wall off|fence off|close off|lock out|sandbox) {agent-ids} [(from|on) (network|internet)]",
		"(isolate|disconnect|contain|quarantine) {agent-ids} (network-wise|completely|fully|entirely) [(from|off) network]",
		"(start|initiate|trigger|do|perform|apply|enforce|put|request|set) [network] (isolation|containment|quarantine) (on|of|for|to) {agent-ids}",
		"(isolation|containment|network quarantine|network isolation) {agent-ids}",
		"(go ahead with|proceed with|proceed to) [network] (isolation|isolating|containment|containing|isolate) [of] {agent-ids}",
		"(stop|prevent) {agent-ids} from (talking|communicating|reaching|connecting) [(to|with|on)] [anything|anyone|network|internet|others|other endpoints|rest of network]",
		"(quarantine|isolate) network (of|on|for) {agent-ids}",
		"(cut|disable|kill|turn off|switch off|remove|shut off|drop|block) network [access|connection|connectivity] (on|of|for|to|from|at) {agent-ids}",
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
		"(take|pull|kick|cut|get|knock) {agent-ids} off [of|from] (network|net)", "(kick|cut|knock) {agent-ids} off", "(pull|remove|unplug) {agent-ids} from network",
		"(put|place) {agent-ids} (in|into|under) (isolation|network isolation|network quarantine|containment)", "isolation (of|for) {agent-ids}",
	}}
}

func reconnectionWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(restore|re-establish|reestablish|reenable|re-enable|enable|turn on|switch on|give back|return|resume|unblock) [network|internet] (connectivity|connection|access|network access|network connection) (of|for|on|to|at) {agent-ids}",
		"(restore|re-enable|unblock) {agent-ids} [network] (connectivity|connection|access)",
		"(lift|end|remove|release|cancel|revoke|undo|stop|reverse|drop|terminate|clear|take off|disable|deactivate|turn off|switch off) [network] (isolation|quarantine|containment|lockdown|network quarantine) (of|for|on|from|at) {agent-ids}",
		"(lift|end|remove|cancel|undo|clear) {agent-ids} [network] (isolation|quarantine|containment)",
		"(un-isolate|unisolate|release|reconnect|deisolate|free|uncontain|un-contain|de-isolate|unlock|unquarantine) {agent-ids} again",
		"(put|bring|let|get|take|plug|hook|connect|move|add) {agent-ids} back [(on|onto|on to|to|in|into)] [corporate|company|corp|our] (network|net|internet|online|lan|grid|wire|production|wifi)",
		"(let|allow) {agent-ids} (on|onto|back on|back onto|to) [network] [again]", "(let|allow) {agent-ids} (connect|talk|communicate|out) [again] [to network]",
		"(un-isolation|unisolation|reconnection|release) (of|for) {agent-ids}", "(bring|get|put) {agent-ids} (back up|back|online again)",
		"(give|grant) {agent-ids} (network|internet) [access|connection] [back|again]",
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
		"(run|start|initiate|kick off|launch|do|trigger|make|perform|execute|schedule) [full|complete|deep|quick|new|on-demand|thorough|proper] [disk|malware|virus|av|antivirus] scan (of|on|for|at) {agent-ids}",
		"(scan|check) {agent-ids} for (malware|viruses|threats|infections)",
		"(full|complete|deep) [disk] scan (of|on|for) {agent-ids}",
		"(virus|malware|av) scan (of|on|for) {agent-ids}",
		"{agent-ids} [full] scan", "(re-scan|rescan|scan|check|sweep) {agent-ids} (again|once more|one more time|completely|fully|in full)",
		"(arrange|organize|organise|plan) [full|complete|deep|quick|new] [disk|malware|virus|av] scan (of|on|for) {agent-ids}", "(run|do|start|make|give) (me|us) [(full|complete|deep|quick|new)] [disk|malware|virus|av] scan (of|on|for) {agent-ids}",
		"(run|start|initiate|kick off|launch|do|trigger|make|perform|execute|schedule|get|give|need|request|order|fire off|fire|queue) [(full|complete|deep|quick|new|on-demand|full disk|fresh|another|full system|whole|complete disk|thorough|proper)] [disk|malware|virus|av|antivirus|system|anti-virus|s1|sentinelone|security] (scan|scans|sweep|check) (of|on|for|at|against|over|across) {agent-ids}",
		"(run|start|do|initiate|launch|perform) {agent-ids} [full] scan", "(give|run) {agent-ids} [(full|complete|deep|quick|new)] [disk|malware|virus|av] scan",
		"(scan|sweep|check) [(whole|entire|full)] (disk|disks|drive|drives|system|filesystem) (of|on) {agent-ids}",
		"(scan|full scan|av scan|virus scan|disk scan|full disk scan|malware scan|complete scan) (of|on|for|at) {agent-ids}", "do full scan {agent-ids}", "(fully|completely|deep) scan {agent-ids}",
		"(scan|rescan|full scan) {agent-ids} [for (malware|viruses|threats)]", "(run|start|initiate|kick off|launch|do|trigger) [full] [disk|malware|virus] scan (of|on|for) {agent-ids}",
	}}
}

func messageWording() catalog.Wording {
	const pop = "(pop up|popup|pop-up|notification|note|warning|message|banner|alert|notice|announcement)"
	const to = "[user of|users of|user on|users on|user at|users at|people on|people at|everyone on|everybody on|person on|owner of] {host-names-or-internal-ips} [user|users]"
	return catalog.Wording{Heads: []string{
		"(send|show|display|drop|put|push|pop|pop up|throw|leave|issue|trigger|raise|broadcast|post|place) [up] [" + pop + "] (to|on|at|onto|for) " + to + " (:|saying|that says|reading|with text|with message|with [text] :|saying :|that says :|telling them|, text|, text :|text :|with words|which says|which reads|that reads) {message}",
		"(send|show|display|drop|put|push|pop|pop up|throw|leave|issue|broadcast|post) [up] [" + pop + "] (to|on|at|onto|for) " + to + " {message:quoted}",
		"(send|show|display|push|broadcast) " + to + " [" + pop + "] (:|saying|that says|that reads|with text) {message}",
		"(tell|warn|notify|inform|message|alert|ping|advise) [user|users|people|everyone|everybody|whoever is|person|employee] (on|at|of|behind|in front of|using) " + to + " (:|that|to|saying) {message}",
		"(tell|warn|notify|inform|message|alert|broadcast to|broadcast|send to|send) [all|everybody|everyone|all users|users|people|all endpoints|endpoints] (in|of|on|from) group {group-ids:group} (:|that|saying|to|about :) {message}",
		"(tell|warn|notify|inform|message|alert) [all|everybody|everyone|users|people|all users] [(in|of|on|from)] {group-ids:title} group (:|that|saying) {message}",
		"(tell|warn|notify|inform|message|broadcast to|broadcast) group {group-ids:group} (:|that|saying) {message}",
		"(send|show|display|push|broadcast|pop) [" + pop + "] (to|on|for) [all|everybody|everyone|all users|users|people|all endpoints|endpoints] [(in|of|on|from)] group {group-ids:group} (:|saying|that says|that reads|with text) {message}",
		"(send|show|display|push|broadcast) {message:quoted} (to|on) [all|everybody|everyone|all users|users|people|all endpoints|endpoints] [(in|of|on|from)] group {group-ids:group}",
		"(message|broadcast|popup|pop up|announcement) (to|for|on) " + to + " (:|saying|,|-) {message}",
		"(let) " + to + " know (that|:|about :) {message}", "(let) [user|users|people|everyone|everybody] (on|at|of) " + to + " know (that|:) {message}",
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
		"(shut off|switch down|halt|turn off|kill power of|kill power on|cut power to|cut power of|take down|bring down|power-off|shut-down) {agent-ids}",
		"(do|initiate|trigger|perform|force|request) (shutdown|shut down|power off) (of|on|for) {agent-ids}",
		"(shut|turn|power|switch) (off|down) [all|every|everything] (in|of|from) group {group-ids:group}",
		"(shut|turn|power|switch) [all|every] [endpoints|endpoint] (in|of|from) group {group-ids:group} (off|down)",
		"(shut down|shutdown|power off|turn off|power down|switch off) [all|every|everything|all of] [endpoints|endpoint] (in|of|from) group {group-ids:group}",
		"(shut down|shutdown|power off|turn off|power down|switch off) group {group-ids:group}", "(shut down|shutdown|power off|turn off) {agent-ids} (completely|now)",
		"(shut down|shutdown|power off|poweroff|power down|turn off|switch off) {agent-ids} [to {@reason}]", "(shut|power) {agent-ids} down", "(turn|switch|power) {agent-ids} off",
	}}
}

func restartWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(restart|reboot) [all|every|everything|all of] [endpoints|endpoint] (of|in|from) {group-ids}",
		"(do|make|force|trigger|perform|initiate|issue|request|schedule) [forced|immediate] (reboot|restart|power cycle) (of|on|for|to) {agent-ids}",
		"(bounce|cycle|power-cycle|powercycle|re-boot|re-start|force restart|force reboot|force-restart|force-reboot|reboot|restart) {agent-ids} [again|once|once more]",
		"(give) {agent-ids} [a] (reboot|restart|bounce)",
		"(restart|reboot|bounce) [all|every|everything|all of] [endpoints|endpoint|servers|workstations|laptops] (in|of|from|on) group {group-ids:group}",
		"(restart|reboot|bounce) group {group-ids:group}", "(restart|reboot|bounce) [all|every] {group-ids:group} group [endpoints]",
		"(turn|switch) {agent-ids} off and on again",
		"(restart|reboot|power cycle) {agent-ids} [to {@reason}]"}}
}

func moveWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(move|put|assign|transfer|shift|relocate|switch|bring|pass|send|add|place|drop|stick|change|reassign|re-assign|migrate) {host-names-or-internal-ips} [over|back|across] (to|into|in|inside|onto) group [named|called|:] {group-id:title}",
		"(move|put|assign|transfer|shift|relocate|switch|bring|pass|send|add|place|drop|stick|change|reassign|migrate) {host-names-or-internal-ips} [over|back|across] (to|into|in|inside) {group-id:title} group",
		"(change|set|switch|update) {host-names-or-internal-ips} group to {group-id:title}", "(change|set|switch|update) group (of|for|on) {host-names-or-internal-ips} to {group-id:title}",
		"(assign) group {group-id:title} to {host-names-or-internal-ips}", "(move|put|shift|transfer|add|reassign) {host-names-or-internal-ips} (to|into|in|over to) {group-id}",
		"(pass|send|shift|relocate|switch|bring) {host-names-or-internal-ips} (to|into|in) group {group-id:title}",
		"(change|set) group of {host-names-or-internal-ips} to {group-id}",
		"(add|move|put) {host-names-or-internal-ips} (to|into|in) {group-id}",
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) group {group-id:title}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {group-id} group",
	}}
}

func moveSiteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(move|put|assign|transfer|shift|relocate|switch|bring|pass|send|add|place|migrate|reassign|change) {host-names-or-internal-ips} [over|back|across] (to|into|in|onto) site [named|called|:] {site-id:title}",
		"(move|put|assign|transfer|shift|relocate|switch|bring|pass|send|add|place|migrate|reassign|change) {host-names-or-internal-ips} [over|back|across] (to|into|in) {site-id:title} site",
		"(change|set|switch|update) {host-names-or-internal-ips} site to {site-id:title}", "(change|set|switch|update) site (of|for|on) {host-names-or-internal-ips} to {site-id:title}",
		"(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) site {site-id:title}", "(move|put|assign|transfer) {host-names-or-internal-ips} (to|into|in) {site-id} site",
	}}
}

func applicationsWording() catalog.Wording {
	const installed = "(software|programs|software inventory|software list|app list|application list|programs list|tools|packages|installed programs|installed software|installed packages|installed tools|inventory)"
	return catalog.Wording{Heads: []string{
		"<show> [list of|all|every|full] [installed] " + installed + " [that is|which is|that are|which are|we have|there is] [currently] [installed|running|present|there] (on|of|for|in|from) {agent-ids}",
		"(<show>|which|what) {agent-ids} [installed] " + installed,
		"(what|which) " + installed + " [is|are|does|do|has|have] [there|installed|running|present] [(on|in)] {agent-ids} [have|has|run|runs|use|got|carry] [installed|on it|on them|running]",
		"(what|which) " + installed + " {agent-ids} (has|have|runs|uses) [installed]", "(what is|what's|what all is|what was|what has been) [all|currently] installed (on|in|at) {agent-ids}",
		"(what|which) [(other|security|remote access|remote)] " + installed + " (is|are|was|were|got|has been|have been) [currently] [all] (installed|present|on|running) [on|in|at] {agent-ids}",
		"(is|are|was) {@sought} [still|already|currently|also] (installed|present) (on|in|at) {agent-ids}",
		"(does|do) {agent-ids} [still|already|currently|also] have {@sought} [installed] [on it|on them]", "(has|have) {agent-ids} [got] {@sought} installed", "(does|do) {agent-ids} runs {@sought}",
		"(check|look|see|find out|tell me) [if|whether] {@sought} (is|are) installed (on|at) {agent-ids}",
		"(which|what) version of {@sought} (is|are|does|do|runs|was) [installed|active|present|runs] [on|in|at] {agent-ids} [have|has|runs|use] [installed]",
		"(is there|do we have) [any|a|some] {@sought} [installed] (on|at) {agent-ids}",
		"<show> [list of] [installed] (software|programs) [that is|which is|that are|which are] [installed|running] (on|of|for|in) {agent-ids}",
		"(what|which) (software|programs) (is|are|does|do) [installed|running] [(on|in)] {agent-ids} [have|has|run|runs|use] [installed]",
		"(what is|what's|which is) [all] installed (on|in) {agent-ids}", "(what|which) software (does|do) {agent-ids} have [installed] on (it|them)",
		"[<show>] (what|which) software (has|have) installed {agent-ids}",
		"{agent-ids} [installed] software",
		"(what|which) (software|programs) [installed] (on|in) {agent-ids}",
		"<show> [installed] (software|applications|apps|programs) [installed|running] (on|of|for) {agent-ids}",
		"(what|which) (software|applications|apps|programs) (is|are|does|do) [installed|running] [(on|in)] {agent-ids} [have|has] [installed]",
		"(what|what is|what's) installed on {agent-ids}",
	}}
}

func customerIDWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(set|change|update|make|put) [customer|external] (id|identifier|reference) (of|for|on) {filter:host} (to|as|:|=|is) {external-id:word}",
		"(set|change|update|make|put) {filter:host} (customer|external) (id|identifier|reference) (to|as|:|=) {external-id:word}",
		"(set|put|give|assign|add|write|attach|apply|use|store) [(this|new)] (customer|external) (id|identifier|reference) [:|=] {external-id:word} (on|to|for|of|at) {filter:host}",
		"(tag|label|mark|register) {filter:host} (with|as) (customer|external) (id|identifier|reference) [:|=] {external-id:word}",
		"(give|assign) {filter:host} (customer|external) (id|identifier) {external-id:word}", "(customer|external) id (of|for|on) {filter:host} (is|:|=|to|should be|must be) {external-id:word}",
		"set [customer|external] (id|identifier) (of|for|on) {filter:host} to {external-id:word}",
		"(put|set|give|assign) (customer|external) (id|identifier) {external-id:word} (on|to|for) {filter:host}",
		"(tag|label) {filter:host} with (customer|external) (id|identifier) {external-id:word}",
	}}
}
