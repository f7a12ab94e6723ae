package wire

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// MaxBody is more than the console takes in any call; what is larger is cut off by its proxy.
const MaxBody = 10 << 20

// A Request is a call as handlers see it: its body read, its path taken apart.
type Request struct {
	Method  string
	Path    string
	Query   url.Values
	Raw     []byte
	Auth    string
	Forward string // the forward tag of the data lake
	Remote  string
	Host    string
	Params  map[string]string
	Now     time.Time
}

// Read takes a call in.
func Read(r *http.Request) (*Request, error) {
	q := &Request{Method: r.Method, Path: r.URL.Path, Auth: r.Header.Get("Authorization"), Remote: r.RemoteAddr, Host: r.Host}
	q.Forward = r.Header.Get("X-Dataset-Query-Forward-Tag")
	var err error
	if q.Query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return q, Invalid("Invalid query string.")
	}
	if q.Raw, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return q, &Error{Status: http.StatusRequestEntityTooLarge, Title: "Request Entity Too Large"}
		}
		return q, Invalid("Invalid request body.")
	}
	return q, nil
}

// Body is the call's JSON object. An action that lacks one lacks its filter too.
func (q *Request) Body() (Object, error) {
	if len(q.Raw) == 0 {
		return Object{}, nil
	}
	v, err := Decode(q.Raw)
	if err != nil {
		return nil, Invalid("Invalid JSON body.")
	}
	o, ok := v.(Object)
	if !ok {
		return nil, Invalid("Invalid input type.")
	}
	return o, nil
}
