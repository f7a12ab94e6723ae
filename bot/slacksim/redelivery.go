package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"s1bot/bot/slacksim/wire"
)

// Echo has Slack send every envelope of a kind ("app_mention", "/s1", "block_actions", …) n times more: events under event ids of
// their own, the rest with the same payload, all in envelopes of their own. Sockets and retries make either happen.
func (ws *sender) Echo(label string, n int) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.echoes[label] = n
}

// A Sent is an envelope as Slack sent it.
type Sent struct {
	Kind    string // slash_commands, interactive, events_api
	Label   string // "/s1", block_actions, app_mention, …
	User    string
	Payload json.RawMessage
}

// Sent are the envelopes that were sent, oldest first, each once.
func (ws *sender) Sent() []Sent {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	return slices.Clone(ws.st.record.sent)
}

func (r *record) addSent(s Sent) { r.sent = kept(append(r.sent, s), r.keep) }

// Forge sends an envelope that Slack never would, and waits for its acknowledgement. Nobody in the workspace did what it says.
func (ws *sender) Forge(s Sent) (answer json.RawMessage, err error) {
	var payload map[string]any
	if err := wire.Decode(s.Payload, &payload); err != nil {
		return nil, fmt.Errorf("forge: %w", err)
	}
	ws.st.mu.Lock()
	u, ok := ws.st.users.ByID[s.User]
	if !ok {
		u = ws.st.bot()
	}
	d := &delivery{kind: s.Kind, label: s.Label, user: u, forged: true}
	ws.sendOnce(d, maps.Clone(payload), 0, "")
	ws.st.mu.Unlock()
	if err := ws.await(d); err != nil {
		return nil, err
	}
	return d.answer, nil
}
