package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// messages are ways to say something in Slack; see post.Messenger.
type messages interface {
	Post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error)
	PostEphemeral(ctx context.Context, channel, thread, user string, card render.Card) error
	Respond(ctx context.Context, address string, replace post.Replacing, card render.Card) error
	RespondInChannel(ctx context.Context, address, thread string, card render.Card) error
}

// Topics are what operators hear of once, until it is well again; see people.Operators.
type Topics interface {
	Tell(ctx context.Context, topic, words string)
}

// A Responder reaches the person who asked.
//
// Every way has a reason not to work: a response URL is good for 30 minutes and five answers, an
// ephemeral message needs the bot in the channel and its reader online, direct messages can be
// turned off for the app, and the bot may not be in the thread. So the ways are tried in an order,
// from the most private on, and only the last failure is an error.
type Responder struct {
	Post      messages
	Operators Topics
	Kept      post.Clips    // response URLs, for as long as they work
	Address   func() string // of the workspace: https://soc.slack.com/
	Log       *slog.Logger
}

// Reply answers the person who asked, and them alone: what was written in the direct messages
// there, else through the response URL, else in the channel or thread for their eyes only, else in
// their direct messages, else in the thread. It returns the message, where that is one that can be
// edited. An answer that cannot be given at all is logged; nobody is left to be told.
func (r *Responder) Reply(ctx context.Context, a Interaction, card render.Card) post.Sent {
	sent, _ := r.reply(ctx, a, card)
	return sent
}

// reply is Reply, and tells whether the answer went through the response URL.
//
// The context is the work's without its end: an answer that says that the time was up is sent when
// the time is up.
func (r *Responder) reply(ctx context.Context, a Interaction, card render.Card) (at post.Sent, through bool) {
	if a.Silent {
		return at, false // two bots could go on for ever
	}
	ctx = context.WithoutCancel(ctx)
	replace := post.Replacing(a.patience.answered())
	if sent, err := r.direct(ctx, a.At, card); err == nil {
		return sent, false
	}
	if through, err := r.aside(ctx, a.User, a.At, replace, card); err == nil {
		return at, through
	}
	channel, ts, err := r.Post.Post(ctx, a.User, "", "", card)
	if err == nil {
		return post.Sent{Channel: channel, TS: ts}, false
	}
	at, err = r.Broadcast(ctx, a.User, a.At, withNote(card, whyNoDirect(err)))
	if err != nil {
		r.Log.ErrorContext(ctx, "cannot answer", "user", a.User, "channel", a.At.Channel, "err", err)
	}
	return at, false
}

// replyOwn answers a command through its own response URL, which can replace the answer later.
func (r *Responder) replyOwn(ctx context.Context, a Interaction, card render.Card) error {
	return r.Post.Respond(context.WithoutCancel(ctx), a.At.ResponseURL, post.Replacing(a.patience.answered()), card)
}

// toPerson gives a card to the person in their direct messages, in the thread where they wrote there.
func (r *Responder) toPerson(ctx context.Context, a Interaction, card render.Card) (post.Sent, error) {
	to, thread := a.User, ""
	if strings.HasPrefix(a.At.Channel, "D") {
		to, thread = a.At.Channel, a.At.Thread
	}
	channel, ts, err := r.Post.Post(context.WithoutCancel(ctx), to, thread, "", card)
	return post.Sent{Channel: channel, TS: ts}, err
}

// point answers with a card that has a link to a message; not where that message stands, unless it
// is in a thread, which doesn't show in its channel.
func (r *Responder) point(ctx context.Context, a Interaction, card render.Card, to post.Sent) {
	if a.At.Channel == "" || a.At.Channel == to.Channel && strings.HasPrefix(to.Channel, "D") {
		a.patience.answered()
		return
	}
	thread := ""
	if a.At.Channel == to.Channel {
		thread = a.At.Thread
	}
	if link := Permalink(r.Address(), to.Channel, to.TS, thread); link != "" {
		card.Parts = append(slices.Clip(card.Parts), render.Line{render.Text("Follow it here: "), render.MessageLink("this message", link)})
	}
	r.Reply(ctx, a, card)
}

// direct answers a message in the direct messages with a message. Nobody else reads there, and an
// ephemeral one would be gone at the next reload, and reaches only who has Slack open
// (reference/methods/chat.postEphemeral).
func (r *Responder) direct(ctx context.Context, at Origin, card render.Card) (post.Sent, error) {
	if at.ResponseURL != "" || !strings.HasPrefix(at.Channel, "D") {
		return post.Sent{}, errNowhere
	}
	channel, ts, err := r.Post.Post(ctx, at.Channel, at.Thread, "", card)
	return post.Sent{Channel: channel, TS: ts}, err
}

// aside answers for one person's eyes where they asked, in place of what was said there before if
// replace is set. It tells whether that was through the response URL.
//
// Where replace is set and the response URL fails, the ephemeral message stands beside what was
// said before; nothing but the URL could have replaced it.
func (r *Responder) aside(ctx context.Context, user string, at Origin, replace post.Replacing, card render.Card) (through bool, err error) {
	err = errNowhere
	if at.ResponseURL != "" {
		if err = r.Post.Respond(ctx, at.ResponseURL, replace, card); err == nil {
			return true, nil
		}
	}
	if at.Channel != "" {
		err = r.Post.PostEphemeral(ctx, at.Channel, at.Thread, user, card)
	}
	return false, err
}

// Broadcast answers in the thread where somebody asked, or in a new one in that channel: it is the
// last that is left.
//
// It names its person first, in a place where others read it.
func (r *Responder) Broadcast(ctx context.Context, user string, at Origin, card render.Card) (post.Sent, error) {
	if at.Channel == "" || strings.HasPrefix(at.Channel, "D") {
		return post.Sent{}, errNowhere
	}
	card.Parts = append([]render.Part{render.Line{render.Text("For "), render.User(user)}}, card.Parts...)
	channel, ts, err := r.Post.Post(ctx, at.Channel, at.Thread, "", card)
	return post.Sent{Channel: channel, TS: ts}, err
}

var errNowhere = errors.New("there is no channel to answer in")

// Deliver gives a card and its files to a person who is not at it any more: in their direct
// messages or, where Slack refuses that, as reply does, and says which setting to change. Files
// that cannot go to the direct messages go into the thread. The message is returned where it can be
// edited.
//
// A FilesError is success with a note: the message stands and says which files are missing, and
// another way would say it all twice.
func (r *Responder) Deliver(ctx context.Context, user string, at Origin, card render.Card) (post.Sent, error) {
	ctx = context.WithoutCancel(ctx)
	channel, ts, err := r.Post.Post(ctx, user, "", "", card)
	var missing *post.FilesError
	if err == nil || errors.As(err, &missing) {
		return post.Sent{Channel: channel, TS: ts}, err
	}
	r.noteNoDirect(ctx, user, err)
	if at.Kept != "" {
		at.ResponseURL, _ = r.kept(ctx, at.Kept) // without it, the next way
	}
	where, other := r.deliverElsewhere(ctx, user, at, withNote(card, whyNoDirect(err)))
	if other != nil {
		return where, fmt.Errorf("tell %s: %w", user, errors.Join(err, other))
	}
	return where, nil
}

// deliverElsewhere is Deliver where there are no direct messages.
func (r *Responder) deliverElsewhere(ctx context.Context, user string, at Origin, card render.Card) (post.Sent, error) {
	if len(card.Files) > 0 {
		return r.Broadcast(ctx, user, at, card) // an ephemeral message holds no file
	}
	if _, err := r.aside(ctx, user, at, false, card); err == nil {
		return post.Sent{}, nil
	}
	return r.Broadcast(ctx, user, at, card)
}

// InPlaceOfDirect tells a person where they asked, and why not in their direct messages, which
// Slack refused with an error.
func (r *Responder) InPlaceOfDirect(ctx context.Context, user string, at Origin, refused error, card render.Card) error {
	r.noteNoDirect(ctx, user, refused)
	_, err := r.aside(ctx, user, at, false, withNote(card, whyNoDirect(refused)))
	return err
}

// withNote adds small print to a card that has other notes, or none.
func withNote(card render.Card, words string) render.Card {
	card.Parts = append(slices.Clip(card.Parts), render.Note{render.Text(words)})
	return card
}

// whyNoDirect says why something is not in the direct messages, and what to do about it.
//
// The words are for the person and name the setting, for they are often the one who can ask for it
// to be changed.
func whyNoDirect(err error) string {
	var unconfirmed post.UnconfirmedError
	var refused slack.SlackErrorResponse
	switch {
	case post.RefusedWith(err, "messages_tab_disabled"):
		return "Slack refuses my direct messages: in the settings of this Slack app, turn on App Home → Show Tabs → Messages Tab (messages_tab_enabled)."
	case post.RefusedWith(err, "user_disabled", "account_inactive", "user_not_found", "user_not_visible"):
		return "Slack refuses my direct messages to this person: the account is deactivated, or I can't see it."
	case post.RefusedWith(err, "cannot_dm_bot"):
		return "Slack refuses my direct messages to a bot."
	case errors.As(err, &unconfirmed):
		return "Slack didn't confirm my direct message, so you may find this there, too."
	case errors.As(err, &refused):
		return "Slack refuses my direct messages (" + refused.Err + "); run `s1bot check` to see whether the app is missing something."
	}
	return "Slack didn't accept my direct message."
}

// noteNoDirect logs that somebody gets no direct messages; where that is a setting of the app,
// operators hear of it once.
func (r *Responder) noteNoDirect(ctx context.Context, user string, err error) {
	r.Log.WarnContext(ctx, "Slack rejects a direct message", "user", user, "err", err)
	if post.RefusedWith(err, "messages_tab_disabled") {
		r.Operators.Tell(ctx, "messages_tab_disabled", "Direct messages with this bot are turned off, so results and files go to the channels where they were requested. "+whyNoDirect(err))
	}
}

// ShownAt tells somebody where they asked in which message they can follow what takes long. Without
// the workspace's address there is no link, and they know of their direct messages already; who asked there sees it.
//
// It takes the place of the answer to their command, which said that it would take a while.
func (r *Responder) ShownAt(ctx context.Context, user string, at Origin, message post.Sent) {
	link := Permalink(r.Address(), message.Channel, message.TS, "")
	if link == "" || at.Channel == message.Channel {
		return
	}
	card := render.Card{Tone: render.Info, Text: "This will take a while. Follow it in our direct messages.", Parts: []render.Part{render.Line{render.Text("This will take a while. Follow it here: "), render.MessageLink("this message", link)}}}
	if _, err := r.aside(ctx, user, at, post.Replacing(at.Own), card); err != nil {
		r.Log.WarnContext(ctx, "cannot tell somebody where to follow long-running work", "user", user, "err", err)
	}
}

// InThread tells who clicked on a card that the answer is in its thread, where nothing shows to somebody who reads the channel.
//
// The note stands in the channel, not in the thread. Without the workspace's address it has no link.
func (r *Responder) InThread(ctx context.Context, user string, at Origin, sent post.Sent, words string) {
	if at.Thread == "" {
		return // it is in the channel, for everybody to see
	}
	line := render.Line{render.Text(words + ".")}
	if link := Permalink(r.Address(), sent.Channel, sent.TS, at.Thread); link != "" {
		line = render.Line{render.Text(words + ": "), render.MessageLink("open it", link)}
	}
	at.Thread = ""
	if _, err := r.aside(ctx, user, at, false, render.Card{Tone: render.Info, Text: words + ".", Parts: []render.Part{line}}); err != nil {
		r.Log.WarnContext(ctx, "cannot tell somebody that the answer is in the thread", "user", user, "err", err)
	}
}

// Permalink is the address of a message; empty where the workspace's is not known.
func Permalink(workspace, channel, ts, thread string) string {
	if workspace == "" || channel == "" || ts == "" {
		return ""
	}
	link := strings.TrimSuffix(workspace, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
	if thread != "" && thread != ts {
		link += "?thread_ts=" + thread + "&cid=" + channel
	}
	return link
}
