package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/text"
)

func TestDistanceCountsSlips(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "ab", 0}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"Büro", "Buro", 1}, {"abcd", "acbd", 1}} {
		require.Equal(t, row.want, text.Distance(row.a, row.b), row.a+" "+row.b)
		require.Equal(t, row.want, text.Distance(row.b, row.a), row.b+" "+row.a)
	}
	long := strings.Repeat("a", 5000)
	require.Zero(t, text.Distance(long, long+"b"), "only the beginnings of long words are compared")
}

func TestMatchingIsSquashingWithoutMakingIt(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "computer-name", "computerName", "Computer_Name", "näme", "x1", "---"} {
		for _, typed := range []string{"", "computername", "computer", "computernames", "näm", "x", "y"} {
			whole, begins := text.Matches(s, typed)
			if whole != (text.Squash(s) == typed) || begins != strings.HasPrefix(text.Squash(s), typed) {
				t.Errorf("%q %q: %v %v", s, typed, whole, begins)
			}
		}
	}
}
