package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

// A download is a file on its way to a person, on disk, or why there is none. Its content may be
// malware: it is handed over as it came. The disk is given back by who posts the card, or by
// discard.
type download struct {
	file s1.Download
	disk *tempfile.File
	err  error
}

// downloads are by place in what was asked for. The key is the index into pickup.Wants or
// ScriptResults.Files; one that is missing was not there to be read.
type downloads map[int]download

// fetch reads a file to disk.
func fetch(call *catalog.Call, read func(s1.Keep) (s1.Download, error)) (d download) {
	d.file, d.err = read(func() (io.WriteCloser, error) {
		space := call.Exports
		if space == nil { // a caller without one hands over one answer at a time
			space = tempfile.NewSpace("", maxHanded+s1.MaxFile)
		}
		file, err := space.Create()
		d.disk = file
		return file, err
	})
	return d
}

// size is how many bytes all of them have.
func (ds downloads) size() (total int64) {
	for _, d := range ds {
		total += d.file.Size
	}
	return total
}

// discard gives back the disk of files that nobody will get.
func (ds downloads) discard() {
	for _, d := range ds {
		if d.disk != nil {
			_ = d.disk.Close() // it has no name: whatever happens, nothing is left
		}
	}
}

// deliver downloads what was uploaded and hands it over as files. One archive after the other, each
// to disk: an archive is up to 10 MB by the console's rule, and much larger ones have been met for
// scripts. When the work is cancelled, what was read is thrown away, since nobody waits for it.
func (p *pickup) deliver(ctx context.Context, call *catalog.Call, h haul) (render.Card, error) {
	fetched := downloads{}
	for i, w := range p.Wants {
		u, there := h.Found[i]
		if !there {
			continue
		}
		call.Show(p.downloading(call, len(fetched)))
		if fetched.size() >= maxHanded {
			fetched[i] = download{err: errEnough}
			continue
		}
		one := fetch(call, func(keep s1.Keep) (s1.Download, error) { return call.Console.DownloadUpload(ctx, u, keep) })
		if one.err != nil {
			one.err = fmt.Errorf("download the files of %s: %w", w.Name, one.err)
		}
		fetched[i] = one
		if ctx.Err() != nil {
			fetched.discard()
			return render.Card{}, context.Cause(ctx)
		}
	}
	return p.delivered(call, h, fetched), nil
}

// downloading is the card while archives are read.
func (p *pickup) downloading(call *catalog.Call, done int) render.Card {
	title := call.Command.Title + " · downloading from the console"
	return render.Card{Tone: render.Waiting, Title: title, Text: title, Parts: []render.Part{
		render.Bar{Done: done, Total: len(p.Wants), Label: text.Plural(len(p.Wants)-done, "archive") + " to go"},
	}}
}

// errEnough leaves files for another answer: what one holds takes disk until Slack has it. The
// others are sent, and the button fetches this one.
var errEnough = errors.New("too large to send with the others; download it on its own")

// delivered tells what became of each archive. The order of the files is that of what was asked
// for, in the table and in the message.
func (p *pickup) delivered(call *catalog.Call, h haul, fetched downloads) render.Card {
	good, problem := 0, error(nil)
	var files []render.File
	for i, w := range p.Wants {
		switch one, there := fetched[i]; {
		case !there:
		case one.err != nil:
			problem = one.err
		default:
			good++
			files = addFile(files, one, w.Name)
		}
	}
	title := call.Command.Title
	if good == 0 {
		card := failedDownload(title, call.Command.Needs, goneWords, problem)
		card.Parts = append(card.Parts, p.table(h, fetched))
		card.Actions = append(p.collectAgain(problem), p.again()...)
		return card
	}
	words := fmt.Sprintf("%d of %s", good, text.Plural(len(p.Wants), "archive"))
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words + " of " + p.names(), Files: files}
	if good < len(p.Wants) {
		card.Tone, card.Outcome, card.Actions = render.Warning, render.Partial, p.again()
	}
	card.Parts = []render.Part{p.table(h, fetched), render.Note{render.Text(
		"These are encrypted archives from the endpoints; each opens with the password from its request. They may contain malware, so open them only where that's safe.")}}
	return card
}

// What to do about files that are gone.
const (
	// Both numbers are the vendor's.
	goneWords = "The console keeps files for three days, and no more than 30 per endpoint. Request them from the endpoint again."
	linkWords = "Get the results again to create new links."
)

// failedDownload is the failure of all of them, told by one. The last error stands for all: they
// are mostly one cause (gone, no permission).
func failedDownload(title, needs, gone string, err error) render.Card {
	var refusal *s1.Error
	if !errors.As(err, &refusal) {
		return render.Failure(title, 0, err.Error(), "")
	}
	return render.Failure(title, refusal.Status, refusal.Message, downloadAdvice(needs, gone, refusal))
}

// downloadAdvice is what to do about a file that cannot be had. A 410 and a file that is too large
// have answers that only this area knows.
func downloadAdvice(needs, gone string, e *s1.Error) string {
	switch {
	case errors.Is(e, s1.ErrGone):
		return gone
	case errors.Is(e, s1.ErrTooLarge):
		return "Request fewer files at once."
	}
	return refusal.Advice(e, needs)
}

// collectAgain offers to ask an endpoint anew for files that are gone. It opens the form with the
// endpoint filled in; the paths are in nobody's hands any more.
func (p *pickup) collectAgain(err error) []render.Action {
	if !errors.Is(err, s1.ErrGone) {
		return nil
	}
	w := p.Wants[0]
	do := catalog.Invocation{Command: "collect-files", How: render.Open, Args: catalog.Marshal(map[string]any{"agent-id": w.Agent})}
	if w.Threat != "" {
		do = catalog.Invocation{Command: "fetch-threat-file", How: render.Open, Args: catalog.Marshal(map[string]any{"threat-ids": []s1.ThreatID{w.Threat}})}
	}
	return []render.Action{render.Button{Label: "Request them again", Do: do}}
}

// table shows each archive with its size and hash, or what is missing. The hash is of the archive
// as it was received, so that two people can tell whether they have the same one.
func (p *pickup) table(h haul, fetched downloads) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "From"}, {Title: "Batch"}, {Title: "Archive"}, {Title: "Uploaded"}, {Title: "Size", Right: true}, {Title: "SHA-256"}}}
	for i, w := range p.Wants {
		row := []render.Line{{render.Text(w.Name)}, {render.Mono(w.Batch)}, {render.Text("not there yet")}, {}, {}, {}}
		if u, there := h.Found[i]; there {
			row[1], row[2], row[3] = render.Line{render.Mono(u.Data.Batch)}, render.Line{render.Text(u.Name())}, render.Line{render.At(u.CreatedAt.Time)}
		}
		switch one, there := fetched[i]; {
		case !there:
		case one.err != nil:
			row[4] = render.Line{render.Text(whyNot(one.err))}
		default:
			row[4], row[5] = render.Line{render.Text(catalog.SizeWords(int(one.file.Size)))}, render.Line{render.Mono(one.file.SHA256)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// whyNot says in some words why a file is not there.
func whyNot(err error) string {
	var refusal *s1.Error
	switch {
	case errors.Is(err, s1.ErrGone):
		return "expired: no longer kept"
	case errors.Is(err, s1.ErrTooLarge):
		return fmt.Sprintf("refused: more than %d MB", s1.MaxFile>>20)
	case errors.As(err, &refusal) && refusal.Status != 0:
		return fmt.Sprintf("failed: %d %s", refusal.Status, refusal.Message)
	case errors.As(err, &refusal):
		return "failed: " + refusal.Message
	}
	return err.Error()
}

// addFile adds a download under a name that is safe and not taken.
func addFile(files []render.File, d download, from string) []render.File {
	name := safeName(d.file.Name)
	for _, f := range files {
		if f.Name == name {
			name = fmt.Sprintf("%d-%s", len(files)+1, name)
			break
		}
	}
	return append(files, render.File{Name: name, Title: fmt.Sprintf("%s · %s", from, catalog.SizeWords(int(d.file.Size))), Disk: d.disk})
}

// safeName keeps of a name what means nothing to a shell or a file system: the console takes names
// from endpoints. Letters of any script stay; the end of a long name is kept, because that is where
// the extension is.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	name = strings.TrimLeft(name, ".-")
	if r := []rune(name); len(r) > 100 {
		name = string(r[len(r)-100:])
	}
	return cmp.Or(name, "archive.zip")
}
