package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"s1bot/s1/wire"
)

// MaxFile is the largest file that is downloaded: what the console lets an endpoint upload in one
// command.
const MaxFile = 10 << 20

// downloadTimeout is how long one try of a download may take.
const downloadTimeout = 2 * time.Minute

// A Download is a file from an endpoint. It may be malware: it is kept as it is, and nobody looks
// inside.
type Download struct {
	Name   string // as the console calls it, without a path; "" if it does not say
	Size   int64
	SHA256 string // in hexadecimal digits
}

// Keep makes the place of a file that is downloaded. It is called for each try anew, and what an
// earlier try left is closed: where the download succeeds, the last place has the file, and it is
// the caller's to close.
type Keep func() (io.WriteCloser, error)

// Download reads a file into the place that keep makes; no more of it than a few KB is in memory. A
// redirect to cloud storage is followed once, without the token.
func (c *Client) Download(ctx context.Context, call Call, keep Keep) (Download, error) {
	call.Method, call.download, call.keep = http.MethodGet, true, keep
	a, err := c.exchange(ctx, call)
	var moved *movedError
	if errors.As(err, &moved) && call.Link.Empty() {
		call.Link = moved.to
		if err := c.CheckLink(call.Link); err != nil {
			return Download{}, Refusal(call.Operation, err)
		}
		a, err = c.exchange(ctx, call)
	}
	if err != nil {
		return Download{}, err
	}
	if problem := notAFile(a); problem != "" {
		a.drop()
		return Download{}, &Error{Operation: call.Operation, Status: a.status, Message: problem}
	}
	return Download{nameIn(a.header), a.file.size, hex.EncodeToString(a.file.sum)}, nil
}

// A kept is a file in its place.
type kept struct {
	place io.Closer
	size  int64
	sum   []byte // SHA-256
}

// discard gives the place of a file up that nobody will read.
func (k *kept) discard() { _ = k.place.Close() } // nobody reads it, so what is wrong with it is nobody's concern

// An unkeptError is that the place of a file does not take it: the disk is full. Trying again would
// ask the console in vain.
type unkeptError struct{ error }

// Unwrap is what the place said.
func (e *unkeptError) Unwrap() error { return e.error }

// keepFile copies a file to its place, and its first KB into the attempt's body: they tell a file
// from a page.
func (a *attempt) keepFile(from io.Reader, keep Keep, limit int64) {
	place, err := keep()
	if err != nil {
		a.err = &unkeptError{err}
		return
	}
	a.file = &kept{place: place}
	sum, start := sha256.New(), &beginning{}
	a.file.size, a.err = io.Copy(io.MultiWriter(faithful{place}, sum, start), io.LimitReader(from, limit+1))
	a.file.sum, a.body = sum.Sum(nil), start.kept
	if a.err == nil && a.file.size > limit {
		a.err = ErrTooLarge
	}
}

// A faithful writer marks errors as the place's, to tell them from the console's.
type faithful struct{ place io.Writer }

// Write passes on; an error is the disk's, whatever io.Copy makes of it.
func (f faithful) Write(p []byte) (int, error) {
	n, err := f.place.Write(p)
	if err != nil {
		return n, &unkeptError{err}
	}
	return n, nil
}

// beginning keeps the first KB of what is written.
type beginning struct{ kept []byte }

// Write keeps what there is room for and takes the rest for written.
func (b *beginning) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), 4096-len(b.kept))]...)
	return len(p), nil
}

// A movedError is a redirect to another address than the console's.
type movedError struct{ to wire.Secret }

// Error leaves the address out: it is signed, and whoever has it has the file.
func (e *movedError) Error() string { return "the file is at another address" }

// movedTo returns where a download's answer redirects to; nil if it does not.
func (a attempt) movedTo(call Call) error {
	to := a.header.Get("Location")
	if !call.download || a.status/100 != 3 || to == "" {
		return nil
	}
	return &movedError{wire.NewSecret(to)}
}

// errLink refuses an address that a console in its right mind would not hand out.
var errLink = fmt.Errorf("%w: the console's download link isn't an https address", ErrInvalidValue)

// CheckLink accepts https, and plain http to a loopback address if the console itself is reached so.
func (c *Client) CheckLink(link wire.Secret) error {
	address, err := url.Parse(link.Reveal())
	switch {
	case err != nil || address.Hostname() == "" || address.User != nil:
		return errLink
	case address.Scheme == "https":
		return nil
	case address.Scheme == "http" && c.base.Scheme == "http" && isLoopback(address.Hostname()):
		return nil
	}
	return errLink
}

// notAFile says what came instead of a file: a sign-in page or nothing.
func notAFile(a attempt) string {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch {
	case len(a.body) == 0:
		return "The console sent an empty file."
	case kind == "text/html" && a.header.Get("Content-Disposition") == "":
		return strings.TrimSpace("The console answered with a web page instead of a file: " + plain(pageTitle(string(a.body))))
	}
	return ""
}

// nameIn reads the file's name from Content-Disposition, without what could make it a path.
func nameIn(header http.Header) string {
	_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return BaseName(params["filename"])
}

// BaseName is the last element of a path with slashes of either kind.
func BaseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == ".." || name == "/" {
		return ""
	}
	return name
}

// withoutAddress takes a signed link, which hands out a file to whoever has it, out of an error.
func (c Call) withoutAddress(err error) error {
	var failed *url.Error
	if !c.Link.Empty() && errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// host is where the call goes, for people.
func (c Call) host(client *Client) string {
	if address, err := url.Parse(c.Link.Reveal()); err == nil && !c.Link.Empty() {
		return address.Host
	}
	return client.base.Host
}

// hide takes secrets out of a text; very short ones would make it unreadable and tell nothing.
func hide(text string, secrets ...wire.Secret) string {
	for _, s := range secrets {
		if len(s.Reveal()) >= 4 {
			text = strings.ReplaceAll(text, s.Reveal(), wire.Hidden)
		}
	}
	return text
}
