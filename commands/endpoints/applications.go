package endpoints

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func applicationCommands() []*catalog.Command { return []*catalog.Command{getApplications()} }

// An installed is a program on an endpoint, or the reason why an endpoint's programs could not be
// read.
type installed struct {
	host s1.Agent
	app  s1.Application
	err  error
}

// raw is the program as the console sent it, with its endpoint, which the console leaves out.
func (i installed) raw() json.RawMessage {
	fields, err := catalog.Object(i.app.Raw)
	if err != nil {
		return i.app.Raw
	}
	fields["agentId"], fields["computerName"] = catalog.Marshal(i.host.ID), catalog.Marshal(i.host.ComputerName)
	if i.err != nil {
		fields["error"] = catalog.Marshal(i.err.Error())
	}
	return catalog.Marshal(fields)
}

// A list is required by the path as well: without ids it is a 400.
type applicationsParams struct {
	Agents []s1.AgentID `json:"agent-ids" help:"The endpoints whose applications to list, by name or id."`
}

// GET /agents/applications is not paged, and its rows name no endpoint. An endpoint has some
// hundred programs.
func getApplications() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-agent-applications", Title: "Get Agent Applications", Area: "agents", Aliases: []string{"applications", "apps", "software"}, Main: "agent-ids",
		Wording: applicationsWording(),
		OnCards: applicationsOnCards(),
		Risk:    catalog.Read, Needs: "Endpoints › View + Show Applications", Route: "agents/applications", Repeatable: true,
		Doc:      "Lists the applications installed on endpoints.",
		Examples: []string{"apps DESKTOP-1", `get-agent-applications agent-ids=["1845174760470303882","1834780238610855645"]`},
	}, func(ctx context.Context, call *catalog.Call, p applicationsParams) (render.Card, error) {
		failed := 0
		rows := listing.Listing[installed]{
			Noun: "Applications", Things: "applications", Raw: installed.raw, About: "on " + text.Plural(len(p.Agents), "endpoint"),
			Table: func(found []installed) render.Table { return applicationTable(call, found) },
			More: []listing.Column[installed]{
				{Title: "Agent id", Value: func(i installed) string { return string(i.host.ID) }},
				{Title: "Bytes", Value: func(i installed) string { return strconv.Itoa(i.app.Size) }},
			},
			Empty: "Agents report new applications with some delay. Linux agents report packages.",
			Page: listing.Once(func(ctx context.Context) (found []installed, err error) {
				found, failed, err = applicationsOf(ctx, call, p.Agents)
				return found, err
			}),
		}
		rows.Gap = func() string { return catalog.Unread(failed, len(p.Agents), "endpoints could not be read.") }
		return rows.Show(ctx, call, nil, new(listing.Limit))
	})
}

// applicationsOf asks for each endpoint by itself, for the answer does not say whose a program is.
// Endpoints that cannot be read come first; where none can, that is an error. The calls go one
// after the other: /agents has a burst of one.
func applicationsOf(ctx context.Context, call *catalog.Call, agents []s1.AgentID) (found []installed, failed int, err error) {
	names := map[s1.AgentID]s1.Agent{}
	if known, err := call.Console.AgentsByID(ctx, agents); err == nil { // without names there are still ids
		for _, a := range known {
			names[a.ID] = a
		}
	}
	var lost []installed
	for _, id := range agents {
		host := names[id]
		host.ID, host.ComputerName = id, cmp.Or(host.ComputerName, string(id))
		apps, err := call.Console.AgentApplications(ctx, id)
		if err != nil {
			lost = append(lost, installed{host: host, err: err})
			continue
		}
		for _, app := range apps {
			found = append(found, installed{host: host, app: app})
		}
	}
	if len(lost) == len(agents) {
		return nil, 0, lost[0].err
	}
	return append(lost, found...), len(lost), nil
}

// applicationTable shows programs by endpoint; one that could not be read is a row of its own.
func applicationTable(call *catalog.Call, rows []installed) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Endpoint"}, {Title: "Application"}, {Title: "Version"}, {Title: "Publisher"}, {Title: "Installed"}, {Title: "Size", Right: true}}}
	for _, i := range rows {
		host := render.Line{render.Link(i.host.ComputerName, call.Console.AgentURL(i.host.ID))}
		if i.err != nil {
			t.Rows = append(t.Rows, []render.Line{host, {render.Text("⚠ could not be read: " + refusal.ProblemWords(i.err))}, {}, {}, {}, {}})
			continue
		}
		t.Rows = append(t.Rows, []render.Line{
			host, {render.Text(i.app.Name)}, {render.Text(i.app.Version)}, {render.Text(i.app.Publisher)}, {render.At(i.app.Installed.Time)},
			{render.Text(catalog.SizeWords(i.app.Size))},
		})
	}
	return t
}
