package consoletest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Shared is where facts about the console's API lie beside a working copy; they are no part of the
// repository. Tests run in the folder of their package, which may be one deep or two.
func Shared() string {
	for up := filepath.Join("..", ".."); len(up) < len("../../../../.."); up = filepath.Join("..", up) {
		if at := filepath.Join(up, "shared", "s1-api"); isFolder(at) {
			return at
		}
	}
	return filepath.Join("..", "..", "shared", "s1-api")
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Recorded returns the recorded objects whose file names begin with prefix, or made-up ones where
// there are no recordings.
func Recorded(t *testing.T, prefix string, madeUp string) map[string]json.RawMessage {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Shared(), "samples", prefix+"*.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Logf("no recorded %s at hand: testing with made-up data", prefix)
		return map[string]json.RawMessage{"made up": json.RawMessage(madeUp)}
	}
	found := map[string]json.RawMessage{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		found[filepath.Base(file)] = text
	}
	return found
}

// Framed wraps a recorded object in the frame of a list, unless it is a list of its own.
func Framed(raw json.RawMessage) string {
	var list struct{ Data []json.RawMessage }
	if json.Unmarshal(raw, &list) == nil && list.Data != nil {
		return string(raw)
	}
	return `{"data":[` + string(raw) + `],"pagination":{"totalItems":1,"nextCursor":null}}`
}
