package main

import (
	"bytes"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who reads the log of a day finds its story: a line each, a request's under the reference that its cards show.
func TestTheLogTellsTheStoryOfADay(t *testing.T) {
	t.Parallel()
	f := pour(t, ownFile(t))
	var log bytes.Buffer
	process := f.run(&log)
	require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
	f.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := f.sees("#approvals", "Approval needed")
	f.clicks("bob", card, "Approve")
	f.becomes(card, "Successful")
	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, process.Wait())
	ref := refPattern.FindString(card.PlainText())
	rest := log.Bytes()
	for _, line := range []string{
		`msg=starting .*commands=`, `msg="connected to Slack" connections=`, `msg="audit: asked" ref=` + ref, `msg="audit: approved" ref=` + ref,
		`msg="audit: finished" ref=` + ref, `msg="stopping: `, `msg="stopped: everything`,
	} {
		at := regexp.MustCompile(line).FindIndex(rest)
		require.NotNil(t, at, "%s\n%s", line, log.String())
		rest = rest[at[1]:]
	}
}
