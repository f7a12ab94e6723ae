package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/render"
)

// An ephemeral answer can be replaced by the response URL through which it came, and by nothing
// else. Whoever has that URL can write in the bot's name, so a request's row has only an id; the
// URL lies with the long buttons, which are forgotten when their time is over.

// keepFor is how long Slack takes answers through a response URL
// [docs.slack.dev/interactivity/handling-user-interaction#message_responses].
const keepFor = 30 * time.Minute

// keep keeps a response URL, and returns its id; empty where that fails, for then the answer only
// stays as it is.
func (r *Responder) keep(ctx context.Context, address string) string {
	body, err := json.Marshal(address) // no invocation: a button can't be made of it
	if err != nil {
		return ""
	}
	id, err := r.Kept.Put(context.WithoutCancel(ctx), body, keepFor)
	if err != nil {
		r.Log.WarnContext(ctx, "cannot keep the way to an answer", "err", err)
	}
	return id
}

func (r *Responder) kept(ctx context.Context, id string) (address string, err error) {
	body, err := r.Kept.Get(ctx, id)
	if err == nil {
		err = json.Unmarshal(body, &address)
	}
	if err != nil {
		return "", fmt.Errorf("find the way to an answer: %w", err)
	}
	return address, nil
}

// Replace puts a card in the place of an answer. over tells that Slack takes no more of them.
//
// It is over when the URL is forgotten here, or Slack answers 4xx; anything else may pass, and the
// caller tries again.
func (r *Responder) Replace(ctx context.Context, id string, card render.Card) (over bool, err error) {
	address, err := r.kept(ctx, id)
	if err != nil {
		return errors.Is(err, approvals.ErrNotFound), err
	}
	err = r.Post.Respond(ctx, address, true, card)
	var status slack.StatusCodeError
	return errors.As(err, &status) && status.Code >= 400 && status.Code < 500, err
}
