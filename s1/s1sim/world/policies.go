package world

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// policyRoutes are the tenant and the accounts. Policies of sites and groups cannot be changed
// here, since no command changes one.
func policyRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/tenant/policy", Handle: wire.On(w, getPolicy)},
		{Method: "PUT", Path: "/tenant/policy", Handle: wire.On(w, putPolicy)},
		{Method: "GET", Path: "/accounts/{account}/policy", Handle: wire.On(w, getPolicy)},
		{Method: "PUT", Path: "/accounts/{account}/policy", Handle: wire.On(w, putPolicy)},
	}
}

// getPolicy answers the policy that holds for a scope: its own, or the tenant's with inheritedFrom "global".
func getPolicy(w *World, q *wire.Request) (any, error) {
	if err := w.policyScope(q.Params["account"]); err != nil {
		return nil, err
	}
	return wire.Data(w.policy(q.Params["account"])), nil
}

// policy returns the row itself, not a copy: whoever wants to change it clones it first.
func (w *places) policy(account string) wire.Object {
	if p := w.policies[account]; p != nil {
		return p
	}
	p := wire.Clone(w.policies[""]).(wire.Object)
	p["inheritedFrom"], p["isDefault"] = "global", false
	return p
}

// policyScope refuses an account that is not there, in the words of the service.
func (w *places) policyScope(account string) error {
	if account == "" || w.AccountRows.Get(account) != nil {
		return nil
	}
	return &wire.Error{Status: http.StatusNotFound, Title: "Policy not found", Detail: "The account with ID " + account + " is not found."}
}

// putPolicy merges what was sent into the policy of the scope; that the service merges rather than
// resets is inferred from its schema, which requires no key. A change below the tenant ends the
// inheritance. Keys that the service only echoes are taken and change nothing. What is checked is a
// copy, so that a refusal in the middle leaves nothing half done.
func putPolicy(w *World, q *wire.Request) (any, error) {
	account := q.Params["account"]
	if err := w.policyScope(account); err != nil {
		return nil, err
	}
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	v, ok := body["data"]
	if !ok {
		return nil, wire.Invalid("data: Missing data for required field.")
	}
	change, ok := v.(wire.Object)
	if !ok {
		return nil, wire.Invalid("data: Invalid input type.")
	}
	next := wire.Clone(w.policy(account)).(wire.Object)
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
	next["updatedAt"], next["userFullName"], next["userId"] = wire.Stamp(q.Now), ApiUser, ApiUserID
	w.policies[account] = next
	w.notePolicy(account, q)
	return wire.Data(next), nil
}

// notePolicy writes the activity, which says that the policy changed and not what in it.
func (w *chronicle) notePolicy(account string, q *wire.Request) {
	scope := wire.Object{"accountId": nil}
	name := "the tenant"
	if o := w.AccountRows.Get(account); o != nil {
		scope, name = wire.Object{"accountId": account, "accountName": o["name"]}, wire.Text(o, "name")
	}
	w.Note(Event{Kind: changedPolicy, At: q.Now, Agent: scope, ByUser: true,
		About: "The management user " + ApiUser + " changed the policy of " + name + "."})
}

// echoed are the keys of an answer that nobody can set.
var echoed = []string{"createdAt", "updatedAt", "userId", "userFullName", "inheritedFrom", "isDefault"}

// mergePolicy sets the keys of change in p. The policy itself says what is legal: a key must be there already, and a value
// must be of the kind it has.
func mergePolicy(p, change wire.Object, where string) error {
	for _, k := range slices.Sorted(maps.Keys(change)) {
		have, known := p[k]
		switch have := have.(type) {
		case wire.Object:
			sub, ok := change[k].(wire.Object)
			if !ok {
				return wire.Invalid("%s: %s: Invalid input type.", where, k)
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
				return wire.Invalid("%s: %s: Unknown field.", where, k)
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
			return wire.Invalid("%s: %s: %s", where, k, message)
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
	n, _ := strconv.Atoi(wire.Plain(want))
	return n
}

// policyFault says what is wrong with a value by the kind of the one that it replaces, "" if
// nothing is. Engines are "on" and "off" in words, most other switches true and false.
func policyFault(where, k string, have, want any) string {
	s, isString := want.(string)
	_, isBool := want.(bool)
	switch have.(type) {
	case bool:
		if !isBool {
			return keys.WrongKind[keys.Boolean]
		}
	case int:
		if _, ok := keys.ReadInt(want); !ok || isString || isBool {
			return keys.WrongKind[keys.Integer]
		}
	case string:
		if !isString {
			return keys.WrongKind[keys.Textual]
		}
	}
	switch {
	case strings.HasPrefix(k, "mitigationMode") && !slices.Contains(filterkeys.MitigationModes, s),
		strings.HasSuffix(where, "engines") && s != "on" && s != "off":
		return "Must be one of the valid choices."
	}
	return ""
}

// tenantPolicy is the default policy of a new tenant. The real one has 52 keys; these are those that recordings show.
func (w *places) tenantPolicy() wire.Object {
	created := w.DaysAgo(900)
	on := wire.Object{}
	for _, e := range []string{"reputation", "preExecution", "preExecutionSuspicious", "executables", "dataFiles", "exploits",
		"penetration", "pup", "lateralMovement", "remoteShell"} {
		on[e] = "on"
	}
	on["pup"] = "off"
	return wire.Object{
		"mitigationMode": "protect", "mitigationModeSuspicious": "detect", "autoMitigationAction": "mitigation.quarantineThreat",
		"engines": on, "agentUi": wire.Object{"agentUiOn": true, "threatPopUpNotifications": true, "devicePopUpNotifications": true,
			"maxEventAgeDays": 30, "contactSupportWebsite": nil, "contactFreeText": nil, "contactCompany": nil, "contactEmail": nil,
			"contactPhoneNumber": nil, "contactDirectMessage": nil},
		"agentNotification": true, "agentLoggingOn": true, "antiTamperingOn": true, "snapshotsOn": true, "scanNewAgents": true,
		"autoDecommissionOn": true, "autoDecommissionDays": 21, "networkQuarantineOn": false, "allowRemoteShell": false,
		"autoImmuneOn": true, "cloudValidationOn": true, "monitorOnExecute": true, "monitorOnWrite": true,
		"researchOn": true, "signedDriverBlockingOn": false, "removeMacros": false, "fwForNetworkQuarantineEnabled": false,
		"forensicsAutoTriggering": nil, "iocAttributes": wire.Object{"process": true, "registry": true, "scheduledTask": true, "login": true},
		"ioc": true, "identityOn": false, "identityEndpointReporting": "disabled", "remoteScriptOrchestration": wire.Object{},
		"inheritedFrom": nil, "isDefault": true, "createdAt": wire.Stamp(created), "updatedAt": wire.Stamp(created),
		"userFullName": Admin, "userId": AdminID,
	}
}
