package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
)

// impatiently runs reads that fail, of which somebody waits for the last, and returns how long they took and what the last one failed with.
func impatiently(t *testing.T, ctx context.Context, reads ...func(context.Context, s1.Query) error) (time.Duration, *transport.Error) {
	t.Helper()
	began := time.Now()
	var last error
	for _, read := range reads {
		last = read(ctx, nil)
		require.Error(t, last)
	}
	return time.Since(began), consoletest.AsError(t, last)
}

// pathsOf are reads of three paths.
func pathsOf(c *s1.Client) (agents, threats, activities func(context.Context, s1.Query) error) {
	return func(ctx context.Context, q s1.Query) error { _, err := c.AgentsPage(ctx, q); return err },
		func(ctx context.Context, q s1.Query) error { _, err := c.ThreatsPage(ctx, q); return err },
		func(ctx context.Context, q s1.Query) error { _, err := c.ActivitiesPage(ctx, q); return err }
}

func TestTheReadsOfOneCommandShareThePatienceOfWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			sent++
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		agents, threats, activities := pathsOf(client)
		ctx := transport.WithPatience(t.Context())
		took, e := impatiently(t, ctx, agents, agents, agents, agents)
		require.Equal(t, 25*time.Second, took)
		require.Equal(t, 1, sent, "a command asks a path that hung once and no more")
		require.ErrorIs(t, e, transport.ErrNotAnswering)
		require.Equal(t, "list agents: The console didn't answer an earlier call of this kind in time.", e.Error())

		took, e = impatiently(t, transport.WithPatience(ctx), threats, activities)
		require.Equal(t, 4*time.Second, took, "of other paths it hears in a hurry")
		require.Equal(t, "The console didn't answer in time.", e.Message)

		time.Sleep(15 * time.Second)
		took, _ = impatiently(t, ctx, agents)
		require.Equal(t, 25*time.Second, took, "what goes on for long has patience again")
		took, _ = impatiently(t, t.Context(), activities)
		require.Equal(t, 30*time.Second, took, "what nobody waits for has all the time")
	})
}

// Whoever is in a hurry does not find out for everybody else that a path hangs.
func TestAReadInAHurryOpensNoBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := false
		client := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/threats") {
				select {
				case <-time.After(3 * time.Second):
					slow = true
					return consoletest.Response(200, `{"data":[]}`), nil
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		agents, threats, _ := pathsOf(client)
		for range 2 {
			_, _ = impatiently(t, transport.WithPatience(t.Context()), agents, threats)
		}
		_, _ = impatiently(t, transport.WithPatience(t.Context()), agents, threats)
		require.NoError(t, threats(t.Context(), nil))
		require.True(t, slow)
	})
}

// A report reads all consoles: that one of them hangs says nothing of the others.
func TestTheSilenceOfOneConsoleIsNotAnothers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangs := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		slow := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(3 * time.Second):
				return consoletest.Response(200, `{"data":[]}`), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}, nil)
		ctx := transport.WithPatience(t.Context())
		_, err := hangs.AgentsPage(ctx, nil)
		require.Error(t, err)
		_, err = slow.AgentsPage(ctx, nil)
		require.NoError(t, err)
		_, err = slow.ThreatsPage(ctx, nil)
		require.NoError(t, err)
	})
}
