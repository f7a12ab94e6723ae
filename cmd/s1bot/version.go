package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(std streams) error {
	v := version()
	_, err := fmt.Fprintf(std.out, "s1bot %s (commit %s, %s)\n", v.Version, strings.TrimSpace(v.Commit+" "+v.Date), v.Go)
	return err
}

// What `make build` and `make release` stamp into the binary; empty where somebody built it otherwise.
var stampedVersion, stampedCommit, stampedDate string

// build is what the binary knows of how it was made.
type build struct{ Version, Commit, Date, Go string }

// version reads what the Makefile or the Go tool wrote into the binary.
//
// What was stamped counts first. `go install` stamps nothing, but the Go tool notes the module's
// version, and a build in a checkout its revision.
func version() build {
	b := build{Version: cmp.Or(stampedVersion, "devel"), Commit: cmp.Or(stampedCommit, "unknown"), Date: stampedDate, Go: runtime.Version()}
	if stampedVersion != "" {
		return b
	}
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
