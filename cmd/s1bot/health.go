package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthLimit is how long a process that is alive takes to say so.
const healthLimit = 3 * time.Second

type healthCmd struct{}

// Help is shown by `s1bot health --help`.
func (healthCmd) Help() string {
	return "For containers without a shell or curl: exits with 0 if /healthz at S1BOT_HTTP_ADDR responds, otherwise with 1."
}

// Run asks the process that serves on this machine whether it is alive.
//
// It needs no other setting, and so reads none: a wrong token is no reason to have the process
// restarted.
func (healthCmd) Run(ctx context.Context, std streams) error {
	addr, set := environment()["S1BOT_HTTP_ADDR"]
	if !set {
		addr = defaultHTTPAddr
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("S1BOT_HTTP_ADDR is %q: set it to an address such as 127.0.0.1:9090, so that the process can answer", addr)
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port)+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the process does not answer: %w", err)
	}
	_ = answer.Body.Close() // its content says nothing more
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the process answers %s", answer.Status)
	}
	_, err = fmt.Fprintln(std.out, "ok")
	return err
}
