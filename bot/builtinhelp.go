package bot

import "s1bot/render"

// builtinHelp explains one of the bot's own words: what it does, then how it is typed. It is nil for other words.
func builtinHelp(word string) []render.Part {
	lines := map[string][]string{
		"history":  {"Your last commands, to run again.", "/s1 history"},
		"case":     {"A case file: what the console and I know of a threat or an alert, as a card and a zip (report, timeline, JSON, CSV, audit rows).", "/s1 case evil.exe", "/s1 case 1112953674841025235"},
		"save":     {"Keeps a command under a name of your own; then /s1 and the name run it. Times such as -24h count from when it runs.", "/s1 save morning = threats open", "/s1 morning"},
		"saved":    {"Your saved commands, each with a button to run or remove it.", "/s1 saved"},
		"unsave":   {"Removes a saved command.", "/s1 unsave morning"},
		"pending":  {"Requests that wait for you to decide, and your own that aren't over, with their buttons.", "/s1 pending"},
		"whoami":   {"Your roles here, and which names in the settings or the policy file give them to you.", "/s1 whoami"},
		"can":      {"Shows what a command would do and changes nothing: whether you may run it, who would have to approve it, and what it would touch.", "/s1 can isolate DESKTOP-1 reason=test"},
		"report":   {"The shift report: open threats, isolated hosts and who isolated them, waiting requests, and response times. Covers the last eight hours unless you say otherwise.", "/s1 report", "/s1 report -24h"},
		"note":     {"In the thread of a threat's card: adds your text to the threat's notes in the console.", "@s1bot note checked with the user, it is a test"},
		"snooze":   {"Snoozes notifications for a rule, hash, host or storyline: four hours unless you say otherwise, 30 days at most. For operators and approvers.", "/s1 snooze host=DESKTOP-1 for=4h reason=pentest", "/s1 snooze rule=\"Encoded PowerShell\" until=\"2026-11-30 08:00\""},
		"snoozes":  {"Lists snoozes with who set them and until when, and a button to end each.", "/s1 snoozes"},
		"unsnooze": {"Ends a snooze early.", "/s1 unsnooze Z-AB12C"},
		"routes":   {"Shows which channel a threat or an alert goes to, and which route of the policy file decides it.", "/s1 routes test 1845174760470303882"},
		"freeze":   {"Freezes changes: nothing that changes anything runs until two approvers end the freeze. For approvers.", "/s1 freeze reason=\"account of an operator stolen\""},
		"thaw":     {"Ends a freeze. It takes two approvers.", "/s1 thaw"},
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
