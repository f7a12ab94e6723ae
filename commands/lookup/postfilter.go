package lookup

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"s1bot/s1"
)

// A matcher tells where a row has what a key of a query asks for: {"siteIds": {".siteId"}}. Paths are
// those of ValuesAt. A key has several where the console fills one or the other, depending on how a
// threat was found.
type matcher map[string][]string

// Where the rows of changes by filter have it (vendor's API document, 2.1). Keys whose values the
// rows spell otherwise are not here.
var (
	// networkStatuses, osTypes and the rest have one spelling in filters and rows; times and
	// numbers with __gt and the like are not compared.
	AgentMatcher = matcher{
		"ids": {".id"}, "uuids": {".uuid"}, "uuid": {".uuid"}, "computerName": {".computerName"}, "computerName__contains": {".computerName"},
		"siteIds": {".siteId"}, "groupIds": {".groupId"}, "accountIds": {".accountId"}, "osTypes": {".osType"}, "networkStatuses": {".networkStatus"},
	}
	ThreatMatcher = matcher{
		"ids": {".id", ".threatInfo.threatId"}, "computerName__contains": {".agentRealtimeInfo.agentComputerName", ".agentDetectionInfo.agentComputerName"},
		"agentIds": {".agentRealtimeInfo.agentId"}, "siteIds": {".agentRealtimeInfo.siteId", ".agentDetectionInfo.siteId"},
		"groupIds":   {".agentRealtimeInfo.groupId", ".agentDetectionInfo.groupId"},
		"accountIds": {".agentRealtimeInfo.accountId", ".agentDetectionInfo.accountId"}, "storylines": {".threatInfo.storyline"},
		"contentHashes": {".threatInfo.sha1"}, "collectionIds": {".threatInfo.collectionId"},
		"incidentStatuses": {".threatInfo.incidentStatus"}, "analystVerdicts": {".threatInfo.analystVerdict"}, "mitigationStatuses": {".threatInfo.mitigationStatus"},
	}
	AlertMatcher = matcher{
		"ids": {".alertInfo.alertId", ".id"}, "siteIds": {".agentDetectionInfo.siteId"}, "accountIds": {".agentDetectionInfo.accountId"},
		"ruleName__contains": {".ruleInfo.name"}, "origAgentName__contains": {".agentDetectionInfo.name", ".agentRealtimeInfo.name"},
		"severity": {".ruleInfo.severity"}, "incidentStatus": {".alertInfo.incidentStatus"}, "analystVerdict": {".alertInfo.analystVerdict"},
	}
	RuleMatcher = matcher{
		"ids":            {".id"},
		"name__contains": {".name"}, "creator__contains": {".creator"}, "queryType": {".queryType"}, "siteIds": {".siteId"}, "accountIds": {".accountId"},
	}
	ExclusionMatcher = matcher{
		"ids":  {".id"},
		"type": {".type"}, "osTypes": {".osType"}, "siteIds": {".scope.siteIds[*]"}, "groupIds": {".scope.groupIds[*]"}, "accountIds": {".scope.accountIds[*]"},
	}
)

// What lists alone are compared by. A hash that is blocked may have a SHA-256 and no value.
var BlocklistMatcher = matcher{"ids": {".id"}, "value__contains": {".value", ".sha256Value"}}

const sha1Length = 40 // in hexadecimal digits

// PostFiltered leaves out rows that plainly are not what was asked for. What a filter selects is changed:
// a console that does not read a part of the query, or a proxy before it that answers from a cache,
// must not widen it. What a row does not tell counts for it.
func PostFiltered[T any](rows iter.Seq2[T, error], q s1.Query, by matcher, raw func(T) json.RawMessage) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err == nil && !by.passes(q, raw(row)) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// Strays tells which rows of a list plainly have another name, id or hash than was asked for: a
// console that does not know a part of a question passes over it and answers with everything. Such
// rows stay, and the list says so: somebody who reads loses nothing by a row too many. What is
// changed goes by PostFiltered, which leaves them out. Places and states are left to the console here: it
// knows which of several it compares.
func Strays[T any](by matcher, raw func(T) json.RawMessage) func(s1.Query, T) bool {
	named := matcher{}
	for key, paths := range by {
		if strings.HasSuffix(key, "__contains") || slices.Contains([]string{"ids", "uuids", "uuid", "computerName", "contentHashes", "collectionIds"}, key) {
			named[key] = paths
		}
	}
	return func(q s1.Query, row T) bool { return !named.passes(q, raw(row)) }
}

// passes holds a row against what was asked, key by key. Hashes of another kind than SHA-1 are left
// to the console: a row shows one kind, and the console compares them all.
func (s matcher) passes(q s1.Query, raw json.RawMessage) bool {
	for key, paths := range s {
		asked := strings.Split(q.Get(key), ",")
		if asked[0] == "" || key == "contentHashes" && len(asked[0]) != sha1Length {
			continue // not asked for, or by a hash of another kind than the console compares
		}
		if !fitsOne(asked, strings.HasSuffix(key, "__contains"), raw, paths) {
			return false
		}
	}
	return true
}

// fitsOne tells whether any value at the paths is one of those asked for, or has one of them in it.
// Where there is none, it does. A row without the field passes: some consoles leave it out, and a
// change must not silently shrink for it. The plan's card shows each target, so an approver sees
// what got through.
func fitsOne(asked []string, part bool, raw json.RawMessage, paths []string) bool {
	found := false
	for _, path := range paths {
		for _, value := range ValuesAt(raw, strings.Split(path[1:], ".")) {
			found = true
			if slices.ContainsFunc(asked, func(a string) bool {
				return alike(a) == alike(value) || part && strings.Contains(alike(value), alike(a))
			}) {
				return true
			}
		}
	}
	return !found
}

// alike spells a value as filters and rows both do: TRUE_POSITIVE is "True positive".
func alike(value string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(value), "_", " "))
}
