package slacksim_test

import (
	"testing"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

// A story is that of package simtest, with what the tests of one part need besides.
type story struct{ *simtest.Story }

func newStory(t *testing.T, o slacksim.Options) *story {
	t.Helper()
	return &story{simtest.New(t, o)}
}
