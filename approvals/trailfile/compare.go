package trailfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"s1bot/approvals"
)

// Compare walks trail beside a file that it was streamed to, which may begin later than the
// trail (older files were moved away), and returns how many rows the file has. A row that differs,
// or that the trail lacks, is an error.
//
// Rows of the trail before the file's first are passed over; those after its last are not in the
// file yet, which is no error.
func Compare(trail approvals.Trail, path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	lines := json.NewDecoder(file)
	wanted, more, err := nextRow(lines, 0)
	same := 0
	for e, readErr := range trail.Entries {
		switch {
		case err != nil || readErr != nil:
			return same, errors.Join(err, readErr)
		case !more:
			return same, nil
		case e.Seq < wanted.Seq:
			continue
		case e.Mark() != wanted.Mark():
			return same, fmt.Errorf("row %d differs there", wanted.Seq)
		}
		same++
		wanted, more, err = nextRow(lines, e.Seq)
	}
	if more {
		return same, fmt.Errorf("it has row %d, which the trail doesn't have", wanted.Seq)
	}
	return same, err
}

// nextRow reads the first row after another one: what several processes wrote into one file stands there several times. A half-written
// row at the end, which a crash left, is none.
func nextRow(lines *json.Decoder, after int64) (e approvals.Entry, more bool, err error) {
	for e.Seq <= after {
		e = approvals.Entry{}
		switch err := lines.Decode(&e); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return e, false, nil
		case err != nil:
			return e, false, fmt.Errorf("it isn't an audit trail: %w", err)
		}
	}
	return e, true, nil
}
