package wire

import (
	"strconv"
	"strings"
	"time"
)

// Time is a moment in the console's JSON. It never fails to decode: null, "", "None" and the year 1970, all of which consoles
// send for "never", become the zero time.
type Time struct{ time.Time }

// The spellings of time that consoles use; the first is the documented one.
var TimeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly}

// UnmarshalJSON reads any spelling of a time; what is none becomes the zero time.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	text := strings.Trim(string(data), `"`)
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		t.set(fromEpoch(number))
		return nil
	}
	for _, layout := range TimeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.set(parsed)
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

func (t *Time) set(parsed time.Time) {
	if parsed.UTC().Year() > 1970 {
		t.Time = parsed.UTC()
	}
}

// fromEpoch reads seconds or, where they would lie beyond the year 5000, milliseconds.
func fromEpoch(n int64) time.Time {
	if n > 100_000_000_000 {
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}

// FormatTime writes t as the console's query parameters want it: UTC with microseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
