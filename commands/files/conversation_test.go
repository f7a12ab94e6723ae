package files

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// A watch is a command that waits, inside a bubble of its own time.
type watch struct {
	t       *testing.T
	console *s1sim.Console
	call    *catalog.Call
	shown   []string // progress, as people read it
	saved   []json.RawMessage
}

// inABubble runs a test in which hours pass in no time. The console's clock is in this century, the bubble's is not.
func inABubble(t *testing.T, opt s1sim.Options, test func(*watch)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		clock := func() time.Time { return commandtest.Now.Add(time.Since(began)) }
		opt.Now, opt.Agents, opt.Empty = clock, -1, true
		console, session := commandtest.New(t, cat(t), opt)
		w := &watch{t: t, console: console, call: session.Call}
		for _, name := range []string{"DESKTOP-1", "LNX-1"} {
			w.console.AddAgent(s1sim.AgentSpec{Name: name, OS: map[string]string{"LNX-1": "linux"}[name]})
		}
		w.call.OnSave = func(state json.RawMessage) error { w.saved = append(w.saved, state); return nil }
		w.call.Progress = func(card render.Card) { w.shown = append(w.shown, card.Plain()) }
		test(w)
	})
}

func cmdNamed(t testing.TB, name string) *catalog.Command {
	cmd, ok := cat(t).Find(name)
	require.True(t, ok, name)
	return cmd
}

// asks runs a command and returns what waits for its effect.
func (w *watch) asks(text string) func(context.Context) (render.Card, error) {
	w.t.Helper()
	catalog := cat(w.t)
	inv, _, err := slash.Parse(catalog, text, commandtest.Input())
	require.NoError(w.t, err)
	cmd, _ := catalog.Find(inv.Command)
	plan, err := cmd.Prepare(w.t.Context(), w.call, inv.Args)
	require.NoError(w.t, err)
	_, err = cmd.Run(w.t.Context(), w.call, plan.Args)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, w.saved)
	return func(ctx context.Context) (render.Card, error) {
		w.call.Saved = w.saved[len(w.saved)-1]
		return cmd.Follow(ctx, w.call, plan.Args)
	}
}

func TestAnUploadIsWaitedForAsLongAsItTakes(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: 3 * time.Minute}, func(w *watch) {
		began := time.Now()
		card, err := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)(w.t.Context())
		require.NoError(w.t, err)
		require.Equal(w.t, render.Successful, card.Outcome)
		require.Len(w.t, card.Files, 1)
		require.InDelta(w.t, 180, time.Since(began).Seconds(), 25, "looked for often enough")
		require.Contains(w.t, w.shown[0], "waiting for DESKTOP-1")
		require.Less(w.t, len(w.console.Calls()), 80, "and not too often")
		require.Len(w.t, w.console.Changes(), 1)
	})
}

// A process that dies while it waits loses nothing: the next one goes on with what was written down, and asks for nothing again.
func TestWaitingGoesOnAfterARestart(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: time.Minute}, func(w *watch) {
		wait := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)
		stopping := errors.New("the bot stops")
		ctx, stop := context.WithCancelCause(w.t.Context())
		time.AfterFunc(20*time.Second, func() { stop(stopping) })
		_, err := wait(ctx)
		require.ErrorIs(w.t, err, stopping)
		time.Sleep(time.Minute) // in the bubble: the restart
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)
		require.Len(w.t, w.console.Changes(), 1)
	})
}

func TestAnEndpointThatStaysAwayIsNotWaitedForForEver(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.console.SetOnline("DESKTOP-1", false)
		began := time.Now()
		card, err := w.asks(`collect DESKTOP-1 paths=C:\a.txt`)(w.t.Context())
		require.NoError(w.t, err)
		require.Contains(w.t, card.Title, "still pending")
		require.Empty(w.t, card.Outcome, "it is no failure")
		require.InDelta(w.t, waitUploads.Minutes(), time.Since(began).Minutes(), 1)

		w.console.SetOnline("DESKTOP-1", true)
		later := commandtest.Button(w.t, card, "Download files")
		require.Equal(w.t, "download-files", later.Command)
		w.saved = nil
		card, err = w.asks(slash.Line(cmdNamed(w.t, later.Command), later.Args))(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)
	})
}

func TestWhoCancelsHearsThatTheOrderStands(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.console.SetOnline("DESKTOP-1", false)
		ctx, cancel := context.WithCancelCause(w.t.Context())
		time.AfterFunc(time.Minute, func() { cancel(catalog.ErrCancelled) })
		card, err := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)(ctx)
		require.NoError(w.t, err)
		require.Contains(w.t, card.Plain(), "The endpoint was already asked")
		require.NotEmpty(w.t, commandtest.Button(w.t, card, "Download files").Args)
	})
}

// Of two orders to one endpoint each gets its own batch, although the log of the first is still fresh.
func TestAnOrderIsNotMistakenForAnEarlierOne(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: time.Minute}, func(w *watch) {
		first := w.asks(`collect DESKTOP-1 paths=C:\a.txt`)
		time.Sleep(5 * time.Second)
		w.call.Now = commandtest.Now.Add(5 * time.Second)
		second := w.asks(`collect DESKTOP-1 paths=C:\b.txt`)
		var a, b pickup
		require.NoError(w.t, json.Unmarshal(w.saved[0], &a))
		require.NoError(w.t, json.Unmarshal(w.saved[1], &b))
		require.NotEmpty(w.t, a.Wants[0].Batch)
		require.NotEqual(w.t, a.Wants[0].Batch, b.Wants[0].Batch)
		_, err := second(w.t.Context())
		require.NoError(w.t, err)
		_ = first
	})
}

// An archive of the same threat that was fetched a moment ago opens with another password: it is not taken for the one that was asked for now.
func TestAThreatsArchiveIsNotMistakenForAnEarlierOne(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: 20 * time.Second}, func(w *watch) {
		w.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
		w.asks(`fetch-threat-file evil.exe`)
		time.Sleep(25 * time.Second)
		w.call.Now = commandtest.Now.Add(25 * time.Second)
		wait := w.asks(`fetch-threat-file evil.exe`)
		began := time.Now()
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)
		require.GreaterOrEqual(w.t, time.Since(began), 20*time.Second, "the first archive was there at once")
		require.Less(w.t, time.Since(began), waitNewer)
	})
}

// A console whose clock is behind dates the order before it was given: that counts after some patience.
func TestAClockThatIsBehindHidesNothing(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.call.Now = commandtest.Now.Add(20 * time.Second)
		wait := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)
		require.NotContains(w.t, string(w.saved[0]), "batch")
		began := time.Now()
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)
		require.InDelta(w.t, waitBatch.Seconds(), time.Since(began).Seconds(), 3)
	})
}

// A console in trouble is asked again for a while; one that says no is believed at once.
func TestTroubleIsSatOutAndARefusalIsNot(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: time.Minute}, func(w *watch) {
		wait := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)
		w.console.Fail(s1sim.Match{PathPrefix: "/activities"}, s1sim.Fault{Kind: s1sim.ServerError, Times: 9})
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)

		w.saved = nil
		wait = w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)
		w.console.Fail(s1sim.Match{PathPrefix: "/activities"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: 9})
		began := time.Now()
		_, err = wait(w.t.Context())
		require.ErrorIs(w.t, err, s1.ErrForbidden)
		require.Less(w.t, time.Since(began), time.Second)
	})
}

// An archive above the limit is refused before it is read; one below is handed over whole.
func TestALargeArchiveIsNotEvenRead(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.console.SetUploadSize(s1.MaxFile + 1)
		card, err := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)(w.t.Context())
		require.NoError(w.t, err)
		require.Equal(w.t, render.Failed, card.Outcome)
		require.Contains(w.t, card.Plain(), "more than 10 MB")
		require.Empty(w.t, card.Files)

		w.console.SetUploadSize(s1.MaxFile)
		w.saved = nil
		card, err = w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)(w.t.Context())
		require.NoError(w.t, err)
		require.EqualValues(w.t, s1.MaxFile, card.Files[0].Size())
	})
}

func TestFilesThatAreNoLongerKeptAreSaidToBeGone(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		wait := w.asks(`collect DESKTOP-1 paths=C:\a.txt`)
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		download := commandtest.Button(w.t, card, "Download files")
		time.Sleep(73 * time.Hour)
		w.saved = nil
		card, err = w.asks(slash.Line(cmdNamed(w.t, download.Command), download.Args))(w.t.Context())
		require.NoError(w.t, err)
		require.Equal(w.t, render.Failed, card.Outcome)
		require.Contains(w.t, card.Plain(), "Status Code: 410.")
		require.Contains(w.t, card.Plain(), "three days")
		require.Equal(w.t, "collect-files", commandtest.Button(w.t, card, "Request them again").Command)
	})
}

func TestNamesOfFilesMeanNothing(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a b.zip": "a_b.zip", "<!channel>.zip": "__channel_.zip", ".bashrc": "bashrc", "-rf": "rf", "": "archive.zip", "...": "archive.zip",
		"Büro.zip": "Büro.zip", "a\u202egpj.exe": "a_gpj.exe", "a/b": "a_b",
	} {
		require.Equal(t, want, safeName(name), name)
	}
	attached := addFile(nil, download{file: s1.Download{Name: "a.zip", Size: 1}}, "A")
	attached = addFile(attached, download{file: s1.Download{Name: "a.zip", Size: 1}}, "B")
	require.NotEqual(t, attached[0].Name, attached[1].Name)
}

// A script is watched on every endpoint; one that is offline does not keep anybody waiting for ever.
func TestAScriptIsWatchedUntilItsEndpointsAreDone(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: 20 * time.Second}, func(w *watch) {
		wait := w.asks(`run-script filter={"computerName__contains":["DESKTOP","LNX"]} script-id="List Open Ports" task-description=ports output-destination=SentinelCloud reason=x`)
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Equal(w.t, render.Successful, card.Outcome)
		require.Contains(w.t, card.Plain(), "2 completed")
		require.Contains(w.t, w.shown[0], "0 %")

		results := commandtest.Button(w.t, card, "Get results")
		w.saved = nil
		card, err = w.asks(slash.Line(cmdNamed(w.t, results.Command), results.Args))(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 2)
		require.NotContains(w.t, string(w.saved[0]), "Signature")
	})
}

func TestAScriptOnAnEndpointThatIsAwayIsLeftToRun(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.console.SetOnline("LNX-1", false)
		began := time.Now()
		card, err := w.asks(`run-script filter={"computerName__contains":["DESKTOP","LNX"]} script-id="List Open Ports" task-description=ports output-destination=None reason=x`)(w.t.Context())
		require.NoError(w.t, err)
		require.Equal(w.t, render.Partial, card.Outcome)
		require.Contains(w.t, card.Plain(), "1 completed, 1 pending")
		require.Contains(w.t, card.Plain(), "will run on the rest when they're back")
		require.InDelta(w.t, waitScript.Minutes(), time.Since(began).Minutes(), 1)
	})
}

// Lapses count in a row only: a console that hiccups now and then for an hour is still asked.
func TestHiccupsDoNotAddUp(t *testing.T) {
	inABubble(t, s1sim.Options{EffectDelay: 8 * time.Minute}, func(w *watch) {
		wait := w.asks(`fetch DESKTOP-1 paths=C:\a.txt`)
		go func() {
			for range 2 * maxLapses {
				w.console.Fail(s1sim.Match{PathPrefix: "/activities"}, s1sim.Fault{Kind: s1sim.ServerError, Times: 4}) // the client's tries of one look
				time.Sleep(45 * time.Second)
			}
		}()
		card, err := wait(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 1)
		time.Sleep(time.Hour) // the goroutine above ends inside the bubble
	})
}

// What does not fit into one answer is left for another one, and said to be.
func TestAnAnswerHoldsFiftyMegabytes(t *testing.T) {
	inABubble(t, s1sim.Options{}, func(w *watch) {
		w.console.SetUploadSize(s1.MaxFile)
		var batches []string
		for range 6 {
			w.saved = nil
			w.asks(`collect DESKTOP-1 paths=C:\a.txt`)
			var p pickup
			require.NoError(w.t, json.Unmarshal(w.saved[0], &p))
			batches = append(batches, p.Wants[0].Batch)
			time.Sleep(time.Minute)
			w.call.Now = w.call.Now.Add(time.Minute)
		}
		w.saved = nil
		card, err := w.asks(`download DESKTOP-1 batches=` + strings.Join(batches, ","))(w.t.Context())
		require.NoError(w.t, err)
		require.Len(w.t, card.Files, 5)
		require.Equal(w.t, render.Partial, card.Outcome)
		require.Contains(w.t, card.Plain(), "too large to send with the others")
	})
}

// Tasks appear one by one: two that have ended of three endpoints are not the end.
func TestARunIsOverWhenAllOfItsEndpointsAre(t *testing.T) {
	t.Parallel()
	ended, going := s1.ScriptTask{Status: s1.TaskCompleted}, s1.ScriptTask{Status: "in_progress"}
	require.False(t, scriptWait{Agents: 3}.over([]s1.ScriptTask{ended, ended}))
	require.False(t, scriptWait{Agents: 2}.over([]s1.ScriptTask{ended, going}))
	require.False(t, scriptWait{}.over(nil))
	require.True(t, scriptWait{Agents: 2}.over([]s1.ScriptTask{ended, ended}))
}

// An order is no upload, and the task of another run says nothing of this one.
func TestWhatIsWatchedIsWhatWasOrdered(t *testing.T) {
	t.Parallel()
	const batch = "7011777f-77e7-4a01-a674-e5f767808895"
	console := &commandtest.Still{Answers: map[string]string{
		"activities": `{"data":[{"id":"81","activityType":81,"agentId":"11","data":{"commandBatchUuid":"` + batch + `"}},
			{"id":"80","activityType":80,"agentId":"12","data":{"commandBatchUuid":"` + batch + `"}},
			{"id":"82","activityType":80,"agentId":11,"data":{"commandBatchUuid":"` + batch + `"}}]}`,
		"remote-scripts/status": `{"data":[{"id":"1","parentTaskId":"99","status":"completed"},{"id":"2","parentTaskId":5,"status":"failed"},{"id":"3","status":"failed"}]}`,
	}}
	s := commandtest.At(t, cat(t), console)
	h, err := pickup{Type: s1.ActivityUploaded, Wants: []wanted{{Agent: "11", Batch: batch}}}.look(t.Context(), s.Call)
	require.NoError(t, err)
	require.Equal(t, s1.ActivityID("82"), h.Found[0].ID)
	require.Len(t, h.Others, 1)

	tasks, err := s.Call.Console.TasksOf(t.Context(), "5")
	require.NoError(t, err)
	require.Len(t, tasks, 2)
}
