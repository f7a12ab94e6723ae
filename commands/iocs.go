package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

func iocCommands() []*Command { return []*Command{listIOCs(), createIOC(), deleteIOCs()} }

// An iocUUID names an indicator: 32 hexadecimal digits, with dashes or without.
type iocUUID string

func (iocUUID) kind() kind {
	return kind{name: "ioc", widget: render.Search, search: "iocs", hint: "32 hexadecimal digits; list-iocs tells them", read: func(text string, _ Input) (any, error) {
		if uuid := plainUUID(strings.TrimSpace(text)); uuid != "" {
			return uuid, nil
		}
		return nil, fmt.Errorf("%s is not the uuid of an IOC (32 hexadecimal digits)", quote(text))
	}}
}

// iocRows is how lists of indicators look.
func iocRows(call *Call, accounts []s1.AccountID) listing[s1.IOC] {
	return listing[s1.IOC]{
		noun: "IOCs", things: "IOCs", page: call.Console.IOCsPage, raw: func(i s1.IOC) json.RawMessage { return i.Raw }, table: iocTable,
		one: func(i s1.IOC) render.Card { return iocCard(i, accounts) },
		more: []column[s1.IOC]{
			{"UUID", func(i s1.IOC) string { return i.UUID }},
			{"Description", func(i s1.IOC) string { return i.Description }},
			{"External id", func(i s1.IOC) string { return i.ExternalID }},
			{"Tactics", func(i s1.IOC) string { return strings.Join(i.MitreTactic, " ") }},
			{"Categories", func(i s1.IOC) string { return strings.Join(i.Category, " ") }},
			{"Creator", func(i s1.IOC) string { return i.Creator }},
		},
		empty: "ioc-value is compared as a whole; names and descriptions by any part. A new IOC can take seconds to be listed.",
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

func iocCard(i s1.IOC, accounts []s1.AccountID) render.Card {
	var f sheet
	f.text("Type", i.Type.Label())
	f.text("Source", i.Source)
	f.text("Name", i.Name)
	f.at("Valid until", i.ValidUntil, render.At(i.ValidUntil.Time))
	f.text("Description", i.Description)
	f.text("Tactics", strings.Join(i.MitreTactic, ", "))
	f.text("External id", i.ExternalID)
	f.text("By", i.Creator)
	f.at("Uploaded", i.UploadTime, render.At(i.UploadTime.Time))
	f.mono("UUID", i.UUID)
	card := render.Card{Tone: render.Info, Title: "IOC · " + i.Value, Parts: []render.Part{render.Line{render.Mono(i.Value)}, f.part()}}
	if plainUUID(i.UUID) != "" {
		card.Actions = []render.Action{render.Button{Label: "Delete", Do: Invocation{Command: "delete-iocs", Args: marshal(map[string]any{"account-ids": accounts, "uuids": []string{i.UUID}})}}}
	}
	return card
}

func iocTarget(_ *Call, i s1.IOC) Target {
	return Target{Kind: "IOC", ID: i.UUID, Name: firstNonEmpty(i.Value, i.UUID), State: joinNonEmpty(" · ", i.Type.Label(), i.Source, i.Name)}
}

// searchIOCs looks in all accounts that the bot's token sees: the console wants them named.
func searchIOCs(ctx context.Context, call *Call, typed string) ([]render.Option, error) {
	accounts, err := call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(100)) // more ids make too long an address
	if err != nil || len(accounts.Items) == 0 {
		return nil, err
	}
	base := s1.Query{}.With("accountIds", namesIn(accounts.Items, func(a s1.Account) string { return string(a.ID) })...).SortedBy("uploadTime", s1.Descending).WithLimit(maxSuggestions)
	queries := []s1.Query{base}
	if uuid := plainUUID(typed); uuid != "" { // which can be an MD5 as well
		queries = []s1.Query{base.With("uuids", uuid), base.And(s1.Query{"value": {typed}})}
	} else if typed != "" {
		queries = []s1.Query{base.And(s1.Query{"value": {typed}})}
		if searchable(typed) {
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
			o := render.Option{Label: joinNonEmpty(" · ", i.Value, i.Type.Label(), i.Name, i.Source), Value: i.UUID}
			if o.Value != "" && !slices.Contains(options, o) {
				options = append(options, o)
			}
		}
	}
	return options, nil
}

type listIOCsParams struct {
	Accounts    []s1.AccountID `json:"account-ids" help:"The accounts."`
	Names       []string       `json:"ioc-names,omitzero" help:"Parts of the names of IOCs."`
	Value       string         `json:"ioc-value,omitzero" help:"The whole value."`
	Type        s1.IOCType     `json:"type,omitzero" help:"What the value is."`
	Source      []string       `json:"source,omitzero" help:"Where the IOCs come from."`
	Categories  []string       `json:"categories,omitzero" help:"Categories, such as the type of the malware."`
	Description []string       `json:"description,omitzero" help:"Parts of descriptions."`
	Creator     []string       `json:"creator,omitzero" help:"Parts of the names of who uploaded them."`
	After       time.Time      `json:"created-after,omitzero" help:"Made at this time or later, by their source's own account."`
	Before      time.Time      `json:"created-before,omitzero" help:"Made at this time or earlier."`
	Since       time.Time      `json:"updated-after,omitzero" help:"Changed in the console at this time or later."`
	Until       time.Time      `json:"updated-before,omitzero" help:"Changed in the console at this time or earlier."`
	Limit       *Limit         `json:"limit,omitzero" help:"How many IOCs at most; 1000 when empty."`
}

func (p *listIOCsParams) Check() error {
	if err := searchables(named{"ioc-names", p.Names}, named{"description", p.Description}, named{"creator", p.Creator}); err != nil {
		return err
	}
	for _, pair := range []struct {
		name     string
		from, to time.Time
	}{{"created", p.After, p.Before}, {"updated", p.Since, p.Until}} {
		if !pair.from.IsZero() && !pair.to.IsZero() && pair.to.Before(pair.from) {
			return wrong(pair.name+"-before", "it is before %s-after, so nothing can match", pair.name)
		}
	}
	return nil
}

func (p listIOCsParams) query() s1.Query {
	q := s1.Query{}.With("accountIds", convert[string](p.Accounts)...)
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

func listIOCs() *Command {
	return define(Command{
		Name: "list-iocs", Title: "List IOCs", Area: "iocs", Aliases: []string{"iocs", "indicators"}, Main: "account-ids",
		Risk: Read, Needs: "Threat Intelligence › View", Repeatable: true,
		Doc:      "Lists indicators of compromise of accounts.",
		Examples: []string{`iocs "Example Corp" type=IPv4 limit=10`, "list-iocs account-ids=131000000000000791 ioc-value=203.0.113.9"},
	}, func(ctx context.Context, call *Call, p listIOCsParams) (render.Card, error) {
		return iocRows(call, p.Accounts).show(ctx, call, p.query(), p.Limit)
	})
}
