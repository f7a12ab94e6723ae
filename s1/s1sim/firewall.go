package s1sim

func firewallRoutes() []route {
	return []route{{method: "POST", path: "/firewall-control", handle: createFirewallRule}}
}

// createFirewallRule makes a rule; the answer is an object.
func createFirewallRule(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, err := dataOf(body)
	if err != nil {
		return nil, err
	}
	hosts := need("remoteHosts", free)
	hosts.required = false
	if err := checkMembers(d, "data", []member{
		need("name", textual).upTo(200), need("action", textual, "Allow", "Block"), need("status", textual, "Enabled", "Disabled"),
		may("osTypes", textual, osTypes...).several(), hosts, may("description", textual), may("direction", textual, "any", "inbound", "outbound"),
		may("localHost", free), may("localPort", free), may("remotePort", free), may("protocol", textual), may("application", free), may("location", free), may("tagIds", ident).several(),
		may("osType", textual, "macos", "windows", "windows_legacy", "linux"), may("remoteHost", free), may("tag", textual),
	}); err != nil {
		return nil, err
	}
	if err := checkHosts(d); err != nil {
		return nil, err
	}
	places, err := c.placesOf(body)
	if err != nil {
		return nil, err
	}
	id := c.newID(q.now)
	o := object{
		"id": id, "direction": "any", "osTypes": words("windows"), "remoteHosts": []any{}, "description": nil, "scope": places[0].level,
		"scopeId": orNil(places[0].id), "order": len(c.firewall.rows) + 1, "editable": true, "ruleCategory": "firewall", "creator": apiUser,
		"createdAt": stamp(q.now), "updatedAt": stamp(q.now),
	}
	for k, v := range d {
		o[k] = v
	}
	c.firewall.put(id, o)
	return data(o), nil
}

func checkHosts(d object) error {
	list, ok := d["remoteHosts"].([]any)
	if !ok && d["remoteHosts"] != nil {
		return invalid("data: remoteHosts: Not a valid list.")
	}
	for _, v := range list {
		host, _ := v.(object)
		if err := checkMembers(host, "data: remoteHosts: 0", []member{need("type", textual, "any", "cidr", "range", "addresses", "fqdn"), may("values", textual).several()}); err != nil {
			return err
		}
	}
	return nil
}
