package inbound

import (
	"cmp"
	"encoding/json"
	"errors"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// A SlashCommand is what Slack sends for one. slack-go's type is not used: it fails on
// is_enterprise_install as a string.
type SlashCommand struct {
	User        string `json:"user_id"`
	Channel     string `json:"channel_id"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	Trigger     string `json:"trigger_id"`
}

// A Payload is what Slack sends for clicks, forms and search boxes; only what the bot reads.
// https://docs.slack.dev/interactivity/handling-user-interaction
//
// Slack names the place of a click twice, in container and in channel and message (see oneStory).
// Values of fields come in the view's state.
type Payload struct {
	Type        string               `json:"type"`
	ResponseURL string               `json:"response_url"`
	Trigger     string               `json:"trigger_id"`
	User        Sender               `json:"user"`
	Channel     struct{ ID string }  `json:"channel"`
	Message     Clicked              `json:"message"`
	Container   Container            `json:"container"`
	View        slack.View           `json:"view"`
	Actions     []*slack.BlockAction `json:"actions"`
	ActionID    string               `json:"action_id"`   // of a search box
	Value       string               `json:"value"`       // what was typed into it
	Callback    string               `json:"callback_id"` // of a shortcut

	Form    render.Answer `json:"-"` // what the view carries, and what was entered
	FormErr error         `json:"-"` // why that is not the form which this person was shown
	Clicks  []Action      `json:"-"` // what was clicked on and asks for something
	page    render.Origin // where the modal was opened from that was clicked in
	Said    []string      `json:"-"` // of a message's shortcut: the texts of that message, in their order
}

// read reads an interaction.
//
// A search box sends its whole form at each key: its blocks, which are most of that, are left unread,
// since nothing about a box depends on them.
func (p *Payload) read(raw json.RawMessage) error {
	var in struct {
		*Payload
		View struct {
			*slack.View
			Blocks json.RawMessage `json:"blocks"`
		} `json:"view"`
	}
	in.Payload, in.View.View = p, &p.View
	if err := json.Unmarshal(raw, &in); err != nil || p.Type == SearchBox || in.View.Blocks == nil {
		return err
	}
	return json.Unmarshal(in.View.Blocks, &p.View.Blocks)
}

// A Sender is who clicked, or sent a form.
type Sender struct {
	ID string `json:"id"`
}

// A Clicked message is the one that the click was on.
type Clicked struct {
	TS       string `json:"ts"`
	Thread   string `json:"thread_ts"`
	User     string `json:"user"` // who wrote it
	Metadata struct {
		Type    string `json:"event_type"`
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	} `json:"metadata"`
}

// Card tells which card of ours a message is; empty where that is not known.
//
// Anybody may write metadata of this type, so it is a hint about what somebody was looking at,
// never a right.
func (m Clicked) Card() string {
	if m.Metadata.Type != post.MetadataType {
		return ""
	}
	return m.Metadata.Payload.Key
}

// A Container is where the clicked element stands.
type Container struct {
	Channel   string `json:"channel_id"`
	Message   string `json:"message_ts"`
	Thread    string `json:"thread_ts"`
	Ephemeral bool   `json:"is_ephemeral"`
}

// An Action is what a button or an entry of a menu asks for.
type Action struct {
	Do     render.Invocation
	Err    error // why it is not as it was drawn
	Redraw bool  // in a form: it asks for nothing but other questions,
	Unfold bool  // with those that are rare
}

var (
	errTwoPlaces = errors.New("a click in two places at once")
	errNothing   = errors.New("a click on nothing")
)

// clicks are the actions that ask for something: a link asks for nothing, and what is filled in
// counts when the form is sent.
//
// A menu or a field of a form sends an action too whenever something is chosen in it; those without
// a seal of ours are its fields, and wait for the form to be sent.
func (p Payload) clicks(tag render.Seal) (all []Action) {
	for _, action := range p.Actions {
		if action == nil {
			all = append(all, Action{Err: errNothing})
			continue
		}
		if unfold, ok := render.Redraw(p.View, action); ok {
			all = append(all, Action{Redraw: true, Unfold: unfold})
			continue
		}
		do, err := render.ReadAction(action, tag)
		link := err == nil && do.Command == ""
		if link || err != nil && p.View.ID != "" && isInput(action) {
			continue
		}
		if err == nil && !p.oneStory() {
			err = errTwoPlaces
		}
		all = append(all, Action{Do: do, Err: err})
	}
	return all
}

// InModal is the modal that was clicked in; empty for what stands in a message or in the Home tab.
func (p Payload) InModal() string {
	if p.View.Type != slack.VTModal {
		return ""
	}
	return p.View.ID
}

// AtHome tells whether the click was in the Home tab.
func (p Payload) AtHome() bool { return p.View.Type == slack.VTHomeTab }

// OnPage tells whether the click was in a modal that answers, which stays while a form is open
// above it.
func (p Payload) OnPage() bool { return p.InModal() != "" && p.View.CallbackID == render.PageCallback }

// isInput tells the fields of a form from what is there to be clicked.
func isInput(action *slack.BlockAction) bool {
	return action.Type != slack.ActionType(slack.METButton) && action.Type != slack.ActionType(slack.METOverflow)
}

// oneStory tells whether an interaction names one place: Slack says it twice.
func (p Payload) oneStory() bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return same(p.Channel.ID, p.Container.Channel) && same(p.Message.TS, p.Container.Message)
}

// Origin is where the interaction came from and so where its answer goes.
func (p Payload) Origin(key string) render.Origin {
	return render.Origin{
		Channel: cmp.Or(p.Channel.ID, p.Container.Channel, p.page.Channel), Message: cmp.Or(p.Container.Message, p.Message.TS, p.page.Message),
		Thread: cmp.Or(p.Container.Thread, p.Message.Thread, p.page.Thread), ResponseURL: cmp.Or(p.ResponseURL, p.page.ResponseURL), Own: p.ResponseURL == "" && p.page.Own, Key: key,
	}
}

// sender is what an interaction that cannot be read says of who sent it, and where.
//
// It reads only strings and objects that Slack has always had, so that whatever made the whole
// unreadable is probably not among them.
func sender(raw json.RawMessage) Payload {
	var p struct {
		User        Sender    `json:"user"`
		Container   Container `json:"container"`
		ResponseURL string    `json:"response_url"`
	}
	if json.Unmarshal(raw, &p) != nil {
		return Payload{}
	}
	return Payload{User: p.User, Container: p.Container, ResponseURL: p.ResponseURL}
}
