package s1sim

import (
	"cmp"
	"math/rand/v2"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// protection is what people tell the console to look for, to leave alone and to stop.
type protection struct {
	rules        store.Collection
	ruleTurns    map[string]ruleTurn // by the rule's id
	exclusions   store.Collection
	restrictions store.Collection // the blocklist
	iocs         store.Collection // by uuid
	firewall     store.Collection
}

// Rules returns copies of the detection rules.
func (c *Console) Rules() []map[string]any {
	defer c.look()()
	c.settleRules(c.now())
	return copies(&c.rules)
}

// SetRule changes the rule of that name or id in place, as somebody in the console would; false when there is none.
func (c *Console) SetRule(nameOrID string, change func(map[string]any)) bool {
	defer c.look()()
	o := c.rules.Get(nameOrID)
	if o == nil {
		o = c.rules.Find("name", nameOrID)
	}
	if o != nil {
		change(o)
		o["updatedAt"] = wire.Stamp(c.now())
	}
	return o != nil
}

// Exclusions returns copies of the exclusions.
func (c *Console) Exclusions() []map[string]any {
	defer c.look()()
	return copies(&c.exclusions)
}

// SetExclusion changes the exclusion with that value or id in place; false when there is none.
func (c *Console) SetExclusion(valueOrID string, change func(map[string]any)) bool {
	defer c.look()()
	o := c.exclusions.Get(valueOrID)
	if o == nil {
		o = c.exclusions.Find("value", valueOrID)
	}
	if o != nil {
		change(o)
		o["updatedAt"] = wire.Stamp(c.now())
	}
	return o != nil
}

// Blocklist returns copies of the blocked hashes.
func (c *Console) Blocklist() []map[string]any {
	defer c.look()()
	return copies(&c.restrictions)
}

// BlockSHA256 puts an item on the blocklist that has a SHA-256 and no value, as live consoles make them of newer agents' threats (a row
// of unified-exclusions has the same field: samples/unified_exclusions_response__demisto-content). The console searches values alone.
func (c *Console) BlockSHA256(hash string) string {
	defer c.lock()()
	o := c.newItem(&c.restrictions, wire.Object{"type": blocked, "osType": "windows", "value": nil, "sha256Value": hash, "source": "cloud", "description": "SHA-256 only"}, c.siteReach("Paris"), c.now())
	return wire.Text(o, "id")
}

// IOCs returns copies of the indicators.
func (c *Console) IOCs() []map[string]any {
	defer c.look()()
	return copies(&c.iocs)
}

// FirewallRules returns copies of the rules of the firewall control.
func (c *Console) FirewallRules() []map[string]any {
	defer c.look()()
	return copies(&c.firewall)
}

// seedProtection sets up what a new console looks for and leaves alone. It uses no random number, so that the rest of the made-up
// data does not depend on it.
func (c *Console) seedProtection() {
	paris, lyon := c.siteReach("Paris"), c.siteReach("Lyon")
	created := c.daysAgo(40)
	c.seedRules(paris, created)
	for _, e := range []struct {
		kind, os, value, depth, about string
		At                            reach
	}{
		{"path", "windows", `C:\Program Files\Acme Backup\`, "subfolders", "backup agent", paris},
		{"path", "windows", `C:\Build\`, "folder", "build output", lyon},
		{"path", "linux", "/var/lib/postgresql/", "subfolders", "database files", lyon},
		{"white_hash", "linux", "5fe53d960ca94fd50c1e19f4e3a5a3b4a5ba3c11", "", "in-house build tool", global},
		{"certificate", "windows", "ACME SOFTWARE LTD", "", "own code signing", global},
	} {
		o := c.newItem(&c.exclusions, wire.Object{"type": e.kind, "osType": e.os, "value": e.value, "description": e.about, "pathExclusionType": wire.OrNil(e.depth)}, e.At, created)
		o["userName"], o["userId"] = admin, adminID
	}
	for _, b := range []struct {
		os, hash, about string
		At              reach
	}{
		{"windows", "3395856ce81f2b7382dee72602f798b642f14140", "test file", paris},
		{"linux", "3395856ce81f2b7382dee72602f798b642f14140", "test file", paris},
		{"windows", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "INC-1017", global},
	} {
		c.newItem(&c.restrictions, wire.Object{"type": blocked, "osType": b.os, "value": b.hash, "description": b.about}, b.At, created)
	}
	c.seedIOCs(created)
}

func (c *Console) seedRules(paris reach, created time.Time) {
	for i, a := range alertScenarios() {
		o := c.newRule(wire.Object{
			"name": a.Rule, "queryType": "events", "severity": a.Severity, "status": "Active", "expirationMode": "Permanent", "s1ql": a.Query,
			"treatAsThreat": cmp.Or(a.Treat, "UNDEFINED"), "description": "Made for the demo.",
		}, paris, admin, created)
		o["generatedAlerts"], o["statusReason"] = 3*i+1, "Rule is active"
	}
	c.newRule(wire.Object{"name": "Rare parent of a shell", "queryType": "events", "severity": "Low", "status": "Draft", "expirationMode": "Permanent",
		"s1ql": `SrcProcParentName = "notepad.exe"`}, reach{"account", wire.Text(c.accounts.Find("name", "Example Corp"), "id")}, admin, created)
	c.newRule(wire.Object{"name": "Logins at night", "queryType": "scheduled", "severity": "Info", "status": "Disabled", "expirationMode": "Permanent", "queryLang": "2.0",
		"s1ql": "event.type = 'Login' | group count() by endpoint.name", "scheduledParams": wire.Object{"runInterval": 60}}, global, admin, created)
}

func (c *Console) seedIOCs(created time.Time) {
	corp := reach{"account", wire.Text(c.accounts.Find("name", "Example Corp"), "id")}
	for i, d := range []wire.Object{
		{"type": "IPV4", "value": "203.0.113.66", "name": "C2 of the demo", "source": "AlienVault", "mitreTactic": wire.List("TA0011")},
		{"type": "DNS", "value": "update.bad.example", "name": "Dropper", "source": "Own research"},
		{"type": "SHA1", "value": "3395856ce81f2b7382dee72602f798b642f14140", "name": "Test file", "source": "AlienVault"},
	} {
		d["method"] = "EQUALS"
		rng := c.rng
		c.rng = fixed(i)
		o := c.newIOC(d, corp, created)
		c.rng = rng
		o["creator"], o["validUntil"] = admin, wire.Stamp(c.now().AddDate(0, 1, 0))
	}
}

func (c *Console) siteReach(name string) reach {
	return reach{"site", wire.Text(c.sites.Find("name", name), "id")}
}

// fixed is a source of numbers that are the same in every console.
func fixed(i int) *rand.Rand { return rand.New(rand.NewPCG(uint64(i), 0x52)) }
