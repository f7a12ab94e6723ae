package syslog

import (
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

// A conn is a Conn that is watched. Receivers send nothing, so that the end of reading is the end of the connection.
type conn struct {
	Conn
	since  time.Time
	closed chan struct{} // when the receiver has closed its side, or the connection broke
	why    error         // then, why
}

func newConn(c Conn) *conn {
	opened := &conn{Conn: c, since: time.Now(), closed: make(chan struct{})}
	go func() {
		defer close(opened.closed)
		_, opened.why = io.Copy(io.Discard, c)
	}()
	return opened
}

// write writes a message behind its length.
func (c *conn) write(message []byte) error {
	if err := c.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
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

// finish ends writing and reports whether the receiver read everything: then it closes its side without an error.
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
