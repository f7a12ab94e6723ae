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
		require.LessOrEqual(t, time.Since(before), longestPause)
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
		require.Nil(t, a.pause)
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

// The lull is one without envelopes: between two that come one behind the other there is none.
func TestEnvelopesOneBehindTheOtherLeaveNoLull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, push, n, stop := began(t)
		defer stop()
		for range 10 {
			a.begin()
			push()
			<-time.After(lull / 2)
			a.end()
			<-time.After(lull / 4)
		}
		require.Zero(t, n())
		<-time.After(lull)
		require.Equal(t, 10, n())
	})
}

func TestEnvelopesThatNeverEndLetWorkBeginPieceByPiece(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, push, n, stop := began(t)
		defer stop()
		a.begin() // its form takes long to check
		for range 10 {
			push()
		}
		<-time.After(longestPause - time.Millisecond)
		require.Zero(t, n())
		<-time.After(time.Millisecond)
		require.Equal(t, 1, n())
		<-time.After(drip)
		a.begin()
		a.end()
		require.Equal(t, 2, n())
		<-time.After(3 * drip)
		require.Equal(t, 5, n())
		a.end()
		<-time.After(lull)
		require.Equal(t, 10, n(), "it is calm")
	})
}

// What tells the end of what ran gives way for as long as decisions come without a lull: one of them now and then, and all when it is calm.
func TestPatientMessagesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _, _, stop := began(t)
		defer stop()
		sent := make(chan struct{}, 1000)
		say := func() { a.GiveWay(Patient(t.Context())); sent <- struct{}{} }
		say() // it is calm
		<-sent
		a.begin() // and does not end
		for range 50 {
			go say()
		}
		<-time.After(longestPause + 3*drip)
		synctest.Wait()
		require.Len(t, sent, 1)
		<-time.After(8 * drip)
		synctest.Wait()
		require.Len(t, sent, 3)
		before := time.Now()
		a.GiveWay(t.Context())
		require.LessOrEqual(t, time.Since(before), longestPause, "what somebody waits for does not take turns")
		a.end()
		<-time.After(lull)
		synctest.Wait()
		require.Len(t, sent, 50)
	})
}

func TestThePatientWaitForSoLongAndNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _, _, stop := began(t)
		defer stop()
		a.begin()
		<-time.After(time.Hour) // one turn is saved up, and not one for each that nobody took
		sent := make(chan struct{}, 2000)
		for range 2000 {
			go func() { a.GiveWay(Patient(t.Context())); sent <- struct{}{} }()
		}
		synctest.Wait()
		require.Len(t, sent, 1)
		<-time.After(patience - time.Millisecond)
		synctest.Wait()
		require.Len(t, sent, 1+int(patience/drip/patientDrips))
		<-time.After(time.Millisecond)
		synctest.Wait()
		require.Len(t, sent, 2000)
		a.end()
	})
}
