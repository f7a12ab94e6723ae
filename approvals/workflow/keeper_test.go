package workflow

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An outage of the database of a minute is a line for each thing that is looked for, and not one for each of them in every round.
func TestRoundsWithoutADatabaseAreToldOnce(t *testing.T) {
	t.Parallel()
	k, out := newKit(t), &bytes.Buffer{}
	k.flow.Keeper.Log = slog.New(slog.NewTextHandler(out, nil)) // of all parts: they share their configuration
	require.NoError(t, k.closeStore())
	k.tick()
	once := out.String()
	require.Contains(t, once, `"cannot expire requests"`)
	require.Contains(t, once, `"cannot look for requests left over"`)
	for range 12 {
		k.tick()
	}
	require.Equal(t, strings.Count(once, "\n"), strings.Count(out.String(), "\n"), out.String())
}
