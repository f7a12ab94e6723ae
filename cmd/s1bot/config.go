package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/cmd/s1bot/memory"
	"s1bot/cmd/s1bot/policyfile"
	"s1bot/commands"
	"s1bot/s1"
	"s1bot/s1/transport"
)

// config is every setting of the program. What a setting means stands in its tag, for `s1bot
// settings` and the table in README.md: words in 'single quotes' are to be typed as they are.
// Without envDefault, the tag unset says what holds.
//
// The tags are the only place where a setting is described: `s1bot settings`, the table in
// README.md (a test compares it) and the unknown-name check all read them. Fields without a tag are
// no settings: the program adds them, or tests and measurements do.
type config struct {
	AppToken    s1.Secret `env:"SLACK_APP_TOKEN" unset:"required" means:"app-level token, 'xapp-…', scope 'connections:write'"`
	BotToken    s1.Secret `env:"SLACK_BOT_TOKEN" unset:"required" means:"bot token, 'xoxb-…'"`
	SlackURL    string    `env:"SLACK_API_URL" envDefault:"https://slack.com/api/" means:"base address of Slack's Web API"`
	ConsoleURL  string    `env:"S1_URL" unset:"required" means:"the console's address, 'https://….sentinelone.net'; plain http only for this machine. If the policy file lists several consoles, this names the one that the rows of an existing database belong to"`
	APIToken    s1.Secret `env:"S1_API_TOKEN" unset:"required" means:"API token of the console"`
	APIVersion  string    `env:"S1_API_VERSION" envDefault:"v2.1" means:"version in the API's paths"`
	DatabaseURL string    `env:"S1BOT_DATABASE_URL" envDefault:"sqlite:s1bot.db" means:"'sqlite:PATH', or 'postgres://…' for several processes"`

	Operators        []string `env:"S1BOT_OPERATORS" unset:"none" means:"who may change things and request destructive commands: user ids, user group ids ('S…') or '@handles', comma separated; '*' is every full member"`
	Approvers        []string `env:"S1BOT_APPROVERS" unset:"none" means:"who may approve, in the same form. None set: destructive commands are refused"`
	ApprovalsChannel string   `env:"S1BOT_APPROVALS_CHANNEL" unset:"none" means:"id of the channel where approval cards go; required with approvers"`
	ThreatsChannel   string   `env:"S1BOT_THREATS_CHANNEL" unset:"none" means:"where new threats go; none: that feed is off"`
	AlertsChannel    string   `env:"S1BOT_ALERTS_CHANNEL" unset:"none" means:"where new alerts go; none: that feed is off"`
	PolicyFile       string   `env:"S1BOT_POLICY_FILE" unset:"none" means:"finer rules in YAML: roles, who may do what where, quorums, hourly limits, routes, shift reports; 'deploy/policy.example.yaml' has every key. SIGHUP reloads it, all or nothing"`

	PollInterval    time.Duration `env:"S1BOT_POLL_INTERVAL" envDefault:"30s" means:"how often to poll the console for new threats and alerts, at least 1s"`
	Backfill        time.Duration `env:"S1BOT_BACKFILL" unset:"none" means:"how far back to look for threats and alerts to post on the very first start, such as '24h'; none: only new ones"`
	Keep            time.Duration `env:"S1BOT_KEEP" envDefault:"720h" means:"how long delivered notifications, people's history and queries, ended snoozes and unfinished jobs stay in the database, at least 168h; requests and the audit trail stay for good"`
	Sockets         int           `env:"S1BOT_SOCKETS" envDefault:"2" means:"Socket Mode connections, 1 to 10"`
	HTTPAddr        string        `env:"S1BOT_HTTP_ADDR" unset:"127.0.0.1:9090" means:"'/healthz', '/readyz' (503 while the database takes no writes, no socket is up, or the program is stopping), '/metrics'; empty: off"`
	SecretKey       s1.Secret     `env:"S1BOT_SECRET_KEY" unset:"none" means:"seals passwords that wait in the database for an approval: 32 bytes in base64, from 'openssl rand -base64 32', the same for all processes, kept apart from the database. Without it such requests are refused; if it changes, those that wait fail"`
	AuditFile       string        `env:"S1BOT_AUDIT_FILE" unset:"none" means:"a file to which every row of the audit trail is appended as a line of JSON, for a log collector; each process needs its own file"`
	AuditSyslog     string        `env:"S1BOT_AUDIT_SYSLOG" unset:"none" means:"a syslog server that gets every row of the audit trail, 'tls://HOST:6514' (RFC 5424 with JSON, octet counting). Each row arrives at least once, also across restarts"`
	AuditSyslogCA   string        `env:"S1BOT_AUDIT_SYSLOG_CA" unset:"none" means:"a PEM file with the CA that signed the syslog server's certificate; none: the CAs that this machine trusts"`
	AuditSyslogCert string        `env:"S1BOT_AUDIT_SYSLOG_CERT" unset:"none" means:"a PEM file with the bot's certificate, for a syslog server that requires one"`
	AuditSyslogKey  string        `env:"S1BOT_AUDIT_SYSLOG_KEY" unset:"none" means:"a PEM file with that certificate's key"`
	HuntEngine      string        `env:"S1BOT_HUNT_ENGINE" envDefault:"auto" means:"what hunts run on: 'dv' (Deep Visibility, shut down by the vendor on 2027-02-15), 'sdl' (the Singularity Data Lake), or 'auto': the data lake where the token may use it"`
	Unified         string        `env:"S1BOT_UNIFIED_ALERTS" envDefault:"auto" means:"unified alerts (of all the vendor's products) beside threats and rule alerts: 'on', 'off', or 'auto': where the console has them and the token may read them"`
	ExportSpace     int64         `env:"S1BOT_EXPORT_SPACE" envDefault:"400" means:"disk space in MiB for full lists on their way to Slack, in 'TMPDIR'. The files end with the process; a list that doesn't fit is cut off and says so"`
	Memory          int64         `env:"S1BOT_MEMORY" unset:"96" means:"memory target of the process in MiB, at least 48; in a small container, three quarters of its limit by default. Large answers that don't fit wait their turn. 'GOMEMLIMIT' takes precedence"`
	LogLevel        string        `env:"S1BOT_LOG_LEVEL" envDefault:"info" means:"'debug', 'info', 'warn' or 'error'"`
	LogFormat       string        `env:"S1BOT_LOG_FORMAT" envDefault:"text" means:"'text' or 'json'"`

	lease, tick time.Duration          // of runs that died, and of looking for them; the usual ones when zero
	now         func() time.Time       // the clock; time.Now when nil
	again       func() (config, error) // reads the same variables and their files again
	gate        *transport.Gate        // for large answers; nil: each client has its own
	heap        *memory.Heap           // nil: as the runtime collects it
	unpaced     bool                   // no vendor's rates: for a simulated console that is measured
	hurry       <-chan struct{}        // closed: nobody waits any longer for what drains
}

// minKeep is a week: the feeds read again what is younger than that, and must know that they delivered it.
const minKeep = 7 * 24 * time.Hour

// minMemory is what the process takes at rest, in MiB, and a little more.
const minMemory = 48

// defaultHTTPAddr holds where S1BOT_HTTP_ADDR is not set at all; set and empty switches the server off.
const defaultHTTPAddr = "127.0.0.1:9090"

// secrets are the settings that may also stand in a file named by NAME_FILE.
func secrets() []string {
	return []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_API_TOKEN", "S1BOT_SECRET_KEY", "S1BOT_DATABASE_URL"}
}

// readConfig reads the settings from environment variables. The error lists every problem, one a
// line.
//
// environ is changed: secrets read from files and the default address are put into it, for the
// caller may want to show what holds. again works on a copy of what was given, so that a file which
// has changed since is read anew.
func readConfig(environ map[string]string) (config, error) {
	given := maps.Clone(environ)
	c := config{again: func() (config, error) { return readConfig(maps.Clone(given)) }}
	problems := []error{unknownSettings(environ), readSecretFiles(environ)}
	if _, set := environ["S1BOT_HTTP_ADDR"]; !set {
		environ["S1BOT_HTTP_ADDR"] = defaultHTTPAddr
	}
	err := env.ParseWithOptions(&c, env.Options{Environment: environ})
	var several env.AggregateError
	if errors.As(err, &several) {
		for _, e := range several.Errors {
			problems = append(problems, readable(e))
		}
	} else if err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, c.check()...)
	return c, errors.Join(problems...)
}

// readSecretFiles puts the content of NAME_FILE in place of NAME.
//
// Container platforms hand secrets over as files; a variable can be read by whoever may inspect the
// process. Both at once is refused, because it is not obvious which of them counts. What surrounds
// the content (a line break at its end) is no part of it.
func readSecretFiles(environ map[string]string) error {
	var problems []error
	for _, name := range secrets() {
		path := environ[name+"_FILE"]
		if path == "" {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s_FILE: %w", name, err))
			continue
		}
		if environ[name] != "" {
			problems = append(problems, fmt.Errorf("%s and %s_FILE are both set: keep one", name, name))
		}
		environ[name] = strings.TrimSpace(string(body))
	}
	return errors.Join(problems...)
}

// readable names the variable, not the field, of a value that does not parse.
func readable(err error) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	names := map[string]string{"PollInterval": "S1BOT_POLL_INTERVAL", "Backfill": "S1BOT_BACKFILL", "Keep": "S1BOT_KEEP", "Sockets": "S1BOT_SOCKETS", "ExportSpace": "S1BOT_EXPORT_SPACE", "Memory": "S1BOT_MEMORY"}
	want := map[string]string{"PollInterval": "a duration such as 30s", "Backfill": "a duration such as 24h", "Keep": "a duration such as 720h", "Sockets": "a number from 1 to 10", "ExportSpace": "a number of MiB", "Memory": "a number of MiB"}
	if name, ok := names[parse.Name]; ok {
		return fmt.Errorf("%s: expected %s", name, want[parse.Name])
	}
	return err
}

var apiVersion = regexp.MustCompile(`^v\d+\.\d+$`)

// check looks at every setting; each problem names the variable and says what to put there.
//
// Checks that need the network are not here but in check.go: this runs at every start, and must
// give the same answer while a service is away.
func (c *config) check() []error {
	var problems []error
	bad := func(name, format string, args ...any) {
		problems = append(problems, fmt.Errorf(name+": "+format, args...))
	}
	c.checkTokens(bad)
	c.checkAddresses(bad)
	c.checkRoles(bad)
	c.checkConsoles(bad)
	if c.PollInterval < time.Second {
		bad("S1BOT_POLL_INTERVAL", "at least 1s")
	}
	if c.Backfill < 0 {
		bad("S1BOT_BACKFILL", "a duration such as 24h, not below zero")
	}
	if c.Keep < minKeep {
		bad("S1BOT_KEEP", "a duration of at least 168h")
	}
	if c.Sockets < 1 || c.Sockets > 10 {
		bad("S1BOT_SOCKETS", "a number from 1 to 10")
	}
	if c.ExportSpace < 1 {
		bad("S1BOT_EXPORT_SPACE", "a number of MiB, at least 1")
	}
	if c.Memory != 0 && c.Memory < minMemory {
		bad("S1BOT_MEMORY", "a number of MiB, at least %d", minMemory)
	}
	if !c.SecretKey.Empty() && len(c.sealKey()) != approvals.KeySize {
		bad("S1BOT_SECRET_KEY", "32 bytes in base64; `openssl rand -base64 32` makes one")
	}
	if new(slog.LevelVar).UnmarshalText([]byte(c.LogLevel)) != nil {
		bad("S1BOT_LOG_LEVEL", "debug, info, warn or error")
	}
	if !slices.Contains([]string{"text", "json"}, c.LogFormat) {
		bad("S1BOT_LOG_FORMAT", "text or json")
	}
	c.checkSources(bad)
	c.checkSyslog(bad)
	return problems
}

// checkSources refuses words that mean no source.
func (c *config) checkSources(bad func(string, string, ...any)) {
	if !slices.Contains([]string{"auto", "dv", "sdl"}, c.HuntEngine) {
		bad("S1BOT_HUNT_ENGINE", "auto, dv or sdl")
	}
	if !slices.Contains([]string{"auto", "on", "off"}, c.Unified) {
		bad("S1BOT_UNIFIED_ALERTS", "auto, on or off")
	}
}

// sealKey is the key that seals passwords which wait; nil where there is none.
//
// Its length is checked by check, with the setting's name.
func (c *config) sealKey() []byte {
	key, err := base64.StdEncoding.DecodeString(c.SecretKey.Reveal())
	if err != nil {
		return nil
	}
	return key
}

// newSealKey makes a key, as S1BOT_SECRET_KEY takes it.
func newSealKey() string {
	key := make([]byte, approvals.KeySize)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

func (c *config) checkTokens(bad func(string, string, ...any)) {
	switch token := c.AppToken.Reveal(); {
	case token == "":
		bad("SLACK_APP_TOKEN", "required: the app-level token, xapp-…, with the scope connections:write")
	case !strings.HasPrefix(token, "xapp-"):
		bad("SLACK_APP_TOKEN", "starts with xapp-: create one under Basic Information › App-Level Tokens")
	}
	switch token := c.BotToken.Reveal(); {
	case token == "":
		bad("SLACK_BOT_TOKEN", "required: the bot token, xoxb-…")
	case !strings.HasPrefix(token, "xoxb-"):
		bad("SLACK_BOT_TOKEN", "starts with xoxb-: find it under OAuth & Permissions after installing the app")
	}
	for name, token := range map[string]s1.Secret{"SLACK_APP_TOKEN": c.AppToken, "SLACK_BOT_TOKEN": c.BotToken} {
		if wrong := oddToken(token); wrong != "" && !token.Empty() {
			bad(name, "%s", wrong)
		}
	}
}

func (c *config) checkAddresses(bad func(string, string, ...any)) {
	if err := checkURL(c.SlackURL); err != nil {
		bad("SLACK_API_URL", "%w", err)
	}
	if !apiVersion.MatchString(c.APIVersion) {
		bad("S1_API_VERSION", "a version such as v2.1")
	}
	scheme, rest, ok := strings.Cut(c.DatabaseURL, ":")
	if !ok || rest == "" || !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, scheme) {
		bad("S1BOT_DATABASE_URL", "sqlite:PATH or postgres://…")
	}
	if c.HTTPAddr != "" {
		if _, _, err := net.SplitHostPort(c.HTTPAddr); err != nil {
			bad("S1BOT_HTTP_ADDR", "an address such as 127.0.0.1:9090, or empty for none")
		}
	}
}

// checkURL wants https, or plain http to this machine.
//
// A token goes to this address with every call; over plain http anybody on the way could read it.
// On this machine there is no way to read, and tests and the demo need it.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		return errors.New("an address such as https://example.sentinelone.net")
	case u.User != nil:
		return errors.New("no user name or password in the address")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return errors.New("https is required; plain http is allowed only to this machine (127.0.0.1, localhost)")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkRoles judges who may do what. Settings and file are judged apart first, so that each problem
// stands under the name of its own place; their combination comes last.
func (c *config) checkRoles(bad func(string, string, ...any)) {
	lines := func(name string, err error) {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			bad(name, "%s", line)
		}
	}
	policy, err := policy.New(c.ownSettings())
	if err != nil {
		lines("S1BOT_OPERATORS, S1BOT_APPROVERS", err)
		_, err = c.policyFile() // wrong as well, perhaps
	} else {
		policy, err = c.policy()
	}
	if err != nil {
		lines("S1BOT_POLICY_FILE", err)
	}
	if policy.Waits() && policy.Channel() == "" {
		bad("S1BOT_APPROVALS_CHANNEL", "required with S1BOT_APPROVERS: the id of the channel where approval cards go")
	}
	for name, id := range map[string]string{
		"S1BOT_APPROVALS_CHANNEL": c.ApprovalsChannel, "S1BOT_THREATS_CHANNEL": c.ThreatsChannel, "S1BOT_ALERTS_CHANNEL": c.AlertsChannel,
	} {
		if id != "" && !policyfile.IsChannel(id) {
			bad(name, "%q isn't a channel id (C…): find it at the bottom of the channel's details", id)
		}
	}
}

// ownSettings are those of the policy that environment variables hold.
func (c *config) ownSettings() policy.Settings {
	return policy.Settings{Operators: policy.Members(c.Operators), Approvers: policy.Members(c.Approvers), Channel: c.ApprovalsChannel}
}

// policy is who may do what: these settings and the policy file, which is read anew each time.
func (c *config) policy() (policy.Policy, error) {
	f, err := c.policyFile()
	if err != nil {
		return policy.Policy{}, err
	}
	return c.policyOf(f.Settings)
}

// policyOf is the policy of these settings and those of the policy file.
//
// Members of the two are added up, the channel of the file goes before that of the settings.
func (c *config) policyOf(s policy.Settings) (policy.Policy, error) {
	own := c.ownSettings()
	s.Operators, s.Approvers, s.Channel = own.Operators, own.Approvers, cmp.Or(s.Channel, own.Channel)
	return policy.New(s)
}

// policyFile is what the policy file says, if there is one.
func (c *config) policyFile() (policyfile.File, error) {
	if c.PolicyFile == "" {
		return policyfile.File{}, nil
	}
	return policyfile.Load(c.PolicyFile, commands.Known().Commands())
}
