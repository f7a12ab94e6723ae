package notifier

import (
	"context"
	"testing"
	"time"

	"s1bot/notifier/journal"

	"github.com/stretchr/testify/require"
)

// arriving is a journal into which a card that is on its way is written down right after it was first asked for anything.
type arriving struct {
	Journal
	notice journal.Notice
}

func (a *arriving) Notices(_ context.Context, q journal.Query) ([]journal.Notice, error) {
	now := a.notice
	a.notice.State, a.notice.TS = journal.Delivered, "7.000001"
	if q.Want == journal.ToPost && now.State == journal.Sending || q.TS != "" && q.TS == now.TS {
		return []journal.Notice{now}, nil
	}
	return nil, nil
}

func TestACardThatIsWrittenDownBetweenTwoLooksIsFound(t *testing.T) {
	t.Parallel()
	journal := &arriving{notice: journal.Notice{Source: journal.Threats, ID: "1", Channel: "CTHREATS", State: journal.Sending, Tried: time.Now()}}
	n := &Notifier{config: Config{Journal: journal, Now: time.Now}}
	about, err := n.About(t.Context(), "CTHREATS", "7.000001")
	require.NoError(t, err)
	require.Equal(t, Subject{Kind: "threat", ID: "1"}, about)
}

func TestAReportFollowsTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	s := Schedule{Times: []TimeOfDay{{6, 0}}, Zone: berlin}
	require.Equal(t, "2026-03-28T05:00:00Z", s.last(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)).UTC().Format(time.RFC3339))
	require.Equal(t, "2026-03-29T04:00:00Z", s.last(time.Date(2026, 3, 29, 4, 0, 0, 0, time.UTC)).UTC().Format(time.RFC3339), "summer time has begun")
	require.True(t, Schedule{}.last(time.Now()).IsZero())
}
