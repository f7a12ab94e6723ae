package s1

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Policy is what agents of a scope are told to do. It has some fifty fields, not all documented:
// the ones below are for showing, Raw has all. engines are words ("on", "off"), most other switches
// booleans; some fields are objects in the document and booleans on consoles.
type Policy struct {
	Row
	MitigationMode           MitigationMode   `json:"mitigationMode"`
	MitigationModeSuspicious MitigationMode   `json:"mitigationModeSuspicious"`
	AutoMitigationAction     string           `json:"autoMitigationAction"`
	Engines                  map[string]OnOff `json:"engines"`
	AntiTamperingOn          bool             `json:"antiTamperingOn"`
	SnapshotsOn              bool             `json:"snapshotsOn"`
	ScanNewAgents            bool             `json:"scanNewAgents"`
	NetworkQuarantineOn      bool             `json:"networkQuarantineOn"`
	AllowRemoteShell         bool             `json:"allowRemoteShell"`
	AutoDecommissionOn       bool             `json:"autoDecommissionOn"`
	AutoDecommissionDays     int              `json:"autoDecommissionDays"`
	IOC                      bool             `json:"ioc"`
	InheritedFrom            string           `json:"inheritedFrom"` // "" means that the scope has its own policy
	IsDefault                bool             `json:"isDefault"`
	UserFullName             string           `json:"userFullName"` // who changed it last
	CreatedAt                Time             `json:"createdAt"`
	UpdatedAt                Time             `json:"updatedAt"`
}

// A PolicyField is one field of a policy that a change sets; Old is "" where the policy does not have it.
type PolicyField struct{ Path, Old, New string }

// echoes are the fields that the console tells and nobody sets. Sent back they are at best ignored.
var echoes = []string{"createdAt", "updatedAt", "userId", "userFullName", "inheritedFrom", "isDefault", "id"}

// PolicyChange reads what a person wants to set: a JSON object, with or without the API's {"data": …} around it. Fields that
// only the console sets are left out, and an object without any other is refused: what the console would make of it is not
// known, and it might be a reset.
func PolicyChange(data json.RawMessage) (json.RawMessage, error) {
	fields, err := object(data)
	if err != nil {
		return nil, err
	}
	if inner, ok := fields["data"]; ok && len(fields) == 1 {
		if fields, err = object(inner); err != nil {
			return nil, err
		}
	}
	for _, name := range echoes {
		delete(fields, name)
	}
	if len(fields) == 0 {
		return nil, transport.Invalid("read policy", "the policy has no field that can be set")
	}
	change, err := json.Marshal(fields)
	if err == nil && bytes.Contains(change, []byte(wire.Hidden)) {
		return nil, transport.Invalid("read policy", "the policy has a hidden value (%s) in it; leave that field out", wire.Hidden)
	}
	return change, err
}

func object(data json.RawMessage) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, transport.Invalid("read policy", `a policy is a JSON object, such as {"mitigationMode":"protect"}`)
	}
	return fields, nil
}

// Changes returns the fields of change (see PolicyChange) that differ from the policy, by path:
// "engines.reputation". Values are compared as JSON, so that 1 and 1.0, or another order of keys,
// are no difference. A hidden value always counts as one.
func (p Policy) Changes(change json.RawMessage) ([]PolicyField, error) {
	change, err := PolicyChange(change)
	if err != nil {
		return nil, err
	}
	was, wanted := map[string]string{}, map[string]string{}
	wire.Flatten("", p.Raw, was)
	wire.Flatten("", wire.Redact(change), wanted)
	var fields []PolicyField
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if was[path] != wanted[path] || wanted[path] == wire.Hidden {
			fields = append(fields, PolicyField{path, was[path], wanted[path]})
		}
	}
	return fields, nil
}

// AccountPolicy returns the policy of an account.
func (c *Client) AccountPolicy(ctx context.Context, id AccountID) (Policy, error) {
	call, err := accountPolicy(http.MethodGet, id)
	if err != nil {
		return Policy{}, err
	}
	return transport.Get[Policy](ctx, c.t, call)
}

// GlobalPolicy returns the policy that accounts inherit.
func (c *Client) GlobalPolicy(ctx context.Context) (Policy, error) {
	return transport.Get[Policy](ctx, c.t, globalPolicy(http.MethodGet))
}

// UpdateAccountPolicy sets fields of an account's policy, which then no longer inherits, and
// returns the policy as it is afterwards. For data see PolicyChange. PUT; a POST is a 405. That
// fields which are not sent stay as they are is inferred from the schema, where none is required.
func (c *Client) UpdateAccountPolicy(ctx context.Context, id AccountID, data json.RawMessage) (Policy, error) {
	call, err := accountPolicy(http.MethodPut, id)
	if err != nil {
		return Policy{}, err
	}
	return c.updatePolicy(ctx, call, data)
}

// UpdateGlobalPolicy sets fields of the policy that accounts inherit; see UpdateAccountPolicy.
func (c *Client) UpdateGlobalPolicy(ctx context.Context, data json.RawMessage) (Policy, error) {
	return c.updatePolicy(ctx, globalPolicy(http.MethodPut), data)
}

func (c *Client) updatePolicy(ctx context.Context, call transport.Call, data json.RawMessage) (Policy, error) {
	change, err := PolicyChange(data)
	if err != nil {
		return Policy{}, transport.Refusal(call.Operation, err)
	}
	call.Body = map[string]json.RawMessage{"data": change}
	return transport.Get[Policy](ctx, c.t, call)
}

func accountPolicy(method string, id AccountID) (transport.Call, error) {
	call := policyCall(method, "account", "accounts/{id}/policy")
	call.IDs = []string{string(id)}
	if !id.Valid() {
		return call, transport.Refusal(call.Operation, ErrInvalidID)
	}
	return call, nil
}

func globalPolicy(method string) transport.Call { return policyCall(method, "global", "tenant/policy") }

func policyCall(method, scope, route string) transport.Call {
	if method == http.MethodGet {
		return transport.Call{Operation: "get " + scope + " policy", Method: method, Route: route, Permission: "Policy.view"}
	}
	return transport.Call{Operation: "update " + scope + " policy", Method: method, Route: route, Permission: "Policy.edit"}
}
