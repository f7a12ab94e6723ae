// Command s1bot brings the SentinelOne console to Slack.
//
// The bot is one process with no state of its own but caches: everything that must outlive it is in
// the database, so several may run on one PostgreSQL, and one that dies is replaced by starting it
// again. This package knows all others and none of them knows it; it holds what is the same for
// every way to run the bot:
//
//	environment, policy file ──config.go, policyfile──▶ config, rules: whole and right, or the program does not start
//	config ──program.go: assemble──▶ database, consoles, ledger, bot, notifier (nothing is called yet)
//	program ──run──▶ its parts side by side, until one fails for good or a signal comes ──▶ drain, at most 20 s
//	SIGHUP ──tokens.go, reload──▶ policy and tokens anew, all of it or nothing
//
// The other commands take as much of this as they need: check asks the services and changes
// nothing; audit, backup and migrate open the database alone, also where the other settings are
// missing (audit and backup while the bot runs); demo assembles the same program around two
// simulated services.
//
// The rule one must not break: what an operator sets either has its effect or is refused in words
// that name the setting. A mistyped variable, a key without meaning or a half-read policy would
// protect nothing, and nobody would notice.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // people's time zones, where the machine has no table of them

	"github.com/alecthomas/kong"
	_ "golang.org/x/crypto/x509roots/fallback" // public certificate roots, where the machine has none: an image without a base
)

// cli is the command line. Settings come from environment variables, so there are few flags.
type cli struct {
	Run      runCmd          `cmd:"" default:"1" help:"Connect Slack and the console and serve until SIGINT or SIGTERM."`
	Demo     demoCmd         `cmd:"" help:"Run the whole bot against a simulated Slack and a simulated console, with a web page to try it."`
	Check    checkCmd        `cmd:"" help:"Test every setting against the real services."`
	Settings settingsCmd     `cmd:"" help:"Print every setting: value, default, meaning."`
	Commands commandsCmd     `cmd:"" help:"List the commands."`
	Manifest manifestCmd     `cmd:"" help:"Print the Slack app manifest."`
	Schema   policySchemaCmd `cmd:"" name:"policy-schema" help:"Print the JSON schema of the policy file, for editors."`
	Audit    auditCmd        `cmd:"" help:"Print or verify the audit trail."`
	Backup   backupCmd       `cmd:"" help:"Copy the SQLite database to a file while the bot runs."`
	Migrate  migrateCmd      `cmd:"" help:"Move to another database, such as from SQLite to PostgreSQL."`
	Health   healthCmd       `cmd:"" help:"Test whether the process on this machine is alive (for containers)."`
	Version  versionCmd      `cmd:"" help:"Print version, commit and Go version."`
}

// The first signal asks for an end. Who presses Ctrl-C again does not want to wait for it: from then on an interrupt does what it does to
// any process, and `run`, which says so in its log, listens for it by itself. SIGTERM comes from supervisors, some of which repeat it: it
// never cuts a drain.
func main() {
	terminated, ignore := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer ignore()
	ctx, stop := signal.NotifyContext(terminated, os.Interrupt)
	defer context.AfterFunc(ctx, stop)()
	os.Exit(start(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

// start runs one command line and returns the exit code: 0 done, 1 failed, 2 not understood, 78
// settings are wrong.
//
// It takes everything that a process has as parameters and never calls os.Exit, so the tests run
// whole command lines in their own process. Kong calls Exit for --help, hence code.
func start(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	code := -1
	parser, err := kong.New(&cli{}, kong.Name("s1bot"), kong.Writers(stdout, stderr),
		kong.Description("SentinelOne in Slack. Settings are environment variables, see README.md."),
		kong.Exit(func(c int) { code = c }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams{stdout, stderr}))
	if err != nil {
		fmt.Fprintln(stderr, "s1bot:", err)
		return 2
	}
	call, err := parser.Parse(args)
	switch {
	case code >= 0:
		return code // --help
	case err != nil:
		fmt.Fprintf(stderr, "s1bot: %v\nTry: s1bot --help\n", err)
		return 2
	}
	if err := call.Run(); err != nil {
		fmt.Fprintln(stderr, "s1bot:", err)
		if errors.As(err, new(settingsError)) {
			return exitSettings
		}
		return 1
	}
	return 0
}
