package bot

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAReferenceAndAReasonAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		"A-7F3A":                          {"A-7F3A", ""},
		"a-7f3a no need":                  {"A-7F3A", "no need"},
		"`A-7F3A`, not today":             {"A-7F3A", "not today"},
		"*A-7F3A*: that is the CEO's box": {"A-7F3A", "that is the CEO's box"},
		`A-7F3A reason="not today"`:       {"A-7F3A", "not today"},
		"A-7F3A reason=“not today”":       {"A-7F3A", "not today"},
		`A-7F3A reason=   `:               {"A-7F3A", ""},
	} {
		var got [2]string
		do := func(_ context.Context, _ interaction, id, reason string) error {
			got = [2]string{id, reason}
			return nil
		}
		require.NoError(t, byRef(do)(t.Context(), interaction{}, line))
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{"", "``", "."} {
		require.ErrorContains(t, byRef(nil)(t.Context(), interaction{}, line), "which request", line)
	}
}
