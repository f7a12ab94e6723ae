package approvals

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

func TestARulingThatNobodyMadeLetsNothingRun(t *testing.T) {
	t.Parallel()
	require.Equal(t, Pending, Under(policy.Decision{}, Request{}).State)
}
