package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// key identifies what happened, the same for every delivery of it. One message may come as several events with event ids of their
// own, so its channel and ts tell it; a slash command's and a click's trigger id is given out once; a form is sent once, whatever
// sends it. What has none of these is as old as its envelope.
func (e envelope) key() string {
	var p struct {
		EventID string       `json:"event_id"`
		Event   messageEvent `json:"event"`
		Type    string       `json:"type"`
		Trigger string       `json:"trigger_id"`
		View    struct {
			ID       string `json:"id"`
			Metadata string `json:"private_metadata"`
		} `json:"view"`
		Actions []struct {
			TS string `json:"action_ts"`
			ID string `json:"action_id"`
		} `json:"actions"`
	}
	if json.Unmarshal(e.Payload, &p) != nil {
		return e.ID
	}
	switch {
	case e.Type == "events_api" && p.Event.TS != "" && p.Event.Channel != "":
		return "message-" + p.Event.Channel + "-" + p.Event.TS
	case e.Type == "events_api" && p.EventID != "":
		return p.EventID
	case p.Type == "view_submission" && p.View.ID != "":
		return "form-" + digest(p.View.ID, p.View.Metadata)
	case e.Type == "slash_commands" && p.Trigger != "":
		return "slash-" + digest(p.Trigger)
	case p.Trigger != "" && len(p.Actions) > 0:
		return "click-" + digest(p.Trigger, p.Actions[0].TS, p.Actions[0].ID)
	}
	return e.ID
}

// digest is a short name for what several texts say together.
func digest(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d:%s", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
