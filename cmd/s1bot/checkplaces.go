package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"s1bot/approvals/policy"
	"s1bot/bot/setup"
	"s1bot/cmd/s1bot/policyfile"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A placeName is an account, a site or a group that the policy file names. A name that no console has fits nothing, and a rule that fits
// nothing protects nothing.
type placeName struct {
	where   string // "rule 2 (lab)"
	kind    string // "account", "site", "group"
	pattern string
	on      []string // consoles, by name or glob; none means all
}

// placeNames are all that roles, rules and routes name.
func placeNames(f policyfile.File) (all []placeName) {
	add := func(where, kind string, on []string, patterns ...string) {
		for _, p := range patterns {
			all = append(all, placeName{where, kind, p, on})
		}
	}
	for _, r := range f.Settings.Roles {
		add("role "+r.Name, "account", nil, r.Accounts...)
		add("role "+r.Name, "site", nil, r.Sites...)
	}
	for i, r := range f.Settings.Rules {
		where := titled(fmt.Sprintf("rule %d", i+1), r.Name)
		add(where, "site", r.Consoles, r.Sites...)
		add(where, "group", r.Consoles, r.Groups...)
	}
	for i, r := range f.Routes {
		where, on := titled(fmt.Sprintf("route %d", i+1), r.Name), patternTexts(r.Consoles)
		add(where, "account", on, patternTexts(r.Accounts)...)
		add(where, "site", on, patternTexts(r.Sites)...)
		add(where, "group", on, patternTexts(r.Groups)...)
	}
	return all
}

// titled is an entry of the file by its number, and its name if it has one of its own.
func titled(entry, name string) string {
	if name == "" || strings.HasPrefix(name, entry+" ") {
		return entry
	}
	return entry + " (" + name + ")"
}

// patternTexts are patterns as they stand in the file.
func patternTexts[P any](patterns []P) (texts []string) {
	for _, p := range patterns {
		texts = append(texts, fmt.Sprint(p))
	}
	return texts
}

// isOn tells whether the name is meant for a console.
func (n placeName) isOn(console string) bool {
	return len(n.on) == 0 || slices.ContainsFunc(n.on, func(p string) bool { return policy.Pattern(p).Match(console) })
}

// A gazetteer is what the places of one console are called, by kind, and which kinds could not be read.
type gazetteer struct {
	console string
	names   map[string][]string
	unread  map[string]error
}

// checkPlaces compares the names in the policy file with those of the consoles. A plain name that nothing has is mistyped or gone and fails;
// a pattern may wait for what is to come, and is only told.
func checkPlaces(ctx context.Context, c config) []setup.Finding {
	file, err := c.policyFile()
	if err != nil {
		return nil // the policy's own line says what is wrong with the file
	}
	names := placeNames(file)
	if len(names) == 0 {
		return nil
	}
	known, err := readPlaces(ctx, c, names)
	if err != nil {
		return nil // the consoles' own lines say it
	}
	found := setup.Finding{What: "Policy file's places", Note: "every account, site and group that it names is there"}
	var wrong, notes []string
	for _, n := range names {
		switch says, sure := n.missing(known); {
		case says == "":
		case sure:
			wrong = append(wrong, says)
		default:
			notes = append(notes, says)
		}
	}
	if len(notes) > 0 {
		found.Note = strings.Join(notes, "; ")
	}
	if len(wrong) > 0 {
		found.Err = fmt.Errorf("%s: correct the names in the policy file, or take them out; as they are, they match nothing", strings.Join(wrong, "; "))
	}
	return []setup.Finding{found}
}

// missing says that no console has what the name means, and whether that is for sure.
func (n placeName) missing(known []gazetteer) (says string, sure bool) {
	var near []string
	var unread error
	for _, g := range known {
		if !n.isOn(g.console) {
			continue
		}
		if slices.ContainsFunc(g.names[n.kind], policy.Pattern(n.pattern).Match) {
			return "", false
		}
		near = append(near, g.names[n.kind]...)
		unread = errors.Join(unread, g.unread[n.kind])
	}
	of := n.where + ": "
	switch {
	case unread != nil:
		return of + "can't tell whether there is a " + n.kind + " " + text.Quote(n.pattern) + ", because the " + n.kind + "s can't be read", false
	case strings.ContainsAny(n.pattern, "*?"):
		return of + "no " + n.kind + " matches " + text.Quote(n.pattern) + " now", false
	}
	says = of + "there is no " + n.kind + " " + text.Quote(n.pattern)
	if nearest := text.Nearest(n.pattern, near); len(nearest) > 0 {
		says += " (did you mean " + nearest[0] + "?)"
	}
	return says, true
}

// readPlaces reads what the consoles call their places, of the kinds that are named.
func readPlaces(ctx context.Context, c config, names []placeName) ([]gazetteer, error) {
	all, err := c.listed()
	if err != nil {
		return nil, err
	}
	known := make([]gazetteer, len(all))
	var asking sync.WaitGroup
	for i, of := range all {
		known[i] = gazetteer{of.name, map[string][]string{}, map[string]error{}}
		asking.Go(func() { known[i].read(ctx, c, of, names) })
	}
	asking.Wait()
	return known, nil
}

func (g *gazetteer) read(ctx context.Context, c config, of consoleConfig, names []placeName) {
	client, err := newClient(c, of, slog.New(slog.DiscardHandler), nil, nil, nil)
	for _, kind := range []string{"account", "site", "group"} {
		if !slices.ContainsFunc(names, func(n placeName) bool { return n.kind == kind && n.isOn(g.console) }) {
			continue
		}
		problem := err
		if problem == nil {
			problem = probe(ctx, func(ctx context.Context) (err error) { g.names[kind], err = placesOf(ctx, client, kind); return err })
		}
		if problem != nil {
			g.unread[kind] = problem
		}
	}
}

// placesOf are the names of a console's places of one kind.
func placesOf(ctx context.Context, client *s1.Client, kind string) ([]string, error) {
	switch kind {
	case "account":
		return namesIn(client.Accounts(ctx, nil), func(a s1.Account) string { return a.Name })
	case "site":
		return namesIn(client.Sites(ctx, nil), func(s s1.Site) string { return s.Name })
	}
	return namesIn(client.Groups(ctx, nil), func(g s1.Group) string { return g.Name })
}

func namesIn[T any](list iter.Seq2[T, error], name func(T) string) (names []string, err error) {
	for thing, err := range list {
		if err != nil {
			return nil, err
		}
		names = append(names, name(thing))
	}
	return names, nil
}
