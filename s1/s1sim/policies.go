package s1sim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func policyRoutes() []route {
	return []route{
		{method: "GET", path: "/tenant/policy", handle: getPolicy},
		{method: "PUT", path: "/tenant/policy", handle: putPolicy},
		{method: "GET", path: "/accounts/{account}/policy", handle: getPolicy},
		{method: "PUT", path: "/accounts/{account}/policy", handle: putPolicy},
	}
}

// getPolicy answers the policy that holds for a scope: its own, or the tenant's with inheritedFrom "global".
func getPolicy(c *Console, q *request) (any, error) {
	if err := c.policyScope(q.params["account"]); err != nil {
		return nil, err
	}
	return data(c.policy(q.params["account"])), nil
}

func (c *Console) policy(account string) object {
	if p := c.policies[account]; p != nil {
		return p
	}
	p := clone(c.policies[""]).(object)
	p["inheritedFrom"], p["isDefault"] = "global", false
	return p
}

func (c *Console) policyScope(account string) error {
	if account == "" || c.accounts.get(account) != nil {
		return nil
	}
	return &apiError{http.StatusNotFound, "Policy not found", "The account with ID " + account + " is not found."}
}

// putPolicy merges what was sent into the policy of the scope; that the service merges rather than resets is inferred from
// its schema, which requires no key. A change below the tenant ends the inheritance. Keys that the service only echoes are
// taken and change nothing.
func putPolicy(c *Console, q *request) (any, error) {
	account := q.params["account"]
	if err := c.policyScope(account); err != nil {
		return nil, err
	}
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	v, ok := body["data"]
	if !ok {
		return nil, invalid("data: Missing data for required field.")
	}
	change, ok := v.(object)
	if !ok {
		return nil, invalid("data: Invalid input type.")
	}
	next := clone(c.policy(account)).(object)
	for k, v := range documentedPolicy() {
		_, there := next[k]
		if _, sent := change[k]; sent && !there {
			next[k] = v
		}
	}
	if err := mergePolicy(next, change, "data"); err != nil {
		return nil, err
	}
	next["inheritedFrom"], next["isDefault"] = nil, account == ""
	next["updatedAt"], next["userFullName"], next["userId"] = stamp(q.now), apiUser, apiUserID
	c.policies[account] = next
	c.notePolicy(account, q)
	return data(next), nil
}

func (c *Console) notePolicy(account string, q *request) {
	scope := object{"accountId": nil}
	name := "the tenant"
	if o := c.accounts.get(account); o != nil {
		scope, name = object{"accountId": account, "accountName": o["name"]}, text(o, "name")
	}
	c.note(event{kind: changedPolicy, at: q.now, agent: scope, byUser: true,
		about: "The management user " + apiUser + " changed the policy of " + name + "."})
}

// echoed are the keys of an answer that nobody can set.
var echoed = []string{"createdAt", "updatedAt", "userId", "userFullName", "inheritedFrom", "isDefault"}

// mergePolicy sets the keys of change in p. The policy itself says what is legal: a key must be there already, and a value
// must be of the kind it has.
func mergePolicy(p, change object, where string) error {
	for _, k := range slices.Sorted(maps.Keys(change)) {
		have, known := p[k]
		switch have := have.(type) {
		case object:
			sub, ok := change[k].(object)
			if !ok {
				return invalid("%s: %s: Invalid input type.", where, k)
			}
			if _, documented := documentedPolicy()[k]; documented {
				p[k] = sub
				continue
			}
			if err := mergePolicy(have, sub, where+": "+k); err != nil {
				return err
			}
			continue
		default:
			if !known {
				return invalid("%s: %s: Unknown field.", where, k)
			}
		}
		if slices.Contains(echoed, k) {
			continue
		}
		if documentedKind(k, change[k]) {
			p[k] = change[k]
			continue
		}
		if message := policyFault(where, k, have, change[k]); message != "" {
			return invalid("%s: %s: %s", where, k, message)
		}
		p[k] = settled(have, change[k])
	}
	return nil
}

// settled keeps whole numbers the kind they are in the policy, so that the next change is checked like the first.
func settled(have, want any) any {
	if _, isInt := have.(int); !isInt {
		return want
	}
	n, _ := strconv.Atoi(plain(want))
	return n
}

func policyFault(where, k string, have, want any) string {
	s, isString := want.(string)
	_, isBool := want.(bool)
	switch have.(type) {
	case bool:
		if !isBool {
			return wrongKind[boolean]
		}
	case int:
		if _, ok := readInt(want); !ok || isString || isBool {
			return wrongKind[integer]
		}
	case string:
		if !isString {
			return wrongKind[textual]
		}
	}
	switch {
	case strings.HasPrefix(k, "mitigationMode") && !slices.Contains(mitigationModes, s),
		strings.HasSuffix(where, "engines") && s != "on" && s != "off":
		return "Must be one of the valid choices."
	}
	return ""
}

// tenantPolicy is the default policy of a new tenant. The real one has 52 keys; these are those that recordings show.
func (c *Console) tenantPolicy() object {
	created := c.daysAgo(900)
	on := object{}
	for _, e := range []string{"reputation", "preExecution", "preExecutionSuspicious", "executables", "dataFiles", "exploits",
		"penetration", "pup", "lateralMovement", "remoteShell"} {
		on[e] = "on"
	}
	on["pup"] = "off"
	return object{
		"mitigationMode": "protect", "mitigationModeSuspicious": "detect", "autoMitigationAction": "mitigation.quarantineThreat",
		"engines": on, "agentUi": object{"agentUiOn": true, "threatPopUpNotifications": true, "devicePopUpNotifications": true,
			"maxEventAgeDays": 30, "contactSupport": false},
		"agentNotification": true, "agentLoggingOn": true, "antiTamperingOn": true, "snapshotsOn": true, "scanNewAgents": true,
		"autoDecommissionOn": true, "autoDecommissionDays": 21, "networkQuarantineOn": false, "allowRemoteShell": false,
		"autoImmuneOn": true, "cloudValidationOn": true, "monitorOnExecute": true, "monitorOnWrite": true,
		"researchOn": true, "signedDriverBlockingMode": false, "removeMacros": false, "fwForNetworkQuarantineEnabled": false,
		"forensicsAutoTriggering": false, "iocAttributes": object{"fileCreation": true, "processCreation": true, "dnsQueries": true,
			"tcpConnection": true, "registry": true, "scheduledTask": true, "login": true},
		"ioc": true, "identityOn": false, "identityEndpointReporting": "disabled", "remoteScriptOrchestrationOn": true,
		"inheritedFrom": nil, "isDefault": true, "createdAt": stamp(created), "updatedAt": stamp(created),
		"userFullName": admin, "userId": adminID,
	}
}
