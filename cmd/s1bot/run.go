package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"s1bot/bot/store"
	"s1bot/cmd/s1bot/memory"
	"s1bot/s1/transport"
)

type runCmd struct{}

// Help is shown by `s1bot run --help`.
func (runCmd) Help() string {
	return "All settings are environment variables; README.md lists them. A wrong or missing one stops the program at once."
}

// Run serves until the context ends.
//
// The database is closed last, after all parts that use it; an error of the closing is told as
// well.
func (runCmd) Run(ctx context.Context, std streams) error {
	c, err := readConfig(environment())
	if err != nil {
		return settingsError{err}
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP) // before anything takes time: unheard, it would end the program
	defer signal.Stop(reload)
	interrupts := make(chan os.Signal, 2) // as many as are waited for
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	c.hurry = second(interrupts)
	log := newLogger(std.err, c)
	c.gate, c.heap = transport.NewGate(memory.Bound(c.Memory<<20)), memory.NewHeap()
	p, err := assemble(ctx, c, log)
	if err != nil {
		return err
	}
	go p.reloadOn(ctx, reload)
	log.Info("starting", "console", c.ConsoleURL, "database", store.Place(c.DatabaseURL), "commands", len(p.bot.Catalog.Commands()), "version", version().Version)
	return errors.Join(p.run(ctx), p.close())
}

// second closes its channel at the second interrupt. The first one asks for a drain, and whoever presses Ctrl-C again does not want to wait
// for it: a request that runs is taken up at the next start, as after a crash.
func second(interrupts <-chan os.Signal) <-chan struct{} {
	hurry := make(chan struct{})
	go func() {
		<-interrupts
		<-interrupts
		close(hurry)
	}()
	return hurry
}
