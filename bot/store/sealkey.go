package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// sealKeySize is that of a key for HMAC-SHA-256 (RFC 2104, 3), in bytes.
const sealKeySize = 32

// SealKey is the key of the tags on buttons and forms, the same for all processes and at every start. The first call decides: in a new
// database it is random; where programs from before this table have drawn messages, it is earlier, with which they drew them, for their
// cards still wait and such a program may run beside this one.
func (db *DB) SealKey(ctx context.Context, earlier []byte) ([]byte, error) {
	var found string
	err := db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		var used bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit_head WHERE seq > 0) OR EXISTS (SELECT 1 FROM notices_head WHERE seq > 0) OR EXISTS (SELECT 1 FROM inbox)`).Scan(&used)
		if err != nil {
			return err
		}
		key := make([]byte, sealKeySize)
		_, _ = rand.Read(key) // it ends the program rather than return an error
		if used {
			key = earlier
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO seal_keys (id, value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, base64.StdEncoding.EncodeToString(key))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM seal_keys WHERE id = 1`).Scan(&found)
	})
	if err != nil {
		return nil, fmt.Errorf("read the key of buttons and forms: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(found)
	if err != nil {
		return nil, fmt.Errorf("read the key of buttons and forms: %w", err)
	}
	return key, nil
}
