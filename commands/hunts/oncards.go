package hunts

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.

// beside is how long before and after an alert related events are looked for.
const beside = time.Hour

// queryOnCards looks for what else an alert's storyline did at that time. A storyline that could
// say something else in a query is none. The id is the console's own, so its case fits. An hour on each side is a guess at what belongs to it, and
// stands in the form to be changed.
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

// huntOnObservables opens the form of a hunt: when it looks is for the person to say. A value that
// could say something else in a query has none. The queries don't tell upper from lower case: see
// huntWording.
func huntOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 30, Label: "Hunt", How: render.Open, Fill: func(o observables.Observable) (any, bool) {
		form, ok := map[observables.Kind]string{
			observables.MD5: `TgtProcMd5 In Anycase (%q) OR ModuleMd5 In Anycase (%q)`, observables.SHA1: `TgtFileSha1 In Anycase (%q) OR TgtProcSha1 In Anycase (%q)`, observables.SHA256: `TgtFileSha256 In Anycase (%q) OR TgtProcSha256 In Anycase (%q)`,
			observables.IPv4: `DstIP = %q OR SrcIP = %q`, observables.IPv6: `DstIP = %q OR SrcIP = %q`, observables.Domain: `DnsRequest ContainsCIS %q OR NetworkUrl ContainsCIS %q`,
			observables.URL: `NetworkUrl ContainsCIS %q OR NetworkUrl In Anycase (%q)`,
		}[o.Kind]
		return map[string]any{"query": fmt.Sprintf(form, o.Value, o.Value)}, ok && !strings.ContainsAny(o.Value, "\"\\'")
	}}}
}

// fetchOnDigests lists what a digest tells of: a list with pages, of a thousand at most.
func fetchOnDigests() []cards.Action {
	return []cards.Action{{Place: 10, Label: "List the", Burst: func(b cards.Burst) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{
			"start-time": b.From.UTC().Format(time.RFC3339), "end-time": b.To.UTC().Format(time.RFC3339), "event-source": b.Kind,
		})}, b.Kind == string(fromThreats) || b.Kind == string(fromAlerts)
	}}}
}
