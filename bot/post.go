package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/render"
)

// A posted message is where Slack put it.
type posted struct{ channel, ts string }

// errUnconfirmed says that Slack did not confirm a post and that nobody can look whether it is there. It hides its cause from retry:
// to try again would be to post blindly.
type errUnconfirmed struct{ cause error }

func (e errUnconfirmed) Error() string {
	return "Slack did not confirm the message: " + e.cause.Error()
}

// post shows a card to a channel, or to a person where channel is a user id, and returns where it stands. Every message carries a key
// in its metadata: where an answer of Slack's got lost it is looked for before it is posted again, and where it cannot be looked for
// the error is errUnconfirmed. Files are uploaded before the card is posted and stand in its thread, or the card says why not.
func (p *poster) post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error) {
	files, lost := p.stage(ctx, card.Files)
	if onlyFiles(card) && len(lost) == len(card.Files) {
		return "", "", lostError(lost)
	}
	at, err := p.place(ctx, channel, thread, cmp.Or(key, rand.Text()), withLost(card, lost))
	if err != nil {
		return "", "", fmt.Errorf("post a card to %s: %w", channel, err)
	}
	return at.channel, at.ts, p.shareBeside(ctx, at, thread, card, files, lost)
}

// replace puts a card in the place of what a message of ours shows, and its files into the message's thread.
func (p *poster) replace(ctx context.Context, channel, ts, thread string, card render.Card) error {
	files, lost := p.stage(ctx, card.Files)
	if err := p.edit(ctx, channel, ts, withLost(card, lost)); err != nil {
		return err
	}
	return p.shareBeside(ctx, posted{channel, ts}, thread, card, files, lost)
}

// shareBeside puts files into the thread of a card, which says which of them are not there.
func (p *poster) shareBeside(ctx context.Context, at posted, thread string, card render.Card, files []staged, lost []lostFile) error {
	if late := p.share(ctx, at.channel, cmp.Or(thread, at.ts), files); len(late) > 0 {
		lost = append(lost, late...)
		if err := p.edit(ctx, at.channel, at.ts, withLost(card, lost)); err != nil {
			p.log.Warn("cannot say on a card that its file is missing", "channel", at.channel, "err", err)
		}
	}
	return lostError(lost)
}

// place posts a card without files.
func (p *poster) place(ctx context.Context, channel, thread, key string, card render.Card) (at posted, err error) {
	target := p.conversation(ctx, channel)
	_, err = p.give(ctx, everybody, card, func(msg render.Message) (err error) {
		at, err = p.send(ctx, target, thread, key, msg)
		if target != channel && refusedWith(err, "channel_not_found") { // another workspace's, or of somebody who was away
			p.remember(ctx, channel, "")
			target = channel
			at, err = p.send(ctx, target, thread, key, msg)
		}
		return err
	})
	if err == nil && isPerson(channel) {
		p.remember(ctx, channel, at.channel)
	}
	return at, err
}

// conversation is where a message to channel is posted: the direct message with a person, if it is known.
func (p *poster) conversation(ctx context.Context, channel string) string {
	if !isPerson(channel) {
		return channel
	}
	known, err := p.directs.Direct(ctx, channel)
	if err != nil {
		p.log.Warn("cannot look up a direct message", "user", channel, "err", err)
	}
	return cmp.Or(known, channel)
}

func (p *poster) remember(ctx context.Context, user, channel string) {
	if known, err := p.directs.Direct(ctx, user); err == nil && known == channel {
		return
	}
	if err := p.directs.SetDirect(ctx, user, channel); err != nil {
		p.log.Warn("cannot remember a direct message", "user", user, "err", err)
	}
}

// isPerson tells user ids from those of conversations.
func isPerson(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }

// send posts one message, once, whatever becomes of Slack's answers.
func (p *poster) send(ctx context.Context, channel, thread, key string, msg render.Message) (at posted, err error) {
	opts := append(content(msg), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), marked(key))
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	began, open := time.Now().Add(-skew), false // open: a try may have got through
	err = retry(ctx, ifLost, func() (err error) {
		if open && !isPerson(channel) {
			found, err := p.lookFor(ctx, channel, thread, key, began)
			if err != nil {
				return errUnconfirmed{err}
			}
			if len(found) > 0 {
				at = posted{channel, found[0]}
				return nil
			}
			open = false
		}
		at.channel, at.ts, err = p.api.PostMessageContext(ctx, channel, opts...)
		open = open || unclear(err)
		return err
	})
	switch {
	case err == nil && open: // to a person whose conversation only this answer names
		return p.alone(ctx, at, thread, key, began), nil
	case err != nil && open:
		return at, errUnconfirmed{err}
	}
	return at, err
}

// lookFor looks for a message of ours, patiently: without an answer nobody knows whether it is there.
func (p *poster) lookFor(ctx context.Context, channel, thread, key string, since time.Time) (found []string, err error) {
	err = retry(ctx, ifLost, func() (err error) {
		found, err = p.find(ctx, channel, thread, key, since)
		return err
	})
	return found, err
}

// alone takes back what was posted a second time. Where the conversation cannot be read both stay: a person told twice is a smaller
// harm than one who is told nothing.
func (p *poster) alone(ctx context.Context, at posted, thread, key string, since time.Time) posted {
	found, err := p.lookFor(ctx, at.channel, thread, key, since)
	if err != nil || len(found) < 2 {
		return at
	}
	for _, ts := range found[1:] {
		err := retry(ctx, ifLost, func() error {
			_, _, err := p.api.DeleteMessageContext(ctx, at.channel, ts)
			return err
		})
		if err != nil && !refusedWith(err, "message_not_found") {
			p.log.Warn("cannot take back what was posted twice", "channel", at.channel, "err", err)
		}
	}
	return posted{at.channel, found[0]}
}
