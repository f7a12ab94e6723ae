package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is the program that tests run as a process of its own: where it is, once one of them has asked for it.
var built struct {
	once   sync.Once
	folder string
	err    error
	output []byte
}

// TestMain takes away what was built for the tests. `make test` lets tests leave their garbage longer (GOGC), which this process has heard by
// now; the programs that they start, whose memory some of them measure, collect theirs as always.
func TestMain(m *testing.M) {
	_ = os.Unsetenv("GOGC")
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// buildProgram builds the program as `make build` does, once for all tests, and returns its path. What is measured or killed is
// then what people run: not the test binary, whose memory and pace under the race detector are several times the program's.
func buildProgram(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "s1bot-built-"); built.err != nil {
			return
		}
		build := exec.Command("go", "build", "-trimpath", "-o", built.folder, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		built.output, built.err = build.CombinedOutput()
	})
	require.NoError(t, built.err, "%s", built.output)
	return filepath.Join(built.folder, "s1bot")
}
