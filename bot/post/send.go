package post

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

// A Sent message is where Slack put it.
type Sent struct{ Channel, TS string }

// UnconfirmedError says that Slack did not confirm a post and that nobody can look whether it is
// there. It hides its cause from retry: to try again would be to post blindly.
type UnconfirmedError struct{ cause error }

// Error says what is not known, then why.
func (e UnconfirmedError) Error() string {
	return "Slack didn't confirm the message: " + e.cause.Error()
}

// Post shows a card to a channel, or to a person where channel is a user id, and returns where it
// stands. Every message carries a key in its metadata: where an answer of Slack's got lost it is
// looked for before it is posted again, and where it cannot be looked for the error is an
// UnconfirmedError. Files are uploaded before the card is posted and stand in its thread, or the
// card says why not.
//
// Files come first because a card must not promise what then fails; the share comes after, for a
// file needs a message to stand below.
func (p *Messenger) Post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error) {
	files, lost := p.stage(ctx, card.Files)
	if onlyFiles(card) && len(lost) == len(card.Files) {
		return "", "", lostError(lost)
	}
	at, err := p.place(ctx, channel, thread, cmp.Or(key, rand.Text()), withLost(card, lost))
	if err != nil {
		return "", "", fmt.Errorf("post a card to %s: %w", channel, err)
	}
	return at.Channel, at.TS, p.shareBeside(ctx, at, thread, card, files, lost)
}

// Replace puts a card in the place of what a message of ours shows, and its files into the
// message's thread.
func (p *Messenger) Replace(ctx context.Context, channel, ts, thread string, card render.Card) error {
	files, lost := p.stage(ctx, card.Files)
	if err := p.Edit(ctx, channel, ts, withLost(card, lost)); err != nil {
		return err
	}
	return p.shareBeside(ctx, Sent{channel, ts}, thread, card, files, lost)
}

// shareBeside puts files into the thread of a card, which says which of them are not there.
func (p *Messenger) shareBeside(ctx context.Context, at Sent, thread string, card render.Card, files []staged, lost []lostFile) error {
	if late := p.share(ctx, at.Channel, cmp.Or(thread, at.TS), files); len(late) > 0 {
		lost = append(lost, late...)
		if err := p.Edit(ctx, at.Channel, at.TS, withLost(card, lost)); err != nil {
			p.Log.WarnContext(ctx, "cannot say on a card that its file is missing", "channel", at.Channel, "err", err)
		}
	}
	return lostError(lost)
}

// place posts a card without files.
func (p *Messenger) place(ctx context.Context, channel, thread, key string, card render.Card) (at Sent, err error) {
	target := p.conversation(ctx, channel)
	err = p.Give(ctx, Everybody, card, func(msg render.Message) (err error) {
		at, err = p.send(ctx, target, thread, key, msg)
		if target != channel && RefusedWith(err, "channel_not_found") { // another workspace's, or of somebody who was away
			p.Remember(ctx, channel, "")
			target = channel
			at, err = p.send(ctx, target, thread, key, msg)
		}
		return err
	})
	if err == nil && IsPerson(channel) {
		p.Remember(ctx, channel, at.Channel)
	}
	return at, err
}

// conversation is where a message to channel is posted: the direct message with a person, if it is
// known.
func (p *Messenger) conversation(ctx context.Context, channel string) string {
	if !IsPerson(channel) {
		return channel
	}
	known, err := p.Directs.Direct(ctx, channel)
	if err != nil {
		p.Log.WarnContext(ctx, "cannot look up a direct message", "user", channel, "err", err)
	}
	return cmp.Or(known, channel)
}

// Remember notes which conversation is the direct message with a person. It is read first: every
// answer of Slack's names it, and most name what is known.
func (p *Messenger) Remember(ctx context.Context, user, channel string) {
	if known, err := p.Directs.Direct(ctx, user); err == nil && known == channel {
		return
	}
	if err := p.Directs.SetDirect(ctx, user, channel); err != nil {
		p.Log.WarnContext(ctx, "cannot remember a direct message", "user", user, "err", err)
	}
}

// IsPerson tells user ids from those of conversations.
func IsPerson(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }

// send posts one message, once, whatever becomes of Slack's answers.
//
// open remembers over all tries whether one of them may have got through; only a look into the
// conversation settles it.
func (p *Messenger) send(ctx context.Context, channel, thread, key string, msg render.Message) (at Sent, err error) {
	opts := append(Content(msg), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), WithKey(key))
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	began, open := time.Now().Add(-ClockSkew), false // open: a try may have got through
	err = Retry(ctx, IfLost, func() (err error) {
		// Under a user's id nothing can be looked up. There the second post is made, and what then stands
		// twice is taken back (alone).
		if open && !IsPerson(channel) {
			found, err := p.LookFor(ctx, channel, thread, key, began)
			if err != nil {
				return UnconfirmedError{err}
			}
			if len(found) > 0 {
				at = Sent{channel, found[0]}
				return nil
			}
			open = false
		}
		at.Channel, at.TS, err = p.API.PostMessageContext(ctx, channel, opts...)
		open = open || Unclear(err)
		return err
	})
	switch {
	case err == nil && open: // to a person whose conversation only this answer names
		return p.alone(ctx, at, thread, key, began), nil
	case err != nil && open:
		return at, UnconfirmedError{err}
	}
	return at, err
}

// LookFor looks for a message of ours, patiently: without an answer nobody knows whether it is there.
func (p *Messenger) LookFor(ctx context.Context, channel, thread, key string, since time.Time) (found []string, err error) {
	err = Retry(ctx, IfLost, func() (err error) {
		found, err = p.Find(ctx, channel, thread, key, since)
		return err
	})
	return found, err
}

// alone takes back what was posted a second time. Where the conversation cannot be read both stay:
// a person told twice is a smaller harm than one who is told nothing.
func (p *Messenger) alone(ctx context.Context, at Sent, thread, key string, since time.Time) Sent {
	found, err := p.LookFor(ctx, at.Channel, thread, key, since)
	if err != nil || len(found) < 2 {
		return at
	}
	for _, ts := range found[1:] {
		err := Retry(ctx, IfLost, func() error {
			_, _, err := p.API.DeleteMessageContext(ctx, at.Channel, ts)
			return err
		})
		if err != nil && !RefusedWith(err, "message_not_found") {
			p.Log.WarnContext(ctx, "cannot delete a message that was posted twice", "channel", at.Channel, "err", err)
		}
	}
	return Sent{at.Channel, found[0]}
}

// ClockSkew is how far this machine's clock may be ahead of Slack's: a card is looked for that much
// further back.
const ClockSkew = time.Hour
