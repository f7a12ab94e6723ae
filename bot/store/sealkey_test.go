package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// Buttons of messages that were posted once must work for every process, at every start, and whatever the token is by then.
func TestTheKeyOfButtonsStays(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		first, err := open(t, address).SealKey(t.Context(), []byte("of the token"))
		require.NoError(t, err)
		require.Len(t, first, 32)
		require.NotEqual(t, "of the token", string(first), "nothing was drawn yet, so no message needs the token's")
		again, err := open(t, address).SealKey(t.Context(), []byte("of another token"))
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}

func TestADatabaseOfEarlierKeepsTheKeyThatItsMessagesHave(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		require.NoError(t, db.Requests().Append(t.Context(), approvals.Entry{At: noon, Action: "asked"}))
		for _, token := range []string{"the token's", "another's"} {
			key, err := open(t, address).SealKey(t.Context(), []byte(token))
			require.NoError(t, err)
			require.Equal(t, "the token's", string(key))
		}
	})
}
