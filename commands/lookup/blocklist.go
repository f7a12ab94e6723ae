package lookup

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// A Sha1Hash is a file's SHA-1, which is what the blocklist knows files by. Lower case, because GET
// /restrictions compares value letter by letter and has small ones.
type Sha1Hash string

// Kind takes a SHA-1 and nothing else, in small letters as the console compares it. Whoever pastes
// another hash is told which one it is (otherHash).
func (Sha1Hash) Kind() catalog.Kind {
	k := catalog.TextKind()
	k.Hint = "SHA-1: 40 hexadecimal digits"
	k.Read = func(typed string, _ text.Input) (any, error) {
		hash := strings.ToLower(strings.TrimSpace(typed))
		if !Sha1Form.MatchString(hash) {
			return nil, fmt.Errorf("%s is not a SHA-1 hash (40 hexadecimal digits)%s", text.Quote(typed), otherHash(hash))
		}
		return hash, nil
	}
	return k
}

// otherHash says what a hash is instead, so that nobody wonders.
func otherHash(hash string) string {
	if !HashForm.MatchString(hash) {
		return ""
	}
	switch len(hash) {
	case 32:
		return "; it looks like an MD5"
	case 64:
		return "; it looks like a SHA-256"
	}
	return fmt.Sprintf("; it has %d", len(hash))
}

// HashForm is a hash or a part of one, from six digits on.
var HashForm = regexp.MustCompile(`^[0-9a-fA-F]{6,64}$`)

// BlocklistTarget is a row of the blocklist as a plan names it.
func BlocklistTarget(call *catalog.Call, b s1.BlocklistItem) catalog.Target {
	site, group := placeOf(b.Scope, b.ScopePath, b.ScopeName)
	return catalog.Target{Kind: "blocklist item", ID: string(b.ID), Name: cmp.Or(b.Value, b.SHA256, string(b.ID)), Site: site, Group: group,
		OS: b.OSType.Label(), State: b.Description, URL: call.Console.BlocklistURL(b.ID)}
}

// FindBlocked turns hashes into the ids of all their items: a hash has one for each system and
// scope. To unblock a file means to remove all of them: with one left the file still cannot run
// somewhere, and nobody sees why.
func FindBlocked(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
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

// blockedHash returns all items of one hash; none is an error that says so.
func blockedHash(ctx context.Context, call *catalog.Call, param, hash string) ([]s1.BlocklistItem, error) {
	if !HashForm.MatchString(hash) || len(hash) != 40 && len(hash) != 64 {
		return nil, catalog.Wrong(param, "%s is neither the id of an item nor a hash", text.Quote(hash))
	}
	items, err := ItemsOf(ctx, call, s1.Query{}.Everywhere(), func(b s1.BlocklistItem) bool {
		return strings.EqualFold(b.Value, hash) || strings.EqualFold(b.SHA256, hash)
	}, hash)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", text.Quote(hash), err)
	}
	if len(items) == 0 {
		return nil, catalog.Wrong(param, "the hash %s is not on the blocklist", hash)
	}
	return items, nil
}

// maxScanned is how many items of a blocklist are read to find a hash that the console does not
// search for. Fifty calls, each for a thousand rows, are the most that a person is made to wait for.
const maxScanned = 50_000

// ItemsOf finds items by a hash or a part of one. The console searches values alone, and some items
// have none but a SHA-256 beside it: where the search finds nothing, all items of the scope are
// read. A SHA-256 is always looked for in all of them: one item may have it as its value and
// another beside a SHA-1.
func ItemsOf(ctx context.Context, call *catalog.Call, scope s1.Query, is func(s1.BlocklistItem) bool, hash string) ([]s1.BlocklistItem, error) {
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
			e := catalog.Wrong("", "the blocklist has more than %d items, and the console can't search for this hash", maxScanned)
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
		return render.Option{Label: text.JoinNonEmpty(" · ", cmp.Or(b.Value, b.SHA256), b.OSType.Label(), ScopeWords(b.ScopePath, b.ScopeName), b.Description), Value: string(b.ID)}
	})
}

// Sha1Form is a whole SHA-1.
var Sha1Form = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)
