package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"s1bot/approvals"
	"s1bot/bot/store"
)

type auditCmd struct {
	Since   time.Duration `default:"24h" help:"How far back."`
	Request string        `help:"Only of this request, by its reference (A-7F3A) or id."`
	Actor   string        `help:"Only what this person did, by Slack user id."`
	Action  string        `help:"Only this action: asked, approved, denied, started, finished, refused, frozen, …"`
	Command string        `help:"Only of this command."`
	JSON    bool          `name:"json" help:"One JSON object a line."`
	Verify  bool          `help:"Check that no row of the whole trail was changed, removed or moved."`
}

// Run prints or verifies the audit trail. It needs the database's setting alone.
func (a auditCmd) Run(ctx context.Context, std streams) error {
	c, _ := readConfig(environment()) // other settings may be missing where auditors work
	db, err := store.Open(ctx, c.DatabaseURL, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = db.Close() }()
	if a.Verify {
		return a.verify(ctx, std, db)
	}
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{
		Since: time.Now().Add(-a.Since), Request: a.Request, Actor: a.Actor, Action: a.Action, Command: a.Command})
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
	_, err := fmt.Fprintf(std.out, "%6d  %s  %-12s %-12s %s  %s\n", e.Seq, e.At.UTC().Format(time.RFC3339), e.Action, e.Actor, e.Command, e.Detail)
	return err
}

func (a auditCmd) verify(ctx context.Context, std streams, db *store.DB) error {
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
	if err != nil {
		return err
	}
	rows, err := approvals.Verify(trail)
	if err != nil {
		return fmt.Errorf("the audit trail is not whole: %w", err)
	}
	_, err = fmt.Fprintf(std.out, "%d rows, none changed, removed or moved\n", rows)
	return err
}
