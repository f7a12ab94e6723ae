package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func blocklistCommands() []*Command {
	return []*Command{getBlocklist(), blockHash(), blockThreats(), unblock(), getReputations()}
}

// A blocklistQuery narrows the blocklist down with the console's query parameters.
type blocklistQuery map[string]json.RawMessage

// blocklistKeys are the parameters of GET /restrictions, from the vendor's API document; the cursor is the bot's.
var blocklistKeys = []string{
	"ids", "type", "types", "osTypes", "value", "value__contains", "source", "sources", "query", "recommendations", "tenant", "accountIds", "siteIds", "groupIds",
	"includeChildren", "includeParents", "unified", "userIds", "user__contains", "description__contains", "imported",
	"createdAt__gte", "createdAt__gt", "createdAt__lte", "createdAt__lt", "createdAt__between",
	"updatedAt__gte", "updatedAt__gt", "updatedAt__lte", "updatedAt__lt", "updatedAt__between", "sortBy", "sortOrder", "limit",
}

var hashForm = regexp.MustCompile(`^[0-9a-fA-F]{6,64}$`)

func (blocklistQuery) kind() kind {
	return listQueryKind(`JSON: {"osTypes": ["windows"], "siteIds": ["947…"], "tenant": false}; or ids, or a part of a hash`, blocklistKeys, "the blocklist",
		func(text string) (json.RawMessage, error) {
			if hashForm.MatchString(strings.TrimSpace(text)) && !idList.MatchString(text) {
				return marshal(map[string]string{"value__contains": strings.ToLower(strings.TrimSpace(text))}), nil
			}
			return freeText(text)
		})
}

// placed are the parameters that say which scopes are meant.
var placed = []string{"tenant", "accountIds", "siteIds", "groupIds", "includeChildren", "includeParents"}

// query asks for the items of all scopes unless the caller says which: the console's own default is a part of them.
func (q blocklistQuery) query() (s1.Query, error) {
	params, err := listQuery(marshal(q), blocklistKeys, "the blocklist")
	if err != nil {
		return nil, wrong("custom-input", "%s", err)
	}
	if hash := params.Get("value"); hashForm.MatchString(hash) { // the console compares letter by letter, and has small ones
		params = params.With("value", strings.ToLower(hash))
	}
	if !slices.ContainsFunc(placed, func(key string) bool { return params.Get(key) != "" }) {
		params = params.Everywhere()
	}
	return params, nil
}

// blocklistRows is how lists of blocked hashes look.
func blocklistRows(call *Call) listing[s1.BlocklistItem] {
	return listing[s1.BlocklistItem]{
		noun: "Blocklist", things: "blocked hashes", page: call.Console.BlocklistPage, raw: func(b s1.BlocklistItem) json.RawMessage { return b.Raw },
		table: func(items []s1.BlocklistItem) render.Table { return blocklistTable(call, items) },
		more: []column[s1.BlocklistItem]{
			{"Id", func(b s1.BlocklistItem) string { return string(b.ID) }},
			{"SHA-256", func(b s1.BlocklistItem) string { return b.SHA256 }},
			{"Recommendation", func(b s1.BlocklistItem) string { return b.NotRecommended }},
		},
		one:   func(b s1.BlocklistItem) render.Card { return blocklistCard(call, b) },
		empty: "A part of a hash finds it; value wants all of it. Leave a condition out.",
	}
}

func blocklistTable(call *Call, items []s1.BlocklistItem) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Hash"}, {Title: "OS"}, {Title: "Scope"}, {Title: "Description"}, {Title: "Source"}, {Title: "By"}, {Title: "Added"}}}
	for _, b := range items {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(firstNonEmpty(b.Value, b.SHA256, string(b.ID)), call.Console.BlocklistURL(b.ID))}, {render.Text(b.OSType.Label())}, {render.Text(scopeWords(b.ScopePath, b.ScopeName))},
			{render.Text(b.Description)}, {render.Text(strings.ReplaceAll(b.Source, "_", " "))}, {render.Text(b.UserName)}, {render.At(b.CreatedAt.Time)},
		})
	}
	return t
}

func blocklistCard(call *Call, b s1.BlocklistItem) render.Card {
	var f sheet
	f.mono(hashKind(b.Value), b.Value)
	f.mono("SHA-256", b.SHA256)
	f.text("OS", b.OSType.Label())
	f.text("Scope", scopeWords(b.ScopePath, b.ScopeName))
	f.text("Description", b.Description)
	f.text("Source", strings.ReplaceAll(b.Source, "_", " "))
	f.text("By", b.UserName)
	f.at("Added", b.CreatedAt, render.At(b.CreatedAt.Time))
	f.mono("Id", string(b.ID))
	card := render.Card{Tone: render.Info, Title: "Blocked · " + firstNonEmpty(b.Value, b.SHA256), Parts: []render.Part{f.part()}}
	card.Actions = append(hashActions(strings.ToLower(b.Value)), unblockButton([]s1.BlocklistID{b.ID}))
	card.Actions = append(card.Actions, opens([]Target{blocklistTarget(call, b)})...)
	return card
}

// hashKind is what a hash is by its length; the console's value is a SHA-1 where it is not said.
func hashKind(hash string) string {
	return firstNonEmpty(map[int]string{32: "MD5", 40: "SHA-1", 64: "SHA-256"}[len(hash)], "Hash")
}

// hashActions are what one may want to know about a hash.
func hashActions(hash string) []render.Action {
	if !sha1Form.MatchString(hash) {
		return nil
	}
	return []render.Action{
		render.Button{Label: "Reputation", Do: Invocation{Command: "get-hash-reputations", Args: marshal(map[string]any{"file-hashes": []string{hash}})}},
		render.Button{Label: "Threats", Do: Invocation{Command: "get-threat", Args: marshal(map[string]any{"custom-input": map[string]any{"contentHashes": []string{hash}}})}},
	}
}

func unblockButton(ids []s1.BlocklistID) render.Button {
	return render.Button{Label: "Unblock", Do: Invocation{Command: "remove-items-in-blacklist", Args: marshal(map[string]any{"item-ids": ids})}}
}

func blocklistTarget(call *Call, b s1.BlocklistItem) Target {
	site, group := placeOf(b.Scope, b.ScopePath, b.ScopeName)
	return Target{Kind: "blocklist item", ID: string(b.ID), Name: firstNonEmpty(b.Value, b.SHA256, string(b.ID)), Site: site, Group: group,
		OS: b.OSType.Label(), State: b.Description, URL: call.Console.BlocklistURL(b.ID)}
}

type getBlocklistParams struct {
	Limit *Count         `json:"limit,omitzero" help:"How many items at most; 1000 when empty."`
	Input blocklistQuery `json:"custom-input,omitzero" help:"Which items, by the console's query parameters."`
}

func getBlocklist() *Command {
	return define(Command{
		Name: "get-black-list", Title: "Get Black List", Area: "blocklist", Aliases: []string{"blocklist", "blacklist", "blocked"}, Main: "custom-input",
		Risk: Read, Needs: "Blocklist › View", Repeatable: true,
		Doc:      "Lists the hashes that may not run, with the systems and scopes where they may not.",
		Examples: []string{`get-black-list limit=10 custom-input={"type":"black_hash","tenant":false,"siteIds":"947000000000000671"}`, "blocklist 3395856ce81f"},
	}, func(ctx context.Context, call *Call, p getBlocklistParams) (render.Card, error) {
		q, err := p.Input.query()
		if err != nil {
			return render.Card{}, err
		}
		filter, err := s1.ParseFilter(string(marshal(p.Input)))
		if err != nil {
			return render.Card{}, wrong("custom-input", "%s", err)
		}
		rows := blocklistRows(call)
		rows.page = withSHA256(call, rows.page)
		return rows.show(ctx, call, q, limitOf(p.Limit, filter))
	})
}

// withSHA256 looks through the items where the console finds none by a hash: some have none but a SHA-256, which it does not search.
func withSHA256(call *Call, page func(context.Context, s1.Query) (s1.Page[s1.BlocklistItem], error)) func(context.Context, s1.Query) (s1.Page[s1.BlocklistItem], error) {
	return func(ctx context.Context, q s1.Query) (s1.Page[s1.BlocklistItem], error) {
		found, err := page(ctx, q)
		hash, whole := q.Get("value"), true
		if hash == "" {
			hash, whole = q.Get("value__contains"), false
		}
		if err != nil || len(found.Items) > 0 || !hashForm.MatchString(hash) || q.Get("cursor") != "" || whole && len(hash) != 64 {
			return found, err
		}
		rest := q.With("value").With("value__contains").With("skip").WithLimit(maxPage)
		items, err := itemsOf(ctx, call, rest, func(b s1.BlocklistItem) bool {
			return strings.Contains(strings.ToLower(b.SHA256), strings.ToLower(hash))
		}, hash)
		return s1.Page[s1.BlocklistItem]{Items: items, Total: len(items)}, err
	}
}

// findBlocked turns hashes into the ids of all their items: a hash has one for each system and scope.
func findBlocked(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	var ids []string
	for _, word := range words {
		if s1.BlocklistID(word).Valid() {
			ids = append(ids, word)
			continue
		}
		items, err := blockedHash(ctx, call, param, word)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			ids = append(ids, string(item.ID))
		}
	}
	return ids, nil
}

func blockedHash(ctx context.Context, call *Call, param, hash string) ([]s1.BlocklistItem, error) {
	if !hashForm.MatchString(hash) || len(hash) != 40 && len(hash) != 64 {
		return nil, wrong(param, "%s is neither the id of an item nor a hash", quote(hash))
	}
	items, err := itemsOf(ctx, call, s1.Query{}.Everywhere(), func(b s1.BlocklistItem) bool {
		return strings.EqualFold(b.Value, hash) || strings.EqualFold(b.SHA256, hash)
	}, hash)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", quote(hash), err)
	}
	if len(items) == 0 {
		return nil, wrong(param, "the hash %s is not on the blocklist", hash)
	}
	return items, nil
}

// maxScanned is how many items of a blocklist are read to find a hash that the console does not search for.
const maxScanned = 50_000

// itemsOf finds items by a hash or a part of one. The console searches values alone, and some items have none but a SHA-256 beside it:
// where the search finds nothing, all items of the scope are read.
func itemsOf(ctx context.Context, call *Call, scope s1.Query, is func(s1.BlocklistItem) bool, hash string) ([]s1.BlocklistItem, error) {
	var found []s1.BlocklistItem
	for item, err := range call.Console.Blocklist(ctx, scope.With("value__contains", strings.ToLower(hash))) {
		if err != nil {
			return nil, err
		}
		if is(item) {
			found = append(found, item)
		}
	}
	if len(found) > 0 && len(hash) != 64 {
		return found, nil
	}
	read := 0
	for item, err := range call.Console.Blocklist(ctx, scope) {
		switch read++; {
		case err != nil:
			return nil, err
		case read > maxScanned:
			e := wrong("", "the blocklist has more than %d items, and the console does not search for this hash", maxScanned)
			e.Hint = "look for it in the console"
			return nil, e
		}
		if is(item) && !slices.ContainsFunc(found, func(f s1.BlocklistItem) bool { return f.ID == item.ID }) {
			found = append(found, item)
		}
	}
	return found, nil
}

func searchBlocklist() search {
	return searchBox((*s1.Client).BlocklistPage, valueQuery, func(b s1.BlocklistItem) render.Option {
		return render.Option{Label: joinNonEmpty(" · ", firstNonEmpty(b.Value, b.SHA256), b.OSType.Label(), scopeWords(b.ScopePath, b.ScopeName), b.Description), Value: string(b.ID)}
	})
}

type unblockParams struct {
	Items []s1.BlocklistID `json:"item-ids,omitzero" help:"The items, or the hashes all of whose items are meant."`
}

func (p *unblockParams) oneOf() []string { return []string{"item-ids"} }

// Check refuses to remove nothing in particular.
func (p *unblockParams) Check() error {
	if len(p.Items) == 0 {
		return missing(p.oneOf()...)
	}
	return nil
}

func (p *unblockParams) plan(ctx context.Context, call *Call) (Plan, error) {
	ids, err := findBlocked(ctx, call, "item-ids", convert[string](p.Items))
	if err != nil {
		return Plan{}, err
	}
	slices.Sort(ids)
	p.Items = convert[s1.BlocklistID](slices.Compact(ids))
	found, err := call.Console.BlocklistByID(ctx, p.Items)
	if err != nil {
		return Plan{}, err
	}
	items, err := inOrder("item-ids", "blocklist item", p.Items, found, func(b s1.BlocklistItem) s1.BlocklistID { return b.ID })
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Targets: targetsOf(call, items, blocklistTarget), Undo: "Block again",
		Notes: []string{"⚠ Weakens the protection: after this the files may run again, unless something else stops them."}}
	for _, b := range items {
		plan.reaches(firstNonEmpty(b.Value, b.SHA256), b.Scope, b.ScopePath, b.ScopeName)
	}
	return plan, nil
}

func unblock() *Command {
	return define(Command{
		Name: "remove-items-in-blacklist", Title: "Remove Items In Blacklist", Area: "blocklist", Aliases: []string{"unblock", "unblock-hash"}, Main: "item-ids",
		Risk: Destructive, Needs: "Blocklist › View + Edit", Repeatable: true, Undo: "block-hash",
		Doc:      "Takes hashes off the blocklist: the files may run again.",
		Examples: []string{`remove-items-in-blacklist item-ids=1234567891 reason="false alarm"`, `unblock 3395856ce81f2b7382dee72602f798b642f14140 reason="false alarm, INC-1042"`},
	}, func(ctx context.Context, call *Call, p unblockParams) (render.Card, error) {
		before, _ := call.Console.BlocklistByID(ctx, p.Items[:min(len(p.Items), maxShown)]) // nobody can read their hashes afterwards
		result, err := call.Console.Unblock(ctx, p.Items)
		if err != nil {
			return render.Card{}, fmt.Errorf("unblock %d items: %w", len(p.Items), err)
		}
		c := change{
			noun: "blocklist item", done: "taken off", result: result, targets: known(call, "blocklist item", p.Items, before, systemFirst(blocklistTarget)),
			states: gone(p.Items, "taken off"),
			why:    "The items are gone already, or outside what the bot's token may change.",
		}
		if result.Affected < len(p.Items) {
			c.states = nil
			if still, err := call.Console.BlocklistByID(ctx, p.Items); err == nil {
				c.states = remains(p.Items, still, func(b s1.BlocklistItem) (s1.BlocklistID, bool) { return b.ID, true })
			}
		}
		if again, ok := blockAgain(before); ok && result.Affected > 0 {
			c.actions = append(c.actions, again)
		}
		return c.card(call), nil
	})
}

// blockAgain takes an unblocking back, where one hash was blocked on one system in sites: more does not fit one command.
func blockAgain(items []s1.BlocklistItem) (render.Button, bool) {
	var sites []s1.SiteID
	for _, b := range items {
		if b.Value != items[0].Value || b.OSType != items[0].OSType || len(b.Scope.Sites) == 0 {
			return render.Button{}, false
		}
		sites = append(sites, b.Scope.Sites...)
	}
	if len(items) == 0 || !sha1Form.MatchString(strings.ToLower(items[0].Value)) { // block-hash takes nothing else
		return render.Button{}, false
	}
	return render.Button{Label: "Block again", Do: Invocation{Command: "block-hash", Args: marshal(map[string]any{
		"threat-hashes": []string{items[0].Value}, "os-type": items[0].OSType, "site-id": sites})}}, true
}
