// Package protection is what people tell the console to look for, to leave alone and to stop:
// detection rules, exclusions, the blocklist, indicators of compromise, and rules of the firewall.
//
// Each belongs to a scope (the tenant, an account, a site or a group) that the body of its creation
// must name. A rule is a draft first, whatever was asked for, and is on its way for a while before
// it is on or off:
//
//	Draft ──enable──▶ Activating ──EffectDelay──▶ Active ──disable──▶ Disabling ──EffectDelay──▶ Disabled
//
// The rule: bodies are checked member by member against the API document. What the document does
// not have is refused, even where an answer shows it.
package protection

import (
	"cmp"
	"slices"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Controls is what people tell the console to look for, to leave alone and to stop.
type Controls struct {
	world         *world.World
	RuleRows      store.Collection
	ruleTurns     map[string]ruleTurn // by the rule's id
	ExclusionRows store.Collection
	BlockedRows   store.Collection // the blocklist
	iocs          store.Collection // by uuid
	firewall      store.Collection
}

// New sets up what a new console looks for and leaves alone. It comes after the world and before
// the history: rules, exclusions and indicators lie in the sites and accounts that are there.
func New(w *world.World) *Controls {
	c := &Controls{world: w, ruleTurns: map[string]ruleTurn{}}
	c.seedProtection()
	return c
}

// Routes are the calls that the controls answer. The literal paths of rules stand before the one
// with an id: enable and disable are PUT like it.
func Routes(c *Controls) []wire.Route {
	return slices.Concat(ruleRoutes(c), exclusionRoutes(c), unifiedExclusionRoutes(c), hashRoutes(c), iocRoutes(c), firewallRoutes(c))
}

// Rules returns copies of the detection rules.
func (c *Controls) Rules() []map[string]any {
	defer c.world.Look()()
	c.settleRules(c.world.Now())
	return world.Copies(&c.RuleRows)
}

// SetRule changes the rule of that name or id in place, as somebody in the console would; false
// when there is none. A change of the state by hand does not stop a turn that is under way; see
// settleRules.
func (c *Controls) SetRule(nameOrID string, change func(map[string]any)) bool {
	defer c.world.Look()()
	o := c.RuleRows.Get(nameOrID)
	if o == nil {
		o = c.RuleRows.Find("name", nameOrID)
	}
	if o != nil {
		change(o)
		o["updatedAt"] = wire.Stamp(c.world.Now())
	}
	return o != nil
}

// Exclusions returns copies of the exclusions.
func (c *Controls) Exclusions() []map[string]any {
	defer c.world.Look()()
	return world.Copies(&c.ExclusionRows)
}

// SetExclusion changes the exclusion with that value or id in place; false when there is none.
func (c *Controls) SetExclusion(valueOrID string, change func(map[string]any)) bool {
	defer c.world.Look()()
	o := c.ExclusionRows.Get(valueOrID)
	if o == nil {
		o = c.ExclusionRows.Find("value", valueOrID)
	}
	if o != nil {
		change(o)
		o["updatedAt"] = wire.Stamp(c.world.Now())
	}
	return o != nil
}

// Blocklist returns copies of the blocked hashes.
func (c *Controls) Blocklist() []map[string]any {
	defer c.world.Look()()
	return world.Copies(&c.BlockedRows)
}

// BlockSHA256 puts an item on the blocklist that has a SHA-256 and no value, as live consoles make
// them of newer agents' threats (a row of unified-exclusions has the same field:
// samples/unified_exclusions_response__demisto-content). The console searches values alone.
func (c *Controls) BlockSHA256(hash string) string {
	defer c.world.Lock()()
	o := c.newItem(&c.BlockedRows, wire.Object{"type": blocked, "osType": "windows", "value": nil, "sha256Value": hash, "source": "cloud", "description": "SHA-256 only"}, c.siteReach("Paris"), c.world.Now())
	return wire.Text(o, "id")
}

// IOCs returns copies of the indicators.
func (c *Controls) IOCs() []map[string]any {
	defer c.world.Look()()
	return world.Copies(&c.iocs)
}

// FirewallRules returns copies of the rules of the firewall control.
func (c *Controls) FirewallRules() []map[string]any {
	defer c.world.Look()()
	return world.Copies(&c.firewall)
}

// seedProtection sets up what a new console looks for and leaves alone. It uses no random number,
// so that the rest of the made-up data does not depend on it.
func (c *Controls) seedProtection() {
	paris, lyon := c.siteReach("Paris"), c.siteReach("Lyon")
	created := c.world.DaysAgo(40)
	c.seedRules(paris, created)
	for _, e := range []struct {
		kind, os, Value, depth, about string
		At                            world.Reach
	}{
		{"path", "windows", `C:\Program Files\Acme Backup\`, "subfolders", "backup agent", paris},
		{"path", "windows", `C:\Build\`, "folder", "build output", lyon},
		{"path", "linux", "/var/lib/postgresql/", "subfolders", "database files", lyon},
		{"white_hash", "linux", "5fe53d960ca94fd50c1e19f4e3a5a3b4a5ba3c11", "", "in-house build tool", world.Global},
		{"certificate", "windows", "ACME SOFTWARE LTD", "", "own code signing", world.Global},
	} {
		o := c.newItem(&c.ExclusionRows, wire.Object{"type": e.kind, "osType": e.os, "value": e.Value, "description": e.about, "pathExclusionType": wire.OrNil(e.depth)}, e.At, created)
		o["userName"], o["userId"] = world.Admin, world.AdminID
	}
	for _, b := range []struct {
		os, hash, about string
		At              world.Reach
	}{
		{"windows", "3395856ce81f2b7382dee72602f798b642f14140", "test file", paris},
		{"linux", "3395856ce81f2b7382dee72602f798b642f14140", "test file", paris},
		{"windows", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "INC-1017", world.Global},
	} {
		c.newItem(&c.BlockedRows, wire.Object{"type": blocked, "osType": b.os, "value": b.hash, "description": b.about}, b.At, created)
	}
	c.seedIOCs(created)
}

// The rules that made the alerts of the history are here under the same names, so that a demo leads
// from the one to the other; a draft and a scheduled one beside them show what a list leaves out.
func (c *Controls) seedRules(paris world.Reach, created time.Time) {
	for i, a := range world.AlertScenarios() {
		o := c.newRule(wire.Object{
			"name": a.Rule, "queryType": "events", "severity": a.Severity, "status": "Active", "expirationMode": "Permanent", "s1ql": a.Query,
			"treatAsThreat": cmp.Or(a.Treat, "UNDEFINED"), "description": "Made for the demo.",
		}, paris, world.Admin, created)
		o["generatedAlerts"], o["statusReason"] = 3*i+1, "Rule is active"
	}
	c.newRule(wire.Object{"name": "Rare parent of a shell", "queryType": "events", "severity": "Low", "status": "Draft", "expirationMode": "Permanent",
		"s1ql": `SrcProcParentName = "notepad.exe"`}, world.Reach{Level: "account", Id: wire.Text(c.world.AccountRows.Find("name", "Example Corp"), "id")}, world.Admin, created)
	c.newRule(wire.Object{"name": "Logins at night", "queryType": "scheduled", "severity": "Info", "status": "Disabled", "expirationMode": "Permanent", "queryLang": "2.0",
		"s1ql": "event.type = 'Login' | group count() by endpoint.name", "scheduledParams": wire.Object{"runInterval": 60}}, world.Global, world.Admin, created)
}

// The indicators end after a month; the made-up addresses are of the ranges for documentation.
func (c *Controls) seedIOCs(created time.Time) {
	corp := world.Reach{Level: "account", Id: wire.Text(c.world.AccountRows.Find("name", "Example Corp"), "id")}
	for i, d := range []wire.Object{
		{"type": "IPV4", "value": "203.0.113.66", "name": "C2 of the demo", "source": "AlienVault", "mitreTactic": wire.List("TA0011")},
		{"type": "DNS", "value": "update.bad.example", "name": "Dropper", "source": "Own research"},
		{"type": "SHA1", "value": "3395856ce81f2b7382dee72602f798b642f14140", "name": "Test file", "source": "AlienVault"},
	} {
		d["method"] = "EQUALS"
		var o wire.Object
		c.world.Repeatably(i, func() { o = c.newIOC(d, corp, created) })
		o["creator"], o["validUntil"] = world.Admin, wire.Stamp(c.world.Now().AddDate(0, 1, 0))
	}
}

// siteReach is a site as a scope, by its name.
func (c *Controls) siteReach(name string) world.Reach {
	return world.Reach{Level: "site", Id: wire.Text(c.world.SiteRows.Find("name", name), "id")}
}
