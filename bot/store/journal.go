package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"s1bot/notifier"
	"s1bot/notifier/journal"
)

// Journal is the notifier's memory. One that is fenced writes as long as nobody else took the lease.
type Journal struct {
	db    *DB
	fence int64 // 0: writes whatever the lease says
}

var _ notifier.Journal = Journal{}

// Journal is the part of the database that remembers what was read from the console and told in Slack.
func (db *DB) Journal() Journal { return Journal{db: db} }

// Cursor returns how far source was read.
func (j Journal) Cursor(ctx context.Context, source journal.Source) (c journal.Cursor, err error) {
	var body string
	err = j.db.read.QueryRowContext(ctx, `SELECT body FROM cursors WHERE source = $1`, source).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &c)
	}
	if err != nil {
		return c, fmt.Errorf("read the cursor of %ss: %w", source, err)
	}
	return c, nil
}

// Versions returns the version of each of ids that is known.
//
// An item that goes to several channels has several rows of one version.
func (j Journal) Versions(ctx context.Context, source journal.Source, ids []string) (map[string]string, error) {
	stored := map[string]string{}
	if len(ids) == 0 {
		return stored, nil
	}
	var w where
	w.add("source = ?", source)
	in(&w, "id", texts(ids))
	rows, err := j.db.read.QueryContext(ctx, `SELECT id, version FROM notices`+w.String()+` ORDER BY seq`, w.args...)
	found, err := collect(rows, err, func(rows *sql.Rows) (v [2]string, err error) { return v, rows.Scan(&v[0], &v[1]) })
	if err != nil {
		return nil, fmt.Errorf("look up versions of %ss: %w", source, err)
	}
	for _, v := range found {
		stored[v[0]] = v[1]
	}
	versions := make(map[string]string, len(stored))
	for _, id := range ids { // the caller's spelling, where the database could not keep it
		if v, known := stored[text(id)]; known {
			versions[id] = v
		}
	}
	return versions, nil
}

func texts(values []string) []string {
	plain := make([]string, len(values))
	for i, v := range values {
		plain[i] = text(v)
	}
	return plain
}

// Record writes what was read and how far, all or nothing.
func (j Journal) Record(ctx context.Context, b journal.Batch) error {
	cursor, err := encode(b.Cursor)
	if err != nil {
		return err
	}
	err = j.write(ctx, func(ctx context.Context, tx *transaction) error {
		if !b.Cursor.Since.IsZero() {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO cursors (source, body) VALUES ($1, $2)
				ON CONFLICT (source) DO UPDATE SET body = excluded.body`, b.Source, cursor)
			if err != nil {
				return err
			}
		}
		if err := addFresh(ctx, tx, b.Fresh); err != nil {
			return err
		}
		if err := rewrite(ctx, tx, b.Changed); err != nil {
			return err
		}
		return forget(ctx, tx, b)
	})
	if err != nil {
		return fmt.Errorf("record %ss: %w", b.Source, err)
	}
	return nil
}

// addFresh inserts notices in order. Their numbers come from a row that is locked until the commit,
// so that a later number is never seen before an earlier one.
//
// A sender that has read up to a number never looks below it again; with a sequence of the
// engine's, a transaction that commits late would leave its notices there unread.
func addFresh(ctx context.Context, tx *transaction, fresh []journal.Notice) error {
	if len(fresh) == 0 {
		return nil
	}
	var last int64
	err := tx.QueryRowContext(ctx, `UPDATE notices_head SET seq = seq + $1 WHERE one = 1 RETURNING seq`, len(fresh)).Scan(&last)
	if err != nil {
		return fmt.Errorf("number the new notices: %w", err)
	}
	insert, err := tx.PrepareContext(ctx, `
		INSERT INTO notices (source, id, channel, seq, state, thread_group, created, version, body,
			thread, ts, shown, fingerprint, replies, tries, tried, not_before, rank, mention, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (source, id, channel) DO NOTHING`)
	if err != nil {
		return fmt.Errorf("insert notices: %w", err)
	}
	defer insert.Close()
	for i, n := range fresh {
		_, err := insert.ExecContext(ctx, n.Source, text(n.ID), text(n.Channel), last-int64(len(fresh)-1-i), n.State, text(n.Group),
			millis(n.Created), text(n.Version), text(string(n.Body)),
			n.Thread, n.TS, text(n.Shown), n.Fingerprint, n.Replies, n.Tries, millis(n.Tried), millis(n.NotBefore),
			rank(n), text(n.Mention), n.Place)
		if err != nil {
			return fmt.Errorf("insert %s %s: %w", n.Source, n.ID, err)
		}
	}
	return nil
}

// rewrite gives the console's side of items to their notices.
//
// Rev stays: a sender that saves Slack's side meanwhile must not fail because the console's side
// moved.
func rewrite(ctx context.Context, tx *transaction, changed []journal.Notice) error {
	if len(changed) == 0 {
		return nil
	}
	update, err := tx.PrepareContext(ctx, `
		UPDATE notices SET thread_group = $1, version = $2, body = $3 WHERE source = $4 AND id = $5 AND state <> 'silent'`)
	if err != nil {
		return fmt.Errorf("update notices: %w", err)
	}
	defer update.Close()
	for _, n := range changed {
		_, err := update.ExecContext(ctx, text(n.Group), text(n.Version), text(string(n.Body)), n.Source, text(n.ID))
		if err != nil {
			return fmt.Errorf("update %s %s: %w", n.Source, n.ID, err)
		}
	}
	return nil
}

// forget deletes what is too old to be read again.
func forget(ctx context.Context, tx *transaction, b journal.Batch) error {
	if b.Forget.IsZero() {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		DELETE FROM notices
		WHERE source IN ($1, 'digest', 'file', 'note') AND created < $2 AND state IN ('told', 'silent', 'listed')`, b.Source, millis(b.Forget))
	if err != nil {
		return fmt.Errorf("forget old notices: %w", err)
	}
	return nil
}

// The conditions are those of the indexes in the schema, word by word: else the indexes are not used.
var wants = map[journal.Want]string{
	journal.ToPost: `state IN ('due', 'sending')`,
	journal.ToEdit: `state = 'told' AND shown <> version`,
	journal.Roots:  `state = 'told' AND thread = ''`,
}

// Notices returns the notices that match.
//
// The three orders are those that package delivery promises; each is that of an index.
func (j Journal) Notices(ctx context.Context, q journal.Query) ([]journal.Notice, error) {
	var w where
	for column, value := range pairs("source", string(q.Source), "channel", q.Channel, "thread_group", q.Group, "digest", q.Digest, "ts", q.TS) {
		w.add(column+" = ?", text(value))
		if column == "digest" || column == "ts" { // whose index has no empty ones: neither engine sees that a parameter is none
			w.add(column + " <> ''")
		}
	}
	if len(q.IDs) > 0 {
		in(&w, "id", texts(q.IDs))
	}
	if len(q.Agents) > 0 {
		in(&w, "agent", texts(q.Agents))
		w.add("agent <> ''") // as its index has it
	}
	if cond, known := wants[q.Want]; known {
		w.add(cond)
	}
	if !q.Ready.IsZero() {
		w.add("not_before <= ?", millis(q.Ready))
	}
	if q.After > 0 {
		w.add("seq > ?", q.After)
	}
	order := " ORDER BY seq"
	switch q.Want {
	case journal.ToPost:
		order = " ORDER BY rank, not_before, seq"
	case journal.ToEdit:
		order = " ORDER BY not_before, seq"
	}
	if q.Limit > 0 {
		order += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	rows, err := j.db.read.QueryContext(ctx, `
		SELECT source, id, channel, seq, rev, state, thread_group, created, version, body,
			thread, ts, shown, fingerprint, replies, tries, tried, not_before, rank, mention, place, digest, agent
		FROM notices`+w.String()+order, w.args...)
	found, err := collect(rows, err, scanNotice)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return found, nil
}

func scanNotice(rows *sql.Rows) (n journal.Notice, err error) {
	var created, tried, notBefore, rank int64
	var body string
	err = rows.Scan(&n.Source, &n.ID, &n.Channel, &n.Seq, &n.Rev, &n.State, &n.Group, &created, &n.Version, &body,
		&n.Thread, &n.TS, &n.Shown, &n.Fingerprint, &n.Replies, &n.Tries, &tried, &notBefore, &rank, &n.Mention, &n.Place, &n.Digest, &n.Agent)
	n.Urgent = rank == 0
	n.Created, n.Tried, n.NotBefore = moment(created), moment(tried), moment(notBefore)
	if body != "" {
		n.Body = json.RawMessage(body)
	}
	return n, err
}

// Save writes Slack's side of notices, all or none.
//
// A notice and the root of its thread are saved together, so that the count of replies never
// disagrees with the replies.
func (j Journal) Save(ctx context.Context, notices ...journal.Notice) error {
	err := j.write(ctx, func(ctx context.Context, tx *transaction) error {
		for _, n := range notices {
			rows, err := affected(tx.ExecContext(ctx, `
				UPDATE notices SET rev = rev + 1, state = $1, thread = $2, ts = $3, shown = $4, fingerprint = $5,
					replies = $6, tries = $7, tried = $8, not_before = $9,
					place = $10, agent = $11
				WHERE source = $12 AND id = $13 AND channel = $14 AND rev = $15`,
				n.State, n.Thread, n.TS, text(n.Shown), n.Fingerprint, n.Replies, n.Tries, millis(n.Tried), millis(n.NotBefore),
				n.Place, text(n.Agent), n.Source, text(n.ID), text(n.Channel), n.Rev))
			switch {
			case err != nil:
				return err
			case rows == 0:
				return journal.ErrConflict
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save notices: %w", err)
	}
	return nil
}
