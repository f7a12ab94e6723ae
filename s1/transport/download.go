package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"s1bot/s1/wire"
)

// MaxFile is the largest file that is downloaded: what the console lets an endpoint upload in one command.
const MaxFile = 10 << 20

// downloadTimeout is how long one try of a download may take.
const downloadTimeout = 2 * time.Minute

// A Download is a file from an endpoint. It may be malware: it is handed on as it is, and nobody looks inside.
type Download struct {
	Name string // as the console calls it, without a path; "" if it does not say
	Body []byte
}

// SHA256 is the hash of the file, in hexadecimal digits.
func (d Download) SHA256() string {
	sum := sha256.Sum256(d.Body)
	return hex.EncodeToString(sum[:])
}

// Download reads a file. A redirect to cloud storage is followed once, without the token.
func (c *Client) Download(ctx context.Context, call Call) (Download, error) {
	call.Method, call.download = http.MethodGet, true
	a, err := c.exchange(ctx, call)
	var moved *movedError
	if errors.As(err, &moved) && call.Link.Empty() {
		call.Link = moved.to
		if err := c.CheckLink(call.Link); err != nil {
			return Download{}, Refusal(call.Operation, err)
		}
		a, err = c.exchange(ctx, call)
	}
	a.release()
	if err != nil {
		return Download{}, err
	}
	if problem := notAFile(a); problem != "" {
		return Download{}, &Error{Operation: call.Operation, Status: a.status, Message: problem}
	}
	return Download{Name: nameIn(a.header), Body: a.body}, nil
}

// A movedError is a redirect to another address than the console's.
type movedError struct{ to wire.Secret }

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
var errLink = fmt.Errorf("%w: the console's download link is no https address", ErrInvalidValue)

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
	var told *url.Error
	if !c.Link.Empty() && errors.As(err, &told) {
		return told.Err
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
