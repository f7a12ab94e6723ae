package run

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/library"
	"s1bot/bot/socketmode"
	"s1bot/render"
)

// SuggestLimit is how long the options of a search box may take, with the box's time in line: Slack
// shows nothing if it is not answered within 3 s.
//
// Half a second is left for the acknowledgement's way back.
const SuggestLimit = 2500 * time.Millisecond

// most options of one answer, and how much of the acknowledgement they may fill.
//
// An acknowledgement of 20,480 bytes or more is dropped by Slack without a word, and a hundred
// options with long values are more than that; so options are counted by their bytes as well. A
// kilobyte stays for the envelope around them.
const (
	maxOptions     = 100
	maxOptionBytes = socketmode.MaxAnswer - 1024
	maxHeading     = 150 // bytes of a group's heading and what is around it
)

// An optionsAnswer is what Slack wants in reply: each a slack.OptionBlockObject, as the bytes by which
// they are counted. slack-go's type leaves an empty list out, which Slack takes for an error.
type optionsAnswer struct {
	Options []json.RawMessage `json:"options"`
}

// A groupsAnswer is what Slack wants in reply where options have headings.
type groupsAnswer struct {
	Groups []optionGroup `json:"option_groups"`
}

type optionGroup struct {
	Label *slack.TextBlockObject `json:"label"`
	optionsAnswer
}

// NoOptions is the answer to a search box that finds nothing.
func NoOptions() optionsAnswer { return optionsAnswer{Options: []json.RawMessage{}} }

// Searches answers search boxes.
//
// It never writes and never tells anybody anything but options: it is asked at every key.
type Searches struct {
	Library library.Library
	Settler exchange.Settler
	Caller  Caller
	Rules   *workflow.Gate
	Policy  func() policy.Policy
	Gate    *exchange.Gate
	Log     *slog.Logger
}

// Suggest answers a search box while a person types. Whoever may do nothing here finds nothing.
//
// Slack sends no form with a box that stands in a message, and then private_metadata is empty; a
// form of which the seal does not hold gets nothing. ctx ends when the answer would come too late.
func (s *Searches) Suggest(ctx context.Context, in inbound.Payload) any {
	empty := NoOptions()
	kind, ok := render.ReadSearch(in.ActionID)
	if !ok {
		return empty
	}
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, Do: render.Invocation{Console: in.Form.Do.Console}}, Drawn: true}
	if in.FormErr != nil && in.View.PrivateMetadata != "" {
		return empty // not the form that was opened for them
	}
	a.At = in.Form.Origin
	if s.Gate.Admit(ctx, &a) != nil {
		return empty
	}
	found, err := s.find(ctx, a, kind, in.Value)
	if err != nil {
		s.Log.WarnContext(ctx, "cannot fill a search box", "user", a.User, "kind", kind, "err", err)
		return empty
	}
	return fitting(found)
}

// find answers the palette's box from what people ran and saved and from the catalog, all others
// from the console.
func (s *Searches) find(ctx context.Context, a exchange.Interaction, kind, typed string) ([]render.OptionGroup, error) {
	if kind == library.Box {
		return s.Library.Search(ctx, a.User, typed)
	}
	if err := s.Settler.Settle(ctx, &a); err != nil || !s.MaySearch(a, kind) {
		return nil, nil // an empty box says as much as anything
	}
	query, _, _ := strings.Cut(typed, " · ") // the name alone of a label that was pasted
	options, err := a.On.Catalog.Search(ctx, s.Caller.Call(a), kind, query)
	return []render.OptionGroup{{Options: options}}, err
}

// MaySearch asks the policy: who may not list things finds none of them in a box either. It is not
// written down, for a box asks at every key.
func (s *Searches) MaySearch(a exchange.Interaction, box string) bool {
	list, known := a.On.Catalog.ListedBy(box)
	if !known || list == "" {
		return known
	}
	cmd, ok := a.On.Catalog.Find(list)
	if !ok {
		return false
	}
	input := s.Rules.Input(cmd, a.Interaction)
	input.Early = false
	return s.Policy().Decide(input).Err() == nil
}

// fitting is as many options as an acknowledgement takes, in their groups where those have
// headings. Slack takes 100 groups of 100 options; a hundred of all are as many as anybody reads.
func fitting(found []render.OptionGroup) any {
	flat, groups, remaining, room := NoOptions(), []optionGroup{}, maxOptions, maxOptionBytes
	for _, g := range found {
		options := g.Options[:min(len(g.Options), remaining)]
		group := optionGroup{g.Heading(), NoOptions()}
		for _, o := range options {
			body, err := json.Marshal(o.Block())
			if room -= len(body) + 1; err != nil || room < 0 {
				remaining = 0
				break
			}
			group.Options = append(group.Options, body)
		}
		remaining = max(remaining-len(options), 0)
		if room -= maxHeading; len(group.Options) > 0 {
			groups, flat.Options = append(groups, group), append(flat.Options, group.Options...)
		}
	}
	if len(groups) == 0 || found[0].Label == "" {
		return flat
	}
	return groupsAnswer{groups}
}
