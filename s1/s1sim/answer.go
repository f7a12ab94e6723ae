package s1sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An answer is what goes over the wire.
type answer struct {
	status int
	kind   string // media type
	body   []byte
	header map[string]string
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the caller may be gone; its call is recorded all the same
}

func asJSON(status int, v any) answer {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // the service does not escape < and >, so neither may its stand-in
	if err := e.Encode(v); err != nil {
		return failure(fmt.Errorf("encode answer: %w", err))
	}
	return answer{status: status, kind: "application/json", body: []byte(b.String())}
}

func success(v any) answer {
	if file, ok := v.(answer); ok {
		return file
	}
	return asJSON(http.StatusOK, v)
}

// failure is the vendor's error body. Whatever is not one of its errors is a fault of the simulator and shows as a 500.
func failure(err error) answer {
	var lake *lakeError
	if errors.As(err, &lake) {
		return lake.answer()
	}
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{Status: http.StatusInternalServerError, Title: "Internal server error", Detail: err.Error()}
	}
	return asJSON(e.Status, object{"errors": []any{object{"code": e.code(), "title": e.Title, "detail": e.Detail}}})
}

// An apiError is one entry of the vendor's errors list.
type apiError struct {
	Status int
	Title  string
	Detail any // a string, or nil where recordings show null
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %v", e.Status, e.Title, e.Detail) }

// code is <status>0010, the pattern of all recorded codes but that of a query that is wrong.
func (e *apiError) code() int {
	if e.Title == "Bad Request" {
		return e.Status*10000 + 40
	}
	return e.Status*10000 + 10
}

func invalid(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "Validation Error", fmt.Sprintf(format, args...)}
}

func notFound(title, detail string) error {
	return &apiError{http.StatusNotFound, title, detail}
}

// unauthorized and forbidden are recorded answers of a live tenant.
func unauthorized() error {
	return &apiError{http.StatusUnauthorized, "Authentication Failed", nil}
}

func forbidden() error {
	return &apiError{http.StatusForbidden, "Insufficient permissions", "User does not have required permissions."}
}

// tooMany is the proxy's answer, not the API's: HTML, with a Retry-After only sometimes.
func tooMany(retryAfter time.Duration) answer {
	a := page(http.StatusTooManyRequests, "429 Too Many Requests")
	if retryAfter > 0 {
		a.header["Retry-After"] = strconv.Itoa(int((retryAfter + time.Second - 1) / time.Second))
	}
	return a
}

// page is an error page of the proxy in front of the console.
func page(status int, title string) answer {
	body := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	return answer{status, "text/html", []byte(body), map[string]string{"Server": "nginx"}}
}

func data(v any) object { return object{"data": v} }

func affected(n int) object { return data(object{"affected": n}) }
