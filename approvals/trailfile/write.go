package trailfile

import (
	"encoding/json"
	"io"

	"s1bot/approvals"
)

// Write writes each row of the trail as a line of JSON, verified. The chain is verified while
// it is written, row by row in one pass: what is verified first and read again afterwards might not
// be the same. HTML is not escaped, so that a line reads as people typed it.
func Write(w io.Writer, trail approvals.Trail) (rows int64, err error) {
	lines, entries := json.NewEncoder(w), trail.Entries
	lines.SetEscapeHTML(false)
	trail.Entries = func(yield func(approvals.Entry, error) bool) {
		for e, err := range entries {
			if err == nil {
				err = lines.Encode(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
	return approvals.Verify(trail)
}
