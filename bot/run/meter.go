package run

import (
	"errors"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/exchange"
	"s1bot/render"
)

// A Meter counts what operators watch. Its methods never wait.
//
// Its arguments become labels of metrics.
type Meter interface {
	// Envelope counts a delivery of Slack's by its type, an interaction's by its own.
	Envelope(kind string)
	// Acknowledged records how long an envelope waited for its acknowledgement.
	Acknowledged(took time.Duration)
	// SlackRequest counts a call of the Web API by method and result: ok, refused, rate_limited or
	// failed.
	SlackRequest(method, result string)
	// Command counts a command or a built-in word by its outcome: successful, partially_successful,
	// failed, refused, waiting or busy.
	Command(name, outcome string)
}

// Unmetered counts nothing.
type Unmetered struct{}

func (Unmetered) Envelope(string)             {}
func (Unmetered) Acknowledged(time.Duration)  {}
func (Unmetered) SlackRequest(string, string) {}
func (Unmetered) Command(string, string)      {}

// OutcomeLabels are the outcomes of cards as the meter knows them. A card without one tells
// something, and that succeeded.
var OutcomeLabels = map[render.Outcome]string{
	"": "successful", render.Successful: "successful", render.Partial: "partially_successful", render.Failed: "failed",
}

// OutcomeOfError tells a refusal, which is somebody's rule, from a failure.
//
// Operators watch the two for different reasons: refusals for what somebody tries, failures for
// what is broken.
func OutcomeOfError(err error) string {
	var refused *policy.RefusedError
	if errors.As(err, &refused) || errors.Is(err, exchange.ErrNotAllowed) || errors.Is(err, approvals.ErrFrozen) {
		return "refused"
	}
	return "failed"
}
