package threats

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

// Hashes have two clauses because the console's key compares SHA-1s: with another kind it finds
// nothing and says so like an all-clear. The others are found by its free text.
func threatsWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"<show> {*} (detections|infections|findings|malware|malware detections|threat detections|malware infections|positives) {*}",
			"(anything|something|everything|stuff|ones|things) {+custom-input}", "<show> (anything|something|everything|stuff|things) [that is|that's] {+custom-input}",
			"<show> {*} (false positives|fps) {*} -> custom-input.analystVerdicts=false_positive", "<show> {*} (true positives|tps) {*} -> custom-input.analystVerdicts=true_positive",
			"(what|which) [new|other] (threats|detections) <arrived>",
			"(are|is|was|were) {custom-input.computerName__contains:host} [currently] (infected|hit|affected) [with|by] {*} (malware|threats|threat|anything)",
			"(what|which) threats [is|are|does|do|did|has|have|were|was] {custom-input.computerName__contains:host} [currently] [(have|had|has|got|seen|affected by)]",
			"<show> threats {custom-input:event}", "<show> threats where endpoint is {custom-input.computerName__contains:host}",
			"<show> (threat|detection) history (of|on|for|from) {custom-input.computerName__contains:host}",
			"(did|has) (sentinelone|s1|agent|endpoint|you|we|it) [already|ever] (detect|detected|find|found|flag|flagged|catch|caught|block|blocked|see|seen) [anything|something] (on|at) {custom-input.computerName__contains:host}",
			"<show> {*} threats (nobody|no one|noone) (has|is) [yet] (assigned|looked at|touched|handled|handling|worked on|working on) [yet] -> custom-input.incidentStatuses=unresolved",
			"<show> {*} ransomware {*} -> custom-input.classifications=Ransomware",
			"<show> (latest|last|newest|most recent) {*} (threat|detection) -> limit=1",
			"(does|did|has|have|do) {custom-input.computerName__contains:host} [currently] (have|had|has|got|get) [any] {*} (threats|detections|infections|malware|threat) {*}",
			"<show> {*} (detection|infection|threat) {*} (on|at|for) {custom-input.computerName__contains:host}",
			"what (did we|did you|did it|did sentinelone|has been|was|got|have we) [been] (detect|detected|found|find|flagged|caught|catch) (on|at) {custom-input.computerName__contains:host}",
			"<show> [threat] (status|verdict|state|incident status|analyst verdict) (of|for|on) {custom-input:event}",
			"<show> {*} (threats|detections|infections|malware|viruses|infected files) {*}", "<show> {*} threats [of] {custom-input.computerName__contains:host}",
			"<show> (anything|something|stuff) {+} (on|at|for) {custom-input.computerName__contains:host}",
			"what (is|have we got|do we have|have we|has) [still] {+custom-input} (on|at|for) {custom-input.computerName__contains:host}",
			"(info|what is|what's|show|show me|<show>) [info] [on|of|about|for] {custom-input:event}",
			"(tell me about|what do we know about|what do you know about|look up|check|open) [threat] {custom-input:event}",
			"(is there anything|anything|any threats) (bad|malicious|suspicious|detected|found) (on|at) {custom-input.computerName__contains:host}",
			"(was|were|has|have|did) [anything|something] [been] (detected|found|flagged) on {custom-input.computerName__contains:host}", "<show> threat {custom-input}",
			"(show|show me|find|look for) {custom-input:file}", "(tell me about|what do we know about|details of|details on|details for|look up) threat {custom-input}",
			"<show> [details of|details on|details about] threat {custom-input}",
		},
		Clauses: []string{
			"(on|for|at|affecting|from|of|in|does|did) {custom-input.computerName__contains:host} [have|has|had|get]", "(in|at|of|from) {custom-input.siteIds:site}",
			"(by|with|of|for|matching|having|related to|connected to|involving|containing|about) {custom-input.contentHashes:sha1}",
			"(by|with|of|for|matching|having|related to|connected to|involving|containing|about) {custom-input.query:digest}",
			"(of|in|from|with|for|by|share|sharing|that share|which share|having|on) (storyline|storyline id) {storylines:word}",
			"(from|by|started by) process {custom-input.originatedProcess__contains:file}", "(with|in|under) path {custom-input.filePath__contains:path}",
		},
		Words: threatWords(),
	}
}

// threatWords narrow the list of threats down.
func threatWords() map[string]string {
	return map[string]string{
		"outstanding": "custom-input.incidentStatuses=unresolved,in_progress", "unsolved": "custom-input.incidentStatuses=unresolved,in_progress",
		"not yet resolved": "custom-input.incidentStatuses=unresolved,in_progress", "still unresolved": "custom-input.incidentStatuses=unresolved,in_progress",
		"still active": "custom-input.incidentStatuses=unresolved,in_progress", "still pending": "custom-input.incidentStatuses=unresolved,in_progress",
		"undone": "custom-input.incidentStatuses=unresolved,in_progress", "not done": "custom-input.incidentStatuses=unresolved,in_progress",
		"unclosed":        "custom-input.incidentStatuses=unresolved,in_progress",
		"being worked on": "custom-input.incidentStatuses=in_progress", "being investigated": "custom-input.incidentStatuses=in_progress",
		"under investigation": "custom-input.incidentStatuses=in_progress", "handled": "custom-input.incidentStatuses=resolved", "solved": "custom-input.incidentStatuses=resolved",
		"done": "custom-input.incidentStatuses=resolved", "already resolved": "custom-input.incidentStatuses=resolved",
		"undefined": "custom-input.analystVerdicts=undefined", "without verdict": "custom-input.analystVerdicts=undefined", "no verdict": "custom-input.analystVerdicts=undefined",
		"mitigation pending": "custom-input.mitigationStatuses=not_mitigated", "pending mitigation": "custom-input.mitigationStatuses=not_mitigated",
		"not mitigated yet": "custom-input.mitigationStatuses=not_mitigated", "mac": "custom-input.osTypes=macos", "fp": "custom-input.analystVerdicts=false_positive",
		"tp":             "custom-input.analystVerdicts=true_positive",
		"false-positive": "custom-input.analystVerdicts=false_positive", "true-positive": "custom-input.analystVerdicts=true_positive",
		"false positives": "custom-input.analystVerdicts=false_positive", "true positives": "custom-input.analystVerdicts=true_positive", "fps": "custom-input.analystVerdicts=false_positive",
		"tps":  "custom-input.analystVerdicts=true_positive",
		"open": "custom-input.incidentStatuses=unresolved,in_progress", "nobody has resolved": "custom-input.incidentStatuses=unresolved,in_progress",
		"nobody resolved":  "custom-input.incidentStatuses=unresolved,in_progress",
		"nobody looked at": "custom-input.incidentStatuses=unresolved", "nobody has touched": "custom-input.incidentStatuses=unresolved", "untouched": "custom-input.incidentStatuses=unresolved",
		"not resolved": "custom-input.incidentStatuses=unresolved,in_progress", "still open": "custom-input.incidentStatuses=unresolved,in_progress",
		"not closed": "custom-input.incidentStatuses=unresolved,in_progress",
		"active":     "custom-input.incidentStatuses=unresolved,in_progress", "pending": "custom-input.incidentStatuses=unresolved,in_progress",
		"unhandled": "custom-input.incidentStatuses=unresolved", "not handled": "custom-input.incidentStatuses=unresolved",
		"unresolved": "custom-input.incidentStatuses=unresolved", "resolved": "custom-input.incidentStatuses=resolved",
		"closed": "custom-input.incidentStatuses=resolved", "in progress": "custom-input.incidentStatuses=in_progress",
		"malicious": "custom-input.confidenceLevels=malicious", "suspicious": "custom-input.confidenceLevels=suspicious",
		"not mitigated": "custom-input.mitigationStatuses=not_mitigated", "unmitigated": "custom-input.mitigationStatuses=not_mitigated", "mitigated": "custom-input.mitigationStatuses=mitigated",
		"true positive": "custom-input.analystVerdicts=true_positive", "false positive": "custom-input.analystVerdicts=false_positive",
		"windows": "custom-input.osTypes=windows", "linux": "custom-input.osTypes=linux", "macos": "custom-input.osTypes=macos",
		"ransomware": "custom-input.classifications=Ransomware",
	}
}

func notesWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(who|what) [has|have|did|was|is] (commented|commented on|noted|written|wrote|comment|comment on|note|write|said|noted down) (on|about|for|to|in|under) {threat-id}",
		"<show> {*} (notes|note|comments|comment|annotations|remarks|note history|analyst notes|analyst comments) [left|written|made|there] (on|of|for|about|to|in|from|under|attached to|added to) {threat-id}",
		"(are there|is there|were there|do we have|did we get|<show>) [any] [new|analyst] (notes|comments|note|comment) [left|written] (on|for|about|to|in|under) {threat-id}",
		"(does|do|has|did) {threat-id:case} (have|has|got) [any] (notes|comments)", "(what do|what does|what did|<show> what) (notes|comments|note) (on|of|for|about|in) {threat-id} (say|tell|read)",
		"(has|did) (anyone|anybody|someone|somebody|a colleague|one of us) [already] (note|noted|commented|comment|write|written|document|documented) [anything|something] (on|about|for|in) {threat-id}",
		"{threat-id:case} (notes|comments)",
		"[do we have|are there] {*} (notes|comments) (on|of|for|about|to) {threat-id}",
		"(read|see) [me] [the] (notes|comments) (of|on|for) {threat-id}",
		"(did|has|have) (anyone|anybody|someone|somebody) (write|written|comment|commented|leave|left|add|added) [a] [notes|note|anything|something] (on|to|about) {threat-id}",
		"<show> {threat-id:case} notes", "[is there] (anything|something) [new] in notes (on|of|for|about) {threat-id} [yet|already]",
		"what (did|has|have) [my|our|other|all|rest of] (colleagues|colleague|others|team|people|we|you|they|everybody|everyone|anybody|analysts|analyst|soc|folks|day shift|night shift) [already|so far] (write|written|say|said|note|noted|comment|commented|leave|left|add|added|document|documented) [down] (about|on|to|in|for) {threat-id} [already|so far]",
		"what (did|has|have) [last|previous|other|day|night|morning|evening|late|early] (shift|team|crew|colleague|analyst|soc|day shift|night shift) [already|so far] (write|written|say|said|note|noted|leave|left|add|added) (about|on|to|in|for) {threat-id}",
		"what (did|have|has) (people|we|analysts|colleagues|anyone|others) (write|written|say|said|note|noted) (about|on|to) {threat-id}",
		"<show> {*} (notes|comments) (on|of|for|about|to) {threat-id}", "(what|which) notes (are|are there|do we have) on {threat-id}", "(what do notes|what notes) on {threat-id} say",
	}}
}

func addNoteWording() catalog.Wording {
	const writes = "<write>"
	return catalog.Wording{Heads: []string{
		writes + " [(this|following|quick|short|new|another)] (note|comment|remark|notes) (to|on|for|about|in|onto|under|against|at) {filter} (:|,|-|;|saying|that says|that|with text|with|reading|stating|that reads|which says|with text :|saying :|with message|with content|noting|noting that|saying that|stating that|along the lines of|along the lines of :|something like|something like :|like :|to the effect that|to the effect of :) {note-text}", writes + " [(this|as)] (note|comment) {note-text:quoted} (to|on|for|in|onto|under|against|at) {filter}", writes + " [this|following|that] as [a|new] (note|comment) (to|on|for|in|under) {filter} (:|-) {note-text}", writes + " {note-text:quoted} [(as (note|comment)|in notes|to notes)] (to|on|in|of|for|under|onto) {filter:case}",
		writes + " (note|comment) [:] {note-text:quoted} (to|on|for|in|under) {filter}", "(comment|note|annotate|remark) {note-text:quoted} (on|to|in|under|for|at|about) {filter}", "(comment|note|annotate) {filter:case} (with|:|-|,|saying|as) {note-text}", writes + " (on|to|in|for|under) {filter:case} (that|:|,|-) {note-text}", "(note|comment|notes) (for|on|to|about|in|re) {filter:case} (:|-|,|that|saying) {note-text}", "(let) notes (of|on) {filter} say {note-text}",
		"(add|leave|write|put|attach|make|drop|new) [this|following] (note|comment) (to|on|for|about|in) {filter} (:|,|-|saying|that says|that|with text|with) {note-text}",
		"(comment|note|annotate|document) [on|for|to] {filter:case} (:|,|-|that|with|saying) {note-text}", "(comment|note) (on|for|to) {filter} (-|,|saying) {note-text}",
		"(write|add|put|leave|attach|document) (on|to|in|for|about) {filter} [note|comment] [:|that] {note-text:quoted}",
		"(write|add|put|leave|attach|document) (on|to|in|for) {filter:case} (note|comment|:|that) {note-text}",
		"{filter:case} (note|comment) : {note-text}",
		"(add|leave|write|put|attach) {note-text:quoted} [as note|as comment] (to|on) [notes of] {filter}",
		"(add|leave|write|put|attach) (note|comment) {note-text:quoted} (to|on) {filter}",
		"(note|comment) on {filter} (:|that) {note-text}", "note {note-text:quoted} on {filter}", "(add|leave|write) (note|comment) (to|on|for) {filter}",
		"(note|comment) on {filter} {note-text:quoted}", "(add|leave|write|put) (note|comment) (to|on|for) {filter} {note-text:quoted}",
	}}
}

func verdictWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<judge> [(verdict|analyst verdict) (of|for|on)] {threat-ids:case} [(as|to|in|into|:|=|verdict|with verdict)] [a|being] {analyst-verdict}",
		"(put|set|change|reset|switch|turn|revert) [(verdict|analyst verdict) (of|on|for)] {threat-ids:case} back to {analyst-verdict}",
		"(set|change|update|put|give|make|switch|modify|adjust|correct|flip|turn) [analyst] verdict (of|on|for|in|from|at) {threat-ids:case} (to|as|in|into|:|=|from undefined to) {analyst-verdict}",
		"(set|put|change|give|record|assign|add|apply|enter) [analyst] verdict [of|to|:|=|as] {analyst-verdict} (on|for|to|in|at) {threat-ids:case}",
		"[analyst] verdict (of|on|for) {threat-ids:case} [:|=|to|is|should be|must be|needs to be|as] {analyst-verdict}",
		"(verdict|analyst verdict) [:|=|is] {analyst-verdict} (on|for|to) {threat-ids:case}",
		"{threat-ids:case} [both|all] (is|are|was|were|seems to be|turned out to be|turns out to be|turned out|looks to be|appears to be|=|:|-) [all|both|clearly|definitely|certainly|obviously|just|only|actually|really|another|yet another] [a|an|as] {analyst-verdict}",
		"{threat-ids:case} verdict [is|:|=|to|should be] {analyst-verdict}", "(mark|set|give|put) {threat-ids:case} (verdict|analyst verdict) [to|as|:|=] {analyst-verdict}",
		"(we|i) (consider|call|rate|judge|deem|confirm|confirmed) {threat-ids:case} [as|to be] {analyst-verdict}",
		"(mark|flag|classify|label|treat|set|tag) {threat-ids} (as|to) {analyst-verdict}", "(set|change|update) [analyst] verdict (of|on|for) {threat-ids} (to|as) {analyst-verdict}",
		"(mark|flag|set|classify) as {analyst-verdict} [:] {threat-ids:case}", "(give|set|mark) {threat-ids} [verdict] {analyst-verdict}",
		"verdict {analyst-verdict} (on|for) {threat-ids}",
		"{threat-ids:case} (is|are|was|were|looks|looks like|seems|seems to be|must be|is clearly|is just|is only|turned out to be) {analyst-verdict} [to me|for me] [, (put|set) this verdict|, (put|set) verdict|, mark it|, mark it so]",
		"{threat-ids:case} [:|=|-|,] {analyst-verdict}", "{analyst-verdict} [:|=|-|for|on] {threat-ids:case}",
		"(mark|flag|classify|label|treat|set|tag|change|put) [verdict of] {threat-ids} (as|to|in|into) [a] {analyst-verdict}",
		"(set|put|change|give) verdict {analyst-verdict} (on|for|to) {threat-ids}",
		"(set|change|update|put) [analyst] verdict (of|on|for) {threat-ids} (to|as|in|into|:) {analyst-verdict}",
	}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<put> {threat-ids:case} [back] [(as|to|in|into|:|=|status|with status|status to|to status|in status|incident status to)] {status}",
		"(set|change|update|put|switch|modify|move|flip|adjust|turn) [incident|threat] (status|state) (of|on|for|from|in|at) {threat-ids:case} [back] (to|as|in|into|:|=) {status}",
		"(set|put|give|change|assign) [incident] status [to|of|as|:|=] {status} (on|for|to|of|in|at) {threat-ids:case}",
		"[incident] (status|state) (of|on|for) {threat-ids:case} (to|:|=|is|should be|must be) {status}", "{threat-ids:case} status [to|:|=|is] {status}", "{threat-ids:case} to {status}",
		"<working> (threat|threats) {threat-ids} -> status=in_progress",
		"(i'm|i am|we're|we are) [now|currently|already] (analyzing|analysing|triaging|working|checking|taking over|dealing with|on) {threat-ids:case} -> status=in_progress",
		"<take> [threat|threats] {threat-ids:case} -> status=in_progress",
		"<taking> [threat|threats] {threat-ids:case} [, (set|put|mark|move|change) [it|them|this|status|both] [to|in|as|into|it to] in progress] -> status=in_progress",
		"{threat-ids:case} (is|are) (mine|being investigated|being worked on|under investigation|work in progress|wip) -> status=in_progress",
		"{threat-ids:case} (is|are) (done|finished|handled|dealt with|solved|sorted|finished with) -> status=resolved",
		"<close> [(threat|threats|case|incident)] {threat-ids:case} [as (resolved|done|closed)] -> status=resolved",
		"(reopen|re-open|open again|unresolve|un-resolve|open back up|re open) [(threat|threats|incident)] {threat-ids:case} [again] -> status=unresolved",
		"open {threat-ids:case} again -> status=unresolved",
		"(close|resolve) (threat|threats) {threat-ids} -> status=resolved",
		"(mark|set|move|change|put|flag) {threat-ids} (as|to|in|into) {status}", "(set|change|update) [incident] status (of|on|for) {threat-ids} (to|as) {status}",
		"(mark|set|put|take) threat {threat-ids} {status}", "(put|set|mark) {threat-ids:case} {status}",
		"(i'm|i am|we're|we are) [now] (working on|looking at|looking into|investigating|handling|on|taking) threat {threat-ids} -> status=in_progress",
		"(start|begin) (working on|investigating) [threat] {threat-ids} -> status=in_progress", "(take|pick up) threat {threat-ids} -> status=in_progress",
		"(set|change|update|put) [incident] status (of|on|for) {threat-ids} (to|as|in|into|:) {status}", "{threat-ids:case} [is|:|=|-] [now|already] {status}",
		"(set|put|give) status {status} (on|for|to) {threat-ids}",
		"(i'm|i am|we're|we are) [now] (working on|looking at|looking into|investigating|handling|taking) {threat-ids:case} -> status=in_progress",
		"(take|pick up|claim) {threat-ids:case} -> status=in_progress",
		"(mark|set|move|change|put) {threat-ids} (as|to|in|into) [status] {status}",
		"(reopen|re-open) {threat-ids} -> status=unresolved", "(close|resolve) [threat] {threat-ids} -> status=resolved",
	}}
}

func mitigationWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(run|start|perform|do|make|trigger|apply|execute|initiate|issue|use|launch|send|order|request) [a|mitigation|mitigation action|action] {mitigate-action} [action|mitigation] (of|on|for|to|against|with|over) [threat|threats] {filter:case}",
		"{mitigate-action} [all|every] (threats|threat) {filter:case} [please|now]",
		"{mitigate-action} [(file|files|malware|binary|sample|process|processes|damage|changes)] (of|from|for|in|behind|belonging to|by) [threat|threats] {filter:case}",
		"(mitigate|treat|handle|clean|respond to) [threat|threats] {filter:case} (with|by|using|:|via|-|,|through|=) [action] {mitigate-action}",
		"mitigation (of|for|on) [threat] {filter:case} [:|with] {mitigate-action}",
		"(clean up|clean|cleanup|fix) [after] threat {filter:case} -> mitigate-action=Remediate",
		"(restore|release|recover|give back|take|get|bring) [(file|files)] [(of|from)] [threat] {filter:case} [back] (from|out of) quarantine -> mitigate-action=Unquarantine",
		"(un-quarantine|unquarantine) [(file|files)] [(of|from|for)] [threat|threats] {filter:case} -> mitigate-action=Unquarantine",
		"(roll back|rollback|revert|undo) (changes|damage|everything|all changes|what) [that|which] [threat] {filter:case} [has|have] (did|done|made|caused) -> mitigate-action=Rollback",
		"(roll back|rollback|revert|undo) [(changes|damage|everything|effects|all changes)] [(of|from|by|done by|made by|caused by)] threat {filter:case} -> mitigate-action=Rollback",
		"(put|get|move|bring|send) [(file|files|malware|sample|binary)] [(of|from|behind)] [threat|threats] {filter:case} (in|into) quarantine -> mitigate-action=Quarantine",
		"(kill|terminate|stop|end) [(process|processes)] (of|from|behind|for) [threat|threats] {filter:case} -> mitigate-action=Kill",
		"(kill|terminate|stop) threat {filter:case} -> mitigate-action=Kill",
		"(run|start|perform|do|make|trigger|apply) [a] {mitigate-action} (of|on|for) [threat] {filter:case}", "{mitigate-action} [file of|file from|malware of] {filter:case}",
		"(apply|use) {mitigate-action} (on|to) {filter:case}", "(get|take|bring|pull|release|restore) {filter:case} [back] (out of|from) quarantine -> mitigate-action=Unquarantine",
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
		"[make|do|run|start] [a] (roll back|rollback) [(of|for)] threat {threat-ids:threat} (on|at) {computer-names:host}",
		"(roll back|rollback|undo|revert) (ransomware|malware|threat|threats|changes|all changes|everything|damage|encryption|attack) (on|at|from) {computer-names:host}")}
}

// onHost are the ways to say what is done to a process or a file on endpoints.
func onHost(verb string) []string {
	return []string{
		"(on|at) {computer-names:host} [,] " + verb + " [process|processes|running|file|executable|binary] {originated-process-names:file}",
		"(on|at) {computer-names:host} [,] " + verb + " [file|files] {file-paths:path}",
		verb + " [all|any|every|running|malicious|rogue|suspicious] (process|processes|program|exe|executable|binary|instances of|instance of|task|file) [named|called|with name] {originated-process-names:file} (on|at|from|running on|in) {computer-names:host}",
		verb + " (process|processes) [named|called] {originated-process-names:program} (on|at|from|running on|in) {computer-names:host}", verb + " [running|all|any] {originated-process-names:file} [process|processes] (on|at|from|running on) {computer-names:host}", verb + " [all|any|every] (processes|files|process|file|anything|everything) (with|having|of|matching) [hash|sha1|sha-1] {content-hashes:hash} (on|at|from) {computer-names:host}", verb + " [file|files|executable|binary] [at|in|under] [path] {file-paths:path} (on|at|from|of|located on) {computer-names:host}",
		verb + " (threat|threats) {threat-ids:event} (on|at|from) {computer-names:host}",
		verb + " [running] {originated-process-names:file} (on|at|from) {computer-names:host}", verb + " {originated-process-names:program} process (on|at|from) {computer-names:host}", verb + " [file|process] [with hash|with sha1|with] {content-hashes:hash} (on|at|from) {computer-names:host}",
		verb + " (on|at) {computer-names:host} {file-paths:path}", verb + " (on|at) {computer-names:host} [running] {originated-process-names:file}",
		verb + " {file-paths:path} (on|at|from) {computer-names:host}",
	}
}

func triageWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|set|flag|triage) {filter:threat} (as|to) {analyst-verdict} [,] and (set|mark|set it to|mark it as|mark it|set it|set status to|status|put it|move it|put it back|change it|set the status) [as|to|in|into] {incident-status}",
		"(mark|set|flag|triage) {filter:threat} (as|to) {analyst-verdict} [,] and {incident-status}",
		"(mark|set|flag|triage) {filter:threat} (as|to) {analyst-verdict} [,] and (resolve|close) [it|them|same|the same] -> incident-status=resolved",
		"(resolve|close) {filter:case} [as|:|,|-|because it is|because it's] {analyst-verdict} -> incident-status=resolved",
		"(resolve|close) {filter:threat} as {analyst-verdict} -> incident-status=resolved",
		"{filter:case} [is|:|=|-] {analyst-verdict} (and|,|+|&|and status|and status is|, status|and now) [status] {incident-status}",
		"(set|mark|put|change) {filter:threat} (as|to|in) {analyst-verdict} (and|,) [status] [to] {incident-status}", "{analyst-verdict} and {incident-status} (for|on) {filter:case}",
		"(set|mark|put|change|update) {filter:threat} [as|to|in|:] {incident-status} (,|and|, and) [verdict] {analyst-verdict}",
		"(set|mark|put|change|update) {filter:threat} [as|to|in|:] {analyst-verdict} (,|and|, and) [status] {incident-status}",
		"(resolve|close) {filter:case} [,|-|.] (it is|it's|its|this is|this was|it was|was) [a|an|just a] {analyst-verdict} -> incident-status=resolved",
		"{filter:case} [is|:|=|-] {analyst-verdict} [,|;|.] [and] [please] (resolve|close) [it|this|them] -> incident-status=resolved",
	}}
}

func markWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|flag|treat|classify|set|declare|consider|label|escalate|promote|upgrade|confirm|convert|convict) [suspicious|suspicious threat] {threat-ids:case} (as|to|is|to be|into) [a|an|being|real|actual|confirmed] (threat|threats|malicious|malware|real threat|real)",
		"(convict|confirm) [suspicious] [threat|detection] {threat-ids:case}", "(mark|flag|treat|classify|set) [suspicious|suspicious threat] {threat-ids} (as|to) (threat|malicious|malware)",
		"(convict|confirm) [suspicious] threat {threat-ids}"}}
}

func analysisWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<show> [full|complete|detailed|deep|threat] (analysis|report|breakdown|picture|story|writeup|dossier|summary|background|context) (of|for|on|about|behind) [threat] {threat-id:case}",
		"<show> {+} (section|part|component|info|information|tab|details|data) (of|for|on|from|in) [threat] {threat-id:case}",
		"(what|which) {+} (does|do|did|has|have|are there for|are on|are there on|are in|belong to|triggered|were triggered by) [threat] {threat-id:case} [have|has|show|trigger|triggered|match|got]",
		"(what|which) {+} (is|are|were|was) [there] (on|of|for|in|behind|found in|seen in|with) [threat] {threat-id:case}", "{threat-id:case} {+}",
		"(what is|what's|what was) [threat] {threat-id:case} [all] about",
		"(analysis|analyze|analyse|investigate|dissect|assess|break down|explain|deep dive) [of|on|into|for] [threat] {threat-id:case} [in (detail|depth)|for me]",
		"(what|whats|what's) (mitigated|mitigation status|state of mitigation) (of|on|for) {threat-id:case} -> components=mitigationStatus",
		"(is|was|has) [threat] {threat-id:case} [been|already] [fully|successfully] (mitigated|remediated|quarantined|killed|cleaned|rolled back) [already|yet] -> components=mitigationStatus",
		"(analyze|analyse) {threat-id}", "(break down|breakdown of|breakdown for) [threat] {threat-id:case} [for (me|us)]", "<show> {+} [and {+}] (of|for|on|from|about) [threat] {threat-id:case}",
		"<show> (everything|all|full report|full picture|full story|whole story) [(you|we) (know|have)|there is|known] (about|on|of|for) [threat] {threat-id:case}",
		"<show> (full|complete|deep|threat) analysis (of|for|on) [threat] {threat-id:case}", "(full|complete|deep) analysis (of|for|on) {threat-id:case}",
		"(deep dive|analysis) [on|of|for|into] {threat-id:case}", "(explain|investigate|assess|analyze|analyse) {threat-id:case}",
		"<show> everything [(you|we) (know|have)|there is|known] (about|on|of) threat {threat-id}", "<show> [threat] analysis (of|for|on) {threat-id}",
		"run analysis (of|on) {threat-id}",
	}}
}

func eventsWording() catalog.Wording {
	const of = " (of|for|from|by|around|behind) threat {threat-id}"
	const things = "(of|for|from|by|around|behind|in|did|has|have) [threat] {threat-id:case} [do|make|create|made|created|cause|caused|have|had]"
	heads := []string{
		"<show> {*} [threat] (events|event) (of|for|from|in|on|around|behind|related to|belonging to|linked to|recorded for|with|under|by) [threat] {threat-id:case}",
		"(how many|number of|count|count of) [of] {*} [threat] events (are|were|is|was|do we have|has|have|does|did|there are) [there] (on|of|for|in|from|with|behind|under|related to) [threat] {threat-id:case} -> count-only=true",
		"(how many|count|number of) {*} events (of|in|for|on|from) [threat] {threat-id:case} [are there|there are|do we have|exist] -> count-only=true", "<show> {+} events {*} " + things,
		"(what|which) {+} events (does|do|did|has|have|are there for|are in|belong to|were recorded for) [threat] {threat-id:case} [have|has|cause|trigger|show]",
		"(what did|what has|what was) {process-name:file} (do|done|doing) (in|during) [threat] {threat-id:case}", "<show> what happened (in|during|with|around) [threat] {threat-id:case}",
		"what (did|has) threat {threat-id} (do|done|touch|touched|change|changed)", "what (did|has|have) {threat-id:case} (do|done|touch|touched|change|changed|cause|caused)",
		"how many events (are|were) [there] (on|of|for|in|from) [threat] {threat-id:case} -> count-only=true", "how many events (does|did|has) [threat] {threat-id:case} [have|had] -> count-only=true",
		"<show> {*} events " + things, "<show> (timeline|activity|story) " + things,
		"what (did|has) {threat-id:case} (do|done) on network -> event-types=ip",
		"(what|which|who|where) [hosts|ips|addresses|endpoints|servers] did {threat-id:case} (connect to|talk to|contacted|reach out to) -> event-types=ip",
		"(what|which) domains did {threat-id:case} (resolve|query|look up|contacted) -> event-types=dns", "(what|which) urls did {threat-id:case} (visit|contacted|open|access) -> event-types=url",
		"(what|which) files (did|has) {threat-id:case} (delete|deleted|remove|removed) -> event-sub-types=FILEDELETION",
		"(what|which) files (did|has) {threat-id:case} (create|created|drop|dropped|write|written) -> event-sub-types=FILECREATION",
		"(what|which) files (were|was) (created|dropped|written) by {threat-id:case} -> event-sub-types=FILECREATION",
		"(what|which) files (were|was) (deleted|removed) by {threat-id:case} -> event-sub-types=FILEDELETION",
		"(what|which) files (did|has) {threat-id:case} (touch|touched|change|changed|modify|modified|encrypt|encrypted) -> event-types=file",
		"(what|which) processes (did|has) {threat-id:case} (start|started|spawn|spawned|runs|create|created) -> event-types=process",
		"(how many|number of|count) {*} events (has|have|does|did|of|for|in) [threat] {threat-id:case} [have] -> count-only=true",
		"<show> {*} events (of|by|from) [process] {process-name:file} (in|of|for|during) [threat] {threat-id:case}",
		"<show> {*} events of {process-name:program} (in|of|for) [threat] {threat-id:case}", "<show> {*} {process-name:file} events (in|of|for) [threat] {threat-id:case}",
		"<show> {+} (and|,) {+} events " + things, "<show> {+} events " + things,
	}
	for _, list := range []struct{ kind, words string }{
		{"ip", "[network] connections|network traffic|ip events|network events"}, {"file", "file events|file changes|files touched"}, {"dns", "dns requests|dns events|dns lookups"},
		{"registry", "registry changes|registry events|registry keys"}, {"process", "processes|process events|process tree"}, {"url", "urls|url events"}, {"scheduled_task", "scheduled tasks"},
	} {
		heads = append(heads, "<show> ("+list.words+")"+of+" -> event-types="+list.kind, "<show> ("+list.words+") "+things+" -> event-types="+list.kind)
	}
	return catalog.Wording{Words: map[string]string{"network": "event-types=ip", "dns": "event-types=dns", "file": "event-types=file", "process": "event-types=process",
		"login": "event-types=logins", "logon": "event-types=logins", "registry": "event-types=registry", "url": "event-types=url"}, Heads: append(heads,
		"<show> {*} [threat] events (of|for|on|from|around|behind) threat {threat-id}", "<show> {*} threat events (of|for|on|from|around|behind) {threat-id}", "what did {threat-id:file} do",
		"<show> {*} events (of|for|from|around|behind) {threat-id:file}",
	)}
}

func resolveWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"<close> [threat|threats] {threat-ids:case} (on|at|for|from|of) {agent-id}"}}
}
