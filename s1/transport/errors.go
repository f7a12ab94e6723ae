package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"s1bot/s1/wire"
)

// ErrInvalidValue: a value that the console would not take. It is refused before anything is sent,
// wrapped in an *Error.
var ErrInvalidValue = errors.New("invalid value")

// What an *Error can be, for errors.Is.
var (
	// ErrUnauthorized: status 401; on some paths the console says it also where a permission is
	// missing.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: status 403, a permission is missing.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: status 404.
	ErrNotFound = errors.New("not found")
	// ErrGone: status 410, or the console's code for it; files are kept for three days.
	ErrGone = errors.New("gone")
	// ErrRateLimited: status 429.
	ErrRateLimited = errors.New("rate limited")
	// ErrTooLarge: an answer above the limit of 8 MiB, or with more rows than a page can have.
	ErrTooLarge = errors.New("answer too large")
	// ErrCursorLoop: a list that gave the same cursor twice and would never end.
	ErrCursorLoop = errors.New("the console repeats a cursor")
)

// An Error says what failed in three parts: what was tried, the console's status code, and its
// message. Status is 0 where no answer came (no connection, a time-out, a refusal of our own).
// Message is text for people, without markup or secrets.
type Error struct {
	Operation  string        // what was tried: "disconnect agents"
	Status     int           // HTTP status, or 0
	Message    string        // the console's words, or a sentence of ours
	Code       int           // the console's own error code, 4010010; 0 if it gave none
	RetryAfter time.Duration // when it makes sense to try again; 0 if unknown
	Permission string        // the permission that the operation needs, on 401 and 403: "Endpoints.shutDown"
	Reason     Reason        // why, as far as the console's words tell
	Err        error         // the cause, if any

	Unclear bool
	expired bool // see isExpired
	unsent  bool // it had to wait too long for the console's rate, or for other reads
}

// Error returns the three parts in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Operation)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches the sentinels that stand for a status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrGone:
		return e.Status == http.StatusGone || e.Code == codeGone || e.expired
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	}
	return false
}

// codeGone is the console's code for files that are no longer kept; some consoles send it with
// status 404.
const codeGone = 4100010

// Unknown tells that a change may or may not have happened: the request went out and no clear
// answer came back. Whoever sees it must look at the console before trying again.
func (e *Error) Unknown() bool { return e.Unclear }

// problem is one entry of {"errors":[…]}.
type problem struct {
	Code    int    `json:"code"`
	Title   string `json:"title"`
	Detail  string `json:"detail"`
	Message string `json:"message"` // of GraphQL
}

// UnmarshalJSON also takes a bare text for a problem.
func (p *problem) UnmarshalJSON(data []byte) error {
	type plainProblem problem
	if json.Unmarshal(data, &p.Detail) == nil {
		return nil
	}
	return wire.Decode(data, (*plainProblem)(p))
}

// text is the most telling part of a problem. Detail is about this call, the title about its kind,
// and GraphQL has neither.
func (p problem) text() string {
	return cmp.Or(strings.TrimSpace(p.Detail), strings.TrimSpace(p.Title), strings.TrimSpace(p.Message))
}

// errorBody is every JSON shape in which consoles say that something is wrong.
type errorBody struct {
	Errors  []problem  `json:"errors"`
	Error   string     `json:"error"`
	Message string     `json:"message"`
	Detail  string     `json:"detail"`
	Details []struct { // of the data lake: which field of the body is wrong
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"details"`
}

// ReadProblem finds message and code in the body of an answer: JSON of several shapes, a proxy's
// HTML, text, or nothing.
func ReadProblem(status int, body []byte) (message string, code int) {
	text := strings.TrimSpace(string(body))
	switch {
	case strings.HasPrefix(text, "{"):
		var e errorBody
		if wire.Decode(body, &e) == nil {
			message, code = e.summary()
		}
		if message == "" {
			message = leavesOf(body)
		}
	case strings.HasPrefix(text, "["), strings.HasPrefix(text, `"`):
		var list []string
		if wire.Decode(body, &list) == nil {
			message = strings.Join(list, "; ")
		}
	case strings.HasPrefix(text, "<"):
		message = cmp.Or(storageProblem(text), pageTitle(text))
	default:
		message = text
	}
	return cmp.Or(plain(message), http.StatusText(status), "the console gave no reason"), code
}

// summary is what an answer says is wrong, each sentence once however often it stands there. The
// code is that of the first problem that has one.
func (e errorBody) summary() (string, int) {
	var texts []string
	code := 0
	for _, p := range e.Errors {
		code = cmp.Or(code, p.Code)
		if t := p.text(); t != "" && !slices.Contains(texts, t) {
			texts = append(texts, t)
		}
	}
	message := cmp.Or(e.Error, e.Message, e.Detail)
	for _, d := range e.Details {
		message += "; " + d.Field + ": " + d.Message
	}
	return cmp.Or(strings.Join(texts, "; "), strings.TrimPrefix(message, "; ")), code
}

// leavesOf tells what an object says that has none of the known shapes: {"errors":{"ids":["Not
// valid"]}}.
func leavesOf(body []byte) string {
	leaves := map[string]string{}
	wire.Flatten("", wire.Redact(body), leaves)
	var texts []string
	for _, path := range slices.Sorted(maps.Keys(leaves)) {
		if !slices.Contains([]string{"", "null", "[]", "{}"}, leaves[path]) && path != "data" {
			texts = append(texts, path+": "+leaves[path])
		}
	}
	return strings.Join(texts, "; ")
}

var (
	titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title`)
	headElement  = regexp.MustCompile(`(?is)<h1[^>]*>(.*?)</h1`)
	anyTag       = regexp.MustCompile(`(?s)<[^>]*>?`)
)

// pageTitle returns the title of an HTML page as text; nothing else of the page is fit to be shown.
func pageTitle(page string) string {
	for _, element := range []*regexp.Regexp{titleElement, headElement} {
		if m := element.FindStringSubmatch(page); m != nil {
			return html.UnescapeString(anyTag.ReplaceAllString(m[1], ""))
		}
	}
	return ""
}

// storageElement is what cloud storage, to which downloads are redirected, says in XML: "Request
// has expired".
var storageElement = regexp.MustCompile(`(?is)<error>.*?<message>(.*?)</message>`)

// storageProblem is what cloud storage says; empty for any other page.
func storageProblem(page string) string {
	if m := storageElement.FindStringSubmatch(page); m != nil {
		return html.UnescapeString(anyTag.ReplaceAllString(m[1], ""))
	}
	return ""
}

// maxMessage is where a message is cut, in characters: it is for a card, the log has the rest.
const maxMessage = 600

// plain makes one line of text out of s: no control characters, single spaces, not too long.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return s
}

// connectionProblem says in a sentence why no answer came.
func connectionProblem(err error, host string) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "The call was cancelled."
	case errors.As(err, &dns) && !dns.IsTimeout:
		return fmt.Sprintf("The console's host name %s can't be found.", host)
	case isCertificate(err):
		return fmt.Sprintf("The certificate of %s isn't trusted.", host)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "The console didn't answer in time."
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("%s refuses the connection.", host)
	default:
		return "The connection to the console broke."
	}
}

// isCertificate tells whether it is the certificate that is wrong, which a retry does not mend and
// a proxy that reads along often causes.
func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &name)
}

// Refusal is an error of ours, made before anything was sent.
func Refusal(operation string, err error) *Error {
	return &Error{Operation: operation, Message: err.Error(), Err: err}
}

// webPage is what is told of a page where data was expected: its title, if it has one.
func webPage(page string) string {
	const words = "The console answered with a web page instead of data"
	if title := plain(pageTitle(page)); title != "" {
		return words + ": " + title
	}
	return words + "."
}

// decodeProblem says in a sentence what is wrong with an answer that is no JSON of the right shape,
// or not what was asked for.
func decodeProblem(body []byte, err error) string {
	text := strings.TrimSpace(string(body[:min(len(body), 4096)]))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case text == "":
		return "The console's answer is empty."
	case strings.HasPrefix(text, "<"):
		return webPage(text)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Offset >= int64(len(body)):
		return "The console's answer was cut off."
	case errors.As(err, &kind):
		return fmt.Sprintf("The console's answer has the wrong shape: %s where %s was expected.", kind.Value, cmp.Or(kind.Field, "an object"))
	case json.Valid(body):
		return "The console's answer doesn't make sense here."
	default:
		return "The console's answer is not JSON."
	}
}
