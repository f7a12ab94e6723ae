// Package post brings cards to Slack: messages, edits, answers to one person, files.
//
// Each call goes through Retry, which waits out what Slack asks for and repeats only what does no
// harm twice. A message carries a key in its metadata; where the answer to a post got lost, the
// message is looked for by it before anything is posted again:
//
//	post ──answer──▶ sent
//	  └──no answer──▶ look in the conversation ──found──▶ sent
//	                              ├──not there──▶ post again
//	                              └──nobody can look──▶ UnconfirmedError: say so, post nothing
//
// The rule one must not break: a message is never posted blindly a second time. Two live cards of
// one request are worse than none.
package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"s1bot/render"
)

// MetadataType marks messages of ours in Slack's message metadata; the payload holds a key that
// tells which one it is. Anyone in the workspace can read metadata, so nothing secret or decisive
// stands there.
const MetadataType = "s1bot_card"

// A Messenger is how cards reach Slack; all its fields are to be set unless they say otherwise.
// Posts that Slack slows down wait and are tried again: an answer that is late is worth more than
// one that is lost.
//
// One is shared by everything that answers people. It keeps nothing about messages but which
// conversation is whose, in the database, and for some hours that the workspace takes no data
// tables.
type Messenger struct {
	API     *slack.Client
	Uploads *slack.Client // for the bytes of files, which take longer than other calls
	HTTP    *http.Client
	Console string   // base address; only links to it are links
	Others  []string // base addresses of more consoles
	// Unsettled is the console that buttons carry which carry none; empty where there is only one.
	Unsettled string
	Clips     Clips
	Seal      render.Seal
	Directs   Directs
	Find      func(ctx context.Context, channel, thread, key string, since time.Time) (ts []string, err error) // oldest first
	// attached looks for a file of ours in a thread by its name.
	Attached func(ctx context.Context, channel, thread, name string) (bool, error)
	// GiveWay, if set, returns when it is a message's turn: what Slack waits for within seconds goes
	// first.
	GiveWay func(ctx context.Context)
	Log     *slog.Logger

	dataTables refusals
}

// Directs remembers which conversation is the direct message with a person: what was posted to a
// user id can be read back and edited under the id of the conversation alone, and nothing but an
// answer or an event of Slack's names that.
type Directs interface {
	// Direct returns the conversation with a person; empty where it is not known.
	Direct(ctx context.Context, user string) (channel string, err error)
	// SetDirect remembers the conversation with a person; an empty one is forgotten.
	SetDirect(ctx context.Context, user, channel string) error
}

// Clips keeps button invocations that are too long for Slack's 2,000 characters.
type Clips interface {
	Put(ctx context.Context, body []byte, ttl time.Duration) (id string, err error)
	Get(ctx context.Context, id string) (body []byte, err error)
}

// clipTTL is how long a long button works.
const clipTTL = 30 * 24 * time.Hour

// An audience is who sees a message. What everybody sees already has no button to share it.
type audience bool

const (
	onePerson audience = false
	Everybody audience = true
)

// Give hands a card to Slack: drawn as well as Slack takes it, and plainer where it refuses the
// blocks. Charts are new, tables are not taken everywhere, and what is refused even without them
// goes out as words with buttons, or as words alone: a decision that nobody can read is worse than
// one that looks plain.
//
// send is called once for each look and must be repeatable as such: each call of it is a whole
// message, with retries of its own.
func (p *Messenger) Give(ctx context.Context, who audience, card render.Card, send func(render.Message) error) error {
	look := render.Options{ConsoleURL: p.Console, Others: p.Others, Public: bool(who), Seal: p.Seal}
	if p.GiveWay != nil {
		p.GiveWay(ctx)
	}
	card, err := p.clip(ctx, card.On(p.Unsettled))
	if err != nil {
		return err
	}
	// From the finest look to the plainest, one step at a time: each step gives up only what the last
	// refusal may have been about. A refusal of the blocks is no 429 and no outage, so a step costs
	// one call and no pause.
	look.DataTables = card.HasTable() && p.dataTables.taken(time.Now())
	err = send(card.Message(look))
	if look.DataTables && refusesBlocks(err) {
		look.DataTables = false
		if err = send(card.Message(look)); !refusesBlocks(err) {
			p.dataTables.refused(time.Now())
		}
	}
	if card.HasChart() && refusesBlocks(err) {
		look.NoCharts = true
		err = send(card.Message(look))
	}
	if card.HasTable() && refusesBlocks(err) {
		look.NoCharts, look.NoTables = true, true
		err = send(card.Message(look))
	}
	for _, plainer := range []func() render.Message{func() render.Message { return card.Simple(look) }, card.Bare} {
		if !refusesBlocks(err) {
			break
		}
		p.Log.WarnContext(ctx, "Slack rejected a card's blocks; posting a plainer card", "title", card.Title, "err", err)
		err = send(plainer())
	}
	return err
}

// refusalKept is for how long a workspace that refused data tables gets tables: Slack brings new
// blocks to one workspace after the other.
const refusalKept = 6 * time.Hour

// refusals remember that the workspace does not take a kind of block.
type refusals struct {
	mu    sync.Mutex
	until time.Time
}

// taken tells whether to try the block.
func (r *refusals) taken(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.After(r.until)
}

// refused notes that a message was refused with the block and taken without.
func (r *refusals) refused(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = now.Add(refusalKept)
}

// refusesBlocks tells whether Slack took a message's blocks for wrong. A response URL says so by
// its status alone.
func refusesBlocks(err error) bool {
	var status slack.StatusCodeError
	return RefusedWith(err, "invalid_blocks", "invalid_blocks_format", "unsupported_block_type", "invalid_arguments", "msg_blocks_too_long", "msg_too_long") ||
		errors.As(err, &status) && status.Code == http.StatusBadRequest
}

// Edit replaces a message of ours.
func (p *Messenger) Edit(ctx context.Context, channel, ts string, card render.Card) error {
	err := p.Give(ctx, Everybody, card, func(msg render.Message) error {
		return Retry(ctx, IfLost, func() error {
			_, _, _, err := p.API.UpdateMessageContext(ctx, channel, ts, Content(msg)...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("edit the card %s in %s: %w", ts, channel, err)
	}
	return nil
}

// PostEphemeral shows a card to one person in a channel, in a thread when thread is set.
func (p *Messenger) PostEphemeral(ctx context.Context, channel, thread, user string, card render.Card) error {
	err := p.Give(ctx, onePerson, card, func(msg render.Message) error {
		opts := Content(msg)
		if thread != "" {
			opts = append(opts, slack.MsgOptionTS(thread))
		}
		return Retry(ctx, IfLost, func() error {
			_, err := p.API.PostEphemeralContext(ctx, channel, user, opts...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("tell %s in %s: %w", user, channel, err)
	}
	return nil
}

// Respond answers through a response_url: to the person alone, in place of the message they clicked
// on when replace is set. Slack takes five answers within 30 minutes.
//
// A repeat is safe only with replace or for one person's eyes; in a channel see RespondInChannel.
func (p *Messenger) Respond(ctx context.Context, address string, replace Replacing, card render.Card) error {
	err := p.Give(ctx, onePerson, card, func(msg render.Message) error {
		hook := &slack.WebhookMessage{
			Text: msg.Text, Blocks: &slack.Blocks{BlockSet: msg.Blocks}, ResponseType: slack.ResponseTypeEphemeral,
			ReplaceOriginal: bool(replace), UnfurlLinks: new(bool), UnfurlMedia: new(bool),
		}
		return Retry(ctx, IfLost, func() error { return p.postHook(ctx, address, hook) })
	})
	if err != nil {
		return fmt.Errorf("answer through the response URL: %w", hideURL(err, address))
	}
	return nil
}

// RespondInChannel answers through a response URL to everybody in its channel, in a thread where
// thread is set. What may have got through is not sent again.
func (p *Messenger) RespondInChannel(ctx context.Context, address, thread string, card render.Card) error {
	err := p.Give(ctx, Everybody, card, func(msg render.Message) error {
		hook := &slack.WebhookMessage{
			Text: msg.Text, Blocks: &slack.Blocks{BlockSet: msg.Blocks}, ResponseType: slack.ResponseTypeInChannel,
			ThreadTimestamp: thread, UnfurlLinks: new(bool), UnfurlMedia: new(bool),
		}
		return Retry(ctx, ifRefused, func() error { return p.postHook(ctx, address, hook) })
	})
	return err
}

// Replacing tells whether an answer takes the place of the message that was clicked on.
type Replacing bool

// Content is a message's text and blocks. Slack is told not to look for markup in the text: it is
// data.
func Content(msg render.Message) []slack.MsgOption {
	return []slack.MsgOption{slack.MsgOptionText(msg.Text, false), slack.MsgOptionBlocks(msg.Blocks...), slack.MsgOptionDisableMarkdown()}
}

// hideURL keeps a response URL, which anyone can post to, out of an error.
func hideURL(err error, url string) error {
	if text := err.Error(); strings.Contains(text, url) {
		return errors.New(strings.ReplaceAll(text, url, "(response URL)"))
	}
	return err
}

// ClipWord is the command of a button whose invocation is too long for Slack and lies in the
// database.
const ClipWord = "clip"

// clip puts the long invocations of a card's buttons into the database, so that the card can be
// shown.
func (p *Messenger) clip(ctx context.Context, card render.Card) (render.Card, error) {
	var err error
	card.Actions, err = p.Fitting(ctx, card.Actions)
	return card, err
}

// Fitting are the actions with short invocations in the place of long ones, which lie in the
// database.
func (p *Messenger) Fitting(ctx context.Context, all []render.Action) ([]render.Action, error) {
	actions := slices.Clone(all)
	for i, action := range all {
		var err error
		switch a := action.(type) {
		case render.Button:
			if a.URL == "" && !render.Fits(a.Do) {
				a.Do, err = p.writtenDown(ctx, a.Do)
				actions[i] = a
			}
		case render.Menu:
			if !a.Fits() {
				actions[i], err = p.shortened(ctx, a)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("write a button down: %w", err)
		}
	}
	return actions, nil
}

// shortened is a menu whose options' invocations lie in the database.
func (p *Messenger) shortened(ctx context.Context, menu render.Menu) (render.Menu, error) {
	options := slices.Clone(menu.Options)
	for i, o := range options {
		do, err := p.writtenDown(ctx, menu.Invocation(o))
		if err != nil {
			return menu, err
		}
		options[i].Do = &do
	}
	menu.Options = options
	return menu, nil
}

// writtenDown is the short invocation that stands for a long one.
func (p *Messenger) writtenDown(ctx context.Context, do render.Invocation) (render.Invocation, error) {
	body, err := json.Marshal(do)
	if err != nil {
		return do, err
	}
	id, err := p.Clips.Put(ctx, body, clipTTL)
	if err != nil {
		return do, err
	}
	args, _ := json.Marshal(map[string]string{"id": id})
	return render.Invocation{Command: ClipWord, Args: args, Console: do.Console}, nil
}

// WithKey marks a message of ours, so that it is found again where the answer to its post got lost.
func WithKey(key string) slack.MsgOption {
	return slack.MsgOptionMetadata(slack.SlackMetadata{EventType: MetadataType, EventPayload: map[string]any{"key": key}})
}
