package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals/syslog"
)

// AuditPositions keeps how far the trail was sent to one target.
type AuditPositions struct {
	db     *DB
	target string
}

var _ syslog.Positions = AuditPositions{}

// AuditPositions is the part of the database that knows what target has of the trail.
func (db *DB) AuditPositions(target string) AuditPositions { return AuditPositions{db, text(target)} }

// Claim takes or renews the right to send to the target. The first claim of all begins before the
// first row.
//
// The UPDATE decides: it fits the row only if nobody else's right lasts. No row comes back for
// whoever was too late, which is no error.
func (a AuditPositions) Claim(ctx context.Context, span time.Duration) (p syslog.Position, held bool, err error) {
	now := time.Now()
	err = a.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_positions (target, seq, owner, until) VALUES ($1, 0, '', 0) ON CONFLICT (target) DO NOTHING`, a.target)
		if err != nil {
			return err
		}
		var told int
		err = tx.QueryRowContext(ctx, `UPDATE audit_positions SET owner = $1, until = $2 WHERE target = $3 AND (owner = $1 OR until <= $4) RETURNING seq, told`,
			a.db.owner, now.Add(span).UnixMilli(), a.target, now.UnixMilli()).Scan(&p.Seq, &told)
		p.Reported, held = told == 1, err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return p, false, fmt.Errorf("take over the sending of the audit trail: %w", err)
	}
	return p, held, nil
}

// Save writes how far the target is, unless another process has taken over since.
func (a AuditPositions) Save(ctx context.Context, p syslog.Position) error {
	return a.update(ctx, `UPDATE audit_positions SET seq = $1, told = $2 WHERE target = $3 AND owner = $4`, p.Seq, number(p.Reported), a.target, a.db.owner)
}

// Release lets another process take over at once.
func (a AuditPositions) Release(ctx context.Context) error {
	return a.update(ctx, `UPDATE audit_positions SET until = 0 WHERE target = $1 AND owner = $2`, a.target, a.db.owner)
}

func (a AuditPositions) update(ctx context.Context, query string, args ...any) error {
	return a.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		n, err := affected(tx.ExecContext(ctx, query, args...))
		if err == nil && n == 0 {
			err = errors.New("another process sends the audit trail now")
		}
		return err
	})
}
