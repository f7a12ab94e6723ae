package protection

import (
	"slices"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Verdict and reputation are two ages of one question, both deprecated by now; the older one is
// absent from the document of 2026.
func hashRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/hashes/{hash}/verdict", Handle: wire.On(c, hashVerdict)},
		{Method: "GET", Path: "/hashes/{hash}/reputation", Handle: wire.On(c, hashRank)},
		{Method: "POST", Path: "/threats/add-to-blacklist", Handle: wire.On(c, blockThreats)},
	}
}

// knownHash tells what the threats of this console say of a file: "malicious", "suspicious", or ""
// for one that nobody has seen.
func (c *Controls) knownHash(q *wire.Request) (string, error) {
	hash := q.Params["hash"]
	if !sha1Form.MatchString(hash) {
		return "", wire.Invalid("hash: Not a valid SHA1")
	}
	return wire.Text(c.world.ThreatRows.Find("threatInfo.sha1", hash), "threatInfo.confidenceLevel"), nil
}

// A file that nobody has seen is an empty object in a 200, not a 404.
func hashVerdict(c *Controls, q *wire.Request) (any, error) {
	known, err := c.knownHash(q)
	if err != nil || known == "" {
		return wire.Data(wire.Object{}), err
	}
	return wire.Data(wire.Object{"verdict": map[string]string{"malicious": "malicious", "suspicious": "unknown"}[known]}), nil
}

// hashRank is the older path: a rank of 0 to 10 in a string.
func hashRank(c *Controls, q *wire.Request) (any, error) {
	known, err := c.knownHash(q)
	if err != nil || known == "" {
		return wire.Data(wire.Object{}), err
	}
	return wire.Data(wire.Object{"rank": map[string]string{"malicious": "7", "suspicious": "0"}[known]}), nil
}

// blockThreats blocks the hash of each threat that the filter means, {} for every one there is: the
// API document says so.
func blockThreats(c *Controls, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, err := keys.DataOf(body)
	if err != nil {
		return nil, err
	}
	if err := keys.Check(d, "data", []keys.Member{keys.Need("targetScope", keys.Textual, "group", "site", "account", "tenant"), keys.May("description", keys.Textual),
		keys.May("note", keys.Textual).UpTo(512), keys.May("externalTicketId", keys.Textual).UpTo(512)}); err != nil {
		return nil, err
	}
	rows, err := world.ThreatList(c.world).Chosen(body)
	if err != nil {
		return nil, err
	}
	n, details := 0, []any{}
	for _, r := range rows {
		result := c.blockThreat(r.Obj, d, q)
		if result == "created" {
			n++
		}
		details = append(details, wire.Object{"threatId": r.Id, "result": result, "analystVerdict": "not_changed"})
	}
	return wire.Data(wire.Object{"affected": n, "details": details}), nil
}

// blockThreat blocks one threat's hash in the scope of that level where the threat was found. A
// threat without a file has no hash, which is a result of its own, in a 200.
func (c *Controls) blockThreat(t, d wire.Object, q *wire.Request) string {
	hash := wire.Text(t, "threatInfo.sha1")
	if hash == "" {
		return "threat_has_no_hash"
	}
	p := world.Global
	if l := wire.Text(d, "targetScope"); l != "tenant" {
		p = world.Reach{Level: l, Id: wire.Text(t, "agentRealtimeInfo."+l+"Id")}
	}
	item := wire.Object{"type": blocked, "value": hash, "osType": wire.Text(t, "agentRealtimeInfo.agentOsType"), "source": "action_from_threat", "description": wire.OrNil(wire.Text(d, "description"))}
	if !slices.Contains(filterkeys.OsTypes, wire.Text(item, "osType")) {
		item["osType"] = "windows"
	}
	if c.hasItem(&c.BlockedRows, item, p) {
		return "already_exists"
	}
	c.newItem(&c.BlockedRows, item, p, q.Now)
	return "created"
}
