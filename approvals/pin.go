package approvals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Pinned reports nil if r runs what was asked for: if its command and arguments have the hash that
// the trail has of them, or of what Adjust left. A row that somebody changed behind the Ledger's
// back does not run.
//
// Somebody with write access to the database could put another host into a request that was
// approved. The row alone can't tell; the trail can, for its entry is hashed and names the hash of
// the arguments. The latest entry that carries one counts, since Adjust takes targets away after
// the approval and writes the new hash down. An entry whose own hash is wrong, or that belongs to
// another request or command, is no witness; a request without any is refused like one that was
// changed.
func (l *Ledger) Pinned(ctx context.Context, r Request) error {
	trail, err := l.store.Audit(ctx, AuditQuery{Request: r.ID})
	if err != nil {
		return fmt.Errorf("look up what %s was asked for: %w", r.Ref, err)
	}
	pin := ""
	for e, err := range trail.Entries {
		if err != nil {
			return fmt.Errorf("look up what %s was asked for: %w", r.Ref, err)
		}
		var told struct {
			Args string `json:"args_sha256"`
		}
		says := e.Action == ActionAsked || e.Action == ActionObserved
		if says && e.Request == r.ID && e.Command == r.Command && e.Hash == e.sum() && json.Unmarshal(e.Detail, &told) == nil && told.Args != "" {
			pin = told.Args
		}
	}
	if pin != r.Pin() {
		return ErrTampered
	}
	return nil
}

// Pin is the hash of what r does to what, SHA-256 of the arguments in hexadecimal. The card shows
// its first eight digits, so that an approver can compare it with the row in the trail.
func (r *Request) Pin() string { return digest(r.Args) }

// digest is the SHA-256 of b in hexadecimal.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
