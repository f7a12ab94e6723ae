package lists

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func exclusionsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (exclusions|exclusion|exceptions|exception|allowlist|whitelist|allow list|white list|exclusion list|exclusions list) {*} [entries|list|items]",
		"(what is|what's|what|which files are|which paths are|which hashes are|anything|is anything) [currently|all] (excluded|whitelisted|allowlisted|exempted|on allowlist|on exclusion list|in exclusions)",
		"(do|did|have) (we|you) [already] (exclude|excluded|whitelist|whitelisted|allowlist) (anything|something|any files|any paths)",
		"(what|which) [things|files|stuff] (do|did|have) (we|you) [already] (exclude|excluded|whitelist|whitelisted)",
		"(what|which) (paths|path|folders) (do|did|have) (we|you) [already] (exclude|excluded|whitelist|whitelisted|allowlisted) -> type=path", "(what|which) (hashes|hash) (do|did|have) (we|you) [already] (exclude|excluded|whitelist|whitelisted|allowlisted) -> type=white_hash",
		"(what|which) {+type} [paths|files] (is|are) [currently] (excluded|whitelisted|allowlisted|exempted)", "<show> {*} (excluded|whitelisted|allowlisted) (paths|path|folders|files) -> type=path",
		"<show> {*} (excluded|whitelisted|allowlisted) (hashes|hash) -> type=white_hash", "(what|which) (paths|folders) (is|are) [currently] (excluded|whitelisted|allowlisted) -> type=path",
		"(what|which) hashes (is|are) [currently] (excluded|whitelisted|allowlisted) -> type=white_hash",
	}, Clauses: []string{"for {+}", "{operation-system} only", "(on|for|of|in) {operation-system} [endpoints|system|systems]", "(in|at|of|for) {site-ids}",
		"(in|at|of|for) group {group-ids:group}", "(in|at|of|for) account {account-ids:account}", "(on|for|by|of|of type) {+}"}}
}

func excludeWording() catalog.Wording {
	const exclude = "(exclude|allowlist|whitelist|white-list|allow-list|except|exempt|ignore|(add|create|make|set up|put in|define|need|set|configure|i need|we need|want|i want|i'd like|we'd like|i would like|we would like|i'd need|we'd need|i would need|we would need|would need|would like|register|put) [new] [path|hash|folder|file] (exclusion|exception|exclusions) [by (hash|path)] [on {operation-system}] (for|of|on|:)) "
	return catalog.Wording{
		Heads: []string{
			exclude + "[path] {value:path} -> type=path", exclude + "(folder|directory) {value:path} -> type=path & path-exclusion-type=folder", exclude + "{value:hash} -> type=white_hash", "(add|create|make) [new] [{type}] (exclusion|exception)",
			"(add|put) {value:path} (to|on|in|into|onto) [path] (exclusions|exclusion|allowlist|whitelist|exceptions|exclusion list|exclusions list|allow list) -> type=path",
			"(add|put) {value:hash} (to|on|in|into|onto) [hash] (exclusions|exclusion|allowlist|whitelist|exceptions|exclusion list|allow list) -> type=white_hash",
			exclude + "[file|path] {value:path} -> type=path", exclude + "[hash|file] {value:hash} -> type=white_hash",
			exclude + "(folder|directory|dir|path|everything (in|under|below)|all files (in|under|below)) {value:path} (and|with|incl|including|plus|,|+) [all|its|also] (subfolders|subdirectories|sub folders|sub-folders|subdirs) -> type=path & path-exclusion-type=subfolders",
			exclude + "{value:path} (and|with|incl|including|plus|,|+) [all|its|also] (subfolders|subdirectories|sub folders|sub-folders|subdirs) -> type=path & path-exclusion-type=subfolders",
			"exclude {value:path} (from|in) (scan|scanning|scans|monitoring|protection|detection|sentinelone) -> type=path",
			"add {value:path} to (exclusions|allowlist|whitelist|exceptions) -> type=path", "add {value:hash} to (exclusions|allowlist|whitelist|exceptions) -> type=white_hash",
		},
		Clauses: []string{
			"[,] [(on|for|in|under)] {operation-system} [endpoints|endpoint|system|systems|servers|clients|only]", "(on|for) {operation-system}", "[,] mode {mode}", "(,|with) {mode}",
			"[,] [(in|with|using)] {mode} mode", "(in|at|for|on|,) {site-ids}", "(in|at|for|on) (group|groups) {group-ids:group}", "(in|at|for|on) account {account-ids:account}",
		},
	}
}

func deleteExclusionsWording() catalog.Wording {
	heads := []string{"<delete> (exclusion|exclusions|exception|exceptions) [for|with id|with|on|of] {exclusion-ids}", "(delete|remove|drop) {exclusion-ids} (exclusion|exception)"}
	for _, slot := range []string{"[path|folder|file] {exclusion-ids:path}", "[hash|file] {exclusion-ids:hash}", "{exclusion-ids}"} {
		heads = append(heads, "(<delete>|rm) (exclusion|exclusions|exception|exceptions) (for|on|of|from|with) "+slot, "(<delete>|rm) [path|hash] (exclusion|exclusions|exception|exceptions) "+slot,
			"(delete|remove|drop|revoke|get rid of|take|pull|clear) "+slot+" (from|off|out of) (exclusions|exclusion list|allowlist|whitelist|exceptions|allow list)", "(unexclude|un-exclude|stop excluding) "+slot)
	}
	return catalog.Wording{Heads: heads}
}

func blocklistWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(what|which) (hashes|files|hash|all|stuff) (is|are|do we have|have we|has been|have been|did we) [currently|all|already] [on|in] (blocked|blocklist|blocklisted|blacklisted|banned|block|blacklist|block list)",
		"<show> {*} (blocked|banned|blacklisted|blocklisted) (hashes|files|items|hash|sha1s|entries)",
		"<show> {*} (hashes|files|entries|items|everything|anything|what) [that are|that is|which are|we have] (on|in|of|from) [our] (blocklist|block list|blacklist|black list)",
		"<show> {*} [of|from] [hash] (blocklist|block list|black list) {*} [entries|items|hashes]",
		"(what is|what's|what are|who is) [all|currently] [(hashes|files)] (on|in) [our] (blocklist|block list|black list)",
		"<show> {*} (blocklist|blacklist|blocked hashes|block list|black list|blocked files) [entries|items|hashes]",
		"(what is|what's|which hashes are|what are|which files are) (on|in) (blocklist|blacklist)",
		"(is|are) {custom-input:hash} [already|currently] [on|in] (blocked|blocklist|blocklisted|blacklisted|banned) [already|by now|yet]",
		"(did|do|have) (we|you|anyone|somebody|someone) [already|ever] (block|blocked|banned|ban|blacklisted|blocklisted) {custom-input:hash}",
		"[do you|does anyone|do we|can you] [tell me|check|find out|see|know|let me know] (if|whether) (somebody|someone|anyone|anybody|we|you) [has|have] [already|ever] (blocked|banned|blacklisted|blocklisted) {custom-input:hash}",
		"has {custom-input:hash} [already] been (blocked|blocklisted|blacklisted)", "do we block {custom-input:hash}",
	}}
}

func blockWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"(block|blocklist|ban|blacklist|add|put|throw|stick|deny|prohibit|forbid) [(hash|hashes|file|this|following|these)] {threat-hashes:hash} [(to|on|in|into|onto) [our|hash] (blocklist|block list|black list|deny list)] [everywhere]",
			"(block|ban|deny) (execution|use|file|files) (of|with hash|with) {threat-hashes:hash}", "(stop|prevent) {threat-hashes:hash} from (running|runs|executing)",
			"(add|put) {threat-hashes:hash} [to blocklist|on blocklist|in blocklist|into blocklist|to block list]",
		},
		Clauses: []string{
			"[,] [(on|for|at|in|under)] [all|every] {os-type} [endpoints|endpoint|system|systems|servers|workstations|laptops|clients|only]", "[,] (in|at|for|on|under|of) site {site-id:title}",
			"(on|for) [all] {os-type} [endpoints|system|systems]", "(in|at|for|on) {site-id}",
		},
	}
}

func unblockWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(unblock|un-block|unban|allow|unblacklist|unblocklist|whitelist|release) (item|items|entry|entries|blocklist item|blocklist entry|hash|hashes|file) {item-ids}",
		"(remove|delete|take|get|drop|clear|erase|pull|kick) (item|items|entry|entries|hash|hashes|file) {item-ids} [away] (from|off|out of) [our|hash] (block list|blocklist)",
		"(remove|delete|take|get|drop|clear|erase|pull|kick) {item-ids:hash} [away] (from|off|out of|off of) [our|hash] (block list|blocklist|black list)",
		"(remove|delete|drop) (blocklist|block list) (item|items|entry|entries) {item-ids}", "(remove|lift|undo|end) (block|ban) (of|on|for|from) {item-ids:hash}",
		"(unblock|un-block|unban|allow|unblacklist|unblocklist) {item-ids:hash}", "(remove|delete|take|get) {item-ids:hash} (from|off|out of) [block list|blocklist]",
		"(remove|delete|take) {item-ids:hash} (from|off) (blocklist|blacklist)", "stop blocking {item-ids:hash}",
	}}
}

func reputationWording() catalog.Wording {
	const bad = "(bad|malicious|known|good|clean|safe|malware|known bad|known good|benign|ok|okay|dangerous|evil|suspicious|legit|legitimate|harmless|virus|known malware|harmful)"
	return catalog.Wording{Heads: []string{
		"(what|whats|what's|anything) (does|do|did|is|are) [sentinelone|s1|you|we|console|cloud|anyone] (say|know|think|tell|have|known|there) (about|of|on|for) [(this|that|these|following)] {file-hashes:hash}",
		"[is] (anything|something) known (about|on|of) {file-hashes:hash}",
		"(do|does|did) (we|you|sentinelone|s1|anyone) [already] (know|have|recognize|have anything on|know anything about|have info on) [(this|that|about)] [hash] {file-hashes:hash}",
		"(rate|score|classify|evaluate|vet|validate|check out|look into|research|enrich|reputation|rep|lookup|hash check|hash lookup) [hash|hashes|file] {file-hashes:hash}",
		"(run|do|make|perform) (reputation|hash) (check|lookup|look up|query) (of|on|for) {file-hashes:hash}",
		"(is|are|was|were) [this|that|these|following|file|files] [hash|hashes] {file-hashes:hash} [(known|a|any|known as|considered|safe or|good or|clean or|something|flagged as|known to be|rated|rated as|known to us as|already known as)] " + bad + " [one|file|hash] [or " + bad + "]",
		"(how|what) (reputable|trustworthy|risky|bad|safe) is {file-hashes:hash}", "(reputation|verdict|score|rating) [check] [(of|for|on|:)] {file-hashes:hash}",
		"(what kind of|what sort of) (file|malware|hash) is {file-hashes:hash}", "is {file-hashes:hash} (a problem|anything|something we know|in your database|known to (you|us|sentinelone|s1))",
		"<show> reputation [of|for|on|:] {file-hashes:hash}", "(check|look|look at|look up|<show>) reputation (of|for|on) (this|that|these|following) [file|hash|:] [:] {file-hashes:hash}",
		"(what|which) (reputation|verdict) (has|have|does|do) {file-hashes:hash} [have]",
		"<show> {file-hashes:hash} reputation", "(check|look up|lookup|verify|know|see|tell me) [if|whether] {file-hashes:hash} (is|are) [known|a] " + bad,
		"(check|look up|lookup|verify|hash|know|show|see|<show>) [reputation of|on] {file-hashes:hash}",
		"(is|are|was) {file-hashes:hash} [known|a|any|known as|considered] " + bad, "(is|are) [this|that|these] [known] " + bad + " [:|?|,|-] {file-hashes:hash}",
		"(is|are|what is|what's|what about|what do we know about|what do you know about|do we know|do you know|anything on|any info on|check|check on|info on) [this|that|these|following] [known] [" + bad + "] [:|?|,|-] {file-hashes:hash}",
		"{file-hashes:hash} [is|:|,|-] " + bad,
		"is (this|that) (hash|file|sha1) [known] [a|any] " + bad + " [:|?|,|-] {file-hashes:hash}", "(what is|what's|how is) reputation (of|for) {file-hashes:hash}",
		"(how bad|how malicious|how dangerous) is {file-hashes:hash}",
		"<show> (reputation|verdict) (of|for|on) {file-hashes:hash}", "(check|look up|lookup) [reputation of] {file-hashes:hash}",
		"is {file-hashes:hash} (bad|malicious|known|good|clean|safe|malware|known bad|known good)",
		"is [this|that] hash [known] (bad|malicious|known|good|clean|safe|malware) [:] {file-hashes:hash}", "what is {file-hashes:hash}", "what do we know about {file-hashes:hash}",
	}}
}

func iocsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (iocs|ioc|indicators|indicators of compromise|threat intel|threat intelligence|intel|threat intel indicators|threat indicators) {*}",
		"(is|are) {ioc-value:address} [already|currently] [(one of|among|in|on|known as|part of|a|an)] [our] (iocs|ioc|indicators|indicator|ioc list|threat intel|known ioc)",
		"(is|are) {ioc-value:hash} [already|currently] [(one of|among|in|on|known as|part of|a|an)] [our] (iocs|ioc|indicators|indicator|ioc list|threat intel)",
		"(do|did|have) (we|you) [already] (have|got|add|added) {ioc-value:address} [as|in|among|on] [an|our] (ioc|iocs|indicator|indicators)",
		"(do|did|have) (we|you) [already] (have|got|add|added) [an] (ioc|indicator|iocs|indicators) (for|on|with|of) {ioc-value:address}",
		"(which|what) {*} (iocs|indicators) (did|have|do) (we|you) [already] (add|added|have|create|created|import|imported|register|registered|got)",
		"<show> {*} (ips|ip addresses) (on|in|among) [our] (iocs|ioc list|indicators) -> type=IPV4", "<show> {*} (ip|ipv4) (iocs|indicators) {*} -> type=IPV4",
		"<show> {*} (domain|domains) (iocs|indicators) {*} -> type=DNS", "<show> {*} hash (iocs|indicators) {*} -> type=SHA256",
	}, Clauses: []string{
		"(in|at|of|for|from|under|within) account {account-ids:account}", "from [source] {source:source}", "(with|for|of|having) source {source:source}",
		"(created|added|made|imported) by {creator:source}", "(named|called|with name) {ioc-names:title}", "(of|in|with) category {categories:title}", "of type {+type}",
		"(in|at|of|for|from) {account-ids}", "(of|with) type {+}", "(for|with value|matching|of) {ioc-value:address}", "(for|with value|matching|of) {ioc-value:hash}",
		"(from|by) source {source:title}",
	}, Words: map[string]string{
		"ip": "type=IPV4", "ips": "type=IPV4", "ip address": "type=IPV4", "domain": "type=DNS", "domains": "type=DNS", "urls": "type=URL",
	}}
}

func addIOCWording() catalog.Wording {
	const (
		add  = "(add|create|make|register|new|import|record|put in|enter|submit|upload|file|ingest|log|set up) [new] [ip|domain|hash|url] (ioc|indicator) [for|:] "
		turn = "(add|create|register|import|put|make|record|enter|submit|upload|mark|flag|ingest|save|store|treat|set) [ip|domain|hash|url|address|ip address|file] "
		as   = " (as|to|in|into|as an|as new|onto|on|among) [our] (ioc list|threat intel|threat intelligence|intel|indicator list|indicator of compromise|ioc|indicator|iocs|indicators)"
	)
	var heads []string
	for _, kind := range []struct{ slot, means string }{{"{ioc-value:ip}", " -> type=IPV4"}, {"{ioc-value:domain}", " -> type=DNS"}, {"{ioc-value:hash}", ""}} {
		heads = append(heads, add+kind.slot+kind.means, turn+kind.slot+as+kind.means)
	}
	return catalog.Wording{Heads: heads, Clauses: []string{
		"[,] as [a|an] {type} (indicator|ioc)", "[,] (from|source|by|via|from source|with source|came from|comes from|reported by|origin|provided by|per|according to) [is|:|=] [our] {source:source}",
		"[,] [it|this|they] (came from|comes from|is from|are from) {source:source}", "[,] (type|of type|as type|kind) [is|:|=] {type}",
		"[,] [(valid|active|expires|expiring|expire|keep it)] (until|till|on|by) {valid-until}", "[,] (call it|named|called|name|with name|title|labelled|label) [:|=] {name:source}",
		"[,] (in|at|for|of|under) account {account-ids:account}", "[,] [with] name {name:title}", "(in|at|for|of) {account-ids:account}",
	}}
}

func deleteIOCsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<delete> [(ip|domain|hash|url)] (ioc|iocs|indicator|indicators) [for|with value|on|of|:] {ioc-values:address}",
		"<delete> [hash] (ioc|iocs|indicator|indicators) [for|with value|on|of|:] {ioc-values:hash}",
		"(delete|remove|drop|erase|take|get|pull|clear) [ip|domain|address|ip address|url] {ioc-values:address} (from|as|out of|off|in) [our] (iocs|ioc|indicators|indicator|ioc list|threat intel|indicator list)",
		"(delete|remove|drop|erase|take|get|pull|clear) [hash] {ioc-values:hash} (from|as|out of|off|in) [our] (iocs|ioc|indicators|indicator|ioc list|threat intel)",
		"(delete|remove|drop) {ioc-values:address} (ioc|indicator)",
		"(delete|remove|drop) (ioc|iocs|indicator|indicators) [for] {ioc-values:address}", "(delete|remove|drop) (ioc|iocs|indicator|indicators) [for] {ioc-values:hash}",
		"(delete|remove) {ioc-values:address} from (iocs|indicators)",
	}, Clauses: []string{"(from|in|of|at|for|under) account {account-ids:account}", "(from|in|of|at) {account-ids:account}"}}
}

func firewallWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"[firewall :|firewall ,] (block|deny|drop|ban|reject|blackhole|firewall|close off|shut out|stop) [all] [outbound|inbound|outgoing|incoming|network] [traffic|connections|communication|access|connection|comms] [(to|with|from|for)] [(remote|remote host|host|ip|ips|c2|address|addresses|domain|ip address|ip range|range|subnet|cidr|fqdn|network)] {remote-host-values:address} [(on|in|at|with|by|via|using) [endpoint|host] firewall]",
			"(add|create|make|set up|put in place) [new] firewall rule (to (block|deny)|blocking|denying|that blocks|against|for|which blocks) [ip|domain|host|all traffic to|traffic to] {remote-host-values:address}",
			"(add|put) {remote-host-values:address} (to|on|in) firewall [block|deny] [list|rules]",
			"(stop|prevent) (endpoints|everyone|all endpoints|anyone|anything|our endpoints) from (reaching|contacting|talking to|connecting to|accessing) {remote-host-values:address}",
			"[firewall] block {remote-host-values:address} [(on|in|at|with|by) firewall]",
			"(block|stop|cut) [all|any] (connections|traffic|access|communication) (to|with) {remote-host-values:address}", "(firewall|blackhole) {remote-host-values:address}",
		},
		Clauses: []string{
			"(in|at|for|on|under) site {site-id:title}", "[,] (on|for) [all] {os-types} [endpoints|system|systems|only]",
			"[,] [(call|name|with|using|as|under|via)] [it|this|new] [firewall] (rule name|rule called|rule named|rule|name|as rule|rule name is|rule :|rule name :|name :|title|title :) {rule-name:title}",
			"[,] (call it|name it|named|called) {rule-name:title}", "(in|at|for|on) {site-id}", "(on|in|at|with|via|by|through) [host|endpoint|our] firewall", "[,] (call|name) rule {rule-name:title}",
			"[,] (with|as) [rule] name {rule-name:title}",
		},
	}
}
