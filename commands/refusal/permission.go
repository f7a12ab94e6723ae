package refusal

import (
	"cmp"
	"regexp"
	"strings"

	"s1bot/render"
)

// AnyRole is what the specification calls the default role: the console lets nobody take it from a
// role. Commands that read accounts, sites or groups need nothing else, so there is no permission
// that could be lacking.
const AnyRole = "Account, Groups, Roles and Site › View (every role has them)"

// WithPermission adds to what a command needs by the specification what the refused call needs by
// the vendor's document. The specification names what an integration needs in all; the document
// names what this one path needs. They differ in their words for the same thing, so one is added
// only where it is not in the other.
func WithPermission(needs, refused string) string {
	words := PermissionWords(refused)
	resource, action, one := strings.Cut(words, " › ")
	if !one || needs == AnyRole || containsFold(needs, resource) && containsFold(needs, action) {
		return needs
	}
	return needs + ", and for this call " + words
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// resources are what the specification calls the parts of a role that the vendor's API document
// calls otherwise. A person looks for the words of the console's role page; the document's names
// appear nowhere there.
var resources = map[string]string{
	"Activity Page": "Activity", "Blacklist": "Blocklist", "Custom Alerts": "STAR Rule Alerts", "Custom Rules": "STAR Custom Rules", "Policy": "Endpoint Policy",
	"Remote Script Orchestration": "RemoteOps", "Task Management": "RemoteOps", "SDL Data": "SDL Search", "Threats": "Endpoint Threats", "Sites": "Site", "Accounts": "Account",
}

// PermissionWords writes a permission of the API document's, "Groups.view", as people find it in
// the console: "Groups › View". What does not have the form Resource.action is shown as it is.
func PermissionWords(permission string) string {
	resource, action, ok := strings.Cut(permission, ".")
	if !ok || action == "" || strings.Contains(action, ".") {
		return permission
	}
	action = strings.Replace(action, "markAsThreat", "markThreat", 1)
	words := render.Capital(capitalLetter.ReplaceAllString(strings.TrimSuffix(action, "Edr"), " $0")) // the console's page has one View for all of it
	return cmp.Or(resources[resource], resource) + " › " + words
}

var capitalLetter = regexp.MustCompile(`[A-Z]`)
