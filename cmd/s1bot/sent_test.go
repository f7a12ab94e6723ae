package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// keepSent writes what a story sent to Slack into the folder of S1BOT_ORACLE_SENT: a file for each list of blocks and each view, with
// the method that carried it. `make oracle` has Slack's own types and validators look at them.
func (s *story) keepSent() {
	dir := os.Getenv("S1BOT_ORACLE_SENT")
	if dir == "" {
		return
	}
	for _, call := range s.slack.Calls("") {
		if call.Error != "" {
			continue
		}
		s.keepParts(dir, call.Method, []byte(call.Args["body"])) // of a response_url
		for _, part := range []string{"blocks", "view"} {
			if text := []byte(call.Args[part]); json.Valid(text) {
				s.keepPart(dir, call.Method, part, text)
			}
		}
	}
	for _, ack := range s.slack.Acks() {
		s.keepParts(dir, "ack of "+ack.Kind, ack.Payload)
	}
}

func (s *story) keepParts(dir, method string, body []byte) {
	var sent struct{ View, Blocks json.RawMessage }
	if json.Unmarshal(body, &sent) != nil {
		return
	}
	for part, sent := range map[string]json.RawMessage{"view": sent.View, "blocks": sent.Blocks} {
		if len(sent) > 0 && string(sent) != "null" {
			s.keepPart(dir, method, part, sent)
		}
	}
}

func (s *story) keepPart(dir, method, part string, sent json.RawMessage) {
	body, err := json.Marshal(map[string]any{"method": method, part: sent, "story": s.t.Name()})
	require.NoError(s.t, err)
	name := fmt.Sprintf("%s-%x.json", part, sha256.Sum256(sent))
	require.NoError(s.t, os.WriteFile(filepath.Join(dir, name), body, 0o600))
}
