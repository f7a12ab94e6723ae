package webapi

import (
	"slices"
	"time"
)

// window counts the calls of the last minute [docs.slack.dev/apis/web-api/rate-limits].
type window struct{ times []time.Time }

// take tells whether one more call fits, and how many seconds to wait where it does not.
func (w *window) take(now time.Time, most int, span time.Duration) (seconds int, ok bool) {
	w.times = slices.DeleteFunc(w.times, func(t time.Time) bool { return now.Sub(t) >= span })
	if len(w.times) < most {
		w.times = append(w.times, now)
		return 0, true
	}
	wait := span - now.Sub(w.times[0])
	return int((wait + time.Second - 1) / time.Second), false
}

// Rates are the calls of the last minute by method, and by channel for chat.postMessage.
type Rates map[string]*window

// TooFast applies the tier of the method, and "no more than one message per second per channel".
func (r Rates) TooFast(name, channel string, perMinute int, now time.Time) (seconds int, limited bool) {
	key, most, span := name, perMinute, time.Minute
	switch {
	case name == "chat.postMessage":
		key, most, span = "channel "+channel, 1, time.Second
	case perMinute == 0:
		return 0, false
	}
	if r[key] == nil {
		r[key] = &window{}
	}
	seconds, ok := r[key].take(now, most, span)
	return seconds, !ok
}

// tiers of docs.slack.dev/apis/web-api/rate-limits, calls a minute. Slack says "20+": the careful
// value is the bare number.
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
)
