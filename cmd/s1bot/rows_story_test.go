package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// unfinished is what the events call says just after the query is called FINISHED.
func unfinished(times int) s1sim.Fault {
	return s1sim.Fault{Kind: s1sim.Refused, Status: http.StatusConflict, Title: "Conflict", Detail: s1sim.Unfinished, Times: times}
}

func TestRowsThatAreNotReadyYetAreAskedForAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/dv/events"}, unfinished(1))
	s.types("alice", "#soc", "/s1 "+hunt)
	s.isWrittenTo("alice", "Successful", "4 events")
	require.Len(t, s.starts(), 1)
}

// What cannot be read at the end is read again, not hunted for again: the query has its id and a button.
func TestAFinishedHuntWhoseRowsCannotBeReadKeepsItsQuery(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/dv/events"}, s1sim.Fault{Kind: s1sim.Refused, Status: 400, Title: "Bad Request", Detail: "rows are elsewhere"})
	s.types("alice", "#soc", "/s1 "+hunt)
	failed := s.isWrittenTo("alice", "Query failed.", "Status Code: 400.", "rows are elsewhere", "Query ID", "The query is finished")
	s.clicks("alice", failed, "Read again")
	s.isTold("alice", "DESKTOP-1", "W32Time")
	require.Len(t, s.starts(), 1)
}

func TestAPowerQueryBySiteNamesTheSitesAccountAndItsScope(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for typed, scope := range map[string]string{
		" site-ids=Paris":                            "in the site Example Corp / Paris",
		" site-ids=Paris,Lyon":                       "in the sites Example Corp / Paris, Example Corp / Lyon",
		` site-ids=Paris account-ids="Example Corp"`: "in the site Example Corp / Paris",
		"": "in everything the bot's token can see",
	} {
		s.console.Reset()
		s.types("alice", "#soc", `/s1 pq since=-1d until=now query="event.type = 'Login' | columns host = endpoint.name | limit 20"`+typed)
		s.isWrittenTo("alice", "Create Power Query", scope)
		calls, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "POST", PathPrefix: "/dv/events/pq"})
		require.NoError(t, err)
		var body struct{ AccountIDs, SiteIDs []string }
		require.NoError(t, json.Unmarshal([]byte(calls[0].Body), &body))
		require.Equal(t, typed != "", len(body.AccountIDs) == 1, typed)
		require.Equal(t, typed != "", len(body.SiteIDs) > 0, typed)
	}
}

func TestAPowerQueryOfASiteInAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", `/s1 pq since=-1d until=now query="event.time = * | columns host = endpoint.name" site-ids=Paris account-ids=131000000000000792`)
	s.isWrittenTo("alice", "belongs to another account")
	require.Empty(t, s.console.Queries())
}

// Some items of the blocklist have a SHA-256 and no value, and the console searches values alone.
func TestAnItemThatHasOnlyASHA256IsFound(t *testing.T) {
	t.Parallel()
	s := tell(t)
	hash := strings.Repeat("ab12", 16)
	id := s.console.BlockSHA256(hash)
	s.types("alice", "#soc", "/s1 blocklist "+hash)
	s.isTold("alice", "Blocked · "+hash, "SHA-256")
	s.types("alice", "#soc", "/s1 blocklist "+hash[:12])
	s.isTold("alice", "Blocked · "+hash)
	s.types("alice", "#soc", "/s1 blocklist")
	list := s.isTold("alice", "Hash", hash[:20], "3395856ce81f")
	require.NotContains(t, list.PlainText(), "SHA-1")
	s.types("alice", "#soc", "/s1 unblock "+strings.ToUpper(hash)+" reason=test")
	card := s.sees("#approvals", "Approval needed", hash[:20])
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "taken off")
	require.Contains(t, s.changes(0)[0].Body, id)
	s.types("alice", "#soc", "/s1 unblock "+strings.Repeat("cd34", 16)+" reason=test")
	s.isTold("alice", "not on the blocklist")
}

func TestTheSearchBoxOfIOCsFindsAUUID(t *testing.T) {
	t.Parallel()
	s := tell(t)
	ioc := s.console.IOCs()[0]
	uuid := ioc["uuid"].(string)
	s.types("alice", "#soc", "/s1 delete-iocs")
	form := s.form("alice", "Delete IOCs")
	for _, typed := range []string{uuid, strings.ToUpper(uuid), uuid[:8] + "-" + uuid[8:12] + "-" + uuid[12:16] + "-" + uuid[16:20] + "-" + uuid[20:]} {
		offered, err := s.slack.User("alice").Suggests(form, "UUIDs", typed)
		require.NoError(t, err)
		require.Len(t, offered, 1, typed)
	}
}
