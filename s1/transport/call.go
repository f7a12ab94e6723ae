package transport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"s1bot/s1/wire"
)

// A Call is everything about one request: what it is for, where it goes, what the token's role must
// allow, and what becomes of the answer.
type Call struct {
	Operation  string // "list agents"
	Method     string
	Route      string   // below the API's path, with placeholders: "threats/{id}/notes"
	IDs        []string // what the placeholders stand for, in order
	Query      Query
	Body       any
	Hides      []wire.Secret // what the body says that no message may repeat
	Permission string        // "Endpoints.view"
	Question   bool          // a POST that changes nothing, and may be repeated
	Admitted   bool          // the caller has waited for the path's rate

	Elsewhere
	reading
	pretend []byte // what a rehearsal answers a change with, where it is not the usual
}

// Elsewhere is where a call goes that isn't to a path of the API; the zero value is such a path.
type Elsewhere struct {
	Version    string      // of the API, where a path exists in another one only: "v2.0"
	DataLake   bool        // the path is one of the data lake, which lies beside the API and wants another word before the token
	ForwardTag string      // the forward tag of a query of the data lake
	Link       wire.Secret // a signed address to read instead of Route; it must never see the token
}

// reading is how the answer is read: whole, as a stream, or as a file.
type reading struct {
	use      Use           // what takes the answer while it comes; see Stream
	brief    bool          // the answer says little: it is at most smallBody
	download bool          // the answer is a file: any type, at most MaxFile
	keep     Keep          // where it goes
	most     time.Duration // to go without an answer, where it is less than usual
	turn     *turn         // in the line of its path
}

// reads tells whether the call changes nothing at the console, so that it may be sent again. The
// method does not tell: a question in GraphQL is asked by POST.
func (c Call) reads() bool { return c.Method == http.MethodGet || c.Question }

// path fills the ids into the route.
func (c Call) path() string {
	path := c.Route
	for _, id := range c.IDs {
		before, after, _ := strings.Cut(path, "{id}")
		path = before + url.PathEscape(id) + after
	}
	return path
}

// An attempt is one try: what came back, and what we know if nothing did.
type attempt struct {
	status  int
	header  http.Header
	body    []byte
	done    func()        // gives back the share of memory that the body has; nil if it has none
	file    *kept         // of a download
	misread error         // why what takes the answer while it comes cannot use it
	err     error         // no answer, or one that broke off
	sent    bool          // the request may have reached the console
	queued  time.Duration // for room in memory, part of the time that the try took
}

// Do sends a call whose answer is short and returns the body of a successful one. Reads are tried
// again after 429, 5xx and broken connections; changes never are.
func (c *Client) Do(ctx context.Context, call Call) ([]byte, error) {
	call.brief = true
	a, err := c.exchange(ctx, call)
	a.release()
	return a.body, err
}

// Read is Do for answers that may be large: it hands the body to use, which must keep no part of it.
func (c *Client) Read(ctx context.Context, call Call, use func(body []byte, header http.Header) error) error {
	a, err := c.exchange(ctx, call)
	if err != nil {
		return err
	}
	defer a.release()
	if len(a.body) > smallBody && bytes.Count(a.body, []byte(",")) > maxValues {
		return a.answered(c.Unreadable(ctx, call, a.body, fmt.Errorf("%w: more than %d values", ErrTooLarge, maxValues)))
	}
	return a.answered(use(a.body, a.header))
}

// ReadBrief is Read for answers that are short.
func (c *Client) ReadBrief(ctx context.Context, call Call, use func(body []byte) error) error {
	call.brief = true
	return c.Read(ctx, call, func(body []byte, _ http.Header) error { return use(body) })
}

// answered gives what is wrong with a success the status that it came with: whoever reads an answer
// knows only that it was one, and a 204 without a body is no 200.
func (a attempt) answered(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusOK {
		e.Status = a.status
	}
	return err
}

// release says that nobody reads the body any more.
func (a attempt) release() {
	if a.done != nil {
		a.done()
	}
}

// drop releases an attempt that was for nothing.
func (a attempt) drop() {
	a.release()
	if a.file != nil {
		a.file.discard()
	}
}

// exchange is what Do and Read have in common: one call with its tries. Whoever gets the answer
// releases it.
func (c *Client) exchange(ctx context.Context, call Call) (attempt, error) {
	payload, err := call.payload()
	if err == nil {
		err = call.checkIDs(payload)
	}
	if err != nil {
		return attempt{}, Refusal(call.Operation, err)
	}
	if a, answered, err := c.rehearse(call, payload); answered {
		return a, err
	}
	// Only reads go through the breaker. That reads of a path hang says nothing about whether a change
	// would get through, and a change that is refused here would be one that nobody tried.
	if call.reads() {
		return c.ask(ctx, call, payload)
	}
	return c.once(ctx, call, payload)
}

// ask sends a read, unless its path does not answer.
func (c *Client) ask(ctx context.Context, call Call, payload []byte) (attempt, error) {
	if err := call.hurry(ctx, c.breakers, c.budget(call)); err != nil {
		return attempt{}, err
	}
	call.turn = &turn{}
	defer call.turn.leave() // once the breaker knows how it ended: whoever is next goes by that
	return c.breakers.guard(ctx, call, func() (attempt, error) { return c.persist(ctx, call, payload) })
}

// once sends a change, and never again: whoever called decides what to do about an unclear outcome.
func (c *Client) once(ctx context.Context, call Call, payload []byte) (attempt, error) {
	waited, err := c.Admit(ctx, call)
	if err != nil {
		return attempt{}, NotAdmitted(call, waited, err)
	}
	began := time.Now()
	a := c.send(ctx, call, payload, c.timeout)
	c.report(ctx, call, a, Observation{call.Method, call.Route, a.status, time.Since(began), 1, waited}, giveUp)
	if a.succeeded() {
		return a, nil
	}
	a.drop()
	return attempt{}, c.problem(call, a)
}

// succeeded tells whether an answer came and is a success.
func (a attempt) succeeded() bool { return a.err == nil && a.status/100 == 2 }

// payload is the body as it is sent, encoded once for all tries.
func (c Call) payload() ([]byte, error) {
	if c.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(c.Body)
	return b.Bytes(), err
}

// send does one try, which may take as long as timeout.
func (c *Client) send(ctx context.Context, call Call, payload []byte, timeout time.Duration) attempt {
	_, most := c.bounds(call)
	ctx, watch, cancel := withStopwatch(ctx, timeout)
	defer cancel()
	// Whether a change may have reached the console decides between "it failed" and "nobody knows". A
	// request without a connection did not get there; from the moment that it has one, it may have,
	// whatever the error says.
	var asked, connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	request, err := c.request(ctx, call, payload)
	if err != nil {
		return attempt{err: err}
	}
	response, err := c.http.Do(request)
	if err != nil { // a transport that does not trace is taken at its worst
		return attempt{err: ended(ctx, call.withoutAddress(err)), sent: connected.Load() || !asked.Load()}
	}
	defer response.Body.Close()
	a := attempt{sent: true, status: response.StatusCode, header: response.Header}
	switch {
	case a.status/100 != 2: // of an error's body the beginning is enough
		a.body, a.err = io.ReadAll(io.LimitReader(response.Body, min(most, maxProblem)))
	case response.ContentLength > most:
		a.err = ErrTooLarge
	case call.download:
		a.keepFile(response.Body, call.keep, most)
	case call.use != nil:
		c.streamBody(ctx, watch, response, most, call.use, &a)
	default:
		c.readBody(ctx, watch, response, most, &a)
	}
	a.err, a.queued = ended(ctx, a.err), watch.queued
	return a
}

// bounds are the time that a call may go without an answer, in all its tries, and the size that its
// answer may have.
func (c *Client) bounds(call Call) (time.Duration, int64) {
	if call.download {
		return max(c.timeout, downloadTimeout), MaxFile
	}
	if call.brief {
		return c.timeout, min(c.maxBody, smallBody)
	}
	return c.timeout, c.maxBody
}

// request is one try as it goes out. The token stands in a header and nowhere else: addresses end
// up in logs of proxies. A signed link carries its own right to read, and goes to another host;
// what is sent there has no header of ours.
func (c *Client) request(ctx context.Context, call Call, payload []byte) (*http.Request, error) {
	if !call.Link.Empty() {
		return http.NewRequestWithContext(ctx, http.MethodGet, call.Link.Reveal(), nil)
	}
	address := c.root(call) + "/" + call.path()
	if len(call.Query) > 0 {
		address += "?" + url.Values(call.Query).Encode()
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, address, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", call.scheme()+" "+c.token().Reveal())
	request.Header.Set("Accept", "application/json")
	if call.ForwardTag != "" {
		request.Header.Set("X-Dataset-Query-Forward-Tag", call.ForwardTag)
	}
	if call.download {
		request.Header.Set("Accept", "*/*")
	}
	request.Header.Set("User-Agent", "s1bot")
	if payload != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// scheme is the word before the token. Of the wrong one the data lake says 500.
func (c Call) scheme() string {
	if c.DataLake {
		return "Bearer"
	}
	return "ApiToken"
}

// root is where the API's paths begin.
func (c *Client) root(call Call) string {
	if call.DataLake {
		return c.base.String() + "/sdl/v2/api"
	}
	if call.Version == "" {
		return c.api
	}
	return c.base.String() + "/web/api/" + call.Version
}

// readBody reads at most limit bytes, counted after decompression; above smallBody it waits for its
// turn.
func (c *Client) readBody(ctx context.Context, watch *stopwatch, response *http.Response, limit int64, a *attempt) {
	var b bytes.Buffer
	first := min(limit, smallBody) + 1
	b.Grow(int(min(max(response.ContentLength, 0), first)) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(response.Body, first))
	if err == nil && n == first && n <= limit {
		size := limit + 1
		if response.ContentLength > 0 {
			size = response.ContentLength
		}
		resume := watch.pause()
		a.done, err = c.gate.enter(ctx, size)
		resume()
		if err == nil {
			b.Grow(int(size-n) + bytes.MinRead) // at once: growing by doubling takes three times as much
			var more int64
			more, err = b.ReadFrom(io.LimitReader(response.Body, limit+1-n))
			n += more
		}
	}
	if n > limit {
		err = ErrTooLarge
		b = bytes.Buffer{}
	}
	a.body, a.err = b.Bytes(), err
}

// NotAdmitted is the error for a call that was not sent because it would have had to wait too long.
func NotAdmitted(call Call, wait time.Duration, err error) *Error {
	e := &Error{Operation: call.Operation, RetryAfter: wait, Err: err, Message: "The call was cancelled.", unsent: true}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Message = fmt.Sprintf("The console's rate limit requires a wait of %s, which is longer than this call may take.", wait.Round(time.Millisecond))
	}
	return e
}

// retryAnyway is when to try again after a 429 that does not say it.
const retryAnyway = 5 * time.Second

// problem turns a failed attempt into the error that the caller gets.
func (c *Client) problem(call Call, a attempt) *Error {
	e := &Error{Operation: call.Operation, Status: a.status, Err: a.err, RetryAfter: retryAfter(a.header, time.Now())}
	switch {
	case errors.Is(a.err, ErrTooLarge):
		_, most := c.bounds(call)
		e.Message = fmt.Sprintf("The console's answer is larger than %d MiB, so I didn't read it. Request less at a time.", most>>20)
	case errors.Is(a.err, errNoRoom):
		e.Message = "I was busy reading other large answers for two minutes. Try again in a moment."
	case errors.As(a.err, new(*unkeptError)):
		e.Message = "There is no room on my disk for the file. Try again in a moment."
	case a.err != nil && a.status != 0:
		e.Message = "The console's answer was cut off."
	case a.err != nil:
		e.Message = connectionProblem(a.err, call.host(c))
	case a.status/100 == 3:
		e.Err = a.movedTo(call)
		e.Message = "The console redirects to another address; check the console's address in the settings."
	default:
		e.Message, e.Code = ReadProblem(a.status, a.body)
		if e.Reason = reasonFor(call, a, e.Code); e.Reason == NotTheConsole {
			e.Message = pageInstead(a.body, e.Message)
		} else if e.Reason == Retired {
			e.Message = retiredWords(call, e.Message, time.Now())
		}
		e.expired = isExpired(call, a, e.Message)
		e.Message = hide(e.Message, append(call.Hides, c.token())...)
	}
	if (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && call.Link.Empty() {
		e.Permission = call.Permission
	}
	if a.status == http.StatusTooManyRequests {
		e.RetryAfter = cmp.Or(e.RetryAfter, retryAnyway)
	}
	e.Unclear = !call.reads() && a.unclear()
	return e
}

// unclear tells whether a change may have happened although no success came back. Nobody knows
// where there is no status (the connection broke after the request had gone out), nor after 408 and
// every 5xx, for a gateway answers 502 or 504 while the console goes on. 501 is a clear no, and so
// is every 4xx.
func (a attempt) unclear() bool {
	switch {
	case a.status == 0, a.status/100 == 2:
		return a.err != nil && a.sent
	case a.status == http.StatusRequestTimeout:
		return true
	}
	return a.status >= 500 && a.status != http.StatusNotImplemented
}

// report tells log and metrics of an attempt; what is tried again is no news yet, and a read that
// the bot itself broke off (it stops, or nobody waits for the answer any more) is no failure of the
// console's. A change that was broken off stays a warning: it may have happened. What fails again
// and again is told once (see troubles), unless somebody waits for it: then its line has the
// reference of what they asked for.
func (c *Client) report(ctx context.Context, call Call, a attempt, o Observation, next after) {
	c.observe(o)
	log := c.logger.With("method", o.Method, "route", o.Route, "status", o.Status, "attempt", o.Attempt, "duration", o.Duration)
	switch failed := a.err != nil || a.status >= 400; {
	case failed && call.reads() && errors.Is(ctx.Err(), context.Canceled):
		log.DebugContext(ctx, "console call broken off", "operation", call.Operation, "err", a.err)
	case failed && next == giveUp:
		level := slog.LevelDebug
		if c.troubles.failed(o) || !call.reads() || awaited(ctx) {
			level = slog.LevelWarn
		}
		log.Log(ctx, level, "console call failed", "operation", call.Operation, "err", cmp.Or(a.err, errors.New(http.StatusText(a.status))))
	case failed:
		log.DebugContext(ctx, "console call failed; retrying", "operation", call.Operation, "err", a.err)
	default:
		if t := c.troubles.over(o); t.failures > 1 {
			c.logger.InfoContext(ctx, "console calls work again", "method", o.Method, "route", o.Route, "failures", t.failures, "for", time.Since(t.since).Round(time.Second))
		}
		log.DebugContext(ctx, "console call")
	}
}

// after is what follows a failed attempt.
type after bool

const (
	tryAgain after = false
	giveUp   after = true
)
