package webapi

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"s1bot/s1"
)

// Tokens are what the bot shows Slack: the app's for sockets, the bot's for everything else.
type Tokens struct{ App, Bot s1.Secret }

// Now is the tokens for a client that never changes them.
func (t Tokens) Now() Tokens { return t }

// Equal reports whether both are the same tokens.
func (t Tokens) Equal(other Tokens) bool { return t.App.Equal(other.App) && t.Bot.Equal(other.Bot) }

// A rotating transport shows Slack the tokens as they are now. slack-go keeps those that a client
// was made with, and sends them in the header or, with a form, in the body
// (https://docs.slack.dev/apis/web-api/#posting_json); so the first ones stand for "the current
// ones" until they leave the process.
//
// With the first tokens still valid it touches nothing.
type rotating struct {
	next  http.RoundTripper
	first Tokens
	now   func() Tokens
}

// RoundTrip sends a copy of r with the current tokens.
//
// GetBody is replaced too: where the connection was closed before anything was sent, net/http sends
// the request once more, and would send the old token.
func (t rotating) RoundTrip(r *http.Request) (*http.Response, error) {
	now := t.now()
	if now.Equal(t.first) {
		return t.next.RoundTrip(r)
	}
	current := strings.NewReplacer(t.first.App.Reveal(), now.App.Reveal(), t.first.Bot.Reveal(), now.Bot.Reveal())
	r = r.Clone(r.Context())
	if auth := r.Header.Get("Authorization"); auth != "" {
		r.Header.Set("Authorization", current.Replace(auth))
	}
	if r.Body == nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return t.next.RoundTrip(r)
	}
	form, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // it was read to its end, or will be no further
	if err != nil {
		return nil, err
	}
	form = replaceToken(form, t.first.Bot.Reveal(), now.Bot.Reveal())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(form)), int64(len(form))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(form)), nil }
	return t.next.RoundTrip(r)
}

// replaceToken puts another token into a form. The field is found by its name: what people wrote
// may hold the text of a token, too. A token is letters, digits and dashes, which a form leaves as
// they are.
func replaceToken(form []byte, old, current string) []byte {
	fields := bytes.Split(form, []byte("&"))
	for i, field := range fields {
		if string(field) == "token="+old {
			fields[i] = []byte("token=" + current)
		}
	}
	return bytes.Join(fields, []byte("&"))
}
