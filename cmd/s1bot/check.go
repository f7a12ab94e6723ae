package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"s1bot/bot"
	"s1bot/bot/store"
	"s1bot/s1"
)

// checkLimit is how long `s1bot check` takes at most.
const checkLimit = 2 * time.Minute

type checkCmd struct{}

// Help is shown by `s1bot check --help`.
func (checkCmd) Help() string {
	return "Prints a line for each setting; one that fails says what to do. Changes nothing at Slack or the console. Exit code 1 if one fails."
}

// Run tests the settings against the services that they name.
func (checkCmd) Run(ctx context.Context, std streams) error {
	return check(ctx, environment(), std.out)
}

// check tests the settings in environ and prints what it finds.
func check(ctx context.Context, environ map[string]string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	c, err := readConfig(environ)
	var findings []bot.Finding
	if err == nil {
		findings = append(findings, bot.Finding{What: "Settings", Note: "complete"})
		findings = append(findings, checkSlack(ctx, c)...)
		findings = append(findings, checkConsole(ctx, c)...)
		findings = append(findings, checkDatabase(ctx, c), checkSealKey(c))
	} else {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			findings = append(findings, bot.Finding{What: "Settings", Err: errors.New(line)})
		}
	}
	return report(out, findings)
}

// report prints the findings and fails if one of them does.
func report(w io.Writer, findings []bot.Finding) error {
	failed := 0
	for _, f := range findings {
		if f.Err == nil {
			fmt.Fprintf(w, "ok    %s: %s\n", f.What, f.Note)
			continue
		}
		failed++
		fmt.Fprintf(w, "FAIL  %s: %v\n", f.What, f.Err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(findings))
	}
	return nil
}

func checkSlack(ctx context.Context, c config) []bot.Finding {
	channels := map[string]string{}
	for name, id := range map[string]string{
		"S1BOT_APPROVALS_CHANNEL": c.ApprovalsChannel, "S1BOT_THREATS_CHANNEL": c.ThreatsChannel, "S1BOT_ALERTS_CHANNEL": c.AlertsChannel,
	} {
		if id != "" {
			channels[name] = id
		}
	}
	checkup := bot.Checkup{AppToken: c.AppToken, BotToken: c.BotToken, APIURL: c.SlackURL, Channels: channels}
	if policy, err := c.policy(); err == nil {
		checkup.Members = policy.Members()
	}
	findings := checkup.Run(ctx)
	if c.PolicyFile != "" {
		_, err := c.policy()
		findings = append(findings, bot.Finding{What: "S1BOT_POLICY_FILE", Note: c.PolicyFile, Err: err})
	}
	if policy, err := c.policy(); err == nil && len(policy.Approvers()) == 0 {
		findings = append(findings, bot.Finding{What: "S1BOT_APPROVERS", Note: "none set: destructive commands are refused"})
	}
	return findings
}

// checkConsole asks for one row of each area; what the token may change cannot be tried without changing something.
func checkConsole(ctx context.Context, c config) []bot.Finding {
	client, err := newConsole(c, slog.New(slog.DiscardHandler), &meters{})
	if err != nil {
		return []bot.Finding{{What: "Console address", Err: err}}
	}
	info, err := client.SystemInfo(ctx)
	if err != nil {
		return []bot.Finding{{What: "Console token", Err: fmt.Errorf("%w: check S1_URL and S1_API_TOKEN", err)}}
	}
	findings := []bot.Finding{{What: "Console token", Note: "console " + info.Version}}
	one := s1.Query{}.WithLimit(1)
	for _, area := range []struct {
		name, permission string
		ask              func() error
	}{
		{"endpoints", "Endpoints › View", func() error { _, err := client.AgentsPage(ctx, one); return err }},
		{"threats", "Threats › View", func() error { _, err := client.ThreatsPage(ctx, one); return err }},
		{"alerts", "Custom Alerts › View", func() error { _, err := client.AlertsPage(ctx, one); return err }},
		{"sites", "Sites › View", func() error { _, err := client.SitesPage(ctx, one); return err }},
		{"groups", "Groups › View", func() error { _, err := client.GroupsPage(ctx, one); return err }},
		{"accounts", "Accounts › View", func() error { _, err := client.AccountsPage(ctx, one); return err }},
		{"policy", "Policy › View", func() error { _, err := client.GlobalPolicy(ctx); return err }},
	} {
		found := bot.Finding{What: "Console area " + area.name, Note: "readable"}
		if err := area.ask(); err != nil {
			found.Err = fmt.Errorf("%w: the token's role needs %s", err, area.permission)
		}
		findings = append(findings, found)
	}
	return findings
}

func checkDatabase(ctx context.Context, c config) bot.Finding {
	found := bot.Finding{What: "Database", Note: "opens"}
	db, err := store.Open(ctx, c.DatabaseURL, slog.New(slog.DiscardHandler))
	if err != nil {
		found.Err = err
		return found
	}
	if err := errors.Join(db.Check(ctx), db.Close()); err != nil {
		found.Err = err
	}
	return found
}

// checkSealKey tells what becomes of passwords that must wait. Whether the key is that of the rows in the database only a run shows.
func checkSealKey(c config) bot.Finding {
	found := bot.Finding{What: "S1BOT_SECRET_KEY", Note: "passwords that wait for an approval are sealed with it"}
	if c.SecretKey.Empty() {
		found.Note = "none set: what needs an approval and carries a password is refused"
	}
	return found
}
