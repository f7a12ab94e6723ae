package transport

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A retirement is a path that the vendor has taken away, or will. What a closed path answers is not
// known before it happens, so each of routeGone counts.
type retirement struct {
	route   string    // or what it begins with, in whole elements
	since   time.Time // zero where the vendor names no day
	instead string    // what does the same, for people
}

// DeepVisibilityEnds is when the vendor closes dv/*, PowerQuery included; deprecated since
// 2026-02-15.
var DeepVisibilityEnds = time.Date(2027, time.February, 15, 0, 0, 0, 0, time.UTC)

// retirements are from the vendor's API document and from consoles that were asked (2026-11).
var retirements = []retirement{
	{"dv/fetch-file", time.Time{}, ""}, // is not deprecated, though the paths beside it are
	{"dv", DeepVisibilityEnds, "Hunt on the data lake: set S1BOT_HUNT_ENGINE to auto or sdl, and have the role of the bot's token allow SDL Query API › View."},
	{"threats/mark-as-threat", time.Time{}, "Set the analyst verdict of the threat instead."},
	{"hashes/{id}/reputation", time.Time{}, ""},
	{"exclusions", time.Time{}, "The console keeps unified exclusions only; look at them there."},
	{"cloud-detection/alerts", time.Time{}, "The console keeps unified alerts only; look at it there."},
	{graphQLRoute, time.Time{}, "It has no unified alerts yet, or no more: threats and alerts of rules have lists of their own."},
	{"queries", time.Time{}, "The console has no data lake: set S1BOT_HUNT_ENGINE to auto or dv."},
}

// retirementOf finds what is known of a route.
func retirementOf(route string) (retirement, bool) {
	i := slices.IndexFunc(retirements, func(r retirement) bool { return route == r.route || strings.HasPrefix(route, r.route+"/") })
	if i < 0 {
		return retirement{}, false
	}
	return retirements[i], true
}

// routeGone tells whether a status can mean that a console does not have a path.
func routeGone(status int) bool {
	return slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented}, status)
}

// Absent tells whether a console may not have the path of a call: whoever has another way tries it
// then.
func Absent(err error) bool {
	var e *Error
	return errors.As(err, &e) && routeGone(e.Status)
}

// IsRetired tells whether a console no longer has, or does not have yet, the call that failed.
func IsRetired(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == Retired
}

// retired tells whether a console does not have a call. On a path with an id 404 means that there
// is no such thing, and where the words are of a query or a file it is that which is gone.
func retired(call Call, status int, message string) bool {
	_, known := retirementOf(call.Route)
	switch status {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	case http.StatusNotFound:
		return known && len(call.IDs) == 0 && !strings.Contains(message, "query")
	case http.StatusGone:
		return call.Link.Empty() && !call.download && !strings.Contains(message, "query") && !strings.Contains(message, "file")
	}
	return false
}

// knownClosed tells whether a console does not have a call of which it is known that consoles may
// not have it.
func knownClosed(call Call, status int, message string) bool {
	_, known := retirementOf(call.Route)
	return known && retired(call, status, message)
}

// retiredWords says that a console does not have a call, and the way around it where there is one.
func retiredWords(call Call, said string, now time.Time) string {
	r, known := retirementOf(call.Route)
	if !known {
		return said
	}
	words := "This console doesn't have " + call.Route
	if !r.since.IsZero() {
		verb := "shut down"
		if now.Before(r.since) {
			verb = "shuts down"
		}
		words += ", which the vendor " + verb + " on " + r.since.Format(time.DateOnly)
	}
	return strings.TrimSpace(words + ". " + r.instead + " (" + cmp.Or(said, "no reason given") + ")")
}
