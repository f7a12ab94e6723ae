// Package pgtest starts a PostgreSQL server for tests, from the binaries of Debian's postgresql
// package.
//
// The server is a cluster of its own in a temporary folder, run by an ordinary user on a free port,
// and it goes with the process that started it, however that one ends. Where there are no binaries,
// Main says so loudly: half of the suite did not run then.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Variable names the environment variable with the address of a server that tests may use.
//
// Set it to test against a server of one's own; each test makes a schema and removes it.
const Variable = "S1BOT_TEST_POSTGRES"

// startLimit is how long a server may take until it answers.
const startLimit = 60 * time.Second

// Main runs a package's tests with a server that Variable names, and stops it afterwards:
// os.Exit(pgtest.Main(m.Run)).
func Main(run func() int) int {
	if os.Getenv(Variable) != "" {
		return run()
	}
	server, err := Start(context.Background())
	if err != nil {
		fmt.Fprintf(os.Stderr, "\n*** POSTGRESQL DOES NOT TAKE PART: the half of this suite that needs it did not run. ***\n*** %v ***\n\n", err)
		return run()
	}
	defer server.Stop()
	if err := os.Setenv(Variable, server.URL); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// A Server is a running PostgreSQL.
type Server struct {
	URL string // postgres://…

	dir   string
	cmd   *exec.Cmd
	stdin io.Closer
}

// Start makes a cluster and waits until it answers.
//
// What was started is stopped again on an error.
func Start(ctx context.Context) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{}
	if s.dir, err = os.MkdirTemp("", "s1bot-postgres-"); err != nil {
		return nil, err
	}
	if err := s.start(ctx, bin); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// binaries is the folder of the newest version that is installed.
//
// Debian keeps the versions side by side; the order is that of the numbers, so that 9 comes before
// 15.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(initdb), nil
}

// start makes a cluster and starts it. Neither a failed test nor a killed one must leave a server
// behind: a shell stands in between, whose standard input ends with this process whatever ended it.
// Trust authentication is fine on a socket and a loopback port of a cluster that holds test rows.
func (s *Server) start(ctx context.Context, bin string) error {
	as, err := s.ordinary(ctx)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	init := slices.Concat(as, []string{filepath.Join(bin, "initdb"), "-D", data, "-U", "s1bot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"})
	if out, err := exec.CommandContext(ctx, init[0], init[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	// The shell waits for the end of its input, which comes with the end of this process, and takes
	// the server along.
	args := slices.Concat([]string{"-c", `"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server`, "sh"}, as, []string{
		filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-k", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"})
	s.cmd = exec.Command("sh", args...)
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.URL = "postgres://s1bot@127.0.0.1:" + port + "/postgres?sslmode=disable"
	return await(ctx, filepath.Join(bin, "pg_isready"), port)
}

// ordinary is what turns into a command as an ordinary user, who owns the folder: PostgreSQL
// refuses to run as root. Setpriv leaves no process between the shell and the server, so that
// signals arrive.
func (s *Server) ordinary(ctx context.Context) ([]string, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	if out, err := exec.CommandContext(ctx, "chown", "nobody", s.dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("give the folder to nobody: %w: %s", err, out)
	}
	return []string{"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"}, nil
}

// freePort is a port that nobody listens on, of those that the system gives nobody who asks for any
// (on Linux they begin at 32768): what was free a moment ago still is when the server starts.
func freePort(ctx context.Context) (string, error) {
	const first, many, tries = 12_000, 8_000, 100
	for range tries {
		port := strconv.Itoa(first + rand.IntN(many))
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			return port, l.Close()
		}
	}
	return "", errors.New("no port is free")
}

// await waits until the server takes connections.
func await(ctx context.Context, isready, port string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if exec.CommandContext(ctx, isready, "-q", "-h", "127.0.0.1", "-p", port).Run() == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("PostgreSQL does not answer")
		}
	}
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.stdin.Close()
		_ = s.cmd.Wait()
	}
	_ = os.RemoveAll(s.dir)
}
