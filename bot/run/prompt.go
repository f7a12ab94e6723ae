package run

import (
	"context"
	"time"

	"github.com/slack-go/slack"
)

// triggerLimit is how long Slack may take to open a modal. A trigger is dead 3 s after its click
// (docs.slack.dev/interactivity/handling-user-interaction), so a later yes is not to be expected, and
// whoever waits reads sooner what there is instead. Where Slack opens it all the same, it works.
const triggerLimit = 4 * time.Second

// openView opens a modal while its click is fresh.
func openView(ctx context.Context, v views, trigger string, view slack.ModalViewRequest) (*slack.ViewResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, triggerLimit)
	defer cancel()
	return v.OpenViewContext(ctx, trigger, view)
}

// pushView is openView for a modal above the one that was clicked in.
func pushView(ctx context.Context, v views, trigger string, view slack.ModalViewRequest) (*slack.ViewResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, triggerLimit)
	defer cancel()
	return v.PushViewContext(ctx, trigger, view)
}
