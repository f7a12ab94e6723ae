package delivery

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// after is a burst of five that has posted so many cards a second apart, the last at noon.
func after(cards int) *burst {
	b := &burst{limit: 5}
	for i := range cards {
		b.delivered(journal.Notice{Source: journal.Threats}, noon.Add(-time.Duration(cards-1-i)*time.Second))
	}
	return b
}

// judged is what becomes of a backlog, in a word.
func judged(b *burst, waiting journal.Backlog, urgent bool, now time.Time) string {
	switch wait, digest := b.judge(waiting, urgent, now); {
	case digest:
		return "digest"
	case wait > 0:
		return fmt.Sprint("wait ", wait)
	}
	return "card"
}

func TestAHandfulAMinuteIsCardsAndMoreWaits(t *testing.T) {
	t.Parallel()
	for want, c := range map[string][]struct {
		cards, others, urgent int
		now                   time.Time
	}{
		"card": {{0, 0, 0, noon}, {0, 1, 0, noon}, {0, 5, 0, noon}, {4, 1, 0, noon}, {5, 0, 100, noon}, {0, 5, 100, noon},
			{5, 5, 0, noon.Add(time.Minute)}, {5, 1, 0, noon.Add(56 * time.Second)}},
		"wait 2s":  {{0, 6, 0, noon}, {5, 6, 0, noon}, {0, 0, 106, noon}, {0, 5, 101, noon}},
		"wait 3s":  {{5, 1, 0, noon}, {1, 5, 0, noon}, {9, 1, 0, noon}, {5, 0, 101, noon}},
		"wait 10s": {{10, 1, 0, noon}, {11, 5, 0, noon}},
	} {
		for _, one := range c {
			waiting := journal.Backlog{Others: one.others, Urgent: one.urgent, Last: 1}
			require.Equal(t, want, judged(after(one.cards), waiting, false, one.now), "%+v", one)
		}
	}
}

func TestABurstBecomesADigestWhenItHasStoppedGrowing(t *testing.T) {
	t.Parallel()
	b := after(0)
	waiting := journal.Backlog{Others: 10, Last: 10}
	require.Equal(t, "wait 2s", judged(b, waiting, false, noon))
	require.Equal(t, "wait 1s", judged(b, waiting, false, noon.Add(time.Second)))
	waiting.Last = 20
	require.Equal(t, "wait 2s", judged(b, waiting, false, noon.Add(1500*time.Millisecond)), "it has grown")
	require.Equal(t, "wait 1ms", judged(b, waiting, false, noon.Add(3499*time.Millisecond)))
	require.Equal(t, "digest", judged(b, waiting, false, noon.Add(3500*time.Millisecond)))
	waiting.Last = 30
	require.Equal(t, "wait 2s", judged(b, waiting, false, noon.Add(4*time.Second)), "the next one begins anew")
}

func TestABurstThatNeverStopsGrowingBecomesADigestInTenSeconds(t *testing.T) {
	t.Parallel()
	b := after(0)
	for second := range 9 {
		waiting := journal.Backlog{Others: 10 * (second + 1), Last: int64(second + 1)}
		require.Equal(t, fmt.Sprint("wait ", min(2, 10-second), "s"), judged(b, waiting, false, noon.Add(time.Duration(second)*time.Second)))
	}
	require.Equal(t, "digest", judged(b, journal.Backlog{Others: 200, Last: 99}, false, noon.Add(10*time.Second)))
}

func TestWhatIsUrgentNeverWaits(t *testing.T) {
	t.Parallel()
	b := after(0)
	waiting := journal.Backlog{Others: 10, Urgent: 1, Last: 10}
	require.Equal(t, "card", judged(b, waiting, true, noon))
	require.Equal(t, "wait 1s", judged(b, waiting, false, noon.Add(time.Second)), "the others waited meanwhile")
	require.Equal(t, "digest", judged(b, waiting, true, noon.Add(2*time.Second)))
}

func TestOneThatWaitedForCompanyInVainIsACard(t *testing.T) {
	t.Parallel()
	b := after(5)
	require.Equal(t, "wait 3s", judged(b, journal.Backlog{Others: 1, Last: 1}, false, noon))
	require.Equal(t, "card", judged(b, journal.Backlog{Others: 1, Last: 1}, false, noon.Add(3*time.Second)))
	b = after(5)
	require.Equal(t, "wait 3s", judged(b, journal.Backlog{Others: 1, Last: 1}, false, noon))
	require.Equal(t, "digest", judged(b, journal.Backlog{Others: 2, Last: 2}, false, noon.Add(3*time.Second)))
}

func TestAfterADigestAFewWaitLonger(t *testing.T) {
	t.Parallel()
	b := after(5)
	b.delivered(journal.Notice{Source: journal.Digests}, noon)
	require.Equal(t, "wait 10s", judged(b, journal.Backlog{Others: 1, Last: 1}, false, noon))
	b = &burst{limit: 5, digest: noon.Add(-time.Minute)}
	b.cards = after(5).cards
	require.Equal(t, "wait 3s", judged(b, journal.Backlog{Others: 1, Last: 1}, false, noon), "a minute later no more")
}

func TestACalmBacklogForgetsTheBurst(t *testing.T) {
	t.Parallel()
	b := after(0)
	require.Equal(t, "wait 2s", judged(b, journal.Backlog{Others: 6, Last: 1}, false, noon))
	require.Equal(t, "card", judged(b, journal.Backlog{Others: 5, Last: 1}, false, noon.Add(time.Second)))
	require.Equal(t, "wait 2s", judged(b, journal.Backlog{Others: 6, Last: 2}, false, noon.Add(9*time.Second)))
	require.Equal(t, "wait 1s", judged(b, journal.Backlog{Others: 6, Last: 2}, false, noon.Add(10*time.Second)))
}

func TestRepliesFilesAndNotesCountTowardsNoBurst(t *testing.T) {
	t.Parallel()
	b := &burst{limit: 5}
	for _, n := range []journal.Notice{{Source: journal.Threats, Thread: "1.1"}, {Source: journal.Files}, {Source: journal.Notes}} {
		b.delivered(n, noon)
	}
	require.Zero(t, b.recent(noon))
	b.delivered(journal.Notice{Source: journal.Alerts}, noon)
	require.Equal(t, 1, b.recent(noon.Add(59*time.Second)))
	require.Zero(t, b.recent(noon.Add(time.Minute)))
}
