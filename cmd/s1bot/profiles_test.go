package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"
)

// profilesVariable is a folder for profiles of the program that tests start (see runAsChild), written at each SIGUSR1: of the processor's time
// since the last one, of the heap, of all that was allocated, and of what waited for what.
const profilesVariable = "S1BOT_TEST_PROFILES"

// profiles is what is written at a signal.
var profiles = []string{"heap", "allocs", "block", "mutex"}

// keepProfiles writes them until ctx ends, where the folder is named.
func keepProfiles(ctx context.Context) error {
	dir := os.Getenv(profilesVariable)
	if dir == "" {
		return nil
	}
	runtime.SetBlockProfileRate(10_000) // what waited for 10 µs counts
	runtime.SetMutexProfileFraction(5)
	wanted := make(chan os.Signal, 1)
	signal.Notify(wanted, syscall.SIGUSR1)
	cpu := new(bytes.Buffer)
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	go func() {
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-wanted:
			}
			pprof.StopCPUProfile()
			err := writeProfiles(dir, n, cpu)
			cpu = new(bytes.Buffer)
			if err := errors.Join(err, pprof.StartCPUProfile(cpu), os.WriteFile(written(dir, os.Getpid(), n), nil, 0o600)); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}()
	return nil
}

func writeProfiles(dir string, n int, cpu *bytes.Buffer) error {
	runtime.GC()
	file := func(name string) string {
		return filepath.Join(dir, fmt.Sprintf("%d.%s.%d.prof", os.Getpid(), name, n))
	}
	errs := []error{os.WriteFile(file("cpu"), cpu.Bytes(), 0o600)}
	for _, name := range profiles {
		var b bytes.Buffer
		errs = append(errs, pprof.Lookup(name).WriteTo(&b, 0), os.WriteFile(file(name), b.Bytes(), 0o600))
	}
	return errors.Join(errs...)
}

// written is a file that is there once the profiles are.
func written(dir string, pid, n int) string {
	return filepath.Join(dir, fmt.Sprintf("%d.written.%d", pid, n))
}

// profile has a process write its profiles for the nth time, where somebody wants them.
func profile(p *os.Process, n int) {
	dir := os.Getenv(profilesVariable)
	if dir == "" || p.Signal(syscall.SIGUSR1) != nil {
		return
	}
	for give := time.After(patience); ; {
		select {
		case <-give:
			return
		case <-time.After(10 * time.Millisecond):
			if _, err := os.Stat(written(dir, p.Pid, n)); err == nil {
				return
			}
		}
	}
}
