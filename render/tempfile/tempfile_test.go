package tempfile_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/render/tempfile"
)

func create(t *testing.T, space *tempfile.Space) *tempfile.File {
	t.Helper()
	f, err := space.Create()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func content(t *testing.T, f *tempfile.File) string {
	t.Helper()
	r, err := f.Reader()
	require.NoError(t, err)
	body, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(body)
}

func TestAFileIsReadAsOftenAsNeeded(t *testing.T) {
	t.Parallel()
	f := create(t, tempfile.NewSpace(t.TempDir(), 1<<20))
	for range 1000 {
		_, err := f.Write([]byte("a row of the list\n"))
		require.NoError(t, err)
	}
	require.EqualValues(t, 18_000, f.Size())
	for range 3 {
		require.Equal(t, strings.Repeat("a row of the list\n", 1000), content(t, f))
	}
}

// Nobody else on the machine can open it, and a process that is killed leaves nothing behind.
func TestAFileHasNoName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := create(t, tempfile.NewSpace(dir, 1<<20))
	_, err := f.Write(bytes.Repeat([]byte("x"), 200<<10))
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestAKilledProcessLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("TEMPFILE_TEST_DIR"); dir != "" {
		f, err := tempfile.NewSpace(dir, 1<<20).Create()
		require.NoError(t, err)
		_, err = f.Write(bytes.Repeat([]byte("x"), 200<<10))
		require.NoError(t, err)
		_, _ = os.Stdout.WriteString("written\n")
		select {}
	}
	dir := t.TempDir()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestAKilledProcessLeavesNothingBehind$")
	victim.Env = append(os.Environ(), "TEMPFILE_TEST_DIR="+dir)
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	_, err = io.ReadFull(out, make([]byte, len("written\n")))
	require.NoError(t, err)
	require.NoError(t, victim.Process.Kill())
	require.Error(t, victim.Wait())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestAllFilesTogetherAreBounded(t *testing.T) {
	t.Parallel()
	space := tempfile.NewSpace(t.TempDir(), 100)
	one, other := create(t, space), create(t, space)
	_, err := one.Write(make([]byte, 70))
	require.NoError(t, err)
	n, err := other.Write(make([]byte, 31))
	require.ErrorIs(t, err, tempfile.ErrFull)
	require.Zero(t, n)
	_, err = other.Write(make([]byte, 30))
	require.NoError(t, err, "what fits still does")
	require.EqualValues(t, 100, space.Used())
	require.Len(t, content(t, other), 30, "what was written stays readable")

	require.NoError(t, one.Close())
	require.NoError(t, one.Close(), "closing again does nothing")
	require.EqualValues(t, 30, space.Used())
	_, err = other.Write(make([]byte, 70))
	require.NoError(t, err)
}

func TestAForgottenFileGivesItsRoomBack(t *testing.T) {
	t.Parallel()
	space := tempfile.NewSpace(t.TempDir(), 100)
	f, err := space.Create()
	require.NoError(t, err)
	_, err = f.Write(make([]byte, 70))
	require.NoError(t, err)
	require.EqualValues(t, 70, space.Used())
	runtime.KeepAlive(f)
	require.Eventually(t, func() bool { runtime.GC(); return space.Used() == 0 }, 10*time.Second, time.Millisecond)
}

func TestADirectoryThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	_, err := tempfile.NewSpace("/nowhere/at/all", 100).Create()
	require.ErrorContains(t, err, "create a temporary file")
}

func TestADiskThatTakesNoMoreIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	_, err := tempfile.NewSpace(t.TempDir()+"/gone", 1<<20).Create()
	require.ErrorIs(t, err, tempfile.ErrDisk)
	for _, size := range []int{200 << 10, 1} { // more than the buffer, and what stays in it
		f, err := tempfile.NewSpace(t.TempDir(), 1<<20).Create()
		require.NoError(t, err)
		require.NoError(t, f.Close()) // what is written from now on fails, as on a full disk
		_, err = f.Write(make([]byte, size))
		if err == nil {
			_, err = f.Reader()
		}
		require.ErrorIs(t, err, tempfile.ErrDisk)
	}
}
