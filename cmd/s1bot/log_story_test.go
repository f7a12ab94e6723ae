package main

import (
	"bytes"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// Who reads the log of a day finds its story: a line each, a request's under the reference that its cards show.
func TestTheLogTellsTheStoryOfADay(t *testing.T) {
	t.Parallel()
	f := pour(t, ownFile(t))
	var log bytes.Buffer
	process := f.run(&log)
	require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
	f.types("mallory", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	f.isTold("mallory", "Only operators")
	f.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := f.sees("#approvals", "Approval needed")
	f.clicks("bob", card, "Approve")
	f.becomes(card, "Successful")
	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, process.Wait())
	ref := refPattern.FindString(card.PlainText())
	rest := log.Bytes()
	for _, line := range []string{
		`msg="policy read" file=.* rules=0 routes=0`, `msg=starting .*commands=`, `msg="connected to Slack" connections=`, `msg="audit: refused" \S*command=disconnect-agent-from-network user=\w+ `, `msg="audit: asked" ref=` + ref, `msg="audit: approved" ref=` + ref,
		`msg="audit: finished" ref=` + ref + ` .* outcome=Successful`, `msg="stopping: `, `msg="stopped: everything`,
	} {
		at := regexp.MustCompile(line).FindIndex(rest)
		require.NotNil(t, at, "%s\n%s", line, log.String())
		rest = rest[at[1]:]
	}
}

// Who looks for what an error card is about finds every line of it by the reference that the card shows.
func TestWhatIsLoggedOfADeliveryCarriesItsReference(t *testing.T) {
	t.Parallel()
	f := pour(t, ownFile(t))
	var log bytes.Buffer
	process := f.run(&log)
	require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
	f.polls(1)
	f.console.Fail(s1sim.Match{PathPrefix: "/exclusions"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1}) // which the bot reads for nobody else
	f.types("alice", "#soc", "/s1 get-exclusions")
	f.isTold("alice", "failed", "403")
	f.console.Fail(s1sim.Match{PathPrefix: "/restrictions"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: "oops", Times: -1})
	f.types("alice", "#soc", "/s1 get-black-list")
	f.isTold("alice", "Get Black List", "failed")
	db := f.openDatabase()
	_, err := db.Exec("CREATE TRIGGER full BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'not today'); END")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	f.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := f.isTold("alice", "in the log under")
	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, process.Wait())

	ref := regexp.MustCompile(`slash-[0-9a-f]{24}`).FindString(card.PlainText())
	require.Regexp(t, `level=ERROR msg="a delivery failed".* envelope_id=`+ref+` .*not today`, log.String())
	require.Regexp(t, `level=WARN msg="console call failed".* envelope_id=slash-`, log.String())
	require.Regexp(t, `level=WARN msg="console answer unreadable".* envelope_id=slash-`, log.String())
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			require.Regexp(t, ` (envelope_id|request_id)=\S`, line)
		}
	}
}
