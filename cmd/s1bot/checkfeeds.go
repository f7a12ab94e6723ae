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
//
// A feed that nobody hears of is not read by the bot, so whether it could be is no matter. One whose path is retired is no loss where unified
// alerts are read.
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
		switch {
		case s1.IsRetired(err) && usesUnified(ctx, client):
			found.Note = "this console doesn't have it; its unified alerts take its place"
		case err != nil:
			found.Err = todo(err, feed.Advice(what.source, err))
		}
		findings = append(findings, found)
	}
	return append(findings, checkUnified(ctx, client))
}

// usesUnified tells whether unified alerts are read here; where nobody can tell, their own line says so.
func usesUnified(ctx context.Context, client *s1.Client) bool {
	uses := false
	err := probe(ctx, func(ctx context.Context) (err error) { uses, err = client.UnifiedAlerts(ctx); return err })
	return err == nil && uses
}

// checkUnified says whether unified alerts are read here, and why not.
func checkUnified(ctx context.Context, client *s1.Client) setup.Finding {
	found := setup.Finding{What: "Feed of unified alerts", Note: "readable, beside threats and rule alerts"}
	setting := client.UnifiedSetting()
	if setting == s1.UnifiedOff {
		found.Note = "off, as S1BOT_UNIFIED_ALERTS says"
		return found
	}
	err := probe(ctx, func(ctx context.Context) error { return feed.TryUnified(ctx, unifiedList{client}, time.Now()) })
	switch uses, unknown := client.UnifiedAlerts(ctx); {
	case err == nil:
	case setting == s1.UnifiedAuto && unknown == nil && !uses:
		found.Note = "off: the console has none, or the token may not read them, so these commands don't work here: " + commandList("unifiedalerts/graphql") + " (" + plainEnd(err.Error()) + ")"
	default:
		found.Err = todo(err, feed.Advice(journal.Unified, err))
	}
	return found
}
