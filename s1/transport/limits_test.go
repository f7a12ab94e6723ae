package transport

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARouteTakesTheMostSpecificBucket(t *testing.T) {
	t.Parallel()
	b := newBuckets()
	for route, prefix := range map[string]string{
		"threats": "threats", "threats/mitigate/kill": "threats", "threats/{id}/notes": "threats/{id}",
		"agents/actions/disconnect": "agents", "system/status": "system/status", "system/info": "",
		"cloud-detection/alerts": "", "cloud-detection/rules": "cloud-detection/rules", "sitesque": "",
		"dv/events": "", "dv/events/pq": "dv/events/pq",
	} {
		require.Equal(t, prefix, b.of(route).prefix, route)
	}
}

func TestAWaitSaysForWhat(t *testing.T) {
	t.Parallel()
	for route, want := range map[string]string{
		"cloud-detection/rules/enable": "30 calls a minute", "dv/init-query": "one call a minute", "dv/query-status": "one call a second",
		"threat-intelligence/iocs": "30 calls a minute", "agents": "20 calls a second",
	} {
		require.Equal(t, want, newBuckets().of(route).allowance(), route)
	}
}
