package trailfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"time"

	"s1bot/approvals"
)

// pause is how long a row of the trail takes at most to reach the file.
const pause = time.Second

// A Stream is a file that follows the trail.
type Stream struct {
	Path string
	// Rows is the trail behind a row; 0 is all of it.
	Rows func(ctx context.Context, after int64) iter.Seq2[approvals.Entry, error]
	// Tell tells operators that the file is behind (failure is why), or that it is not any more (nil). Its error means that they were not
	// told: they are told with the next look.
	Tell func(ctx context.Context, failure error) error
	Log  *slog.Logger
}

// Run appends the trail to the file until ctx ends. It
// goes on where the file ends, so a stop loses nothing; rows that were written before the file was
// there come first.
//
// It follows the trail by looking once a second and not by being told, because other processes
// write rows too. What it writes is behind the database by as much and never ahead of it: a row is
// in the file only after its transaction.
//
// The log hears only of changes between failing and not failing. Operators are told until Slack
// takes it, which is why failing and reported are two things: while Slack is away the file may break
// and mend.
func (s Stream) Run(ctx context.Context) error {
	failing, reported := false, false
	for last := int64(-1); ; {
		var err error
		last, err = s.append(context.WithoutCancel(ctx), last)
		if failing != (err != nil) {
			failing = err != nil
			s.Log.Warn("the audit file", "file", s.Path, "behind", failing, "err", err)
		}
		if failing != reported && s.Tell(ctx, err) == nil {
			reported = failing
		}
		if ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done(): // once more, for what ended with it
		case <-time.After(pause):
		}
	}
}

// append writes what is new after row last, and returns the row that the file ends with.
//
// The file is opened anew each time, so that a log rotation which moves it away is followed: the
// next row begins a new file. resume then finds that file empty, and it begins with the whole trail
// only if the process was started anew; a running one goes on behind the row it knows.
func (s Stream) append(ctx context.Context, last int64) (int64, error) {
	file, err := os.OpenFile(s.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return last, err
	}
	defer func() { _ = file.Close() }()
	if last < 0 {
		if last, err = s.resume(ctx, file); err != nil {
			return -1, err
		}
	}
	for e, err := range s.Rows(ctx, last) {
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
func (s Stream) resume(ctx context.Context, file *os.File) (int64, error) {
	end, err := lastRow(file)
	if err != nil || end.Seq == 0 {
		return 0, err
	}
	for e, err := range s.Rows(ctx, end.Seq-1) {
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
