package alerts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/s1"
	"s1bot/s1/unified"
)

// On a console that has unified alerts alone, a question for rule alerts is one for those of the
// product STAR. What a key is called there, and how its values are spelled:
var unifiedKeys = map[string]string{
	"ids": "externalId", "incidentStatus": "status", "analystVerdict": "analystVerdict", "severity": "severity", "ruleName__contains": "alertName__contains",
	"origAgentName__contains": "assetName__contains", "siteIds": "siteIds", "accountIds": "accountIds", "groupIds": "groupIds", "query": unified.Search,
	"createdAt__gte": "createdAt__gte", "createdAt__gt": "createdAt__gt", "createdAt__lte": "createdAt__lte", "createdAt__lt": "createdAt__lt",
	"limit": "limit", "cursor": "cursor", "skip": "skip", "sortOrder": "sortOrder",
}

// inUnified is a question for rule alerts as one for unified alerts. A key without a counterpart is
// an error: left out, it would widen the question. detectionProduct=STAR keeps to the alerts of
// custom rules, for that is what the command lists. Account, site and group are no fields of the
// filter there but its scope, which package unified makes of them.
func inUnified(q s1.Query) (s1.Query, error) {
	same := s1.Query{}.With("detectionProduct", "STAR")
	for _, key := range slices.Sorted(maps.Keys(q)) {
		name, known := unifiedKeys[key]
		switch {
		case key == "sortBy":
			same = same.With("sortBy", "createdAt") // what the command sorts by
		case !known:
			return nil, fmt.Errorf("this console keeps unified alerts only, and those can't be filtered by %s", key)
		default:
			same = same.With(name, spelled(name, strings.Split(q.Get(key), ","))...)
		}
	}
	return same, nil
}

// spelled are values as unified alerts have them. A wrong value of a status finds nothing there
// without an error, so none may be passed on unchanged by accident.
func spelled(field string, values []string) []string {
	var all []string
	for _, v := range values {
		switch {
		case field == "severity":
			all = append(all, strings.ToUpper(v))
		case field == "status" && strings.EqualFold(v, "unresolved"):
			all = append(all, string(unified.StatusNew))
		case field == "analystVerdict":
			all = append(all, verdictsLike(strings.ToUpper(v))...)
		default:
			all = append(all, v)
		}
	}
	return all
}

// verdictsLike are the verdicts of unified alerts that a plain one stands for. "True positive" is
// thirteen verdicts there, all beginning with it.
func verdictsLike(plain string) (verdicts []string) {
	if plain == "SUSPICIOUS" {
		return []string{string(unified.VerdictSuspicious), "FALSE_POSITIVE_BENIGN_BUT_SUSPICIOUS"}
	}
	for _, c := range unified.VerdictUndefined.Choices() {
		if c.Value == plain || strings.HasPrefix(c.Value, plain+"_") {
			verdicts = append(verdicts, c.Value)
		}
	}
	return verdicts
}
