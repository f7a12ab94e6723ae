package alerts

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/unified"
)

func alertCommands() []*catalog.Command {
	return []*catalog.Command{getAlerts(), setAlertVerdict()}
}

// An incidentStatus is a status that a list is narrowed down to: open is two of them.
type incidentStatus string

func (incidentStatus) Kind() catalog.Kind {
	return catalog.Grouped(catalog.ChoiceKind(s1.StatusResolved.Choices()), map[string][]string{
		"open": {string(s1.StatusUnresolved), string(s1.StatusInProgress)}, "closed": {string(s1.StatusResolved)},
	})
}

// The times are of alertInfo.createdAt. Several texts in Query mean any of them.
type getAlertsParams struct {
	After     time.Time        `json:"created-after,omitzero" help:"Only alerts created at this time or later."`
	Before    time.Time        `json:"created-before,omitzero" help:"Only alerts created at this time or earlier."`
	Statuses  []incidentStatus `json:"incident-statuses,omitzero" help:"Only alerts with these incident statuses."`
	Verdicts  []s1.Verdict     `json:"analyst-verdicts,omitzero" help:"Only alerts with these analyst verdicts."`
	Sites     []s1.SiteID      `json:"site-ids,omitzero" help:"Only alerts on endpoints of these sites."`
	Rules     []string         `json:"rule-names,omitzero" help:"Only alerts of rules whose name contains one of these."`
	Endpoints []string         `json:"endpoint-names,omitzero" help:"Only alerts on endpoints whose name contains one of these."`
	Severity  s1.AlertSeverity `json:"severity,omitzero" help:"Only alerts of this severity."`
	Query     []string         `json:"query,omitzero" help:"Full-text search: hashes, processes, addresses, storylines."`
	Limit     *listing.Limit   `json:"limit,omitzero" help:"Maximum number of alerts to list; 1000 if empty."`
}

// The console answers an impossible condition with an empty list, which reads as "no alerts".
func (p *getAlertsParams) Check() error {
	for _, list := range []struct {
		name   string
		values []string
	}{{"rule-names", p.Rules}, {"endpoint-names", p.Endpoints}} {
		if len(list.values) > catalog.MaxNames {
			return catalog.Wrong(list.name, "the console can search for at most %d values at once, not %d", catalog.MaxNames, len(list.values))
		}
		for _, value := range list.values {
			if !catalog.Searchable(value) {
				return catalog.Wrong(list.name, "%s can't be searched for: the console needs at least two characters and no comma", text.Quote(value))
			}
		}
	}
	if !p.After.IsZero() && !p.Before.IsZero() && p.Before.Before(p.After) {
		return catalog.Wrong("created-before", "this is earlier than created-after, so nothing can match")
	}
	return nil
}

// Wire is the request without the full text, newest first. sortBy=createdAt is a 400 here ("not a
// valid choice"); the key of this list is alertInfoCreatedAt.
func (p getAlertsParams) Wire() s1.Query {
	q := s1.Query{}.SortedBy("alertInfoCreatedAt", s1.Descending)
	set := func(key string, values []string) {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	if !p.After.IsZero() {
		q = q.With("createdAt__gte", s1.FormatTime(p.After))
	}
	if !p.Before.IsZero() {
		q = q.With("createdAt__lte", s1.FormatTime(p.Before))
	}
	set("incidentStatus", upper(p.Statuses))
	set("analystVerdict", upper(p.Verdicts))
	set("siteIds", catalog.Convert[string](p.Sites))
	set("ruleName__contains", p.Rules)
	set("origAgentName__contains", p.Endpoints)
	if p.Severity != "" {
		q = q.With("severity", string(p.Severity))
	}
	return q
}

// upper spells values as alert filters want them.
func upper[T ~string](values []T) []string {
	var spelled []string
	for _, v := range values {
		spelled = append(spelled, strings.ToUpper(string(v)))
	}
	return spelled
}

// GET /cloud-detection/alerts; its rate is published nowhere. Scheduled rules raise alerts in the
// unified list only, which the empty list says. A pasted UUID is a unified alert, whatever the
// command.
func getAlerts() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-alerts", Title: "Get Alerts", Area: "alerts", Aliases: []string{"alerts"}, Main: "query",
		Everyday: 2,
		Wording:  alertsWording(), OnCards: alertDetailsOnCards(),
		Plain: map[string]string{"open": "incident-statuses=unresolved,in_progress", "unresolved": "incident-statuses=unresolved", "resolved": "incident-statuses=resolved", "closed": "incident-statuses=resolved"},
		Risk:  catalog.Read, Needs: "STAR Rule Alerts › View", Repeatable: true,
		Doc:      "Lists alerts raised by detection rules, newest first. A single alert is shown with all its details.",
		Examples: []string{"alerts severity=High created-after=-24h", `get-alerts incident-statuses=UNRESOLVED,IN_PROGRESS rule-names="Test rule" limit=0`},
	}, func(ctx context.Context, call *catalog.Call, p getAlertsParams) (render.Card, error) {
		if len(p.Query) == 1 && unified.LooksLikeID(strings.TrimSpace(p.Query[0])) {
			return showUnified(ctx, call, unified.ID(strings.TrimSpace(p.Query[0])))
		}
		card, err := p.show(ctx, call)
		if s1.IsRetired(err) {
			return p.showFromUnified(ctx, call)
		}
		return card, err
	})
}

// show lists the alerts of rules. An id is asked for as one first, because the full text does not
// find ids; where there is none, it is searched for like any word.
func (p getAlertsParams) show(ctx context.Context, call *catalog.Call) (render.Card, error) {
	rows := lookup.AlertRows(call)
	if id := p.id(); id != "" {
		alerts, err := call.Console.AlertsByID(ctx, []s1.AlertID{id})
		if err != nil {
			return render.Card{}, err
		}
		if len(alerts) > 0 {
			rows.Page = listing.Once(func(context.Context) ([]s1.Alert, error) { return alerts, nil })
			return rows.Show(ctx, call, s1.Query{"ids": {string(id)}}, p.Limit)
		}
	}
	if len(p.Query) == 1 {
		return rows.Show(ctx, call, s1.Query{"query": p.Query}.And(p.Wire()), p.Limit)
	}
	if len(p.Query) > 1 {
		rows.Page = merged(p.Query, p.most(call.How), alertsFound{
			list: call.Console.Alerts, id: s1.Alert.Identity, at: func(a s1.Alert) time.Time { return a.Info.CreatedAt.Time }})
	}
	return rows.Show(ctx, call, p.Wire(), p.Limit)
}

// id is the alert's that is searched for, where what was typed may be one and nothing else narrows
// the list down. Storylines can be numbers, too.
func (p getAlertsParams) id() s1.AlertID {
	if len(p.Query) != 1 || len(p.Wire()) > len((getAlertsParams{}).Wire()) {
		return ""
	}
	id := s1.AlertID(cmp.Or(catalog.IdInAddress(p.Query[0]), strings.TrimSpace(p.Query[0])))
	if !id.Valid() || len(id) < idLength {
		return ""
	}
	return id
}

// idLength is how many digits ids have at least; shorter numbers are ports or parts of a name.
const idLength = 13

// showFromUnified lists the alerts of rules out of the unified list, which is all that newer
// consoles have. The limit and the order stay; a key without a counterpart ends it, and says which.
func (p getAlertsParams) showFromUnified(ctx context.Context, call *catalog.Call) (render.Card, error) {
	q, err := inUnified(p.Wire())
	if err != nil {
		return render.Card{}, err
	}
	rows := lookup.UnifiedRows(call)
	if len(p.Query) == 1 {
		q = q.With(unified.Search, p.Query[0])
	} else if len(p.Query) > 1 {
		rows.Page = merged(p.Query, p.most(call.How), unifiedFound{
			list: unified.Of(call.Console).All, id: func(a unified.Alert) unified.ID { return a.ID }, at: func(a unified.Alert) time.Time { return a.CreatedAt.Time }})
	}
	card, err := rows.Show(ctx, call, q, p.Limit)
	card.Parts = append(card.Parts, render.Note{render.Text("This console has unified alerts only; these are the ones that custom rules raised.")})
	return card, err
}

// most is how many alerts are wanted, 0 for all of them. A file has all of them where nobody set a
// limit, as with every list.
func (p getAlertsParams) most(how render.How) int {
	switch {
	case p.Limit != nil:
		return int(*p.Limit)
	case how == render.CSV || how == render.JSON:
		return 0
	}
	return listing.MaxPage
}

// A foundBy is how alerts are listed, what tells one from another, and when each was made. The two
// lists differ in type and in the names of these three.
type foundBy[T any, ID comparable] struct {
	list func(context.Context, s1.Query) iter.Seq2[T, error]
	id   func(T) ID
	at   func(T) time.Time
}

type (
	alertsFound  = foundBy[s1.Alert, s1.AlertID]
	unifiedFound = foundBy[unified.Alert, unified.ID]
)

// merged asks once for each text, because the console takes one only, and joins what is found: each
// alert once, newest first. Of most wanted no more than that many are read of each. Pages of
// several searches cannot be turned together, so all is read first; the limit bounds it.
func merged[T any, ID comparable](texts []string, most int, by foundBy[T, ID]) func(context.Context, s1.Query) (s1.Page[T], error) {
	return func(ctx context.Context, q s1.Query) (s1.Page[T], error) {
		var all []T
		seen := map[ID]bool{}
		for _, typed := range texts {
			found := by.list(ctx, q.And(s1.Query{"query": {typed}}))
			if most > 0 {
				found = s1.Take(found, most)
			}
			for a, err := range found {
				if err != nil {
					return s1.Page[T]{}, fmt.Errorf("search alerts for %s: %w", text.Quote(typed), err)
				}
				if !seen[by.id(a)] {
					seen[by.id(a)] = true
					all = append(all, a)
				}
			}
		}
		slices.SortStableFunc(all, func(a, b T) int { return by.at(b).Compare(by.at(a)) })
		return s1.Page[T]{Items: all, Total: len(all)}, nil
	}
}
