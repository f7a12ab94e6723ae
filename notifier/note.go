package notifier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/render"
)

// newNote is a message of the notifier's own, told once for its id.
func newNote(id, channel string, card render.Card, now time.Time) (Notice, error) {
	body, err := json.Marshal(card)
	if err != nil {
		return Notice{}, fmt.Errorf("write a note down: %w", err)
	}
	return Notice{Source: Notes, ID: key(id), Channel: channel, State: Due, Urgent: true, Created: now, Version: digest(body), Body: body}, nil
}

// key is s if that can be a key in any database and in a message's metadata, and a digest of it otherwise: what should be an id
// may be anything in a broken row.
func key(s string) string {
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	if len(s) > 100 || strings.ContainsFunc(s, odd) {
		return "odd-" + digest([]byte(s))
	}
	return s
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}
