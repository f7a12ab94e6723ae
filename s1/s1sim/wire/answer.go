// Package wire is what travels between a console and its callers: the JSON objects, a call as
// handlers see it, the routes that it may take, and the answers and errors in the vendor's form.
//
// It knows nothing of what the objects mean. A handler gets a Request and gives a value, which
// Success turns into bytes, or an error, which Failure does; an error with a form of its own brings
// it along.
//
// The rule: no Go type of the client and none of the console's own things appears here, so that a
// misunderstanding between the two shows as it would against the vendor.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An Answer is what goes over the wire.
type Answer struct {
	Status int
	Kind   string // media type
	Body   []byte
	Header map[string]string
}

// Write sends the answer.
func (a Answer) Write(w http.ResponseWriter) {
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	if a.Kind != "" {
		w.Header().Set("Content-Type", a.Kind)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the caller may be gone; its call is recorded all the same
}

// JSON makes an answer of a value.
func JSON(status int, v any) Answer {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // the service does not escape < and >, so neither may its stand-in
	if err := e.Encode(v); err != nil {
		return Failure(fmt.Errorf("encode answer: %w", err))
	}
	return Answer{Status: status, Kind: "application/json", Body: []byte(b.String())}
}

// Success is the answer of a handler that went well: its value as JSON, or the answer that it made
// itself.
func Success(v any) Answer {
	if file, ok := v.(Answer); ok {
		return file
	}
	return JSON(http.StatusOK, v)
}

// Failure is the vendor's error body, or the one that an error makes itself: the data lake has a
// form of its own. Whatever is neither is a fault of the simulator and shows as a 500.
func Failure(err error) Answer {
	var own interface {
		error
		Answer() Answer
	}
	if errors.As(err, &own) {
		return own.Answer()
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Status: http.StatusInternalServerError, Title: "Internal server error", Detail: err.Error()}
	}
	return JSON(e.Status, Object{"errors": []any{Object{"code": e.code(), "title": e.Title, "detail": e.Detail}}})
}

// An Error is one entry of the vendor's errors list.
type Error struct {
	Status int
	Title  string
	Detail any // a string, or nil where recordings show null
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s: %v", e.Status, e.Title, e.Detail) }

// code is <status>0010, the pattern of all recorded codes but that of a query that is wrong.
func (e *Error) code() int {
	if e.Title == "Bad Request" {
		return e.Status*10000 + 40
	}
	return e.Status*10000 + 10
}

// Invalid is the 400 of a call that is wrong in itself.
func Invalid(format string, args ...any) error {
	return &Error{http.StatusBadRequest, "Validation Error", fmt.Sprintf(format, args...)}
}

// NotFound is the 404 of a path, or of a thing that is not there.
func NotFound(title, detail string) error {
	return &Error{http.StatusNotFound, title, detail}
}

// Unauthorized and Forbidden are recorded answers of a live tenant.
func Unauthorized() error {
	return &Error{http.StatusUnauthorized, "Authentication Failed", nil}
}

// Forbidden is what a token gets whose role lacks the permission.
func Forbidden() error {
	return &Error{http.StatusForbidden, "Insufficient permissions", "User does not have required permissions."}
}

// TooMany is the proxy's answer, not the API's: HTML, with a Retry-After only sometimes.
func TooMany(retryAfter time.Duration) Answer {
	a := ErrorPage(http.StatusTooManyRequests, "429 Too Many Requests")
	if retryAfter > 0 {
		a.Header["Retry-After"] = strconv.Itoa(int((retryAfter + time.Second - 1) / time.Second))
	}
	return a
}

// ErrorPage is an error page of the proxy in front of the console.
func ErrorPage(status int, title string) Answer {
	body := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	return Answer{status, "text/html", []byte(body), map[string]string{"Server": "nginx"}}
}

// Data is the envelope of every answer but those of the data lake.
func Data(v any) Object { return Object{"data": v} }

// Affected is how actions answer: how many things they counted, not which.
func Affected(n int) Object { return Data(Object{"affected": n}) }
