package s1sim

import "slices"

func hashRoutes() []route {
	return []route{
		{method: "GET", path: "/hashes/{hash}/verdict", handle: hashVerdict},
		{method: "GET", path: "/hashes/{hash}/reputation", handle: hashRank},
		{method: "POST", path: "/threats/add-to-blacklist", handle: blockThreats},
	}
}

// knownHash tells what the threats of this console say of a file: "malicious", "suspicious", or "" for one that nobody has seen.
func (c *Console) knownHash(q *request) (string, error) {
	hash := q.params["hash"]
	if !sha1Form.MatchString(hash) {
		return "", invalid("hash: Not a valid SHA1")
	}
	return text(c.threats.find("threatInfo.sha1", hash), "threatInfo.confidenceLevel"), nil
}

func hashVerdict(c *Console, q *request) (any, error) {
	known, err := c.knownHash(q)
	if err != nil || known == "" {
		return data(object{}), err
	}
	return data(object{"verdict": map[string]string{"malicious": "malicious", "suspicious": "unknown"}[known]}), nil
}

// hashRank is the older path: a rank of 0 to 10 in a string.
func hashRank(c *Console, q *request) (any, error) {
	known, err := c.knownHash(q)
	if err != nil || known == "" {
		return data(object{}), err
	}
	return data(object{"rank": map[string]string{"malicious": "7", "suspicious": "0"}[known]}), nil
}

// blockThreats blocks the hash of each threat that the filter means, {} for every one there is: the API document says so.
func blockThreats(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, err := dataOf(body)
	if err != nil {
		return nil, err
	}
	if err := checkMembers(d, "data", []member{need("targetScope", textual, "group", "site", "account", "tenant"), may("description", textual),
		may("note", textual).upTo(512), may("externalTicketId", textual).upTo(512)}); err != nil {
		return nil, err
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	n, details := 0, []any{}
	for _, r := range rows {
		result := c.blockThreat(r.obj, d, q)
		if result == "created" {
			n++
		}
		details = append(details, object{"threatId": r.id, "result": result, "analystVerdict": "not_changed"})
	}
	return data(object{"affected": n, "details": details}), nil
}

func (c *Console) blockThreat(t, d object, q *request) string {
	hash := text(t, "threatInfo.sha1")
	if hash == "" {
		return "threat_has_no_hash"
	}
	p := global
	if l := text(d, "targetScope"); l != "tenant" {
		p = reach{l, text(t, "agentRealtimeInfo."+l+"Id")}
	}
	item := object{"type": blocked, "value": hash, "osType": text(t, "agentRealtimeInfo.agentOsType"), "source": "action_from_threat", "description": orNil(text(d, "description"))}
	if !slices.Contains(osTypes, text(item, "osType")) {
		item["osType"] = "windows"
	}
	if c.hasItem(&c.restrictions, item, p) {
		return "already_exists"
	}
	c.newItem(&c.restrictions, item, p, q.now)
	return "created"
}
