package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A full disk says so, also where SQLite has another word for it (sqlite.org/rescode.html#ioerr_shmsize).
func TestAFullDiskIsNoBrokenOne(t *testing.T) {
	t.Parallel()
	for code, kind := range map[int]int{13: 13, 4874: 13, 10: 10, 778: 10, 261: 5} {
		require.Equal(t, kind, primary(code))
	}
}
