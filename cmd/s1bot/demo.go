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

	"s1bot/bot/setup"
	"s1bot/bot/slacksim"
	"s1bot/commands"
	"s1bot/s1/s1sim"
)

type demoCmd struct {
	Addr    string        `default:"127.0.0.1:8080" help:"Where the page is served; port 0 takes a free one."`
	Every   time.Duration `default:"20s" help:"How often something new happens in the simulated console."`
	Serve   bool          `help:"Without a bot: offer both simulated services to a bot that you run yourself, and print the settings for it."`
	Console string        `default:"127.0.0.1:8081" help:"With --serve: where the simulated console is."`
}

// Help is shown by `s1bot demo --help`.
func (demoCmd) Help() string {
	return "Needs no account, no settings and no files: the bot runs as it would with `s1bot run`, against a simulated Slack workspace and a simulated console in this process. `s1bot demo --serve > s1bot.env` writes the settings for `s1bot run` in another terminal."
}

// Run serves the demo until the context ends.
func (d demoCmd) Run(ctx context.Context, std streams) error {
	if d.Serve {
		return d.serve(ctx, std)
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	demo, err := startDemo(ctx, d.Addr, log)
	if err != nil {
		return err
	}
	demo.strike()
	fmt.Fprintf(std.out, "The demo is at %s\nType /s1 list-agents, then /s1 isolate DESKTOP-1, and switch to an approver. Press Ctrl-C to stop.\n", demo.page)
	return errors.Join(demo.run(ctx, d.Every), demo.close())
}

// The services are a simulated workspace and a simulated console, each behind an address. Both are
// the simulators that the tests use.
type services struct {
	workspace *slacksim.Workspace
	sim       *s1sim.Console
	slack     *http.Server
	s1        *http.Server
	page      string            // address for a browser
	settings  map[string]string // of a bot that uses them
}

// startServices starts both; behind stands before each of them.
//
// EnforceRates makes the simulated Slack refuse what the real one would, and the console answers
// with delays, so that waiting looks as it does in earnest. The manifest is installed as a real
// workspace would: what it forgets is missing here as well.
func startServices(addr, consoleAddr string, behind func(http.Handler) http.Handler) (s services, err error) {
	s = services{workspace: slacksim.New(slacksim.Options{TeamName: "Northwind SOC", EnforceRates: true}),
		sim: s1sim.New(s1sim.Options{Latency: 120 * time.Millisecond, EffectDelay: 6 * time.Second, QueryTime: 12 * time.Second})}
	s.sim.SetToken(s1sim.TokenSpec{Expires: time.Now().Add(41 * 24 * time.Hour)}) // so that Home and /metrics show one
	s.settings = populate(s.workspace)
	manifest, err := setup.Manifest(commands.Known())
	if err == nil {
		err = s.workspace.Install(manifest) // its tabs and shortcuts are what a real installation has
	}
	if err != nil {
		return s, errors.Join(err, s.close())
	}
	var slackAddr string
	if s.slack, slackAddr, err = listen(addr, behind(s.workspace)); err != nil {
		return s, errors.Join(err, s.close())
	}
	if s.s1, consoleAddr, err = listen(consoleAddr, behind(s.sim)); err != nil {
		return s, errors.Join(err, s.close())
	}
	s.page = "http://" + slackAddr + "/"
	s.settings["SLACK_APP_TOKEN"], s.settings["SLACK_BOT_TOKEN"] = slacksim.AppToken, slacksim.BotToken
	s.settings["SLACK_API_URL"], s.settings["S1_URL"] = s.page+"api/", "http://"+consoleAddr
	s.settings["S1_API_TOKEN"] = s1sim.Token
	s.settings["S1BOT_POLL_INTERVAL"], s.settings["S1BOT_BACKFILL"] = "2s", "1h"
	s.settings["S1BOT_SECRET_KEY"] = newSealKey()
	return s, nil
}

// strike makes a threat and an alert, so that they are there before the page is opened.
func (s services) strike() {
	s.sim.Strike()
	s.sim.Strike()
}

// close ends both services.
func (s services) close() error {
	var problems []error
	for _, server := range []*http.Server{s.slack, s.s1} {
		if server != nil {
			problems = append(problems, server.Close())
		}
	}
	s.workspace.Close()
	return errors.Join(problems...)
}

// A demo is a program with both services simulated in the same process.
type demo struct {
	*program
	services
	dir string // holds the database
}

// startDemo starts the two simulated services and assembles a program whose settings point at them.
//
// The database is a file in a folder of its own that is removed at the end: the program behaves as
// with a real one. HTTP is off, because the port may be taken by a bot in earnest.
func startDemo(ctx context.Context, addr string, log *slog.Logger) (*demo, error) {
	offered, err := startServices(addr, "127.0.0.1:0", func(h http.Handler) http.Handler { return h })
	if err != nil {
		return nil, err
	}
	d := &demo{services: offered}
	if d.dir, err = os.MkdirTemp("", "s1bot-demo-"); err != nil {
		return nil, errors.Join(fmt.Errorf("make a folder for the database: %w", err), d.services.close())
	}
	d.settings["S1BOT_DATABASE_URL"] = "sqlite:" + filepath.Join(d.dir, "demo.db")
	d.settings["S1BOT_HTTP_ADDR"] = ""
	c, err := readConfig(d.settings)
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
	return errors.Join(append(problems, d.services.close(), os.RemoveAll(d.dir))...)
}

// listen serves handler on addr and returns the address it got.
func listen(addr string, handler http.Handler) (*http.Server, string, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, "", fmt.Errorf("serve the demo: %w (choose another address with --addr or --console)", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return server, net.JoinHostPort(host, port), nil
}

// populate fills the workspace with a small SOC team and returns the settings that name its
// channels and people.
//
// One person of each kind that matters for what may be done: an operator, an approver, one who is
// both (and yet never approves their own request), a member without a role, a guest.
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
		{Name: "approvals", Topic: "Requests waiting for a second person"},
		{Name: "threats", Topic: "New threats, as they come in"},
		{Name: "alerts", Topic: "New alerts from custom detection rules"},
		{Name: "random", Topic: "Cats"},
	} {
		ids[c.Name] = ws.AddChannel(c)
	}
	return map[string]string{
		"S1BOT_OPERATORS": soc, "S1BOT_APPROVERS": leads, "S1BOT_APPROVALS_CHANNEL": ids["approvals"],
		"S1BOT_THREATS_CHANNEL": ids["threats"], "S1BOT_ALERTS_CHANNEL": ids["alerts"],
	}
}
