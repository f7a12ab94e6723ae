package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// SQLite writes over its log while the disk is full, and only the write that needs more room fails.
func TestAFullDiskIsFound(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("this takes the right to mount a small disk:", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(folder, syscall.MNT_DETACH)) })
	db := open(t, "sqlite:"+filepath.Join(folder, "s1bot.db"))
	require.NoError(t, db.Writable(t.Context()))
	filler := filepath.Join(folder, "filler")
	_ = os.WriteFile(filler, make([]byte, 8<<20), 0o600) // as much as fits
	require.Eventually(t, func() bool { return db.Writable(t.Context()) != nil }, 10*time.Second, 50*time.Millisecond)
	require.ErrorContains(t, db.Writable(t.Context()), "disk is full")
	require.ErrorContains(t, db.Check(t.Context()), "disk is full")
	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { return db.Writable(t.Context()) == nil }, 10*time.Second, 50*time.Millisecond)
}
