package slacksim

import "s1bot/bot/slacksim/webapi"

// A Fault makes calls fail; see [webapi.Fault].
type Fault = webapi.Fault

// A FaultKind is a way in which Slack, or the network before it, can fail.
type FaultKind = webapi.FaultKind

// The kinds of faults; see [webapi.FaultKind].
const (
	FaultError     = webapi.FaultError
	FaultRateLimit = webapi.FaultRateLimit
	FaultStatus    = webapi.FaultStatus
	FaultHTML      = webapi.FaultHTML
	FaultHang      = webapi.FaultHang
	FaultReset     = webapi.FaultReset
	FaultCut       = webapi.FaultCut
	FaultBlank     = webapi.FaultBlank
	FaultSlow      = webapi.FaultSlow
)

// Fail lets the next calls of a method fail.
//
// It counts down by the calls that it meets, so a test orders it just before what is to fail.
func (ws *recording) Fail(f Fault) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Faults.Add(f)
}

// ClearFaults ends all faults.
func (ws *recording) ClearFaults() {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Faults = nil
}
