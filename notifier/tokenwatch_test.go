package notifier_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/s1"
)

func TestOperatorsHearFourTimesThatTheTokenEnds(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		const day = 24 * time.Hour
		var known atomic.Pointer[s1.Token]
		known.Store(&s1.Token{})
		w.Config.Operators = func() string { return "COPS" }
		w.Config.Keep, w.Config.Interval = 7*day, 30*time.Minute
		w.Config.Token = func() s1.Token { return *known.Load() }
		told := func(want ...string) {
			t.Helper()
			require.Equal(t, want, notifiertest.Titles(w, "COPS"))
		}
		w.Start()
		w.Pass(time.Hour)
		told()

		end := time.Now().Add(31 * day)
		known.Store(&s1.Token{Expires: end, Owner: s1.Person})
		w.Pass(2 * time.Minute)
		told()
		w.Pass(day)
		thirty := "The console's API token expires in 30 days"
		told(thirty)
		require.True(t, notifiertest.Shows(t, w.Slack.In("COPS")[0], "belongs to a person"))
		w.Stop()
		w.Pass(8 * day) // what was delivered is forgotten meanwhile
		w.Start()
		w.Pass(day)
		known.Store(&s1.Token{Expires: end.Add(-time.Second)}) // the same end, as another call tells it
		w.Pass(5 * day)
		told(thirty)
		w.Pass(2 * day)
		fourteen := "The console's API token expires in 14 days"
		told(thirty, fourteen)

		w.Stop()
		w.Pass(13*day + 12*time.Hour) // over the third day and the last
		w.Start()
		w.Pass(2 * time.Minute)
		last := "The console's API token expires within a day"
		told(thirty, fourteen, last)
		w.Pass(day)
		told(thirty, fourteen, last)

		known.Store(&s1.Token{Expires: time.Now().Add(3 * day)})
		w.Pass(2 * time.Minute)
		told(thirty, fourteen, last, "The console's API token expires in 3 days")
	})
}
