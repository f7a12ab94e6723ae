package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// A name of the policy file that no console has fails; a pattern that fits nothing now, and what cannot be read, are told.
func TestCheckNamesPlacesThatNoConsoleHas(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{Empty: true})
	for _, row := range []struct{ file, says string }{
		{"rules:\n- {sites: [paris], groups: [Work*], deny: x}\nroutes:\n- {sites: [Lyon], channel: C0LYON}\n", "ok    Policy file's places: every account, site and group that it names is there"},
		{"rules:\n- {name: lab, sites: [Pariss], deny: x}\n", `FAIL  Policy file's places: rule 1 (lab): there is no site "Pariss" (did you mean Paris?): correct the names`},
		{"rules:\n- {sites: ['Rome-*'], deny: x}\n", `ok    Policy file's places: rule 1: no site matches "Rome-*" now`},
		{"routes:\n- {groups: [Nobody], channel: C0LYON}\n- {accounts: [Nowhere], mute: true}\n", `FAIL  Policy file's places: route 1: there is no group "Nobody"; route 2: there is no account "Nowhere"`},
		{"roles: {paris: {members: [U0MARIE], sites: [Rome]}}\nrules:\n- {commands: [initiate-scan], allow: [paris]}\n", `FAIL  Policy file's places: role paris: there is no site "Rome"`},
		{"rules:\n- {commands: [initiate-scan], deny: x}\n", ""},
	} {
		require.Contains(t, placesChecked(t, console, row.file), row.says, row.file)
	}
	console.Fail(s1sim.Match{PathPrefix: "/sites"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	require.Contains(t, placesChecked(t, console, "rules:\n- {sites: [Paris], deny: x}\n"), `ok    Policy file's places: rule 1: can't tell whether there is a site "Paris"`)
}

// placesChecked is what check prints of the places that a policy file names.
func placesChecked(t *testing.T, console *s1sim.Console, file string) string {
	t.Helper()
	server := httptest.NewServer(console)
	t.Cleanup(server.Close)
	var c config
	c.ConsoleURL, c.PolicyFile = server.URL, filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, c.APIToken.UnmarshalText([]byte(s1sim.Token)))
	require.NoError(t, os.WriteFile(c.PolicyFile, []byte(file), 0o600))
	_, err := c.policyFile()
	require.NoError(t, err)
	var out strings.Builder
	_ = report(&out, checkPlaces(t.Context(), c)) // its error counts what it printed
	return out.String()
}
