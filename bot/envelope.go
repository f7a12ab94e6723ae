package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// maxAck is what Slack takes as an answer inside an acknowledgement; from 20 KB on it is dropped without a word.
// https://docs.slack.dev/apis/events-api/using-socket-mode
const maxAck = 20<<10 - 1

// An envelope is one delivery of Socket Mode.
type envelope struct {
	ID           string          `json:"envelope_id"`
	Type         string          `json:"type"` // slash_commands, interactive, events_api, hello, disconnect
	Payload      json.RawMessage `json:"payload"`
	Accepts      bool            `json:"accepts_response_payload"`
	RetryAttempt int             `json:"retry_attempt"`
	Reason       string          `json:"reason"` // of disconnect

	received time.Time
	ack      func(ctx context.Context, payload any) error
}

// acknowledge answers the envelope; payload is nil for a bare ack. An answer too large for Slack becomes a bare ack and an
// error, because an envelope that is never acknowledged looks to the person like a bot that is down.
func (e envelope) acknowledge(ctx context.Context, payload any) error {
	if payload == nil {
		return e.ack(ctx, nil)
	}
	body, err := json.Marshal(payload)
	if err == nil && len(body) <= maxAck {
		return e.ack(ctx, json.RawMessage(body))
	}
	if err == nil {
		err = fmt.Errorf("answer to %s envelope is %d bytes, Slack takes %d", e.Type, len(body), maxAck)
	}
	if ackErr := e.ack(ctx, nil); ackErr != nil {
		return ackErr
	}
	return err
}

// key identifies what happened, the same for every delivery of it: Slack sends an event again under a new envelope id,
// a slash command or click never.
func (e envelope) key() string {
	if e.Type == "events_api" {
		var event struct {
			ID string `json:"event_id"`
		}
		if json.Unmarshal(e.Payload, &event) == nil && event.ID != "" {
			return event.ID
		}
	}
	return e.ID
}
