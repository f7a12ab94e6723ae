package effect

import (
	"context"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

// A Snapshot is what the console says of the endpoints and threats among some targets, and of the
// tasks of a script.
//
// A map that lacks a target says that the console does not know it, provided that its kind was
// asked for.
type Snapshot struct {
	Agents  map[string]s1.Agent
	threats map[string]s1.Threat
	Tasks   map[string]s1.ScriptTask // by endpoint
}

// FetchState asks the console how the endpoints and threats among targets are now.
//
// The client splits long lists of ids into several requests. On an error nothing of the snapshot
// may be used: what was not read yet would look as if it were gone.
func FetchState(ctx context.Context, console *s1.Client, targets []catalog.Target) (Snapshot, error) {
	seen := Snapshot{Agents: map[string]s1.Agent{}, threats: map[string]s1.Threat{}}
	if ids := IDsOf[s1.AgentID](targets, "agent"); len(ids) > 0 {
		agents, err := console.AgentsByID(ctx, ids)
		if err != nil {
			return seen, err
		}
		for _, a := range agents {
			seen.Agents[string(a.ID)] = a
		}
	}
	if ids := IDsOf[s1.ThreatID](targets, "threat"); len(ids) > 0 {
		threats, err := console.ThreatsByID(ctx, ids)
		if err != nil {
			return seen, err
		}
		for _, t := range threats {
			seen.threats[string(t.Identity())] = t
		}
	}
	return seen, nil
}

// Seen is what a command that is prepared now need not ask for again.
func (s Snapshot) Seen() catalog.Seen { return catalog.Seen{Agents: s.Agents, Threats: s.threats} }

// Has reports whether t is still there, as far as anybody looked.
//
// Kinds that are not fetched (sites, policies, hashes) count as there.
func (s Snapshot) Has(t catalog.Target) bool {
	switch t.Kind {
	case "agent":
		a, ok := s.Agents[t.ID]
		return ok && !a.IsDecommissioned
	case "threat":
		_, ok := s.threats[t.ID]
		return ok
	}
	return true
}

// Says is the state of t in words; nothing where nobody looked.
func (s Snapshot) Says(t catalog.Target) string {
	if a, ok := s.Agents[t.ID]; ok {
		return fmt.Sprintf("%s is %s, network %s", t.Name, presence(a.Online()), a.NetworkStatus.Label())
	}
	if found, ok := s.threats[t.ID]; ok {
		return fmt.Sprintf("%s on %s is %s", t.Name, t.Host, strings.ToLower(found.Info.MitigationStatus.Label()))
	}
	return ""
}

func presence(online bool) string {
	if online {
		return "online"
	}
	return "offline"
}

// TasksOf are those of a script's run, by endpoint.
//
// The console makes one task for each endpoint that accepted the script, under the id that its
// answer to run-script named.
func TasksOf(ctx context.Context, console *s1.Client, parent s1.TaskID) (map[string]s1.ScriptTask, error) {
	all, err := console.TasksOf(ctx, parent)
	if err != nil {
		return nil, err
	}
	byAgent := map[string]s1.ScriptTask{}
	for _, t := range all {
		byAgent[string(t.AgentID)] = t
	}
	return byAgent, nil
}

// IDsOf are the ids of the targets of a kind.
func IDsOf[ID ~string](targets []catalog.Target, kind string) []ID {
	var ids []ID
	for _, t := range targets {
		if t.Kind == kind {
			ids = append(ids, ID(t.ID))
		}
	}
	return ids
}
