package lists

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func firewallCommands() []*catalog.Command { return []*catalog.Command{blockRemoteHosts()} }

// hostType is what the values of a block rule are. Any is refused with a reason: it would cut off
// all traffic. A Block rule without hosts is worse still: the console has it as a clean-up rule,
// which blocks everything.
type hostType s1.RemoteHostType

func (hostType) Choices() []s1.Choice { return s1.RemoteHostType("").Choices() }

// Kind has the console's choices and the words that people use for them. "any" is the console's,
// too, and is refused: a rule that blocks it cuts off all traffic of every endpoint in its scope.
func (hostType) Kind() catalog.Kind {
	k := catalog.Synonyms(catalog.ChoiceKind(s1.RemoteHostType("").Choices()), map[string]string{"address": "addresses", "ip": "addresses", "domain": "fqdn", "network": "cidr"})
	read := k.Read
	k.Read = func(typed string, in text.Input) (any, error) {
		if text.Squash(typed) == "any" {
			return nil, fmt.Errorf("a rule that blocks every host cuts off all traffic on all endpoints; name the hosts")
		}
		return read(typed, in)
	}
	return k
}

// POST /firewall-control makes one rule in one scope; remoteHost, osType and tag of older documents
// are deprecated for remoteHosts, osTypes and description.
type blockHostsParams struct {
	Name        string            `json:"rule-name" help:"The name of the rule, up to 200 characters."`
	Status      s1.FirewallStatus `json:"status,omitzero" help:"Whether the rule takes effect right away; enabled if empty."`
	Account     s1.AccountID      `json:"account-id,omitzero" help:"The account it applies to."`
	Site        s1.SiteID         `json:"site-id,omitzero" help:"The site it applies to."`
	Group       s1.GroupID        `json:"group-id,omitzero" help:"The group it applies to."`
	Tenant      bool              `json:"tenant,omitzero" help:"Whether it applies to the whole tenant."`
	Systems     []s1.OSType       `json:"os-types,omitzero" help:"The operating systems it applies to; Windows if empty."`
	Type        hostType          `json:"remote-host-type,omitzero" help:"What the values are; Addresses if empty."`
	Hosts       []string          `json:"remote-host-values" help:"The hosts to block: 203.0.113.9, 203.0.113.0/24, 203.0.113.1-203.0.113.9 or evil.example."`
	Description string            `json:"description,omitzero" help:"What the rule is for."`
}

// maxRuleName is the longest name of a firewall rule (vendor's API document, 2.1).
const maxRuleName = 200

func (p *blockHostsParams) OneOf() []string {
	return []string{"site-id", "account-id", "group-id", "tenant"}
}

// The values are checked against their type, since a value means nothing under another one.
func (p *blockHostsParams) Check() error {
	scoped := p.Account != "" || p.Site != "" || p.Group != ""
	switch {
	case len([]rune(p.Name)) > maxRuleName:
		return catalog.Wrong("rule-name", "it has more than %d characters", maxRuleName)
	case p.Tenant && scoped:
		e := catalog.Wrong("tenant", "it means the whole tenant, but an account, site or group is named too")
		e.Hint = "leave one of them out"
		return e
	case !p.Tenant && !scoped:
		return catalog.Missing(p.OneOf()...)
	}
	for _, host := range p.Hosts {
		if err := p.checkHost(refanged.Replace(strings.TrimSpace(host))); err != nil {
			return err
		}
	}
	return nil
}

// Of is the type of the values.
func (p *blockHostsParams) Of() s1.RemoteHostType {
	return s1.RemoteHostType(cmp.Or(string(p.Type), string(s1.HostAddresses)))
}

// checkHost refuses values of another type, and those that are everything. 0.0.0.0, ::/0 and the
// range of everything are refused, not warned of: the rule would block all traffic of every
// endpoint in its scope.
func (p *blockHostsParams) checkHost(host string) error {
	is, all := hostTypeOf(host)
	if all {
		return catalog.Wrong("remote-host-values", "%s is every address: the rule would cut off all traffic", text.Quote(host))
	}
	if is == p.Of() {
		return nil
	}
	e := catalog.Wrong("remote-host-values", "%s is not of the type %s", text.Quote(host), p.Of().Label())
	if is != "" {
		e.Hint = "set remote-host-type=" + is.Label()
	}
	return e
}

// hostTypeOf tells what a value is, and whether it covers every address there is. A range must have
// both ends of one family, the lower one first.
func hostTypeOf(host string) (of s1.RemoteHostType, all bool) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return s1.HostAddresses, ip.IsUnspecified()
	}
	if network, err := netip.ParsePrefix(host); err == nil {
		return s1.HostCIDR, network.Bits() == 0
	}
	if from, to, ok := strings.Cut(host, "-"); ok {
		first, err1 := netip.ParseAddr(strings.TrimSpace(from))
		last, err2 := netip.ParseAddr(strings.TrimSpace(to))
		if err1 == nil && err2 == nil && first.Is4() == last.Is4() && first.Compare(last) <= 0 {
			return s1.HostRange, first.IsUnspecified() && !last.Next().IsValid()
		}
	}
	if domainForm.MatchString(host) {
		return s1.HostFQDN, false
	}
	return "", false
}

// hosts are the values as the console wants them.
func (p *blockHostsParams) hosts() []string {
	var values []string
	for _, host := range p.Hosts {
		values = append(values, refanged.Replace(strings.ReplaceAll(host, " ", "")))
	}
	return values
}

// The specification has one id for each level and not lists; the plan wants lists.
func (p *blockHostsParams) places() lookup.PlaceParams {
	var places lookup.PlaceParams
	if p.Account != "" {
		places.Accounts = []s1.AccountID{p.Account}
	}
	if p.Site != "" {
		places.Sites = []s1.SiteID{p.Site}
	}
	if p.Group != "" {
		places.Groups = []s1.GroupID{p.Group}
	}
	return places
}

// Windows is the console's own default where no system is given.
func (p *blockHostsParams) settings() s1.BlockSettings {
	systems := p.Systems
	if len(systems) == 0 {
		systems = []s1.OSType{"windows"}
	}
	return s1.BlockSettings{
		Name: p.Name, Status: s1.FirewallStatus(cmp.Or(string(p.Status), "Enabled")), OSTypes: systems, Description: cmp.Or(p.Description, blockNote),
		RemoteHosts: []s1.RemoteHost{{Type: p.Of(), Values: p.hosts()}},
	}
}

// There is no Undo, because no command deletes such a rule; the card of the outcome says so.
func (p *blockHostsParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places := p.places()
	targets, err := places.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	for _, id := range places.Accounts {
		p.Account = id
	}
	for _, id := range places.Sites {
		p.Site = id
	}
	for _, id := range places.Groups {
		p.Group = id
	}
	s := p.settings()
	return catalog.Plan{Targets: targets, About: p.hosts(), Notes: p.notes(), Facts: catalog.FactsOf("Rule", s.Name, "Blocked", strings.Join(p.hosts(), "\n"), "Type", p.Of().Label(),
		"Systems", systemNames(s.OSTypes), "Status", s.Status.Label(), "Description", s.Description)}, nil
}

func systemNames(systems []s1.OSType) string {
	var labels []string
	for _, s := range systems {
		labels = append(labels, s.Label())
	}
	return strings.Join(labels, ", ")
}

// notes warn of rules that may hit one's own machines.
func (p *blockHostsParams) notes() []string {
	notes := []string{"Endpoints with firewall control on will no longer talk to these hosts, in either direction."}
	own := slices.DeleteFunc(p.hosts(), func(host string) bool {
		text, _, _ := strings.Cut(strings.ReplaceAll(host, "-", "/"), "/")
		ip, err := netip.ParseAddr(text)
		return err != nil || !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast()
	})
	if len(own) > 0 {
		notes = append(notes, "⚠ "+strings.Join(own, ", ")+": a private network, so these are your own machines.")
	}
	for _, host := range p.hosts() {
		if large(host) {
			notes = append(notes, "⚠ "+host+" is a large network.")
		}
	}
	return notes
}

// large tells whether a network or a range reaches beyond one /16: 65,536 addresses, among which
// there are hosts that nobody meant.
func large(host string) bool {
	if network, err := netip.ParsePrefix(host); err == nil {
		return network.Bits() < 16
	}
	from, to, _ := strings.Cut(host, "-")
	first, err1 := netip.ParseAddr(from)
	last, err2 := netip.ParseAddr(to)
	return err1 == nil && err2 == nil && !netip.PrefixFrom(first, 16).Masked().Contains(last)
}

// needsFirewall is the permission for a rule of an account, a site or a group. It takes the
// console's Control licence besides.
const needsFirewall = "Global Admin, or Firewall Control › Manage Rules And Tags"

// Needs adds what the whole tenant takes by the specification.
func (p *blockHostsParams) Needs() string {
	if p.Tenant {
		return needsFirewall + ", and with tenant=true also the tenant permission, which only a user of the whole tenant has"
	}
	return needsFirewall
}

// It is not Repeatable: a second call can make a second rule.
func blockRemoteHosts() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "block-remote-hosts", Title: "Block Remote Hosts", Area: "firewall", Aliases: []string{"block-hosts", "block-host", "block-ip"}, Main: "remote-host-values",
		Wording:       firewallWording(),
		OnObservables: blockHostOnObservables(),
		Risk:          catalog.Destructive, Needs: needsFirewall + "; for the whole tenant the tenant permission as well",
		Doc: "Creates a firewall rule that blocks remote hosts for an account, a site, a group or the whole tenant.",
		Examples: []string{`block-remote-hosts rule-name="C2 of INC-1042" site-id=Paris remote-host-values=203.0.113.66 reason="beaconing"`,
			`block-ip 203.0.113.0/24 type=CIDR name=C2 site=Paris os=windows,linux reason="beaconing"`},
	}, func(ctx context.Context, call *catalog.Call, p blockHostsParams) (render.Card, error) {
		scope := p.places().Scope()
		rule, err := call.Console.BlockRemoteHosts(ctx, scope, p.settings())
		if err != nil {
			return render.Card{}, fmt.Errorf("block %d remote hosts: %w", len(p.Hosts), err)
		}
		made := []change.Made[string]{{ID: rule.ID, Name: cmp.Or(rule.Name, p.Name)}}
		return change.Visible(p.made(call, rule), made, func(ids []string) ([]s1.FirewallRule, error) {
			return call.Console.FirewallRulesByID(ctx, scope, ids)
		}, func(r s1.FirewallRule) string { return r.ID }), nil
	})
}

// The console's answer may leave fields out, and is then filled from what was sent. Firewall
// control is a matter of each endpoint's policy: the rule can be there and have no effect, which is
// said.
func (p *blockHostsParams) made(call *catalog.Call, rule s1.FirewallRule) render.Card {
	s := p.settings()
	status := cmp.Or(rule.Status, string(s.Status))
	var f listing.Sheet
	f.Text("Rule", cmp.Or(rule.Name, s.Name))
	f.Text("Status", status)
	f.Text("Blocked", strings.Join(p.hosts(), ", "))
	f.Text("Type", p.Of().Label())
	f.Text("Systems", systemNames(s.OSTypes))
	f.Text("Scope", rule.Scope)
	f.Mono("Id", rule.ID)
	words := "Rule " + s.Name + " was created: it blocks " + text.Plural(len(p.Hosts), "remote host") + "."
	if status != "Enabled" {
		words = "Rule " + s.Name + " was created, but it is disabled: it blocks nothing yet."
	}
	return render.Card{Tone: render.Good, Outcome: render.Successful, Title: call.Command.Title, Text: call.Command.Title + ": " + words,
		Parts: []render.Part{render.Line{render.Text(words)}, f.Part(), render.Note{render.Text("It applies to endpoints whose policy has firewall control turned on. To undo it, delete the rule in the console.")}}}
}
