package wire

import (
	"strconv"
	"strings"
	"time"
)

// Time is a moment in the console's JSON. It never fails to decode: null, "", "None", the year 1970
// and years from 9999 on, all of which consoles send for "never", become the zero time. Beyond
// 9999, also by the way to somebody's time zone, a time.Time cannot be written as JSON, and what
// carries one could not be kept: a request, a plan, a row of the audit trail.
type Time struct{ time.Time }

// TimeOf is t as the console's, the zero time where it is none.
func TimeOf(t time.Time) Time {
	if year := t.UTC().Year(); year <= 1970 || year >= 9999 {
		return Time{}
	}
	return Time{t.UTC()}
}

// The spellings of time that consoles use; the first is the documented one.
var TimeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly}

// UnmarshalJSON reads any spelling of a time; what is none becomes the zero time.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	text := strings.Trim(string(data), `"`)
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		*t = TimeOf(fromEpoch(number))
		return nil
	}
	for _, layout := range TimeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			*t = TimeOf(parsed)
			return nil
		}
	}
	return nil
}

// MarshalJSON writes the time as the console does, null for the zero time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + FormatTime(t.Time) + `"`), nil
}

// fromEpoch reads seconds, milliseconds (from what would be the year 5138 on), microseconds or
// nanoseconds (of 2001 and later).
func fromEpoch(n int64) time.Time {
	switch {
	case n > 1e18:
		return time.Unix(0, n)
	case n > 1e15:
		return time.UnixMicro(n)
	case n > 1e11:
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}

// FormatTime writes t as the console's query parameters want it: UTC with microseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
