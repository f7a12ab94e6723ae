package slacksim

import (
	"slices"

	"s1bot/bot/slacksim/state"
)

// recording is what happened, for tests, and what is to go wrong.
//
// It is bounded (Options.KeepCalls), because a demo may run for weeks; a test that floods the
// workspace raises the bound.
type recording struct{ st *state.State }

// Calls are the calls of a method, or all of them for "", oldest first.
func (ws *recording) Calls(method string) []state.Call {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ws.st.Record.Calls), func(c state.Call) bool { return method != "" && c.Method != method })
}

// Acks are all acknowledgements, oldest first.
func (ws *recording) Acks() []state.Ack {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return slices.Clone(ws.st.Record.Acks)
}

// Violations are the things that the app did and that a person would have suffered from: blocks
// that Slack refuses, acks that came too late or not at all, answers that Slack drops. At the end
// of a story there should be none.
//
// They are written down and not raised at once, because the app's part of a story runs in
// goroutines in which a test cannot fail.
func (ws *recording) Violations() []string {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return slices.Clone(ws.st.Record.Violations)
}

// ForgetViolations is for stories that provoke one and have looked at it.
func (ws *recording) ForgetViolations() {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Record.Violations = nil
}
