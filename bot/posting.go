package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/render"
)

// metadataType marks messages of ours in Slack's message metadata; the payload holds a key that tells which one it is.
// Anyone in the workspace can read metadata, so nothing secret or decisive stands there.
const metadataType = "s1bot_card"

// A poster is how cards reach Slack. Posts that Slack slows down wait and are tried again: an answer that is late is worth
// more than one that is lost.
type poster struct {
	api     *slack.Client
	http    *http.Client
	console string // base address; only links to it are links
	clips   Clips
	seal    render.Seal
	find    func(ctx context.Context, channel, thread, key string, since time.Time) (ts string, found bool, err error)
}

// Clips keeps button invocations that are too long for Slack's 2,000 characters.
type Clips interface {
	Put(ctx context.Context, body []byte, ttl time.Duration) (id string, err error)
	Get(ctx context.Context, id string) (body []byte, err error)
}

// clipTTL is how long a long button works.
const clipTTL = 30 * 24 * time.Hour

// maxTries bounds how often a post is repeated when Slack says "slow down".
const maxTries = 5

// An audience is who sees a message. What everybody sees already has no button to share it.
type audience bool

const (
	onePerson audience = false
	everybody audience = true
)

// give hands a card to Slack: drawn as well as Slack takes it, and plainer where it refuses the blocks. Charts are new, and tables
// are not taken everywhere. It reports how the card was drawn that Slack took.
func (p *poster) give(ctx context.Context, who audience, card render.Card, send func(render.Message) error) (render.Options, error) {
	look := render.Options{ConsoleURL: p.console, Public: bool(who), Seal: p.seal}
	card, err := p.clip(ctx, card)
	if err != nil {
		return look, err
	}
	err = send(card.Message(look))
	if card.HasChart() && refusesBlocks(err) {
		look.NoCharts = true
		err = send(card.Message(look))
	}
	if card.HasTable() && refusesBlocks(err) {
		look.NoCharts, look.NoTables = true, true
		err = send(card.Message(look))
	}
	return look, err
}

// refusesBlocks tells whether Slack took a message's blocks for wrong. A response URL says so by its status alone.
func refusesBlocks(err error) bool {
	var status slack.StatusCodeError
	return refusedWith(err, "invalid_blocks", "invalid_blocks_format", "unsupported_block_type", "invalid_arguments") ||
		errors.As(err, &status) && status.Code == http.StatusBadRequest
}

// post shows a card to a channel and returns the message's ts. A user id as channel opens the direct message. A message with a key
// is posted once: where an answer of Slack's got lost, it is looked for before it is posted again.
func (p *poster) post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error) {
	opts := []slack.MsgOption{slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	if key != "" {
		opts = append(opts, marked(key))
	}
	again := ifRefused
	if key != "" {
		again = ifLost
	}
	var where, ts string
	began, open := time.Now(), false // whether a try may have got through
	_, err := p.give(ctx, everybody, card, func(msg render.Message) error {
		return retry(ctx, again, func() (err error) {
			if key != "" && open {
				if found, ok, err := p.find(ctx, channel, thread, key, began); err == nil && ok {
					where, ts = channel, found
					return nil
				}
			}
			where, ts, err = p.api.PostMessageContext(ctx, channel, append(content(msg), opts...)...)
			open = open || unclear(err)
			return err
		})
	})
	if err != nil {
		return "", "", fmt.Errorf("post a card to %s: %w", channel, err)
	}
	return where, ts, p.attach(ctx, where, ts, card.Files)
}

// edit replaces a message of ours.
func (p *poster) edit(ctx context.Context, channel, ts string, card render.Card) error {
	_, err := p.give(ctx, everybody, card, func(msg render.Message) error {
		return retry(ctx, ifLost, func() error {
			_, _, _, err := p.api.UpdateMessageContext(ctx, channel, ts, content(msg)...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("edit the card %s in %s: %w", ts, channel, err)
	}
	return nil
}

// whisper shows a card to one person in a channel, in a thread when thread is set.
func (p *poster) whisper(ctx context.Context, channel, thread, user string, card render.Card) error {
	_, err := p.give(ctx, onePerson, card, func(msg render.Message) error {
		opts := content(msg)
		if thread != "" {
			opts = append(opts, slack.MsgOptionTS(thread))
		}
		return retry(ctx, ifLost, func() error {
			_, err := p.api.PostEphemeralContext(ctx, channel, user, opts...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("tell %s in %s: %w", user, channel, err)
	}
	return nil
}

// respond answers through a response_url: to the person alone, in place of the message they clicked on when replace is set.
// Slack takes five answers within 30 minutes.
func (p *poster) respond(ctx context.Context, address string, replace replacing, card render.Card) error {
	_, err := p.give(ctx, onePerson, card, func(msg render.Message) error {
		hook := &slack.WebhookMessage{
			Text: msg.Text, Blocks: &slack.Blocks{BlockSet: msg.Blocks}, ResponseType: slack.ResponseTypeEphemeral,
			ReplaceOriginal: bool(replace), UnfurlLinks: new(bool), UnfurlMedia: new(bool),
		}
		return retry(ctx, ifLost, func() error { return slack.PostWebhookCustomHTTPContext(ctx, address, p.http, hook) })
	})
	if err != nil {
		return fmt.Errorf("answer through the response URL: %w", hideURL(err, address))
	}
	return nil
}

// replacing tells whether an answer takes the place of the message that was clicked on.
type replacing bool

// direct sends a card and its files to a person's direct message.
func (p *poster) direct(ctx context.Context, user string, card render.Card) error {
	_, _, err := p.post(ctx, user, "", "", card)
	return err
}

// attach uploads files into the thread of a message.
func (p *poster) attach(ctx context.Context, channel, thread string, files []render.File) error {
	for _, f := range files {
		if len(f.Body) == 0 {
			continue // Slack refuses empty files
		}
		err := retry(ctx, ifRefused, func() error {
			_, err := p.api.UploadFileContext(ctx, slack.UploadFileParameters{
				Filename: f.Name, Title: f.Title, FileSize: len(f.Body), Reader: strings.NewReader(string(f.Body)),
				Channel: channel, ThreadTimestamp: thread,
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("upload %s: %w", f.Name, err)
		}
	}
	return nil
}

// content is a message's text and blocks. Slack is told not to look for markup in the text: it is data.
func content(msg render.Message) []slack.MsgOption {
	return []slack.MsgOption{slack.MsgOptionText(msg.Text, false), slack.MsgOptionBlocks(msg.Blocks...), slack.MsgOptionDisableMarkdown()}
}

// hideURL keeps a response URL, which anyone can post to, out of an error.
func hideURL(err error, url string) error {
	if text := err.Error(); strings.Contains(text, url) {
		return errors.New(strings.ReplaceAll(text, url, "(response URL)"))
	}
	return err
}
