package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"s1bot/approvals"
)

// auditPause is how long a row of the trail takes at most to reach the file.
const auditPause = time.Second

// streamAudit appends the audit trail to a file until ctx ends, a line of JSON for each row. It
// goes on where the file ends, so a stop loses nothing; rows that were written before the file was
// there come first.
//
// It follows the trail by looking once a second and not by being told, because other processes
// write rows too. What it writes is behind the database by as much and never ahead of it: a row is
// in the file only after its transaction.
//
// The log hears only of changes between failing and not failing. Operators are told until Slack
// takes it, which is why failing and told are two things: while Slack is away the file may break
// and mend.
func (p *program) streamAudit(ctx context.Context) error {
	if p.config.AuditFile == "" {
		return nil
	}
	failing, reported := false, false
	for last := int64(-1); ; {
		var err error
		last, err = p.appendAudit(context.WithoutCancel(ctx), last)
		if failing != (err != nil) {
			failing = err != nil
			p.log.Warn("the audit file", "file", p.config.AuditFile, "behind", failing, "err", err)
		}
		if failing != reported && p.tellAuditFile(ctx, err) {
			reported = failing
		}
		if ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done(): // once more, for what ended with it
		case <-time.After(auditPause):
		}
	}
}

// tellAuditFile tells operators that the file is behind, or that it is not any more; false where Slack does not take it now.
func (p *program) tellAuditFile(ctx context.Context, failure error) bool {
	card := auditCard("The audit trail is written to its file again", p.config.AuditFile+" is up to date again.")
	if failure != nil {
		card = auditTrouble("The audit trail doesn't reach its file", fmt.Sprintf("I can't write to %s: %v.", p.config.AuditFile, failure), "Check the disk and the file, then S1BOT_AUDIT_FILE.")
	}
	return p.tellOperators(ctx, "audit file "+p.config.AuditFile, card) == nil
}

// appendAudit writes what is new after row last, and returns the row that the file ends with.
//
// The file is opened anew each time, so that a log rotation which moves it away is followed: the
// next row begins a new file. resume then finds that file empty, and it begins with the whole trail
// only if the process was started anew; a running one goes on behind the row it knows.
func (p *program) appendAudit(ctx context.Context, last int64) (int64, error) {
	file, err := os.OpenFile(p.config.AuditFile, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return last, err
	}
	defer func() { _ = file.Close() }()
	if last < 0 {
		if last, err = p.resume(ctx, file); err != nil {
			return -1, err
		}
	}
	trail, err := p.db.Requests().Audit(ctx, approvals.AuditQuery{After: last})
	if err != nil {
		return last, err
	}
	for e, err := range trail.Entries {
		if err != nil {
			return last, err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return last, err
		}
		if _, err := file.Write(append(line, '\n')); err != nil {
			return -1, fmt.Errorf("write row %d: %w", e.Seq, err) // it may be there in part: look again
		}
		last = e.Seq
	}
	return last, nil
}

// resume is the number of the row that the file ends with, if the trail has the same one. A
// database that was restored from a backup has fewer rows, and soon others of the same numbers: to
// go on behind them would leave a hole that nobody notices.
//
// An empty file begins at row 0, with the whole trail.
func (p *program) resume(ctx context.Context, file *os.File) (int64, error) {
	end, err := lastRow(file)
	if err != nil || end.Seq == 0 {
		return 0, err
	}
	trail, err := p.db.Requests().Audit(ctx, approvals.AuditQuery{After: end.Seq - 1})
	if err != nil {
		return 0, err
	}
	for e, err := range trail.Entries {
		if err != nil {
			return 0, err
		}
		if e.Mark() == end {
			return end.Seq, nil
		}
	}
	return 0, fmt.Errorf("it ends with row %d, which the trail doesn't have: it belongs to another database, or was written after the backup that was restored. Move the file away, and the bot starts a new one with the whole trail", end.Seq)
}

// tailSize is enough for the longest row.
const tailSize = 1 << 20

// lastRow is the last whole row in the file, without a number if there is none. What a crash left
// of a half-written one is cut off.
//
// A crash between a row and its line break leaves a half that the collector has perhaps read; it is
// cut off and written again whole.
func lastRow(file *os.File) (end approvals.Mark, err error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return end, err
	}
	tail := make([]byte, min(size, tailSize))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil {
		return end, err
	}
	whole := tail[:bytes.LastIndexByte(tail, '\n')+1]
	if err := file.Truncate(size - int64(len(tail)-len(whole))); err != nil {
		return end, err
	}
	if len(whole) == 0 {
		return end, nil
	}
	line := whole[bytes.LastIndexByte(whole[:len(whole)-1], '\n')+1:]
	var e approvals.Entry
	if json.Unmarshal(line, &e) != nil || e.Seq == 0 {
		return end, errors.New("its last line isn't an audit trail row: move the file away")
	}
	return e.Mark(), nil
}

// compareStream walks trail beside a file that it was streamed to, which may begin later than the
// trail (older files were moved away), and returns how many rows the file has. A row that differs,
// or that the trail lacks, is an error.
//
// Rows of the trail before the file's first are passed over; those after its last are not in the
// file yet, which is no error.
func compareStream(trail approvals.Trail, path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	lines := json.NewDecoder(file)
	wanted, more, err := nextRow(lines, 0)
	same := 0
	for e, readErr := range trail.Entries {
		switch {
		case err != nil || readErr != nil:
			return same, errors.Join(err, readErr)
		case !more:
			return same, nil
		case e.Seq < wanted.Seq:
			continue
		case e.Mark() != wanted.Mark():
			return same, fmt.Errorf("row %d differs there", wanted.Seq)
		}
		same++
		wanted, more, err = nextRow(lines, e.Seq)
	}
	if more {
		return same, fmt.Errorf("it has row %d, which the trail doesn't have", wanted.Seq)
	}
	return same, err
}

// nextRow reads the first row after another one: what several processes wrote into one file stands there several times. A half-written
// row at the end, which a crash left, is none.
func nextRow(lines *json.Decoder, after int64) (e approvals.Entry, more bool, err error) {
	for e.Seq <= after {
		e = approvals.Entry{}
		switch err := lines.Decode(&e); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return e, false, nil
		case err != nil:
			return e, false, fmt.Errorf("it isn't an audit trail: %w", err)
		}
	}
	return e, true, nil
}
