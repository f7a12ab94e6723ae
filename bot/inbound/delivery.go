package inbound

import (
	"encoding/json"
	"fmt"
	"time"

	"s1bot/bot/seal"
	"s1bot/bot/socketmode"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// Kinds of deliveries, as Slack calls them: envelopes by their type, interactions by their own.
const (
	Slash      = "slash_commands"
	Event      = "events_api"
	Click      = "block_actions"
	Submission = "view_submission"
	SearchBox  = "block_suggestion"

	Shortcut        = "shortcut"       // a global one
	MessageShortcut = "message_action" // one from a message's menu

	interactive = "interactive" // an envelope with an interaction, or what cannot be read as one
)

// A Delivery is one thing that Slack delivered, read once: whoever handles it finds values here,
// and no JSON.
//
// Exactly one of Command, Message and Payload is filled, by Kind. Nothing in it is checked but
// seals: whether somebody may do it is the gate's question.
type Delivery struct {
	Key, Kind string
	At        time.Time // when it came
	Again     bool      // taken up after a restart: its trigger id is dead
	Tries     int       // how often it was put off
	Err       error     // why it cannot be read; of an interaction Payload still says what it can of who sent it

	Command SlashCommand // of Slash
	Message Message      // of Event
	Payload Payload      // of every other kind

	raw json.RawMessage // to be written down
}

// A Reader reads what Slack delivers to one bot.
type Reader struct {
	Self    func() (user, bot string) // the bot's ids, as a user and as an app's bot; asked only once they are known
	Seal    seal.Sealer
	Catalog *catalog.Catalog
}

// Envelope reads what came in an envelope.
func (r Reader) Envelope(env socketmode.Envelope) Delivery {
	d, event := r.read(env.Type, env.Payload)
	d.Key, d.At = d.key(env.ID, event), env.Received
	return d
}

// Saved reads what an earlier run wrote down and did not finish.
//
// Kind is set again from the row, for an interaction that cannot be read any more must stay of the
// kind under which it was saved.
func (r Reader) Saved(key, kind string, payload []byte, at time.Time) Delivery {
	d, _ := r.read(kind, payload)
	d.Key, d.Kind, d.At, d.Again = key, kind, at, true
	d.Payload.Trigger, d.Command.Trigger = "", ""
	return d
}

// read reads a payload by the type of its envelope, or by its own. It returns the id of an event,
// too.
func (r Reader) read(kind string, payload json.RawMessage) (d Delivery, event string) {
	d = Delivery{Kind: kind, raw: payload}
	switch kind {
	case Slash:
		if err := json.Unmarshal(payload, &d.Command); err != nil {
			d.Err = fmt.Errorf("read a slash command: %w", err)
		}
	case Event:
		d.Message, event = r.message(payload)
	case interactive, Click, Submission, SearchBox, Shortcut, MessageShortcut:
		r.interaction(&d)
	}
	return d, event
}

// message reads an event of the Events API. What is no message is talk.
func (r Reader) message(payload json.RawMessage) (m Message, event string) {
	var e struct {
		ID    string  `json:"event_id"`
		Event Message `json:"event"`
	}
	if json.Unmarshal(payload, &e) != nil {
		return Message{}, ""
	}
	e.Event.Line, e.Event.Meaning = r.meaning(e.Event)
	return e.Event, e.ID
}

// interaction reads the payload of d, and what it carries under seal.
//
// A click in a form carries the form with it, and a click on a page where the page was opened from;
// both are read from private_metadata, and a seal that does not hold leaves the form unread
// (FormErr) or the page unknown.
func (r Reader) interaction(d *Delivery) {
	if err := d.Payload.read(d.raw); err != nil {
		d.Err = fmt.Errorf("read an interaction: %w", err)
		d.Payload = sender(d.raw)
		return
	}
	d.Kind = d.Payload.Type
	switch d.Kind {
	case Click:
		d.Payload.Clicks = d.Payload.clicks(r.Seal.Click)
		switch d.Payload.View.CallbackID {
		case render.PageCallback:
			d.Payload.page, _ = r.Seal.ReadPage(d.Payload.View, d.Payload.User.ID) // else the answer goes to the direct messages
		case render.FormCallback:
			d.Payload.Form, d.Payload.FormErr = r.Seal.ReadForm(d.Payload.View, d.Payload.User.ID)
		}
	case MessageShortcut:
		d.Payload.Said = textsOf(d.raw)
	case Submission, SearchBox:
		d.Payload.Form, d.Payload.FormErr = r.Seal.ReadForm(d.Payload.View, d.Payload.User.ID)
	}
}
