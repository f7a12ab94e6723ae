package text

import (
	"strings"
	"unicode"
)

// titles are the parameters and commands whose title is not simply their name in capitals.
var titles = map[string]string{
	"number-of-events-fetched":        "Number of Event(s) Fetched",
	"get-events-by-query-id-and-type": "Get Events by Query ID and Type", // a command
}

// capitals are the words of names that titles write in their own way.
var capitals = map[string]string{"id": "ID", "ids": "IDs", "os": "OS", "url": "URL", "s1ql": "s1ql", "ips": "IPs", "ioc": "IOC", "iocs": "IOCs", "uuids": "UUIDs"}

// TitleOf makes the specification's title of a name: "agent-ids" is "Agent IDs". The
// specification's own titles are the names of the form's fields; they are derived so that none can
// be misspelled.
func TitleOf(name string) string {
	if title, ok := titles[name]; ok {
		return title
	}
	words := strings.Split(name, "-")
	for i, w := range words {
		if c, ok := capitals[w]; ok {
			words[i] = c
			continue
		}
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// aliases are the short forms of long names, the same in all commands.
var aliases = map[string][]string{
	"computer-name":              {"name", "host", "hostname", "endpoint"},
	"computer-names":             {"names", "hosts", "host", "endpoints"},
	"endpoint-names":             {"hosts", "host", "endpoints"},
	"rule-names":                 {"rules", "rule"},
	"analyst-verdict":            {"verdict"},
	"analyst-verdicts":           {"verdicts", "verdict"},
	"incident-statuses":          {"statuses", "status"},
	"note-text":                  {"note", "text"},
	"note-content":               {"note", "text", "content"},
	"note-id":                    {"id"},
	"incident-status":            {"status"},
	"host-names-or-internal-ips": {"hosts", "host", "names", "name", "ips", "ip", "endpoints", "endpoint", "agents"},
	"message":                    {"text"},
	"external-id":                {"id", "customer-id", "identifier"},
	"use-private-call":           {"private"},
	"event-types":                {"types", "type"},
	"event-sub-types":            {"sub-types", "subtypes"},
	"process-name":               {"process"},
	"components":                 {"parts", "component"},
	"mitigate-action":            {"action"},
	"custom-input":               {"filter", "input"},
	"created-after":              {"after", "since", "from"},
	"created-before":             {"before", "until", "to"},
	"start-time":                 {"start", "from", "since"},
	"end-time":                   {"end", "to", "until"},
	"timeout-seconds":            {"timeout", "seconds"},
	"event-type":                 {"type", "kind"},
	"number-of-events-fetched":   {"limit", "number", "n"},
	"search-condition":           {"search", "condition", "where"},
	"event-source":               {"source"},
	"direction":                  {"order"},
	"sort-by":                    {"sort"},
	"next-page":                  {"cursor"},
	"originated-process-names":   {"processes", "process"},
	"file-paths":                 {"paths", "path"},
	"content-hashes":             {"hashes", "hash", "sha1"},
	"threat-hashes":              {"hashes", "hash", "sha1"},
	"file-hashes":                {"hashes", "hash", "sha1"},
	"operation-system":           {"operating-system", "os", "system"},
	"os-type":                    {"os", "system"},
	"os-types":                   {"os", "systems"},
	"path-exclusion-type":        {"path-type", "depth"},
	"target-scope":               {"scope"},
	"expiration-mode":            {"expiration", "mode"},
	"expiration-date":            {"expires", "until"},
	"treat-as-threat":            {"treat-as", "treat"},
	"network-quarantine":         {"quarantine"},
	"remote-host-values":         {"hosts", "host", "values", "value", "remote-hosts"},
	"remote-host-type":           {"type", "host-type"},
	"rule-name":                  {"name"},
	"ioc-value":                  {"value"},
	"ioc-values":                 {"values", "value"},
	"ioc-names":                  {"names", "name"},
	"valid-until":                {"until", "expires"},
	"mitre-tactics":              {"tactics", "tactic", "mitre"},
	"s1ql":                       {"ql"},
	"uuids":                      {"uuid", "ids", "id"},

	"files-path":                     {"paths", "path", "files", "file"},
	"command-batch-uuids":            {"batches", "batch", "uuids", "uuid"},
	"activity-created-time":          {"since", "after", "created", "asked"},
	"script-type":                    {"type"},
	"task-description":               {"description", "task", "what"},
	"output-destination":             {"destination", "output", "to"},
	"output-directory":               {"directory", "dir"},
	"input-params":                   {"input", "params", "args"},
	"script-runtime-timeout-seconds": {"timeout"},
	"parent-task-ids":                {"parent-tasks", "parents", "parent", "tasks", "task", "ids", "id"},
	"computer-name-contains":         {"names", "name", "hosts", "host", "endpoints"},
	"updated-after":                  {"after", "since", "from"},
	"updated-before":                 {"before", "until"},
}

// several is the plural of a thing: queries, policies, keys, sites.
func several(thing string) string {
	stem, ok := strings.CutSuffix(thing, "y")
	if ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return thing + "s"
}

// AliasesOf returns the short forms of a name. Those of ids follow a rule: agent-ids is also agents,
// agent, ids and id.
func AliasesOf(name string) []string {
	if short, ok := aliases[name]; ok {
		return short
	}
	for _, suffix := range []string{"-ids", "-id"} {
		if thing, ok := strings.CutSuffix(name, suffix); ok {
			short := []string{thing, several(thing), "ids", "id"}
			if thing == "agent" {
				short = append(short, "host", "hosts", "endpoint", "endpoints", "computer", "name")
			}
			return short
		}
	}
	return nil
}

// SplitCamel makes words of a name as the API writes its fields: "agentComputerName" is "agent computer name".
func SplitCamel(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
