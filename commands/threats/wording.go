package threats

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

// Hashes have two clauses because the console's key compares SHA-1s: with another kind it finds
// nothing and says so like an all-clear. The others are found by its free text.
func threatsWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"<show> {*} (threats|detections|infections) {*}", "<show> threat {custom-input}", "(show|show me|find|look for) {custom-input:file}", "(tell me about|what do we know about|details of|details on|details for|look up) threat {custom-input}",
			"<show> [details of|details on|details about] threat {custom-input}",
		},
		Clauses: []string{
			"(on|for|at|affecting|from) {custom-input.computerName__contains:host}", "(in|at|of|from) {custom-input.siteIds:place}",
			"(by|with|of|for|matching|having) {custom-input.contentHashes:sha1}", "(by|with|of|for|matching|having) {custom-input.query:digest}", "(of|in|from) storyline {storylines:word}",
			"(from|by|started by) process {custom-input.originatedProcess__contains:file}", "(with|in|under) path {custom-input.filePath__contains:path}",
		},
		Words: map[string]string{
			"open": "custom-input.incidentStatuses=unresolved,in_progress", "nobody has resolved": "custom-input.incidentStatuses=unresolved,in_progress", "nobody resolved": "custom-input.incidentStatuses=unresolved,in_progress",
			"nobody looked at": "custom-input.incidentStatuses=unresolved", "nobody has touched": "custom-input.incidentStatuses=unresolved", "untouched": "custom-input.incidentStatuses=unresolved",
			"unresolved": "custom-input.incidentStatuses=unresolved", "resolved": "custom-input.incidentStatuses=resolved",
			"closed": "custom-input.incidentStatuses=resolved", "in progress": "custom-input.incidentStatuses=in_progress",
			"malicious": "custom-input.confidenceLevels=malicious", "suspicious": "custom-input.confidenceLevels=suspicious",
			"not mitigated": "custom-input.mitigationStatuses=not_mitigated", "unmitigated": "custom-input.mitigationStatuses=not_mitigated", "mitigated": "custom-input.mitigationStatuses=mitigated",
			"true positive": "custom-input.analystVerdicts=true_positive", "false positive": "custom-input.analystVerdicts=false_positive",
			"windows": "custom-input.osTypes=windows", "linux": "custom-input.osTypes=linux", "macos": "custom-input.osTypes=macos",
			"ransomware": "custom-input.classifications=Ransomware",
		},
	}
}

func notesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> {*} (notes|comments) (on|of|for|about|to) {threat-id}", "(what|which) notes (are|are there|do we have) on {threat-id}", "(what do notes|what notes) on {threat-id} say",
	}}
}

func addNoteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(add|leave|write|put|attach|make) (note|comment) (to|on|for) {filter} (:|saying|that says|that|with text|with) {note-text}",
		"(add|leave|write|put|attach) {note-text:quoted} [as note|as comment] (to|on) [notes of] {filter}",
		"(add|leave|write|put|attach) (note|comment) {note-text:quoted} (to|on) {filter}",
		"(note|comment) on {filter} (:|that) {note-text}", "note {note-text:quoted} on {filter}", "(add|leave|write) (note|comment) (to|on|for) {filter}",
		"(note|comment) on {filter} {note-text:quoted}", "(add|leave|write|put) (note|comment) (to|on|for) {filter} {note-text:quoted}",
	}}
}

func verdictWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|flag|classify|label|treat|set|tag) {threat-ids} (as|to) {analyst-verdict}", "(set|change|update) [analyst] verdict (of|on|for) {threat-ids} (to|as) {analyst-verdict}",
		"(give|set) {threat-ids} [verdict] {analyst-verdict}", "verdict {analyst-verdict} (on|for) {threat-ids}", "{threat-ids} is {analyst-verdict}",
	}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|set|move|change|put|flag) {threat-ids} (as|to|in|into) {status}", "(set|change|update) [incident] status (of|on|for) {threat-ids} (to|as) {status}",
		"(mark|set|put|take) threat {threat-ids} {status}", "(i'm|i am|we're|we are) [now] (working on|looking at|looking into|investigating|handling|on|taking) threat {threat-ids} -> status=in_progress",
		"(start|begin) (working on|investigating) [threat] {threat-ids} -> status=in_progress", "(take|pick up) threat {threat-ids} -> status=in_progress",
		"(reopen|re-open) {threat-ids} -> status=unresolved", "(close|resolve) [threat] {threat-ids} -> status=resolved",
	}}
}

func mitigationWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"{mitigate-action} threat {filter}", "{mitigate-action} {filter:file}", "mitigate {filter} (with|by|using|:) {mitigate-action}", "run {mitigate-action} on threat {filter}",
		"{mitigate-action} (every threat|all threats|threats) on {filter.computerName__contains:host}",
	}}
}

func killWording() catalog.Wording {
	return catalog.Wording{Heads: onHost("(kill|terminate|stop|end)")}
}

func quarantineWording() catalog.Wording {
	return catalog.Wording{Heads: onHost("quarantine")}
}

func rollbackWording() catalog.Wording {
	return catalog.Wording{Heads: append(onHost("(roll back|rollback|undo changes of|undo changes by|revert)"), "(roll back|rollback) {computer-names:host}",
		"(roll back|rollback|undo|revert) (ransomware|malware|changes|all changes|everything|damage|encryption|attack) (on|at|from) {computer-names:host}")}
}

// onHost are the ways to say what is done to a process or a file on endpoints.
func onHost(verb string) []string {
	return []string{
		verb + " [running] {originated-process-names:file} (on|at|from) {computer-names:host}", verb + " {content-hashes:hash} (on|at|from) {computer-names:host}",
		verb + " {file-paths:path} (on|at|from) {computer-names:host}",
	}
}

func triageWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|set|flag|triage) {filter} (as|to) {analyst-verdict} [,] and (set|mark|set it to|mark it as|mark it|set it|set status to|status) [as|to] {incident-status}",
		"(mark|set|flag|triage) {filter} (as|to) {analyst-verdict} [,] and {incident-status}",
		"(mark|set|flag|triage) {filter} (as|to) {analyst-verdict} [,] and (resolve|close) [it|them] -> incident-status=resolved",
		"(resolve|close) {filter} as {analyst-verdict} -> incident-status=resolved",
	}}
}

func markWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(mark|flag|treat|classify) {threat-ids} as (threat|malicious|malware)"}}
}

func analysisWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(analyze|analyse) {threat-id}", "<show> everything [(you|we) (know|have)|there is|known] (about|on|of) threat {threat-id}", "<show> [threat] analysis (of|for|on) {threat-id}", "run analysis (of|on) {threat-id}",
	}}
}

func eventsWording() catalog.Wording {
	const of = " (of|for|from|by|around|behind) threat {threat-id}"
	heads := []string{"what (did|has) threat {threat-id} (do|done|touch|touched|change|changed)"}
	for kind, words := range map[string]string{
		"ip": "[network] connections|network traffic|ip events|network events", "file": "file events|file changes|files touched", "dns": "dns requests|dns events|dns lookups",
		"registry": "registry changes|registry events|registry keys", "process": "processes|process events|process tree", "url": "urls|url events", "scheduled_task": "scheduled tasks",
	} {
		heads = append(heads, "<show> ("+words+")"+of+" -> event-types="+kind)
	}
	return catalog.Wording{Heads: append(heads,
		"<show> {*} [threat] events (of|for|on|from|around|behind) threat {threat-id}", "<show> {*} threat events (of|for|on|from|around|behind) {threat-id}", "what did {threat-id:file} do",
		"<show> {*} events (of|for|from|around|behind) {threat-id:file}",
	)}
}
