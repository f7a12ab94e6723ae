package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/fairqueue"
)

func TestWhatIsDecidedOrAnsweredAtOnceIsNoCommand(t *testing.T) {
	t.Parallel()
	b := &Bot{}
	for line, class := range map[string]fairqueue.Class{
		"approve A-7F3A": decisionClass, "Deny A-7F3A no ticket": decisionClass, "withdraw A-7F3A": decisionClass, "freeze ransomware": decisionClass,
		"": decisionClass, "?": decisionClass, "--help": decisionClass, "/s1 help isolate": decisionClass, "history": decisionClass,
		"agents DESKTOP-1": commandClass, "/s1 isolate DESKTOP-1": commandClass, "can isolate DESKTOP-1": commandClass, "report -24h": commandClass,
		"approved": commandClass,
	} {
		payload, err := json.Marshal(map[string]string{"user_id": "U1", "text": line})
		require.NoError(t, err)
		got, user := b.classify(delivery{kind: "slash_commands", payload: payload})
		require.Equal(t, class, got, line)
		require.Equal(t, "U1", user)
	}
	got, _ := b.classify(delivery{kind: "block_actions", payload: []byte(`{"user":{"id":"U1"},"actions":[]}`)})
	require.Equal(t, decisionClass, got)
	got, _ = b.classify(delivery{kind: "block_actions", payload: []byte(`not JSON`)})
	require.Equal(t, decisionClass, got)
}
