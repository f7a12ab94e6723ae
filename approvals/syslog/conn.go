package syslog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// A Conn is a connection to a receiver: a *tls.Conn.
type Conn interface {
	io.ReadWriteCloser
	CloseWrite() error
	SetWriteDeadline(time.Time) error
}

// A conn is a Conn that is watched. Receivers send nothing, so that the end of reading is the end
// of the connection.
type conn struct {
	Conn
	since  time.Time
	closed chan struct{} // when the receiver has closed its side, or the connection broke
	why    error         // then, why
}

// The goroutine lives as long as the connection. Close ends its read, and close waits for it.
func newConn(c Conn) *conn {
	opened := &conn{Conn: c, since: time.Now(), closed: make(chan struct{})}
	go func() {
		defer close(opened.closed)
		_, opened.why = io.Copy(io.Discard, c)
	}()
	return opened
}

// write writes a message behind its length.
//
// The deadline keeps a receiver that accepts and never reads from holding the shipper for ever,
// once the kernel's buffers are full; a stop has less time than that.
func (c *conn) write(ctx context.Context, message []byte) error {
	deadline := time.Now().Add(writeLimit)
	if end, ends := ctx.Deadline(); ends && end.Before(deadline) {
		deadline = end
	}
	if err := c.SetWriteDeadline(deadline); err != nil {
		return err
	}
	_, err := c.Write(append(fmt.Appendf(nil, "%d ", len(message)), message...))
	return err
}

// broken says why nothing written any more arrives; nil while the connection stands.
func (c *conn) broken() error {
	select {
	case <-c.closed:
		return errors.Join(errors.New("the syslog server closed the connection"), c.why)
	default:
		return nil
	}
}

// finish ends writing and reports whether the receiver read everything: then it closes its side
// without an error.
//
// CloseWrite of a *tls.Conn sends close_notify and leaves the other direction open. A receiver that
// has read to the end closes its own; one that only vanishes leaves an error in why, and its last
// rows count as not arrived.
func (c *conn) finish() bool {
	if c.CloseWrite() != nil {
		return false
	}
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-c.closed:
		return c.why == nil
	case <-timer.C:
		return false
	}
}

// close ends the connection and waits for its reader.
func (c *conn) close() {
	_ = c.Conn.Close()
	<-c.closed
}
