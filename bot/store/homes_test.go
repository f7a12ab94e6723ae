package store_test

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/figures"
)

func TestOneOfManyProcessesPublishesATab(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		homes, noon := open(t, address).Homes(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		claim := func(print string, at time.Time, force bool) bool {
			mine, err := homes.Claim(t.Context(), "U1", print, at, at.Add(-10*time.Second), force)
			require.NoError(t, err)
			return mine
		}
		require.False(t, claim("a", noon, true), "who never opened it has none")
		require.NoError(t, homes.Opened(t.Context(), "U1", noon))
		var claimed atomic.Int64
		var asking sync.WaitGroup
		for range 8 {
			asking.Go(func() {
				if mine, err := homes.Claim(t.Context(), "U1", "a", noon, noon.Add(-10*time.Second), false); err == nil && mine {
					claimed.Add(1)
				}
			})
		}
		asking.Wait()
		require.EqualValues(t, 1, claimed.Load())
		require.False(t, claim("b", noon.Add(9*time.Second), false), "ten seconds have not passed")
		require.True(t, claim("b", noon.Add(10*time.Second), false))
		require.False(t, claim("b", noon.Add(time.Minute), false), "Slack has it")
		require.True(t, claim("b", noon.Add(time.Minute), true))
		require.NoError(t, homes.Release(t.Context(), "U1"))
		require.True(t, claim("b", noon.Add(2*time.Minute), false), "it did not get there")
		for _, c := range []struct {
			since, notAfter time.Time
			want            []string
		}{{noon, noon.Add(2 * time.Minute), []string{"U1"}}, {noon, noon.Add(time.Minute), nil}, {noon.Add(time.Second), noon.Add(2 * time.Minute), nil}} {
			viewers, err := homes.Viewers(t.Context(), c.since, c.notAfter)
			require.NoError(t, err)
			require.Equal(t, c.want, viewers)
		}
	})
}

func TestSomebodyIsGreetedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		homes, noon := open(t, address).Homes(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		for i, want := range []bool{true, false, false} {
			first, err := homes.Greet(t.Context(), "U1", noon.Add(time.Duration(i)*time.Hour))
			require.NoError(t, err)
			require.Equal(t, want, first)
		}
		require.NoError(t, homes.Opened(t.Context(), "U2", noon))
		first, err := homes.Greet(t.Context(), "U2", noon)
		require.NoError(t, err)
		require.True(t, first, "to open Home is no greeting")
		viewers, err := homes.Viewers(t.Context(), time.Time{}, noon)
		require.NoError(t, err)
		require.Len(t, viewers, 1, "who was greeted only never opened Home")
	})
}

func TestAFigureThatFailsKeepsItsValue(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		kept, noon := open(t, address).Figures(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		require.NoError(t, kept.SetFigure(t.Context(), figures.Figure{Name: "threats", Failed: "down", At: noon}))
		all, err := kept.All(t.Context())
		require.NoError(t, err)
		require.Equal(t, figures.Figure{Name: "threats", Failed: "down"}, all["threats"])
		require.NoError(t, kept.SetFigure(t.Context(), figures.Figure{Name: "threats", Body: json.RawMessage("9"), At: noon}))
		require.NoError(t, kept.SetFigure(t.Context(), figures.Figure{Name: "threats", Failed: "status 403\x00", At: noon.Add(time.Hour)}))
		all, err = kept.All(t.Context())
		require.NoError(t, err)
		require.Equal(t, figures.Figure{Name: "threats", Body: json.RawMessage("9"), At: noon, Failed: "status 403\uFFFD"}, all["threats"])
	})
}
