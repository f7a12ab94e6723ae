package lists

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// POST /restrictions takes one hash, and makes one item for it in each site of the filter. Windows,
// legacy Windows, macOS and Linux have their own items, so "blocked everywhere" takes a command for
// each.
type blockHashParams struct {
	Hashes []lookup.Sha1Hash `json:"threat-hashes" help:"The files to block, by SHA-1."`
	OS     s1.OSType         `json:"os-type" help:"The operating system they are blocked on. Each system has its own entries."`
	Sites  []s1.SiteID       `json:"site-id" help:"The sites they are blocked in."`
}

// The hashes are no targets: nothing in the console stands for them yet. What is touched are the
// sites, and those the policy decides about.
func (p *blockHashParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places := lookup.PlaceParams{Sites: p.Sites}
	targets, err := places.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Sites = places.Sites
	return catalog.Plan{Targets: targets, About: catalog.Convert[string](p.Hashes), Undo: "Unblock", Facts: catalog.FactsOf("OS", p.OS.Label(), "SHA-1", strings.Join(catalog.Convert[string](p.Hashes), "\n")),
		Notes: []string{"Endpoints in these sites will no longer run these files. Files that are already running are stopped according to policy."}}, nil
}

// blockNote is the description of every entry that the bot makes. It tells people who read the list
// in the console where an entry comes from: else they see the token's user alone.
const blockNote = "Blocked from Slack"

// The type in the call is black_hash: with any other the same path creates an exclusion, which
// allows the file. The console answers with the list of items it made; the button that takes it
// back needs their ids, and Visible looks whether the list shows them. Repeatable: a second block
// of the same hash changes nothing.
func blockHash() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "block-hash", Title: "Block Hash", Area: "blocklist", Aliases: []string{"block", "block-hashes"}, Main: "threat-hashes",
		Everyday: 10,
		Wording:  blockWording(),
		OnCards:  blockHashOnCards(), OnObservables: blockHashOnObservables(),
		Risk: catalog.Destructive, Needs: "Blocklist › View + Create", Repeatable: true, Undo: "remove-items-in-blacklist",
		Doc:      "Adds files to the blocklist of sites by SHA-1: they can no longer run there.",
		Examples: []string{`block 3395856ce81f2b7382dee72602f798b642f14140 os=Windows site=Paris reason="ransomware, INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p blockHashParams) (render.Card, error) {
		var made []s1.BlocklistID
		var shown []change.Made[s1.BlocklistID]
		one := func(hash lookup.Sha1Hash) (catalog.Target, string, error) {
			items, err := call.Console.BlockHash(ctx, s1.Scope{Sites: p.Sites}, string(hash), p.OS, blockNote)
			t := catalog.Target{Kind: "blocklist item", ID: string(hash), Name: string(hash), State: p.OS.Label()}
			for _, item := range items {
				if item.ID.Valid() {
					made, shown = append(made, item.ID), append(shown, change.Made[s1.BlocklistID]{ID: item.ID, Name: string(hash)})
				}
				t.Site, t.URL = lookup.ScopeWords(item.ScopePath, item.ScopeName), call.Console.BlocklistURL(item.ID)
			}
			return t, "blocked", err
		}
		card, err := change.OneByOne(call, "file", "blocked", p.Hashes, one)
		if err != nil {
			return render.Card{}, fmt.Errorf("block %d hashes: %w", len(p.Hashes), err)
		}
		if len(made) > 0 {
			card.Actions = append(card.Actions, unblockButton(made))
		}
		return change.Visible(card, shown, func(ids []s1.BlocklistID) ([]s1.BlocklistItem, error) {
			return call.Console.BlocklistByID(ctx, ids)
		}, func(b s1.BlocklistItem) s1.BlocklistID { return b.ID }), nil
	})
}

// Collections and site must be of the same threats: otherwise the console answers 200 with affected
// 0.
type blockThreatsParams struct {
	Collections []lookup.CollectionID `json:"collection-ids" help:"The threats whose files to block."`
	Site        s1.SiteID             `json:"site-id" help:"The site of these threats."`
	Description string                `json:"description,omitzero" help:"The reason, kept on the blocklist."`
	Target      s1.TargetScope        `json:"target-scope" help:"Where the files are blocked: in the threat's group, site or account, or everywhere."`
}

// Only threats with a SHA-1 can be blocked (threat_has_no_hash); which ones those are is known now,
// so an approver sees it and a command for fileless threats alone is not asked for at all.
func (p *blockThreatsParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places := lookup.PlaceParams{Sites: []s1.SiteID{p.Site}}
	if _, err := places.Pin(ctx, call); err != nil {
		return catalog.Plan{}, err
	}
	p.Site = places.Sites[0]
	threats, err := p.Threats(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	var notes []string
	var bare []catalog.Target
	hashes := map[string]bool{}
	for _, t := range threats {
		if t.Info.SHA1 == "" {
			bare = append(bare, lookup.ThreatTarget(call, t))
			continue
		}
		hashes[t.Info.SHA1] = true
	}
	if len(bare) > 0 {
		notes = append(notes, "⚠ "+text.Plural(len(bare), "threat")+" without a SHA-1 can't be blocked: "+lookup.Names(bare)+".")
	}
	if len(hashes) == 0 {
		return catalog.Plan{}, catalog.Wrong("collection-ids", "none of these threats has a file with a SHA-1, so there is nothing to block")
	}
	if p.Target == "account" || p.Target == "tenant" {
		notes = append(notes, "⚠ The files are blocked in the whole "+string(p.Target)+", not only in the site.")
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), Notes: notes, Undo: "Unblock",
		Facts: catalog.FactsOf("Blocked in", p.Target.Label(), "Description", p.Description, "SHA-1", strings.Join(catalog.SortedKeys(hashes), "\n"))}
	for _, t := range threats {
		plan.Add(catalog.BlockedFor(t, p.Site, p.Target))
	}
	return plan, nil
}

// Threats returns the threats of the collections in the site: of each one at least one. Where there
// is none, the console would answer that all is well and block nothing. Collections go in chunks,
// because they are part of a GET's address. That they are read from the same site is what the
// console itself checks.
func (p *blockThreatsParams) Threats(ctx context.Context, call *catalog.Call) ([]s1.Threat, error) {
	q := s1.Query{}.With("siteIds", string(p.Site))
	var all []s1.Threat
	for some := range slices.Chunk(catalog.Convert[string](p.Collections), change.MaxShown) {
		of := q.With("collectionIds", some...)
		found, err := s1.Collect(s1.Take(lookup.PostFiltered(call.Console.Threats(ctx, of), of, lookup.ThreatMatcher, func(t s1.Threat) json.RawMessage { return t.Raw }), catalog.MaxTargets+1))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) > catalog.MaxTargets {
		return nil, catalog.TooMany("collection-ids", "threats")
	}
	for _, id := range p.Collections {
		if !slices.ContainsFunc(all, func(t s1.Threat) bool { return t.Info.CollectionID == string(id) }) {
			e := catalog.Wrong("collection-ids", "the site has no threat with the collection id %s", id)
			e.Hint = "collection id and site must belong to the same threat; get-threat shows both in its raw data"
			return nil, e
		}
	}
	return all, nil
}

// POST /threats/add-to-blacklist: its filter could be left empty, which blocks the files of every
// threat. Here it has collections and a site, always.
func blockThreats() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "add-threat-to-blacklist", Title: "Add Threat To Blacklist", Area: "blocklist", Aliases: []string{"block-threat", "blacklist-threat"}, Main: "collection-ids",
		OnCards: blockThreatOnCards(),
		Risk:    catalog.Destructive, Needs: "Blocklist › View + Create", Route: "threats/add-to-blacklist", Repeatable: true, Undo: "remove-items-in-blacklist",
		Doc:      "Adds the files of threats to the blocklist of their group, site or account, or of the whole tenant.",
		Examples: []string{`add-threat-to-blacklist collection-ids=947000000000000369 site-id=Paris target-scope=site description="INC-1042" reason="ransomware"`},
	}, func(ctx context.Context, call *catalog.Call, p blockThreatsParams) (render.Card, error) {
		result, err := call.Console.BlockThreats(ctx, catalog.Convert[string](p.Collections), p.Site, p.Target, p.Description)
		if err != nil {
			return render.Card{}, fmt.Errorf("block the files of %d threats: %w", len(p.Collections), err)
		}
		return p.outcome(ctx, call, result), nil
	})
}

// outcome tells which threats' files are blocked now. One that was blocked before is as it was
// wanted. The console counts collections, while a person counts threats; so the number on the card
// is made from details[], where there are any, and only bounded by what the console said.
func (p *blockThreatsParams) outcome(ctx context.Context, call *catalog.Call, result s1.ActionResult) render.Card {
	c := change.Outcome{
		Noun: "threat", Done: "file blocked", Result: result, States: map[string]string{},
		Why: "The files are on the blocklist already, or the collection id and the site don't belong to the same threat.",
	}
	threats, err := p.Threats(ctx, call)
	if err != nil {
		c.Notes = append(c.Notes, "I couldn't read the names of the threats.")
	}
	c.Targets = catalog.TargetsOf(call, threats, lookup.ThreatTarget)
	if len(c.Targets) == 0 {
		for _, id := range p.Collections {
			c.Targets = append(c.Targets, catalog.Target{Kind: "threat", ID: string(id), Name: "collection " + string(id)})
		}
	}
	fulfilled := 0
	for _, d := range result.Details {
		if d.Result == "created" || d.Result == "already_exists" {
			fulfilled++
		}
		c.States[d.ID] = cmp.Or(blockResults[d.Result], change.ResultWord(d.Result))
	}
	c.Result.Details = nil // told in these words, not in those of verdicts
	if len(result.Details) == 0 && result.Affected >= len(p.Collections) {
		fulfilled = len(c.Targets) // the console counts collections here, not threats
	}
	if n := c.Result.Affected; n > 0 && n <= max(len(c.Targets), len(p.Collections)) { // more is told as such
		c.Result.Affected = max(min(fulfilled, len(c.Targets)), 1)
	}
	c.Actions = append(c.Actions, render.Button{Label: "Blocklist", Do: catalog.Invocation{Command: "get-black-list"}})
	card := c.Card(call)
	if card.Outcome == render.Failed || card.Lead != "" {
		return card
	}
	made, file := p.blocked(threats, result)
	return change.Visible(card, made, func([]string) ([]string, error) { return p.shown(ctx, call, file) }, func(hash string) string { return hash })
}

// blocked are the files that the console says it blocked now, each once, with the threat that each
// is of. A console without details says it of all.
func (p *blockThreatsParams) blocked(threats []s1.Threat, result s1.ActionResult) (made []change.Made[string], of map[string]s1.Threat) {
	of = map[string]s1.Threat{}
	for _, t := range threats[:min(len(threats), change.MaxShown)] {
		hash := strings.ToLower(t.Info.SHA1)
		i := slices.IndexFunc(result.Details, func(d s1.IDResult) bool { return d.ID == string(t.ID) })
		if _, twice := of[hash]; twice || hash == "" || len(result.Details) > 0 && (i < 0 || result.Details[i].Result != "created") {
			continue
		}
		of[hash] = t
		made = append(made, change.Made[string]{ID: hash, Name: t.Name()})
	}
	return made, of
}

const (
	maxContained = 10  // values that the console compares at once
	maxLooked    = 200 // items that are read at once: a hash has one for each system and scope
)

// shown are those of the hashes that the blocklist has where they were to be blocked. Newer agents'
// files have a SHA-256 there and no value, and the console searches values alone: the newest items
// are read for these.
func (p *blockThreatsParams) shown(ctx context.Context, call *catalog.Call, of map[string]s1.Threat) (found []string, err error) {
	note := func(q s1.Query) error {
		page, err := call.Console.BlocklistPage(ctx, q.Everywhere().WithLimit(maxLooked))
		for _, item := range page.Items {
			for hash, t := range of {
				if (strings.EqualFold(item.Value, hash) || item.SHA256 != "" && strings.EqualFold(item.SHA256, t.Info.SHA256)) && p.covers(item, t) {
					found = catalog.AppendNew(found, hash)
				}
			}
		}
		return err
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(of)), maxContained) {
		if err := note(s1.Query{}.With("value__contains", some...)); err != nil {
			return nil, err
		}
	}
	if len(found) == len(of) {
		return found, nil
	}
	return found, note(s1.Query{}.SortedBy("createdAt", s1.Descending))
}

// covers tells whether an item is of the place where the file of a threat was to be blocked; where
// nobody knows that place, any is.
func (p *blockThreatsParams) covers(item s1.BlocklistItem, t s1.Threat) bool {
	at := catalog.BlockedFor(t, p.Site, p.Target)
	switch {
	case item.Scope.IsZero():
		return true
	case at.Kind == "site":
		return slices.Contains(item.Scope.Sites, s1.SiteID(at.ID))
	case at.Kind == "group":
		return slices.Contains(item.Scope.Groups, s1.GroupID(at.ID))
	case at.Kind == "account":
		return slices.Contains(item.Scope.Accounts, s1.AccountID(at.ID))
	}
	return item.Scope.Tenant || p.Target != "tenant"
}

// blockResults word the console's details[].result of this path. A result that is new is shown as
// the console spells it.
var blockResults = map[string]string{
	"created": "blocked", "already_exists": "was blocked already", "threat_has_no_hash": "not blocked, it has no hash",
	"empty_value": "not blocked, it has no hash", "disabled_endpoint": "not blocked, its endpoint is switched off in the console",
	"unknown_failure": "not blocked, the console doesn't say why",
}
