package files

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func collectWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"collect {file-paths:path} (from|off|on) {agent-id}", "collect from {agent-id} {file-paths:path}"}}
}

func fetchWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(fetch|get|grab|retrieve|pull|download|give|copy|bring|send|recover|obtain) [me|us] [copy of] {files-path:path} (from|off|on) {agent-id}",
		"(fetch|get|grab|retrieve|pull|download) from {agent-id} {files-path:path}"}}
}

func sampleWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(sample|malware sample) (of|for|from) {threat-ids:case}",
		"(fetch|get|grab|retrieve|pull|download|give|send|i want|we want|i need|we need) [me|us] (sample|file|threat file|binary|malware sample|malware) (of|for|from|behind) {threat-ids:case}",
		"(download|fetch) {threat-ids:case}",
		"(fetch|get|grab|retrieve|pull|download) [me] (sample|file|threat file|binary|malware sample|malware) (of|for|from) {threat-ids}", "fetch threat {threat-ids}",
	}}
}

func scriptsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> {*} [remote] scripts {*}"}, Clauses: []string{"(for|on) {+}", "(named|called|like|matching|about) {query:title}", "(in|at|of) {site-ids}"}}
}

func runWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(run|execute|start) {script-id} (on|at) {filter:host}", "(run|execute|start) script {script-id} (on|at) {filter:host}"}}
}

func taskStatusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(where|how far) is [script] (task|run) {parent-task-ids:word} [at]", "(is|are) [script] (task|run|script run) {parent-task-ids:word} [already] (done|finished|complete|completed|over) [on (all|every) [endpoints|endpoint]]", "<show> (status|progress|state) of (script run|script task|script tasks|task|run) {parent-task-ids:word}"}, Clauses: []string{"(on|for|at|in) {computer-name-contains:host} [endpoints|endpoint]"}}
}

func resultsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<show> [script] results [(of|from) script] (of|from|on) {computer-names:host}", "(get|show|fetch) [script] results (of|for) task {task-ids:word}"}}
}
