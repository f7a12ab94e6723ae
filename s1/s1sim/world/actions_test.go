package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

const delay = 5 * time.Second

func TestAnIsolatedEndpointTakesItsTime(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.ID("DESKTOP-1")
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	before := r.Agent(id)["updatedAt"]
	r.Clock.Pass(time.Minute)
	require.EqualValues(t, 1, r.Post("/agents/actions/disconnect", simtest.ByIDs(id)).At("data.affected"))
	require.Equal(t, "disconnecting", r.Get("/agents", "ids", id).At("data.0.networkStatus"))
	r.Clock.Pass(delay - time.Microsecond)
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	r.Clock.Pass(time.Minute)
	require.Equal(t, "disconnected", r.Get("/agents", "ids", id).At("data.0.networkStatus"))
	require.Equal(t, "disconnected", r.Get("/threats", "ids", threat).At("data.0.agentRealtimeInfo.agentNetworkStatus"))
	require.Greater(t, r.Agent(id)["updatedAt"], before)
	require.Equal(t, "2026-11-20T14:01:05.123456Z", r.Agent(id)["updatedAt"], "stamped when it happened, not when somebody looked")
	require.Equal(t, "connected", r.NetworkStatus("DESKTOP-10"), "a name that begins with the other's")

	require.EqualValues(t, 1, r.Post("/agents/actions/connect", simtest.ByIDs(id)).At("data.affected"))
	require.Equal(t, "connecting", r.NetworkStatus(id))
	r.Clock.Pass(delay)
	require.Equal(t, "connected", r.NetworkStatus(id))
	require.Equal(t, []string{"1002", "62", "1001", "61"}, r.Get("/activities", "agentIds", id, "activityTypes", "61,62,1001,1002").Values("activityType"))
}

func TestAnOfflineEndpointObeysWhenItIsBack(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay})
	id := r.ID("SRV-DC-2")
	require.EqualValues(t, 1, r.Post("/agents/actions/disconnect", simtest.ByIDs(id)).At("data.affected"), "the command is queued all the same")
	r.Clock.Pass(24 * time.Hour)
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	require.True(t, r.SetOnline("SRV-DC-2", true))
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	r.Clock.Pass(delay)
	require.Equal(t, "disconnected", r.NetworkStatus(id))
}

func TestTheLastOrderCounts(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay})
	id := r.ID("MAC-1")
	r.Post("/agents/actions/disconnect", simtest.ByIDs(id))
	r.Clock.Pass(delay / 2)
	r.Post("/agents/actions/connect", simtest.ByIDs(id))
	r.Clock.Pass(delay / 2)
	require.Equal(t, "connecting", r.NetworkStatus(id), "the first order would be done by now")
	r.Clock.Pass(time.Minute)
	require.Equal(t, "connected", r.NetworkStatus(id))
}

func TestWithoutADelayThingsAreDoneWhenSomebodyLooks(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	id := r.ID("MAC-1")
	r.Post("/agents/actions/disconnect", simtest.ByIDs(id))
	require.Equal(t, "disconnected", r.NetworkStatus(id))
	require.EqualValues(t, 1, r.Post("/agents/actions/disconnect", simtest.ByIDs(id)).At("data.affected"), "200 though nothing needs doing")
}

func TestGuardedActionsInsistOnBeingToldWhich(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	for _, action := range []string{"disconnect", "shutdown", "restart-machine"} {
		for _, filter := range []simtest.M{{}, {"ids": []string{}}, {"computerName": "DESKTOP-1"}} {
			r.Post("/agents/actions/"+action, simtest.M{"filter": filter}).Refused(400, "One of these filter arguments must be supplied: ids, groupIds, filterId")
		}
		r.Post("/agents/actions/"+action, simtest.M{"data": simtest.M{}}).Refused(400, "filter: Missing data for required field.")
		require.EqualValues(t, 0, r.Post("/agents/actions/"+action, simtest.M{"filter": simtest.M{"filterId": "225494730938493804"}}).At("data.affected"))
	}
	require.EqualValues(t, 0, r.Post("/agents/actions/disconnect", simtest.ByIDs("225494730938493804")).At("data.affected"), "an unknown id is no error")
	for _, a := range r.Agents() {
		require.Equal(t, "connected", a["networkStatus"])
	}
}

func TestAnEmptyFilterMeansEverything(t *testing.T) {
	t.Parallel()
	for _, filter := range []simtest.M{{}, {"ids": []string{}}} {
		r := simtest.New(t, s1sim.Options{Empty: true})
		threat := r.AddThreat(s1sim.ThreatSpec{})
		require.EqualValues(t, 38, r.Post("/agents/actions/connect", simtest.M{"filter": filter}).At("data.affected"), "decommissioned ones are left out")
		require.EqualValues(t, 38, r.Post("/agents/actions/initiate-scan", simtest.M{"filter": filter}).At("data.affected"))
		require.EqualValues(t, 1, r.Post("/threats/mitigate/kill", simtest.M{"filter": filter}).At("data.affected"))
		require.EqualValues(t, 1, r.Post("/threats/notes", simtest.M{"filter": filter, "data": simtest.M{"text": "everywhere"}}).At("data.affected"))
		require.Len(t, r.Notes(threat), 1)
	}
}

func TestAGroupIsIsolatedAsAWhole(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	a := r.Post("/agents/actions/disconnect", simtest.M{"filter": simtest.M{"groupIds": []string{r.GroupID("Lyon", "Servers")}, "osTypes": []string{"linux"}}})
	require.EqualValues(t, 1, a.At("data.affected"), "keys are ANDed")
	require.Equal(t, "disconnected", r.NetworkStatus("LNX-DB-1"))
	require.Equal(t, "connected", r.NetworkStatus("SRV-SQL-1"))
}

func TestOnlyEndpointsThatAreOnShutDown(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay})
	require.EqualValues(t, 1, r.Post("/agents/actions/shutdown", simtest.ByIDs(r.ID("SRV-DC-1"), r.ID("SRV-DC-2"))).At("data.affected"))
	require.Equal(t, true, r.Agent("SRV-DC-1")["isActive"])
	r.Clock.Pass(delay)
	require.Equal(t, false, r.Agent("SRV-DC-1")["isActive"])
	require.EqualValues(t, 0, r.Post("/agents/actions/restart-machine", simtest.ByIDs(r.ID("SRV-DC-1"))).At("data.affected"))
}

func TestAScanStartsAndFinishes(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay})
	r.Post("/agents/actions/initiate-scan", simtest.ByIDs(r.ID("MAC-1")))
	r.Clock.Pass(delay)
	require.Equal(t, "started", r.Agent("MAC-1")["scanStatus"])
	r.Clock.Pass(delay)
	require.Equal(t, "finished", r.Agent("MAC-1")["scanStatus"])
}

func TestARestartIsSeenInTheStartTime(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	before := r.Agent("MAC-1")["osStartTime"]
	require.EqualValues(t, 1, r.Post("/agents/actions/restart-machine", simtest.ByIDs(r.ID("MAC-1"))).At("data.affected"))
	require.Greater(t, r.Agent("MAC-1")["osStartTime"], before)
}

func TestMessagesReachNoLinuxAndAreShort(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	say := func(text any) *simtest.Answer {
		return r.Post("/agents/actions/broadcast", simtest.M{"filter": simtest.M{"ids": []string{r.ID("MAC-1"), r.ID("LNX-DB-1")}}, "data": simtest.M{"message": text}})
	}
	require.EqualValues(t, 1, say("Hello").At("data.affected"))
	say(nil).Refused(400, "data: message: Missing data for required field.")
	say(strings.Repeat("é", 141)).Refused(400, "data: message: Length must be between 1 and 140.")
	require.EqualValues(t, 1, say(strings.Repeat("é", 140)).At("data.affected"))
}
