package exchange

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/render"
)

func TestAButtonOfTheBotsOwnIsReadOnce(t *testing.T) {
	t.Parallel()
	c, err := ReadChoice(render.Invocation{Args: []byte(`{"request":"R1","for":"4h","input":true,"after":2,"asked":true,"job":"J1","user":"U1","id":"Z-1"}`)})
	require.NoError(t, err)
	require.Equal(t, "R1", c.Request)
	require.Equal(t, 2, *c.After)
	require.True(t, c.Asked && c.Propose)
	require.Equal(t, []string{"4h", "J1", "U1", "Z-1"}, []string{c.For, c.Job, c.User, c.ID})
	c, err = ReadChoice(render.Invocation{})
	require.NoError(t, err, "some buttons carry nothing")
	require.Empty(t, c)
	_, err = ReadChoice(render.Invocation{Args: []byte(`[1]`)})
	require.ErrorIs(t, err, workflow.ErrGone)
}

// What a form was opened with is what it is about; what was typed comes on top.
func TestAFormAddsWhatWasTyped(t *testing.T) {
	t.Parallel()
	c := Choice{Extension: requestcards.Extension{Request: "R1"}}.With(map[string][]string{"reason": {"no ticket"}, "for": {"2h"}, "request": {"R2"}})
	require.Equal(t, "R1", c.Request)
	require.Equal(t, "no ticket", c.Reason)
	require.Equal(t, "2h", c.For)
	c = Choice{Reason: "said before"}.With(map[string][]string{"reason": {}})
	require.Equal(t, "said before", c.Reason)
}
