package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/render"
)

// NewNote is a message of the notifier's own, delivered once for its id.
//
// The id makes it one note: whoever writes it a second time, after a crash or in another process,
// finds that it exists.
func NewNote(id, channel string, card render.Card, now time.Time) (Notice, error) {
	body, err := json.Marshal(card)
	if err != nil {
		return Notice{}, fmt.Errorf("write a note down: %w", err)
	}
	return Notice{Source: Notes, ID: Key(id), Channel: channel, State: Due, Urgent: true, Created: now, Version: Digest(body), Body: body}, nil
}

// Key is s if that can be a key in any database and in a message's metadata, and a digest of it
// otherwise: what should be an id may be anything in a broken row.
func Key(s string) string {
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	if len(s) > 100 || strings.ContainsFunc(s, odd) {
		return "odd-" + Digest([]byte(s))
	}
	return s
}

// Digest is short and differs where data does: 12 bytes of its SHA-256, as hex.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}
