package delivery_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/render/cards"
)

// desk are requests that wait, and those that ended.
type desk struct {
	mu             sync.Mutex
	waiting, ended []cards.Wait
	reads          int
	trouble        error
}

func (d *desk) set(waiting, ended []cards.Wait, trouble error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting, d.ended, d.trouble = waiting, ended, trouble
}

func (d *desk) Waiting(context.Context) ([]cards.Wait, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	return d.waiting, d.trouble
}

func (d *desk) Ended(context.Context) ([]cards.Wait, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended, d.trouble
}

// The card of a threat says which request about it, or about its endpoint, waits, until it does not
// wait any more, also where that ended while nobody was there to see it.
func TestACardFollowsTheRequestsAboutItsThing(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		requests := &desk{}
		w.Config.Requests = requests
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe", Agent: "77"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "other.exe", Agent: "78"})
		w.Pass(time.Minute)
		card := func(n int) string { return w.Slack.In("CTHREATS")[n].Card.Plain() }
		require.NotContains(t, card(0), "waits for an approval")

		kill := cards.Wait{Ref: "A-7F3A", Title: "Mitigate Threats", Command: "mitigate-threats", Args: json.RawMessage(`{"mitigate-action":"kill"}`), Things: []string{string(id)}}
		isolate := cards.Wait{Ref: "A-0346", Title: "Disconnect Agent From Network", Command: "disconnect-agent-from-network", Things: []string{"77"}}
		elsewhere := cards.Wait{Ref: "A-0001", Console: "eu", Title: "Mitigate Threats", Command: "mitigate-threats", Things: []string{string(id)}}
		requests.set([]cards.Wait{kill, isolate, elsewhere}, nil, nil)
		w.Pass(time.Minute)
		require.Contains(t, card(0), "Mitigate (Kill) waits for an approval · A-7F3A")
		require.Contains(t, card(0), "Disconnect host waits for an approval · A-0346")
		require.NotContains(t, card(0), "A-0001", "that is another console's threat")
		require.NotContains(t, card(0), "[Disconnect host]")
		require.NotContains(t, card(1), "waits")
		require.Empty(t, w.Slack.In("CTHREATS")[1].Edits)

		onItsHost := cards.Wait{Ref: "A-0347", Title: "Disconnect Agent From Network", Command: "disconnect-agent-from-network", Things: []string{"78"}}
		requests.set([]cards.Wait{kill, isolate, elsewhere, onItsHost}, nil, nil)
		w.Pass(time.Minute)
		require.Contains(t, card(1), "Disconnect host waits for an approval · A-0347", "found by its endpoint alone")
		requests.set([]cards.Wait{kill, isolate, elsewhere}, nil, nil)
		w.Pass(time.Minute)
		require.NotContains(t, card(1), "waits")

		requests.set(nil, nil, errors.New("disk trouble"))
		w.Console.AddThreat(notifiertest.NewThreat{Name: "third.exe", Agent: "79"})
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 3, "a hint holds up no card")

		requests.set([]cards.Wait{isolate}, nil, nil)
		w.Pass(time.Minute)
		require.NotContains(t, card(0), "A-7F3A")
		require.Contains(t, card(0), "A-0346")

		w.Stop()
		requests.set(nil, []cards.Wait{kill, isolate}, nil)
		w.Start()
		w.Pass(time.Minute)
		require.NotContains(t, card(0), "waits")
		edits := len(w.Slack.In("CTHREATS")[0].Edits)
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("CTHREATS")[0].Edits, edits, "nothing is drawn again for nothing")
	})
}
