package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/render"
)

// hanging is a Slack that takes a call and says nothing.
type hanging struct{ views }

func (hanging) OpenViewContext(ctx context.Context, _ string, _ slack.ModalViewRequest) (*slack.ViewResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (h hanging) PushViewContext(ctx context.Context, trigger string, view slack.ModalViewRequest) (*slack.ViewResponse, error) {
	return h.OpenViewContext(ctx, trigger, view)
}

// A trigger is dead after three seconds: whoever waits for a modal is not kept for the twenty that Slack
// may take for other calls.
func TestNobodyWaitsForAModalWhoseTriggerIsDead(t *testing.T) {
	t.Parallel()
	above := func(a exchange.Interaction) exchange.Interaction { a.OnPage, a.View = true, "V1"; return a }
	for name, open := range map[string]func(k *kit, a exchange.Interaction) error{
		"a form":              func(k *kit, a exchange.Interaction) error { return k.forms.openForm(k.t.Context(), a) },
		"a form above a page": func(k *kit, a exchange.Interaction) error { return k.forms.openForm(k.t.Context(), above(a)) },
		"a card": func(k *kit, a exchange.Interaction) error {
			_, err := k.forms.Overlay(k.t.Context(), a, render.Notice("x"))
			return err
		},
		"a card above a page": func(k *kit, a exchange.Interaction) error {
			_, err := k.forms.Overlay(k.t.Context(), above(a), render.Notice("x"))
			return err
		},
		"a page": func(k *kit, a exchange.Interaction) error {
			_, err := k.pages.Open(k.t.Context(), a, render.Page{Title: "x"})
			return err
		},
		"a page above another": func(k *kit, a exchange.Interaction) error {
			_, err := k.pages.Open(k.t.Context(), above(a), render.Page{Title: "x"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.forms.Views, k.pages.Views = hanging{}, hanging{}
				a := k.by(alice)
				a.Do = render.Invocation{Command: "disconnect-agent-from-network", How: render.Open}
				began := time.Now()
				if err := open(k, a); err != nil {
					require.ErrorIs(t, err, context.DeadlineExceeded)
				} else {
					require.Contains(t, k.said(), "Open the form", "there is a button for another click")
				}
				require.Equal(t, triggerLimit, time.Since(began))
			})
		})
	}
}
