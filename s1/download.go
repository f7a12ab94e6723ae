package s1

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

// download reads a file. A redirect to cloud storage is followed once, without the token.
func (c *Client) download(ctx context.Context, call call) (Download, error) {
	call.method, call.download = http.MethodGet, true
	a, err := c.exchange(ctx, call)
	var moved *movedError
	if errors.As(err, &moved) && call.link.Empty() {
		call.link = moved.to
		if err := c.checkLink(call.link); err != nil {
			return Download{}, refusal(call.operation, err)
		}
		a, err = c.exchange(ctx, call)
	}
	a.release()
	if err != nil {
		return Download{}, err
	}
	if problem := notAFile(a); problem != "" {
		return Download{}, &Error{Operation: call.operation, Status: a.status, Message: problem}
	}
	return Download{Name: nameIn(a.header), Body: a.body}, nil
}

// A movedError is a redirect to another address than the console's.
type movedError struct{ to Secret }

func (e *movedError) Error() string { return "the file is at another address" }

// movedTo returns where a download's answer redirects to; nil if it does not.
func (a attempt) movedTo(call call) error {
	to := a.header.Get("Location")
	if !call.download || a.status/100 != 3 || to == "" {
		return nil
	}
	return &movedError{NewSecret(to)}
}

// errLink refuses an address that a console in its right mind would not hand out.
var errLink = fmt.Errorf("%w: the console's download link is no https address", ErrInvalidValue)

// checkLink accepts https, and plain http to a loopback address if the console itself is reached so.
func (c *Client) checkLink(link Secret) error {
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
	return baseName(params["filename"])
}

// baseName is the last element of a path with slashes of either kind.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == ".." || name == "/" {
		return ""
	}
	return name
}

// withoutAddress takes a signed link, which hands out a file to whoever has it, out of an error.
func (c call) withoutAddress(err error) error {
	var told *url.Error
	if !c.link.Empty() && errors.As(err, &told) {
		return told.Err
	}
	return err
}

// host is where the call goes, for people.
func (c call) host(client *Client) string {
	if address, err := url.Parse(c.link.Reveal()); err == nil && !c.link.Empty() {
		return address.Host
	}
	return client.base.Host
}

// hide takes secrets out of a text; very short ones would make it unreadable and tell nothing.
func hide(text string, secrets ...Secret) string {
	for _, s := range secrets {
		if len(s.Reveal()) >= 4 {
			text = strings.ReplaceAll(text, s.Reveal(), hidden)
		}
	}
	return text
}
