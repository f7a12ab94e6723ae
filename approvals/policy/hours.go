package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours is a time of day, on some days of the week or on all, in a time zone. From later than to
// means over midnight; the night belongs to the day on which it began. The zero value is always.
//
// "22:00-06:00" with "Fri" ends on Saturday morning, as somebody who goes on shift on Friday would
// say it. In the hour that daylight saving skips or repeats the local clock decides, and nothing
// else.
type Hours struct {
	from, to int // minutes since midnight; to is not included
	days     []time.Weekday
	zone     *time.Location
}

// hoursForm is what ParseHours wants.
const hoursForm = `hours are written "08:00-18:00 Europe/Berlin" or "Mon-Fri 08:00-18:00 Europe/Berlin"`

// ParseHours reads "08:00-18:00 Europe/Berlin", with days of the week before it where wanted
// ("Mon-Fri", "Sat,Sun"). Without a zone it is UTC.
//
// A zone is one of the IANA database. "Local" is refused: it is the zone of whatever machine runs
// the bot, and would move with it.
func ParseHours(text string) (Hours, error) {
	fields := strings.Fields(text)
	h := Hours{zone: time.UTC}
	var err error
	if len(fields) > 0 && !strings.ContainsAny(fields[0], "0123456789") {
		if h.days, err = parseDays(fields[0]); err != nil {
			return Hours{}, err
		}
		fields = fields[1:]
	}
	if len(fields) == 0 || len(fields) > 2 {
		return Hours{}, fmt.Errorf("%q: %s", text, hoursForm)
	}
	from, to, _ := strings.Cut(fields[0], "-")
	var errFrom, errTo error
	h.from, errFrom = minutes(from)
	h.to, errTo = minutes(to)
	if errFrom != nil || errTo != nil || h.from == h.to {
		return Hours{}, fmt.Errorf("%q: %s", text, hoursForm)
	}
	if len(fields) == 2 {
		if h.zone, err = time.LoadLocation(fields[1]); err != nil || fields[1] == "Local" {
			return Hours{}, fmt.Errorf("%q: there is no time zone %q; use a name such as Europe/Berlin", text, fields[1])
		}
	}
	return h, nil
}

// minutes reads "08:00"; "24:00" is the end of the day.
func minutes(text string) (int, error) {
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err
}

// parseDays reads "Mon-Fri" or "Sat,Sun"; "Fri-Mon" goes over the weekend.
func parseDays(text string) ([]time.Weekday, error) {
	var days []time.Weekday
	for part := range strings.SplitSeq(text, ",") {
		first, last, span := strings.Cut(part, "-")
		from, ok := weekday(first)
		to, okToo := from, true
		if span {
			to, okToo = weekday(last)
		}
		if !ok || !okToo {
			return nil, fmt.Errorf("%q: %s", text, hoursForm)
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	return days, nil
}

// weekday reads an English day of the week, or its beginning of at least three letters.
func weekday(text string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), strings.ToLower(text)) {
			return d, true
		}
	}
	return 0, false
}

// Include reports whether now lies within h.
func (h Hours) Include(now time.Time) bool {
	if h.zone == nil {
		return true
	}
	local := now.In(h.zone)
	minute, day := local.Hour()*60+local.Minute(), local.Weekday()
	on := func(d time.Weekday) bool { return len(h.days) == 0 || slices.Contains(h.days, d) }
	if h.from < h.to {
		return on(day) && h.from <= minute && minute < h.to
	}
	return on(day) && minute >= h.from || on((day+6)%7) && minute < h.to
}
