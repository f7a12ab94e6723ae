package files

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func collectWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(collect|gather|acquire|secure|preserve|harvest) [file|files|copy of|artifact|artifacts|evidence] {file-paths:path} (from|off|on|of|at) {agent-id}",
		"(on|from|at) {agent-id} [,] collect [file|files] {file-paths:path}", "collect {file-paths:path} (from|off|on) {agent-id}", "collect from {agent-id} {file-paths:path}",
	}}
}

func fetchWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<fetch> [me|us] [(file|files|log|logs|log file|copy of|copy of file|document|script|binary|executable|dump|artifact)] {files-path:path} (from|off|on|of|at|out of|located on) {agent-id}",
		"(on|from|at) {agent-id} [,] (fetch|get|grab|retrieve|pull|download) [me|us] [file|files|log|copy of] {files-path:path}",
		"(fetch|get|grab|retrieve|pull|download|give|copy|bring|send|recover|obtain) [me|us] [copy of] {files-path:path} (from|off|on) {agent-id}",
		"(fetch|get|grab|retrieve|pull|download) from {agent-id} {files-path:path}"}}
}

func sampleWording() catalog.Wording {
	const sample = "(sample|samples|malware sample|malware samples|file|files|threat file|threat files|binary|binaries|executable|malware|malicious file|malicious files|quarantined file|infected file|suspicious file|actual file|payload|artifact|original file)"
	return catalog.Wording{Heads: []string{
		"<fetch> [me|us] [(copy of)] " + sample + " (of|for|from|behind|in|belonging to|related to|that triggered|which triggered|that caused|involved in|on) {threat-ids:case} [for (sandbox|analysis|sandboxing|sandbox analysis|our sandbox|malware analysis|reversing|reverse engineering|further analysis|malware team|lab|virustotal|vt|detonation)]",
		"(fetch|get|grab|retrieve|pull|download) [me|us] [threat] {threat-ids:case} " + sample, "<show> " + sample + " (of|from|behind) {threat-ids:case}",
		"(fetch|download|get|grab|pull) [me] threat [file|sample] {threat-ids}",
		"(sample|malware sample) (of|for|from) {threat-ids:case}",
		"(fetch|get|grab|retrieve|pull|download|give|send|i want|we want|i need|we need) [me|us] (sample|file|threat file|binary|malware sample|malware) (of|for|from|behind) {threat-ids:case}",
		"(download|fetch) {threat-ids:case}",
		"(fetch|get|grab|retrieve|pull|download) [me] (sample|file|threat file|binary|malware sample|malware) (of|for|from) {threat-ids}", "fetch threat {threat-ids}",
	}}
}

func scriptsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} [remote|available|our|library|script library] (scripts|script library|scripts library|remote scripts) {*}",
		"(which|what) {*} scripts (is|are|do|can) [we|i|there|available|you] [have|use|run|got|available]",
		"(is there|do we have|have we got|are there) [any] [{+}] (script|scripts) (for|to|that|about|called|named|like|which|matching) [collect|collects|collecting|collection of|gather|get|gathers|does|do|dump|dumps|runs|list|lists|with] {query:title}",
		"(find|search|search for|look for|look up) [remote] (script|scripts) [for|named|called|about|matching] {query:title}", "<show> {*} [remote] scripts {*}",
	}, Clauses: []string{
		"(for|on|of|in) {+} [endpoints|system|systems|hosts|boxes|only]", "(that|which) (runs|work|works|is|are) (on|for) {+}", "(named|called|like|matching|about) {query:title}",
		"(named|called|like|matching|about|mentioning|with) {query:word}",
		"(in|at|of) {site-ids}",
	}}
}

func runWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(run|runs|execute|start|launch|trigger|kick off|fire|fire off|deploy|use|push|invoke|apply) [remote|our] (script|scripts|remote script) [named|called|:] {script-id} (on|at|against|to|over|for) {filter:host}",
		"(run|runs|execute|start|launch|trigger|kick off|fire off|deploy|invoke) {script-id} [remote] script (on|at|against|to|over) {filter:host}",
		"(on|at) {filter:host} [,] (run|runs|execute|start|launch) [script] {script-id}", "(run|execute|start) {script-id} (on|at) {filter:host}",
		"(run|execute|start) script {script-id} (on|at) {filter:host}",
	}, Clauses: []string{
		"[,] (with|and|send|put|store|save) [its] (output|result|results) (to|in|into|on|:|goes to|going to) {output-destination}",
		"[,] (output|result|results|destination) (to|in|into|is|:|goes to|destination) {output-destination}",
		"[,] [with|as] (task|task name|name of task|task description|description) [is|:|=] {task-description:source}",
		"[,] [with] timeout [of|is|:|=] {script-runtime-timeout-seconds} [seconds|sec|s]",
	}}
}

func taskStatusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(where|how far|how|how's|how is|what's|what is) [is] [status of|state of|progress of|up with|going on with|happening with] [my|our] [script] (task|run|script run|script task|script|tasks of run|tasks) {parent-task-ids:word} [at|doing|going|coming along|along|now]",
		"<show> [script] (status|tasks|task status|progress|state) (of|for|on|from) [my|our] [script] (run|task|script run|script task|script) {parent-task-ids:word}",
		"(is|are|did|has|have|was|were) [my|our] [script] (task|run|tasks|script run|script task|script) {parent-task-ids:word} [already|still|yet] (done|finished|finish|complete|completed|over|running|runs|through|succeed|successful|fail|failed|work|worked|in progress|gone through|pending) [yet|already] [on (all|every) [endpoints|endpoint]]",
		"[script] (run|task) {parent-task-ids:word} status", "<show> (tasks|task list) (of|in|for|under) [script] (run|task) {parent-task-ids:word}",
		"(check|check on|look at) [script] (task|run|script run) {parent-task-ids:word}", "(where|how far) is [script] (task|run) {parent-task-ids:word} [at]",
		"(is|are) [script] (task|run|script run) {parent-task-ids:word} [already] (done|finished|complete|completed|over) [on (all|every) [endpoints|endpoint]]",
		"<show> (status|progress|state) of (script run|script task|script tasks|task|run) {parent-task-ids:word}",
	}, Clauses: []string{"(on|for|at|in) {computer-name-contains:host} [endpoints|endpoint]"}}
}

func resultsWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [script] (results|result|output|outputs) (of|for|from|on) [script] (task|tasks|run|task id) {task-ids:word}",
		"(what|<show> what) (did|does) [script] (task|run) {task-ids:word} (return|produce|output|say|give)", "<show> script (results|result|output) (of|from|on|for) {computer-names:host}",
		"(fetch|download|get|grab|pull) [me|us] [script] (results|result|output) (of|for|from) [script] (task|tasks|run) {task-ids:word}",
		"<show> [script] results [(of|from) script] (of|from|on) {computer-names:host}", "(get|show|fetch) [script] results (of|for) task {task-ids:word}",
	}}
}
