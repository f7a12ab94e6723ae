package post

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/render"
)

// A file goes to Slack in three steps (docs.slack.dev/messaging/working-with-files): an address,
// the bytes, and the share. The first two show nothing to anybody and come before the message that
// speaks of the file; the share is what must not happen twice, so that where its answer got lost
// files.info is asked.

// A staged file lies at Slack and is shared nowhere yet.
type staged struct {
	id   string
	file render.File
}

// A lostFile could not be handed over.
type lostFile struct {
	name    string
	err     error
	unclear bool // it may be there all the same
}

// stage uploads the bytes of files.
//
// One file that fails does not keep the others from going.
func (p *Messenger) stage(ctx context.Context, files []render.File) (ready []staged, lost []lostFile) {
	for _, f := range files {
		if f.Size() == 0 {
			continue // Slack refuses empty files
		}
		id, err := p.stageOne(ctx, f)
		if err != nil {
			p.Log.WarnContext(ctx, "cannot upload a file", "err", err)
			lost = append(lost, lostFile{name: f.Name, err: err})
			continue
		}
		ready = append(ready, staged{id, f})
	}
	return ready, lost
}

// stageOne uploads one file's bytes. An address takes them once, so that a new try begins with a
// new one; what an earlier try left behind belongs to no conversation, and Slack forgets it.
func (p *Messenger) stageOne(ctx context.Context, f render.File) (id string, err error) {
	err = Retry(ctx, IfLost, func() error {
		to, err := p.API.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: f.Name, FileSize: int(f.Size())})
		if err != nil {
			return err
		}
		id = to.FileID
		body, err := f.Open()
		if err != nil {
			return err
		}
		return p.Uploads.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: to.UploadURL, Filename: f.Name, Reader: body})
	})
	if err != nil {
		return "", fmt.Errorf("upload %s: %w", f.Name, err)
	}
	return id, nil
}

// share puts staged files into a thread and returns those that are not there.
func (p *Messenger) share(ctx context.Context, channel, thread string, files []staged) (lost []lostFile) {
	for _, f := range files {
		if err := p.shareOne(ctx, channel, thread, f); err != nil {
			p.Log.WarnContext(ctx, "cannot share a file", "channel", channel, "err", err)
			var unconfirmed UnconfirmedError
			lost = append(lost, lostFile{f.file.Name, err, errors.As(err, &unconfirmed)})
		}
	}
	return lost
}

// shareOne shares one file, once.
func (p *Messenger) shareOne(ctx context.Context, channel, thread string, f staged) error {
	open := false
	err := Retry(ctx, IfLost, func() error {
		if open {
			there, err := p.isShared(ctx, f, channel, thread)
			if err != nil {
				return UnconfirmedError{err}
			}
			if there {
				return nil
			}
			open = false
		}
		_, err := p.API.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
			Files: []slack.FileSummary{{ID: f.id, Title: f.file.Title}}, Channel: channel, ThreadTimestamp: thread,
		})
		open = open || Unclear(err)
		return err
	})
	if err != nil && open {
		err = UnconfirmedError{err}
	}
	if err != nil {
		return fmt.Errorf("share %s: %w", f.file.Name, err)
	}
	return nil
}

// How long Slack may take to show where a file is shared: it looks for malware first
// (slackapi/python-slack-sdk#1329).
const (
	shareLooks = 4
	sharePause = time.Second
)

// isShared asks whether a file stands in a channel; the thread tells, too, where the app may not
// ask for the file.
//
// A yes is believed at once, a no only after a few looks, a second apart.
func (p *Messenger) isShared(ctx context.Context, f staged, channel, thread string) (bool, error) {
	for look := 1; ; look++ {
		var file *slack.File
		err := Retry(ctx, IfLost, func() (err error) {
			file, _, _, err = p.API.GetFileInfoContext(ctx, f.id, 0, 0)
			return err
		})
		switch {
		case RefusedWith(err, "file_not_found"):
			return false, nil // it was never completed
		case isRefusal(err): // missing_scope, where the app is older than the manifest
			return p.Attached(ctx, channel, thread, f.file.Name)
		}
		if err != nil || standsIn(file, channel) {
			return err == nil, err
		}
		if look == shareLooks || !Sleep(ctx, sharePause) {
			return false, ctx.Err()
		}
	}
}

// isRefusal tells whether Slack answered, and said no for good.
func isRefusal(err error) bool {
	var refused slack.SlackErrorResponse
	return errors.As(err, &refused) && !Passes(err)
}

// standsIn tells whether a file object names a conversation as one that it is shared in.
func standsIn(f *slack.File, channel string) bool {
	return slices.Contains(f.Channels, channel) || slices.Contains(f.Groups, channel) || slices.Contains(f.IMs, channel) ||
		len(f.Shares.Public[channel]) > 0 || len(f.Shares.Private[channel]) > 0
}

// withLost is a card as it is shown: without its files, and saying which of them are missing and
// why. A title that speaks of a file which is not there is left out.
func withLost(card render.Card, lost []lostFile) render.Card {
	if onlyFiles(card) && len(lost) == len(card.Files) {
		card.Title, card.Text, card.Tone, card.Parts = "", "", render.Warning, nil
	}
	card.Files = nil
	for _, f := range lost {
		card.Parts = append(slices.Clip(card.Parts), render.Line{render.Text("⚠ " + f.Words())})
	}
	return card
}

// onlyFiles tells whether a card says nothing but that files are there.
func onlyFiles(card render.Card) bool {
	return len(card.Files) > 0 && card.Title == card.Files[0].Title
}

// Words tell a person what became of a file.
func (f lostFile) Words() string {
	if f.unclear {
		return fmt.Sprintf("Slack didn't confirm %s, so it may or may not have arrived. If you don't see it, request it again.", f.name)
	}
	return fmt.Sprintf("I couldn't upload %s: %s", f.name, slackSays(f.err))
}

// slackSays is Slack's own word for a refusal, and what to do; where it was not Slack, whose fault it is.
func slackSays(err error) string {
	var refused slack.SlackErrorResponse
	var status slack.StatusCodeError
	switch {
	case errors.As(err, new(*fs.PathError)): // of a temporary file
		return "I can't write it to my disk, which may be full. Ask whoever runs the bot to make room, then try again."
	case errors.As(err, &refused) && refused.Err == "missing_scope":
		return "the app lacks a permission (missing_scope). Ask whoever runs the bot: `s1bot check` names it."
	case errors.As(err, &refused):
		return "Slack refuses it (" + refused.Err + "). Try again."
	case errors.As(err, &status):
		return fmt.Sprintf("Slack answered with status %d. Try again.", status.Code)
	}
	return "Slack isn't responding. Try again."
}

// lostError is the error of a card that stands without its files; nil where none is missing.
func lostError(lost []lostFile) error {
	if len(lost) == 0 {
		return nil
	}
	var names []string
	for _, f := range lost {
		names = append(names, f.name)
	}
	return &FilesError{names: strings.Join(names, ", "), lost: lost}
}

// A FilesError tells that a message stands, and says that files of it are missing.
type FilesError struct {
	names string
	lost  []lostFile
}

// Words tell a person what became of the files.
func (e *FilesError) Words() string {
	var all []string
	for _, f := range e.lost {
		all = append(all, f.Words())
	}
	return strings.Join(all, " ")
}

// Error names the files; Unwrap has the causes, so that RefusedWith finds Slack's words among them.
func (e *FilesError) Error() string { return "files are missing: " + e.names }
func (e *FilesError) Unwrap() []error {
	var errs []error
	for _, f := range e.lost {
		errs = append(errs, f.err)
	}
	return errs
}
