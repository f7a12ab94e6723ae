package webapi

import (
	"errors"
	"maps"
	"net/http"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/wire"
)

// Messages are the reasons that a refusal gives beside its code.
func Messages(err error) []string {
	metadata, _ := RefusalReply(err)["response_metadata"].(Reply)
	messages, _ := metadata["messages"].([]string)
	return messages
}

// RefuseBlocks refuses blocks with the reasons, in both forms in which Slack lists them.
func RefuseBlocks(code string, problems []blockkit.Problem) error {
	messages, plain := []string{}, []string{}
	for _, p := range problems {
		plain = append(plain, p.String())
		messages = append(messages, "[ERROR] "+p.String())
	}
	return &Refusal{Code: code, Messages: messages, Extra: Reply{"errors": plain}}
}

// A Reply is the JSON object of an answer.
type Reply = map[string]any

// A Refusal is a refusal in Slack's words.
type Refusal struct {
	Code     string
	Messages []string // response_metadata.messages
	Extra    Reply
}

func (e *Refusal) Error() string { return e.Code }

// Refuse is a refusal with Slack's error string, and the lines of response_metadata.messages.
func Refuse(code string, messages ...string) error {
	return &Refusal{Code: code, Messages: messages}
}

// RefusalReply is the answer that tells of an error; one that is no [Refusal] is Slack's fatal_error.
func RefusalReply(err error) Reply {
	var refused *Refusal
	if !errors.As(err, &refused) {
		refused = &Refusal{Code: "fatal_error", Messages: []string{err.Error()}}
	}
	out := Reply{"ok": false, "error": refused.Code}
	if refused.Messages != nil {
		out["response_metadata"] = Reply{"messages": refused.Messages}
	}
	maps.Copy(out, refused.Extra)
	return out
}

// Warn adds a warning to an answer, in both places in which Slack has it.
func Warn(out Reply, warning string) {
	out["warning"] = warning
	metadata, _ := out["response_metadata"].(Reply)
	if metadata == nil {
		metadata = Reply{}
		out["response_metadata"] = metadata
	}
	metadata["warnings"] = []string{warning}
}

// WriteJSON answers an HTTP request.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(wire.Encode(v)) // a client that went away has nothing to be told
}
