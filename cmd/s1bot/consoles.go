package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"s1bot/bot/home"
	"s1bot/cmd/s1bot/policyfile"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/notifier"
	"s1bot/notifier/feed"
	"s1bot/notifier/figures"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/unified"
)

// A consoleConfig is everything that the settings say of one console.
//
// was marks the console that an existing database belongs to: rows and buttons that were written
// before consoles had names carry none, and mean that one for good.
type consoleConfig struct {
	name            string
	url             string
	token           s1.Secret
	tokenFile       string // of a console in the policy file
	version         string
	channels        []string // where it is the default
	threats, alerts string   // channels of its feeds
	was             bool     // rows and buttons of before there were names are of this one
}

// places are where operators wrote the address and the token down.
func (c consoleConfig) places() (address, token string) {
	if c.tokenFile == "" {
		return "S1_URL", "S1_API_TOKEN"
	}
	return "the url of " + c.name + " in the policy file", c.tokenFile
}

// consoles are those that the policy file lists. Where it lists none, S1_URL and S1_API_TOKEN name the one. Where both are there, nothing
// of either is passed over: settings that name a listed address say that what the database holds already is of that console, and others
// add theirs, called default. The error lists every problem, one a line.
func (c *config) consoles(file policyfile.File) ([]consoleConfig, error) {
	var all []consoleConfig
	var problems []error
	for _, listed := range file.Consoles {
		one := consoleConfig{name: listed.Name, url: listed.URL, tokenFile: listed.TokenFile, version: cmp.Or(listed.Version, c.APIVersion), channels: listed.Channels,
			threats: cmp.Or(listed.Threats, c.ThreatsChannel), alerts: cmp.Or(listed.Alerts, c.AlertsChannel),
			was: c.ConsoleURL != "" && sameAddress(listed.URL, c.ConsoleURL)}
		var err error
		if one.token, err = readToken(listed.TokenFile); err != nil {
			problems = append(problems, fmt.Errorf("console %s: token_file: %w", listed.Name, err))
		}
		all = append(all, one)
	}
	named := slices.ContainsFunc(all, func(one consoleConfig) bool { return one.was })
	if c.ConsoleURL != "" && !named {
		if slices.ContainsFunc(all, func(one consoleConfig) bool { return one.name == consoles.Default }) {
			problems = append(problems, errors.New("S1_URL: the policy file has another console called default: leave S1_URL out, or rename that one"))
		}
		all = append(all, consoleConfig{name: consoles.Default, url: c.ConsoleURL, token: c.APIToken, version: c.APIVersion, threats: c.ThreatsChannel, alerts: c.AlertsChannel, was: true})
	}
	return all, errors.Join(problems...)
}

// listed are the consoles as policy file and settings have them now.
func (c *config) listed() ([]consoleConfig, error) {
	file, err := c.policyFile()
	if err != nil {
		return nil, err
	}
	return c.consoles(file)
}

// checkConsoles wants each console to have an address and a token, here or in the policy file.
func (c *config) checkConsoles(bad func(string, string, ...any)) {
	if wrong := oddToken(c.APIToken); wrong != "" && !c.APIToken.Empty() {
		bad("S1_API_TOKEN", "%s", wrong)
	}
	if c.ConsoleURL != "" {
		if err := checkURL(c.ConsoleURL); err != nil {
			bad("S1_URL", "%w", err)
		}
	}
	file, unread := c.policyFile() // what is wrong with it is told already
	all, err := c.consoles(file)
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			bad("S1BOT_POLICY_FILE", "%s", line)
		}
	}
	own, unless := len(all) > len(file.Consoles), ""
	if unread != nil && c.ConsoleURL == "" { // nobody knows whether it lists consoles
		unless = " (unless the policy file lists consoles)"
	}
	switch {
	case c.ConsoleURL == "" && len(file.Consoles) == 0:
		bad("S1_URL", "required: the console's address, https://….sentinelone.net%s", unless)
	case c.ConsoleURL == "" && !c.APIToken.Empty():
		bad("S1_API_TOKEN", "has no console to go with it: set S1_URL as well, or leave both to the policy file")
	}
	if c.APIToken.Empty() && (own || len(file.Consoles) == 0) {
		bad("S1_API_TOKEN", "required: an API token of the console%s", unless)
	}
}

// sameAddress compares two addresses of consoles, which people write with a slash at the end or without.
func sameAddress(a, b string) bool {
	plain := func(address string) string {
		return strings.TrimRight(strings.ToLower(strings.TrimSpace(address)), "/")
	}
	return plain(a) == plain(b)
}

// readToken reads a token from its file.
func readToken(path string) (s1.Secret, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return s1.Secret{}, err
	}
	token := s1.NewSecret(strings.TrimSpace(string(body)))
	if wrong := oddToken(token); wrong != "" {
		return s1.Secret{}, errors.New(path + " " + wrong)
	}
	return token, nil
}

// oddToken says what no token has.
func oddToken(token s1.Secret) string {
	switch text := token.Reveal(); {
	case text == "":
		return "is empty"
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "contains a space, a line break or a character that tokens never contain: copy the whole token again"
	}
	return ""
}

// sameBut reports whether two consoles are one but for their tokens: those may be changed without a
// restart.
//
// Anything else takes a restart, because clients, feeds and the catalog are built on it.
func (c consoleConfig) sameBut(other consoleConfig) bool {
	return c.name == other.name && c.url == other.url && c.version == other.version && slices.Equal(c.channels, other.channels) &&
		c.threats == other.threats && c.alerts == other.alerts && c.was == other.was
}

// A connection is a console that the program works with: all that belongs to it alone.
//
// The client asks for current at each call, so a token that was exchanged holds from the next
// request on; one that is under way ends with the old token.
type connection struct {
	consoleConfig
	client  *s1.Client
	catalog *catalog.Catalog
	facts   *tokenFacts
	current atomic.Pointer[s1.Secret] // the token as it is now
}

// newClient is a console's client; rates, if any, are shared with other processes, and token, if any, is the one of the moment.
func newClient(c config, of consoleConfig, log *slog.Logger, observe func(s1.Observation), rates s1.Rates, token func() s1.Secret) (*s1.Client, error) {
	return s1.New(s1.Config{BaseURL: of.url, Token: of.token, Rotated: token, Version: of.version, Engine: huntapi.HuntEngine(c.HuntEngine), Unified: s1.UnifiedMode(c.Unified), Logger: log, Observe: observe, Rates: rates, Gate: c.gate, Unpaced: c.unpaced})
}

// open makes what one console needs; nobody is called.
func (p *program) open(of consoleConfig) (*connection, error) {
	c := &connection{consoleConfig: of, catalog: commands.All()}
	c.current.Store(&of.token)
	log := p.log
	if len(p.listed) > 1 {
		log = log.With("console", of.name)
	}
	var err error
	c.client, err = newClient(p.config, of, log, observed(p.metrics, of.name), p.db.Rates(), func() s1.Secret { return *c.current.Load() })
	if err != nil {
		return nil, fmt.Errorf("console %s: %w", of.name, err)
	}
	c.facts = newTokenFacts(c.client.Token, func(t s1.Token) { p.tokenKnown(of.name, t) }, log)
	return c, nil
}

// openAll opens the consoles that the settings list, and makes the set of them.
func (p *program) openAll() error {
	var all []consoles.Console
	for _, of := range p.listed {
		c, err := p.open(of)
		if err != nil {
			return err
		}
		p.consoles = append(p.consoles, c)
		all = append(all, consoles.Console{Name: of.name, Client: c.client, Catalog: c.catalog, Channels: of.channels, Was: of.was})
	}
	var err error
	p.set, err = consoles.NewSet(all...)
	return err
}

// feeds are those of a console for the notifier.
//
// The four names are not the same thing: Mark is what the journal's rows have, Stamp what buttons
// carry, Label what people read where there are several consoles, Name what stands in the settings.
func (p *program) feeds(of *connection) notifier.Feeds {
	known, err := p.set.Typed(of.name)
	if err != nil {
		panic(err) // openAll made the set of these
	}
	return notifier.Feeds{
		Name: of.name, Mark: p.set.Mark(known), Stamp: p.set.Stamp(known), Label: p.set.Label(known), Console: of.client, Unified: unifiedFeed(of.client),
		ThreatsChannel: of.threats, AlertsChannel: of.alerts, Check: of.check, Token: of.facts.now,
	}
}

// unifiedFeed is what a console's unified alerts are read by; nil where the settings switch them off.
func unifiedFeed(client *s1.Client) feed.Unified {
	if client.UnifiedSetting() == s1.UnifiedOff {
		return nil
	}
	return unifiedList{client}
}

// A unifiedList lists a console's unified alerts.
type unifiedList struct{ *s1.Client }

// UnifiedPage is one page of them.
func (l unifiedList) UnifiedPage(ctx context.Context, q s1.Query) (s1.Page[unified.Alert], error) {
	return unified.Of(l.Client).Page(ctx, q)
}

// figures count what each console has open. Of those that the journal has under a mark, the names
// of the figures have it, too.
//
// They are counted only while somebody has a Home tab that is kept up to date: each round is a
// handful of requests to every console.
func (p *program) figures() (all []func(context.Context)) {
	for _, one := range p.consoles {
		mark := p.feeds(one).Mark
		if len(p.consoles) == 1 {
			mark = "" // there is nothing to tell it from
		}
		all = append(all, figures.Counter{Console: one.client, Unified: countUnified(one.client), Mark: mark, Store: p.db.Figures(), Now: time.Now, Log: p.log, Pause: min(figures.Every, p.config.PollInterval),
			Wanted: p.homeIsOpen}.Run)
	}
	return all
}

// homeIsOpen tells whether somebody has a Home tab that is kept up to date.
func (p *program) homeIsOpen(ctx context.Context) (bool, error) {
	now := time.Now()
	viewers, err := p.db.Homes().Viewers(ctx, now.Add(-home.Watched), now)
	return len(viewers) > 0, err
}

// countUnified counts a console's unified alerts; nil where the settings switch them off.
func countUnified(client *s1.Client) func(context.Context, s1.Query) (int, error) {
	if client.UnifiedSetting() == s1.UnifiedOff {
		return nil
	}
	return unified.Of(client).Count
}

// check is the specification's health check of the connection.
func (c *connection) check(ctx context.Context) error {
	if _, err := c.client.SystemInfo(ctx); err != nil {
		return err
	}
	_, err := c.client.SitesPage(ctx, s1.Query{}.WithLimit(1))
	return err
}
