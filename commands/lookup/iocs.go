package lookup

import (
	"context"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// A CollectionID names all threats of the same content. add-threat-to-blacklist takes it, and
// nothing else does.
type CollectionID string

func (CollectionID) Kind() catalog.Kind {
	return catalog.Early(catalog.IdKind("collection", "collections", "The threat's collection id, from the console's raw data, or the threat's name.", findCollections))
}

// findCollections turns names of threats into the ids of their content: threats of one content are
// one.
func findCollections(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	d := threatDirectory()
	d.Target = func(call *catalog.Call, t s1.Threat) catalog.Target {
		target := ThreatTarget(call, t)
		target.ID = t.Info.CollectionID
		return target
	}
	fits := d.fits
	d.fits = func(t s1.Threat, name string) bool { return t.Info.CollectionID != "" && fits(t, name) }
	return d.find(ctx, call, param, words)
}

func searchCollections() search {
	return searchBox((*s1.Client).ThreatsPage, freeQuery("collectionIds", "createdAt"), func(t s1.Threat) render.Option {
		return render.Option{Label: text.JoinNonEmpty(" · ", t.Name(), t.Host(), t.SiteName()), Value: t.Info.CollectionID}
	})
}

// searchIOCs looks in all accounts that the bot's token sees: the console wants them named. Values
// match exactly there and names by parts, so what was typed is asked for both ways.
func searchIOCs(ctx context.Context, call *catalog.Call, typed string) ([]render.Option, error) {
	accounts, err := call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(100)) // more ids make too long an address
	if err != nil || len(accounts.Items) == 0 {
		return nil, err
	}
	base := s1.Query{}.With("accountIds", NamesIn(accounts.Items, func(a s1.Account) string { return string(a.ID) })...).SortedBy("uploadTime", s1.Descending).WithLimit(catalog.MaxSuggestions)
	queries := []s1.Query{base}
	if uuid := PlainUUID(typed); uuid != "" { // which can be an MD5 as well
		queries = []s1.Query{base.With("uuids", uuid), base.And(s1.Query{"value": {typed}})}
	} else if typed != "" {
		queries = []s1.Query{base.And(s1.Query{"value": {typed}})}
		if catalog.Searchable(typed) {
			queries = append(queries, base.With("name__contains", typed))
		}
	}
	options := []render.Option{}
	for _, q := range queries {
		page, err := call.Console.IOCsPage(ctx, q)
		if err != nil {
			return options, err
		}
		for _, i := range page.Items {
			o := render.Option{Label: text.JoinNonEmpty(" · ", i.Value, i.Type.Label(), i.Name, i.Source), Value: i.UUID}
			if o.Value != "" && !slices.Contains(options, o) {
				options = append(options, o)
			}
		}
	}
	return options, nil
}
