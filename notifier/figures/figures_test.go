package figures_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/figures"
	"s1bot/s1"
)

// fakeConsole counts its calls; where down is set it fails.
type fakeConsole struct {
	mu    sync.Mutex
	calls int
	down  error
}

func (c *fakeConsole) answer(n int) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	return n, c.down
}

func (c *fakeConsole) SystemInfo(context.Context) (s1.SystemInfo, error) {
	_, err := c.answer(0)
	return s1.SystemInfo{}, err
}
func (c *fakeConsole) CountThreats(context.Context, s1.Query) (int, error) { return c.answer(9) }
func (c *fakeConsole) CountAlerts(context.Context, s1.Query) (int, error)  { return c.answer(4) }
func (c *fakeConsole) AgentsPage(context.Context, s1.Query) (s1.Page[s1.Agent], error) {
	_, err := c.answer(0)
	return s1.Page[s1.Agent]{Items: []s1.Agent{{ID: "1400000000000000001", ComputerName: "DESKTOP-1", SiteName: "Paris"}}, Total: 1}, err
}

func (c *fakeConsole) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

type fakeStore struct {
	mu   sync.Mutex
	kept map[string]figures.Figure
}

func (s *fakeStore) SetFigure(_ context.Context, f figures.Figure) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[f.Name] = f
	return nil
}

func (s *fakeStore) all() map[string]figures.Figure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.kept)
}

func TestEachFigureIsCountedInTurnWhoeverLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console, store := &fakeConsole{}, &fakeStore{kept: map[string]figures.Figure{}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go figures.Counter{Console: console, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Wanted: always}.Run(ctx)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Len(t, store.all(), 8, "a fresh start counts all at once")
		require.JSONEq(t, "9", string(store.all()[figures.Malicious].Body))
		require.JSONEq(t, `{"total":1,"named":[{"id":"1400000000000000001","name":"DESKTOP-1","site":"Paris"}]}`, string(store.all()[figures.Isolated].Body))
		before := console.asked()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.InDelta(t, 60, console.asked()-before, 1, "one call every ten seconds")
	})
}

func TestWhatCannotBeCountedSaysWhyAndIsNotZero(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console, store := &fakeConsole{down: errors.New("no route to host")}, &fakeStore{kept: map[string]figures.Figure{}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go figures.Counter{Console: console, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Wanted: always}.Run(ctx)
		time.Sleep(time.Second)
		synctest.Wait()
		for name, f := range store.all() {
			require.Nil(t, f.Body, name)
			require.Equal(t, "no route to host", f.Failed)
		}
	})
}

func always(context.Context) (bool, error) { return true, nil }

// A console that keeps unified alerts alone is counted by those; threats among them are counted apart.
func TestAConsoleWithUnifiedAlertsAloneIsCountedByThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console, store := noAlerts{&fakeConsole{}}, &fakeStore{kept: map[string]figures.Figure{}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var asked sync.Map
		unified := func(_ context.Context, q s1.Query) (int, error) {
			asked.Store(q.Get("severity"), q.Get("status")+" not "+q.Get("detectionProduct__nin"))
			return 7, nil
		}
		go figures.Counter{Console: console, Unified: unified, Mark: "us", Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Wanted: always}.Run(ctx)
		time.Sleep(time.Second)
		synctest.Wait()
		require.JSONEq(t, "7", string(store.all()[figures.Of(figures.Critical, "us")].Body))
		require.JSONEq(t, "9", string(store.all()[figures.Of(figures.Malicious, "us")].Body), "threats are where they were")
		how, _ := asked.Load("CRITICAL")
		require.Equal(t, "NEW,IN_PROGRESS not EDR,CWS", how)
	})
}

// noAlerts is a console that closed the list of alerts.
type noAlerts struct{ *fakeConsole }

func (noAlerts) CountAlerts(context.Context, s1.Query) (int, error) {
	return 0, &s1.Error{Status: 410, Reason: s1.Retired}
}

// Where nobody looks at figures, the console is asked for none; who begins to look has them soon.
func TestNothingIsCountedForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var looked atomic.Bool
		console, store := &fakeConsole{}, &fakeStore{kept: map[string]figures.Figure{}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go figures.Counter{Console: console, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Wanted: func(context.Context) (bool, error) { return looked.Load(), nil }}.Run(ctx)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Zero(t, console.asked())
		looked.Store(true)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Len(t, store.all(), figures.Count)
	})
}
