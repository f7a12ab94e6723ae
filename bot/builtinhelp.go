package bot

import "s1bot/render"

// builtinHelp explains one of the bot's own words: what it does, then how it is typed. It is nil for other words.
func builtinHelp(word string) []render.Part {
	lines := map[string][]string{
		"history":  {"Your last commands, to run again.", "/s1 history"},
		"can":      {"What would happen if you ran a command, without doing it: may you, who would have to approve, what would be touched.", "/s1 can isolate DESKTOP-1 reason=test"},
		"report":   {"What a shift leaves to the next: open threats, hosts isolated and by whom, requests that wait, and how long things took. Eight hours back where nothing else is said.", "/s1 report", "/s1 report -24h"},
		"note":     {"In the thread of a threat's card: adds what follows to the threat's notes in the console.", "@s1bot note checked with the user, it is a test"},
		"snooze":   {"Keeps new threats and alerts of a rule, hash, host or storyline quiet for a while, 30 days at most; four hours where nothing is said. For operators and approvers.", "/s1 snooze host=DESKTOP-1 for=4h reason=pentest", "/s1 snooze rule=\"Encoded PowerShell\" until=\"2026-11-30 08:00\""},
		"snoozes":  {"What is snoozed now, by whom and until when, with a button to end it.", "/s1 snoozes"},
		"unsnooze": {"Ends a snooze before its time.", "/s1 unsnooze Z-AB12C"},
		"routes":   {"Where a threat or an alert goes, and which route of the policy file says so.", "/s1 routes test 1845174760470303882"},
		"freeze":   {"From now on nothing runs that changes anything. For approvers.", "/s1 freeze reason=\"account of an operator stolen\""},
		"thaw":     {"Ends a freeze; two approvers have to say so.", "/s1 thaw"},
	}[word]
	var parts []render.Part
	for i, line := range lines {
		if i == 0 {
			parts = append(parts, render.Line{render.Text(line)})
			continue
		}
		parts = append(parts, render.Line{render.Mono(line)})
	}
	return parts
}
