package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

func activityCommands() []*catalog.Command { return []*catalog.Command{getActivities()} }

// An activityQuery narrows the console's log down with its query parameters.
type activityQuery map[string]json.RawMessage

// activityKeys are the parameters of GET /activities, from the vendor's API document; the cursor is
// the command's. An unknown key is a 400, so they are checked while somebody types.
var activityKeys = []string{
	"accountIds", "siteIds", "groupIds", "agentIds", "threatIds", "userIds", "userEmails", "ids", "activityUuids", "activityTypes",
	"ruleIds", "alertIds", "relatedIds", "includeHidden", "createdAt__gt", "createdAt__gte", "createdAt__lt", "createdAt__lte",
	"createdAt__between", "sortBy", "sortOrder", "limit",
}

// It reads the filter twice: once as any list's, and once for what the list of activities asks
// beyond that.
func (activityQuery) Kind() catalog.Kind {
	k := lookup.ListQueryKind(`JSON: {"agentIds": ["1845174760470303882"], "createdAt__gte": "-24h"}`, activityKeys, "activities", lookup.ShortFilter)
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		q, err := lookup.ListQuery(value.(json.RawMessage), activityKeys, "activities")
		if err == nil {
			err = activityProblem(q)
		}
		return value, err
	}
	return k
}

// activityProblem checks the values that are few and known. The specification's example has limit
// inside the filter, which is why it is read here.
func activityProblem(q s1.Query) error {
	for key, choices := range map[string][]string{
		"sortBy": {"", "id", "activityType", "createdAt"}, "sortOrder": {"", "asc", "desc"}, "includeHidden": {"", "true", "false"},
	} {
		if value := q.Get(key); !slices.Contains(choices, value) {
			return &catalog.ValueError{Problem: fmt.Sprintf("%s cannot be %s", key, text.Quote(value)), Nearest: choices[1:]}
		}
	}
	if limit := q.Get("limit"); limit != "" {
		if n, err := strconv.Atoi(limit); err != nil || n < 0 || n > listing.MaxPage {
			return fmt.Errorf("the limit must be 0 to %d, not %s", listing.MaxPage, text.Quote(limit))
		}
	}
	return nil
}

type activitiesParams struct {
	Filter activityQuery  `json:"filter,omitzero" help:"Filter by the console's own parameters."`
	Limit  *listing.Limit `json:"limit,omitzero" help:"Maximum number of entries to list; 10 if empty."`
}

// usualActivities is how many entries are listed where nobody says how many: without a filter the
// log has no end. It is the console's own default for a page.
const usualActivities = 10

// most is the limit: the parameter wins over the one inside the filter.
func (p activitiesParams) most(q s1.Query) *listing.Limit {
	most := listing.Limit(usualActivities)
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		most = listing.Limit(n)
	}
	if p.Limit != nil {
		most = *p.Limit
	}
	return &most
}

// GET /activities, newest first unless the filter sorts otherwise; ten calls a second, in bursts of
// thirty.
func getActivities() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-activities", Title: "Get Activities", Area: "activities", Aliases: []string{"activities", "activity-log"}, Main: "filter",
		Everyday: 15,
		Wording:  activitiesWording(),
		OnCards:  activitiesOnCards(),
		Risk:     catalog.Read, Needs: "Activity › View", Repeatable: true,
		Doc:      "Lists what people, agents and the console did, newest first.",
		Examples: []string{"get-activities limit=100", `activities filter={"limit":2,"agentIds":"1384000000000000274"}`, "activities filter=threatIds=1112953674841025235&includeHidden=false"},
	}, func(ctx context.Context, call *catalog.Call, p activitiesParams) (render.Card, error) {
		q, err := lookup.ListQuery(catalog.Marshal(p.Filter), activityKeys, "activities")
		if err != nil {
			return render.Card{}, catalog.Wrong("filter", "%s", err)
		}
		most := p.most(q)
		if q.Get("sortBy") == "" {
			q = q.SortedBy("createdAt", s1.SortOrder(cmp.Or(q.Get("sortOrder"), string(s1.Descending))))
		}
		rows := listing.Listing[s1.Activity]{
			Noun: "Activities", Things: "activities", Page: call.Console.ActivitiesPage, Table: cards.ActivityTable,
			Raw: func(a s1.Activity) json.RawMessage { return a.Raw }, More: activityFacts(),
			Empty: "Try a wider time range, or remove a condition.",
		}
		return rows.Show(ctx, call, q, most)
	})
}

// activityFacts are the columns that files have beside the table's.
func activityFacts() []listing.Column[s1.Activity] {
	return []listing.Column[s1.Activity]{
		{Title: "Id", Value: func(a s1.Activity) string { return string(a.ID) }},
		{Title: "Agent id", Value: func(a s1.Activity) string { return string(a.AgentID) }},
		{Title: "Threat id", Value: func(a s1.Activity) string { return string(a.ThreatID) }},
		{Title: "User id", Value: func(a s1.Activity) string { return a.UserID }},
		{Title: "Account", Value: func(a s1.Activity) string { return a.AccountName }},
		{Title: "Hash", Value: func(a s1.Activity) string { return a.Hash }},
		{Title: "Comments", Value: func(a s1.Activity) string { return a.Comments }},
	}
}
