package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

type demoCmd struct {
	Addr  string        `default:"127.0.0.1:8080" help:"Where the page is served; port 0 takes a free one."`
	Every time.Duration `default:"20s" help:"How often something happens in the console."`
}

// Help is shown by `s1bot demo --help`.
func (demoCmd) Help() string {
	return "Needs no account, no settings and no files. The bot runs as `s1bot run` would: over real HTTP and real WebSockets, against a simulated Slack workspace and a simulated console in this process."
}

// Run serves the demo until the context ends.
func (d demoCmd) Run(ctx context.Context, std streams) error {
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	demo, err := startDemo(ctx, d.Addr, log)
	if err != nil {
		return err
	}
	demo.sim.Strike() // a threat and an alert are there before the page is opened
	demo.sim.Strike()
	fmt.Fprintf(std.out, "The demo is at %s\nType /s1 list-agents, then /s1 isolate DESKTOP-1, and switch to an approver. Ctrl-C ends it.\n", demo.page)
	return errors.Join(demo.run(ctx, d.Every), demo.close())
}

// A demo is a program with both services simulated in the same process.
type demo struct {
	*program
	workspace *slacksim.Workspace
	sim       *s1sim.Console
	slack     *http.Server
	s1        *http.Server
	page      string // address for a browser
	dir       string // holds the database
}

// startDemo starts the two simulated services and assembles a program whose settings point at them.
func startDemo(ctx context.Context, addr string, log *slog.Logger) (*demo, error) {
	d := &demo{workspace: slacksim.New(slacksim.Options{TeamName: "Northwind SOC", EnforceRates: true}),
		sim: s1sim.New(s1sim.Options{Latency: 120 * time.Millisecond, EffectDelay: 6 * time.Second, QueryTime: 12 * time.Second})}
	channels := populate(d.workspace)
	var err error
	if d.dir, err = os.MkdirTemp("", "s1bot-demo-"); err != nil {
		return nil, fmt.Errorf("make a folder for the database: %w", err)
	}
	var slackAddr, consoleAddr string
	if d.slack, slackAddr, err = listen(addr, d.workspace); err != nil {
		return nil, errors.Join(err, d.close())
	}
	if d.s1, consoleAddr, err = listen("127.0.0.1:0", d.sim); err != nil {
		return nil, errors.Join(err, d.close())
	}
	d.page = "http://" + slackAddr + "/"
	settings := channels
	settings["SLACK_APP_TOKEN"], settings["SLACK_BOT_TOKEN"] = slacksim.AppToken, slacksim.BotToken
	settings["SLACK_API_URL"], settings["S1_URL"] = d.page+"api/", "http://"+consoleAddr
	settings["S1_API_TOKEN"] = s1sim.Token
	settings["S1BOT_DATABASE_URL"] = "sqlite:" + filepath.Join(d.dir, "demo.db")
	settings["S1BOT_POLL_INTERVAL"], settings["S1BOT_HTTP_ADDR"], settings["S1BOT_BACKFILL"] = "2s", "", "1h"
	settings["S1BOT_SECRET_KEY"] = newSealKey()
	c, err := readConfig(settings)
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	if d.program, err = assemble(ctx, c, log); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// run serves, with something happening at the console every so often.
func (d *demo) run(ctx context.Context, every time.Duration) error {
	attackCtx, stop := context.WithCancel(ctx)
	defer stop()
	go d.sim.Attack(attackCtx, every)
	return d.program.run(ctx)
}

// close ends the simulated services and removes the database.
func (d *demo) close() error {
	var problems []error
	if d.program != nil {
		problems = append(problems, d.program.close())
	}
	for _, server := range []*http.Server{d.slack, d.s1} {
		if server != nil {
			problems = append(problems, server.Close())
		}
	}
	d.workspace.Close()
	return errors.Join(append(problems, os.RemoveAll(d.dir))...)
}

// listen serves handler on addr and returns the address it got.
func listen(addr string, handler http.Handler) (*http.Server, string, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, "", fmt.Errorf("serve the demo: %w (choose another address with --addr)", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return server, net.JoinHostPort(host, port), nil
}

// populate fills the workspace with a small SOC team and returns the settings that name its channels and people.
func populate(ws *slacksim.Workspace) map[string]string {
	for _, u := range []slacksim.User{
		{Name: "alice", RealName: "Alice Moreau", Title: "Operator", TZ: "Europe/Paris", Color: "4a8fd9", Switchable: true},
		{Name: "bob", RealName: "Bob Keller", Title: "Approver", TZ: "Europe/Berlin", Color: "3aa76d", Switchable: true},
		{Name: "carol", RealName: "Carol Diaz", Title: "Approver, operator", TZ: "America/New_York", Color: "c9642c", Switchable: true},
		{Name: "mallory", RealName: "Mallory Finch", Title: "Member without a role", TZ: "Europe/London", Color: "8b5fbf", Switchable: true},
		{Name: "guest", RealName: "Gus Temp", Title: "Guest", TZ: "Etc/UTC", Color: "7a7f87", IsRestricted: true},
	} {
		ws.AddUser(u)
	}
	soc := ws.AddGroup(slacksim.Group{Handle: "soc", Name: "SOC analysts", Members: []string{"alice", "carol"}})
	leads := ws.AddGroup(slacksim.Group{Handle: "soc-leads", Name: "SOC leads", Members: []string{"bob", "carol"}})
	ids := map[string]string{}
	for _, c := range []slacksim.Channel{
		{Name: "soc", Topic: "Where the team works. Try /s1 list-agents", Members: []string{"alice", "bob", "carol", "mallory", "guest"}},
		{Name: "approvals", Topic: "Requests that wait for a second person"},
		{Name: "threats", Topic: "New threats, as they come"},
		{Name: "alerts", Topic: "New alerts of custom detection rules"},
		{Name: "random", Topic: "Cats"},
	} {
		ids[c.Name] = ws.AddChannel(c)
	}
	return map[string]string{
		"S1BOT_OPERATORS": soc, "S1BOT_APPROVERS": leads, "S1BOT_APPROVALS_CHANNEL": ids["approvals"],
		"S1BOT_THREATS_CHANNEL": ids["threats"], "S1BOT_ALERTS_CHANNEL": ids["alerts"],
	}
}
