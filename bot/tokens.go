package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"s1bot/s1"
)

// Tokens are what the bot shows Slack: the app's for sockets, the bot's for everything else.
type Tokens struct{ App, Bot s1.Secret }

// Equal reports whether both are the same tokens.
func (t Tokens) Equal(other Tokens) bool { return t.App.Equal(other.App) && t.Bot.Equal(other.Bot) }

// A rotating transport shows Slack the tokens as they are now. slack-go keeps those that a client was made with, and sends them in the
// header or, with a form, in the body (https://docs.slack.dev/apis/web-api/#posting_json); so the first ones stand for "the current ones"
// until they leave the process.
type rotating struct {
	next  http.RoundTripper
	first Tokens
	now   func() Tokens
}

// RoundTrip sends a copy of r with the current tokens.
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

// replaceToken puts another token into a form. The field is found by its name: what people wrote may hold the text of a token, too. A
// token is letters, digits and dashes, which a form leaves as they are.
func replaceToken(form []byte, old, current string) []byte {
	fields := bytes.Split(form, []byte("&"))
	for i, field := range fields {
		if string(field) == "token="+old {
			fields[i] = []byte("token=" + current)
		}
	}
	return bytes.Join(fields, []byte("&"))
}

// errOtherBot refuses tokens of another app or workspace: requests, cards and people are those of this one.
var errOtherBot = errors.New("the bot token is of another app or workspace")

// Try asks Slack whether it takes tokens, without using them for anything else.
func (b *Bot) Try(ctx context.Context, t Tokens) error {
	_, api := newAPI(t.App, t.Bot, b.APIURL, slackLimit, b.Meter)
	who, err := api.AuthTestContext(ctx)
	if err != nil {
		return fmt.Errorf("the bot token: %w", err)
	}
	select {
	case <-b.known:
		if who.TeamID != b.self.Team || who.UserID != b.self.User {
			return errOtherBot
		}
	default: // nobody has said yet who the bot is
	}
	if _, _, err := api.StartSocketModeContext(ctx); err != nil {
		return fmt.Errorf("the app token: %w", err)
	}
	return nil
}
