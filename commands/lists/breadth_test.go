package lists

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnExclusionOfAnotherValueWeakensUnlessItLiesWithin(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		field, old, now string
		weakens         bool
	}{
		{"Description", "old", "new", false},
		{"Excluded", `C:\Test`, `C:\Test\Sub`, false},
		{"Excluded", `C:\Test\`, `c:\test\sub\`, false},
		{"Excluded", `/opt/app/`, `/opt/app/bin`, false},
		{"Excluded", `C:\Test`, `C:\Test2`, true},
		{"Excluded", `C:\Test\Sub`, `C:\Test`, true},
		{"Excluded", "ACME", "ACME Labs", true},
		{"Excluded", `\`, `C:\Windows`, true},
		{"Mode", "Suppress Alerts", "Performance Focus", true},
		{"Mode", "Performance Focus", "Suppress Alerts", false},
		{"Depth", "Folder", "Subfolders", true},
	} {
		require.Equal(t, row.weakens, weakensByExclusion(row.field, row.old, row.now), "%s: %s, then %s", row.field, row.old, row.now)
	}
}

func TestABlockOfALargeNetworkIsWarnedOf(t *testing.T) {
	t.Parallel()
	for host, warned := range map[string]bool{
		"203.0.113.0/24": false, "203.0.0.0/8": true, "203.0.113.1-203.0.113.9": false, "203.0.0.0-203.0.255.255": false,
		"1.0.0.0-223.255.255.255": true, "203.0.113.9": false, "evil-host.example": false,
	} {
		require.Equal(t, warned, large(host), host)
	}
}
