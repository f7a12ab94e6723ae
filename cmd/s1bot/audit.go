package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/bot/store"
	"s1bot/commands"
	"s1bot/commands/text"
)

// auditCmd reads the database as it is (OpenAsIs): an older program's tables are not brought up to
// date by somebody who only looks.
type auditCmd struct {
	Since   ago    `default:"24h" help:"How far back: 24h, 7d, 2w."`
	Request string `help:"Only rows about this request, by its reference (A-7F3A) or id."`
	Actor   string `help:"Only what this person did, by Slack user id."`
	Action  string `help:"Only this action: asked, approved, denied, started, finished, refused, frozen, …"`
	Command string `help:"Only rows about this command."`
	JSON    bool   `name:"json" help:"One JSON object per line."`
	HTML    string `name:"html" placeholder:"FILE" help:"Write a page for auditors to a new file: these rows, and what --verify finds."`
	Verify  bool   `xor:"form" help:"Check that no row of the whole trail was changed, removed or moved."`
	Export  string `placeholder:"FILE" help:"Write the whole trail to a new file, one JSON object per line, which --verify --against can check."`
	Against string `placeholder:"FILE" help:"Verify, and compare with this archive of --export or file of S1BOT_AUDIT_FILE. By default, --verify and --html compare with S1BOT_AUDIT_FILE if it's set."`
}

// Run prints or verifies the audit trail. It needs the database's setting alone.
func (a auditCmd) Run(ctx context.Context, std streams) error {
	environ := environment()
	c, err := readConfig(environ)
	// Other settings may be missing where auditors work; one that is mistyped may be the database's.
	if err := errors.Join(about("S1BOT_DATABASE_URL", err), unknownSettings(environ)); err != nil {
		return settingsError{err}
	}
	db, err := store.OpenAsIs(ctx, c.DatabaseURL)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = db.Close() }()
	switch stream := cmp.Or(a.Against, c.AuditFile); {
	case a.Export != "":
		return a.export(ctx, std, db)
	case a.HTML != "":
		return a.page(ctx, std, db, stream)
	case a.Verify, a.Against != "":
		return a.verify(ctx, std, db, stream)
	}
	return a.list(ctx, std, db)
}

// list prints the rows that match.
//
// Rows are printed as they are read, for a trail may be longer than memory. Names of people and
// requests are looked up once each by the reader.
func (a auditCmd) list(ctx context.Context, std streams, db *store.DB) error {
	rows, err := db.Requests().Audit(ctx, a.query())
	if err != nil {
		return err
	}
	out, reader := bufio.NewWriter(std.out), newReader(db)
	for e, err := range rows.Entries {
		if err == nil && a.JSON {
			err = json.NewEncoder(out).Encode(e)
		} else if err == nil {
			_, err = fmt.Fprintln(out, reader.Row(ctx, e))
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	return out.Flush()
}

// query selects what the flags ask for.
func (a auditCmd) query() approvals.AuditQuery {
	return approvals.AuditQuery{
		Since: time.Now().Add(-time.Duration(a.Since)), Request: a.Request, Actor: a.Actor, Action: a.Action, Command: a.Command}
}

// newReader tells rows with the names that the database has.
func newReader(db *store.DB) *trail.Reader {
	catalog := commands.All()
	return trail.New(trail.Config{
		Title: func(name string) string {
			if cmd, ok := catalog.Find(name); ok {
				return cmd.Title
			}
			return ""
		},
		Request: func(ctx context.Context, id string) (approvals.Request, bool) {
			found, err := db.Requests().Find(ctx, approvals.Query{ID: id})
			if err != nil || len(found) == 0 {
				return approvals.Request{}, false
			}
			return found[0], true
		},
		Person: func(ctx context.Context, id string) string { return nameOf(ctx, db, id) },
	})
}

// nameOf is what a person was called when they first asked for something. Rows from before November
// 2026 have no names but that.
//
// Slack is not asked: the command needs the database alone, and whoever left is not in the
// workspace any more.
func nameOf(ctx context.Context, db *store.DB, id string) string {
	if id == "" {
		return ""
	}
	rows, err := db.Requests().Audit(ctx, approvals.AuditQuery{Actor: id, Action: approvals.ActionAsked})
	if err != nil {
		return ""
	}
	for e := range rows.Entries {
		var asked struct {
			Name string `json:"name"`
		}
		_ = json.Unmarshal(e.Detail, &asked)
		return asked.Name
	}
	return ""
}

// ago is a stretch of time as people write it: Go's durations, and days and weeks.
type ago time.Duration

// UnmarshalText reads 24h, 7d or 2w.
func (a *ago) UnmarshalText(given []byte) error {
	d, err := text.ParseAnySpan(string(given))
	if err != nil {
		return errors.New("expected a duration such as 24h, 7d or 2w")
	}
	*a = ago(d)
	return nil
}

// about is what of a list of problems concerns one setting.
//
// A problem begins with the name of its setting (see config.check), so lines are told apart by
// their beginning.
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
