package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"s1bot/bot/socketmode"
)

// deliveryKey tells what happened, the same for every delivery of it. One message may come as several events with event ids of their
// own, so its channel and ts tell it; a slash command's and a click's trigger id is given out once; a form is sent once, whatever
// sends it. What has none of these is as old as its envelope.
func deliveryKey(e socketmode.Envelope) string {
	var p struct {
		EventID string       `json:"event_id"`
		Event   messageEvent `json:"event"`
		Type    string       `json:"type"`
		Trigger string       `json:"trigger_id"`
		View    struct {
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
	case p.Type == "view_submission" && p.View.Metadata != "": // sealed, with what opened the form in it
		return "form-" + digest(p.View.Metadata)
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
