package intake

import (
	"context"
	"time"
)

// An Inbox keeps what Slack delivered from before its acknowledgement until it has been worked on.
//
// Slack sends only events again when an acknowledgement is missing; a slash command, a click and a
// form come once ("Using Socket Mode"). What is acknowledged and not in the inbox is therefore lost
// for good if the process dies, and what is in the inbox twice would run twice. Keys name what
// happened and not the envelope, so that a repeated event has the key that it had before; see
// inbound.
type Inbox interface {
	// Save has one delivery written down. What it returns waits until it is; fresh is false if the key
	// is known already.
	//
	// Deliveries that are saved before the first is waited for share the sync of the disk. An error
	// means that nothing may be assumed: the caller does not acknowledge.
	Save(ctx context.Context, key, kind string, payload []byte) (written func() (fresh bool, err error))
	// Finish marks a delivery as done and forgets its payload.
	Finish(ctx context.Context, key string) error
	// Unfinished takes over every delivery that a process which is gone saved and did not finish, and
	// calls each for it, oldest first. Calling it is this process's sign of life.
	Unfinished(ctx context.Context, each func(key, kind string, payload []byte, at time.Time) error) error
	// Release gives the deliveries with these keys, which this process saved and did not begin, to
	// other processes.
	Release(ctx context.Context, keys []string) error
	// Prune forgets deliveries that were finished before the given time.
	Prune(ctx context.Context, before time.Time) error
}
