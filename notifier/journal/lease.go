package journal

import (
	"errors"
	"time"
)

// A Claim says who wants the lease and for how long.
type Claim struct {
	Owner string
	For   time.Duration
	First bool // the first claim of a process that has just started
}

// ErrFenced says that another process has taken over.
var ErrFenced = errors.New("notifier: another process has the lease now")
