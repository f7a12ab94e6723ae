package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A siem is a syslog server over TLS with a certificate of its own authority, which wants one of its clients too.
type siem struct {
	t        *testing.T
	ca       string // file with its certificate, which is the clients' as well
	key      string
	settings *tls.Config

	mu     sync.Mutex
	addr   string
	listen net.Listener
	open   []net.Conn
	rows   []map[string]any
}

func newSIEM(t *testing.T) *siem {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	about := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, &about, &about, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	s := &siem{t: t, ca: filepath.Join(t.TempDir(), "ca.pem"), key: filepath.Join(t.TempDir(), "key.pem"), addr: freeAddr(t)}
	require.NoError(t, os.WriteFile(s.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600))
	require.NoError(t, os.WriteFile(s.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	own, err := tls.LoadX509KeyPair(s.ca, s.key)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(own.Leaf)
	s.settings = &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots}
	s.up()
	t.Cleanup(s.down)
	return s
}

// up lets it listen, at the same address each time.
func (s *siem) up() {
	l, err := tls.Listen("tcp", s.addr, s.settings)
	require.NoError(s.t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen, s.addr = l, l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, c)
			s.mu.Unlock()
			go s.read(c)
		}
	}()
}

// down ends it and its connections.
func (s *siem) down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.listen.Close()
	for _, c := range s.open {
		_ = c.Close()
	}
	s.open = nil
}

// read takes what octet counting frames (RFC 6587, 3.4.1) and keeps the JSON of each message.
func (s *siem) read(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for {
		count, err := in.ReadString(' ')
		n, wrong := strconv.Atoi(strings.TrimSuffix(count, " "))
		if err != nil || wrong != nil {
			return
		}
		message := make([]byte, n)
		if _, err := io.ReadFull(in, message); err != nil {
			return
		}
		var row map[string]any
		_, text, _ := bytes.Cut(message, []byte(" - \ufeff"))
		if json.Unmarshal(text, &row) != nil {
			row = map[string]any{"broken": string(message)}
		}
		s.mu.Lock()
		s.rows = append(s.rows, row)
		s.mu.Unlock()
	}
}

// actions are what the rows tell, each row once, in the order of their numbers.
func (s *siem) actions() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bySeq := map[float64]string{}
	for _, row := range s.rows {
		seq, _ := row["seq"].(float64)
		bySeq[seq], _ = row["action"].(string)
	}
	for _, seq := range slices.Sorted(maps.Keys(bySeq)) {
		all = append(all, bySeq[seq])
	}
	return all
}

func (s *siem) settle(settings map[string]string) {
	settings["S1BOT_AUDIT_SYSLOG"] = "tls://" + s.addr
	settings["S1BOT_AUDIT_SYSLOG_CA"], settings["S1BOT_AUDIT_SYSLOG_CERT"], settings["S1BOT_AUDIT_SYSLOG_KEY"] = s.ca, s.ca, s.key
}

func TestTheAuditTrailReachesASIEMAcrossOutagesAndRestarts(t *testing.T) {
	t.Parallel()
	server := newSIEM(t)
	s := tell(t, server.settle)
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("mallory", "Only operators")
	require.Eventually(t, func() bool { return len(server.actions()) == 1 }, patience, 5*time.Millisecond)
	require.Contains(t, server.rows[0]["says"], "Mallory Finch (U0MALLORY) was refused Disconnect Agent From Network")

	server.down()
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 applied")
	s.sees("#approvals", "The audit trail doesn't reach the syslog server", server.addr, "Nothing is lost")
	s.stop()
	server.up()
	s.start()
	s.sees("#approvals", "The audit trail is reaching the syslog server again")
	s.stop()
	require.Equal(t, []string{"refused", "asked", "approved", "started", "finished", "observed"}, server.actions()[:6])
}

func TestCheckTriesTheSyslogServer(t *testing.T) {
	t.Parallel()
	server := newSIEM(t)
	s := tell(t)
	settings := maps.Clone(s.environ)
	server.settle(settings)
	var out bytes.Buffer
	require.NoError(t, check(t.Context(), maps.Clone(settings), &out), out.String())
	require.Contains(t, out.String(), "ok    S1BOT_AUDIT_SYSLOG: connects")
	delete(settings, "S1BOT_AUDIT_SYSLOG_CA")
	folder := t.TempDir()
	settings["S1BOT_AUDIT_FILE"] = filepath.Join(folder, "missing", "audit.jsonl")
	require.ErrorContains(t, check(t.Context(), maps.Clone(settings), &out), "checks failed")
	require.Contains(t, out.String(), "FAIL  S1BOT_AUDIT_FILE: open "+folder)
	settings["S1BOT_AUDIT_FILE"] = filepath.Join(folder, "audit.jsonl")
	require.ErrorContains(t, check(t.Context(), settings, &out), "checks failed")
	require.Contains(t, out.String(), "FAIL  S1BOT_AUDIT_SYSLOG: connect to "+server.addr)
	require.Contains(t, out.String(), "if your own CA issued the server's certificate, S1BOT_AUDIT_SYSLOG_CA")
	require.Contains(t, out.String(), "ok    S1BOT_AUDIT_FILE: "+settings["S1BOT_AUDIT_FILE"]+" can be written")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
	settings["S1BOT_AUDIT_SYSLOG"] = "udp://siem"
	delete(settings, "S1BOT_AUDIT_SYSLOG_KEY")
	_, err = readConfig(settings)
	require.ErrorContains(t, err, "S1BOT_AUDIT_SYSLOG: an address such as tls://")
	require.ErrorContains(t, err, "S1BOT_AUDIT_SYSLOG_CERT: set S1BOT_AUDIT_SYSLOG_CERT and S1BOT_AUDIT_SYSLOG_KEY together")
	delete(settings, "S1BOT_AUDIT_SYSLOG")
	_, err = readConfig(settings)
	require.ErrorContains(t, err, "S1BOT_AUDIT_SYSLOG_CERT: set S1BOT_AUDIT_SYSLOG, too")
}
