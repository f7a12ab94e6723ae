package post

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/slack-go/slack"
)

// maxRefusal is how much of an answer is read: "ok", or an error in a word.
const maxRefusal = 4 << 10

// postHook posts to a response URL. slack-go's function looks at the status alone, but a response
// URL that was used up or has expired may be refused in the body of a 200, as the Web API does it:
// {"ok":false,"error":"expired_url"}. Taken for a yes, the answer would be lost.
func (p *Messenger) postHook(ctx context.Context, address string, hook *slack.WebhookMessage) error {
	listening := &refusalReader{next: p.HTTP.Transport}
	client := *p.HTTP
	client.Transport = listening
	if err := slack.PostWebhookCustomHTTPContext(ctx, address, &client, hook); err != nil {
		return err
	}
	return listening.refusal
}

// A refusalReader is the transport of one post; it keeps what a 200 was refused with.
type refusalReader struct {
	next    http.RoundTripper // nil: the default one
	refusal error
}

// RoundTrip sends the request, and reads the answer on the way.
func (r *refusalReader) RoundTrip(request *http.Request) (*http.Response, error) {
	next := r.next
	if next == nil {
		next = http.DefaultTransport
	}
	response, err := next.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxRefusal)) // where it breaks off, the status stands
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
	r.refusal = refusalIn(body)
	return response, nil
}

// refusalIn is the error that the body of a 200 holds, if any: Slack's word, or a proxy's page,
// which Broken knows by its syntax. Anything else is a yes, most often "ok".
func refusalIn(body []byte) error {
	var answer struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	err := json.Unmarshal(body, &answer)
	switch {
	case err == nil && answer.OK != nil && !*answer.OK:
		return slack.SlackErrorResponse{Err: cmp.Or(answer.Error, "unknown_error")}
	case bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")):
		return err
	}
	return nil
}
