package main

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A part that is still at work holds up a drain, which the first interrupt began. The second one ends it at once, with an error: an exit code
// of 0 would say that all work was finished.
func TestASecondInterruptEndsADrainAtOnce(t *testing.T) {
	t.Parallel()
	interrupts := make(chan os.Signal, 2)
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{log: slog.New(slog.DiscardHandler), config: config{hurry: second(interrupts)}}
	ended := make(chan error)
	go func() { ended <- p.wait(ctx, cancel, nil, 1) }()
	interrupts <- os.Interrupt
	cancel() // what the first one does
	interrupts <- os.Interrupt
	require.ErrorIs(t, <-ended, errHurried)
}
