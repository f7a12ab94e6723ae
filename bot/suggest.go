package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/socketmode"
	"s1bot/render"
)

// Slack shows nothing if a search box is not answered within 3 s.
const suggestLimit = 2500 * time.Millisecond

// most options of one answer, and how much of the acknowledgement they may fill.
const (
	maxOptions     = 100
	maxOptionBytes = socketmode.MaxAnswer - 1024
)

// An optionsAnswer is what Slack wants in reply. slack-go's type leaves an empty list out, which Slack takes for an error.
type optionsAnswer struct {
	Options []*slack.OptionBlockObject `json:"options"`
}

func noOptions() optionsAnswer { return optionsAnswer{Options: []*slack.OptionBlockObject{}} }

// suggest answers a search box while a person types. Whoever may do nothing here finds nothing.
func (b *Bot) suggest(ctx context.Context, in interactionPayload) any {
	ctx, cancel := context.WithTimeout(ctx, suggestLimit)
	defer cancel()
	empty := noOptions()
	kind, ok := render.ReadSearch(in.ActionID)
	if !ok {
		return empty
	}
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID}}
	answer, err := b.readForm(in)
	if err != nil && in.View.PrivateMetadata != "" {
		return empty // not the form that was opened for them
	}
	a.At = answer.Origin
	if err := b.admit(ctx, &a); err != nil || !b.maySearch(a, kind) {
		return empty
	}
	query, _, _ := strings.Cut(in.Value, " · ") // the name alone of a label that was pasted
	found, err := b.Catalog.Search(ctx, b.call(a), kind, query)
	if err != nil {
		b.Log.Warn("a search box stays empty", "user", a.User, "kind", kind, "err", err)
		return empty
	}
	return optionsAnswer{Options: fitting(found)}
}

// maySearch asks the policy: who may not list things finds none of them in a box either. It is not written down, for a box asks at
// every key.
func (b *Bot) maySearch(a interaction, box string) bool {
	list, known := b.Catalog.ListedBy(box)
	if !known || list == "" {
		return known
	}
	cmd, ok := b.Catalog.Find(list)
	if !ok {
		return false
	}
	wish := b.flow.Gate.Input(cmd, a.Interaction)
	wish.Early = false
	return b.Policy().Decide(wish).Err() == nil
}

// fitting is as many options as an acknowledgement takes.
func fitting(found []render.Option) []*slack.OptionBlockObject {
	options, size := []*slack.OptionBlockObject{}, 0
	for _, o := range found[:min(len(found), maxOptions)] {
		option := o.Block()
		body, err := json.Marshal(option)
		if size += len(body) + 1; err != nil || size > maxOptionBytes {
			break
		}
		options = append(options, option)
	}
	return options
}
