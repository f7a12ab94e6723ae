package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"s1bot/s1/wire"
)

// ErrRehearsed says that a call was not sent, because the client rehearses.
var ErrRehearsed = errors.New("s1: a rehearsal sends nothing here")

// A Request is one that a rehearsal would have sent: what stands on the wire, without the token.
type Request struct {
	Method string
	Path   string // from the host on
	Query  url.Values
	Body   json.RawMessage // nil for none; passwords are masked
}

// Rehearsing returns a client that works as c does, but shows every request to note first. What
// note returns an error for is not sent and fails with that error. What would change something is
// never sent, whatever note says: it gets an answer as if the console had done it once.
func (c *Client) Rehearsing(note func(Request) error) *Client {
	own := *c
	own.rehearsal = note
	return &own
}

// pretended is the console's answer to a change that was done.
const pretended = `{"data":{"affected":1,"success":true}}`

// rehearse shows a call to who listens, and answers it where it must not be sent.
func (c *Client) rehearse(call Call, payload []byte) (a attempt, answered bool, err error) {
	if c.rehearsal == nil {
		return attempt{}, false, nil
	}
	if !call.Link.Empty() { // the address is a secret, and only ever read
		return attempt{}, true, ErrRehearsed
	}
	path := strings.TrimPrefix(c.root(call), c.base.Scheme+"://"+c.base.Host) + "/" + call.path()
	if err := c.rehearsal(Request{call.Method, path, url.Values(call.Query), masked(payload, call.Hides)}); err != nil {
		return attempt{}, true, err
	}
	if call.reads() {
		return attempt{}, false, nil
	}
	body := []byte(pretended)
	if call.pretend != nil {
		body = append(append([]byte(`{"data":`), call.pretend...), '}')
	}
	return attempt{status: http.StatusOK, header: http.Header{}, body: body}, true, nil
}

// masked is a body without its passwords and what else must not be repeated.
func masked(payload []byte, hides []wire.Secret) json.RawMessage {
	var body any
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if len(payload) == 0 || decoder.Decode(&body) != nil {
		return nil
	}
	clean := bytes.TrimSpace(payload)
	if maskPasswords(body) {
		clean, _ = json.Marshal(body) // it was JSON a moment ago
	}
	return json.RawMessage(hide(string(clean), hides...))
}

// maskPasswords replaces the values of all keys that speak of passwords, and reports whether there
// were any.
func maskPasswords(v any) (found bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if strings.Contains(strings.ToLower(key), "password") {
				v[key], found = wire.Hidden, true
				continue
			}
			found = maskPasswords(inner) || found
		}
	case []any:
		for _, inner := range v {
			found = maskPasswords(inner) || found
		}
	}
	return found
}
