package intake

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/fairqueue"
)

// began counts the work that has begun, in a queue that gives way to acknowledgements.
func began(t *testing.T) (a *AcksFirst, push func(), n func() int, stop func()) {
	t.Helper()
	q := NewWork(slog.New(slog.DiscardHandler))
	done := make(chan struct{})
	go func() { q.Run(t.Context()); close(done) }()
	count := make(chan struct{}, 1000)
	push = func() {
		require.NoError(t, q.Push(fairqueue.Work{Class: AnswerClass, Do: func(context.Context) { count <- struct{}{} }}))
	}
	n = func() int { synctest.Wait(); return len(count) }
	return NewAcksFirst(q), push, n, func() { q.Resume(); q.Finish(); <-done }
}

func TestWorkBeginsWhenAllHaveTheirAcknowledgement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, push, n, stop := began(t)
		defer stop()
		for range 50 {
			a.begin()
		}
		for range 49 {
			a.end()
			push()
		}
		<-time.After(2 * lull)
		require.Zero(t, n(), "one still waits")
		a.end()
		push()
		a.begin()
		<-time.After(2 * lull)
		require.Zero(t, n(), "the next has come meanwhile")
		a.end()
		<-time.After(2 * lull)
		require.Equal(t, 50, n())
	})
}

// Work that has begun holds its messages back for as long.
func TestMessagesGiveWayToAcknowledgements(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _, _, stop := began(t)
		defer stop()
		a.GiveWay(t.Context()) // nobody waits
		a.begin()
		sent := make(chan struct{})
		go func() { a.GiveWay(t.Context()); close(sent) }()
		<-time.After(longestPause / 2)
		require.False(t, closed(sent))
		a.end()
		<-time.After(2 * lull)
		require.True(t, closed(sent))
		a.begin() // and never ends
		<-time.After(time.Millisecond)
		before := time.Now()
		a.GiveWay(t.Context())
		require.Less(t, time.Since(before), longestPause)
		a.end()
	})
}

// A decision holds the messages of others back until it ended, for a while, and none of its own.
func TestMessagesGiveWayToDecisions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _, _, stop := began(t)
		defer stop()
		ctx, done := a.decide(t.Context())
		before := time.Now()
		a.GiveWay(ctx)
		require.Zero(t, time.Since(before), "its own")
		time.AfterFunc(longestPause/2, done)
		a.GiveWay(t.Context())
		require.Equal(t, longestPause/2+lull, time.Since(before))
		a.decide(t.Context()) // and it hangs
		<-time.After(decisionTime + longestPause + lull)
		synctest.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		require.Zero(t, a.coming)
		require.False(t, a.paused)
	})
}

func closed(c <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestEnvelopesThatNeverEndHoldWorkUpForABlinkOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, push, n, stop := began(t)
		defer stop()
		a.begin() // its form takes long to check
		push()
		<-time.After(longestPause / 2)
		require.Zero(t, n())
		<-time.After(longestPause/2 + breather/2)
		require.Equal(t, 1, n())
		a.begin()
		push()
		require.Equal(t, 2, n(), "work may begin before the next pause")
		<-time.After(breather)
		a.begin()
		push()
		require.Equal(t, 2, n())
		<-time.After(2 * longestPause)
		require.Equal(t, 3, n())
	})
}

// What tells the end of what ran gives way for as long as decisions come without a lull: a few at a time, and all when it is calm.
func TestPatientMessagesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _, _, stop := began(t)
		defer stop()
		sent := make(chan struct{}, 1000)
		a.GiveWay(Patient(t.Context())) // it is calm
		a.begin()
		for range 50 {
			go func() { a.GiveWay(Patient(t.Context())); sent <- struct{}{} }()
		}
		for range 20 { // one comes before the other ends
			<-time.After(longestPause / 5)
			a.begin()
			a.end()
		}
		synctest.Wait()
		require.Len(t, sent, 3*fewTurns, "after 50, 120 and 190 ms")
		before := time.Now()
		a.GiveWay(t.Context())
		require.LessOrEqual(t, time.Since(before), longestPause, "what somebody waits for does not take turns")
		a.end()
		<-time.After(2 * lull)
		synctest.Wait()
		require.Len(t, sent, 50)
		<-time.After(breather)
		a.begin() // and never ends: no more turns than at the end of this pause
		for range fewTurns + 1 {
			go func() { a.GiveWay(Patient(t.Context())); sent <- struct{}{} }()
		}
		<-time.After(longestPause)
		synctest.Wait()
		require.Len(t, sent, 50+fewTurns)
		<-time.After(patience - longestPause - time.Millisecond)
		synctest.Wait()
		require.Len(t, sent, 50+fewTurns, "it is patient")
		<-time.After(time.Millisecond)
		synctest.Wait()
		require.Len(t, sent, 50+fewTurns+1, "and no longer than that")
	})
}
