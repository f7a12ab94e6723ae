package checks

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buildLimit is how long a build may take where nothing of it is cached.
const buildLimit = 10 * time.Minute

// What we publish, others can build again and compare: neither the folder, nor the user's home, nor the time is in it. For a
// release (S1BOT_TEST_COLD) the second build begins with an empty cache, so that the compiler's own work is compared; otherwise only what
// the folder's name changes is compiled again.
func TestTwoBuildsInDifferentFoldersAreEqual(t *testing.T) {
	t.Parallel()
	copied := filepath.Join(t.TempDir(), "another", "folder")
	files, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	require.NoError(t, err)
	for name := range strings.SplitSeq(strings.TrimRight(string(files), "\x00"), "\x00") {
		body, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(copied, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(copied, name), body, 0o644))
	}
	cache := os.Getenv("GOCACHE")
	if os.Getenv("S1BOT_TEST_COLD") != "" {
		cache = t.TempDir()
	}
	require.Equal(t, built(t, root, os.Getenv("GOCACHE")), built(t, copied, cache))
}

// built is the hash of the program that `make build` makes in a folder.
func built(t *testing.T, folder, cache string) [sha256.Size]byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), buildLimit)
	defer cancel()
	out := filepath.Join(t.TempDir(), "s1bot")
	build := exec.CommandContext(ctx, "make", "--no-print-directory", "-n", "build", "VERSION=v1.2.3", "COMMIT=abc", "DATE=2026-11-29T00:00:00Z")
	build.Dir = folder
	line, err := build.Output()
	require.NoError(t, err)
	compile := exec.CommandContext(ctx, "sh", "-c", strings.Replace(string(line), "-o s1bot ", "-o "+out+" ", 1))
	compile.Dir, compile.Env = folder, os.Environ()
	if cache != "" {
		compile.Env = append(compile.Env, "GOCACHE="+cache)
	}
	said, err := compile.CombinedOutput()
	require.NoError(t, err, "%s", said)
	body, err := os.ReadFile(out)
	require.NoError(t, err)
	require.False(t, bytes.Contains(body, []byte(filepath.Dir(out))) || bytes.Contains(body, []byte(os.Getenv("HOME")+"/")), "the program names folders of the machine that built it")
	return sha256.Sum256(body)
}
