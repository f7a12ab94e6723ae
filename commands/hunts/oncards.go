package hunts

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"s1bot/commands/catalog"
	"s1bot/render/cards"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.
// beside is how long before and after an alert related events are looked for.
const beside = time.Hour

// queryOnCards looks for what else an alert's storyline did at that time. A storyline that could say something else in a query is none.
func queryOnCards() []cards.Action {
	return []cards.Action{{Place: 40, Label: "Related events", Alert: func(a s1.Alert) (cards.Filling, bool) {
		story, at := a.Storyline(), cmp.Or(a.Info.CreatedAt.Time, a.Info.ReportedAt.Time)
		return cards.Filling{Args: catalog.Marshal(map[string]any{
			"query":      fmt.Sprintf("SrcProcStorylineId = %q", story),
			"start-time": at.Add(-beside).UTC().Format(time.RFC3339), "end-time": at.Add(beside).UTC().Format(time.RFC3339),
		})}, storyline.MatchString(story) && !at.IsZero()
	}}}
}

var storyline = regexp.MustCompile(`^[A-Za-z0-9-]{4,64}$`)

// fetchOnDigests lists what a digest tells of: a list with pages, of a thousand at most.
func fetchOnDigests() []cards.Action {
	return []cards.Action{{Place: 10, Label: "List the", Burst: func(b cards.Burst) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{
			"start-time": b.From.UTC().Format(time.RFC3339), "end-time": b.To.UTC().Format(time.RFC3339), "event-source": b.Kind,
		})}, true
	}}}
}
