package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADatabaseThatTakesNoWritesSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		require.NoError(t, db.Writable(t.Context()))
		meddle(t, address, `ALTER TABLE audit_head RENAME TO away`) // any write that fails will do
		require.Eventually(t, func() bool { return db.Writable(t.Context()) != nil }, 10*time.Second, 50*time.Millisecond)
		meddle(t, address, `ALTER TABLE away RENAME TO audit_head`)
		require.Eventually(t, func() bool { return db.Writable(t.Context()) == nil }, 10*time.Second, 50*time.Millisecond)
	})
}
