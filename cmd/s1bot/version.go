package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(std streams) error {
	v := version()
	_, err := fmt.Fprintf(std.out, "s1bot %s (commit %s, %s)\n", v.Version, v.Commit, v.Go)
	return err
}

// build is what the binary knows of how it was made.
type build struct{ Version, Commit, Go string }

// version reads what the Go tool wrote into the binary.
func version() build {
	b := build{Version: "devel", Commit: "unknown", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	return b
}
