package hunts

import (
	"context"
	"strings"
	"time"

	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1"
)

// isolationPatience is how long a finished hunt waits to hear which of its endpoints are isolated: it
// is a courtesy, and the hunt is done.
const isolationPatience = 5 * time.Second

// notIsolated are the endpoints that may be offered for isolation, and a note on those that are isolated
// already. It asks the console once for all of them, when the hunt ends; whoever turns pages later
// asks nothing. Where it doesn't answer, all are offered: isolating twice does no harm.
func (h *hunt) notIsolated(ctx context.Context, hosts []suspect) (free []suspect, note []render.Part) {
	ctx, cancel := context.WithTimeout(ctx, isolationPatience)
	defer cancel()
	isolated, names := h.isolated(ctx, hosts), []string(nil)
	for _, s := range hosts {
		if isolated[s.ref] {
			names = append(names, s.name)
			continue
		}
		free = append(free, s)
	}
	switch len(names) {
	case 0:
		return free, nil
	case 1:
		return free, []render.Part{render.Note{render.Text("⛔ " + names[0] + " is isolated.")}}
	}
	return free, []render.Part{render.Note{render.Text("⛔ Isolated: " + strings.Join(names[:min(len(names), 10)], ", ") + ".")}}
}

// isolated tells which endpoints are isolated now, by what commands find them by: their ids, else
// their UUIDs. Names alone are not looked up, for several endpoints may have one.
func (h *hunt) isolated(ctx context.Context, hosts []suspect) map[string]bool {
	var ids, uuids []string
	for _, s := range hosts {
		switch {
		case s1.AgentID(s.ref).Valid():
			ids = append(ids, s.ref)
		case lookup.PlainUUID(s.ref) != "":
			uuids = append(uuids, s.ref)
		}
	}
	q := s1.Query{}.With("ids", ids...)
	switch {
	case len(ids)+len(uuids) == 0:
		return nil
	case len(ids) == 0:
		q = s1.Query{}.With("uuids", uuids...)
	}
	page, err := h.call.Console.AgentsPage(ctx, q.WithLimit(maxSuspects))
	if err != nil {
		return nil
	}
	isolated := map[string]bool{}
	for _, a := range page.Items {
		if a.Isolated() {
			isolated[string(a.ID)], isolated[lookup.PlainUUID(a.UUID)] = true, true
		}
	}
	return isolated
}

// offerIsolation puts on a card which endpoints are isolated, and offers the others.
func (h *hunt) offerIsolation(ctx context.Context, card *render.Card, hosts []suspect) []render.Action {
	free, note := h.notIsolated(ctx, hosts)
	card.Parts = append(card.Parts, note...)
	return isolating(free)
}
