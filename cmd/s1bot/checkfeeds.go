package main

import (
	"context"
	"fmt"
	"time"

	"s1bot/bot/setup"
	"s1bot/notifier/feed"
	"s1bot/notifier/journal"
	"s1bot/s1"
)

// checkFeeds reads each feed that some channel hears of, in all the ways in which the bot reads it.
func checkFeeds(ctx context.Context, c config, of consoleConfig, client *s1.Client) []setup.Finding {
	file, err := c.policyFile()
	if err != nil {
		return nil // the policy's own line says what is wrong with the file
	}
	var findings []setup.Finding
	for _, what := range []struct {
		source           journal.Source
		setting, channel string
	}{{journal.Threats, "S1BOT_THREATS_CHANNEL", of.threats}, {journal.Alerts, "S1BOT_ALERTS_CHANNEL", of.alerts}} {
		found := setup.Finding{What: fmt.Sprintf("Feed of %ss", what.source), Note: "readable"}
		if what.channel == "" && len(file.Routes.Channels(what.source, of.name)) == 0 {
			found.Note = "off: no channel is set, neither in " + what.setting + " nor by a route"
			findings = append(findings, found)
			continue
		}
		err := probe(ctx, func(ctx context.Context) error { return feed.Try(ctx, client, what.source, time.Now()) })
		if err != nil {
			found.Err = todo(err, feed.Advice(what.source, err))
		}
		findings = append(findings, found)
	}
	return findings
}
