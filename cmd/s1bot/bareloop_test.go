package main

import (
	"context"
	"database/sql"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
)

// A bareLoop is the least that a careful bot does: slack-go's own Socket Mode client, which writes each envelope to SQLite, synced to the
// disk, before its acknowledgement. It is what the bot is measured by.
type bareLoop struct {
	slack *slacksim.Workspace
	db    *sql.DB
	after func(text string) // the acknowledgement; nil: nothing
}

func newBareLoop(t *testing.T, after func(text string)) *bareLoop {
	t.Helper()
	l := &bareLoop{slack: slacksim.New(slacksim.Options{}), after: after}
	populate(l.slack)
	server := httptest.NewServer(l.slack)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "bare.db")+"?_journal_mode=WAL&_synchronous=FULL")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	l.db = db
	_, err = db.Exec(`CREATE TABLE inbox (key TEXT PRIMARY KEY, payload BLOB NOT NULL)`)
	require.NoError(t, err)
	client := socketmode.New(slack.New(slacksim.BotToken, slack.OptionAPIURL(server.URL+"/api/"), slack.OptionAppLevelToken(slacksim.AppToken)))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	go l.serve(ctx, client)
	t.Cleanup(func() {
		cancel()
		<-ended
		l.slack.Close()
		server.Close()
		require.NoError(t, db.Close())
	})
	require.NoError(t, l.slack.WaitSockets(t.Context(), 1))
	return l
}

func (l *bareLoop) serve(ctx context.Context, client *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-client.Events:
			if event.Request == nil || event.Request.EnvelopeID == "" {
				continue
			}
			if _, err := l.db.ExecContext(ctx, `INSERT INTO inbox (key, payload) VALUES (?, ?)`, event.Request.EnvelopeID, []byte(event.Request.Payload)); err != nil {
				continue // it is not acknowledged, and the benchmark fails by that
			}
			_ = client.Ack(*event.Request)
			if command, ok := event.Data.(slack.SlashCommand); ok && l.after != nil {
				go l.after(command.Text)
			}
		}
	}
}
