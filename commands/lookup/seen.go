package lookup

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

// agentsByID returns the endpoints with these ids, those that the call has seen first.
func agentsByID(ctx context.Context, call *catalog.Call, ids []s1.AgentID) ([]s1.Agent, error) {
	return seenOrAsked(ids, call.Seen.Agents, func(rest []s1.AgentID) ([]s1.Agent, error) { return call.Console.AgentsByID(ctx, rest) })
}

// seenOrAsked returns each of the things with these ids once: from what was seen, and the rest as ask
// has it, which is not called where there is none.
func seenOrAsked[ID ~string, T any](ids []ID, seen map[string]T, ask func([]ID) ([]T, error)) ([]T, error) {
	var found []T
	var rest []ID
	taken := map[ID]bool{}
	for _, id := range ids {
		thing, known := seen[string(id)]
		switch {
		case taken[id]:
		case known:
			found = append(found, thing)
		default:
			rest = append(rest, id)
		}
		taken[id] = true
	}
	if len(found) > 0 && len(rest) == 0 {
		return found, nil
	}
	asked, err := ask(rest)
	return append(found, asked...), err
}
