package s1_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestAnAgentTellsWhatAResponderAsks(t *testing.T) {
	t.Parallel()
	agent := s1.Agent{
		LastLoggedInUserName: "None", OSUsername: "jdoe", NetworkStatus: s1.NetworkDisconnecting, LastIPToMgmt: "10.0.0.1",
		NetworkInterfaces: []s1.NetworkInterface{{Inet: []string{"10.0.0.1", "192.0.2.1"}, Inet6: []string{"fe80::1"}}},
		Tags:              s1.AgentTags{SentinelOne: []s1.AgentTag{{Key: "env", Value: "prod"}, {Key: "vip"}}},
	}
	require.Equal(t, "jdoe", agent.User())
	require.True(t, agent.Isolated())
	require.False(t, agent.Online())
	require.False(t, agent.Server())
	require.Equal(t, []string{"env:prod", "vip"}, agent.TagNames())
	require.Equal(t, []string{"10.0.0.1", "192.0.2.1", "fe80::1"}, agent.IPs())
}

func TestAThreatTellsWhatAResponderAsks(t *testing.T) {
	t.Parallel()
	var threat s1.Threat
	require.NoError(t, json.Unmarshal([]byte(`{"threatInfo":{"sha256":"abc","mitigationStatus":"not_mitigated","detectionEngines":[{"key":"pup"},{"title":"Static AI"}]},
		"agentDetectionInfo":{"siteName":"Lyon","siteId":"1","groupName":"Old","accountName":"ACME","agentLastLoggedInUserName":"jdoe","agentOsName":"Linux"},
		"agentRealtimeInfo":{"siteName":"Paris","agentIsActive":true,"agentNetworkStatus":"disconnected"}}`), &threat))
	require.Equal(t, "Paris", threat.SiteName(), "where it is now")
	require.Equal(t, s1.SiteID("1"), threat.SiteID())
	require.Equal(t, "Old", threat.GroupName())
	require.Equal(t, "ACME", threat.AccountName())
	require.Equal(t, "jdoe", threat.User())
	require.Equal(t, "Linux", threat.OS())
	require.True(t, threat.Online())
	require.True(t, threat.Isolated())
	require.False(t, threat.Mitigated())
	kind, hash := threat.Hash()
	require.Equal(t, "SHA-256 abc", kind+" "+hash)
	require.Equal(t, []string{"pup", "Static AI"}, threat.EngineTitles())

	kind, hash = s1.Threat{}.Hash()
	require.Empty(t, kind+hash)
}

func TestAQueryIsNotChangedByThoseWhoAddToIt(t *testing.T) {
	t.Parallel()
	base := s1.Query{}.With("siteIds", "1", "2")
	sorted := base.SortedBy("createdAt", s1.Descending).WithLimit(5000)
	require.Equal(t, "siteIds=1%2C2", base.String())
	require.Equal(t, "limit=1000&siteIds=1%2C2&sortBy=createdAt&sortOrder=desc", sorted.String())
	require.Equal(t, "limit=1&siteIds=3&sortBy=createdAt&sortOrder=desc", sorted.And(s1.Query{}.With("siteIds", "3").WithLimit(0)).String())
	require.Equal(t, "", base.With("siteIds").String())
}

func TestEachPermissionIsNamed(t *testing.T) {
	t.Parallel()
	for action, permission := range map[s1.MitigateAction]string{
		s1.MitigateKill: "Threats.kill", s1.MitigateQuarantine: "Threats.quarantine", s1.MitigateRemediate: "Threats.remediate",
		s1.MitigateRollback: "Threats.rollback", s1.MitigateUnquarantine: "Threats.unquarantine",
		s1.MitigateNetworkQuarantine: "Endpoints.disconnectFromNetwork",
	} {
		console := consoletest.Start(t, consoletest.Status(403, ""))
		_, err := console.MitigateThreats(t.Context(), action, []s1.ThreatID{consoletest.ThreatA})
		require.Equal(t, permission, consoletest.AsError(t, err).Permission)
	}
}
