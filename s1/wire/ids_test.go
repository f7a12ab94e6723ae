package wire_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/wire"
)

func TestIDsAreDigits(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"1845174760470303882", "00000000000000001", "12345678901234567890", "1"} {
		require.True(t, s1.AgentID(id).Valid(), id)
	}
	for _, id := range []string{"", "123456789012345678901", "18451747604703o3882", "-1", "1,2", " 1", "1\n", "١٢٣", "../1"} {
		require.False(t, s1.AgentID(id).Valid(), id)
		require.False(t, s1.LooksLikeID(id), id)
	}
	require.True(t, s1.LooksLikeID("1845174760470303882"))
	require.False(t, s1.LooksLikeID("4711"), "may well be a host's name")
}

// An empty list would mean everything, and an empty id in one may.
func TestASelectionIsOfIDsAndNeverEmpty(t *testing.T) {
	t.Parallel()
	got, err := wire.Selection([]s1.AgentID{"1", "2", "1"})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2"}, got)
	for want, ids := range map[error][]s1.AgentID{
		s1.ErrNothingSelected: nil, s1.ErrInvalidID: {"1", ""}, s1.ErrTooMany: many(5001),
	} {
		_, err := wire.Selection(ids)
		require.ErrorIs(t, err, want)
	}
	_, err = wire.Selection(many(5000))
	require.NoError(t, err)
}

// many are so many ids.
func many(n int) (ids []s1.AgentID) {
	for i := range n {
		ids = append(ids, s1.AgentID(strconv.Itoa(i+1)))
	}
	return ids
}
