package checks

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// When the time for fuzzing is over, Go's engine may call that a failure (golang/go#75804). It is told from what fuzzing found.
func TestOnlyWhatFuzzingFoundFailsTheCheck(t *testing.T) {
	over := "fuzz: elapsed: 5s, execs: 47971 (9563/sec)\n--- FAIL: FuzzRow (5.08s)\n    context deadline exceeded\nFAIL\n"
	for _, c := range []struct {
		name, said string
		exits, is  int
	}{
		{"nothing was found", "PASS\n", 0, 0},
		{"the time was over", over, 1, 0},
		{"the time was over, by go test", over + "exit status 1\nFAIL\ts1bot/approvals/trail\t5.103s\n", 1, 0},
		{"an input that fails", "--- FAIL: FuzzRow (0.31s)\n    --- FAIL: FuzzRow (0.00s)\n        row_test.go:9: lost a column\n    \n    Failing input written to testdata/fuzz/FuzzRow/1\nFAIL\n", 1, 1},
		{"an input that fails by a deadline of its own", "--- FAIL: FuzzRow (0.31s)\n    context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzRow/1\nFAIL\n", 1, 1},
		{"a seed that fails by a deadline of its own", "--- FAIL: FuzzRow (0.31s)\n    --- FAIL: FuzzRow/seed#3 (0.00s)\n        context deadline exceeded\nFAIL\n", 1, 1},
		{"a worker that hangs", "--- FAIL: FuzzRow (5.08s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\nFAIL\n", 1, 1},
		{"a panic", "panic: runtime error\n", 2, 2},
		{"no word", "", 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := exec.Command("../../.ci/fuzz", "sh", "-c", `printf %s "$0"; exit "$1"`, c.said, string(rune('0'+c.exits)))
			out, err := run.CombinedOutput()
			require.Equal(t, c.is, run.ProcessState.ExitCode(), "%s (%v)", out, err)
			require.Contains(t, string(out), c.said, "what was said is shown")
		})
	}
}
