package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilterKeysInWords(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"computerName__contains": "computer name contains", "createdAt__gte": "created since", "updatedAt__lt": "updated before", "osTypes": "os types", "resolved": "resolved",
		"coreCount__gte": "core count at least", "totalMemory__between": "total memory between", "createdAt__between": "created between", "name__odd": "name__odd", "createdAt__odd": "createdAt__odd",
	} {
		require.Equal(t, want, keyWords(key))
	}
}
