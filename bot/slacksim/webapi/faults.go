package webapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A FaultKind is a way in which Slack, or the network before it, can fail.
type FaultKind int

// The kinds of faults.
const (
	FaultError     FaultKind = iota // {"ok":false,"error":Fault.Error}, internal_error by default
	FaultRateLimit                  // 429 with Retry-After, without one where it is negative
	FaultStatus                     // Fault.Status with a short text, 503 by default
	FaultHTML                       // 200 with a page of HTML
	FaultHang                       // no answer for Fault.Delay, or until the client gives up
	FaultReset                      // the connection is reset
	FaultCut                        // the JSON of the answer ends half way
	FaultBlank                      // 200 with JSON that says nothing, as of a gateway before Slack
	FaultSlow                       // the right answer, after Fault.Delay
)

// A Fault makes calls fail.
type Fault struct {
	Method     string // a method of the Web API, "response_url", "upload", or "*" for all of them
	Kind       FaultKind
	If         func(args map[string]string) bool // only calls with such arguments; nil = all of the method
	Times      int                               // so many calls fail; 0 = one, negative = until ClearFaults
	After      bool                              // the call takes effect, and only the answer is lost
	Error      string
	Status     int
	RetryAfter int    // seconds; default 1; negative: Slack does not say, as its edge and proxies do
	About      string // users.info of this person alone, usergroups.users.list of this group; by id
	Delay      time.Duration
}

// Faults are those that have not happened yet, in the order of their making.
type Faults []*Fault

// Add fills in what a fault does not say.
func (fs *Faults) Add(f Fault) {
	f.Times = cmp.Or(f.Times, 1)
	f.Error = cmp.Or(f.Error, "internal_error")
	f.Status = cmp.Or(f.Status, http.StatusServiceUnavailable)
	f.RetryAfter = cmp.Or(f.RetryAfter, 1)
	*fs = append(*fs, &f)
}

// Take finds the fault that this call meets, and counts it down.
func (fs *Faults) Take(method string, args map[string]string) *Fault {
	for i, f := range *fs {
		if f.Method != method && f.Method != "*" || f.If != nil && !f.If(args) ||
			f.About != "" && f.About != args["user"]+args["usergroup"] {
			continue
		}
		if f.Times--; f.Times == 0 {
			*fs = slices.Delete(*fs, i, i+1)
		}
		return f
	}
	return nil
}

// Play answers as the fault says and returns the status and the error for the record.
func (f *Fault) Play(ctx context.Context, quit <-chan struct{}, w http.ResponseWriter) (status int, failure string) {
	switch f.Kind {
	case FaultRateLimit:
		return RateLimited(w, f.RetryAfter), "ratelimited"
	case FaultStatus:
		http.Error(w, http.StatusText(f.Status), f.Status)
		return f.Status, http.StatusText(f.Status)
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Slack</title></head><body>Something went wrong.</body></html>"))
		return http.StatusOK, "an HTML page"
	case FaultHang:
		Hang(ctx, quit, f.Delay)
		panic(http.ErrAbortHandler)
	case FaultReset:
		panic(http.ErrAbortHandler)
	case FaultCut:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(`{"ok":true,"channel":"C0`))
		return http.StatusOK, "half an answer"
	case FaultBlank:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte("{}"))
		return http.StatusOK, "nothing"
	}
	WriteJSON(w, http.StatusOK, map[string]any{"ok": false, "error": f.Error})
	return http.StatusOK, f.Error
}

// Hang waits for the pause, or until somebody gives up; without a pause until then.
func Hang(ctx context.Context, quit <-chan struct{}, d time.Duration) {
	forever := d <= 0
	timer := time.NewTimer(max(d, time.Nanosecond))
	defer timer.Stop()
	due := timer.C
	if forever {
		due = nil
	}
	select {
	case <-due:
	case <-ctx.Done():
	case <-quit:
	}
}

// RateLimited answers 429; a negative pause leaves Retry-After out.
func RateLimited(w http.ResponseWriter, seconds int) int {
	if seconds >= 0 { // a proxy before Slack sends none
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	WriteJSON(w, http.StatusTooManyRequests, map[string]any{"ok": false, "error": "ratelimited"})
	return http.StatusTooManyRequests
}
