package commands

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// killParams select threats by host and more. The console searches for parts of names; a threat is killed only if its host,
// process, path and hash are exactly what was asked for.
type killParams struct {
	Computers []string      `json:"computer-names" help:"Hosts on which the processes are killed; whole names."`
	Processes []string      `json:"originated-process-names,omitzero" help:"Only threats of these originating processes."`
	Threats   []s1.ThreatID `json:"threat-ids,omitzero" help:"Only these threats."`
	Paths     []string      `json:"file-paths,omitzero" help:"Only threats in these files; whole paths, with or without the drive."`
	Hashes    []string      `json:"content-hashes,omitzero" help:"Only threats with these SHA-1 hashes."`
	Pinned    bool          `json:"pinned,omitzero" help:"-"` // the threats are resolved, whatever else is there
}

var sha1Form = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)

func (p *killParams) Check() error {
	for _, list := range []struct {
		name   string
		values []string
	}{{"originated-process-names", p.Processes}, {"file-paths", p.Paths}} {
		if len(list.values) > maxNames {
			return wrong(list.name, "the console searches for at most %d values, not %d", maxNames, len(list.values))
		}
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"computer-names", p.Computers}, {"originated-process-names", p.Processes}, {"file-paths", p.Paths}} {
		for _, value := range list.values {
			if !searchable(withoutDrive(value)) {
				return wrong(list.name, "%s cannot be searched for: the console wants two characters or more, and no comma", quote(value))
			}
		}
	}
	for _, hash := range p.Hashes {
		if !sha1Form.MatchString(hash) {
			return wrong("content-hashes", "%s is not a SHA-1 hash (40 hexadecimal digits)", quote(hash))
		}
	}
	return nil
}

func (p *killParams) pinned() bool { return p.Pinned && len(p.Threats) > 0 }

func (p *killParams) plan(ctx context.Context, call *Call) (Plan, error) {
	var threats []s1.Threat
	for computers := range slices.Chunk(p.Computers, maxNames) {
		for t, err := range call.Console.Threats(ctx, p.query(computers)) {
			if err != nil {
				return Plan{}, err
			}
			if p.means(t) {
				threats = append(threats, t)
			}
			if len(threats) > maxTargets {
				return Plan{}, tooMany("computer-names", "threats")
			}
		}
	}
	if len(threats) == 0 {
		e := nothingMatches("computer-names", "threat")
		return Plan{}, e
	}
	*p = killParams{Computers: p.Computers, Threats: threatIDs(threats), Pinned: true}
	return Plan{Targets: targetsOf(call, threats, threatTarget), Facts: []Fact{{"Action", "Kill"}}}, nil
}

// query asks for everything that could be meant.
func (p *killParams) query(computers []string) s1.Query {
	q := s1.Query{}.With("computerName__contains", computers...)
	for key, values := range map[string][]string{
		"originatedProcess__contains": p.Processes, "ids": convert[string](p.Threats), "filePath__contains": withoutDrives(p.Paths),
		"contentHashes": lowered(p.Hashes),
	} {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	return q
}

// means tells whether a threat is exactly what was asked for.
func (p *killParams) means(t s1.Threat) bool {
	return oneOf(p.Computers, t.Host(), strings.ToLower) &&
		oneOf(p.Processes, t.Info.OriginatorProcess, strings.ToLower) &&
		oneOf(p.Paths, t.Info.FilePath, func(s string) string { return strings.ToLower(withoutDrive(s)) }) &&
		oneOf(p.Hashes, t.Info.SHA1, strings.ToLower) &&
		(len(p.Threats) == 0 || slices.Contains(p.Threats, t.Identity()))
}

// oneOf tells whether value is among wanted, all spelled alike; nothing wanted is everything.
func oneOf(wanted []string, value string, spell func(string) string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return spell(w) == spell(value) })
}

// drive is how paths begin: as people write them, and as the console does.
var drive = regexp.MustCompile(`(?i)^(?:[a-z]:|\\Device\\HarddiskVolume\d+)`)

func withoutDrive(path string) string { return drive.ReplaceAllString(path, "") }

func withoutDrives(paths []string) []string {
	var bare []string
	for _, p := range paths {
		bare = append(bare, withoutDrive(p))
	}
	return bare
}

func lowered(texts []string) []string {
	var low []string
	for _, t := range texts {
		low = append(low, strings.ToLower(t))
	}
	return low
}

func killProcesses() *Command {
	return define(Command{
		Name: "kill-processes", Title: "Kill Processes", Area: "threats", Aliases: []string{"kill"}, Main: "computer-names",
		Risk: Destructive, Needs: "Threat Actions › Kill, Endpoint Threats › Update Analyst Verdict", Repeatable: true,
		Doc: "Stops the processes of threats on hosts. Hosts, processes and paths must fit exactly.",
		Examples: []string{`kill-processes computer-names=lab3-pc1 originated-process-names=svchost.exe reason="miner"`,
			`kill DESKTOP-1 hash=3395856ce81f2b7382dee72602f798b642f14140 reason="INC-1042"`},
	}, func(ctx context.Context, call *Call, p killParams) (render.Card, error) {
		return mitigate(ctx, call, s1.MitigateKill, p.Threats)
	})
}
