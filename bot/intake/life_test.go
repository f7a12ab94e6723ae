package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/run"
	"s1bot/bot/seal"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/render"
	"s1bot/s1"
)

// A life is all that befalls deliveries, in the order in which it does: they are saved, acknowledged, worked on, finished.
type life struct {
	Receiver
	heard *heard

	mu     sync.Mutex
	events []string
	saved  map[string][]byte
	kinds  map[string]string
	ends   error         // what the work on each ends with
	held   chan struct{} // if set, work ends when it is closed
}

func newLife(t *testing.T) *life {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	l := &life{heard: &heard{}, saved: map[string][]byte{}, kinds: map[string]string{}}
	reader := inbound.Reader{Self: func() (string, string) { return "U0BOT", "B0BOT" }, Seal: seal.Sealer{Key: s1.NewSecret("key")}, Catalog: commands.All()}
	work := NewWork(log)
	first := NewAcksFirst(work)
	set := consolesCalled(t, nil, "emea")
	words := someWords{"approve": {Decides: true, Console: true}, "help": {}, "can": {Console: true}}
	l.Receiver = Receiver{Queue: NewQueue(log), First: first, Inbox: l, Reader: reader, Forms: &run.Forms{Catalog: commands.All(), Log: log}, Meter: run.Unmetered{}, Log: log}
	l.Scheduler = &Scheduler{
		Chores: Chores{work}, First: first, Inbox: l, Reader: reader, Handler: l, Later: &Waiting{}, People: nobody{}, Words: words,
		Responder: &exchange.Responder{Post: l.heard, Log: log}, Pools: Pools{Settler: exchange.Settler{Set: set}, Words: words}, Meter: run.Unmetered{}, Log: log,
	}
	return l
}

// nobody is known; nobody is asked for here.
type nobody struct{ workflow.People }

func (nobody) Gate(ctx context.Context) context.Context { return ctx }

func (l *life) note(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, what)
}

// happened is what befell deliveries since it was last called, once nothing happens any more.
func (l *life) happened() []string {
	<-time.After(time.Second) // of the bubble's clock: the lull after an acknowledgement
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	events := l.events
	l.events = nil
	return events
}

// kept are the keys of what is in the inbox.
func (l *life) kept() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.saved))
}

// end is what the work on deliveries ends with from now on.
func (l *life) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = err
}

func (l *life) Save(_ context.Context, key, kind string, payload []byte) func() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.saved[key]
	l.saved[key], l.kinds[key] = payload, kind
	l.events = append(l.events, map[bool]string{true: "known", false: "saved"}[known])
	return func() (bool, error) { return !known, nil }
}

func (l *life) Finish(_ context.Context, key string) error {
	l.note("finished")
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.saved, key)
	return nil
}

func (l *life) Unfinished(_ context.Context, each func(key, kind string, payload []byte, at time.Time) error) error {
	l.mu.Lock()
	saved, kinds := maps.Clone(l.saved), maps.Clone(l.kinds)
	l.mu.Unlock()
	for key, payload := range saved {
		if err := each(key, kinds[key], payload, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (l *life) Release(_ context.Context, keys []string) error {
	l.note(fmt.Sprintf("%d released", len(keys)))
	return nil
}

func (l *life) Prune(context.Context, time.Time) error { return nil }

func (l *life) Handle(_ context.Context, d inbound.Delivery) error {
	l.note("worked on")
	if l.held != nil {
		<-l.held
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.ends, d.Err)
}

func (l *life) SentAgain(context.Context, inbound.Delivery)  { l.note("sent again") }
func (l *life) Unreadable(context.Context, inbound.Delivery) { l.note("unreadable") }

// arrives has Slack deliver something, and returns when nothing happens any more. What the bot had to say is among the events.
func (l *life) arrives(t *testing.T, kind, payload string) []string {
	t.Helper()
	l.Receive(socketmode.Envelope{ID: "env", Type: kind, Received: time.Now(), Payload: json.RawMessage(payload)}.AnsweredBy(func(_ context.Context, answer any) error {
		if l.note("acknowledged"); answer != nil {
			l.note("with an answer")
		}
		return nil
	}))
	return l.happened()
}

// serve runs a test in a bubble, with both queues served.
func serve(t *testing.T, story func(t *testing.T, l *life)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{}, 2)
		for _, q := range []*fairqueue.Queue{l.Queue, l.Scheduler.Work} {
			go func() { q.Run(ctx); done <- struct{}{} }()
		}
		defer func() {
			stop()
			l.Queue.Finish()
			l.Scheduler.Work.Resume()
			l.Scheduler.Work.Close()
			<-done
			<-done
		}()
		story(t, l)
	})
}

const (
	typedHelp = `{"user_id":"U1","channel_id":"C1","command":"/s1","text":"help","trigger_id":"1.2"}`
	clicked   = `{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"actions":[]}`
	sentForm  = `{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","hash":"h","callback_id":"x","state":{"values":{}}}}`
	talk      = `{"event_id":"E1","event":{"type":"message","channel_type":"channel","user":"U1","channel":"C1","ts":"1.3","text":"lunch?"}}`
)

func TestADeliveryIsSavedThenAcknowledgedThenWorkedOn(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		want := []string{"saved", "acknowledged", "worked on", "finished"}
		require.Equal(t, want, l.arrives(t, "slash_commands", typedHelp))
		require.Equal(t, want, l.arrives(t, "interactive", clicked))
	})
}

// Slack repeats what it had no acknowledgement for: that is acknowledged again, and no more.
func TestWhatIsKnownIsAcknowledgedAndNotWorkedOnAgain(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.end(ErrPostponed) // it stays in the inbox
		require.Equal(t, []string{"saved", "acknowledged", "worked on"}, l.arrives(t, "slash_commands", typedHelp))
		require.Equal(t, []string{"known", "acknowledged"}, l.arrives(t, "slash_commands", typedHelp))
		l.arrives(t, "interactive", sentForm)
		require.Equal(t, []string{"known", "acknowledged", "sent again"}, l.arrives(t, "interactive", sentForm), "who presses twice reads that once was enough")
	})
}

// silent is a Slack that does not tell who anybody is.
type silent struct{ nobody }

func (silent) Who(ctx context.Context, _ string) workflow.Person {
	<-ctx.Done()
	return workflow.Person{}
}

// The check of a form may wait for Slack and for the console. A hundred that wait hold up no click, and those beyond what one person may have
// waiting are written down unchecked.
func TestFormsThatWaitForTheirCheckHoldNothingUp(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.Forms.Gate = &exchange.Gate{People: silent{}, Log: slog.New(slog.DiscardHandler)}
		sends := func(kind, payload string) *atomic.Bool {
			acknowledged := &atomic.Bool{}
			l.Receive(socketmode.Envelope{ID: "env", Type: kind, Received: time.Now(), Payload: json.RawMessage(payload)}.AnsweredBy(func(context.Context, any) error {
				acknowledged.Store(true)
				return nil
			}))
			synctest.Wait()
			return acknowledged
		}
		filled := strings.Replace(sentForm, `"values":{}`, `"values":{"reason":{"a":{"value":"x"}}}`, 1)
		waiting := 0
		for n := range 100 {
			if !sends("interactive", strings.Replace(filled, `"V1"`, fmt.Sprintf(`"V%d"`, n), 1)).Load() {
				waiting++
			}
		}
		require.Equal(t, 12, waiting, "four are checked and eight wait")
		require.True(t, sends("interactive", clicked).Load(), "a click does not wait for them")
		require.True(t, sends("interactive", strings.Replace(clicked, "U1", "U2", 1)).Load())
		another := sends("interactive", strings.Replace(filled, "U1", "U2", 1))
		<-time.After(2 * time.Second)
		require.True(t, another.Load(), "nor does another person's form")
	})
}

// Slack waits three seconds for the options of a box. Those that wait in line behind others that hang have no longer.
func TestSearchBoxesThatWaitInLineAreAnsweredInTime(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.Searches = &run.Searches{Gate: &exchange.Gate{People: silent{}, Log: slog.New(slog.DiscardHandler)}, Log: slog.New(slog.DiscardHandler)}
		took := make(chan time.Duration, 100)
		began := time.Now()
		for range 20 {
			box := json.RawMessage(`{"type":"block_suggestion","user":{"id":"U1"},"action_id":"search:agents:agent-ids","value":"DESK","view":{"id":"V1"}}`)
			l.Receive(socketmode.Envelope{ID: "env", Type: "interactive", Received: time.Now(), Payload: box}.AnsweredBy(func(context.Context, any) error {
				took <- time.Since(began)
				return nil
			}))
		}
		for range 20 {
			require.Less(t, <-took, 3*time.Second)
		}
	})
}

func TestTalkIsAcknowledgedAndForgotten(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		require.Equal(t, []string{"acknowledged"}, l.arrives(t, "events_api", talk))
		require.Empty(t, l.kept())
	})
}

func TestWhatCannotBeReadIsAcknowledgedAndAnswered(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		require.Equal(t, []string{"acknowledged", "unreadable"}, l.arrives(t, "interactive", `{"actions":[null],"type":5}`))
	})
}

// A decision that a question has no answer for stays in the inbox, and is taken up when its time has come, or by the next start.
func TestWhatIsPostponedIsTakenUpAgain(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.end(ErrPostponed)
		l.arrives(t, "slash_commands", typedHelp)
		require.Len(t, l.kept(), 1)
		due := time.Now().Add(time.Minute)
		l.Scheduler.Later.Add(l.Reader.Saved(l.kept()[0], "slash_commands", []byte(typedHelp), time.Now()), due)
		l.end(nil)
		l.Scheduler.TakeUpLater(t.Context(), due.Add(-time.Second))
		require.Empty(t, l.happened(), "not yet")
		l.Scheduler.TakeUpLater(t.Context(), due)
		require.Equal(t, []string{"worked on", "finished"}, l.happened())
	})
}

func TestTheNextStartGoesOnWithWhatIsUnfinished(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.saved["one"], l.kinds["one"] = []byte(typedHelp), "slash_commands"
		l.saved["two"], l.kinds["two"] = []byte(`not JSON`), "slash_commands"
		require.NoError(t, l.Scheduler.TakeUpLeftovers(t.Context()))
		l.happened()
		require.Empty(t, l.kept(), "also what nobody can read, or each start would take it up")
	})
}

// A failure ends the work on a delivery: its person has read of it, and a second try would do no better.
func TestWhatFailedIsFinished(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.end(errors.New("the console is gone"))
		require.Contains(t, l.arrives(t, "slash_commands", typedHelp), "finished")
	})
}

// Whoever has too much waiting is told so. It is finished first: after a crash in between it would run, though its person read that it won't.
func TestWhatIsTooMuchIsFinishedAndSaid(t *testing.T) {
	t.Parallel()
	l := newLife(t) // nobody serves the queue
	deliver := func(n int) {
		d := l.Reader.Saved(fmt.Sprint(n), "slash_commands", []byte(`{"user_id":"U1","channel_id":"C1","text":"agents","response_url":"https://hooks.example"}`), time.Now())
		d.Again = false
		l.Scheduler.Schedule(t.Context(), d)
	}
	for n := range 55 {
		deliver(n)
	}
	require.Equal(t, map[string]int{"decisions": 0, "stops": 0, "answers": 0, "commands": 54, "chores": 1, "tellings": 0}, l.Scheduler.Work.Depth(), "four would run, fifty may wait")
	again := l.Reader.Saved("again", "slash_commands", []byte(`{"user_id":"U1","text":"agents"}`), time.Now())
	l.Scheduler.Schedule(t.Context(), again)
	require.Equal(t, 55, l.Scheduler.Work.Depth()["commands"], "what was taken on before a crash is not refused")
	waiting := l.Scheduler.Work.Close()
	for _, w := range waiting {
		if w.Class == choreClass {
			w.Do(t.Context())
		}
	}
	require.Equal(t, []string{"finished"}, l.events)
	require.Contains(t, l.heard.words[0], "I'm busy with your earlier commands")
	l.Scheduler.HandBack(slices.DeleteFunc(waiting, func(w fairqueue.Work) bool { return w.Class == choreClass }))
	require.Equal(t, []string{"finished", "55 released"}, l.events, "before anybody is told that the bot restarts")
	require.Contains(t, l.heard.words, "I'm restarting. Your command is saved, and I'll continue with it in a moment.")
}

// Whose command still runs while the process stops is told before the stop may cut it off, and once.
func TestWhoseCommandRunsDuringAStopIsToldLate(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.held = make(chan struct{})
		require.NotContains(t, l.arrives(t, "slash_commands", typedHelp), "finished")
		l.Scheduler.HandBack(nil)
		<-time.After(lateAfter - time.Second)
		synctest.Wait()
		require.Empty(t, l.heard.told(), "most end by themselves")
		<-time.After(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"I'm restarting while your command is still running. It's saved, and the answer will follow."}, l.heard.told())
		close(l.held)
		require.Contains(t, l.happened(), "finished")
	})
}

func TestWhoseCommandEndsDuringAStopHearsNothingOfIt(t *testing.T) {
	serve(t, func(t *testing.T, l *life) {
		l.held = make(chan struct{})
		l.arrives(t, "slash_commands", typedHelp)
		l.Scheduler.HandBack(nil)
		<-time.After(lateAfter - time.Second)
		close(l.held)
		<-time.After(time.Minute)
		synctest.Wait()
		require.Empty(t, l.heard.told())
	})
}

func TestADeliveryTakesTheSlotsOfWhatItIs(t *testing.T) {
	t.Parallel()
	l := newLife(t)
	of := func(do render.Invocation, err error) fairqueue.Class {
		class, _ := Classify(l.Scheduler.Words, inbound.Delivery{Kind: inbound.Click, Payload: inbound.Payload{Clicks: []inbound.Action{{Do: do, Err: err}}}})
		return class
	}
	require.Equal(t, DecisionClass, of(render.Invocation{Command: "approve"}, nil))
	require.Equal(t, DecisionClass, of(render.Invocation{Command: "approve", How: render.Open}, nil), "its form is a decision's, too")
	require.Equal(t, AnswerClass, of(render.Invocation{Command: "help"}, nil))
	require.Equal(t, CommandClass, of(render.Invocation{Command: "can"}, nil))
	require.Equal(t, CommandClass, of(render.Invocation{Command: "list-agents"}, nil))
	require.Equal(t, AnswerClass, of(render.Invocation{Command: "list-agents", How: render.Open}, nil), "a form opens without the console")
	require.Equal(t, AnswerClass, of(render.Invocation{Command: "list-agents"}, errors.New("forged")))
	class, owner := Classify(l.Scheduler.Words, inbound.Delivery{Kind: inbound.Event, Message: inbound.Message{User: "U1", Meaning: inbound.Opened}})
	require.Equal(t, choreClass, class)
	require.Empty(t, owner, "nobody asked for it")
}
