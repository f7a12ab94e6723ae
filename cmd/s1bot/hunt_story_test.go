package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/s1/s1sim"
)

// starts are the calls that started a query at the console.
func (s *story) starts() []s1sim.Call {
	var calls []s1sim.Call
	for _, call := range s.console.Calls() {
		if strings.HasSuffix(call.Path, "/dv/init-query") {
			calls = append(calls, call)
		}
	}
	return calls
}

// states are those of the console's queries, in no order.
func (s *story) states() []string {
	var states []string
	for _, q := range s.console.Queries() {
		states = append(states, q["state"].(string))
	}
	return states
}

const hunt = `hunt since=-1d until=now query=processName = "svchost.exe" AND AgentName IN ("DESKTOP-1", "DESKTOP-2")`

func TestAHuntIsOneMessageFromProgressToRows(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+hunt)
	s.isTold("alice", "direct messages")
	message := s.isWrittenTo("alice", "Hunting", `processName = "svchost.exe"`, "0 %", "running")
	require.Contains(t, string(s.isTold("alice", "Follow it here").Blocks), "/archives/"+message.Channel+"/p"+strings.ReplaceAll(message.TS, ".", ""))
	require.Equal(t, "POST", s.starts()[0].Method)
	require.Contains(t, s.starts()[0].Body, `"query":"processName = \"svchost.exe\" AND AgentName IN (\"DESKTOP-1\", \"DESKTOP-2\")"`)

	s.console.SetQueryTime(0)
	require.Contains(t, message.PlainText(), "Asked for in <#"+s.slack.ChannelID("#soc")+">", "the way back")
	done := s.becomes(message, "Successful", "4 events", "Asked for in ", "Process Creation 2", "Registry Value Modified 2", "DESKTOP-1", "W32Time")
	require.Contains(t, string(done.Blocks), `"type":"data_table"`)
	table := s.file("alice", ".csv")
	require.Equal(t, 5, strings.Count(string(table.Content), "\r\n"), "a heading and all rows")
	s.clicks("alice", done, "JSON file")
	require.Contains(t, string(s.file("alice", ".json").Content), `"agentName": "DESKTOP-1"`)

	s.clicks("alice", done, "DESKTOP-2")
	s.submits("alice", s.form("alice", "Disconnect Agent"), map[string]any{"Reason": "seen in a hunt"})
	s.sees("#approvals", "Approval needed", "DESKTOP-2", "seen in a hunt")
	require.Len(t, s.starts(), 1)
}

// What was found says what to narrow by; the form has the query with it, to look at first.
func TestAHuntIsNarrowedDownByWhatItFound(t *testing.T) {
	t.Parallel()
	s := tell(t, onTheLake)
	for query, narrowed := range map[string]string{
		`AgentName IN ("DESKTOP-1", "DESKTOP-2")`:    `(AgentName IN ("DESKTOP-1", "DESKTOP-2")) AND AgentName = "DESKTOP-2"`,
		`endpoint.name in ('DESKTOP-1','DESKTOP-2')`: `(endpoint.name in ('DESKTOP-1','DESKTOP-2')) and endpoint.name = 'DESKTOP-2'`,
	} {
		s.types("alice", "#soc", "/s1 hunt since=-1d until=now query="+query)
		found := s.isWrittenTo("alice", "Successful · Query · 18 events", query)
		s.clicks("alice", found, "Only DESKTOP-2")
		form := s.form("alice", "Hunts for events")
		require.Contains(t, string(form.Blocks), strings.Trim(string(catalog.Marshal(narrowed)), `"`))
		require.True(t, s.submits("alice", form, nil).Closed)
		found = s.isWrittenTo("alice", "Successful", narrowed, "9 events", "DESKTOP-2 9")
		require.NotContains(t, found.PlainText(), "Only DESKTOP-2", "nothing to choose from")
		s.clicks("alice", found, "Without svchost.exe")
		form = s.form("alice", "Hunts for events")
		require.True(t, s.submits("alice", form, nil).Closed)
		s.isWrittenTo("alice", "Query · 8 events", narrowed, "svchost.exe")
	}
}

func TestAHuntIsCancelledAtTheConsole(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+hunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.clicks("alice", message, "Cancel")
	ended := s.becomes(message, "Cancelled", "cancelled at the console")
	require.NotContains(t, string(ended.Blocks), `"Cancel"`)
	require.Equal(t, []string{"QUERY_CANCELLED"}, s.states())
}

func TestInAThreadOthersDoNotCancelAHunt(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "what is this?")
	root := s.sees("#soc", "what is this?")
	require.NoError(t, s.slack.User("alice").TypesInThread(root, "@s1bot "+hunt))
	message := s.sees("#soc", "Hunting", "running")
	require.Equal(t, root.TS, message.ThreadTS)
	s.clicks("mallory", message, "Cancel")
	s.isTold("mallory", "nly the requester")
	require.Equal(t, []string{"RUNNING"}, s.states())
	s.clicks("carol", message, "Cancel")
	s.becomes(message, "cancelled at the console")
}

func TestAHuntGoesOnAfterARestartWithTheSameQuery(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+hunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.stop()
	require.Equal(t, []string{"RUNNING"}, s.states(), "a stop is no cancel")
	s.start()
	s.console.SetQueryTime(0)
	s.becomes(message, "Successful", "4 events")
	require.Len(t, s.starts(), 1)
}

// The console takes one query a minute: who is second sees their place, and can leave.
func TestHuntersWaitInLine(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 "+hunt)
	s.isWrittenTo("alice", "Successful", "4 events")
	s.types("bob", "#soc", "/s1 "+hunt)
	second := s.isWrittenTo("bob", "Hunting", "place 1 in the queue", "starts in about")
	s.types("carol", "#soc", "/s1 create-query since=-1d until=now query=x")
	third := s.isWrittenTo("carol", "Hunting", "place 2 in the queue: 1 hunt ahead", "starts in about 1 min")
	s.clicks("bob", second, "Cancel")
	s.becomes(second, "cancelled before it reached the console")
	s.becomes(third, "place 1 in the queue")
	require.Len(t, s.starts(), 1)
}

func TestAQueryThatTheConsoleCannotReadFailsInItsThreeParts(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", `/s1 query start-time=-1d end-time=now query="nobody knows this"`)
	s.isWrittenTo("alice", "Query failed.", "Status Code: 400.", "could not parse query")
}

func TestAConsoleThatStumblesDoesNotEndAHunt(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+hunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.console.Fail(s1sim.Match{PathPrefix: "/dv/query-status"}, s1sim.Fault{Kind: s1sim.Reset, Times: 6})
	s.console.SetQueryTime(0)
	s.becomes(message, "Successful", "4 events")
}

// Ids are found by what was hunted for, and only by who hunted.
func TestTheSearchBoxOffersOnesOwnQueries(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 create-query since=-1d until=now query=AgentName CONTAINS \"DESKTOP\"")
	started := s.isWrittenTo("alice", "Successful", "Create Query", "Query ID")
	id := s.console.Queries()[0]["queryId"].(string)
	require.Contains(t, started.PlainText(), id)
	s.types("alice", "#soc", "/s1 get-query-status")
	form := s.form("alice", "Get Query Status")
	offered, err := s.slack.User("alice").Suggests(form, "Query ID", "contains \"desk")
	require.NoError(t, err)
	require.Len(t, offered, 1)
	require.Equal(t, id, offered[0].Value)
	require.True(t, s.submits("alice", form, map[string]any{"Query ID": offered[0].Text}).Closed)
	s.isTold("alice", "finished", id)

	s.types("bob", "#soc", "/s1 get-query-status")
	offered, err = s.slack.User("bob").Suggests(s.form("bob", "Get Query Status"), "Query ID", "contains")
	require.NoError(t, err)
	require.Empty(t, offered)
}

func TestAPowerQueryIsPingedForThePerson(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", `/s1 pq since=-1d until=now query=event.type = "Login" | columns at = event.time, host = endpoint.name, agentUuid = agent.uuid | limit 20`)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.console.SetQueryTime(0)
	done := s.becomes(message, "Successful", "20 rows", "DESKTOP-1")
	require.Equal(t, 21, strings.Count(string(s.file("alice", ".csv").Content), "\r\n"))
	require.Contains(t, string(s.file("alice", ".json").Content), `"host": "DESKTOP-1"`)
	s.clicks("alice", done, "DESKTOP-1")
	s.submits("alice", s.form("alice", "Disconnect Agent"), map[string]any{"Reason": "odd logins"})
	s.sees("#approvals", "Approval needed", "DESKTOP-1", "odd logins")
}
