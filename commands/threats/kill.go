package threats

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// hostThreats select threats by host and more. The console searches for parts of names; a threat is
// acted on only if its host, process, path and hash are exactly what was asked for. It is shared by
// kill, quarantine and rollback, which differ in the action alone. An empty list of threats must
// never reach their path, where no filter means every threat: Resolve refuses to find none.
type hostThreats struct {
	Computers []string      `json:"computer-names" help:"The hosts, by full name."`
	Processes []string      `json:"originated-process-names,omitzero" help:"Only threats of these originating processes."`
	Threats   []s1.ThreatID `json:"threat-ids,omitzero" help:"Only these threats."`
	Paths     []string      `json:"file-paths,omitzero" help:"Only threats in these files. Give full paths, with or without the drive."`
	Hashes    []string      `json:"content-hashes,omitzero" help:"Only threats with these SHA-1 hashes."`
	Refused   []s1.ThreatID `json:"refused,omitzero" help:"-"` // fit too, but their systems cannot do what was asked
	Pinned    bool          `json:"pinned,omitzero" help:"-"`  // the threats are resolved, whatever else is there
}

// Check keeps to what the console can search for, before anybody approves: a search that it takes
// and reads otherwise would select other threats. Ten values of two characters or more, without a
// comma, are the console's limits for keys with __contains.
func (p *hostThreats) Check() error {
	for _, list := range []struct {
		name   string
		values []string
	}{{"originated-process-names", p.Processes}, {"file-paths", p.Paths}} {
		if len(list.values) > catalog.MaxNames {
			return catalog.Wrong(list.name, "the console can search for at most %d values at once, not %d", catalog.MaxNames, len(list.values))
		}
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"computer-names", p.Computers}, {"originated-process-names", p.Processes}, {"file-paths", p.Paths}} {
		for _, value := range list.values {
			if !catalog.Searchable(withoutDrive(value)) {
				return catalog.Wrong(list.name, "%s can't be searched for: the console needs at least two characters and no comma", text.Quote(value))
			}
		}
	}
	for _, hash := range p.Hashes {
		if !lookup.Sha1Form.MatchString(hash) {
			return catalog.Wrong("content-hashes", "%s is not a SHA-1 hash (40 hexadecimal digits)", text.Quote(hash))
		}
	}
	return nil
}

// Resolved tells whether ids say it all; the names beside them are for people.
func (p *hostThreats) Resolved() bool { return p.Pinned && len(p.Threats) > 0 }

// Pin resolves the threats, and pins the parameters to their ids. Threats whose systems cannot do
// the action are kept apart. Computers stay in the parameters for the words on the card; Pinned and
// the ids say what runs.
func (p *hostThreats) Pin(ctx context.Context, call *catalog.Call, action s1.MitigateAction) (catalog.Plan, error) {
	threats, err := p.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	able, unable := ableTo(action, threats)
	if len(able) == 0 {
		return catalog.Plan{}, catalog.Wrong("computer-names", "%s doesn't work on the operating systems of these hosts: %s", action.Label(), hostsOf(unable))
	}
	*p = hostThreats{Computers: p.Computers, Threats: lookup.ThreatIDs(able), Pinned: true}
	if len(unable) > 0 {
		p.Refused = lookup.ThreatIDs(unable)
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, able, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Action", Value: action.Label()}}}
	if len(unable) > 0 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("%s left out: %s doesn't work on the operating systems of %s.", text.Are(len(unable), "threat"), action.Label(), hostsOf(unable)))
	}
	plan.Notes = slices.Concat(plan.Notes, namesakes(able), actionNotes(action))
	return plan, nil
}

// namesakes warns of hosts that share a name: the threats of all of them are meant. The same name
// on two machines is common after a machine was set up anew, and a kill on the other one is not
// what was meant.
func namesakes(threats []s1.Threat) []string {
	agents := map[string]map[s1.AgentID]bool{}
	for _, t := range threats {
		host := strings.ToLower(t.Host())
		if agents[host] == nil {
			agents[host] = map[s1.AgentID]bool{}
		}
		agents[host][t.AgentID()] = true
	}
	var notes []string
	for _, host := range slices.Sorted(maps.Keys(agents)) {
		if n := len(agents[host]); n > 1 {
			notes = append(notes, fmt.Sprintf("%d endpoints are called %s; threats on all of them are included.", n, text.Quote(host)))
		}
	}
	return notes
}

// hostsOf names the hosts of threats, each once.
func hostsOf(threats []s1.Threat) string {
	var hosts []string
	for _, t := range threats {
		if name := text.JoinNonEmpty(" · ", cmp.Or(t.Host(), "an unnamed host"), t.OS()); !slices.Contains(hosts, name) {
			hosts = append(hosts, name)
		}
	}
	return text.Shorten(strings.Join(hosts, ", "), 200)
}

// Resolve returns the threats that are exactly what was asked for, at least one. Hosts go in chunks
// of ten. The other conditions go into every call, so the console narrows down as far as it can.
func (p *hostThreats) Resolve(ctx context.Context, call *catalog.Call) ([]s1.Threat, error) {
	var threats []s1.Threat
	seen := map[s1.ThreatID]bool{} // a part of a name may find what another found
	for computers := range slices.Chunk(p.Computers, catalog.MaxNames) {
		for t, err := range call.Console.Threats(ctx, p.Query(computers)) {
			if err != nil {
				return nil, err
			}
			if p.means(t) && !seen[t.Identity()] {
				seen[t.Identity()] = true
				threats = append(threats, t)
			}
			if len(threats) > catalog.MaxTargets {
				return nil, catalog.TooMany("computer-names", "threats")
			}
		}
	}
	if len(threats) == 0 {
		return nil, catalog.NothingMatches("computer-names", "threat")
	}
	return threats, nil
}

// Query asks for everything that could be meant.
func (p *hostThreats) Query(computers []string) s1.Query {
	q := s1.Query{}.With("computerName__contains", computers...)
	for key, values := range map[string][]string{
		"originatedProcess__contains": p.Processes, "ids": catalog.Convert[string](p.Threats), "filePath__contains": withoutDrives(p.Paths),
		"contentHashes": lowered(p.Hashes),
	} {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	return q
}

// means tells whether a threat is exactly what was asked for. Case does not count, because Windows
// does not count it either and people type as they like. The hash is compared with the SHA-1: the
// others are often missing.
func (p *hostThreats) means(t s1.Threat) bool {
	return oneOf(p.Computers, t.Host(), strings.ToLower) &&
		oneOf(p.Processes, t.Info.OriginatorProcess, strings.ToLower) &&
		(len(p.Paths) == 0 || slices.ContainsFunc(p.Paths, func(path string) bool { return samePath(path, t.Info.FilePath) })) &&
		oneOf(p.Hashes, t.Info.SHA1, strings.ToLower) &&
		(len(p.Threats) == 0 || slices.Contains(p.Threats, t.Identity()))
}

// oneOf tells whether value is among wanted, all spelled alike; nothing wanted is everything.
func oneOf(wanted []string, value string, spell func(string) string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return spell(w) == spell(value) })
}

// How paths begin: as people write them, and as the console does.
var (
	// The console writes \Device\HarddiskVolume3\Windows where people write C:\Windows.
	letter = regexp.MustCompile(`(?i)^[a-z]:`)
	volume = regexp.MustCompile(`(?i)^\\Device\\HarddiskVolume\d+`)
)

// withoutDrive is the part of a path that is the same however its drive is written.
func withoutDrive(path string) string {
	return volume.ReplaceAllString(letter.ReplaceAllString(path, ""), "")
}

// samePath tells whether a path is the one that was asked for. Which letter a volume has is not
// known: the drive counts only where both are written alike.
func samePath(asked, path string) bool {
	for _, drive := range []*regexp.Regexp{letter, volume} {
		if drive.MatchString(asked) && drive.MatchString(path) {
			return strings.EqualFold(asked, path)
		}
	}
	return strings.EqualFold(withoutDrive(asked), withoutDrive(path))
}

// withoutDrives is what the console can find paths by, whichever way it writes their drives.
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

// Kill, quarantine and roll back are a catalog.Command each, with one line for the plan and one for
// the run: what they share is in hostThreats and mitigate. A type around them, as endpoints'
// actions have, would hold the action and nothing else.

type killParams struct{ hostThreats }

func (p *killParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.Pin(ctx, call, s1.MitigateKill)
}

// POST /threats/mitigate/kill.
func killProcesses() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "kill-processes", Title: "Kill Processes", Area: "threats", Aliases: []string{"kill"}, Main: "computer-names",
		Wording: killWording(),
		Effect:  change.Mitigation("kill"),
		Risk:    catalog.Destructive, Guarded: true, Needs: "Endpoint Threats › View + Update Analyst Verdict, Threat Actions › Kill", Repeatable: true,
		Doc: "Kills the processes of threats on hosts. Hosts, processes and paths must match exactly.",
		Examples: []string{`kill-processes computer-names=lab3-pc1 originated-process-names=svchost.exe reason="miner"`,
			`kill DESKTOP-1 hash=3395856ce81f2b7382dee72602f798b642f14140 reason="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p killParams) (render.Card, error) {
		return mitigate(ctx, call, s1.MitigateKill, p.Threats, p.Refused)
	})
}

type quarantineParams struct{ hostThreats }

func (p *quarantineParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	plan, err := p.Pin(ctx, call, s1.MitigateQuarantine)
	plan.Undo = "mitigate-threats with Unquarantine"
	return plan, err
}

// POST /threats/mitigate/quarantine; the console runs kill before it, which the specification's
// permissions include.
func quarantineFiles() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "quarantine-files", Title: "Quarantine Files", Area: "threats", Aliases: []string{"quarantine"}, Main: "computer-names",
		Wording: quarantineWording(),
		Effect:  change.Mitigation("quarantine"),
		Risk:    catalog.Destructive, Guarded: true, Needs: "Endpoint Threats › View + Update Analyst Verdict, Threat Actions › Quarantine + Kill", Repeatable: true,
		Doc: "Quarantines the files of threats on hosts: kills their processes, then encrypts the files and moves them away. Hosts, processes and paths must match exactly.",
		Examples: []string{`quarantine-files computer-names=lab3-pc1 originated-process-names=svchost.exe reason="miner"`,
			`quarantine DESKTOP-1 hash=3395856ce81f2b7382dee72602f798b642f14140 reason="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p quarantineParams) (render.Card, error) {
		return mitigate(ctx, call, s1.MitigateQuarantine, p.Threats, p.Refused)
	})
}

type rollbackParams struct{ hostThreats }

func (p *rollbackParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.Pin(ctx, call, s1.MitigateRollback)
}

// POST /threats/mitigate/rollback-remediation. It runs kill, quarantine and remediate first, needs
// shadow copies (snapshotsOn in the policy), and is not Repeatable: what it restores replaces files
// as they are then.
func rollbackRemediation() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "rollback-remediation", Title: "Rollback Remediation", Area: "threats", Aliases: []string{"rollback"}, Main: "computer-names",
		Wording: rollbackWording(),
		Effect:  change.Mitigation("rollback"),
		Risk:    catalog.Destructive, Guarded: true, Needs: "Endpoint Threats › View + Update Analyst Verdict, Threat Actions › Rollback + Remediate + Quarantine + Kill",
		Doc: "Rolls back what threats changed on Windows hosts, after killing, quarantining and remediating them. Hosts, processes and paths must match exactly.",
		Examples: []string{`rollback-remediation computer-names=lab3-pc1 originated-process-names=svchost.exe reason="ransomware"`,
			`rollback DESKTOP-1 threat-ids=1112953674841025235 reason="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p rollbackParams) (render.Card, error) {
		return mitigate(ctx, call, s1.MitigateRollback, p.Threats, p.Refused)
	})
}
