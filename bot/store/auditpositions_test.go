package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/syslog"
	"s1bot/bot/store"
)

func TestOneProcessSendsTheTrailAndTheNextGoesOnBehindIt(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		first, second := open(t, address).AuditPositions("syslog a"), open(t, address).AuditPositions("syslog a")
		claims := func(p store.AuditPositions, want syslog.Position, held bool) {
			t.Helper()
			got, has, err := p.Claim(t.Context(), time.Hour)
			require.NoError(t, err)
			require.Equal(t, held, has)
			require.Equal(t, want, got)
		}
		claims(first, syslog.Position{}, true)
		claims(second, syslog.Position{}, false)
		require.NoError(t, first.Save(t.Context(), syslog.Position{Seq: 7, Reported: true}))
		require.Error(t, second.Save(t.Context(), syslog.Position{Seq: 9}))
		claims(first, syslog.Position{Seq: 7, Reported: true}, true)
		require.NoError(t, first.Release(t.Context()))
		claims(second, syslog.Position{Seq: 7, Reported: true}, true)
		claims(first, syslog.Position{}, false)
		claims(open(t, address).AuditPositions("syslog b"), syslog.Position{}, true)
	})
}
