package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/wire"
)

// A delivery is one envelope on its way, and what became of it.
//
// It is made under the lock, and settled once: by an ack, by the deadline, or because no socket was
// open. Whoever settles it closes done, and outcome is read only after that.
type delivery struct {
	id       string
	kind     string // slash_commands, interactive, events_api
	label    string // for people: "/s1", block_actions, app_mention
	user     *roster.User
	channel  *state.Conversation // where the user is told of a failure; nil in modals
	view     *state.View         // that was submitted
	sent     time.Time
	done     chan struct{} // closed when it is settled
	settled  bool
	late     bool // settled by the deadline
	dropped  bool // an ack of 20 KB came
	outcome  outcome
	onMissed func() // events are sent again
	forged   bool   // by a test: its acknowledgement changes nothing
	answer   json.RawMessage
}

// outcome is what a person sees of an answered envelope.
type outcome struct {
	failure string // operation_timeout, dispatch_failed, …
	submit  SubmitResult
	options []blockkit.Option
}

// A sender gives envelopes to the app and waits for their acknowledgements.
//
// Played [docs.slack.dev/apis/events-api/using-socket-mode]: one of the open sockets gets each
// envelope; three seconds for an ack; events that are missed come again, commands and clicks never;
// an ack of 20 KB or more is dropped. Left out: delayed events, rate limits of deliveries.
type sender struct {
	st *state.State
	*payloads
	*ackReader
	*connections
	envelopes map[string]*delivery // all that were sent, by envelope_id
	echoes    map[string]int       // label → how many times more each envelope is sent
	waiting   int                  // envelopes without an ack whose deadline has not passed
}

func newSender(st *state.State, c *connections, r *replies) *sender {
	ws := &sender{st: st, payloads: &payloads{st, r}, ackReader: &ackReader{st}, connections: c, envelopes: map[string]*delivery{}, echoes: map[string]int{}}
	c.acknowledge = ws.acknowledge
	return ws
}

// send gives an envelope to exactly one of the open sockets, and again where a fault has Slack say
// the same thing several times.
//
// Echoes are envelopes of their own, so a bot that only compares envelope ids does the thing twice.
func (ws *sender) send(d *delivery, payload map[string]any, retry int, reason string) {
	ws.sendOnce(d, payload, retry, reason)
	ws.st.Record.AddSent(state.Sent{Kind: d.kind, Label: d.label, User: d.user.ID, Payload: wire.Encode(payload)})
	for range ws.echoes[d.label] {
		again := &delivery{kind: d.kind, label: d.label, user: d.user, channel: d.channel, view: d.view}
		if d.kind == "events_api" {
			// One message, several events with ids of their own: openabdev/openab#1103, PostHog/posthog#59517.
			ws.st.Serial["event"]++
			payload = maps.Clone(payload)
			payload["event_id"] = fmt.Sprintf("Ev0%08X", ws.st.Serial["event"])
			again.onMissed = func() {}
		}
		ws.sendOnce(again, payload, 0, "")
	}
}

// sendOnce picks the socket: "do not assume any particular pattern".
//
// Without a socket a command or click is lost at once (dispatch_failed), as it is in Slack.
func (ws *sender) sendOnce(d *delivery, payload map[string]any, retry int, reason string) {
	ws.st.Serial["envelope"]++
	d.id, d.sent, d.done = fmt.Sprintf("%016x-%08x", ws.st.Rng.Uint64(), ws.st.Serial["envelope"]), time.Now(), make(chan struct{})
	ws.forgetOld()
	ws.envelopes[d.id] = d
	frame := map[string]any{"envelope_id": d.id, "type": d.kind, "accepts_response_payload": d.kind != "events_api", "payload": payload}
	if d.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = retry, reason
	}
	sockets := ws.openSockets()
	if len(sockets) == 0 {
		ws.settle(d, "dispatch_failed")
		return
	}
	sockets[ws.st.Rng.IntN(len(sockets))].write(wire.Encode(frame))
	ws.waiting++
	ws.st.Go(func() { ws.watch(d) })
	ws.st.Bump()
}

// forgetOld drops what can no longer matter, so that a demo can run for weeks.
func (ws *sender) forgetOld() {
	if ws.st.Serial["envelope"]%5000 != 0 {
		return
	}
	now := ws.st.Opts.Now()
	maps.DeleteFunc(ws.envelopes, func(_ string, d *delivery) bool { return d.settled && time.Since(d.sent) > time.Hour })
	maps.DeleteFunc(ws.st.Triggers, func(_ string, t *state.Trigger) bool { return now.Sub(t.Expires) > time.Hour })
	maps.DeleteFunc(ws.responses, func(_ string, r *responseURL) bool { return now.Sub(r.expires) > time.Hour })
}

// watch waits for the ack, three seconds long.
func (ws *sender) watch(d *delivery) {
	deadline := time.NewTimer(ws.st.Opts.AckTimeout)
	defer deadline.Stop()
	select {
	case <-d.done:
	case <-ws.st.Quit:
	case <-deadline.C:
		ws.st.Mu.Lock()
		defer ws.st.Mu.Unlock()
		if !d.settled {
			d.late = true
			ws.waiting--
			ws.settle(d, "operation_timeout")
		}
	}
}

// settle ends a delivery that went wrong: the person is told, an event is sent again.
//
// onMissed is what makes an event different: nobody is shown a failure, and it is sent again.
//
// The app hears nothing of any of this: a command that timed out may still run, and its late answer
// goes nowhere.
func (ws *sender) settle(d *delivery, failure string) {
	d.settled, d.outcome.failure = true, failure
	close(d.done)
	if d.dropped {
		failure += " (its ack had 20 KB or more and was dropped)"
	}
	ws.st.Bump()
	if d.onMissed != nil {
		d.onMissed()
		if d.late {
			ws.st.Violate("%s was not acknowledged within %s", d.label, ws.st.Opts.AckTimeout)
		}
		return
	}
	ws.st.Violate("%s of %s: %s", d.label, d.user.Name, failure)
	ws.st.Slackbot(d.channel, d.user, failureText(d, failure))
}

// failureText is what Slack shows: under the composer for a command, beside the button for the rest.
func failureText(d *delivery, failure string) string {
	if d.kind == "slash_commands" {
		return fmt.Sprintf("%s failed with the error %q", d.label, failure)
	}
	return "Operation timed out. Apps need to respond within three seconds. (" + d.label + ": " + failure + ")"
}

// maxAck: Slack drops acks of 20 KB or more without a word (slack-go CHANGELOG, #1196).
const maxAck = 20 << 10

// acknowledge takes a frame from the app, which came at that time: what else the workspace is busy
// with meanwhile is not the app's latency.
//
// Each wrong acknowledgement is told apart, since each has another cause in the app: an id that was
// made up, one that came twice (a connection that was lost in between), one that was too slow, one
// too large.
func (ws *sender) acknowledge(frame []byte, came time.Time) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	err := json.Unmarshal(frame, &ack)
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	d := ws.envelopes[ack.EnvelopeID]
	switch {
	case err != nil:
		ws.st.Violate("a frame that is no JSON object came over a socket: %.80q", frame)
	case d == nil:
		ws.st.Violate("an ack for an envelope that was never sent: %q", ack.EnvelopeID)
	case d.late:
		ws.st.Violate("the ack of %s came too late, after %s", d.label, time.Since(d.sent).Round(time.Millisecond))
	case d.settled:
		ws.st.Violate("%s was acknowledged twice", d.label)
	case len(frame) >= maxAck:
		d.dropped = true
		ws.st.Violate("the ack of %s has %d bytes: Slack drops 20,480 and more", d.label, len(frame))
	default:
		ws.settleWith(d, ack.Payload, came)
	}
	ws.st.Bump()
}

// settleWith ends a delivery that was acknowledged in time, and does what its payload says.
func (ws *sender) settleWith(d *delivery, payload json.RawMessage, came time.Time) {
	ws.st.Record.AddAck(state.Ack{EnvelopeID: d.id, Kind: d.label, Latency: came.Sub(d.sent), Payload: payload})
	ws.waiting--
	d.settled, d.answer = true, payload
	if !d.forged {
		ws.readAck(d, payload)
	}
	close(d.done)
}

// sendEvent sends an event of the Events API, and again if it is not acknowledged: three times,
// then never. The pauses are those of the Events API (at once, after a minute, after five)
// unless the options shorten them.
func (ws *sender) sendEvent(u *roster.User, event map[string]any) {
	ws.st.Serial["event"]++
	body := ws.eventBody(event, fmt.Sprintf("Ev0%08X", ws.st.Serial["event"]))
	ws.sendEventAgain(u, body, wire.Text(event["type"]), 0, "")
}

// sendEventAgain is one try. The event id stays the same over all of them, and retry_attempt
// counts, as with Slack's own retries.
func (ws *sender) sendEventAgain(u *roster.User, body map[string]any, label string, attempt int, reason string) {
	d := &delivery{kind: "events_api", label: label, user: u}
	d.onMissed = func() {
		if attempt == len(ws.st.Opts.EventRetries) {
			ws.st.Violate("%s was never acknowledged: the event is lost", label)
			return
		}
		ws.st.After(ws.st.Opts.EventRetries[attempt], func() {
			ws.st.Mu.Lock()
			defer ws.st.Mu.Unlock()
			ws.sendEventAgain(u, body, label, attempt+1, "timeout")
		})
	}
	ws.send(d, body, attempt, reason)
}
