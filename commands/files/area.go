// Package files has what comes from endpoints as files: collected and fetched files, files of
// threats, scripts and their results. The calls are those below /agents/{id}/actions/fetch-files,
// /threats/fetch-file, /remote-scripts and, to see what arrived, /activities.
//
// An order is a request that an endpoint uploads something; the upload comes minutes or days later,
// and is found by the batch of its order in the activity log (pickup), then downloaded and posted
// (downloads.go). Waiting goes on after a restart from what was saved.
//
//	POST fetch-files ──▶ activity 81, "asked", with the batch's UUID ──▶ … ──▶ activity 80, "uploaded", same batch ──▶ GET uploads/{activity}
//	POST threats/fetch-file ───────────────────────────────────────▶ … ──▶ activity 86, with a batch of its own ──▶ GET uploads/{activity}
//	POST remote-scripts/execute ──▶ parent task ──▶ a task per endpoint ──▶ POST remote-scripts/fetch-files ──▶ signed links
//
// The answer to the order names no batch, and the console cannot search for one, so the log is read
// from a little before the order and compared here, by endpoint and by batch. To take the newest
// upload of any endpoint instead, as some integrations do, can hand over somebody else's files.
// Files are kept for three days, thirty for an endpoint; what is gone is 410.
//
// Scripts are another kind of order: one parent task, one task for each endpoint, which appear one
// by one after the yes. Their outputs are behind signed links that hand the file to whoever has
// them, so links are asked for again when they are needed and never kept, shown or logged.
//
// The rule one must not break: an archive is passed on as it comes, encrypted and unopened, and its
// password, like a script input that may hold one, is never written down in the clear.
package files

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(fileCommands(), scriptCommands())
}
