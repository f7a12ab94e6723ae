package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// key tells what happened, the same for every delivery of it. One message may come as several
// events with event ids of their own, so its channel and ts tell it; a slash command's and a
// click's trigger id is given out once; a form is sent once, whatever sends it. What has none of
// these is as old as its envelope.
//
// What it leaves out matters as much. The envelope's id is new at each retry, so it would not tell
// a repeated event from another one; and two clicks on one button have two trigger ids, so they are
// two.
func (d Delivery) key(envelope, event string) string {
	switch {
	case d.Err != nil:
	case d.Kind == Event && d.Message.TS != "" && d.Message.Channel != "":
		return "message-" + d.Message.Channel + "-" + d.Message.TS
	case d.Kind == Event && d.Message.EventTS != "" && (d.Message.Meaning == Opened || d.Message.Meaning == Invited):
		return d.Message.Type + "-" + d.Message.User + "-" + d.Message.Channel + "-" + d.Message.EventTS
	case d.Kind == Event && event != "":
		return event
	case d.Kind == Submission && d.Payload.View.PrivateMetadata != "": // sealed, with what opened the form in it
		return "form-" + digest(d.Payload.View.PrivateMetadata)
	case d.Kind == Slash && d.Command.Trigger != "":
		return "slash-" + digest(d.Command.Trigger)
	case (d.Kind == Shortcut || d.Kind == MessageShortcut) && d.Payload.Trigger != "":
		return "shortcut-" + digest(d.Payload.Trigger)
	case d.Payload.Trigger != "" && len(d.Payload.Actions) > 0 && d.Payload.Actions[0] != nil:
		return "click-" + digest(d.Payload.Trigger, d.Payload.Actions[0].ActionTs, d.Payload.Actions[0].ActionID)
	}
	return envelope
}

// digest is a short name for what several texts say together.
//
// Each text is preceded by its length, so that no two lists of texts run together into the same
// name. Twelve bytes are enough for what lies in an inbox for a day.
func digest(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d:%s", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
