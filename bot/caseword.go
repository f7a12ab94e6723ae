package bot

import (
	"s1bot/bot/casework"
	"s1bot/commands/plain"
)

// caseBuiltins are the bot's own word that makes case files.
func caseBuiltins(c casework.Cases) []builtin {
	return []builtin{{
		name: casework.Word, onHelp: true,
		summary:  "Creates a case file: everything the console and I know about a threat or an alert, as a card and a zip (report, timeline, JSON, CSV, audit rows).",
		examples: []string{"/s1 case evil.exe", "/s1 case 1112953674841025235"}, typed: c.File, clicked: withLine(c.File), asks: oneConsole, takes: "The threat or alert, by name or id",
		spoken: plain.MustPhrases("(make|create|build|prepare|write|generate|<show>) case file (of|for|on|about) [threat|alert] {rest}"),
	}}
}
