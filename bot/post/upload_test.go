package post

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/tempfile"
)

// A drop is a Slack that takes files, hashes what comes and keeps nothing. The first breaks many uploads fail half way.
type drop struct {
	address string
	breaks  int32
	began   atomic.Int32
	sum     [32]byte
	shared  atomic.Int32
}

func (d *drop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/files.getUploadURLExternal"):
		_, _ = io.WriteString(w, `{"ok":true,"upload_url":"`+d.address+`/upload","file_id":"F1"}`)
	case strings.HasSuffix(r.URL.Path, "/files.completeUploadExternal"):
		d.shared.Add(1)
		_, _ = io.WriteString(w, `{"ok":true,"files":[{"id":"F1"}]}`)
	case r.URL.Path == "/upload":
		if d.began.Add(1) <= d.breaks {
			_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
			panic(http.ErrAbortHandler)
		}
		parts, err := r.MultipartReader()
		if err == nil {
			part, err := parts.NextPart()
			if err == nil {
				hash := sha256.New()
				_, _ = io.Copy(hash, part)
				hash.Sum(d.sum[:0])
			}
		}
		_, _ = io.WriteString(w, "OK")
	default:
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1.2","message":{"ts":"1.2"}}`)
	}
}

func startDrop(t *testing.T, breaks int32) (*drop, *Messenger) {
	t.Helper()
	d := &drop{breaks: breaks}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.address = server.URL
	api := slack.New("xoxb-made-up", slack.OptionAPIURL(server.URL+"/api/"))
	return d, &Messenger{API: api, Uploads: api, HTTP: server.Client(), Log: slog.New(slog.DiscardHandler),
		Find: func(context.Context, string, string, string, time.Time) ([]string, error) { return nil, nil }}
}

// onDisk is a file of so many MiB, and its hash.
func onDisk(t *testing.T, mib int) (*tempfile.File, [32]byte) {
	t.Helper()
	f, err := tempfile.NewSpace(t.TempDir(), 1<<30).Create()
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	hash, block := sha256.New(), make([]byte, 1<<20)
	for i := range mib {
		block[0] = byte(i)
		hash.Write(block)
		_, err := f.Write(block)
		require.NoError(t, err)
	}
	return f, [32]byte(hash.Sum(nil))
}

func TestAFileOnDiskIsUploadedAgainWhereTheConnectionBroke(t *testing.T) {
	t.Parallel()
	d, messenger := startDrop(t, 1)
	file, sum := onDisk(t, 3)
	_, _, err := messenger.Post(t.Context(), "C1", "", "", render.Card{Title: "Agents", Files: []render.File{{Name: "agents.csv", Title: "Agents", Disk: file}}})
	require.NoError(t, err)
	require.EqualValues(t, 2, d.began.Load())
	require.Equal(t, sum, d.sum, "the second time it begins with the first byte")
	require.EqualValues(t, 1, d.shared.Load())
}

// What goes from disk to Slack passes through memory in small pieces: the garbage of the upload of 64 MiB is a fraction of it.
func TestAFileOnDiskIsNeverInMemory(t *testing.T) {
	d, messenger := startDrop(t, 0)
	file, sum := onDisk(t, 64)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ready, lost := messenger.stage(t.Context(), []render.File{{Name: "agents.csv", Disk: file}})
	runtime.ReadMemStats(&after)
	require.Empty(t, lost)
	require.Len(t, ready, 1)
	require.Equal(t, sum, d.sum)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
}

func TestAFileThatSlackRefusesIsNamedOnItsCard(t *testing.T) {
	t.Parallel()
	_, messenger := startDrop(t, 0)
	file, _ := onDisk(t, 1)
	require.NoError(t, file.Close())
	_, _, err := messenger.Post(t.Context(), "C1", "", "", render.Card{Title: "Agents", Text: "two", Files: []render.File{{Name: "agents.csv", Title: "All agents", Disk: file}}})
	var missing *FilesError
	require.ErrorAs(t, err, &missing)
	require.Contains(t, missing.Words(), "I couldn't upload agents.csv")
}
