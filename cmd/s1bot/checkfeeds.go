package main

import (
	"context"
	"fmt"
	"time"

	"s1bot/bot"
	"s1bot/notifier"
	"s1bot/s1"
)

// checkFeeds reads each feed that some channel hears of, in all the ways in which the bot reads it.
func checkFeeds(ctx context.Context, c config, client *s1.Client) []bot.Finding {
	routes, err := c.routes()
	if err != nil {
		return nil // the policy's own line says what is wrong with the file
	}
	var findings []bot.Finding
	for _, feed := range []struct {
		source           notifier.Source
		setting, channel string
	}{{notifier.Threats, "S1BOT_THREATS_CHANNEL", c.ThreatsChannel}, {notifier.Alerts, "S1BOT_ALERTS_CHANNEL", c.AlertsChannel}} {
		found := bot.Finding{What: fmt.Sprintf("Feed of %ss", feed.source), Note: "readable"}
		if feed.channel == "" && len(routes.Channels(feed.source)) == 0 {
			found.Note = "off: no channel is set, neither in " + feed.setting + " nor by a route"
			findings = append(findings, found)
			continue
		}
		err := probe(ctx, func(ctx context.Context) error { return notifier.Try(ctx, client, feed.source, time.Now()) })
		if err != nil {
			found.Err = todo(err, notifier.Advice(feed.source, err))
		}
		findings = append(findings, found)
	}
	return findings
}

// routes are those of the policy file.
func (c config) routes() (notifier.Routes, error) {
	f, _, err := c.policyFile()
	if err != nil {
		return nil, err
	}
	return routesOf(f)
}
