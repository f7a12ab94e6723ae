package memory

import (
	"math"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"s1bot/s1/transport"
)

func TestTheContainersMemoryIsReadFromBothVersionsOfControlGroups(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no Linux":                  {nil, math.MaxInt64},
		"version 2":                 {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "67108864\n"}, 64 << 20},
		"version 2, no limit":       {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64},
		"version 2, a parent's":     {map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "1048576\n"}, 1 << 20},
		"version 2, in a container": {map[string]string{"proc/self/cgroup": "0::/docker/1f\n", "sys/fs/cgroup/memory.max": "1048576\n"}, 1 << 20},
		"version 1":                 {map[string]string{"proc/self/cgroup": "5:memory:/a\n4:cpu:/b\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1048576\n"}, 1 << 20},
		"version 1, no limit":       {map[string]string{"proc/self/cgroup": "5:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 9223372036854771712},
		"nonsense":                  {map[string]string{"proc/self/cgroup": "x\n0::/\n", "sys/fs/cgroup/memory.max": "many\n"}, math.MaxInt64},
	} {
		root := fstest.MapFS{}
		for file, text := range row.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		require.Equal(t, row.want, containerMemory(root), name)
	}
}

func TestTheBudgetIsWhatWasSetOrFitsTheContainer(t *testing.T) {
	t.Parallel()
	require.EqualValues(t, 200<<20, memoryBudget(200<<20, 64<<20))
	require.EqualValues(t, 48<<20, memoryBudget(0, 64<<20))
	require.EqualValues(t, transport.DefaultMemory, memoryBudget(0, 8<<30))
	require.EqualValues(t, transport.DefaultMemory, memoryBudget(0, math.MaxInt64))
}
