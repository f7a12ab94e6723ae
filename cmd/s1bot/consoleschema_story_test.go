package main

import (
	"database/sql"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// restore puts a database of an earlier version in the place of the story's.
func (s *story) restore(dump string) {
	s.t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", dump))
	require.NoError(s.t, err)
	path := strings.TrimPrefix(s.environ["S1BOT_DATABASE_URL"], "sqlite:")
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		_ = os.Remove(file) // the latter two are there only sometimes
	}
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(s.t, err)
	_, err = db.Exec(string(body))
	require.NoError(s.t, err)
	require.NoError(s.t, db.Close())
}

// A database that has several consoles and an older schema is brought up to date, and each of its requests still acts on its own console.
func TestADatabaseOfSeveralConsolesWithAnOlderSchemaGoesOn(t *testing.T) {
	t.Parallel()
	s, emea, us := twoConsoles(t)
	s.stop()
	s.restore("consoles-12.sql")
	s.start()
	s.types("bob", "@s1bot", "approve A-2B48")
	s.isWrittenTo("alice", "Successful", "TWIN-1", "Console us")
	require.Equal(t, []int{0, 1}, changed(emea, us))
	s.types("bob", "@s1bot", "approve A-8579")
	s.isWrittenTo("alice", "Successful", "TWIN-1", "Console emea")
	require.Equal(t, []int{1, 1}, changed(emea, us))
	us.AddThreat(s1sim.ThreatSpec{ID: "1900000000000000079", Name: "late.exe", Agent: "TWIN-2"})
	s.sees("#threats", "late.exe", "Console us")
	require.NotEmpty(t, s.audited("approved"))
}

// What a database holds from before there were several consoles is of the one whose address S1_URL names, under the name that it has now:
// a request that waited, and a button that was drawn.
func TestADatabaseOfOneConsoleGoesOnUnderItsName(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.types("alice", "#soc", "/s1 get-agent-info DESKTOP-2")
	info := s.isTold("alice", "DESKTOP-2")
	s.stop()

	us, address, token := s1sim.New(s1sim.Options{Empty: true}), s.environ["S1_URL"], s.environ["S1_API_TOKEN"]
	server := httptest.NewServer(us)
	t.Cleanup(server.Close)
	s.listConsoles(map[string]string{"emea": address, "us": server.URL}, map[string]string{"emea": "#alerts", "us": "#soc"})
	s.environ["S1_URL"], s.environ["S1_API_TOKEN"] = address, token
	c, err := readConfig(maps.Clone(s.environ))
	require.NoError(t, err)
	s.config = c
	s.start()
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "Console emea")
	s.clicks("alice", info, "Scan")
	s.isTold("alice", "Initiate Scan", "DESKTOP-2", "Console emea")
	require.Equal(t, []int{2, 0}, changed(s.console, us), "#soc is the other console's now")
}
