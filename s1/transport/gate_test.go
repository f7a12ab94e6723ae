package transport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/wire"
)

// A slowBody is an answer of so many bytes whose last part comes after a while; it counts those that are read at the same time.
type slowBody struct {
	io.Reader
	after   time.Duration
	reading *atomic.Int32
	most    *atomic.Int32
	read    int
	late    bool
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.read > smallBody && !b.late { // past the gate
		b.late = true
		now := b.reading.Add(1)
		defer b.reading.Add(-1)
		for seen := b.most.Load(); now > seen && !b.most.CompareAndSwap(seen, now); seen = b.most.Load() {
		}
		time.Sleep(b.after)
	}
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

func (b *slowBody) Close() error { return nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Ten large answers that take 20 seconds each do not fit together, and a read has 30 seconds: those that wait for room are not given up
// for it, and no more are read at once than the budget has room for.
func TestLargeAnswersWaitForRoomWithoutTimingOut(t *testing.T) {
	t.Parallel()
	for memory, room := range map[int64]int32{6 * 4 << 20: 2, 6 * 2 << 20: 1} {
		t.Run(fmt.Sprintf("%d MiB", memory>>20), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var reading, most atomic.Int32
				const size = 2 << 20
				answer := func(*http.Request) (*http.Response, error) {
					body := &slowBody{Reader: strings.NewReader(`{"data":"` + strings.Repeat("x", size-11) + `"}`), after: 20 * time.Second, reading: &reading, most: &most}
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: size}, nil
				}
				client, err := New(Config{BaseURL: "https://console.test", Token: wire.NewSecret("t"), HTTPClient: &http.Client{Transport: roundTrip(answer)}, Gate: NewGate(memory), Unpaced: true})
				require.NoError(t, err)
				var all sync.WaitGroup
				for range 6 {
					all.Go(func() {
						err := client.Read(t.Context(), Call{Operation: "read", Method: http.MethodGet, Route: "agents"}, func(body []byte, _ http.Header) error {
							if len(body) != size {
								return fmt.Errorf("%d bytes", len(body))
							}
							return nil
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				require.Equal(t, room, most.Load())
			})
		})
	}
}

// Who waits for room for two minutes is told so, and the console's path is not taken for one that hangs.
func TestAnAnswerDoesNotWaitForRoomForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(DefaultMemory)
		leave, err := gate.enter(t.Context(), DefaultMemory)
		require.NoError(t, err)
		answer := func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(strings.Repeat(" ", 2<<20))), ContentLength: -1}, nil
		}
		client, err := New(Config{BaseURL: "https://console.test", Token: wire.NewSecret("t"), HTTPClient: &http.Client{Transport: roundTrip(answer)}, Gate: gate, Unpaced: true})
		require.NoError(t, err)
		read := func(ctx context.Context) error {
			return client.Read(ctx, Call{Operation: "read", Method: http.MethodGet, Route: "agents"}, func([]byte, http.Header) error { return nil })
		}
		began := time.Now()
		for range hangsInARow + 1 {
			err := read(t.Context())
			require.ErrorContains(t, err, "busy reading other large answers")
			require.NotErrorIs(t, err, ErrNotAnswering)
		}
		require.Equal(t, (hangsInARow+1)*maxQueued, time.Since(began), "each once")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, read(ctx), context.DeadlineExceeded, "the caller's own patience counts")
		leave()
		require.NoError(t, read(t.Context()))
		time.Sleep(2 * freeAfter) // the memory goes back inside the bubble
	})
}

// Memory goes back soon after the last large answer, and once more when what was made of it is at Slack; not after each answer.
func TestWhatLargeAnswersTookGoesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(DefaultMemory)
		var freed atomic.Int32
		gate.free = func() { freed.Add(1) }
		answer := func() {
			leave, err := gate.enter(t.Context(), 1)
			require.NoError(t, err)
			leave()
		}
		after := func(d time.Duration, want int32) {
			t.Helper()
			time.Sleep(d) // the bubble's clock
			synctest.Wait()
			require.Equal(t, want, freed.Load())
		}
		answer()
		after(freeAfter-time.Second, 0)
		answer()
		after(freeAfter-time.Second, 0)
		after(time.Second, 1)
		after(freeAgain-time.Second, 1)
		after(time.Second, 2)
		after(time.Hour, 2)
	})
}
