package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// What `s1bot check` says about hunts on each age of a console, and about a token that the data lake refuses.
func TestCheckTellsWhichEngineHuntsHave(t *testing.T) {
	t.Parallel()
	const seven = "query, create-query, get-query-status, get-events-by-query-id-and-type, get-agent-process, create-power-query, ping-power-query"
	for _, row := range []struct {
		age    s1sim.Age
		engine string
		shut   bool // the token may not use the data lake
		says   string
	}{
		{s1sim.Today, "auto", false, "ok    Console area hunts: on the data lake"},
		{s1sim.Today, "dv", false, "ok    Console area hunts: on Deep Visibility, as S1BOT_HUNT_ENGINE says; the vendor shuts it down on 2027-02-15"},
		{s1sim.Today, "auto", true, "ok    Console area hunts: on Deep Visibility, which the vendor shuts down on 2027-02-15; from then on, these commands won't work here: " + seven},
		{s1sim.Today, "sdl", true, "FAIL  Console area hunts: "},
		{s1sim.BeforeSDL, "auto", false, "The data lake can't be used: start a query: status 404: This console doesn't have queries"},
		{s1sim.AfterDV, "auto", false, "ok    Console area hunts: on the data lake"},
		{s1sim.AfterDV, "dv", false, "FAIL  Console area hunts: get query status: status 410: This console doesn't have dv/query-status, which the vendor shut"},
		{s1sim.AfterDV, "auto", true, "so these commands don't work here: " + seven},
	} {
		console := s1sim.New(s1sim.Options{Empty: true, Age: row.age})
		if row.shut {
			console.Fail(s1sim.Match{PathPrefix: "/sdl/"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
		}
		require.Contains(t, checked(t, console, row.engine), row.says)
	}
}

func TestCheckSaysWhatServesInPlaceOfARetiredPath(t *testing.T) {
	t.Parallel()
	said := checked(t, s1sim.New(s1sim.Options{Empty: true, Age: s1sim.UnifiedOnly}), "auto")
	require.Contains(t, said, "ok    Console area alerts: this console has unified alerts only, so these commands use them: get-alerts, ")
	require.Contains(t, said, "ok    Console area exclusions: readable", "as unified exclusions")
	require.Contains(t, said, "ok    Console area threats: readable")
	feeds := func(c *config) { c.ThreatsChannel, c.AlertsChannel = "C0THREATS", "C0ALERTS" }
	said = checked(t, s1sim.New(s1sim.Options{Empty: true, Age: s1sim.UnifiedOnly}), "auto", feeds)
	require.Contains(t, said, "ok    Feed of alerts: this console doesn't have it; its unified alerts take its place")
	require.NotContains(t, said, "FAIL")
	off := func(c *config) { c.Unified = "off" }
	require.Contains(t, checked(t, s1sim.New(s1sim.Options{Empty: true, Age: s1sim.UnifiedOnly}), "auto", feeds, off), "FAIL  Feed of alerts: ")
	said = checked(t, s1sim.New(s1sim.Options{Empty: true, Age: s1sim.BeforeSDL}), "auto")
	require.Contains(t, said, "so these commands don't work here: list-unified-alerts, get-unified-alert, update-unified-alert, note-unified-alert (")
}

// A console with neither engine lacks the commands, and the settings are right all the same.
func TestCheckPassesAConsoleWithoutHunts(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{Empty: true, Age: s1sim.AfterDV})
	console.Fail(s1sim.Match{PathPrefix: "/sdl/"}, s1sim.Fault{Kind: s1sim.Refused, Status: http.StatusNotFound, Title: "Not Found", Times: -1})
	for _, engine := range []string{"auto", "dv", "sdl"} {
		require.Contains(t, checked(t, console, engine), "ok    Console area hunts: this console has neither the data lake nor Deep Visibility, so these commands don't work here: query, ")
	}
}

// Nobody needs the list of users but who assigns alerts: a role that lacks it is told and passes.
func TestCheckPassesATokenThatMayNotReadUsers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusUnauthorized} {
		console := s1sim.New(s1sim.Options{Empty: true})
		console.Fail(s1sim.Match{PathPrefix: "/users"}, s1sim.Fault{Kind: s1sim.Refused, Status: status, Title: "Refused", Times: -1})
		require.Contains(t, checked(t, console, "auto"), "ok    Console area users: not readable, so alerts can't be assigned to anybody: the token's role lacks Users › View")
	}
}

// A line that fails names the place where the operator wrote the address or the token down.
func TestCheckNamesThePlaceOfAnAddressAndAToken(t *testing.T) {
	t.Parallel()
	settings, listed := consoleConfig{name: "default"}, consoleConfig{name: "emea", tokenFile: "/run/secrets/s1-emea"}
	refused, silent := &s1.Error{Status: http.StatusUnauthorized, Message: "no"}, &s1.Error{Message: "no answer"}
	require.ErrorContains(t, checkToken(settings, s1.SystemInfo{}, silent)[0].Err, "check that S1_URL is")
	require.ErrorContains(t, checkToken(settings, s1.SystemInfo{}, refused)[1].Err, "put it into S1_API_TOKEN")
	require.ErrorContains(t, checkToken(listed, s1.SystemInfo{}, silent)[0].Err, "check that the url of emea in the policy file is")
	require.ErrorContains(t, checkToken(listed, s1.SystemInfo{}, refused)[1].Err, "put it into /run/secrets/s1-emea")
}

// checked is what `s1bot check` prints about a console.
func checked(t *testing.T, console http.Handler, engine string, change ...func(*config)) string {
	t.Helper()
	server := httptest.NewServer(console)
	t.Cleanup(server.Close)
	var c config
	c.ConsoleURL, c.HuntEngine, c.Unified = server.URL, engine, "auto"
	require.NoError(t, c.APIToken.UnmarshalText([]byte(s1sim.Token)))
	for _, set := range change {
		set(&c)
	}
	var out strings.Builder
	_ = report(&out, checkConsoles(t.Context(), c)) // its error counts what it printed
	return out.String()
}
