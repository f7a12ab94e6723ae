// Package files has what comes from endpoints as files: collected and fetched files, files of threats, scripts and their results. The
// calls are those below /agents/{id}/actions/fetch-files, /threats/fetch-file, /remote-scripts and, to see what arrived, /activities.
//
// An order is a request that an endpoint uploads something; the upload comes minutes or days later, and is found by the batch of its order
// in the activity log (pickup), then downloaded and posted (downloads.go). Waiting goes on after a restart from what was saved.
//
// The rule one must not break: an archive is passed on as it comes, encrypted and unopened, and its password, like a script input that may
// hold one, is never written down in the clear.
package files

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(fileCommands(), scriptCommands())
}
