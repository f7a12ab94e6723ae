package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

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
type credentials struct {
	slack   webapi.Tokens
	console s1.Secret
}

func (c *config) credentials() credentials {
	return credentials{slack: webapi.Tokens{App: c.AppToken, Bot: c.BotToken}, console: c.APIToken}
}

// tokens are those for Slack, as they are now.
func (p *program) tokens() webapi.Tokens { return p.credentials.Load().slack }

// consoleToken is that for the console, as it is now.
func (p *program) consoleToken() s1.Secret { return p.credentials.Load().console }

// readCredentials reads the secrets again, and tries what is new. What is used for more than showing it to somebody is refused when it
// changes: rows are sealed with the key, and the database is open.
func (p *program) readCredentials(ctx context.Context) (credentials, error) {
	c, err := p.config.again()
	if err != nil {
		return credentials{}, err
	}
	if !c.SecretKey.Equal(p.config.SecretKey) || c.DatabaseURL != p.config.DatabaseURL {
		return credentials{}, errors.New("S1BOT_SECRET_KEY or S1BOT_DATABASE_URL changed, which takes a restart")
	}
	read, now := c.credentials(), *p.credentials.Load()
	if !read.slack.Equal(now.slack) {
		if err := p.bot.Try(ctx, read.slack); err != nil {
			return credentials{}, fmt.Errorf("try the new Slack tokens: %w", err)
		}
	}
	if !read.console.Equal(now.console) {
		if err := tryConsole(ctx, c); err != nil {
			return credentials{}, fmt.Errorf("try the new console token: %w", err)
		}
	}
	return read, nil
}

// tryConsole asks the console whether it takes the token of c.
func tryConsole(ctx context.Context, c config) error {
	client, err := newConsole(c, slog.New(slog.DiscardHandler), nil, nil, nil)
	if err != nil {
		return err
	}
	return probe(ctx, func(ctx context.Context) error {
		_, err := client.SystemInfo(ctx)
		return err
	})
}
