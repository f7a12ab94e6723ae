package catalog

// A Wording is how people ask for a command in plain words, beside its names and aliases. Package
// plain reads sentences by it: see there for what a slot may be. Nothing runs from plain words:
// they fill a form or a button.
type Wording struct {
	// Heads are sentences that mean the command: "take {agent-ids} off the network". Behind "->" stands what such a sentence says
	// beside its slots: "reopen {threat-ids} -> status=Unresolved".
	Heads []string
	// Clauses may stand behind a head, in any order: "on {endpoint-names:host}".
	Clauses []string
	// Words say something of what is listed, before or behind it: "malicious" for "custom-input.confidenceLevels=malicious". The
	// choices of the command's menus do so anyway.
	Words map[string]string
}
