// Package files has the commands that bring files from endpoints and run scripts on them. Both are asked for now and are there later: the
// endpoint uploads when it can, and a task ends when it ends, so they are long work that survives a restart.
//
// The rule one must not break: what comes from an endpoint may be malware, and a script's input may be a password. Files are handed over
// as they came and never opened; inputs show as marks.
package files

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(fileCommands(), scriptCommands())
}
