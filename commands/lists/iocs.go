package lists

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func iocCommands() []*catalog.Command {
	return []*catalog.Command{listIOCs(), createIOC(), deleteIOCs()}
}

// An iocUUID names an indicator: 32 hexadecimal digits, with dashes or without. The id of a list's
// row does not exist here: uuid is the key.
type iocUUID string

func (iocUUID) Kind() catalog.Kind {
	return catalog.Kind{Name: "ioc", Widget: render.Search, Search: "iocs", Hint: "32 hexadecimal digits; list-iocs shows them", Read: func(typed string, _ text.Input) (any, error) {
		if uuid := lookup.PlainUUID(strings.TrimSpace(typed)); uuid != "" {
			return uuid, nil
		}
		return nil, fmt.Errorf("%s is not the uuid of an IOC (32 hexadecimal digits)", text.Quote(typed))
	}}
}

// iocRows is how lists of indicators look. The accounts are kept for the delete button, whose call
// wants them.
func iocRows(call *catalog.Call, accounts []s1.AccountID) listing.Listing[s1.IOC] {
	return listing.Listing[s1.IOC]{
		Noun: "IOCs", Things: "IOCs", Page: call.Console.IOCsPage, Raw: func(i s1.IOC) json.RawMessage { return i.Raw }, Table: iocTable,
		One: func(i s1.IOC) render.Card { return iocCard(i, accounts) },
		More: []listing.Column[s1.IOC]{
			{Title: "UUID", Value: func(i s1.IOC) string { return i.UUID }},
			{Title: "Description", Value: func(i s1.IOC) string { return i.Description }},
			{Title: "External id", Value: func(i s1.IOC) string { return i.ExternalID }},
			{Title: "Tactics", Value: func(i s1.IOC) string { return strings.Join(i.MitreTactic, " ") }},
			{Title: "Categories", Value: func(i s1.IOC) string { return strings.Join(i.Category, " ") }},
			{Title: "Creator", Value: func(i s1.IOC) string { return i.Creator }},
		},
		Empty: "ioc-value must be the full value; names and descriptions match by any part. A new IOC can take a few seconds to appear.",
	}
}

func iocTable(found []s1.IOC) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Value"}, {Title: "Type"}, {Title: "Name"}, {Title: "Source"}, {Title: "Valid until"}, {Title: "Uploaded"}, {Title: "By"}}}
	for _, i := range found {
		t.Rows = append(t.Rows, []render.Line{
			{render.Mono(i.Value)}, {render.Text(i.Type.Label())}, {render.Text(i.Name)}, {render.Text(i.Source)}, {render.At(i.ValidUntil.Time)},
			{render.At(i.UploadTime.Time)}, {render.Text(i.Creator)},
		})
	}
	return t
}

// Delete is offered only with a UUID that can be sent; the accounts of the list go along, because
// the console asks for them.
func iocCard(i s1.IOC, accounts []s1.AccountID) render.Card {
	var f listing.Sheet
	f.Text("Type", i.Type.Label())
	f.Text("Source", i.Source)
	f.Text("Name", i.Name)
	f.At("Valid until", i.ValidUntil, render.At(i.ValidUntil.Time))
	f.Text("Description", i.Description)
	f.Text("Tactics", strings.Join(i.MitreTactic, ", "))
	f.Text("External id", i.ExternalID)
	f.Text("By", i.Creator)
	f.At("Uploaded", i.UploadTime, render.At(i.UploadTime.Time))
	f.Mono("UUID", i.UUID)
	card := render.Card{Tone: render.Info, Title: "IOC · " + i.Value, Parts: []render.Part{render.Line{render.Mono(i.Value)}, f.Part()}}
	if lookup.PlainUUID(i.UUID) != "" {
		card.Actions = []render.Action{render.Button{Label: "Delete", Do: catalog.Invocation{Command: "delete-iocs", Args: catalog.Marshal(map[string]any{"account-ids": accounts, "uuids": []string{i.UUID}})}}}
	}
	return card
}

func iocTarget(_ *catalog.Call, i s1.IOC) catalog.Target {
	return catalog.Target{Kind: "IOC", ID: i.UUID, Name: cmp.Or(i.Value, i.UUID), State: text.JoinNonEmpty(" · ", i.Type.Label(), i.Source, i.Name)}
}

// created is the time in the source's own data, updated the console's: collectors that add old
// indicators have the two years apart.
type listIOCsParams struct {
	Accounts    []s1.AccountID `json:"account-ids" help:"The accounts whose IOCs to list."`
	Names       []string       `json:"ioc-names,omitzero" help:"Only IOCs whose name contains one of these."`
	Value       string         `json:"ioc-value,omitzero" help:"Only the IOC with this full value."`
	Type        s1.IOCType     `json:"type,omitzero" help:"Only IOCs of this type."`
	Source      []string       `json:"source,omitzero" help:"Only IOCs from these sources."`
	Categories  []string       `json:"categories,omitzero" help:"Only IOCs of these categories, such as the type of malware."`
	Description []string       `json:"description,omitzero" help:"Only IOCs whose description contains one of these."`
	Creator     []string       `json:"creator,omitzero" help:"Only IOCs whose uploader's name contains one of these."`
	After       time.Time      `json:"created-after,omitzero" help:"Only IOCs created at this time or later, according to their source."`
	Before      time.Time      `json:"created-before,omitzero" help:"Only IOCs created at this time or earlier."`
	Since       time.Time      `json:"updated-after,omitzero" help:"Only IOCs changed in the console at this time or later."`
	Until       time.Time      `json:"updated-before,omitzero" help:"Only IOCs changed in the console at this time or earlier."`
	Limit       *listing.Limit `json:"limit,omitzero" help:"Maximum number of IOCs to list; 1000 if empty."`
}

// Check finds what the console would answer with an empty list and no word: search terms too short
// for it, and times in the wrong order. An empty list of indicators reads as "not known", which is
// a fact that people act on.
func (p *listIOCsParams) Check() error {
	if err := catalog.Searchables(catalog.Named{Param: "ioc-names", Values: p.Names}, catalog.Named{Param: "description", Values: p.Description}, catalog.Named{Param: "creator", Values: p.Creator}); err != nil {
		return err
	}
	for _, pair := range []struct {
		name     string
		from, to time.Time
	}{{"created", p.After, p.Before}, {"updated", p.Since, p.Until}} {
		if !pair.from.IsZero() && !pair.to.IsZero() && pair.to.Before(pair.from) {
			return catalog.Wrong(pair.name+"-before", "this is earlier than %s-after, so nothing can match", pair.name)
		}
	}
	return nil
}

// The lists with __contains and __in take several values, value and type one.
func (p listIOCsParams) Query() s1.Query {
	q := s1.Query{}.With("accountIds", catalog.Convert[string](p.Accounts)...)
	for key, values := range map[string][]string{
		"name__contains": p.Names, "source": p.Source, "category__in": p.Categories, "description__contains": p.Description, "creator__contains": p.Creator,
	} {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	for key, value := range map[string]string{"value": p.Value, "type": string(p.Type)} {
		if value != "" {
			q = q.With(key, value)
		}
	}
	for key, t := range map[string]time.Time{"creationTime__gte": p.After, "creationTime__lte": p.Before, "updatedAt__gte": p.Since, "updatedAt__lte": p.Until} {
		if !t.IsZero() {
			q = q.With(key, s1.FormatTime(t))
		}
	}
	return q
}

// GET /threat-intelligence/iocs answers 403 to a token of several accounts ("This page doesn't
// support multi-scopes users yet"), whatever its role.
func listIOCs() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "list-iocs", Title: "List IOCs", Area: "iocs", Aliases: []string{"iocs", "indicators"}, Main: "account-ids",
		Wording: iocsWording(),
		Risk:    catalog.Read, Needs: "Threat Intelligence › View", Repeatable: true,
		Doc:      "Lists indicators of compromise of accounts.",
		Examples: []string{`iocs "Example Corp" type=IPv4 limit=10`, "list-iocs account-ids=131000000000000791 ioc-value=203.0.113.9"},
	}, func(ctx context.Context, call *catalog.Call, p listIOCsParams) (render.Card, error) {
		return iocRows(call, p.Accounts).Show(ctx, call, p.Query(), p.Limit)
	})
}
