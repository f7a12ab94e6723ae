package s1sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

const delay = 5 * time.Second

func TestAnIsolatedEndpointTakesItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.id("DESKTOP-1")
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	before := r.Agent(id)["updatedAt"]
	r.clock.pass(time.Minute)
	require.EqualValues(t, 1, r.post("/agents/actions/disconnect", byIDs(id)).at("data.affected"))
	require.Equal(t, "disconnecting", r.get("/agents", "ids", id).at("data.0.networkStatus"))
	r.clock.pass(delay - time.Microsecond)
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	r.clock.pass(time.Minute)
	require.Equal(t, "disconnected", r.get("/agents", "ids", id).at("data.0.networkStatus"))
	require.Equal(t, "disconnected", r.get("/threats", "ids", threat).at("data.0.agentRealtimeInfo.agentNetworkStatus"))
	require.Greater(t, r.Agent(id)["updatedAt"], before)
	require.Equal(t, "2026-11-20T14:01:05.123456Z", r.Agent(id)["updatedAt"], "stamped when it happened, not when somebody looked")
	require.Equal(t, "connected", r.NetworkStatus("DESKTOP-10"), "a name that begins with the other's")

	require.EqualValues(t, 1, r.post("/agents/actions/connect", byIDs(id)).at("data.affected"))
	require.Equal(t, "connecting", r.NetworkStatus(id))
	r.clock.pass(delay)
	require.Equal(t, "connected", r.NetworkStatus(id))
	require.Equal(t, []string{"1002", "62", "1001", "61"}, r.get("/activities", "agentIds", id, "activityTypes", "61,62,1001,1002").values("activityType"))
}

func TestAnOfflineEndpointObeysWhenItIsBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay})
	id := r.id("SRV-DC-2")
	require.EqualValues(t, 1, r.post("/agents/actions/disconnect", byIDs(id)).at("data.affected"), "the command is queued all the same")
	r.clock.pass(24 * time.Hour)
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	require.True(t, r.SetOnline("SRV-DC-2", true))
	require.Equal(t, "disconnecting", r.NetworkStatus(id))
	r.clock.pass(delay)
	require.Equal(t, "disconnected", r.NetworkStatus(id))
}

func TestTheLastOrderCounts(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay})
	id := r.id("MAC-1")
	r.post("/agents/actions/disconnect", byIDs(id))
	r.clock.pass(delay / 2)
	r.post("/agents/actions/connect", byIDs(id))
	r.clock.pass(delay / 2)
	require.Equal(t, "connecting", r.NetworkStatus(id), "the first order would be done by now")
	r.clock.pass(time.Minute)
	require.Equal(t, "connected", r.NetworkStatus(id))
}

func TestWithoutADelayThingsAreDoneWhenSomebodyLooks(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	id := r.id("MAC-1")
	r.post("/agents/actions/disconnect", byIDs(id))
	require.Equal(t, "disconnected", r.NetworkStatus(id))
	require.EqualValues(t, 1, r.post("/agents/actions/disconnect", byIDs(id)).at("data.affected"), "200 though nothing needs doing")
}

func TestGuardedActionsInsistOnBeingToldWhich(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	for _, action := range []string{"disconnect", "shutdown", "restart-machine"} {
		for _, filter := range []m{{}, {"ids": []string{}}, {"computerName": "DESKTOP-1"}} {
			r.post("/agents/actions/"+action, m{"filter": filter}).refused(400, "One of these filter arguments must be supplied: ids, groupIds, filterId")
		}
		r.post("/agents/actions/"+action, m{"data": m{}}).refused(400, "filter: Missing data for required field.")
		require.EqualValues(t, 0, r.post("/agents/actions/"+action, m{"filter": m{"filterId": "225494730938493804"}}).at("data.affected"))
	}
	require.EqualValues(t, 0, r.post("/agents/actions/disconnect", byIDs("225494730938493804")).at("data.affected"), "an unknown id is no error")
	for _, a := range r.Agents() {
		require.Equal(t, "connected", a["networkStatus"])
	}
}

func TestAnEmptyFilterMeansEverything(t *testing.T) {
	t.Parallel()
	for _, filter := range []m{{}, {"ids": []string{}}} {
		r := newRig(t, s1sim.Options{Empty: true})
		threat := r.AddThreat(s1sim.ThreatSpec{})
		require.EqualValues(t, 38, r.post("/agents/actions/connect", m{"filter": filter}).at("data.affected"), "decommissioned ones are left out")
		require.EqualValues(t, 38, r.post("/agents/actions/initiate-scan", m{"filter": filter}).at("data.affected"))
		require.EqualValues(t, 1, r.post("/threats/mitigate/kill", m{"filter": filter}).at("data.affected"))
		require.EqualValues(t, 1, r.post("/threats/notes", m{"filter": filter, "data": m{"text": "everywhere"}}).at("data.affected"))
		require.Len(t, r.Notes(threat), 1)
	}
}

func TestAGroupIsIsolatedAsAWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	a := r.post("/agents/actions/disconnect", m{"filter": m{"groupIds": []string{r.GroupID("Lyon", "Servers")}, "osTypes": []string{"linux"}}})
	require.EqualValues(t, 1, a.at("data.affected"), "keys are ANDed")
	require.Equal(t, "disconnected", r.NetworkStatus("LNX-DB-1"))
	require.Equal(t, "connected", r.NetworkStatus("SRV-SQL-1"))
}

func TestOnlyEndpointsThatAreOnShutDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay})
	require.EqualValues(t, 1, r.post("/agents/actions/shutdown", byIDs(r.id("SRV-DC-1"), r.id("SRV-DC-2"))).at("data.affected"))
	require.Equal(t, true, r.Agent("SRV-DC-1")["isActive"])
	r.clock.pass(delay)
	require.Equal(t, false, r.Agent("SRV-DC-1")["isActive"])
	require.EqualValues(t, 0, r.post("/agents/actions/restart-machine", byIDs(r.id("SRV-DC-1"))).at("data.affected"))
}

func TestAScanStartsAndFinishes(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay})
	r.post("/agents/actions/initiate-scan", byIDs(r.id("MAC-1")))
	r.clock.pass(delay)
	require.Equal(t, "started", r.Agent("MAC-1")["scanStatus"])
	r.clock.pass(delay)
	require.Equal(t, "finished", r.Agent("MAC-1")["scanStatus"])
}

func TestARestartIsSeenInTheStartTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	before := r.Agent("MAC-1")["osStartTime"]
	require.EqualValues(t, 1, r.post("/agents/actions/restart-machine", byIDs(r.id("MAC-1"))).at("data.affected"))
	require.Greater(t, r.Agent("MAC-1")["osStartTime"], before)
}

func TestMessagesReachNoLinuxAndAreShort(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	say := func(text any) *answer {
		return r.post("/agents/actions/broadcast", m{"filter": m{"ids": []string{r.id("MAC-1"), r.id("LNX-DB-1")}}, "data": m{"message": text}})
	}
	require.EqualValues(t, 1, say("Hello").at("data.affected"))
	say(nil).refused(400, "data: message: Missing data for required field.")
	say(strings.Repeat("é", 141)).refused(400, "data: message: Length must be between 1 and 140.")
	require.EqualValues(t, 1, say(strings.Repeat("é", 140)).at("data.affected"))
}
