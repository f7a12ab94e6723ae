package s1sim

import (
	"net/http"
	"strings"

	"s1bot/s1/s1sim/hunting"
	"s1bot/s1/s1sim/unified"
	"s1bot/s1/s1sim/wire"
)

// An Age is when a console is from: the vendor takes calls away and puts others in their place.
type Age int

// The ages.
const (
	Today       Age = iota // has the calls that are to go, and those that take over
	AfterDV                // after 2027-02-15: no Deep Visibility, and no calls of API 2.0
	UnifiedOnly            // AfterDV, with unified alerts and unified exclusions alone; threats stay, no document says that they go
	BeforeSDL              // a self-hosted or older console, which has neither a data lake nor unified alerts yet
)

// A closing is a path that an age does not have, and what is answered there. What a closed path
// answers is known of API 2.0 alone (405, checked on a live console in 2026-07); 410 and 404 are
// what integrators prepare for.
type closing struct {
	ages   []Age
	prefix string // of the path, from the host on
	suffix string
	status int
}

// The reputation of hashes goes with Deep Visibility because the document of 2026 has it no more;
// its neighbour, the verdict, stays. The lists of alerts and exclusions are not deprecated by the
// vendor: UnifiedOnly is a worst case, not a date.
func closings() []closing {
	later := []Age{AfterDV, UnifiedOnly}
	return []closing{
		{later, wire.Prefix + "/dv/init-query", "", http.StatusGone}, {later, wire.Prefix + "/dv/query-status", "", http.StatusGone},
		{later, wire.Prefix + "/dv/events", "", http.StatusGone}, {later, wire.Prefix + "/dv/cancel-query", "", http.StatusGone},
		{later, wire.Prefix + "/dv/process-state", "", http.StatusGone}, {later, wire.Prefix + "/filters/dv", "", http.StatusGone},
		{later, "/web/api/v2.0/", "", http.StatusMethodNotAllowed},
		{later, wire.Prefix + "/hashes/", "/reputation", http.StatusNotFound},
		{[]Age{UnifiedOnly}, wire.Prefix + "/cloud-detection/alerts", "", http.StatusGone},
		{[]Age{UnifiedOnly}, wire.Prefix + "/exclusions", "", http.StatusNotFound},
		{[]Age{BeforeSDL}, hunting.LakeRoot, "", http.StatusNotFound}, {[]Age{BeforeSDL}, wire.Prefix + unified.Path, "", http.StatusNotFound},
	}
}

// closed is the answer of a path that the console's age does not have, nil for one that it has. It
// is asked before the token, and for every method: a path that is gone does not tell who calls.
func (a Age) closed(path string) error {
	for _, c := range closings() {
		for _, age := range c.ages {
			if age == a && strings.HasPrefix(path, c.prefix) && strings.HasSuffix(path, c.suffix) {
				return &wire.Error{Status: c.status, Title: http.StatusText(c.status)}
			}
		}
	}
	return nil
}
