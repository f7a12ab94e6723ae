package main

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/bot/store"
	"s1bot/notifier/journal"
	"s1bot/s1/s1sim"
)

func TestABurstIsOneDigestAndItsFileNamesAll(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	ids := map[string]bool{}
	for i := range 40 {
		ids[s.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("=worm%02d.exe", i), Agent: "DESKTOP-1", Confidence: "suspicious"})] = true
	}
	digest := s.sees("#threats", "new threats", "more", "worm", "in the thread")
	require.Contains(t, string(digest.Blocks), "data_visualization")
	file := s.attached("#threats", digest)
	rows, err := csv.NewReader(strings.NewReader(string(file.Content))).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		require.True(t, ids[row[1]])
		require.True(t, strings.HasPrefix(row[3], "'="), "a spreadsheet calculates nothing")
		delete(ids, row[1])
	}
	require.Less(t, len(ids), 6, "the others had cards before the burst was one")
	s.clicks("mallory", digest, "List the threats")
	s.isTold("mallory", "worm", "DESKTOP-1")
}

// attached waits for a file in a message's thread.
func (s *story) attached(channel string, root slacksim.Message) slacksim.File {
	s.t.Helper()
	m, err := s.slack.WaitMessage(s.patient(), channel, func(m slacksim.Message) bool { return m.ThreadTS == root.TS && len(m.Files) > 0 })
	require.NoError(s.t, err)
	return m.Files[0]
}

func TestWhereSlackTakesNoChartsTheDigestIsDrawnWithCharacters(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: "invalid_blocks", Times: 2})
	for range 20 {
		s.console.AddThreat(s1sim.ThreatSpec{Name: "worm.exe", Agent: "DESKTOP-1", Confidence: "suspicious"})
	}
	digest := s.sees("#threats", "new threats", "▇")
	require.NotContains(t, string(digest.Blocks), "data_visualization")
}

func TestWhereSlackTakesNoTablesTheyAreLinesOfText(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: "invalid_blocks", Times: 3})
	for range 20 {
		s.console.AddThreat(s1sim.ThreatSpec{Name: "worm.exe", Agent: "DESKTOP-1", Confidence: "suspicious"})
	}
	digest := s.sees("#threats", "new threats", "worm.exe │", "▇")
	require.NotContains(t, string(digest.Blocks), `"table"`)
}

func TestAMentionCallsTheUserGroupWhoseHandleItNames(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		body := "routes:\n- {confidences: [malicious], channel: " + settings["S1BOT_ALERTS_CHANNEL"] + ", mention: \"@soc\", continue: true}\n"
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		settings["S1BOT_POLICY_FILE"] = path
	})
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
	called := s.sees("#alerts", "evil.exe")
	require.Regexp(t, `subteam\^S[A-Z0-9]+`, string(called.Blocks))
	require.NotContains(t, string(s.sees("#threats", "evil.exe").Blocks), "subteam")
}

func TestWhatIsAskedFromACardIsToldInItsThread(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
	card := s.sees("#threats", "evil.exe")
	require.NoError(t, s.slack.User("alice").Selects(card, "Verdict", "True Positive"))
	s.repliedTo(card, "Requested by", "Successful")
	s.clicks("alice", card, "Disconnect host")
	form := s.form("alice", "Disconnect")
	s.submits("alice", form, map[string]any{"Reason": "it beacons"})
	waits := s.repliedTo(card, "Waiting for approval", "requested Disconnect Agent From Network")
	s.isTold("alice", "Approval requested in", "Follow it here")
	s.clicks("bob", s.sees("#approvals", "Approval needed"), "Approve")
	s.repliedTo(card, "Requested by", "Successful", "Disconnect Agent From Network")
	s.becomes(waits, "Successful", "DESKTOP-1")

	require.NoError(t, s.slack.User("alice").TypesInThread(card, "<@"+s.slack.BotUserID()+"> note looked at it & it is bad"))
	s.repliedTo(card, "Requested by", "Add Notes")
	require.Equal(t, "looked at it & it is bad", s.console.Notes(id)[0]["text"])
	s.settled()
	require.Len(t, s.console.Notes(id), 1)
	notes := 0
	for _, call := range s.slack.Calls("chat.postMessage") {
		if call.Args["thread_ts"] == card.TS && strings.Contains(call.Args["text"], "Add Notes") {
			notes++
		}
	}
	require.Equal(t, 1, notes, "a note is told once in the thread")
}

func TestAGraveThreatThatJoinsAThreadIsSeenInTheChannel(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1", Confidence: "suspicious", Storyline: "7F3A"})
	root := s.sees("#threats", "odd.exe")
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "7F3A"})
	reply := s.sees("#threats", "Malicious · Malware · evil.exe")
	require.True(t, reply.Broadcast)
	require.Equal(t, root.TS, reply.ThreadTS)
	s.clicks("alice", reply, "Disconnect host")
	s.form("alice", "Disconnect")
}

func (s *story) repliedTo(root slacksim.Message, words ...string) slacksim.Message {
	s.t.Helper()
	reply, err := s.slack.WaitMessage(s.patient(), root.Channel, func(m slacksim.Message) bool {
		return m.ThreadTS == root.TS && m.TS != root.TS && hasAll(m.PlainText(), words)
	})
	require.NoError(s.t, err, "%q in the thread", words)
	return reply
}

func TestASnoozeKeepsAHostQuietUntilItEnds(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.types("mallory", "#soc", "/s1 snooze host=DESKTOP-1")
	s.isTold("mallory", "Only operators and approvers")
	s.types("alice", "#soc", "/s1 snooze host=desktop-1 for=2h reason=“a pentest”")
	s.isTold("alice", "Snoozed: host desktop-1", "Z-")
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "quiet.exe", Agent: "DESKTOP-1"})
	s.console.AddThreat(s1sim.ThreatSpec{Name: "loud.exe", Agent: "DESKTOP-2"})
	s.sees("#threats", "loud.exe")
	s.types("alice", "#soc", "/s1 routes test "+id)
	s.isTold("alice", "Nowhere right now: snoozed by")
	s.types("bob", "#soc", "/s1 snoozes")
	list := s.isTold("bob", "Snoozes · 1", "a pentest", "desktop-1")
	s.clicks("bob", list, regexp.MustCompile(`End Z-\w+`).FindString(string(list.Blocks)))
	s.isTold("bob", "has ended", "held back 1")
	s.console.AddThreat(s1sim.ThreatSpec{Name: "again.exe", Agent: "DESKTOP-1"})
	s.sees("#threats", "again.exe")
	s.types("alice", "#soc", "/s1 routes test "+id)
	s.isTold("alice", "quiet.exe goes", "To ", "Default")
	require.Equal(t, 1, s.audited("snoozed"))
	require.Equal(t, 1, s.audited("unsnoozed"))
}

func TestAnAlertsCardBlocksItsHashFindsRelatedEventsAndTakesNoNotes(t *testing.T) {
	t.Parallel()
	s := tell(t)
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/cloud-detection/alerts"})
	require.NoError(t, err)
	s.console.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", Agent: "DESKTOP-1", Severity: "High"})
	card := s.sees("#alerts", "Encoded PowerShell", "Paris")
	require.NoError(t, s.slack.User("alice").TypesInThread(card, "<@"+s.slack.BotUserID()+"> note looked at it"))
	s.isTold("alice", "notes on threats, not on alerts")
	s.clicks("alice", card, "Block hash")
	form := s.form("alice", "Block Hash")
	require.Regexp(t, `[0-9a-f]{40}`, string(form.Blocks))
	require.Contains(t, string(form.Blocks), `"windows"`)
	s.clicks("alice", card, "Related events")
	s.sees("#alerts", "SrcProcStorylineId")
}

func TestTheConsoleIsWatchedAlsoWhereNothingIsTold(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) {
		delete(settings, "S1BOT_THREATS_CHANNEL")
		delete(settings, "S1BOT_ALERTS_CHANNEL")
	})
	s.console.Fail(s1sim.Match{PathPrefix: "/system/info"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	s.sees("#approvals", "The console denies the bot access")
	s.console.Heal()
	s.sees("#approvals", "The console is responding again")
}

func TestARouteThatIsAddedWhileTheProgramRunsIsReadFromThenOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	var channel string
	s := tell(t, func(settings map[string]string) {
		channel = settings["S1BOT_ALERTS_CHANNEL"]
		delete(settings, "S1BOT_THREATS_CHANNEL")
		delete(settings, "S1BOT_ALERTS_CHANNEL")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		settings["S1BOT_POLICY_FILE"] = path
	})
	require.NoError(t, os.WriteFile(path, []byte("routes: [{source: threat, channel: "+channel+"}]\n"), 0o600))
	require.NoError(t, s.program.reload(t.Context()))
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.sees("#alerts", "evil.exe")
}

func TestTheBotsOwnWordsAreExplained(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for word, want := range map[string]string{"snooze": "for=4h", "report": "-24h", "routes": "routes test", "thaw": "two approvers"} {
		s.types("mallory", "#soc", "/s1 help "+word)
		s.isTold("mallory", word, want)
	}
}

func TestTheShiftReportCounts(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	for range 3 {
		s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", CreatedAt: time.Now().Add(-2 * time.Hour)})
	}
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	s.clicks("bob", s.sees("#approvals", "Approval needed", "DESKTOP-2"), "Approve")
	s.sees("#approvals", "Successful")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-3 reason=test")
	s.sees("#approvals", "Approval needed", "DESKTOP-3")
	s.types("alice", "#soc", "/s1 snooze host=DESKTOP-9 for=1h reason=“a pentest”")
	s.isTold("alice", "Snoozed: host DESKTOP-9")
	s.types("alice", "#soc", "/s1 report -24h")
	report := s.isTold("alice", "Shift report · last 24 h", "New threats", "Waiting for approval", "Mean time to resolve", "Open threat", "evil.exe", "DESKTOP-2 (Paris) isolated by", "host DESKTOP-9 snoozed by")
	require.Contains(t, string(report.Blocks), "data_visualization")
}

func TestAShiftReportIsPostedWhenItIsDue(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		body := "reports: {at: \"" + time.Now().UTC().Add(-time.Minute).Format("15:04") + "\", channel: " + settings["S1BOT_ALERTS_CHANNEL"] + "}\n"
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		settings["S1BOT_POLICY_FILE"] = path
	})
	s.stop() // and be told that the last report is a day old
	db, err := store.Open(t.Context(), s.environ["S1BOT_DATABASE_URL"], slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, db.Journal().Record(t.Context(), journal.Batch{Source: "report", Cursor: journal.Cursor{Since: time.Now().Add(-24 * time.Hour)}}))
	require.NoError(t, db.Close())
	s.start()
	s.sees("#alerts", "Shift report", "Open threats")
}

func TestAClosedChannelFallsBackAndTheOperatorsAreTold(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.slack.Archive("threats")
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.sees("#approvals", "I can't post to a channel")
	s.sees("#approvals", "evil.exe", "DESKTOP-1")
	s.slack.ForgetViolations()
}

func TestRoutesOfThePolicyFileSendThreatsElsewhereAndMuteThem(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		body := "routes:\n- {hosts: [\"DESKTOP-1\"], channel: " + settings["S1BOT_ALERTS_CHANNEL"] + "}\n- {hosts: [\"desktop-2*\"], mute: true}\n"
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		settings["S1BOT_POLICY_FILE"] = path
	})
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "elsewhere.exe", Agent: "DESKTOP-1"})
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "muted.exe", Agent: "DESKTOP-2"})
	s.console.AddThreat(s1sim.ThreatSpec{Name: "default.exe", Agent: "DESKTOP-3"})
	s.sees("#alerts", "elsewhere.exe")
	s.sees("#threats", "default.exe")
	s.types("alice", "#soc", "/s1 routes test "+id)
	s.isTold("alice", "Nowhere: it is muted", "host is DESKTOP-2", "The routes below aren't checked")
}

func TestANoteOutsideAThreadSaysWhereItBelongs(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 note checked with the user")
	s.isTold("alice", "belongs to a threat", "thread of a threat")
	require.Empty(t, s.console.Changes())
}
