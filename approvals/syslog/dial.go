package syslog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"
)

// dialLimit is how long a connection and its handshake may take.
const dialLimit = 10 * time.Second

// port is syslog's over TLS (RFC 5425, 4.1).
const port = "6514"

// A Server is a receiver, as the settings name it.
type Server struct {
	Address   string // tls://HOST or tls://HOST:PORT
	CA        string // file of the roots that it is signed by; empty for those that the machine trusts
	Cert, Key string // files of our certificate, where it wants one
}

// Host is where the server is, or what is wrong with its address.
func (s Server) Host() (host, hostPort string, err error) {
	u, err := url.Parse(s.Address)
	if err != nil || u.Scheme != "tls" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" {
		return "", "", errors.New("an address such as tls://siem.example.com:6514")
	}
	at := u.Port()
	if at == "" {
		at = port
	}
	return u.Hostname(), net.JoinHostPort(u.Hostname(), at), nil
}

// Dial connects. Files are read each time, so that renewed certificates hold from the next
// connection on.
func (s Server) Dial(ctx context.Context) (Conn, error) {
	host, hostPort, err := s.Host()
	if err != nil {
		return nil, err
	}
	config, err := s.config(host)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	c, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", hostPort, err)
	}
	return c.(*tls.Conn), nil // as the dialer's documentation promises
}

// config is the TLS configuration for host: RFC 5425 wants the server's certificate checked, and
// TLS 1.2 at least is what RFC 9662 asks for.
func (s Server) config(host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		pem, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, fmt.Errorf("read the CA certificates: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s contains no PEM certificate", s.CA)
		}
	}
	if s.Cert != "" || s.Key != "" {
		own, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fmt.Errorf("read the client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}
