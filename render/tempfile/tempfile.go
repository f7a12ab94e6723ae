// Package tempfile keeps large results on disk on their way to Slack, so that they need no memory.
//
// A file has no name: it is unlinked as soon as it is open, and its blocks are the system's again
// when the process closes it, ends or is killed. So there is nothing to delete after a crash, and
// nobody else on the machine can open what may be a list of every endpoint.
//
//	Create ──▶ Write … Write ──▶ Reader, as often as needed (an upload that broke is done again) ──▶ Close
//	              └── no room left in the Space: ErrFull; what was written stays readable
//
// The rule one must not break: whoever gets a file closes it. One that is forgotten keeps its room
// until the garbage collector finds it.
package tempfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrFull: a write would take more room than all files of a Space may have together.
var ErrFull = errors.New("no room left for temporary files")

// ErrDisk: the disk does not take a file, or no more of one: it is full, or the folder cannot be
// written.
var ErrDisk = errors.New("no temporary file can be written")

// A Space bounds how much disk all files of a process take together.
type Space struct {
	dir  string
	most int64
	used atomic.Int64
}

// NewSpace returns a Space of most bytes in dir; "" is the system's directory for temporary files,
// which TMPDIR names.
func NewSpace(dir string, most int64) *Space { return &Space{dir: dir, most: most} }

// Used is how many bytes the files that are open take.
func (s *Space) Used() int64 { return s.used.Load() }

// Most is how many bytes they may take.
func (s *Space) Most() int64 { return s.most }

// take asks for room of n bytes.
func (s *Space) take(n int64) bool {
	if s.used.Add(n) <= s.most {
		return true
	}
	s.used.Add(-n)
	return false
}

// A File is written once, from its beginning to its end, and then read.
type File struct {
	space *Space
	file  *os.File
	out   *bufio.Writer
	held  *atomic.Int64 // bytes of the Space that this file has
	close func() error
}

// Create makes an empty file that only this process can reach.
func (s *Space) Create() (*File, error) {
	file, err := os.CreateTemp(s.dir, "s1bot-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("create a temporary file: %w: %w", ErrDisk, err)
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("hide a temporary file: %w", err)
	}
	held := &atomic.Int64{}
	f := &File{space: s, file: file, out: bufio.NewWriterSize(file, 64<<10), held: held}
	free := sync.OnceFunc(func() { s.used.Add(-held.Load()) })
	forgotten := runtime.AddCleanup(f, func(free func()) { free() }, free) // os.File closes itself
	f.close = sync.OnceValue(func() error {
		forgotten.Stop()
		free()
		return file.Close()
	})
	return f, nil
}

// Write appends p, or nothing and returns ErrFull.
//
// The room is taken before the write, so that all files together never have more than the Space
// allows.
func (f *File) Write(p []byte) (int, error) {
	if !f.space.take(int64(len(p))) {
		return 0, ErrFull
	}
	f.held.Add(int64(len(p)))
	n, err := f.out.Write(p)
	if err != nil {
		return n, fmt.Errorf("write a temporary file: %w: %w", ErrDisk, err)
	}
	return n, nil
}

// WriteEnd appends the few bytes that end what was written, also where the Space is full.
func (f *File) WriteEnd(p []byte) {
	f.space.used.Add(int64(len(p)))
	f.held.Add(int64(len(p)))
	_, _ = f.out.Write(p) // the buffer keeps its error; Reader returns it
}

// Size is how many bytes were written.
func (f *File) Size() int64 { return f.held.Load() }

// Reader reads the file from its beginning. No Write may follow.
func (f *File) Reader() (io.Reader, error) {
	if err := f.out.Flush(); err != nil {
		return nil, fmt.Errorf("write a temporary file: %w: %w", ErrDisk, err)
	}
	return io.NewSectionReader(f.file, 0, f.Size()), nil
}

// Close gives the file's room back. Closing it again does nothing.
func (f *File) Close() error { return f.close() }
