package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"s1bot/approvals"
)

// A transaction is what the writes of a batch share: statements that stay prepared from one to the
// next, and the end of the audit trail, which is read once, before the first entry, and written
// once, before the commit.
//
// The embedded Tx has more methods than those that are overridden here; those run as they are,
// unprepared.
type transaction struct {
	*sql.Tx
	conn     *sql.Conn // of an engine that takes several statements at once
	prepared *statements
	trail    trailEnd
}

// A trailEnd is the end of the trail while a transaction appends to it. Nobody else does meanwhile: SQLite's transactions begin as the one
// writer, PostgreSQL's with oneWriter.
type trailEnd struct {
	head         approvals.Mark
	known, moved bool
}

// untouched is the error of a write that found that it must not be made before it changed anything: there is nothing to roll back.
type untouched struct{ error }

func (u untouched) Unwrap() error { return u.error }

// ExecContext runs a statement as sql.Tx does.
func (tx *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := tx.prepared.find(query); stmt != nil {
		return tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return tx.Tx.ExecContext(ctx, query, args...)
}

// QueryRowContext asks for one row as sql.Tx does.
func (tx *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := tx.prepared.find(query); stmt != nil {
		return tx.StmtContext(ctx, stmt).QueryRowContext(ctx, args...)
	}
	return tx.Tx.QueryRowContext(ctx, query, args...)
}

const (
	trailHead = `SELECT seq, hash FROM audit_head WHERE one = 1`
	// oneWriter makes the processes write one after the other. Nearly every write appends to the trail and would wait for its end
	// anyway, holding a connection meanwhile; and transactions that follow each other cannot lock each other out.
	oneWriter = trailHead + ` FOR UPDATE`
)

// Rollback ends a transaction that was not committed; after a commit it only gives the connection
// back.
//
// A connection that was taken for the transaction goes back to the pool with it. ErrConnDone says
// that it did already.
func (tx *transaction) Rollback() error {
	err := tx.Tx.Rollback()
	if tx.conn == nil {
		return err
	}
	if end := tx.conn.Close(); !errors.Is(end, sql.ErrConnDone) {
		err = errors.Join(err, end)
	}
	return err
}

// readTrail finds the end of the trail by one of these two.
//
// It is read at most once in a transaction, however many entries follow.
func (tx *transaction) readTrail(ctx context.Context, query string) error {
	if tx.trail.known {
		return nil
	}
	if err := tx.QueryRowContext(ctx, query).Scan(&tx.trail.head.Seq, &tx.trail.head.Hash); err != nil {
		return fmt.Errorf("find the end of the audit trail: %w", err)
	}
	tx.trail.known = true
	return nil
}

// moveTrail writes down where the trail ends now.
func (tx *transaction) moveTrail(ctx context.Context) error {
	if !tx.trail.moved {
		return nil
	}
	end := tx.trail.end()
	if _, err := tx.ExecContext(ctx, end.query, end.args...); err != nil {
		return fmt.Errorf("move the end of the audit trail: %w", err)
	}
	return nil
}

// maxStatements bounds what is kept prepared on each connection. The bot has fewer; a list of ids makes one for each length.
const maxStatements = 200

// statements are those that stay prepared: SQLite parses each text anew otherwise, which costs more
// than most of them do. PostgreSQL's driver keeps its own: a nil *statements keeps none.
//
// A text that is asked for is prepared after the transaction in which it came up, so a statement
// costs its parsing the first two times.
type statements struct {
	db   *sql.DB
	mu   sync.Mutex
	kept map[string]*sql.Stmt
	next []string // asked for, and not prepared yet
}

func newStatements(db *sql.DB) *statements { return &statements{db: db, kept: map[string]*sql.Stmt{}} }

// find returns the prepared statement of a text; nil the first time. Inside a transaction nothing can be prepared for longer than that: the
// one connection that may write is taken.
func (s *statements) find(query string) *sql.Stmt {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt := s.kept[query]
	if stmt == nil && len(s.kept)+len(s.next) < maxStatements {
		s.next = append(s.next, query)
	}
	return stmt
}

// learn prepares what was asked for. What cannot be prepared fails where it is used.
//
// Two readers may learn the same text at once; whoever is second closes theirs.
func (s *statements) learn(ctx context.Context) {
	if s == nil {
		return
	}
	s.mu.Lock()
	next := s.next
	s.next = nil
	s.mu.Unlock()
	for _, query := range next {
		stmt, err := s.db.PrepareContext(ctx, query)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.kept[query] == nil {
			s.kept[query], stmt = stmt, nil
		}
		s.mu.Unlock()
		if stmt != nil {
			_ = stmt.Close() // twice in one transaction, or by two readers
		}
	}
}

// close ends them, before their database is closed.
func (s *statements) close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.kept {
		errs = append(errs, stmt.Close())
	}
	clear(s.kept)
	return errors.Join(errs...)
}

// A reader is the side of a database that is only read.
type reader struct {
	*sql.DB
	prepared *statements
}

// QueryContext asks for rows as sql.DB does.
func (r reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := r.find(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return r.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext asks for one row as sql.DB does.
func (r reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := r.find(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return r.DB.QueryRowContext(ctx, query, args...)
}

func (r reader) find(ctx context.Context, query string) *sql.Stmt {
	stmt := r.prepared.find(query)
	if stmt == nil {
		r.prepared.learn(ctx)
	}
	return stmt
}
