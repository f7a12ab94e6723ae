package lists

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func exclusionsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} (exclusions|exceptions|allowlist|whitelist) {*}"}, Clauses: []string{"(in|at|of|for) {site-ids}",
		"(in|at|of|for) group {group-ids:group}", "(in|at|of|for) account {account-ids:account}", "(on|for|by|of|of type) {+}"}}
}

func excludeWording() catalog.Wording {
	const exclude = "(exclude|allowlist|whitelist|(add|create|make|set up) [new] (exclusion|exception) (for|of|on)) "
	return catalog.Wording{
		Heads: []string{
			exclude + "[path] {value:path} -> type=path", exclude + "(folder|directory) {value:path} -> type=path & path-exclusion-type=folder", exclude + "{value:hash} -> type=white_hash", "(add|create|make) [new] [{type}] (exclusion|exception)",
			"add {value:path} to (exclusions|allowlist|whitelist|exceptions) -> type=path", "add {value:hash} to (exclusions|allowlist|whitelist|exceptions) -> type=white_hash",
		},
		Clauses: []string{"(on|for) {operation-system}", "(in|at|for|on|,) {site-ids}", "(in|at|for|on) (group|groups) {group-ids:group}", "(in|at|for|on) account {account-ids:account}"},
	}
}

func deleteExclusionsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove|drop) (exclusion|exclusions|exception|exceptions) [for] {exclusion-ids}"}}
}

func blocklistWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (blocklist|blacklist|blocked hashes|block list|black list|blocked files) [entries|items|hashes]",
		"(what is|what's|which hashes are|what are|which files are) (on|in) (blocklist|blacklist)",
		"(is|are) {custom-input:hash} [already|currently] [on|in] (blocked|blocklist|blocklisted|blacklisted|banned)",
		"(did|do|have) (we|you|anyone|somebody|someone) [already|ever] (block|blocked|banned|ban|blacklisted|blocklisted) {custom-input:hash}",
		"has {custom-input:hash} [already] been (blocked|blocklisted|blacklisted)", "do we block {custom-input:hash}",
	}}
}

func blockWording() catalog.Wording {
	return catalog.Wording{
		Heads:   []string{"(block|blocklist|ban|add|put) {threat-hashes:hash} [to blocklist|on blocklist|in blocklist|into blocklist|to block list]"},
		Clauses: []string{"(on|for) [all] {os-type} [endpoints|system|systems]", "(in|at|for|on) {site-id}"},
	}
}

func unblockWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(unblock|un-block|unban|allow|unblacklist|unblocklist) {item-ids:hash}", "(remove|delete|take|get) {item-ids:hash} (from|off|out of) [block list|blocklist]",
		"(remove|delete|take) {item-ids:hash} (from|off) (blocklist|blacklist)", "stop blocking {item-ids:hash}",
	}}
}

func reputationWording() catalog.Wording {
	const bad = "(bad|malicious|known|good|clean|safe|malware|known bad|known good|benign|ok|okay|dangerous|evil|suspicious|legit|legitimate|harmless|virus|known malware|harmful)"
	return catalog.Wording{Heads: []string{
		"<show> reputation [of|for|on|:] {file-hashes:hash}", "(check|look|look at|look up|<show>) reputation (of|for|on) (this|that|these|following) [file|hash|:] [:] {file-hashes:hash}", "(what|which) (reputation|verdict) (has|have|does|do) {file-hashes:hash} [have]",
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
	return catalog.Wording{Heads: []string{"<show> {*} (iocs|indicators|indicators of compromise|threat intel) {*}"}, Clauses: []string{
		"(in|at|of|for|from) {account-ids}", "(of|with) type {+}", "(for|with value|matching|of) {ioc-value:address}", "(for|with value|matching|of) {ioc-value:hash}",
		"(from|by) source {source:title}",
	}}
}

func addIOCWording() catalog.Wording {
	const (
		add  = "(add|create|make|register|new) [new] (ioc|indicator) [for|:] "
		turn = "(add|create|register|import|put|make) "
		as   = " (as|to|in|into|as an) (ioc|indicator|iocs|indicators)"
	)
	var heads []string
	for _, kind := range []struct{ slot, means string }{{"{ioc-value:ip}", " -> type=IPV4"}, {"{ioc-value:domain}", " -> type=DNS"}, {"{ioc-value:hash}", ""}} {
		heads = append(heads, add+kind.slot+kind.means, turn+kind.slot+as+kind.means)
	}
	return catalog.Wording{Heads: heads, Clauses: []string{"[,] (from|source|by) [is|:] {source:source}", "[,] [with] name {name:title}", "(in|at|for|of) {account-ids:account}"}}
}

func deleteIOCsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(delete|remove|drop) (ioc|iocs|indicator|indicators) [for] {ioc-values:address}", "(delete|remove|drop) (ioc|iocs|indicator|indicators) [for] {ioc-values:hash}",
		"(delete|remove) {ioc-values:address} from (iocs|indicators)",
	}, Clauses: []string{"(from|in|of|at) {account-ids:account}"}}
}

func firewallWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"[firewall] block {remote-host-values:address} [(on|in|at|with|by) firewall]",
			"(block|stop|cut) [all|any] (connections|traffic|access|communication) (to|with) {remote-host-values:address}", "(firewall|blackhole) {remote-host-values:address}",
		},
		Clauses: []string{"(in|at|for|on) {site-id}", "(on|in|at|with) firewall", "[,] (call|name) rule {rule-name:title}", "[,] (with|as) [rule] name {rule-name:title}"},
	}
}
