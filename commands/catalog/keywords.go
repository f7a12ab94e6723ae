package catalog

import (
	"strings"

	"s1bot/commands/text"
)

// ends are what the console's filter keys end in, in words; of a time in others, because a moment is not more or less.
var (
	ends     = map[string]string{"contains": "contains", "like": "like", "in": "in", "between": "between", "gt": "over", "gte": "at least", "lt": "below", "lte": "at most"}
	timeEnds = map[string]string{"between": "between", "gt": "after", "gte": "since", "lt": "before", "lte": "until"}
)

// keyWords says one of the console's filter keys as people do: computerName__contains is "computer name contains", createdAt__gte "created since".
// A key that ends in something else is written as it is, since nobody knows what it means.
func keyWords(key string) string {
	name, end, ended := strings.Cut(key, "__")
	said, known := ends[end]
	if strings.HasSuffix(name, "At") || strings.HasSuffix(name, "Date") {
		name = strings.TrimSuffix(name, "At")
		said, known = timeEnds[end]
	}
	if ended && !known {
		return key
	}
	return text.JoinNonEmpty(" ", text.SplitCamel(name), said)
}
