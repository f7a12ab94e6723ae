package main

import (
	"context"
	"log/slog"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A part that is still at work holds up a drain, which the first signal began. The second one ends it at once, with an error: an exit code
// of 0 would say that all work was finished.
func TestASecondSignalEndsADrainAtOnce(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 2)
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{log: slog.New(slog.DiscardHandler), config: config{hurry: second(signals)}}
	ended := make(chan error)
	go func() { ended <- p.wait(ctx, cancel, nil, 1) }()
	signals <- syscall.SIGTERM
	cancel() // what the first one does
	signals <- syscall.SIGINT
	require.ErrorIs(t, <-ended, errHurried)
}
