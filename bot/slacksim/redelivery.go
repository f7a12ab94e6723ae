package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/wire"
)

// Echo has Slack send every envelope of a kind ("app_mention", "/s1", "block_actions", …) n times
// more: events under event ids of their own, the rest with the same payload, all in envelopes of
// their own. Sockets and retries make either happen.
//
// It goes on for every envelope of the kind until it is set to 0.
func (ws *sender) Echo(label string, n int) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.echoes[label] = n
}

// Sent are the envelopes that were sent, oldest first, each once.
func (ws *sender) Sent() []state.Sent {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return slices.Clone(ws.st.Record.Sent)
}

// Forge sends an envelope that Slack never would, and waits for its acknowledgement. Nobody in the
// workspace did what it says.
//
// It is for what a test makes up: a click with a value that the bot never drew. The acknowledgement
// changes nothing in the workspace.
func (ws *sender) Forge(s state.Sent) (answer json.RawMessage, err error) {
	var payload map[string]any
	if err := wire.Decode(s.Payload, &payload); err != nil {
		return nil, fmt.Errorf("forge: %w", err)
	}
	ws.st.Mu.Lock()
	u, ok := ws.st.Users.ByID[s.User]
	if !ok {
		u = ws.st.Bot()
	}
	d := &delivery{kind: s.Kind, label: s.Label, user: u, forged: true}
	ws.sendOnce(d, maps.Clone(payload), 0, "")
	ws.st.Mu.Unlock()
	if err := ws.await(d); err != nil {
		return nil, err
	}
	return d.answer, nil
}
