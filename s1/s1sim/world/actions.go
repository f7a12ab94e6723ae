package world

import (
	"time"

	"s1bot/s1/s1sim/wire"
)

// An agentAction is one of the actions under agents/actions.
type agentAction struct {
	path    string
	guarded bool // must be told which: ids, groupIds or filterId
	check   func(wire.Object) error
	obey    func(*World, wire.Object, time.Time) bool // whether the command was queued for the agent
}

// agentActions lists the actions. connect, broadcast and initiate-scan take an empty filter for all agents, which the API
// document states; the other three refuse it.
func agentActions() []agentAction {
	return []agentAction{
		{path: "disconnect", guarded: true, obey: (*World).disconnect},
		{path: "connect", obey: (*World).connect},
		{path: "shutdown", guarded: true, obey: (*World).shutdown},
		{path: "restart-machine", guarded: true, obey: (*World).restart},
		{path: "initiate-scan", obey: (*World).scan},
		{path: "broadcast", check: hasMessage, obey: (*World).broadcast},
	}
}

// actionRoutes are one route each, from the table: a new action under agents/actions is a line
// there and a method to obey.
func actionRoutes(w *World) []wire.Route {
	var out []wire.Route
	for _, o := range agentActions() {
		out = append(out, wire.Route{Method: "POST", Path: "/agents/actions/" + o.path, Handle: wire.On(w, o.Handle)})
	}
	return out
}

// Handle queues the command for every agent that the filter means. affected counts commands, not results: an agent obeys
// when it can.
func (o agentAction) Handle(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	f, err := AgentKeys(w).FromBody(body)
	if err != nil {
		return nil, err
	}
	if o.guarded && !f.Has("ids") && !f.Has("groupIds") && !f.Has("filterId") {
		return nil, wire.Invalid("One of these filter arguments must be supplied: ids, groupIds, filterId")
	}
	if o.check != nil {
		if err := o.check(body); err != nil {
			return nil, err
		}
	}
	n := 0
	for _, r := range AgentList(w).Choose(&w.AgentRows, f) {
		if !w.Untaken[wire.Text(r.Obj, "id")] && o.obey(w, r.Obj, q.Now) {
			n++
		}
	}
	return wire.Affected(n), nil
}

// A turn is a change of an agent's place on the network: what it says on the way and at the end, and how activities tell it.
type turn struct {
	going, gone string
	said, did   int
	command     string
	outcome     string
}

// disconnect isolates an agent: it says "disconnecting" until it has checked in and done it.
func (w *actions) disconnect(agent wire.Object, now time.Time) bool {
	return w.turn(agent, now, turn{"disconnecting", "disconnected", saidDisconnect, didDisconnect,
		"disconnect from network", "was disconnected from network"})
}

func (w *actions) connect(agent wire.Object, now time.Time) bool {
	return w.turn(agent, now, turn{"connecting", "connected", saidConnect, didConnect,
		"reconnect to network", "was connected to network"})
}

// turn counts an agent that is there already too: the service answers the same when nothing needs doing.
func (w *actions) turn(agent wire.Object, now time.Time, t turn) bool {
	if have := wire.Text(agent, "networkStatus"); have == t.going || have == t.gone {
		return true
	}
	agent["networkStatus"] = t.going
	w.touchAgent(agent, now)
	name := wire.Text(agent, "computerName")
	w.tell(agent, t.said, now, "The management user "+ApiUser+" issued a "+t.command+" command to the machine "+name+".")
	w.Later(wire.Text(agent, "id"), "network", now, func(agent wire.Object, at time.Time) {
		agent["networkStatus"] = t.gone
		w.touchAgent(agent, at)
		w.Note(Event{Kind: t.did, At: at, Agent: agent, About: "Agent " + name + " " + t.outcome + "."})
	})
	return true
}

// tell writes the activity of an order by the token's user. What becomes of the order is an
// activity of its own, by nobody.
func (w *actions) tell(agent wire.Object, kind int, now time.Time, about string) {
	w.Note(Event{Kind: kind, At: now, Agent: agent, ByUser: true, About: about})
}

// shutdown powers a machine off. Those that are offline are not affected, and nobody can power one on from here.
func (w *actions) shutdown(agent wire.Object, now time.Time) bool {
	if !Online(agent) {
		return false
	}
	name := wire.Text(agent, "computerName")
	w.tell(agent, saidShutdown, now, "The management user "+ApiUser+" issued a shutdown command to the machine "+name+".")
	w.Later(wire.Text(agent, "id"), "power", now, func(agent wire.Object, at time.Time) {
		agent["isActive"], agent["lastActiveDate"] = false, wire.Stamp(at)
		w.touchAgent(agent, at)
	})
	return true
}

// restart starts the machine anew; like a shutdown it does not wait for one that is offline. That
// nobody sees it offline in between is a simplification.
func (w *actions) restart(agent wire.Object, now time.Time) bool {
	if !Online(agent) {
		return false
	}
	w.tell(agent, saidRestart, now, "The management user "+ApiUser+" issued a restart command to the machine "+wire.Text(agent, "computerName")+".")
	w.Later(wire.Text(agent, "id"), "power", now, func(agent wire.Object, at time.Time) {
		agent["osStartTime"], agent["lastActiveDate"] = wire.Stamp(at), wire.Stamp(at)
		w.touchAgent(agent, at)
	})
	return true
}

// scan is two effects, so that a caller sees "started" for one EffectDelay. An endpoint that is
// offline is counted, too: the document calls the number that of queued commands.
func (w *actions) scan(agent wire.Object, now time.Time) bool {
	w.tell(agent, saidScan, now, "The management user "+ApiUser+" initiated a full disk scan to the agent: "+wire.Text(agent, "computerName")+".")
	id := wire.Text(agent, "id")
	w.Later(id, "scan", now, func(agent wire.Object, at time.Time) {
		agent["scanStatus"], agent["scanStartedAt"] = "started", wire.Stamp(at)
		w.touchAgent(agent, at)
		w.Later(id, "scan", at, func(agent wire.Object, at time.Time) {
			agent["scanStatus"], agent["scanFinishedAt"], agent["lastSuccessfulScanDate"] = "finished", wire.Stamp(at), wire.Stamp(at)
			w.touchAgent(agent, at)
		})
	})
	return true
}

// hasMessage checks what broadcast sends: 1 to 140 characters. The 140 characters are the
// document's, counted as characters and not as bytes.
func hasMessage(body wire.Object) error {
	d, _ := body["data"].(wire.Object)
	m, ok := d["message"].(string)
	if !ok {
		return wire.Invalid("data: message: Missing data for required field.")
	}
	if n := len([]rune(m)); n < 1 || n > 140 {
		return wire.Invalid("data: message: Length must be between 1 and 140.")
	}
	return nil
}

// broadcast shows a message on Windows and macOS; Linux agents are silently not counted.
func (w *actions) broadcast(agent wire.Object, now time.Time) bool {
	if wire.Text(agent, "osType") == "linux" {
		return false
	}
	w.tell(agent, saidMessage, now, "The management user "+ApiUser+" sent a message to the machine "+wire.Text(agent, "computerName")+".")
	return true
}
