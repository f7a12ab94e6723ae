package s1

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAgentTellsWhatAResponderAsks(t *testing.T) {
	t.Parallel()
	agent := Agent{
		LastLoggedInUserName: "None", OSUsername: "jdoe", NetworkStatus: NetworkDisconnecting, LastIPToMgmt: "10.0.0.1",
		NetworkInterfaces: []NetworkInterface{{Inet: []string{"10.0.0.1", "192.0.2.1"}, Inet6: []string{"fe80::1"}}},
		Tags:              AgentTags{SentinelOne: []AgentTag{{Key: "env", Value: "prod"}, {Key: "vip"}}},
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
	var threat Threat
	require.NoError(t, json.Unmarshal([]byte(`{"threatInfo":{"sha256":"abc","mitigationStatus":"not_mitigated","detectionEngines":[{"key":"pup"},{"title":"Static AI"}]},
		"agentDetectionInfo":{"siteName":"Lyon","siteId":"1","groupName":"Old","accountName":"ACME","agentLastLoggedInUserName":"jdoe","agentOsName":"Linux"},
		"agentRealtimeInfo":{"siteName":"Paris","agentIsActive":true,"agentNetworkStatus":"disconnected"}}`), &threat))
	require.Equal(t, "Paris", threat.SiteName(), "where it is now")
	require.Equal(t, SiteID("1"), threat.SiteID())
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

	kind, hash = Threat{}.Hash()
	require.Empty(t, kind+hash)
}

func TestAQueryIsNotChangedByThoseWhoAddToIt(t *testing.T) {
	t.Parallel()
	base := Query{}.With("siteIds", "1", "2")
	sorted := base.SortedBy("createdAt", Descending).WithLimit(5000)
	require.Equal(t, "siteIds=1%2C2", base.String())
	require.Equal(t, "limit=1000&siteIds=1%2C2&sortBy=createdAt&sortOrder=desc", sorted.String())
	require.Equal(t, "limit=1&siteIds=3&sortBy=createdAt&sortOrder=desc", sorted.And(Query{}.With("siteIds", "3").WithLimit(0)).String())
	require.Equal(t, "", base.With("siteIds").String())
}

func TestEachPermissionIsNamed(t *testing.T) {
	t.Parallel()
	for action, permission := range map[MitigateAction]string{
		MitigateKill: "Threats.kill", MitigateQuarantine: "Threats.quarantine", MitigateRemediate: "Threats.remediate",
		MitigateRollback: "Threats.rollback", MitigateUnquarantine: "Threats.unquarantine",
		MitigateNetworkQuarantine: "Endpoints.disconnectFromNetwork",
	} {
		console := startConsole(t, status(403, ""))
		_, err := console.MitigateThreats(t.Context(), action, []ThreatID{threatA})
		require.Equal(t, permission, asError(t, err).Permission)
	}
}
