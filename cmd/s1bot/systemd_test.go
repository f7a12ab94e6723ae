package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serviceManager listens as systemd does; states is what it was told so far.
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
func serviceManager(t *testing.T) (socket string, hear func() string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd") // a socket's path has 108 bytes at most
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "n")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return socket, func() string {
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		require.NoError(t, err, "the service manager waits for a word")
		return string(buf[:n])
	}
}

func TestTheServiceManagerHearsWhenItIsReadyAliveAndStopping(t *testing.T) {
	t.Parallel()
	s := tell(t)
	socket, hear := serviceManager(t)
	settings := map[string]string{}
	for name, value := range s.environ {
		settings[name] = value
	}
	settings["S1BOT_DATABASE_URL"] = "sqlite:" + filepath.Join(t.TempDir(), "other.db")
	settings["S1BOT_HTTP_ADDR"] = freeAddr(t)
	environ := []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=900000", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	for name, value := range settings {
		environ = append(environ, name+"="+value)
	}
	process := exec.Command(buildProgram(t), "run")
	process.Env = environ
	require.NoError(t, process.Start())
	heard := map[string]int{}
	for heard["READY=1"] == 0 || heard["WATCHDOG=1"] < 3 {
		state, _, _ := strings.Cut(hear(), "\n")
		heard[state]++
	}
	health := exec.CommandContext(t.Context(), buildProgram(t), "health")
	health.Env = environ
	out, err := health.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	for heard["STOPPING=1"] == 0 {
		heard[hear()]++
	}
	require.NoError(t, process.Wait())
	health = exec.CommandContext(t.Context(), buildProgram(t), "health")
	health.Env = environ
	out, err = health.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "does not answer")
}
