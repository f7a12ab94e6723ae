// Package memory decides how much of it the process takes: a budget in all (Bound), and within that
// how much garbage may gather before it is collected (Heap).
//
// The rule one must not break: the budget is what the container allows, or less. Nothing that makes
// the program faster may take more.
package memory

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"s1bot/s1/transport"
)

// Bound gives the process its budget of memory, in bytes, and returns it: from where on the
// garbage collector works harder. Large answers of the console share a part of it and wait for room
// beyond that (see transport.Gate). GOMEMLIMIT counts first, then set (0: nothing was),
// then what the container has.
//
// A limit for the runtime is soft: it collects more often near it and goes beyond it where live
// memory needs to. What keeps live memory below it is the gate.
func Bound(set int64) int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		return debug.SetMemoryLimit(-1) // the runtime has read it; -1 only asks
	}
	budget := memoryBudget(set, containerMemory(os.DirFS("/")))
	debug.SetMemoryLimit(budget)
	return budget
}

// memoryBudget is what was set or, without that, three quarters of what the container has: the rest is for what is not the heap. More than
// transport.DefaultMemory is never taken without being told to, for that is enough.
func memoryBudget(set, container int64) int64 {
	if set > 0 {
		return set
	}
	return min(transport.DefaultMemory, container/4*3)
}

// containerMemory is the least that a control group allows which the process is in, math.MaxInt64
// where none does.
//
// The runtime does not read control groups for memory by itself, and without this a container of 64
// MiB would be killed while the collector still saw room.
func containerMemory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil { // another system than Linux
		return least
	}
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // "0::/a/b" of version 2, "5:memory:/a/b" of version 1
		if len(parts) != 3 {
			continue
		}
		mounted, file := "sys/fs/cgroup", "memory.max"
		if parts[1] != "" {
			mounted, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if parts[1] == "" || parts[1] == "memory" {
			least = min(least, leastOf(root, mounted, parts[2], file))
		}
	}
	return least
}

// leastOf is the least limit of a group and of those that it is in. Inside a container the group's own path may not be there, and its
// limit stands at the root.
func leastOf(root fs.FS, mounted, group, file string) int64 {
	least := int64(math.MaxInt64)
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		text, err := fs.ReadFile(root, path.Join(mounted, at, file))
		if n, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && parseErr == nil && n > 0 { // "max" is none
			least = min(least, n)
		}
		if at == "/" {
			return least
		}
	}
}
