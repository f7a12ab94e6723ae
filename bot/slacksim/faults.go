package slacksim

import (
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

// Fail lets the next calls of a method fail.
func (ws *Workspace) Fail(f Fault) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	setDefault(&f.Times, 1)
	setDefault(&f.Error, "internal_error")
	setDefault(&f.Status, http.StatusServiceUnavailable)
	setDefault(&f.RetryAfter, 1)
	ws.faults = append(ws.faults, &f)
}

// ClearFaults ends all faults.
func (ws *Workspace) ClearFaults() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.faults = nil
}

// takeFault finds the fault that this call meets, and counts it down.
func (ws *Workspace) takeFault(method string, args map[string]string) *Fault {
	for i, f := range ws.faults {
		if f.Method != method && f.Method != "*" || f.If != nil && !f.If(args) ||
			f.About != "" && f.About != args["user"]+args["usergroup"] {
			continue
		}
		if f.Times--; f.Times == 0 {
			ws.faults = slices.Delete(ws.faults, i, i+1)
		}
		return f
	}
	return nil
}

// play answers as the fault says and returns the status and the error for the record.
func (f *Fault) play(ctx context.Context, quit <-chan struct{}, w http.ResponseWriter) (status int, failure string) {
	switch f.Kind {
	case FaultRateLimit:
		return rateLimited(w, f.RetryAfter), "ratelimited"
	case FaultStatus:
		http.Error(w, http.StatusText(f.Status), f.Status)
		return f.Status, http.StatusText(f.Status)
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Slack</title></head><body>Something went wrong.</body></html>"))
		return http.StatusOK, "an HTML page"
	case FaultHang:
		hang(ctx, quit, f.Delay)
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
	writeJSON(w, http.StatusOK, map[string]any{"ok": false, "error": f.Error})
	return http.StatusOK, f.Error
}

func hang(ctx context.Context, quit <-chan struct{}, d time.Duration) {
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

func rateLimited(w http.ResponseWriter, seconds int) int {
	if seconds >= 0 { // a proxy before Slack sends none
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	writeJSON(w, http.StatusTooManyRequests, map[string]any{"ok": false, "error": "ratelimited"})
	return http.StatusTooManyRequests
}

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

// tooFast applies the tier of the method, and "no more than one message per second per channel".
func (ws *Workspace) tooFast(name string, m method, a args) (seconds int, limited bool) {
	if !ws.opts.EnforceRates {
		return 0, false
	}
	now := ws.opts.Now()
	if name == "chat.postMessage" {
		seconds, ok := ws.window("channel "+a.str("channel")).take(now, 1, time.Second)
		return seconds, !ok
	}
	if m.perMinute == 0 {
		return 0, false
	}
	seconds, ok := ws.window(name).take(now, m.perMinute, time.Minute)
	return seconds, !ok
}

func (ws *Workspace) window(key string) *window {
	if ws.rates[key] == nil {
		ws.rates[key] = &window{}
	}
	return ws.rates[key]
}
