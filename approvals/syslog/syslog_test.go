package syslog

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// header is the ABNF of RFC 5424, 6, for messages without structured data.
var header = regexp.MustCompile(`^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z [!-~]{1,255} s1bot [!-~]{1,128} [!-~]{1,32} - \x{FEFF}(.*)$`)

func row(seq int64) approvals.Entry {
	return approvals.Entry{Seq: seq, At: time.Date(2026, 11, 20, 12, 0, 0, 5e6, time.UTC), Action: "not run", Command: "isolate", Detail: json.RawMessage(`{"why":"ü"}`)}
}

func TestAMessageIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	message := string(Sender{Host: "bot 1", Process: "7"}.Message(row(3), "s1bot", "It did not run."))
	require.Regexp(t, header, message)
	require.True(t, strings.HasPrefix(message, "<108>1 2026-11-20T12:00:00.005Z bot_1 s1bot 7 not_run - \ufeff{"), message)
	var b body
	require.NoError(t, json.Unmarshal([]byte(header.FindStringSubmatch(message)[2]), &b))
	require.Equal(t, "It did not run.", b.Says)
	require.Equal(t, row(3).Detail, b.Detail)
	require.True(t, strings.HasPrefix(string(Sender{}.Message(approvals.Entry{}, "", "")), "<109>1 0001-01-01T00:00:00.000Z - s1bot - - - \ufeff{"))
}

func TestARowThatIsTooLongLeavesItsDetailOut(t *testing.T) {
	t.Parallel()
	e := row(3)
	e.Detail = json.RawMessage(`"` + strings.Repeat("x", maxMessage) + `"`)
	message := string(Sender{}.Message(e, "", ""))
	require.Less(t, len(message), maxMessage)
	require.Contains(t, message, fmt.Sprintf(`"detail_bytes_left_out":%d`, maxMessage+2))
	e.Detail = json.RawMessage("no JSON")
	require.Contains(t, string(Sender{}.Message(e, "", "")), `"detail_bytes_left_out":7`)
}

func FuzzMessage(f *testing.F) {
	f.Add("h\n<13>1 - - - - - - forged", "asked\r\n", "isolate\u2028", `{"reason":"a\nb"}`)
	f.Fuzz(func(t *testing.T, host, action, command, detail string) {
		e := approvals.Entry{Seq: 1, At: time.Unix(1e9, 0), Action: action, Command: command, Actor: detail, Detail: json.RawMessage(detail)}
		message := string(Sender{Host: host, Process: "1"}.Message(e, detail, detail))
		require.Regexp(t, header, message)
		require.NotContains(t, message, "\n")
	})
}

// A receiver takes connections and reads messages. What is read only at its end, a broken connection loses.
type receiver struct {
	mu   sync.Mutex
	down bool
	hung bool // it takes bytes and reads none of them
	open []net.Conn
	got  []int64
}

// halves is a pipe of which one side can be closed alone, as a TLS connection can.
type halves struct{ net.Conn }

func (h halves) CloseWrite() error { _, err := h.Write([]byte("0 ")); return err }

func (r *receiver) dial(context.Context) (Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return nil, errors.New("connection refused")
	}
	ours, theirs := net.Pipe()
	r.open = append(r.open, theirs)
	go r.read(theirs)
	return halves{ours}, nil
}

func (r *receiver) read(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for {
		length, err := in.ReadString(' ')
		n, _ := strconv.Atoi(strings.TrimSuffix(length, " "))
		if err != nil || n == 0 {
			return
		}
		message := make([]byte, n)
		if _, err := io.ReadFull(in, message); err != nil {
			return
		}
		var b body
		_ = json.Unmarshal([]byte(header.FindStringSubmatch(string(message))[2]), &b)
		r.mu.Lock()
		if !r.hung {
			r.got = append(r.got, b.Seq)
		}
		r.mu.Unlock()
	}
}

// set changes the receiver and breaks its connections.
func (r *receiver) set(down, hung bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down, r.hung = down, hung
	for _, c := range r.open {
		_ = c.Close()
	}
	r.open = nil
}

// seen is what arrived since it was last asked for.
func (r *receiver) seen() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// positions are those of one process, in memory.
type positions struct {
	mu      sync.Mutex
	kept    Position
	foreign bool
}

func (p *positions) Claim(context.Context, time.Duration) (Position, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept, !p.foreign, nil
}

func (p *positions) Save(_ context.Context, to Position) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = to
	return nil
}

func (p *positions) Release(context.Context) error { return nil }

func (p *positions) at() Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept
}

// A bench is a shipper at work.
type bench struct {
	receiver  receiver
	positions positions
	mu        sync.Mutex
	rows      int64
	told      []string
	stop      func()
}

// ship runs a shipper in a bubble of synctest.
func (b *bench) ship(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := New(Config{
		Dial: b.receiver.dial, Positions: &b.positions, Log: slog.New(slog.DiscardHandler),
		Message: func(_ context.Context, e approvals.Entry) []byte {
			return Sender{Host: "h", Process: "1"}.Message(e, "", "")
		},
		Rows: func(_ context.Context, after int64) iter.Seq2[approvals.Entry, error] {
			return func(yield func(approvals.Entry, error) bool) {
				b.mu.Lock()
				rows := b.rows
				b.mu.Unlock()
				for seq := after + 1; seq <= rows && yield(row(seq), nil); seq++ {
				}
			}
		},
		Tell: func(_ context.Context, failure error) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.told = append(b.told, fmt.Sprint(failure))
			return nil
		},
	})
	var running sync.WaitGroup
	running.Go(func() { _ = s.Run(ctx) })
	b.stop = func() { cancel(); running.Wait() }
}

func (b *bench) write(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows += n
}

func (b *bench) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.told
}

func TestEveryRowArrivesAndTheNextProcessGoesOnBehindIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{rows: 2}
		b.ship(t)
		time.Sleep(2 * tick)
		require.Equal(t, []int64{1, 2}, b.receiver.seen())
		require.Zero(t, b.positions.at().Seq, "nobody knows yet whether they arrived")
		time.Sleep(settles + tick)
		require.EqualValues(t, 2, b.positions.at().Seq)
		b.write(1)
		b.stop()
		require.Equal(t, []int64{3}, b.receiver.seen(), "what came last is sent before the end")
		require.EqualValues(t, 3, b.positions.at().Seq, "and the receiver has read it")
		b.write(1)
		b.ship(t)
		time.Sleep(2 * tick)
		b.stop()
		require.Equal(t, []int64{4}, b.receiver.seen())
	})
}

func TestWhatABrokenConnectionMayHaveLostIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{rows: 2}
		b.ship(t)
		time.Sleep(settles + 2*tick)
		require.Equal(t, []int64{1, 2}, b.receiver.seen())
		b.receiver.set(false, true)
		b.write(2)
		time.Sleep(3 * tick) // written into the connection, and read by nobody
		require.Empty(t, b.receiver.seen())
		b.receiver.set(false, false)
		time.Sleep(4 * tick)
		require.Equal(t, []int64{3, 4}, b.receiver.seen())
		b.stop()
		require.Empty(t, b.heard(), "a server that restarts is nobody's news")
	})
}

func TestPeopleHearOnceThatItFailsAndOnceThatItIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{rows: 1}
		b.receiver.set(true, false)
		b.ship(t)
		time.Sleep(time.Hour)
		require.Equal(t, []string{"connection refused"}, b.heard())
		b.stop()
		b.ship(t)
		time.Sleep(time.Hour)
		require.Len(t, b.heard(), 1, "also after a restart")
		b.receiver.set(false, false)
		time.Sleep(slowest + settles + 2*tick)
		require.Equal(t, []string{"connection refused", "<nil>"}, b.heard())
		require.Equal(t, []int64{1}, b.receiver.seen())
		require.Equal(t, Position{Seq: 1}, b.positions.at())
		b.stop()
	})
}

func TestOneProcessSendsAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{rows: 1, positions: positions{foreign: true}}
		b.ship(t)
		time.Sleep(time.Minute)
		require.Empty(t, b.receiver.seen())
		b.positions.mu.Lock()
		b.positions.foreign = false
		b.positions.mu.Unlock()
		time.Sleep(renew + tick)
		require.Equal(t, []int64{1}, b.receiver.seen())
		b.stop()
	})
}

func TestAnAddressOfAServer(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"tls://siem": "siem:6514", "tls://siem:1": "siem:1", "tls://[::1]": "[::1]:6514"} {
		_, got, err := Server{Address: address}.Host()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, address := range []string{"siem:6514", "tcp://siem:514", "tls://", "tls://me:pw@siem", "tls://siem/x"} {
		_, _, err := Server{Address: address}.Host()
		require.ErrorContains(t, err, "such as tls://", address)
	}
}
