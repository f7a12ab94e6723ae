package policy

import "time"

// A Tally counts what somebody asked for since a moment. The zero value counts nothing and is never
// out of date.
//
// It is a promise as well as a number: a request that was decided on with it is only written if
// Requests is still right (Store.Insert).
type Tally struct {
	Since     time.Time
	Requests  int // of any kind, whatever became of them
	Targets   int // of destructive requests that were not turned down
	Endpoints int // that changes acted on, which were not turned down
}
