package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/bot/store"
	"s1bot/render"
)

type auditCmd struct {
	Since   ago    `default:"24h" help:"How far back: 24h, 7d, 2w."`
	Request string `help:"Only of this request, by its reference (A-7F3A) or id."`
	Actor   string `help:"Only what this person did, by Slack user id."`
	Action  string `help:"Only this action: asked, approved, denied, started, finished, refused, frozen, …"`
	Command string `help:"Only of this command."`
	JSON    bool   `name:"json" help:"One JSON object a line."`
	Verify  bool   `help:"Check that no row of the whole trail was changed, removed or moved."`
	Export  string `placeholder:"FILE" help:"Write the whole trail to a new file, one JSON object a line, which --verify --against can check."`
	Against string `placeholder:"FILE" help:"With --verify: compare with the stream that S1BOT_AUDIT_FILE wrote. Unless given, with that file itself where it is set."`
}

// Run prints or verifies the audit trail. It needs the database's setting alone.
func (a auditCmd) Run(ctx context.Context, std streams) error {
	environ := environment()
	c, err := readConfig(environ)
	// Other settings may be missing where auditors work; one that is mistyped may be the database's.
	if err := errors.Join(about("S1BOT_DATABASE_URL", err), unknownSettings(environ)); err != nil {
		return settingsError{err}
	}
	if err := store.Exists(c.DatabaseURL); err != nil {
		return err
	}
	db, err := store.Open(ctx, c.DatabaseURL, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = db.Close() }()
	if a.Export != "" {
		return a.export(ctx, std, db)
	}
	if a.Verify {
		return a.verify(ctx, std, db, cmp.Or(a.Against, c.AuditFile))
	}
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{
		Since: time.Now().Add(-time.Duration(a.Since)), Request: a.Request, Actor: a.Actor, Action: a.Action, Command: a.Command})
	if err != nil {
		return err
	}
	for e, err := range trail.Entries {
		if err != nil {
			return err
		}
		if err := a.print(std, e); err != nil {
			return err
		}
	}
	return nil
}

func (a auditCmd) print(std streams, e approvals.Entry) error {
	if a.JSON {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%s\n", body)
		return err
	}
	line := fmt.Sprintf("%6d  %s  %-12s %-12s %s  %s", e.Seq, e.At.UTC().Format(time.RFC3339), e.Action, e.Actor, e.Command, e.Detail)
	_, err := fmt.Fprintln(std.out, render.Visible(line)) // names in it are attackers', and this is a terminal
	return err
}

// ago is a stretch of time as people write it: Go's durations, and days and weeks.
type ago time.Duration

// UnmarshalText reads 24h, 7d or 2w.
func (a *ago) UnmarshalText(text []byte) error {
	for unit, hours := range map[string]int{"d": 24, "w": 7 * 24} {
		if n, err := strconv.Atoi(strings.TrimSuffix(string(text), unit)); err == nil && strings.HasSuffix(string(text), unit) {
			*a = ago(time.Duration(n*hours) * time.Hour)
			return nil
		}
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("want a duration such as 24h, 7d or 2w")
	}
	*a = ago(d)
	return nil
}

// about is what of a list of problems concerns one setting.
func about(setting string, problems error) error {
	if problems == nil {
		return nil
	}
	for line := range strings.SplitSeq(problems.Error(), "\n") {
		if strings.HasPrefix(line, setting) {
			return errors.New(line)
		}
	}
	return nil
}

// verify checks the chain and, where the trail was streamed to a file, that the file tells the same: who rewrites the whole chain
// in the database, or cuts its end off, does not reach a file on another machine.
func (a auditCmd) verify(ctx context.Context, std streams, db *store.DB, stream string) error {
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
	if err != nil {
		return err
	}
	rows, err := approvals.Verify(trail)
	if err != nil {
		return fmt.Errorf("the audit trail is not whole: %w", err)
	}
	_, err = fmt.Fprintf(std.out, "%d rows, none changed, removed or moved; the last has the hash %s\n", rows, cmp.Or(trail.Head.Hash, "(none)"))
	if err != nil || stream == "" {
		return err
	}
	same, err := compareStream(trail, stream)
	if err != nil {
		return fmt.Errorf("the audit trail is not what was streamed to %s: %w", stream, err)
	}
	_, err = fmt.Fprintf(std.out, "%d rows of %s are the same\n", same, stream)
	return err
}
