package text

import "time"

// Input is what slash text means beside its words: the caller's time zone and the present.
type Input struct {
	Zone *time.Location // UTC when nil
	Now  time.Time
	Own  []string // words that whoever reads the text knows beside commands, so that a mistyped one is corrected to them, too
}

// Location is never nil, so that nobody has to ask.
func (in Input) Location() *time.Location {
	if in.Zone == nil {
		return time.UTC
	}
	return in.Zone
}
