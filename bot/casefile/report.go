package casefile

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/render"
)

// timeline is the moments in their order, as a table.
func (c *Case) timeline(z *archive) error {
	return z.file("timeline.csv", func(w io.Writer) error {
		out := render.NewCSVWriter(w)
		if err := out.Write("When (UTC)", "Who", "What"); err != nil {
			return err
		}
		for _, m := range c.moments {
			if err := out.Write(m.at.UTC().Format(time.RFC3339), trail.Line(m.who), trail.Line(m.what)); err != nil {
				return err
			}
		}
		return out.Flush()
	})
}

// reportMoments is how many lines of the timeline the report has; timeline.csv has all.
const reportMoments = 2000

// report is readable offline, in any editor.
//
// It links to nothing and loads nothing, and whatever is not the bot's own words goes through
// inert. What is missing stands near the top, before anybody relies on the rest.
func (c *Case) report(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Case: %s %s\n\nCreated %s by s1bot.\n\n", c.Kind, inert(c.Name), when(c.Made))
	for _, f := range slices.Concat(c.inShort(), c.Facts) {
		fmt.Fprintf(&b, "- %s: %s\n", f.Label, inert(f.Value))
	}
	b.WriteString("\n## What is in this file\n\n")
	for _, f := range c.counts {
		fmt.Fprintf(&b, "- %s: %s\n", f.Label, f.Value)
	}
	for _, m := range c.missing {
		fmt.Fprintf(&b, "- **Missing**: %s\n", inert(m))
	}
	b.WriteString("\n## Requests, decisions and runs\n\n")
	for _, r := range c.requests {
		fmt.Fprintf(&b, "- %s %s: requested by %s %s, %s; reason: %s\n", inert(r.Ref), inert(c.titled(r)), inert(r.RequesterName), when(r.Created), inert(string(r.State)), inert(r.Reason))
		for _, v := range r.Approvals {
			fmt.Fprintf(&b, "  - approved by %s%s\n", inert(v.User), voided(v))
		}
	}
	if len(c.requests) == 0 {
		b.WriteString("Nothing was requested through the bot.\n")
	}
	b.WriteString("\n## Timeline\n\n")
	for _, m := range c.moments[:min(len(c.moments), reportMoments)] {
		fmt.Fprintf(&b, "- %s · %s\n", when(m.at), m.words(inert, " · "))
	}
	if more := len(c.moments) - reportMoments; more > 0 {
		fmt.Fprintf(&b, "- … %d more in timeline.csv\n", more)
	}
	b.WriteString("\nThe rows of the audit trail are in audit.jsonl; `s1bot audit --verify --against audit.jsonl` compares them with the trail.\n")
	_, err := w.Write(b.Bytes())
	return err
}

// Card tells the case in short: what it is and how bad, what is still open, whether the endpoint is
// isolated; then what is missing, what happened, what was done about it, what else was seen last, and
// how much of each is in the file.
//
// It must say on a phone what the case is about and how it stands; who wants more opens the file.
// The last moments are the ones that whoever takes over needs first.
func (c *Case) Card() render.Card {
	title := "Case file · " + c.about()
	card := render.Card{Tone: render.Info, Title: title, Text: title, Parts: c.first()}
	if open := c.stillOpen(); len(open) > 0 {
		card.Text += ", still open: " + strings.Join(open, ", ")
	}
	for _, m := range c.missing {
		card.Parts = append(card.Parts, render.Line{render.Bold("Missing: "), render.Text(m)})
	}
	card.Parts = slices.Concat(append(card.Parts, c.happened()), c.done())
	seen := slices.DeleteFunc(slices.Clone(c.moments), func(m moment) bool { return m.decision }) // those have their lines above
	const last = 8
	for _, m := range seen[max(0, len(seen)-last):] {
		card.Parts = append(card.Parts, render.Line{render.At(m.at), render.Text(" · " + m.words(trail.Line, " · "))})
	}
	note := render.Note{render.Text("In the file: ")}
	for i, f := range c.counts {
		if i > 0 {
			note = append(note, render.Text(" · "))
		}
		note = append(note, render.Text(f.Label+" "+f.Value))
	}
	card.Parts = append(card.Parts, note)
	return card
}

// FileTitle is what Slack shows above the zip; a file keeps it where it is shared on, without the card.
func (c *Case) FileTitle() string { return trail.Line("Case file: " + c.about()) }

// about is what the case is about, as people call it.
func (c *Case) about() string {
	if c.Host == "" {
		return c.Name
	}
	return c.Name + " on " + c.Host
}

// An archive is a zip that holds no more than it may.
//
// left is the only bound, shared by all files. Parts may raise it back for who comes later (Make
// does for the report), none may go round it.
type archive struct {
	zip  *zip.Writer
	made time.Time
	left int64
	err  error // of the file that it is written to
}

var errFull = errors.New("the case file is full")

// file writes one file of the zip as it is made.
func (z *archive) file(name string, write func(io.Writer) error) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.made})
	if err != nil {
		z.err = errors.Join(z.err, err)
		return err
	}
	return write(bounded{z, w})
}

func (z *archive) json(name string, raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return err
	}
	return z.file(name, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

// bounded writes what there is room for.
type bounded struct {
	z *archive
	w io.Writer
}

// A write that does not fit is refused whole: half a line of JSON is worse than none. errFull is
// the part's error and not the archive's, so the parts after it go on with what is left.
func (b bounded) Write(p []byte) (int, error) {
	if int64(len(p)) > b.z.left {
		return 0, errFull
	}
	n, err := b.w.Write(p)
	b.z.left -= int64(n)
	if err != nil {
		b.z.err = errors.Join(b.z.err, err)
	}
	return n, err
}

// voided says why an approval did not count any more, or nothing.
func voided(v approvals.Vote) string {
	if v.Void == "" {
		return ""
	}
	return ", who " + inert(v.Void)
}
