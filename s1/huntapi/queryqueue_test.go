package huntapi

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// startCall is a call that the console takes once a minute.
var startCall = transport.Call{Route: "dv/init-query"}

// unasked is a client whose calls nobody sends.
func unasked(t *testing.T) *transport.Client {
	t.Helper()
	c, err := transport.New(transport.Config{BaseURL: "https://console.test", Token: wire.NewSecret("token")})
	require.NoError(t, err)
	return c
}

func TestHuntersWaitInLineAndMoveUpWhenOneGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var l queue
		c := unasked(t)
		type start struct {
			who string
			at  time.Duration
		}
		var mu sync.Mutex // of what the hunters write
		var started []start
		places := map[string]Place{}
		place := func(who string) Place {
			mu.Lock()
			defer mu.Unlock()
			return places[who]
		}
		hunt := func(ctx context.Context, who string) error {
			return l.pass(ctx, c, startCall, func(p Place) { mu.Lock(); places[who] = p; mu.Unlock() }, func(context.Context, transport.Call) error {
				mu.Lock()
				defer mu.Unlock()
				started = append(started, start{who, time.Since(began)})
				return nil
			})
		}
		require.NoError(t, hunt(t.Context(), "first"))
		require.Zero(t, place("first"))
		time.Sleep(20 * time.Second) // synctest's clock
		ctx, giveUp := context.WithCancel(t.Context())
		ended := make(chan error, 4)
		for _, who := range []string{"second", "third", "fourth"} {
			with := t.Context()
			if who == "third" {
				with = ctx
			}
			go func() { ended <- hunt(with, who) }()
			synctest.Wait()
		}
		require.Equal(t, Place{Ahead: 2, Start: began.Add(3 * time.Minute)}, place("fourth"))
		require.Equal(t, Place{Ahead: 0, Start: began.Add(time.Minute)}, place("second"))
		giveUp()
		require.ErrorIs(t, <-ended, context.Canceled)
		synctest.Wait()
		require.Equal(t, Place{Ahead: 1, Start: began.Add(2 * time.Minute)}, place("fourth"))
		require.NoError(t, <-ended)
		require.NoError(t, <-ended)
		require.Equal(t, []start{{"first", 0}, {"second", time.Minute}, {"fourth", 2 * time.Minute}}, started)
	})
}

// The first one gives up while it waits for the minute: the next has no longer to wait for it.
func TestTheFirstInLineTakesNoTurnWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l queue
		c := unasked(t)
		send := func(context.Context, transport.Call) error { return nil }
		began := time.Now()
		require.NoError(t, l.pass(t.Context(), c, startCall, nil, send))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.pass(ctx, c, startCall, nil, send) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.NoError(t, l.pass(t.Context(), c, startCall, nil, send))
		require.Equal(t, time.Minute, time.Since(began))
	})
}
