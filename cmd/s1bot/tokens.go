package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"s1bot/bot/webapi"
	"s1bot/s1"
)

// Tokens end, and are made anew, more often than the program is restarted. On SIGHUP the files that hold them are read again:
//
//	read ──▶ a new one? ──▶ try it at Slack and the console ──▶ take all of them
//	                              └── one does not work: keep all of the old ones, and say which
//
// So nothing breaks if an operator sends the signal too early. Sockets that are open stay open; the next one is opened with the new token.

// credentials are what Slack and the console know the program by.
//
// They are exchanged as one, so no process speaks to Slack with the app token of one day and the
// bot token of another.
type credentials struct {
	slack    webapi.Tokens
	consoles []s1.Secret // in the order in which they are listed
}

func (c *config) slackTokens() webapi.Tokens { return webapi.Tokens{App: c.AppToken, Bot: c.BotToken} }

// tokens are those for Slack, as they are now.
func (p *program) tokens() webapi.Tokens { return p.credentials.Load().slack }

// readCredentials reads the secrets again, and tries what is new. What is used for more than
// showing it to somebody is refused when it changes: rows are sealed with the key, and the database
// is open.
//
// Trying costs one call for each token that is new; one that is as before is not tried, since it is
// in use.
func (p *program) readCredentials(ctx context.Context) (credentials, error) {
	c, err := p.config.again()
	if err != nil {
		return credentials{}, err
	}
	if !c.SecretKey.Equal(p.config.SecretKey) || c.DatabaseURL != p.config.DatabaseURL {
		return credentials{}, errors.New("S1BOT_SECRET_KEY or S1BOT_DATABASE_URL changed, which takes a restart")
	}
	read := credentials{slack: c.slackTokens()}
	if !read.slack.Equal(p.credentials.Load().slack) {
		if err := p.bot.Try(ctx, read.slack); err != nil {
			return credentials{}, fmt.Errorf("try the new Slack tokens: %w", err)
		}
	}
	listed, err := c.listed()
	if err != nil {
		return credentials{}, err
	}
	if !slices.EqualFunc(listed, p.listed, consoleConfig.sameBut) {
		return credentials{}, errors.New("more than the tokens of the consoles has changed, which takes a restart")
	}
	for i, one := range listed {
		if !one.token.Equal(*p.consoles[i].current.Load()) {
			if err := tryConsole(ctx, c, one); err != nil {
				return credentials{}, fmt.Errorf("try the new console token%s: %w", p.labelled(one), err)
			}
		}
		read.consoles = append(read.consoles, one.token)
	}
	return read, nil
}

// labelled names a console where there are several.
func (p *program) labelled(one consoleConfig) string {
	if len(p.listed) < 2 {
		return ""
	}
	return " of " + one.name
}

// tryConsole asks a console whether it takes a token.
func tryConsole(ctx context.Context, c config, of consoleConfig) error {
	client, err := newClient(c, of, slog.New(slog.DiscardHandler), nil, nil, nil)
	if err != nil {
		return err
	}
	return probe(ctx, func(ctx context.Context) error {
		_, err := client.SystemInfo(ctx)
		return err
	})
}
