package s1

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"regexp"
	"strings"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A BlocklistItem is a hash that may not run on one kind of system in one scope. The same hash has
// an item for each system and scope.
type BlocklistItem struct {
	Row
	ID             BlocklistID `json:"id"`
	Type           string      `json:"type"`
	Value          string      `json:"value"` // SHA-1
	SHA256         string      `json:"sha256Value"`
	OSType         OSType      `json:"osType"`
	Description    string      `json:"description"`
	Source         string      `json:"source"` // user, cloud, action_from_threat, catalog
	Scope          Scope       `json:"scope"`
	ScopeName      string      `json:"scopeName"`
	ScopePath      string      `json:"scopePath"`
	NotRecommended string      `json:"notRecommended"`
	UserName       string      `json:"userName"`
	CreatedAt      Time        `json:"createdAt"`
	UpdatedAt      Time        `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (b BlocklistItem) RowKey() string { return string(b.ID) }

// blackHash is the only type of a blocklist's items. The path takes others, and makes exclusions of them: the opposite.
const blackHash = "black_hash"

func (c *Client) blocklist() pages.List[BlocklistItem] {
	return pages.List[BlocklistItem]{Client: c.t, Call: transport.Call{Operation: "list blocklist", Method: http.MethodGet, Route: "restrictions", Permission: "Blacklist.view"}}
}

// ofBlocklist asks for hashes that are blocked unless q says otherwise. The list has exclusions by
// hash in it as well.
func ofBlocklist(q Query) Query {
	if q.Get("type") == "" && q.Get("types") == "" {
		return q.With("type", blackHash)
	}
	return q
}

// BlocklistPage returns one page of the blocklist's items that match q; see Query.Everywhere for which scopes are meant.
func (c *Client) BlocklistPage(ctx context.Context, q Query) (Page[BlocklistItem], error) {
	return c.blocklist().Page(ctx, ofBlocklist(q))
}

// Blocklist goes through all items that match q, page by page.
func (c *Client) Blocklist(ctx context.Context, q Query) iter.Seq2[BlocklistItem, error] {
	return c.blocklist().All(ctx, ofBlocklist(q))
}

// BlocklistByID returns the items with the given ids; ids that the console does not know are missing from the result.
func (c *Client) BlocklistByID(ctx context.Context, ids []BlocklistID) ([]BlocklistItem, error) {
	wanted, err := wire.Selection(ids)
	if err != nil {
		return nil, transport.Refusal("list blocklist", err)
	}
	return pages.RowsByID(ctx, c.blocklist(), "ids", wanted, ofBlocklist(Query{}.Everywhere()), func(item BlocklistItem) string { return string(item.ID) })
}

// After lower case.
var sha1Form = regexp.MustCompile(`^[0-9a-f]{40}$`)

// BlockHash puts one SHA-1 on the blocklist for one kind of system. A hash that is there already is an error of the console's.
func (c *Client) BlockHash(ctx context.Context, in Scope, hash string, system OSType, description string) ([]BlocklistItem, error) {
	call := transport.Call{Operation: "block hash", Method: http.MethodPost, Route: "restrictions", Permission: "Blacklist.create"}
	hash = strings.ToLower(hash) // the console compares letter by letter
	switch err := in.check(); {
	case err != nil:
		return nil, transport.Refusal(call.Operation, err)
	case !sha1Form.MatchString(hash):
		return nil, transport.Invalid(call.Operation, "SHA-1 %q", hash)
	}
	data := map[string]string{"type": blackHash, "value": hash, "osType": string(system), "source": "user"}
	if description != "" {
		data["description"] = description
	}
	call.Body = map[string]any{"data": data, "filter": in}
	items, err := pages.Made[BlocklistItem](ctx, c.t, call)
	if err == nil && len(items) == 0 {
		err = namesNothing(call)
	}
	return items, err
}

// Unblock takes items off the blocklist.
func (c *Client) Unblock(ctx context.Context, ids []BlocklistID) (ActionResult, error) {
	return changes.Delete(ctx, c.t, transport.Call{Operation: "unblock hashes", Route: "restrictions", Permission: "Blacklist.edit"}, ids, blackHash)
}

// BlockThreats blocks the files of threats: of all that share a collection id, in a site, for what target says.
func (c *Client) BlockThreats(ctx context.Context, collections []string, site SiteID, target TargetScope, description string) (ActionResult, error) {
	call := transport.Call{Operation: "block threats", Method: http.MethodPost, Route: "threats/add-to-blacklist", Permission: "Blacklist.create"}
	selected, err := wire.Selection(collections)
	switch {
	case err != nil:
		return ActionResult{}, transport.Refusal(call.Operation, err)
	case !site.Valid():
		return ActionResult{}, transport.Refusal(call.Operation, ErrInvalidID)
	case !wire.ValidChoice(target):
		return ActionResult{}, transport.Invalid(call.Operation, "target scope %q", target)
	}
	data := map[string]string{"targetScope": string(target)}
	if description != "" {
		data["description"] = description
	}
	call.Body = map[string]any{"data": data, "filter": map[string][]string{"collectionIds": selected, "siteIds": {string(site)}}}
	return changes.Send(ctx, c.t, call)
}

// TargetScope is how far from a threat its file is blocked.
type TargetScope string

// Choices lists the scopes, narrowest first.
func (TargetScope) Choices() []Choice {
	return []Choice{{Value: "group", Label: "Group"}, {Value: "site", Label: "Site"}, {Value: "account", Label: "Account"}, {Value: "tenant", Label: "Tenant"}}
}

// Label is the scope as people read it.
func (t TargetScope) Label() string { return wire.Label(t) }

// HashVerdict is what the vendor's cloud thinks of a file.
type HashVerdict string

// The verdicts.
const (
	HashMalicious HashVerdict = "malicious"
	HashBenign    HashVerdict = "non-malicious"
	HashUnknown   HashVerdict = "unknown"
)

// Choices lists the verdicts.
func (HashVerdict) Choices() []Choice {
	return []Choice{{Value: "malicious", Label: "Malicious"}, {Value: "non-malicious", Label: "Not malicious"}, {Value: "unknown", Label: "Unknown"}}
}

// Label is the verdict as people read it.
func (v HashVerdict) Label() string { return wire.Label(v) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (v *HashVerdict) UnmarshalText(text []byte) error { return wire.Lenient(v, text) }

// A Reputation is what the vendor's cloud knows of a file. Rank is "0" to "10", from older consoles only.
type Reputation struct {
	Row
	Verdict HashVerdict `json:"verdict"`
	Rank    string      `json:"rank"`
}

// HashReputation asks for the verdict on a SHA-1, and where the console has that path no more, or
// not yet, for the rank: 5 and more is malicious, 1 to 4 is not. A hash that nobody has seen is
// HashUnknown. The older path is gone from the document of 2026, the newer one is marked as
// deprecated in it: either may be missing.
func (c *Client) HashReputation(ctx context.Context, hash string) (Reputation, error) {
	hash = strings.ToLower(hash)
	call := transport.Call{Operation: "get hash reputation", Method: http.MethodGet, Route: "hashes/{id}/verdict", IDs: []string{hash}, Permission: "Blacklist.view"}
	if !sha1Form.MatchString(hash) {
		return Reputation{}, transport.Invalid(call.Operation, "SHA-1 %q", hash)
	}
	r, err := transport.Get[Reputation](ctx, c.t, call)
	if transport.Absent(err) {
		call.Route = "hashes/{id}/reputation"
		r, err = transport.Get[Reputation](ctx, c.t, call)
	}
	if errors.Is(err, transport.ErrNoFacts) { // what some consoles say of a file that nobody has seen
		err = nil
	}
	if r.Verdict == "" {
		r.Verdict = verdictOf(r.Rank)
	}
	return r, err
}

// verdictOf reads the rank of the older path; no rank is a file that nobody has seen.
func verdictOf(rank string) HashVerdict {
	switch rank {
	case "", "0":
		return HashUnknown
	case "1", "2", "3", "4":
		return HashBenign
	}
	return HashMalicious
}
