package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/approvals/policy"
	"s1bot/bot/setup"
	"s1bot/bot/store"
	"s1bot/bot/webapi"
	"s1bot/s1"
)

// checkLimit is how long `s1bot check` takes at most.
const checkLimit = 2 * time.Minute

type checkCmd struct{}

// Help is shown by `s1bot check --help`.
func (checkCmd) Help() string {
	return "Prints a line for each setting; one that fails says what to do. Changes nothing: not at Slack, the console or the database. Exit code 1 if one fails."
}

// Run tests the settings against the services that they name.
func (checkCmd) Run(ctx context.Context, std streams) error {
	return check(ctx, environment(), std.out)
}

// check tests the settings in environ and prints what it finds.
//
// Where the settings themselves are wrong nothing is asked: half a configuration would be tested
// against services that it does not mean.
func check(ctx context.Context, environ map[string]string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	c, err := readConfig(environ)
	var findings []setup.Finding
	if err == nil {
		findings = append(findings, setup.Finding{What: "Settings", Note: "complete"})
		findings = append(findings, checkSlack(ctx, c)...)
		findings = append(findings, checkConsoles(ctx, c)...)
		findings = append(findings, checkPlaces(ctx, c)...)
		findings = append(findings, checkDatabase(ctx, c), checkSealKey(c))
		findings = append(findings, checkAuditCopies(ctx, c)...)
	} else {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			findings = append(findings, setup.Finding{What: "Settings", Err: errors.New(line)})
		}
	}
	return report(out, findings)
}

// report prints the findings and fails if one of them does.
func report(w io.Writer, findings []setup.Finding) error {
	failed := 0
	for _, f := range findings {
		if f.Err == nil {
			fmt.Fprintf(w, "ok    %s: %s\n", f.What, f.Note)
			continue
		}
		failed++
		fmt.Fprintf(w, "FAIL  %s: %s\n", f.What, strings.Join(strings.Fields(f.Err.Error()), " ")) // PostgreSQL's driver lists addresses a line each
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(findings))
	}
	return nil
}

// The approvals channel may come from two places and the file's counts; only the one that counts is
// tested, under the name of its place.
func checkSlack(ctx context.Context, c config) []setup.Finding {
	channels := map[string]string{}
	var findings []setup.Finding
	policy, err := c.policy()
	approvals := c.ApprovalsChannel
	if err == nil && policy.Channel() != "" && policy.Channel() != approvals { // the file's counts
		channels["policy file, approvals.channel"], approvals = policy.Channel(), ""
	}
	for _, one := range []struct{ name, id, without string }{
		{"S1BOT_APPROVALS_CHANNEL", approvals, "not set here: approval cards need a channel, here or in the policy file"},
		{"S1BOT_THREATS_CHANNEL", c.ThreatsChannel, "none: new threats aren't posted"},
		{"S1BOT_ALERTS_CHANNEL", c.AlertsChannel, "none: new alerts aren't posted"},
	} {
		if one.id == "" && one.name == "S1BOT_APPROVALS_CHANNEL" && len(channels) > 0 {
			continue
		}
		if one.id == "" {
			findings = append(findings, setup.Finding{What: one.name, Note: one.without})
			continue
		}
		channels[one.name] = one.id
	}
	maps.Copy(channels, fileChannels(c))
	checkup := setup.Checkup{Tokens: webapi.Tokens{App: c.AppToken, Bot: c.BotToken}, APIURL: c.SlackURL, Channels: channels}
	checkup.Mentions = fileMentions(c)
	if err == nil {
		checkup.Members = policy.Members()
	}
	return append(append(checkup.Run(ctx), findings...), checkPolicy(c, policy, err))
}

// fileMentions are those whom routes of the policy file call, each once.
func fileMentions(c config) (mentions []policy.Member) {
	f, err := c.policyFile()
	if err != nil {
		return nil // as in fileChannels
	}
	for _, r := range f.Routes {
		if m := policy.Member(r.Mention); m != "" && !slices.Contains(mentions, m) {
			mentions = append(mentions, m)
		}
	}
	return mentions
}

// fileChannels are those that the policy file sends things to.
func fileChannels(c config) map[string]string {
	channels := map[string]string{}
	f, err := c.policyFile()
	if err != nil {
		return channels // the policy's own line says what is wrong with the file
	}
	for i, r := range f.Routes {
		if r.Channel != "" {
			channels[fmt.Sprintf("policy file, route %d", i+1)] = r.Channel
		}
	}
	for _, one := range f.Consoles {
		for what, channel := range map[string]string{"threats": one.Threats, "alerts": one.Alerts} {
			if channel != "" {
				channels["policy file, "+what+" of "+one.Name] = channel
			}
		}
	}
	if f.Reports.Channel != "" {
		channels["policy file, reports"] = f.Reports.Channel
	}
	return channels
}

// checkPolicy says where the policy comes from and what lacks in it.
func checkPolicy(c config, policy policy.Policy, err error) setup.Finding {
	found := setup.Finding{What: "Policy", Note: "settings only, no policy file", Err: err}
	if c.PolicyFile != "" {
		found.Note = c.PolicyFile
	}
	if err == nil && len(policy.Approvers()) == 0 {
		found.Note += "; S1BOT_APPROVERS is not set: destructive commands are refused"
	}
	return found
}

// probeLimit bounds one question to the console, its repetitions included.
const probeLimit = 15 * time.Second

// checkConsoles tests all of them at once: one that hangs keeps none of the others waiting.
func checkConsoles(ctx context.Context, c config) []setup.Finding {
	all, err := c.listed()
	if err != nil {
		return []setup.Finding{{What: "Consoles", Err: err}}
	}
	found := make([][]setup.Finding, len(all))
	var asking sync.WaitGroup
	for i, of := range all {
		asking.Go(func() {
			found[i] = checkConsole(ctx, c, of)
			for j := range found[i] {
				if len(all) > 1 {
					found[i][j].What += " · " + of.name
				}
			}
		})
	}
	asking.Wait()
	return slices.Concat(found...)
}

// checkConsole asks for one row of each area; what the token may change cannot be tried without
// changing something.
//
// Reading one row of each area shows whether the role has the permission for that area, which no
// method of the console lists.
func checkConsole(ctx context.Context, c config, of consoleConfig) []setup.Finding {
	client, err := newClient(c, of, slog.New(slog.DiscardHandler), nil, nil, nil)
	if err != nil {
		return []setup.Finding{{What: "Console address", Err: err}}
	}
	var info s1.SystemInfo
	err = probe(ctx, func(ctx context.Context) (err error) { info, err = client.SystemInfo(ctx); return err })
	findings := checkToken(of, info, err)
	if err == nil {
		findings = append(findings, checkTokenEnd(ctx, client))
		findings = append(findings, checkAreas(ctx, client)...)
		findings = append(findings, checkHunts(ctx, c, client))
		findings = append(findings, checkFeeds(ctx, c, of, client)...)
	}
	return findings
}

// checkToken tells a wrong address from a wrong token.
//
// A refusal (401, 403) proves that the address is that of a console; anything else puts the address
// in doubt, and nothing can be said about the token.
func checkToken(of consoleConfig, info s1.SystemInfo, err error) []setup.Finding {
	var e *s1.Error
	url, token := of.places()
	if err != nil && (!errors.As(err, &e) || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden) {
		return []setup.Finding{
			{What: "Console address", Err: todo(err, "check that "+url+" is the console's address, and check the network")},
			{What: "Console token", Err: errors.New("not tested: the console has to answer first")},
		}
	}
	address := setup.Finding{What: "Console address", Note: of.url}
	if err != nil {
		return []setup.Finding{address, {What: "Console token", Err: todo(err, "generate a new API token for the bot's user and put it into "+token)}}
	}
	return []setup.Finding{address, {What: "Console token", Note: "console " + info.Version}}
}

// checkTokenEnd tells when the token ends, and whose it is.
func checkTokenEnd(ctx context.Context, client *s1.Client) setup.Finding {
	found := setup.Finding{What: "Console token's expiry"}
	var token s1.Token
	err := probe(ctx, func(ctx context.Context) (err error) { token, err = client.Token(ctx); return err })
	if err != nil {
		found.Note = "unknown (" + plainEnd(err.Error()) + ")" // the token itself works, and nothing else needs its end
		return found
	}
	found.Note, found.Err = tokenWords(token, time.Now())
	return found
}

// probe asks one question with a time limit of its own, so that a console that hangs does not keep the rest from being tested.
func probe(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	return ask(ctx)
}

// todo adds to an error what to do about it.
func todo(err error, words string) error {
	return fmt.Errorf("%s: %s", strings.TrimSuffix(err.Error(), "."), words)
}

// checkDatabase changes nothing there: neither does it make a database, nor bring tables up to date.
func checkDatabase(ctx context.Context, c config) (found setup.Finding) {
	found = setup.Finding{What: "Database", Note: store.Place(c.DatabaseURL)}
	if store.Exists(c.DatabaseURL) != nil {
		found.Note += ", which the first start creates"
		found.Err = store.Room(c.DatabaseURL)
		return found
	}
	db, err := store.OpenAsIs(ctx, c.DatabaseURL)
	if err != nil {
		found.Err = err
		return found
	}
	defer func() { found.Err = errors.Join(found.Err, db.Close()) }()
	is, knows, err := db.TableVersion(ctx)
	switch {
	case err != nil:
		found.Err = err
		return found
	case is > knows:
		found.Err = store.Newer(is, knows)
		return found
	case is == 0:
		found.Note += ", empty: the first start creates the tables"
		return found
	case is < knows:
		found.Note += fmt.Sprintf(", tables of version %d: the next start brings them to %d, and the version before can't use them after that", is, knows)
	}
	found.Err = db.Check(ctx)
	return found
}

// checkSealKey tells what becomes of passwords that must wait. Whether the key is that of the rows in the database only a run shows.
func checkSealKey(c config) setup.Finding {
	found := setup.Finding{What: "S1BOT_SECRET_KEY", Note: "used to encrypt passwords of requests that wait for approval"}
	if c.SecretKey.Empty() {
		found.Note = "not set: requests with a password that need approval are refused"
	}
	return found
}
