package casefile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// A zip takes one file at a time. So while events.jsonl is written from the console's pages, the
// rows of events.csv wait on disk.

// events writes what the console recorded around the threat, page by page.
//
// The room for both is looked at together while the first is written, for the second only follows.
func (m Maker) events(ctx context.Context, c *Case, z *archive) error {
	if c.Threat == "" {
		return nil
	}
	sheet, err := m.Space.Create()
	if err != nil {
		return err
	}
	defer sheet.Close()
	if err := lookup.ThreatEventTable(nil).CSV(sheet); err != nil {
		return err
	}
	s := eventStream{c: c, left: func() int64 { return z.left - sheet.Size() - partBytes }, sheet: bufio.NewWriter(sheet)}
	err = z.file("events.jsonl", func(w io.Writer) error { return s.copy(ctx, m.Console, w) })
	c.count("Events", s.n)
	s.seen.tell(c)
	if s.n > maxMoments {
		c.missing = append(c.missing, fmt.Sprintf("events after the first %d in the timeline; events.csv has them", maxMoments))
	}
	return errors.Join(err, z.file("events.csv", func(w io.Writer) error {
		rows, err := sheet.Reader()
		if err == nil {
			_, err = io.Copy(w, rows)
		}
		return err
	}))
}

// An eventStream writes events as lines of JSON and as rows.
//
// One page is in memory at a time, beside the moments of the timeline.
type eventStream struct {
	c     *Case
	sheet *bufio.Writer // which each row leaves empty
	left  func() int64  // how many bytes there is room for
	n     int
	seen  scene
}

// copy goes through the console's pages until they end or the case file is full.
func (s *eventStream) copy(ctx context.Context, console Console, lines io.Writer) error {
	q := (s1.Query{}).WithLimit(1000)
	for trail := s1.NewTrail("list the events of a threat", q); ; {
		page, err := console.ThreatEventsPage(ctx, s.c.Threat, q)
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			if full, err := s.write(lines, e); full || err != nil {
				return err
			}
		}
		next, more, err := s1.Follow(trail, q, page)
		if err != nil || !more {
			return err
		}
		q = next
	}
}

// write writes one event; full says that it had no room.
//
// Twice the length stands for the line of JSON and the row of CSV, which has no more than what is
// in the line. The check comes before either is written, so that both files have the same events.
func (s *eventStream) write(lines io.Writer, e huntapi.ThreatEvent) (full bool, err error) {
	if s.left() < 2*int64(len(e.Raw)) {
		s.c.missing = append(s.c.missing, fmt.Sprintf("events after the first %d: a case file holds at most 64 MiB", s.n))
		return true, nil
	}
	s.seen.see(e, s.c.path(), s.c.Name)
	if s.n++; s.n <= maxMoments {
		s.c.add(e.CreatedAt.Time, e.ProcessName, e.EventType+" "+lookup.EventWords(e))
	}
	if _, err := lines.Write(append(slices.Clone(e.Raw), '\n')); err != nil {
		return false, err
	}
	row := render.Table{Rows: lookup.ThreatEventTable([]huntapi.ThreatEvent{e}).Rows}
	return false, row.CSV(s.sheet)
}
