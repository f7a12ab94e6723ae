package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// A Use takes an answer while it comes, and keeps what it wants of it. It is called anew for each
// try; an error says that the answer makes no sense. It need not tell that the answer broke off:
// whoever calls it knows.
type Use func(body io.Reader) error

// Stream is Read for answers that are used up piece by piece: a list is never in memory as a whole
// beside the rows that are made of it.
func (c *Client) Stream(ctx context.Context, call Call, use Use) error {
	call.use = use
	a, err := c.exchange(ctx, call)
	if err != nil {
		return err
	}
	defer a.release()
	if a.misread != nil {
		return a.answered(c.Unreadable(ctx, call, a.body, a.misread))
	}
	return nil
}

// streamBody hands at most limit bytes to use, counted after decompression; above smallBody they
// wait for their turn.
func (c *Client) streamBody(ctx context.Context, watch *stopwatch, response *http.Response, limit int64, use Use, a *attempt) {
	coming := &comingBody{from: response.Body, limit: limit, enter: func() (err error) {
		size := limit
		if response.ContentLength > 0 {
			size = response.ContentLength
		}
		resume := watch.pause()
		defer resume()
		a.done, err = c.gate.enter(ctx, madeOf*size)
		return err
	}}
	a.misread = use(coming)
	a.body, a.err = coming.head, coming.err
}

// madeOf is how many times the size of an answer the rows take that are made of it, while it comes:
// each is kept as it came beside its fields, and what it was decoded from is garbage for a while.
const madeOf = 2

// headKept is how much of an answer is kept for whoever says what is wrong with it.
const headKept = 4 << 10

// A comingBody is the body of an answer as far as it came.
type comingBody struct {
	from  io.Reader
	limit int64
	enter func() error // waits for room in memory
	read  int64
	head  []byte
	err   error // why there is no more of it, but for its end
}

// Read reads on. The first bytes above smallBody are not read before there is room for all.
func (b *comingBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.read <= smallBody { // stop there once
		p = p[:min(int64(len(p)), smallBody+1-b.read)]
	}
	n, err := b.from.Read(p)
	before := b.read
	b.read += int64(n)
	b.head = append(b.head, p[:max(min(n, headKept-len(b.head)), 0)]...)
	switch {
	case b.read > b.limit:
		err = ErrTooLarge
	case before <= smallBody && b.read > smallBody && (err == nil || errors.Is(err, io.EOF)):
		if roomErr := b.enter(); roomErr != nil {
			err = roomErr
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
		return 0, err
	}
	return n, err
}
