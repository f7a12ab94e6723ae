package endpoints

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// endpointActionCommands are the changes of endpoints that run at once.
func endpointActionCommands() []*catalog.Command {
	return []*catalog.Command{initiateScan(), broadcastMessage(), setCustomerID()}
}

// scanParams name what is scanned.
type scanParams struct{ lookup.AgentTargets }

// Plan pins the endpoints to their ids.
func (p *scanParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return diskScan.plan(ctx, call, &p.AgentTargets)
}

// initiateScan starts a full scan. It takes hours, so what is watched is that it begins. POST
// /agents/actions/initiate-scan.
func initiateScan() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "initiate-scan", Title: "Initiate Scan", Area: "agents", Aliases: []string{"scan", "full-scan"}, Main: "agent-ids",
		Wording: scanWording(),
		OnCards: scanOnCards(),
		Effect:  change.DiskScan(),
		Risk:    catalog.Change, Needs: "Endpoints › View + Initiate Scan", Repeatable: true,
		Doc:      "Starts a full disk scan on endpoints. Findings are handled by the endpoint's policy.",
		Examples: []string{"scan DESKTOP-1", `initiate-scan filter={"computerName":"DESKTOP-1"}`},
	}, func(ctx context.Context, call *catalog.Call, p scanParams) (render.Card, error) {
		c, err := diskScan.run(ctx, call, p.Agents)
		if err != nil {
			return render.Card{}, err
		}
		return c.Card(call), nil
	})
}

// scanState words the scan of an endpoint; "none" before the first one, or before the endpoint has
// taken the order.
func scanState(a s1.Agent) string {
	switch a.ScanStatus {
	case "", "none":
		return "not scanned yet"
	case "started":
		return "scan running"
	}
	return "last scan " + a.ScanStatus
}

// userMessage is what users are shown: one short text. 140 characters are the console's limit;
// Windows and macOS show them in a pop-up.
type userMessage string

// Kind is a text of several lines, with the console's limit as that of the box.
func (userMessage) Kind() catalog.Kind {
	k := catalog.TextKind()
	k.Name, k.Widget, k.Length = "multiline", render.MultiLine, s1.MaxMessage
	k.Hint = fmt.Sprintf("1 to %d characters", s1.MaxMessage)
	return k
}

// broadcastParams say whom to message. Names and groups become ids in the plan, all in Hosts. ids
// and groupIds in one filter would be an intersection at the console.
type broadcastParams struct {
	Hosts   []lookup.HostRef `json:"host-names-or-internal-ips,omitzero" help:"The endpoints to message, by name or internal IP address."`
	Groups  []s1.GroupID     `json:"group-ids,omitzero" help:"Also every endpoint in these groups."`
	Message userMessage      `json:"message" help:"The text that users see."`
}

// OneOf are the parameters of which one must be given.
func (p *broadcastParams) OneOf() []string {
	return []string{"host-names-or-internal-ips", "group-ids"}
}

// Check refuses a message that would not arrive whole, and one that is for nobody by name.
func (p *broadcastParams) Check() error {
	if n := utf8.RuneCountInString(string(p.Message)); strings.TrimSpace(string(p.Message)) == "" || n > s1.MaxMessage {
		return catalog.Wrong("message", "a message must have 1 to %d characters, not %d", s1.MaxMessage, n)
	}
	if len(p.Hosts) == 0 && len(p.Groups) == 0 {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

// Resolved tells whether the groups have become endpoints: a group may have grown since it was shown.
func (p *broadcastParams) Resolved() bool { return len(p.Hosts) > 0 && len(p.Groups) == 0 }

// Plan resolves names and groups, and leaves out endpoints that cannot show a message now; the card
// says which. Who is offline is left out, for nobody knows whether the console would deliver an old
// message later.
func (p *broadcastParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := p.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	agents, leftOut := lookup.WithoutDecommissioned(agents)
	agents, unable := withoutDisplay(agents)
	if len(agents) == 0 {
		return catalog.Plan{}, catalog.Wrong("host-names-or-internal-ips", "none of these endpoints can show a message: they run Linux, are offline or are decommissioned")
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, agents, lookup.AgentTarget), Facts: []catalog.Fact{{Label: "Message", Value: string(p.Message)}}}
	plan.Leave(len(p.Hosts) > 0, slices.Concat(leftOut, unable))
	plan.Notes = append(plan.Notes, "Users see it right away; you can't take it back.")
	p.Hosts, p.Groups = catalog.Convert[lookup.HostRef](lookup.AgentIDs(agents)), nil
	return plan, nil
}

// Resolve returns the endpoints named and those of the groups, each once.
func (p *broadcastParams) Resolve(ctx context.Context, call *catalog.Call) ([]s1.Agent, error) {
	var agents []s1.Agent
	if len(p.Hosts) > 0 {
		named, err := lookup.HostsNamed(ctx, call, "host-names-or-internal-ips", p.Hosts)
		if err != nil || len(p.Groups) == 0 {
			return named, err
		}
		agents = named
	}
	groups, err := lookup.FindGroups(ctx, call, "group-ids", catalog.Convert[string](p.Groups))
	if err != nil {
		return nil, err
	}
	members, err := agentsInGroups(ctx, call, groups)
	if err != nil {
		return nil, err
	}
	known := lookup.AgentIDs(agents)
	members = slices.DeleteFunc(members, func(a s1.Agent) bool { return slices.Contains(known, a.ID) })
	return append(agents, members...), nil
}

// withoutDisplay leaves out endpoints that cannot show a message now: agents on Linux never can. The
// console leaves Linux agents out without counting them.
func withoutDisplay(agents []s1.Agent) (kept []s1.Agent, leftOut []string) {
	var linux, offline []s1.Agent
	for _, a := range agents {
		switch {
		case a.OSType == "linux":
			linux = append(linux, a)
		case !a.Online():
			offline = append(offline, a)
		default:
			kept = append(kept, a)
		}
	}
	if n := len(linux); n > 0 {
		leftOut = append(leftOut, text.Are(n, "endpoint")+" left out: Linux agents can't show messages"+lookup.ByName(linux))
	}
	if n := len(offline); n > 0 {
		leftOut = append(leftOut, text.Are(n, "endpoint")+" left out: offline now"+lookup.ByName(offline))
	}
	return kept, leftOut
}

// broadcastMessage is not repeatable: a user who reads the same message twice takes the second for
// news. POST /agents/actions/broadcast.
func broadcastMessage() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "broadcast-message", Title: "Broadcast Message", Area: "agents", Aliases: []string{"broadcast", "message-users"}, Main: "host-names-or-internal-ips",
		Wording: messageWording(),
		Settled: "the console delivers it and doesn't say who read it",
		OnCards: messageOnCards(),
		Risk:    catalog.Change, Needs: "Endpoints › View + Send Message",
		Doc: "Shows a message to the users of Windows and macOS endpoints.",
		Examples: []string{`broadcast DESKTOP-1 message="Please save your work: this computer restarts in ten minutes."`,
			`broadcast-message host-names-or-internal-ips=192.168.1.20,lab3-pc1 group-ids=Lab message="Computer maintenance will start in one hour. FYI."`},
	}, func(ctx context.Context, call *catalog.Call, p broadcastParams) (render.Card, error) {
		agents := catalog.Convert[s1.AgentID](p.Hosts)
		n, err := call.Console.BroadcastMessage(ctx, agents, string(p.Message))
		if err != nil {
			return render.Card{}, fmt.Errorf("send a message to %d endpoints: %w", len(agents), err)
		}
		c := lookup.AgentOutcome(ctx, call, agents, n, "message sent", "", nil)
		c.Why = "The endpoints are gone, can't show messages, or the bot's token isn't allowed to message them."
		return withQuote(c.Card(call), string(p.Message)), nil
	})
}

// withQuote puts somebody's words below the first line of a card.
func withQuote(card render.Card, text string) render.Card {
	if len(card.Parts) > 0 {
		card.Parts = slices.Insert(card.Parts, 1, render.Part(render.Quote{Text: text}))
	}
	return card
}

// customerIDParams say which endpoints get which id.
type customerIDParams struct {
	Filter lookup.EndpointsBy `json:"filter" help:"The endpoints, by name or by a filter with the console's keys."`
	ID     string             `json:"external-id" help:"The new customer ID, which replaces the current one."`
}

// Plan shows which ids would be replaced: an endpoint has one. The old ids are nowhere once they
// are replaced, so up to MaxShown of them stand on the card.
func (p *customerIDParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := p.Filter.Agents(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	agents, leftOut := lookup.WithoutDecommissioned(agents)
	if len(agents) == 0 {
		return catalog.Plan{}, catalog.Wrong("filter", "every endpoint it selects is decommissioned")
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, agents, lookup.AgentTarget), Facts: []catalog.Fact{{Label: "Customer ID", Value: p.ID}}, Notes: leftOut}
	replaced := 0
	for _, a := range agents {
		if a.ExternalID == "" || a.ExternalID == p.ID {
			continue
		}
		if replaced++; replaced <= change.MaxShown {
			plan.Changes = append(plan.Changes, catalog.Diff{Field: a.ComputerName, Old: a.ExternalID, New: p.ID})
		}
	}
	if replaced > 0 {
		plan.Notes = append(plan.Notes, text.Are(replaced, "endpoint")+" under another customer ID now, which will be lost.")
	}
	p.Filter.Filter = lookup.IdsOnly(lookup.AgentIDs(agents))
	return plan, nil
}

// setCustomerID replaces the customer id of endpoints. POST /agents/actions/set-external-id; the
// field is externalId in GET /agents and "Customer Identifier" in the console.
func setCustomerID() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "set-customer-id", Title: "Set Customer ID", Area: "agents", Aliases: []string{"customer-id", "set-external-id"}, Main: "filter",
		Wording: customerIDWording(),
		Settled: "the answer comes once it is set",
		Risk:    catalog.Change, Needs: "Endpoints › View + Set Customer Identifier", Repeatable: true, Undo: "set-customer-id",
		Doc:      "Sets the customer ID of endpoints, replacing the current one.",
		Examples: []string{`set-customer-id filter={"computerName__contains":["DESKTOP-1"]} external-id=lab_device`, "customer-id 1845174760470303882 id=spare"},
	}, func(ctx context.Context, call *catalog.Call, p customerIDParams) (render.Card, error) {
		agents := lookup.Ids[s1.AgentID](p.Filter.Filter)
		n, err := call.Console.SetExternalID(ctx, agents, p.ID)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the customer ID of %d endpoints: %w", len(agents), err)
		}
		return lookup.AgentOutcome(ctx, call, agents, n, "customer ID set", "", func(a s1.Agent) string {
			switch a.ExternalID {
			case p.ID:
				return "customer ID " + p.ID
			case "":
				return "no customer ID yet"
			}
			return "customer ID still " + a.ExternalID
		}).Card(call), nil
	})
}
