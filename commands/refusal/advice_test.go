package refusal_test

import (
	"errors"
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
		"Nothing was sent to the console": {Err: s1.ErrInvalidID}, "Try again in 3s": {RetryAfter: 2100 * time.Millisecond, Err: errors.New("late")},
		"The console did not answer": {Err: errors.New("refused")}, "not complete": {Status: 200, Err: s1.ErrCursorLoop}, "It has expired": {Status: 410},
		"know what to do about status 418": {Status: 418}, "Ask for less": {Status: 413}, "doesn't have this call": {Status: 410, Reason: s1.Retired},
		"lacks Endpoints › View, or": {Status: 403, Reason: s1.MayNot}, "If it's a permission problem: this needs Endpoints › View": {Status: 403},
	} {
		require.Contains(t, refusal.Advice(e, "Endpoints › View"), words)
	}
	require.NotContains(t, refusal.Advice(&s1.Error{Status: 403, Reason: s1.MayNot}, refusal.AnyRole), "every role has them", "that would be no advice")
}
