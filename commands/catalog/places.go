package catalog

import (
	"strings"

	"s1bot/s1"
)

// What a change reaches beside the things that it names: an exclusion is one row, and holds for every endpoint of its scope. Plans say
// so with the places themselves, whole; who asks the policy looks up what lies in them.

// Whole is a place of which everything in it is reached, by its id.
func Whole[ID ~string](kind string, id ID) Target {
	return Target{Kind: kind, ID: string(id), Wide: true}
}

// somewhere is a place that the console does not tell. It matches no rule by id and counts as wide:
// a policy that denies a place cannot tell whether this is in it, and so refuses.
func somewhere(of string) Target { return Target{Kind: "place", Name: of, Wide: true} }

// Reaches adds the places of a scope to what a plan reaches, each once. Path is what the console
// calls the scope, where it says so: some rows of the whole tenant have nothing else. Old rows of
// the blocklist and of exclusions have a scope without ids; "Global" in their path is then all that
// tells the whole tenant.
func (p *Plan) Reaches(of string, scope s1.Scope, path ...string) {
	var places []Target
	for _, id := range scope.Accounts {
		places = append(places, Whole("account", id))
	}
	for _, id := range scope.Sites {
		places = append(places, Whole("site", id))
	}
	for _, id := range scope.Groups {
		places = append(places, Whole("group", id))
	}
	global := func() bool {
		for _, name := range path {
			if strings.EqualFold(strings.Trim(name, `\ `), "global") {
				return true
			}
		}
		return false
	}
	switch {
	case scope.Tenant, scope.IsZero() && global():
		places = append(places, Tenant())
	case len(places) == 0:
		places = append(places, somewhere(of))
	}
	p.Add(places...)
}

// Add adds places, each once.
func (p *Plan) Add(places ...Target) {
	for _, place := range places {
		known := false
		for _, has := range p.Also {
			known = known || has.Kind == place.Kind && has.ID == place.ID && has.Wide == place.Wide && has.Name == place.Name
		}
		if !known {
			p.Also = append(p.Also, place)
		}
	}
}

// SiteOf is the site of the endpoint that a threat is on, whole. Marking a threat makes agents of
// the whole site act on its file.
func SiteOf(t s1.Threat) Target {
	if id := t.SiteID(); id != "" {
		return Whole("site", id)
	}
	return somewhere(t.Name())
}

// BlockedFor is where the file of a threat is blocked.
func BlockedFor(t s1.Threat, site s1.SiteID, scope s1.TargetScope) Target {
	account, group := t.Realtime.AccountID, t.Realtime.GroupID
	if account == "" {
		account = t.Detection.AccountID
	}
	if group == "" {
		group = t.Detection.GroupID
	}
	switch {
	case scope == "site":
		return Whole("site", site)
	case scope == "group" && group != "":
		return Whole("group", group)
	case scope == "account" && account != "":
		return Whole("account", account)
	}
	return Tenant() // also where nobody knows which account or group it is: it lies in here
}

// Tenant is the place that all others are in.
func Tenant() Target {
	return Target{Kind: "tenant", ID: "tenant", Name: "The whole tenant", Wide: true, Warnings: []string{"⚠ every endpoint of every account"}}
}
