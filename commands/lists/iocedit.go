package lists

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// refanged undoes how analysts write indicators so that nobody clicks on them:
// hxxps://evil[.]example.
var refanged = strings.NewReplacer("[.]", ".", "(.)", ".", "[:]", ":", "hxxp://", "http://", "hxxps://", "https://", "hXXp://", "http://", "hXXps://", "https://")

// POST /threat-intelligence/iocs. A match raises an alert, which is why it is a change and not
// destructive: it stops nothing by itself.
type createIOCParams struct {
	Accounts    []s1.AccountID `json:"account-ids,omitzero" help:"The accounts to add it to. If there's only one account, you can leave this empty."`
	Source      string         `json:"source" help:"Where the IOC comes from, such as AlienVault."`
	Type        s1.IOCType     `json:"type" help:"What the value is: an address, a domain, a URL or a hash."`
	Value       string         `json:"ioc-value" help:"The IP address, domain, URL or hash."`
	Name        string         `json:"name,omitzero" help:"A name that helps analysts find the IOC."`
	Description string         `json:"description,omitzero" help:"What the IOC is about, such as the campaign or the report it is from."`
	Until       time.Time      `json:"valid-until,omitzero" help:"When it expires. If empty, two weeks from now for addresses, later for other types."`
	Tactics     []string       `json:"mitre-tactics,omitzero" help:"MITRE tactics, such as TA0001."`
	ExternalID  string         `json:"external-id,omitzero" help:"The IOC's id in the feed it comes from."`
}

var (
	// MITRE's own ids of tactics.
	tacticForm = regexp.MustCompile(`^TA\d{4}$`)
	domainForm = regexp.MustCompile(`^(?:[\pL\d_](?:[\pL\d_-]{0,61}[\pL\d_])?\.)+[\pL\d-]{2,63}\.?$`)
)

// hashDigits are how many hexadecimal digits the hashes have. A hash of another length is no hash
// of the type, and would match nothing without an error.
var hashDigits = map[s1.IOCType]int{s1.IOCMD5: 32, s1.IOCSHA1: 40, s1.IOCSHA256: 64}

// It names the type that the value looks like, since the two are mixed up more often than the value
// is wrong.
func (p *createIOCParams) Check() error {
	if !isIOC(p.Type, refanged.Replace(strings.TrimSpace(p.Value))) {
		e := catalog.Wrong("ioc-value", "%s isn't a valid %s", text.Quote(p.Value), p.Type.Label())
		if is, ok := kindOfIOC(refanged.Replace(strings.TrimSpace(p.Value))); ok {
			e.Hint = "it looks like type=" + is.Label()
		}
		return e
	}
	for _, t := range p.Tactics {
		if !tacticForm.MatchString(strings.ToUpper(t)) {
			return catalog.Wrong("mitre-tactics", "%s isn't a tactic; write them like TA0001", text.Quote(t))
		}
	}
	return nil
}

// CheckAt refuses an IOC that is over before it begins.
func (p *createIOCParams) CheckAt(now time.Time) error {
	if !p.Until.IsZero() && !p.Until.After(now) {
		return catalog.Wrong("valid-until", "it's in the past")
	}
	return nil
}

// isIOC tells whether a value is of a type.
func isIOC(of s1.IOCType, value string) bool {
	switch of {
	case s1.IOCIPv4, s1.IOCIPv6:
		ip, err := netip.ParseAddr(value)
		return err == nil && ip.Is4() == (of == s1.IOCIPv4) && ip.Zone() == ""
	case s1.IOCDNS:
		return domainForm.MatchString(value)
	case s1.IOCURL:
		u, err := url.Parse(value)
		return err == nil && u.Scheme != "" && u.Host != "" && !strings.ContainsAny(value, " \t\n")
	}
	return len(value) == hashDigits[of] && lookup.HashForm.MatchString(value)
}

// kindOfIOC is the type that a value looks like, the first that fits in the console's order.
func kindOfIOC(value string) (s1.IOCType, bool) {
	for _, c := range s1.IOCType("").Choices() {
		if isIOC(s1.IOCType(c.Value), value) {
			return s1.IOCType(c.Value), true
		}
	}
	return "", false
}

// Without an account the console takes the token's whole scope, so a request without one is never
// run.
func (p *createIOCParams) Resolved() bool { return len(p.Accounts) > 0 }

// Without accounts the console would make it for the scope of the token, which may be everything;
// so one is named, and only where the token has a single account is it taken without asking.
func (p *createIOCParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	if len(p.Accounts) == 0 {
		if err := p.onlyAccount(ctx, call); err != nil {
			return catalog.Plan{}, err
		}
	}
	places := lookup.PlaceParams{Accounts: p.Accounts}
	targets, err := places.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Accounts = places.Accounts
	return catalog.Plan{Targets: targets, About: []string{p.settings().Value}, Undo: "Delete", Notes: p.notes(call),
		Facts: catalog.FactsOf("Value", p.settings().Value, "Type", p.Type.Label(), "Source", p.Source, "Name", p.Name, "Description", p.Description,
			"Valid until", catalog.DayOf(call, s1.Time{Time: p.Until}), "Tactics", strings.Join(p.Tactics, ", "), "External id", p.ExternalID)}, nil
}

// onlyAccount takes the account where there is no choice. Without one the console would take the
// token's whole scope. Ten are read: with more than one the person has to choose anyway, and sees
// some of the names.
func (p *createIOCParams) onlyAccount(ctx context.Context, call *catalog.Call) error {
	page, err := call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(10))
	if err != nil && !lookup.Hidden(err) {
		return err
	}
	if len(page.Items) == 1 {
		p.Accounts = []s1.AccountID{page.Items[0].ID}
		return nil
	}
	e := catalog.Wrong("account-ids", "name the accounts")
	if len(page.Items) > 0 {
		e.Hint = "there are " + strings.Join(lookup.NamesIn(page.Items, func(a s1.Account) string { return a.Name }), ", ")
	}
	return e
}

// longest is how long the console keeps indicators at most: it takes later dates and cuts them off
// without a word. 30 days for addresses, 180 for domains, URLs and hashes. The defaults are 14, 90
// and 180 days.
func (p *createIOCParams) longest() time.Duration {
	const day = 24 * time.Hour
	if p.Type == s1.IOCIPv4 || p.Type == s1.IOCIPv6 {
		return 30 * day
	}
	return 180 * day
}

func (p *createIOCParams) notes(call *catalog.Call) []string {
	if p.Until.IsZero() || !p.Until.After(call.Now.Add(p.longest())) {
		return nil
	}
	return []string{fmt.Sprintf("The console keeps it for at most %d days, so it expires then.", int(p.longest().Hours()/24))}
}

// settings are the indicator as the console wants it. Values come out of reports, where addresses
// are made harmless (203[.]0[.]113[.]9): that is undone, or nothing would ever match. Hashes go in
// small letters, tactics in capitals.
func (p *createIOCParams) settings() s1.IOCSettings {
	s := s1.IOCSettings{Source: p.Source, Type: p.Type, Value: refanged.Replace(strings.TrimSpace(p.Value)), Name: p.Name, Description: p.Description,
		ValidUntil: p.Until, ExternalID: p.ExternalID}
	if hashDigits[p.Type] > 0 {
		s.Value = strings.ToLower(s.Value)
	}
	for _, t := range p.Tactics {
		s.MitreTactic = append(s.MitreTactic, strings.ToUpper(t))
	}
	return s
}

// The path takes 30 calls a minute of all together. What it made is filed asynchronously, so the
// list may show it only after seconds.
func createIOC() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-ioc", Title: "Create IOC", Area: "iocs", Aliases: []string{"add-ioc", "ioc"}, Main: "ioc-value",
		Wording:       addIOCWording(),
		OnObservables: createIOCOnObservables(),
		Risk:          catalog.Change, Needs: "Threat Intelligence › View + Manage", Undo: "delete-iocs",
		Doc:      "Adds an indicator of compromise to accounts: from then on, any match raises an alert.",
		Examples: []string{`create-ioc account-ids="Example Corp" source=AlienVault type=IPv4 ioc-value=203.0.113.9 mitre-tactics=TA0001`, `add-ioc evil[.]example type=DNS source="INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p createIOCParams) (render.Card, error) {
		made, err := call.Console.CreateIOC(ctx, p.Accounts, p.settings())
		if err != nil {
			return render.Card{}, fmt.Errorf("create IOC %s: %w", text.Quote(p.Value), err)
		}
		var shown []change.Made[string]
		for _, i := range made {
			shown = append(shown, change.Made[string]{ID: i.UUID, Name: cmp.Or(i.Value, p.Value)})
		}
		return change.Visible(iocMade(call, p.Accounts, made), shown, func(uuids []string) ([]s1.IOC, error) {
			return call.Console.IOCsByUUID(ctx, p.Accounts, uuids)
		}, func(i s1.IOC) string { return i.UUID }), nil
	})
}

// iocMade shows what was made. An answer with status 200 and no row is no success; the console may
// have the indicator already.
func iocMade(call *catalog.Call, accounts []s1.AccountID, made []s1.IOC) render.Card {
	title := call.Command.Title
	if len(made) == 0 {
		return render.Failure(title, 200, "The console created no IOC.", "Check the list of IOCs: it may exist already.")
	}
	card := render.Card{Parts: []render.Part{iocTable(made)}}
	if len(made) == 1 {
		card = iocCard(made[0], accounts)
	}
	words := text.Plural(len(made), "IOC") + " created."
	card.Tone, card.Outcome, card.Title, card.Text = render.Good, render.Successful, title, title+": "+made[0].Value
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text(words)}}, card.Parts)
	return card
}

// Values and uuids go into separate look-ups: in one filter they would be ANDed, and nothing would
// match both.
type deleteIOCsParams struct {
	Accounts []s1.AccountID `json:"account-ids" help:"The accounts they belong to."`
	Values   []string       `json:"ioc-values,omitzero" help:"The IOCs to delete, by full value."`
	UUIDs    []iocUUID      `json:"uuids,omitzero" help:"The IOCs to delete, by uuid. list-iocs shows them."`
}

func (p *deleteIOCsParams) OneOf() []string { return []string{"ioc-values", "uuids"} }

// Check refuses to delete all IOCs of an account. accountIds alone are a legal filter of the
// console's, for all of them.
func (p *deleteIOCsParams) Check() error {
	if len(p.Values) == 0 && len(p.UUIDs) == 0 {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

func (p *deleteIOCsParams) Resolved() bool { return len(p.Values) == 0 && len(p.UUIDs) > 0 }

// The plan pins UUIDs: between approval and deletion somebody may add an indicator of the same
// value, which nobody has approved to delete. The accounts stay, since the console wants them
// beside the UUIDs.
func (p *deleteIOCsParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places := lookup.PlaceParams{Accounts: p.Accounts}
	accounts, err := places.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Accounts = places.Accounts
	found, err := p.named(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	valued, err := p.valued(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	for _, i := range valued {
		if !slices.ContainsFunc(found, func(f s1.IOC) bool { return f.UUID == i.UUID }) {
			found = append(found, i)
		}
	}
	p.Values, p.UUIDs = nil, nil
	for _, i := range found {
		p.UUIDs = append(p.UUIDs, iocUUID(i.UUID))
	}
	return catalog.Plan{Targets: catalog.TargetsOf(call, found, iocTarget), Also: accounts, Notes: []string{"⚠ Weakens protection: these will no longer raise alerts."}}, nil
}

// named returns the indicators that uuids name.
func (p *deleteIOCsParams) named(ctx context.Context, call *catalog.Call) ([]s1.IOC, error) {
	if len(p.UUIDs) == 0 {
		return nil, nil
	}
	found, err := call.Console.IOCsByUUID(ctx, p.Accounts, catalog.Convert[string](p.UUIDs))
	if err != nil {
		return nil, err
	}
	return lookup.InOrder("uuids", "IOC", p.UUIDs, found, func(i s1.IOC) iocUUID { return iocUUID(lookup.PlainUUID(i.UUID)) })
}

// valued returns the indicators that have one of the values. The console takes one value in a call.
// The comparison is made again on the rows, without case, because hashes are written in either. A
// row without a uuid could not be deleted by one, so it counts as absent.
func (p *deleteIOCsParams) valued(ctx context.Context, call *catalog.Call) ([]s1.IOC, error) {
	var all []s1.IOC
	for _, value := range p.Values {
		value = refanged.Replace(strings.TrimSpace(value))
		q := s1.Query{"value": {value}}.With("accountIds", catalog.Convert[string](p.Accounts)...)
		found, err := s1.Collect(s1.Take(call.Console.IOCs(ctx, q), catalog.MaxTargets))
		if err != nil {
			return nil, fmt.Errorf("look up %s: %w", text.Quote(value), err)
		}
		found = slices.DeleteFunc(found, func(i s1.IOC) bool { return !strings.EqualFold(i.Value, value) || lookup.PlainUUID(i.UUID) == "" })
		if len(found) == 0 {
			e := catalog.Wrong("ioc-values", "the accounts have no IOC with the value %s", text.Quote(value))
			e.Hint = "give the full value; a new IOC can take a few seconds to appear"
			return nil, e
		}
		all = append(all, found...)
	}
	return all, nil
}

// DELETE /threat-intelligence/iocs wants accountIds and one more field; it gets uuids, the safest
// of them.
func deleteIOCs() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "delete-iocs", Title: "Delete IOCs", Area: "iocs", Aliases: []string{"delete-ioc"}, Main: "ioc-values",
		Wording: deleteIOCsWording(),
		Risk:    catalog.Destructive, Needs: "Threat Intelligence › View + Manage", Repeatable: true, Undo: "create-ioc",
		Doc:      "Deletes indicators of compromise, by value or by uuid.",
		Examples: []string{`delete-iocs account-ids="Example Corp" ioc-values=203.0.113.9 reason="expired campaign"`},
	}, func(ctx context.Context, call *catalog.Call, p deleteIOCsParams) (render.Card, error) {
		c, _, err := change.Deletion[s1.IOC, iocUUID]{
			Noun: "IOC", Target: iocTarget,
			Read: func(ctx context.Context, ids []iocUUID) ([]s1.IOC, error) {
				return call.Console.IOCsByUUID(ctx, p.Accounts, catalog.Convert[string](ids))
			},
			Send: func(ctx context.Context, ids []iocUUID) (s1.ActionResult, error) {
				return call.Console.DeleteIOCs(ctx, p.Accounts, catalog.Convert[string](ids))
			},
			There: func(i s1.IOC) (iocUUID, bool) { return iocUUID(i.UUID), true },
		}.Run(ctx, call, p.UUIDs)
		if err != nil {
			return render.Card{}, err
		}
		return c.Card(call), nil
	})
}
