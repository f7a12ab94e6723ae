package s1sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestAgesOfAConsole(t *testing.T) {
	t.Parallel()
	lake := simtest.M{"queryType": "LOG", "tenant": true, "log": simtest.M{"filter": ""}}
	for age, want := range map[s1sim.Age][]int{
		s1sim.Today: {200, 200, 200, 200}, s1sim.BeforeSDL: {404, 200, 200, 200}, s1sim.AfterDV: {200, 410, 200, 200}, s1sim.UnifiedOnly: {200, 410, 410, 404},
	} {
		r := simtest.New(t, s1sim.Options{Age: age})
		got := []int{
			r.Lake("POST", "", "", lake).Status, r.Post("/dv/init-query", r.Hunting("agentOs = linux")).Status,
			r.Get("/cloud-detection/alerts", "limit", "1").Status, r.Get("/exclusions", "limit", "1").Status,
		}
		require.Equal(t, want, got)
	}
}
