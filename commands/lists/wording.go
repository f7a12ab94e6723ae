package lists

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func exclusionsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} (exclusions|exceptions|allowlist|whitelist) {*}"}, Clauses: []string{"(in|at|of|for) {site-ids}", "(on|for) {+}"}}
}

func excludeWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(exclude|allowlist|whitelist) [path] {value:path} (on|for) {operation-system} (in|at|for) {site-ids} -> type=path", "(exclude|allowlist|whitelist) [path] {value:path} (in|at|for) {site-ids} -> type=path",
		"(exclude|allowlist|whitelist) {value:hash} (on|for) {operation-system} (in|at|for) {site-ids} -> type=white_hash",
		"(exclude|allowlist|whitelist) [path] {value:path} (on|for) {operation-system} -> type=path", "(exclude|allowlist|whitelist) [path] {value:path} -> type=path",
		"(exclude|allowlist|whitelist) {value:hash} (on|for) {operation-system} -> type=white_hash", "(exclude|allowlist|whitelist) {value:hash} -> type=white_hash",
		"(add|create|make) exclusion for [path] {value:path} (on|for) {operation-system} -> type=path", "(add|create|make) exclusion for [path] {value:path} -> type=path",
		"(add|create|make) exclusion for {value:hash} (on|for) {operation-system} -> type=white_hash", "(add|create|make) exclusion for {value:hash} -> type=white_hash",
		"(add|create|make) [{type}] exclusion",
	}}
}

func deleteExclusionsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove) (exclusion|exclusions) [for] {exclusion-ids}"}}
}

func blocklistWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (blocklist|blacklist|blocked hashes|block list|black list|blocked files)", "(what is|what's|which hashes are|what are|which files are) (on|in) (blocklist|blacklist)", "is {custom-input:hash} [already|on] (blocked|blocklist|blacklist|blocklisted|blacklisted)",
	}}
}

func blockWording() catalog.Wording {
	const block = "(block|blocklist|blacklist|ban|add) {threat-hashes:hash} [to (blocklist|blacklist)]"
	return catalog.Wording{Heads: []string{
		block, block + " (on|for) {os-type}", block + " (in|at|for|on) {site-id}", block + " (on|for) {os-type} (in|at|for) {site-id}", block + " (in|at|for) {site-id} (on|for) {os-type}",
	}}
}

func unblockWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(unblock|un-block|unban|allow) {item-ids:hash}", "(remove|delete|take) {item-ids:hash} (from|off) (blocklist|blacklist)", "stop blocking {item-ids:hash}",
	}}
}

func reputationWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> (reputation|verdict) (of|for|on) {file-hashes:hash}", "(check|look up|lookup) [reputation of] {file-hashes:hash}", "is {file-hashes:hash} (bad|malicious|known|good|clean|safe|malware|known bad|known good)",
		"is [this|that] hash [known] (bad|malicious|known|good|clean|safe|malware) [:] {file-hashes:hash}", "what is {file-hashes:hash}", "what do we know about {file-hashes:hash}",
	}}
}

func iocsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} (iocs|indicators|indicators of compromise|threat intel) {*}"}, Clauses: []string{
		"(in|at|of|for) {account-ids}", "(for|with value|matching|of) {ioc-value:address}", "(for|with value|matching|of) {ioc-value:hash}", "(from|by) source {source:title}",
	}}
}

func addIOCWording() catalog.Wording {
	const add = "(add|create|make|register) [new] (ioc|indicator) [for] "
	return catalog.Wording{Heads: []string{
		add + "{ioc-value:ip} -> type=IPV4", add + "{ioc-value:domain} -> type=DNS", add + "{ioc-value:hash}", "(add|create|register) {ioc-value:ip} as (ioc|indicator) [from {source:title}] -> type=IPV4",
		"(add|create|register) {ioc-value:domain} as (ioc|indicator) [from {source:title}] -> type=DNS", "(add|create|register) {ioc-value:hash} as (ioc|indicator) [from {source:title}]",
	}}
}

func deleteIOCsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(delete|remove) (ioc|iocs|indicator|indicators) [for] {ioc-values:address}", "(delete|remove) (ioc|iocs|indicator|indicators) [for] {ioc-values:hash}",
		"(delete|remove) {ioc-values:address} from (iocs|indicators)",
	}}
}

func firewallWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"block {remote-host-values:address} [(on|in|at|with) firewall]", "block {remote-host-values:address} (in|at|for|on) {site-id}", "(block|stop|cut) (connections|traffic|access) to {remote-host-values:address}",
	}}
}
