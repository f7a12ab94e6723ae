package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
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
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.run(ctx, server.URL+"/api/", filepath.Join(t.TempDir(), "bare.db")) }()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		l.slack.Close()
		server.Close()
	})
	require.NoError(t, l.slack.WaitSockets(t.Context(), 1))
	return l
}

// run is the loop at an address of Slack's, with a database of its own, until ctx ends.
func (l *bareLoop) run(ctx context.Context, address, path string) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.Exec(`CREATE TABLE inbox (key TEXT PRIMARY KEY, payload BLOB NOT NULL)`); err != nil {
		return errors.Join(err, db.Close())
	}
	l.db = db
	client := socketmode.New(slack.New(slacksim.BotToken, slack.OptionAPIURL(address), slack.OptionAppLevelToken(slacksim.AppToken)))
	go l.serve(ctx, client)
	err = client.RunContext(ctx)
	return errors.Join(err, db.Close())
}

// bareChild, as childVariable's value, makes the test binary such a loop.
const bareChild = "bare"

// bareProcess is a workspace with such a loop in a process of its own, as the bot has one when it is measured.
func bareProcess(t *testing.T) *slacksim.Workspace {
	t.Helper()
	ws := slacksim.New(slacksim.Options{})
	populate(ws)
	server := httptest.NewServer(ws)
	c := exec.Command(os.Args[0], "-test.run=^TestAsAProgramToKill$")
	c.Env = append(os.Environ(), childVariable+"="+bareChild, "SLACK_API_URL="+server.URL+"/api/", "S1BOT_DATABASE_URL="+filepath.Join(t.TempDir(), "bare.db"))
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		ws.Close()
		server.Close()
	})
	require.NoError(t, ws.WaitSockets(t.Context(), 1))
	return ws
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
