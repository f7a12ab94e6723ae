package checks

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSystemdTakesTheUnit(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("NOT CHECKED: there is no systemd-analyze on this machine (.ci/setup installs it)")
	}
	require.NoError(t, err)
	dir := t.TempDir()
	unit := dir + "/s1bot.service"
	body := read(t, "../s1bot.service")
	there := bytes.ReplaceAll(body, []byte("/usr/local/bin/s1bot"), []byte("/bin/true"))
	require.NoError(t, os.WriteFile(unit, there, 0o644))
	out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", unit).CombinedOutput()
	require.NotContains(t, string(out), "s1bot.service:", "%s %v", out, err)
	require.Contains(t, string(body), "\nType=notify\n")
	require.Contains(t, string(body), "\nRestartPreventExitStatus=78\n")
}
