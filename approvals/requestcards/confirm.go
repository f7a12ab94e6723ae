package requestcards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/commands/catalog"
)

// manyEndpoints is how many endpoints an approval may touch without being asked about twice.
//
// It is the number of targets that a card names: above it, whoever approves has not seen them all.
const manyEndpoints = 10

// confirmText is what a click on Approve has to confirm: that the request touches a server,
// something protected, a policy, everything in some place, many endpoints, or one that nobody
// knows. Nothing for a single workstation. Slack shows it as plain text, and its dialog has room
// for 300 characters: what matters most comes first.
//
// 300 characters are the limit of a confirmation dialog's text in Slack's block reference; render
// cuts what is longer. A dialog that comes for every click is clicked away unread, so a single
// workstation has none.
func confirmText(req approvals.Request) string {
	plan := plans.Of(req)
	var reasons []string
	if n := plan.Endpoints(); n > manyEndpoints {
		reasons = append(reasons, fmt.Sprintf("%d endpoints", n))
	}
	note := func(one, several string, which func(catalog.Target) bool) {
		found := slices.DeleteFunc(slices.Concat(plan.Targets, plan.Also), func(t catalog.Target) bool { return !which(t) })
		switch len(found) {
		case 0:
		case 1:
			reasons = append(reasons, one+": "+dialogNames(found))
		default:
			reasons = append(reasons, fmt.Sprintf("%d %s: %s", len(found), several, dialogNames(found)))
		}
	}
	note("a protected item", "protected items", func(t catalog.Target) bool { return t.Protected != "" })
	note("a server", "servers", func(t catalog.Target) bool { return t.Server })
	if plan.Policy {
		reasons = append(reasons, "a policy: "+dialogNames(plan.Targets))
	}
	note("everything in one scope", "scopes and everything in them", func(t catalog.Target) bool { return t.Wide && !plan.Policy })
	note("something on an endpoint the console doesn't name", "things on endpoints the console doesn't name", catalog.Target.Homeless)
	if len(reasons) == 0 {
		return ""
	}
	return req.Title + " touches " + strings.Join(reasons, "; ") + "."
}

// dialogName is how much of one name a dialog shows: a long one must not push the others out of
// sight.
const dialogName = 40

// dialogNames are the first names of targets, with the computers that threats are on.
func dialogNames(targets []catalog.Target) string {
	var names []string
	for _, t := range targets[:min(len(targets), 3)] {
		name := brief(cmp.Or(t.Name, t.Kind+" "+t.ID))
		if t.Host != "" {
			name += " on " + brief(t.Host)
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if more := len(targets) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// brief is a name, or its beginning.
func brief(name string) string {
	if runes := []rune(name); len(runes) > dialogName {
		return string(runes[:dialogName-1]) + "…"
	}
	return name
}
