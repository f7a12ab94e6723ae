package lists

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// In the order of help: look first, then block, then take back.
func blocklistCommands() []*catalog.Command {
	return []*catalog.Command{getBlocklist(), blockHash(), blockThreats(), unblock(), getReputations()}
}

// A blocklistQuery narrows the blocklist down with the console's query parameters.
type blocklistQuery map[string]json.RawMessage

// blocklistKeys are the parameters of GET /restrictions, from the vendor's API document; the cursor
// is the bot's.
var blocklistKeys = []string{
	"ids", "type", "types", "osTypes", "value", "value__contains", "source", "query", "recommendations", "tenant", "accountIds", "siteIds", "groupIds",
	"includeChildren", "includeParents", "unified", "userIds", "user__contains", "description__contains", "imported",
	"createdAt__gte", "createdAt__gt", "createdAt__lte", "createdAt__lt", "createdAt__between",
	"updatedAt__gte", "updatedAt__gt", "updatedAt__lte", "updatedAt__lt", "updatedAt__between", "sortBy", "sortOrder", "limit",
}

// A bare word in the shape of a hash is looked for by a part of it, since tools show shortened
// hashes; digits alone are ids.
func (blocklistQuery) Kind() catalog.Kind {
	return lookup.ListQueryKind(`JSON: {"osTypes": ["windows"], "siteIds": ["947…"], "tenant": false}; or ids, or a part of a hash`, blocklistKeys, "the blocklist",
		func(text string) (json.RawMessage, error) {
			if lookup.HashForm.MatchString(strings.TrimSpace(text)) && !catalog.IdList.MatchString(text) {
				return catalog.Marshal(map[string]string{"value__contains": strings.ToLower(strings.TrimSpace(text))}), nil
			}
			return lookup.FreeText(text)
		})
}

// placed are the parameters that say which scopes are meant. tenant=true and ids of places exclude
// each other: the whole tenant's entries need the one, an account's or site's the other.
var placed = []string{"tenant", "accountIds", "siteIds", "groupIds", "includeChildren", "includeParents"}

// Query asks for the items of all scopes unless the caller says which: the console's own default is
// a part of them. Without includeChildren and includeParents GET /restrictions shows only what
// stands at the token's own scope. An item of a site would then be missing from the list, and a
// person would block it a second time.
func (q blocklistQuery) Query() (s1.Query, error) {
	params, err := lookup.ListQuery(catalog.Marshal(q), blocklistKeys, "the blocklist")
	if err != nil {
		return nil, catalog.Wrong("custom-input", "%s", err)
	}
	if hash := params.Get("value"); lookup.HashForm.MatchString(hash) { // the console compares letter by letter, and has small ones
		params = params.With("value", strings.ToLower(hash))
	}
	if !slices.ContainsFunc(placed, func(key string) bool { return params.Get(key) != "" }) {
		params = params.Everywhere()
	}
	return params, nil
}

// blocklistRows is how lists of blocked hashes look.
func blocklistRows(call *catalog.Call) listing.Listing[s1.BlocklistItem] {
	return listing.Listing[s1.BlocklistItem]{
		Noun: "Blocklist", Things: "blocked hashes", Page: call.Console.BlocklistPage, Raw: blocklistJSON, Stray: lookup.Strays(lookup.BlocklistMatcher, blocklistJSON),
		Table: func(items []s1.BlocklistItem) render.Table { return blocklistTable(call, items) },
		More: []listing.Column[s1.BlocklistItem]{
			{Title: "Id", Value: func(b s1.BlocklistItem) string { return string(b.ID) }},
			{Title: "SHA-256", Value: func(b s1.BlocklistItem) string { return b.SHA256 }},
			{Title: "Recommendation", Value: func(b s1.BlocklistItem) string { return b.NotRecommended }},
		},
		One:   func(b s1.BlocklistItem) render.Card { return blocklistCard(call, b) },
		Empty: "Any part of a hash matches, but value must be the full hash. You can also try removing a condition.",
	}
}

// The hash is a link, since its row in the console says more than fits here.
func blocklistTable(call *catalog.Call, items []s1.BlocklistItem) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Hash"}, {Title: "OS"}, {Title: "Scope"}, {Title: "Description"}, {Title: "Source"}, {Title: "By"}, {Title: "Added"}}}
	for _, b := range items {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(cmp.Or(b.Value, b.SHA256, string(b.ID)), call.Console.BlocklistURL(b.ID))}, {render.Text(b.OSType.Label())}, {render.Text(lookup.ScopeWords(b.ScopePath, b.ScopeName))},
			{render.Text(b.Description)}, {render.Text(strings.ReplaceAll(b.Source, "_", " "))}, {render.Text(b.UserName)}, {render.At(b.CreatedAt.Time)},
		})
	}
	return t
}

// blocklistCard is one item. What leads on from it goes by its value; an item of a SHA-256 alone is
// headed by that.
func blocklistCard(call *catalog.Call, b s1.BlocklistItem) render.Card {
	var f listing.Sheet
	f.Mono(hashKind(b.Value), b.Value)
	f.Mono("SHA-256", b.SHA256)
	f.Text("OS", b.OSType.Label())
	f.Text("Scope", lookup.ScopeWords(b.ScopePath, b.ScopeName))
	f.Text("Description", b.Description)
	f.Text("Source", strings.ReplaceAll(b.Source, "_", " "))
	f.Text("By", b.UserName)
	f.At("Added", b.CreatedAt, render.At(b.CreatedAt.Time))
	f.Mono("Id", string(b.ID))
	card := render.Card{Tone: render.Info, Title: "Blocked · " + cmp.Or(b.Value, b.SHA256), Parts: []render.Part{f.Part()}}
	card.Actions = append(hashActions(strings.ToLower(b.Value)), unblockButton([]s1.BlocklistID{b.ID}))
	card.Actions = append(card.Actions, change.Opens([]catalog.Target{lookup.BlocklistTarget(call, b)})...)
	return card
}

// hashKind is what a hash is by its length; the console's value is a SHA-1 where it is not said.
func hashKind(hash string) string {
	return cmp.Or(map[int]string{32: "MD5", 40: "SHA-1", 64: "SHA-256"}[len(hash)], "Hash")
}

// hashActions are what one may want to know about a hash. Threats are looked for by contentHashes,
// which compares SHA-1; other hashes would find none and read as "no threats".
func hashActions(hash string) []render.Action {
	if !lookup.Sha1Form.MatchString(hash) {
		return nil
	}
	return []render.Action{
		render.Button{Label: "Reputation", Do: catalog.Invocation{Command: "get-hash-reputations", Args: catalog.Marshal(map[string]any{"file-hashes": []string{hash}})}},
		threatsOf(hash),
	}
}

func threatsOf(hash string) render.Button {
	return render.Button{Label: "Threats", Do: catalog.Invocation{Command: "get-threat", Args: catalog.Marshal(map[string]any{"custom-input": map[string]any{"contentHashes": []string{hash}}})}}
}

// It names ids, not the hash: what was shown is what goes.
func unblockButton(ids []s1.BlocklistID) render.Button {
	return render.Button{Label: "Unblock", Do: catalog.Invocation{Command: "remove-items-in-blacklist", Args: catalog.Marshal(map[string]any{"item-ids": ids})}}
}

type getBlocklistParams struct {
	Limit *listing.Count `json:"limit,omitzero" help:"Maximum number of items to list; 1000 if empty."`
	Input blocklistQuery `json:"custom-input,omitzero" help:"Filter by the console's own query parameters."`
}

// A hash in the filter may be a SHA-256, which the console does not find in the values of items;
// see withSHA256.
func getBlocklist() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-black-list", Title: "Get Black List", Area: "blocklist", Aliases: []string{"blocklist", "blacklist", "blocked"}, Main: "custom-input",
		Everyday: 14,
		Wording:  blocklistWording(),
		Risk:     catalog.Read, Needs: "Blocklist › View", Repeatable: true,
		Doc:      "Lists blocked hashes with the operating systems and scopes they are blocked for.",
		Examples: []string{`get-black-list limit=10 custom-input={"type":"black_hash","tenant":false,"siteIds":"947000000000000671"}`, "blocklist 3395856ce81f"},
	}, func(ctx context.Context, call *catalog.Call, p getBlocklistParams) (render.Card, error) {
		q, err := p.Input.Query()
		if err != nil {
			return render.Card{}, err
		}
		filter, err := filters.Parse(string(catalog.Marshal(p.Input)))
		if err != nil {
			return render.Card{}, catalog.Wrong("custom-input", "%s", err)
		}
		rows := blocklistRows(call)
		rows.Page = withSHA256(call, rows.Page)
		return rows.Show(ctx, call, q, listing.LimitOf(p.Limit, filter))
	})
}

// withSHA256 looks through the items where the console finds none by a hash: some have none but a
// SHA-256, which it does not search. It costs a reading of the whole list, so only the first page
// of a search that found nothing does it, and a part of a SHA-1 that is on no item costs it as
// well: who looks for a hash wants to be sure.
func withSHA256(call *catalog.Call, page func(context.Context, s1.Query) (s1.Page[s1.BlocklistItem], error)) func(context.Context, s1.Query) (s1.Page[s1.BlocklistItem], error) {
	return func(ctx context.Context, q s1.Query) (s1.Page[s1.BlocklistItem], error) {
		found, err := page(ctx, q)
		hash, whole := q.Get("value"), true
		if hash == "" {
			hash, whole = q.Get("value__contains"), false
		}
		if err != nil || len(found.Items) > 0 || !lookup.HashForm.MatchString(hash) || q.Get("cursor") != "" || whole && len(hash) != 64 {
			return found, err
		}
		rest := q.With("value").With("value__contains").With("skip").WithLimit(listing.MaxPage)
		items, err := lookup.ItemsOf(ctx, call, rest, func(b s1.BlocklistItem) bool {
			return strings.Contains(strings.ToLower(b.SHA256), strings.ToLower(hash))
		}, hash)
		return s1.Page[s1.BlocklistItem]{Items: items, Total: len(items)}, err
	}
}

type unblockParams struct {
	Items []s1.BlocklistID `json:"item-ids,omitzero" help:"The items to remove, by id, or by hash to remove all items of that hash."`
}

// The console requires data.ids and would answer 400 without; here the form says so first.
func (p *unblockParams) OneOf() []string { return []string{"item-ids"} }

// Check refuses to remove nothing in particular.
func (p *unblockParams) Check() error {
	if len(p.Items) == 0 {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

// Compact after the sort: two names of one hash must not make two targets of an item.
func (p *unblockParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	ids, err := lookup.FindBlocked(ctx, call, "item-ids", catalog.Convert[string](p.Items))
	if err != nil {
		return catalog.Plan{}, err
	}
	slices.Sort(ids)
	p.Items = catalog.Convert[s1.BlocklistID](slices.Compact(ids))
	found, err := call.Console.BlocklistByID(ctx, p.Items)
	if err != nil {
		return catalog.Plan{}, err
	}
	items, err := lookup.InOrder("item-ids", "blocklist item", p.Items, found, func(b s1.BlocklistItem) s1.BlocklistID { return b.ID })
	if err != nil {
		return catalog.Plan{}, err
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, items, lookup.BlocklistTarget), Undo: "Block again",
		Notes: []string{"⚠ Weakens protection: the files can run again, unless something else stops them."}}
	for _, b := range items {
		plan.Reaches(cmp.Or(b.Value, b.SHA256), b.Scope, b.ScopePath, b.ScopeName)
	}
	return plan, nil
}

// DELETE /restrictions has a JSON body, which some proxies drop; the console then answers 400 and
// nothing is deleted. The outcome is told by counting and, where fewer went than were asked for, by
// reading what is left.
func unblock() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "remove-items-in-blacklist", Title: "Remove Items In Blacklist", Short: "Remove from blocklist", Area: "blocklist", Aliases: []string{"unblock", "unblock-hash"}, Main: "item-ids",
		Wording: unblockWording(),
		Risk:    catalog.Destructive, Needs: "Blocklist › View + Edit", Repeatable: true, Undo: "block-hash",
		Doc:      "Removes hashes from the blocklist: the files can run again.",
		Examples: []string{`remove-items-in-blacklist item-ids=1234567891 reason="false alarm"`, `unblock 3395856ce81f2b7382dee72602f798b642f14140 reason="false alarm, INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p unblockParams) (render.Card, error) {
		c, before, err := change.Deletion[s1.BlocklistItem, s1.BlocklistID]{
			Noun: "blocklist item", Short: "item", Try: "unblock", Done: "taken off", Target: lookup.SystemFirst(lookup.BlocklistTarget),
			Read: call.Console.BlocklistByID, Send: call.Console.Unblock,
			There: func(b s1.BlocklistItem) (s1.BlocklistID, bool) { return b.ID, true },
		}.Run(ctx, call, p.Items)
		if err != nil {
			return render.Card{}, err
		}
		if again, ok := blockAgain(before); ok && c.Result.Affected > 0 {
			c.Actions = append(c.Actions, again)
		}
		return c.Card(call), nil
	})
}

// blockAgain takes an unblocking back, where one hash was blocked on one system in sites: more does
// not fit one command. The button is left out rather than half right: two systems or a group's item
// would need several commands or another one.
func blockAgain(items []s1.BlocklistItem) (render.Button, bool) {
	var sites []s1.SiteID
	for _, b := range items {
		if b.Value != items[0].Value || b.OSType != items[0].OSType || len(b.Scope.Sites) == 0 {
			return render.Button{}, false
		}
		sites = append(sites, b.Scope.Sites...)
	}
	if len(items) == 0 || !lookup.Sha1Form.MatchString(strings.ToLower(items[0].Value)) { // block-hash takes nothing else
		return render.Button{}, false
	}
	return render.Button{Label: "Block again", Do: catalog.Invocation{Command: "block-hash", Args: catalog.Marshal(map[string]any{
		"threat-hashes": []string{items[0].Value}, "os-type": items[0].OSType, "site-id": sites})}}, true
}

func blocklistJSON(b s1.BlocklistItem) json.RawMessage { return b.Raw }
