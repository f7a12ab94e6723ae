package trailfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// rows is a trail of so many rows.
func rows(n int) (all []approvals.Entry) {
	var last approvals.Mark
	for i := range n {
		e := approvals.Entry{At: time.UnixMilli(int64(i)), Actor: "U1", Action: "asked", Command: "isolate", Detail: json.RawMessage(`{"why":"a<b"}`)}.After(last)
		all, last = append(all, e), e.Mark()
	}
	return all
}

// after yields those behind a row.
func after(all []approvals.Entry, seq int64) iter.Seq2[approvals.Entry, error] {
	return func(yield func(approvals.Entry, error) bool) {
		for _, e := range all {
			if e.Seq > seq && !yield(e, nil) {
				return
			}
		}
	}
}

func whole(all []approvals.Entry) approvals.Trail {
	t := approvals.Trail{Entries: after(all, 0)}
	if len(all) > 0 {
		t.Head = all[len(all)-1].Mark()
	}
	return t
}

// stream follows a trail, which may grow, into a new file.
func stream(t *testing.T, all *[]approvals.Entry) Stream {
	return Stream{
		Path: filepath.Join(t.TempDir(), "audit.jsonl"), Log: slog.New(slog.DiscardHandler),
		Rows: func(_ context.Context, seq int64) iter.Seq2[approvals.Entry, error] { return after(*all, seq) },
		Tell: func(context.Context, error) error { return nil },
	}
}

// run streams once, as a process that is stopped at once does.
func run(t *testing.T, s Stream) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, s.Run(ctx))
}

func numbers(t *testing.T, path string) (all []int64) {
	t.Helper()
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	for line := range strings.Lines(string(body)) {
		var e approvals.Entry
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		all = append(all, e.Seq)
	}
	return all
}

// A stop, a crash in the middle of a row and a log rotation: every row is in a file once.
func TestAStreamGoesOnWhereItsFileEnds(t *testing.T) {
	t.Parallel()
	all := rows(2)
	s := stream(t, &all)
	run(t, s)
	all = rows(4)
	half, err := os.OpenFile(s.Path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = half.WriteString(`{"seq":3,"at`)
	require.NoError(t, errors.Join(err, half.Close()))
	run(t, s)
	require.Equal(t, []int64{1, 2, 3, 4}, numbers(t, s.Path))

	last, err := s.append(t.Context(), -1)
	require.NoError(t, err)
	require.NoError(t, os.Rename(s.Path, s.Path+".1"))
	all = rows(5)
	_, err = s.append(t.Context(), last)
	require.NoError(t, err)
	require.Equal(t, []int64{5}, numbers(t, s.Path), "a running process goes on in the new file")
	n, err := Compare(whole(all), s.Path)
	require.NoError(t, err)
	require.Equal(t, 1, n, "which begins later than the trail")
}

// After a restore the trail has fewer rows than the file, and soon others of the same numbers. What is no trail is somebody else's.
func TestAFileOfAnotherTrailIsLeftAlone(t *testing.T) {
	t.Parallel()
	all := rows(2)
	for content, says := range map[string]string{
		`{"seq":1,"hash":"of another row"}`:            "Move the file away",
		`{"seq":9,"hash":"of a row after the backup"}`: "Move the file away",
		"my notes": "isn't an audit trail row",
		strings.Repeat("x", tailSize+1) + "\nmy notes\n": "isn't an audit trail row",
	} {
		s := stream(t, &all)
		content = strings.TrimSuffix(content, "\n") + "\n"
		require.NoError(t, os.WriteFile(s.Path, []byte(content), 0o600))
		_, err := s.append(t.Context(), -1)
		require.ErrorContains(t, err, says)
		body, err := os.ReadFile(s.Path)
		require.NoError(t, err)
		require.Equal(t, content, string(body))
	}
}

// Operators hear once that the file is behind and once that it is not, however long it takes until they can be told.
func TestOperatorsAreToldOfEachChangeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := rows(1)
		s := stream(t, &all)
		folder := filepath.Join(filepath.Dir(s.Path), "mount")
		s.Path = filepath.Join(folder, "audit.jsonl")
		var away atomic.Bool
		away.Store(true)
		heard := make(chan bool, 9)
		s.Tell = func(_ context.Context, failure error) error {
			if away.Load() {
				return errors.New("not connected to Slack yet")
			}
			heard <- failure == nil
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-time.After(5 * pause)
		away.Store(false)
		require.False(t, <-heard)
		<-time.After(5 * pause)
		require.NoError(t, os.Mkdir(folder, 0o700))
		require.True(t, <-heard)
		<-time.After(5 * pause)
		stop()
		require.NoError(t, <-ended)
		require.Empty(t, heard)
		require.Equal(t, []int64{1}, numbers(t, s.Path))
	})
}

func TestWhatWasWrittenMatchesTheTrail(t *testing.T) {
	t.Parallel()
	all := rows(3)
	var b bytes.Buffer
	n, err := Write(&b, whole(all))
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	require.Contains(t, b.String(), "a<b", "as people typed it")
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	for content, want := range map[string]int{b.String(): 3, b.String() + b.String() + `{"seq":4,"a`: 3, "": 0} { // two processes wrote it, one of them died
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		same, err := Compare(whole(all), path)
		require.NoError(t, err)
		require.Equal(t, want, same)
	}

	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	_, err = Compare(whole(all[:2]), path)
	require.ErrorContains(t, err, "it has row 3, which the trail doesn't have")
	forged := rows(3)
	forged[1].Actor = "U2"
	forged[1] = forged[1].After(forged[0].Mark())
	_, err = Compare(whole(forged), path)
	require.ErrorContains(t, err, "row 2 differs there")
	_, err = Write(&bytes.Buffer{}, whole(forged))
	require.Error(t, err, "an archive of a trail that is not whole would only look like one")
	require.NoError(t, os.WriteFile(path, []byte("my notes"), 0o600))
	_, err = Compare(whole(all), path)
	require.ErrorContains(t, err, "isn't an audit trail")
}
