package admin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func policyCommands() []*catalog.Command {
	return []*catalog.Command{getAccountPolicy(), updateAccountPolicy(), getGlobalPolicy(), updateGlobalPolicy()}
}

// The id becomes part of the path; its kind lets nothing through that is no id.
type accountPolicyParams struct {
	Account s1.AccountID `json:"account-id" help:"The account whose policy this is, by name or id."`
}

// GET /accounts/{id}/policy. The name costs one more call and is left out where that is refused.
func getAccountPolicy() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-account-policy", Title: "Get Account Policy", Area: "policy", Aliases: []string{"account-policy"}, Main: "account-id",
		Wording: accountPolicyWording(),
		Risk:    catalog.Read, Needs: "Endpoint Policy › View", Route: "accounts/{id}/policy", Repeatable: true,
		Doc:      "Shows the policy of an account.",
		Examples: []string{`get-account-policy account-id="D3 Security"`, "account-policy 433241117337583618"},
	}, func(ctx context.Context, call *catalog.Call, p accountPolicyParams) (render.Card, error) {
		policy, err := call.Console.AccountPolicy(ctx, p.Account)
		if err != nil {
			return render.Card{}, err
		}
		card, err := policyCard(call, "Policy of account "+accountName(ctx, call, p.Account), policy, "update-account-policy", p)
		card.Parts = append(card.Parts, render.Note{render.Text("account " + string(p.Account))})
		return card, err
	})
}

// accountName is an account's name, or its id where the token may not list accounts.
func accountName(ctx context.Context, call *catalog.Call, id s1.AccountID) string {
	found, err := lookup.AccountDirectory().ByID(ctx, call, []string{string(id)})
	if err != nil || len(found) == 0 || found[0].ID != id {
		return string(id)
	}
	return cmp.Or(found[0].Name, string(id))
}

// GET /tenant/policy.
func getGlobalPolicy() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-global-policy", Title: "Get Global Policy", Area: "policy", Aliases: []string{"global-policy"},
		Wording: globalPolicyWording(),
		Risk:    catalog.Read, Needs: "Endpoint Policy › View", Repeatable: true,
		Doc: "Shows the global policy, which accounts inherit.", Examples: []string{"get-global-policy"},
	}, func(ctx context.Context, call *catalog.Call, p NoParams) (render.Card, error) {
		policy, err := call.Console.GlobalPolicy(ctx)
		if err != nil {
			return render.Card{}, err
		}
		return policyCard(call, "Global policy", policy, "update-global-policy", p)
	})
}

// policyCard shows what a policy does about threats first, then its engines; the raw file has
// everything. Ten of some fifty fields: those that decide whether a threat is stopped.
func policyCard(call *catalog.Call, title string, p s1.Policy, change string, args any) (render.Card, error) {
	fields := render.Fields{}
	add := func(label, value string) {
		if value != "" {
			fields = append(fields, render.Field{Label: label, Value: render.Line{render.Text(value)}})
		}
	}
	add("Malicious threats", p.MitigationMode.Label())
	add("Suspicious threats", p.MitigationModeSuspicious.Label())
	add("Automatic action", strings.TrimPrefix(p.AutoMitigationAction, "mitigation."))
	add("Anti-tampering", catalog.OnOff(p.AntiTamperingOn))
	add("Snapshots", catalog.OnOff(p.SnapshotsOn))
	add("Network quarantine", catalog.OnOff(p.NetworkQuarantineOn))
	add("Scan new agents", catalog.OnOff(p.ScanNewAgents))
	add("Remote shell", catalog.OnOff(p.AllowRemoteShell))
	add("Decommission", decommission(p))
	add("Inherited from", cmp.Or(p.InheritedFrom, "nowhere: a policy of its own"))
	card := render.Card{Tone: render.Info, Title: title, Parts: []render.Part{fields, engines(p)}}
	if !p.UpdatedAt.IsZero() {
		card.Parts = append(card.Parts, render.Note{render.Text("Changed "), render.At(p.UpdatedAt.Time), render.Text(" " + p.UserFullName)})
	}
	card.Actions = []render.Action{render.Button{Label: "Change", Do: catalog.Invocation{Command: change, Args: catalog.Marshal(args), How: render.Open}}, openConsole(call)}
	return listing.Single(call, "policy", p.Raw, card)
}

// openConsole leads to the console itself, for what has no page of a known address there.
func openConsole(call *catalog.Call) render.Button {
	return render.Button{Label: "Open the console", URL: call.Console.ConsoleURL()}
}

// decommission says after how long the console forgets an endpoint that does not report.
func decommission(p s1.Policy) string {
	if !p.AutoDecommissionOn {
		return "off"
	}
	return "after " + text.Plural(p.AutoDecommissionDays, "day")
}

// engines lists the engines that are off, which is what one has to know, and counts the others.
func engines(p s1.Policy) render.Line {
	var off []string
	for _, name := range slices.Sorted(maps.Keys(p.Engines)) {
		if p.Engines[name] == "off" {
			off = append(off, name)
		}
	}
	line := render.Line{render.Bold("Engines "), render.Text(fmt.Sprintf("%d on", len(p.Engines)-len(off)))}
	if len(off) > 0 {
		line = append(line, render.Text(", off: "), render.Bold(strings.Join(off, ", ")))
	}
	return line
}

// A policyObject is what is to be set of a policy: a JSON object, with or without the API's
// {"data": …} around it. It is JSON and not a struct, because a field that this version of the bot
// does not know must be settable and one that was left out must not be sent as its zero value.
type policyObject struct{ json.RawMessage }

// MarshalJSON writes the object as it is.
func (p policyObject) MarshalJSON() ([]byte, error) {
	if len(p.RawMessage) == 0 {
		return []byte("null"), nil
	}
	return p.RawMessage, nil
}

func (policyObject) Kind() catalog.Kind {
	k := catalog.ObjectKind(`Each field in quotes, then its new value, in braces: {"mitigationMode": "protect", "engines": {"reputation": "on"}}`, nil)
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		return settable(value.(json.RawMessage))
	}
	return k
}

// readOnly are the fields that the console tells about a policy and nobody sets. Sent back, they
// would be refused, or mean something nobody intended.
var readOnly = []string{"createdAt", "updatedAt", "userId", "userFullName", "inheritedFrom", "isDefault", "id"}

// settable returns the fields to set without the frame around them. Nothing to set, and fields that cannot be set, are errors:
// what the console would make of them is not known.
func settable(raw json.RawMessage) (any, error) {
	fields, err := catalog.Object(raw)
	if err != nil {
		return nil, err
	}
	if inner, framed := fields["data"]; framed && len(fields) == 1 {
		if fields, err = catalog.Object(inner); err != nil {
			return nil, errors.New(`the fields under "data" belong in braces: {"data": {"mitigationMode": "protect"}}`)
		}
		raw = inner
	}
	for _, name := range readOnly {
		if _, given := fields[name]; given {
			return nil, fmt.Errorf("%s is read-only and can't be set; leave it out", text.Quote(name))
		}
	}
	if len(fields) == 0 {
		return nil, errors.New("it has no field to set")
	}
	if _, err := s1.PolicyChange(raw); err != nil {
		return nil, err
	}
	return compacted(raw), nil
}

// compacted takes the blanks out of JSON, so that two spellings of a value are equal.
func compacted(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

// Was is compared in applyPolicy.
type updateAccountPolicyParams struct {
	Account s1.AccountID `json:"account-id" help:"The account whose policy this is, by name or id."`
	Policy  policyObject `json:"policy" help:"The policy's fields to set. Those left out stay as they are."`
	Was     string       `json:"was,omitzero" help:"-"` // fingerprint of the policy that was shown to the approver
}

func (p *updateAccountPolicyParams) Resolved() bool { return p.Was != "" }

// The account is Wide: sites and groups that inherit get the policy too, and a rule of the bot's
// policy for one of them applies.
func (p *updateAccountPolicyParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	account, err := p.account(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	current, err := call.Console.AccountPolicy(ctx, p.Account)
	if err != nil {
		return catalog.Plan{}, err
	}
	plan, err := policyPlan(current, p.Policy, current.InheritedFrom != "")
	if err != nil {
		return catalog.Plan{}, err
	}
	if current.InheritedFrom != "" {
		plan.Notes = append(plan.Notes, "The account inherits its policy now; afterwards it has its own.")
	}
	account.Wide = true // and whoever inherits from it
	plan.Targets, p.Was = []catalog.Target{account}, fingerprint(current)
	return plan, nil
}

// account resolves the account. One that is given by id need not be in the list: a token may see its policy and not the list.
func (p *updateAccountPolicyParams) account(ctx context.Context, call *catalog.Call) (catalog.Target, error) {
	d := lookup.AccountDirectory()
	found, err := d.All(ctx, call, "account-id", []string{string(p.Account)})
	var refused *s1.Error
	if s1.LooksLikeID(string(p.Account)) && errors.As(err, &refused) {
		return catalog.Target{Kind: "account", ID: string(p.Account), Name: string(p.Account)}, nil
	}
	if err != nil {
		return catalog.Target{}, err
	}
	p.Account = found[0].ID
	return d.Target(call, found[0]), nil
}

// PUT /accounts/{id}/policy; a POST is a 405.
func updateAccountPolicy() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-account-policy", Title: "Update Account Policy", Area: "policy", Aliases: []string{"set-account-policy"},
		Risk: catalog.Destructive, Guarded: true, Needs: "Endpoint Policy › View + Edit", Route: "accounts/{id}/policy", Undo: "update-account-policy",
		Doc:      "Updates fields of an account's policy, which then no longer inherits. Fields you leave out stay as they are.",
		Examples: []string{`update-account-policy account-id=433241117337583618 policy={"data":{"mitigationMode":"protect"}} reason="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p updateAccountPolicyParams) (render.Card, error) {
		back := func(old policyObject) any { return updateAccountPolicyParams{Account: p.Account, Policy: old} }
		return applyPolicy(call, p.Was, p.Policy, back,
			func() (s1.Policy, error) { return call.Console.AccountPolicy(ctx, p.Account) },
			func(data json.RawMessage) (s1.Policy, error) {
				return call.Console.UpdateAccountPolicy(ctx, p.Account, data)
			})
	})
}

type updateGlobalPolicyParams struct {
	Policy policyObject `json:"policy" help:"The policy's fields to set. Those left out stay as they are."`
	Was    string       `json:"was,omitzero" help:"-"`
}

func (p *updateGlobalPolicyParams) Resolved() bool { return p.Was != "" }

func (p *updateGlobalPolicyParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	current, err := call.Console.GlobalPolicy(ctx)
	if err != nil {
		return catalog.Plan{}, err
	}
	plan, err := policyPlan(current, p.Policy, false)
	if err != nil {
		return catalog.Plan{}, err
	}
	plan.Notes = append(plan.Notes, "It applies to every account and site that inherits it.")
	plan.Targets, p.Was = []catalog.Target{{Kind: "policy", ID: "global", Name: "Global policy"}}, fingerprint(current)
	plan.Add(catalog.Tenant())
	return plan, nil
}

// PUT /tenant/policy takes a Global Admin. It reaches everything that does not have a policy of its
// own, which is why Also is the tenant.
func updateGlobalPolicy() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-global-policy", Title: "Update Global Policy", Area: "policy", Aliases: []string{"set-global-policy"},
		Risk: catalog.Destructive, Guarded: true, Needs: "Global Admin", Undo: "update-global-policy",
		Doc:      "Updates fields of the global policy, which accounts inherit. Fields you leave out stay as they are.",
		Examples: []string{`update-global-policy policy={"mitigationMode":"protect","engines":{"reputation":"on"}} reason="hardening"`},
	}, func(ctx context.Context, call *catalog.Call, p updateGlobalPolicyParams) (render.Card, error) {
		back := func(old policyObject) any { return updateGlobalPolicyParams{Policy: old} }
		return applyPolicy(call, p.Was, p.Policy, back,
			func() (s1.Policy, error) { return call.Console.GlobalPolicy(ctx) },
			func(data json.RawMessage) (s1.Policy, error) { return call.Console.UpdateGlobalPolicy(ctx, data) })
	})
}
