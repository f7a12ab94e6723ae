package render

import "encoding/json"

// deck are the actions that the tests draw cards with; see TestMain.
var deck CardActions

// ActionsOfCommands hands them over.
func ActionsOfCommands(list CardActions) { deck = list }

// object is JSON arguments made of names and values in turn.
func object(pairs ...any) json.RawMessage {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	raw, _ := json.Marshal(m) // strings and lists of them: it cannot fail
	return raw
}
