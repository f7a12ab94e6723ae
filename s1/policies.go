package s1

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A Policy is what agents of a scope are told to do. It has some fifty fields, not all documented: the ones below are for
// showing, Raw has all.
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

// echoes are the fields that the console tells and nobody sets.
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
		return nil, invalid("read policy", "the policy has no field that can be set")
	}
	change, err := json.Marshal(fields)
	if err == nil && bytes.Contains(change, []byte(hidden)) {
		return nil, invalid("read policy", "the policy has a hidden value (%s) in it; leave that field out", hidden)
	}
	return change, err
}

func object(data json.RawMessage) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, invalid("read policy", `a policy is a JSON object, such as {"mitigationMode":"protect"}`)
	}
	return fields, nil
}

// Changes returns the fields of change (see PolicyChange) that differ from the policy, by path: "engines.reputation".
func (p Policy) Changes(change json.RawMessage) ([]PolicyField, error) {
	change, err := PolicyChange(change)
	if err != nil {
		return nil, err
	}
	was, wanted := map[string]string{}, map[string]string{}
	flatten("", p.Raw, was)
	flatten("", Redact(change), wanted)
	var fields []PolicyField
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if was[path] != wanted[path] || wanted[path] == hidden {
			fields = append(fields, PolicyField{path, was[path], wanted[path]})
		}
	}
	return fields, nil
}

// flatten writes every leaf below path into leaves: texts bare, everything else as compact JSON. A list is a leaf.
func flatten(path string, data json.RawMessage, leaves map[string]string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) == nil && len(fields) > 0 {
		for name, value := range fields {
			flatten(strings.TrimPrefix(path+"."+name, "."), value, leaves)
		}
		return
	}
	var text string
	var compact bytes.Buffer
	switch {
	case path == "":
	case json.Unmarshal(data, &text) == nil && text != "":
		leaves[path] = text
	case json.Compact(&compact, data) == nil:
		leaves[path] = cmp.Or(compact.String(), "null")
	}
}

// AccountPolicy returns the policy of an account.
func (c *Client) AccountPolicy(ctx context.Context, id AccountID) (Policy, error) {
	call, err := accountPolicy(http.MethodGet, id)
	if err != nil {
		return Policy{}, err
	}
	return get[Policy](ctx, c, call)
}

// GlobalPolicy returns the policy that accounts inherit.
func (c *Client) GlobalPolicy(ctx context.Context) (Policy, error) {
	return get[Policy](ctx, c, globalPolicy(http.MethodGet))
}

// UpdateAccountPolicy sets fields of an account's policy, which then no longer inherits, and returns the policy as it is
// afterwards. For data see PolicyChange.
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

func (c *Client) updatePolicy(ctx context.Context, call call, data json.RawMessage) (Policy, error) {
	change, err := PolicyChange(data)
	if err != nil {
		return Policy{}, refusal(call.operation, err)
	}
	call.body = map[string]json.RawMessage{"data": change}
	return get[Policy](ctx, c, call)
}

func accountPolicy(method string, id AccountID) (call, error) {
	call := policyCall(method, "account", "accounts/{id}/policy")
	call.ids = []string{string(id)}
	if !id.Valid() {
		return call, refusal(call.operation, ErrInvalidID)
	}
	return call, nil
}

func globalPolicy(method string) call { return policyCall(method, "global", "tenant/policy") }

func policyCall(method, scope, route string) call {
	if method == http.MethodGet {
		return call{operation: "get " + scope + " policy", method: method, route: route, permission: "Policy.view"}
	}
	return call{operation: "update " + scope + " policy", method: method, route: route, permission: "Policy.edit"}
}
