// Package socketmode keeps the connections by which Slack delivers what people do, and loses
// nothing of it.
//
// A Pool holds a few WebSockets open at a time. When Slack announces that it will close one, its
// successor is opened first, and the old one is read until Slack really closes it:
//
//	hello ──▶ reading ──disconnect──▶ successor opened ──▶ still reading ──close──▶ acknowledgements out ──▶ gone
//
// The rule one must not break: the reader of a connection never waits for work. It hands an
// Envelope over and reads on; whoever got it acknowledges it within three seconds, on this
// connection or, if that is gone by then, on another.
package socketmode

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// MaxAnswer is what Slack takes as an answer inside an acknowledgement; from 20 KB on it is dropped
// without a word. https://docs.slack.dev/apis/events-api/using-socket-mode
const MaxAnswer = 20<<10 - 1

// An Envelope is one delivery of Socket Mode.
type Envelope struct {
	ID           string          `json:"envelope_id"`
	Type         string          `json:"type"` // slash_commands, interactive, events_api, hello, disconnect
	Payload      json.RawMessage `json:"payload"`
	Accepts      bool            `json:"accepts_response_payload"`
	RetryAttempt int             `json:"retry_attempt"`
	Reason       string          `json:"reason"` // of disconnect

	Received time.Time `json:"-"` // by this process
	ack      func(ctx context.Context, payload any) error
}

// AnsweredBy returns e as it came in just now, with the way by which its answer goes back to Slack.
func (e Envelope) AnsweredBy(ack func(ctx context.Context, payload any) error) Envelope {
	e.Received, e.ack = time.Now(), ack
	return e
}

// Acknowledge answers the envelope; payload is nil for a bare ack. An answer too large for Slack
// becomes a bare ack and an error, because an envelope that is never acknowledged looks to the
// person like a bot that is down.
func (e Envelope) Acknowledge(ctx context.Context, payload any) error {
	if payload == nil {
		return e.ack(ctx, nil)
	}
	body, err := json.Marshal(payload)
	if err == nil && len(body) <= MaxAnswer {
		return e.ack(ctx, json.RawMessage(body))
	}
	if err == nil {
		err = fmt.Errorf("answer to %s envelope is %d bytes, Slack takes %d", e.Type, len(body), MaxAnswer)
	}
	if ackErr := e.ack(ctx, nil); ackErr != nil {
		return ackErr
	}
	return err
}
