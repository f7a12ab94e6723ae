package refusal

import (
	"context"
	"errors"
	"strconv"

	"s1bot/commands/text"
	"s1bot/s1"
)

// ProblemWords is what the console said of one thing among several: "status 403, Unauthorized
// access." It is for lists in which one row failed; a card of its own has Advice besides.
func ProblemWords(err error) string {
	var refused *s1.Error
	if !errors.As(err, &refused) {
		return err.Error()
	}
	status := ""
	if refused.Status != 0 {
		status = "status " + strconv.Itoa(refused.Status)
	}
	return text.JoinNonEmpty(", ", status, refused.Message)
}

// Reason is what a person can make of an error. What is no refusal of the console's is not shown:
// it may hold addresses and names of the inside. The log has it.
func Reason(err error) string {
	var refusal *s1.Error
	switch {
	case errors.As(err, &refusal):
		return refusal.Message
	case errors.Is(err, context.Canceled):
		return "it was cancelled."
	}
	return "something went wrong inside the bot."
}
