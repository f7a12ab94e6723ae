package slash_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/slash"
)

// Words that narrow a list down are arguments, in any order and however many; searched for they would find nothing, and people would
// read that nothing is open.
func TestWordsAheadNarrowAListDown(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"threats open malicious":          `{"custom-input":{"confidenceLevels":["malicious"],"incidentStatuses":["unresolved","in_progress"]}}`,
		"threats malicious open":          `{"custom-input":{"confidenceLevels":["malicious"],"incidentStatuses":["unresolved","in_progress"]}}`,
		"threats Malicious":               `{"custom-input":{"confidenceLevels":["malicious"]}}`,
		"threats false positive linux":    `{"custom-input":{"analystVerdicts":["false_positive"],"osTypes":["linux"]}}`,
		"threats not mitigated limit=3":   `{"custom-input":{"mitigationStatuses":["not_mitigated"]},"limit":3}`,
		"threats open invoice.exe":        `{"custom-input":{"incidentStatuses":["unresolved","in_progress"],"query":"invoice.exe"}}`,
		"threats invoice.exe malicious":   `{"custom-input":{"query":"invoice.exe malicious"}}`,
		`threats "malicious"`:             `{"custom-input":{"query":"malicious"}}`,
		"threats 1234567890123456789":     `{"custom-input":{"ids":["1234567890123456789"]}}`,
		"alerts open critical":            `{"incident-statuses":["unresolved","in_progress"],"severity":"Critical"}`,
		"alerts high":                     `{"severity":"High"}`,
		"alerts open evil.exe":            `{"incident-statuses":["unresolved","in_progress"],"query":["evil.exe"]}`,
		"alerts critical open":            `{"incident-statuses":["unresolved","in_progress"],"severity":"Critical"}`,
		"alerts Suspicious PowerShell":    `{"query":["Suspicious","PowerShell"]}`,
		"sites name":                      `{"query":"name"}`,
		"sites active":                    `{"state":"active"}`,
		"rules Active Directory":          `{"name":["Active","Directory"]}`,
		"rules active":                    `{"status":["Active"]}`,
		"scripts Windows Defender":        `{"query":"Windows Defender"}`,
		"list-unified-alerts new":         `{"statuses":["NEW"]}`,
		"list-unified-alerts open medium": `{"severities":["MEDIUM"],"statuses":["NEW","IN_PROGRESS"]}`,
	} {
		given, _, err := slash.Parse(commands.All(), typed, input)
		require.NoError(t, err, typed)
		require.JSONEq(t, want, string(given.Args), typed)
	}
	for _, typed := range []string{"threats open closed", `threats open {"incidentStatuses":["resolved"]}`} {
		_, _, err := slash.Parse(commands.All(), typed, input)
		require.ErrorContains(t, err, "twice", typed)
	}
}
