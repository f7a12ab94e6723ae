package refusal_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/refusal"
	"s1bot/s1"
)

// What the specification names is not named twice, and what it leaves out is added.
func TestAPermissionIsNamedAsTheConsoleShowsIt(t *testing.T) {
	t.Parallel()
	for _, row := range [][3]string{
		{"Site › View", "Sites.view", "Site › View"},
		{"Account › View", "Accounts.view", "Account › View"},
		{"Endpoint Threats › View + Mark Threat", "Threats.markAsThreat", "Endpoint Threats › View + Mark Threat"},
		{"SDL Search › View", "SDL Data.viewEdr", "SDL Search › View"},
		{"Endpoints › View + File Fetch, Activity › View", "Endpoints.view and Endpoints.fileFetch", "Endpoints › View + File Fetch, Activity › View"},
		{"Endpoints › View, Endpoint Threats › View", "Threats.updateIncidentStatus", "Endpoints › View, Endpoint Threats › View, and for this call Endpoint Threats › Update Incident Status"},
		{"Endpoints › View", "", "Endpoints › View"},
	} {
		require.Equal(t, row[2], refusal.WithPermission(row[0], row[1]))
	}
}

// Not every error without a status is a console that did not answer.
func TestAdviceWhereNoAnswerCame(t *testing.T) {
	t.Parallel()
	for words, e := range map[string]*s1.Error{
		"Nothing was sent to the console": {Err: s1.ErrInvalidID}, "Try again in 3 seconds": {RetryAfter: 2100 * time.Millisecond, Err: errors.New("late")},
		"The console didn't respond": {Err: errors.New("refused")}, "not complete": {Status: 200, Err: s1.ErrCursorLoop}, "It has expired": {Status: 410},
		"know what to do about status 418": {Status: 418}, "Request less": {Status: 413}, "doesn't support this API call": {Status: 410, Reason: s1.Retired},
		"lacks Endpoints › View, or": {Status: 403, Reason: s1.MayNot}, "If it's a permission problem: this needs Endpoints › View": {Status: 403},
	} {
		require.Contains(t, refusal.Advice(e, "Endpoints › View"), words)
	}
	require.NotContains(t, refusal.Advice(&s1.Error{Status: 403, Reason: s1.MayNot}, refusal.AnyRole), "every role has them", "that would be no advice")
}

const view = "Endpoints › View"

// Where nobody knows whether a change was done, the advice is to look, whatever the status says.
func TestAnUnknownEndIsLookedAtAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 403, 500, 504} {
		advice := refusal.Advice(&s1.Error{Status: status, Unclear: true, Reason: s1.MayNot}, view)
		require.Contains(t, advice, "check the console before you try again", status)
	}
}

// Each reason that the console gives plainly has its own way out; a permission is named where one is lacking.
func TestAReasonHasItsWayOut(t *testing.T) {
	t.Parallel()
	for reason, want := range map[s1.Reason]string{
		s1.TokenRejected:   "when the token's role lacks Endpoints › View.",
		s1.LacksPermission: "The console token's role lacks Endpoints › View.",
		s1.MayNot:          "Either the console token's role lacks Endpoints › View, or the token belongs to a site",
		s1.OutOfScope:      "The problem is the scope of the bot's token, not its role",
		s1.FeatureOff:      "The scope lacks a license or a setting",
		s1.AlreadyThere:    "It already exists, so there's nothing to do.",
		s1.ValueNamed:      "Change it and try again.",
		s1.NotTheConsole:   "a proxy, firewall or gateway in between blocked the call",
		s1.QueryUnread:     "The console works, but it can't read this query.",
		s1.Retired:         "This console doesn't support this API call (any more)",
	} {
		require.Contains(t, refusal.Advice(&s1.Error{Status: 403, Reason: reason}, view), want)
	}
	require.Contains(t, refusal.Advice(&s1.Error{Status: 403, Reason: s1.LacksPermission}, ""), "lacks a permission for this.")
	require.NotContains(t, refusal.Advice(&s1.Error{Status: 401, Reason: s1.TokenRejected}, ""), "role lacks")
}

// What the refused call needs beside the command is named, too.
func TestThePermissionOfTheCallIsNamedBesideTheCommands(t *testing.T) {
	t.Parallel()
	for _, row := range [][3]string{
		{"Groups.view", "", "lacks Groups › View."},
		{"Threats.updateIncidentStatus", view, "lacks Endpoints › View, and for this call Endpoint Threats › Update Incident Status."},
		{"Endpoint Threats › View", view, "lacks Endpoint Threats › View."},
		{"odd", "", "lacks odd."},
	} {
		require.Contains(t, refusal.Advice(&s1.Error{Status: 403, Reason: s1.LacksPermission, Permission: row[0]}, row[1]), row[2])
	}
}

func TestAStatusThatIsNotExplainedHasItsAdvice(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		301: "until the console's address is right", 400: "rejected this", 401: "refused this", 404: "It doesn't exist, or the bot's token can't see it.", 408: "timed out",
		409: "conflicts with something", 413: "Request less", 414: "Request less", 422: "rejected this", 429: "Try again in a minute.", 500: "The console has a problem.", 503: "The console has a problem.",
	} {
		require.Contains(t, refusal.Advice(&s1.Error{Status: status}, ""), want, status)
	}
	require.Equal(t, "The console is busy. Try again in 31 seconds.", refusal.Advice(&s1.Error{Status: 429, RetryAfter: 30_500 * time.Millisecond}, ""), "who waits less is told off again")
	require.Equal(t, "The console is busy. Try again in 1 hour.", refusal.Advice(&s1.Error{Status: 429, RetryAfter: time.Hour}, ""))
	require.NotContains(t, refusal.Advice(&s1.Error{Status: 403}, ""), "permission problem")
}

// A good status is no success where the answer makes no sense, or says that nothing was done.
func TestAGoodStatusMayBeNone(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*s1.Error{
		"The console didn't do it; its message says why.": {Status: 200},
		"The list is not complete.":                       {Status: 200, Err: s1.ErrTooManyPages},
		"such as a proxy, may be in the way":              {Status: 200, Err: errors.New("HTML")},
	} {
		require.Contains(t, refusal.Advice(e, view), want)
	}
	require.Empty(t, refusal.Advice(&s1.Error{Status: 200, Err: s1.ErrTooLarge}, view), "its message says it")
	require.Empty(t, refusal.Advice(&s1.Error{Err: s1.ErrTooLarge}, view))
	require.Contains(t, refusal.Advice(&s1.Error{Err: context.Canceled}, view), "It was stopped before the console answered.")
}

func TestAReasonIsWhatThePersonCanMakeOfIt(t *testing.T) {
	t.Parallel()
	refused := fmt.Errorf("list: %w", &s1.Error{Status: 403, Message: "Unauthorized access."})
	require.Equal(t, "status 403, Unauthorized access.", refusal.ProblemWords(refused))
	require.Equal(t, "no answer", refusal.ProblemWords(&s1.Error{Message: "no answer"}))
	require.Equal(t, "disk full", refusal.ProblemWords(errors.New("disk full")))
	require.Equal(t, "Unauthorized access.", refusal.Reason(refused))
	require.Equal(t, "it was cancelled.", refusal.Reason(fmt.Errorf("x: %w", context.Canceled)))
	require.Equal(t, "something went wrong inside the bot.", refusal.Reason(errors.New("dial tcp 10.0.0.1: secret")), "no detail of the inside")
}
