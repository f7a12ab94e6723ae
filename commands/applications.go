package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"s1bot/render"
	"s1bot/s1"
)

func applicationCommands() []*Command { return []*Command{getApplications()} }

// An installed is a program on an endpoint, or the reason why an endpoint's programs could not be read.
type installed struct {
	host s1.Agent
	app  s1.Application
	err  error
}

// raw is the program as the console sent it, with its endpoint, which the console leaves out.
func (i installed) raw() json.RawMessage {
	fields, err := object(i.app.Raw)
	if err != nil {
		return i.app.Raw
	}
	fields["agentId"], fields["computerName"] = marshal(i.host.ID), marshal(i.host.ComputerName)
	if i.err != nil {
		fields["error"] = marshal(i.err.Error())
	}
	return marshal(fields)
}

type applicationsParams struct {
	Agents []s1.AgentID `json:"agent-ids" help:"The endpoints."`
}

func getApplications() *Command {
	return define(Command{
		Name: "get-agent-applications", Title: "Get Agent Applications", Area: "agents", Aliases: []string{"applications", "apps", "software"}, Main: "agent-ids",
		Risk: Read, Needs: "Endpoints › View + Show Applications", Repeatable: true,
		Doc:      "Lists what is installed on endpoints.",
		Examples: []string{"apps DESKTOP-1", `get-agent-applications agent-ids=["1845174760470303882","1834780238610855645"]`},
	}, func(ctx context.Context, call *Call, p applicationsParams) (render.Card, error) {
		failed := 0
		rows := listing[installed]{
			noun: "Applications", things: "applications", raw: installed.raw, about: "on " + plural(len(p.Agents), "endpoint"),
			table: func(found []installed) render.Table { return applicationTable(call, found) },
			more: []column[installed]{
				{"Agent id", func(i installed) string { return string(i.host.ID) }},
				{"Bytes", func(i installed) string { return strconv.Itoa(i.app.Size) }},
			},
			empty: "Agents tell of their applications some time after they were installed; Linux agents tell of packages.",
			page: once(func(ctx context.Context) (found []installed, err error) {
				found, failed, err = applicationsOf(ctx, call, p.Agents)
				return found, err
			}),
		}
		rows.gap = func() string { return unread(failed, len(p.Agents), "endpoints could not be read.") }
		return rows.show(ctx, call, nil, new(Limit))
	})
}

// unread says how many of several things are missing from an answer; nothing where none is.
func unread(failed, of int, words string) string {
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d %s", failed, of, words)
}

// applicationsOf asks for each endpoint by itself, for the answer does not say whose a program is. Endpoints that cannot be read
// come first; where none can, that is an error.
func applicationsOf(ctx context.Context, call *Call, agents []s1.AgentID) (found []installed, failed int, err error) {
	names := map[s1.AgentID]s1.Agent{}
	if known, err := call.Console.AgentsByID(ctx, agents); err == nil { // without names there are still ids
		for _, a := range known {
			names[a.ID] = a
		}
	}
	var lost []installed
	for _, id := range agents {
		host := names[id]
		host.ID, host.ComputerName = id, firstNonEmpty(host.ComputerName, string(id))
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

func applicationTable(call *Call, rows []installed) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Endpoint"}, {Title: "Application"}, {Title: "Version"}, {Title: "Publisher"}, {Title: "Installed"}, {Title: "Size", Right: true}}}
	for _, i := range rows {
		host := render.Line{render.Link(i.host.ComputerName, call.Console.AgentURL(i.host.ID))}
		if i.err != nil {
			t.Rows = append(t.Rows, []render.Line{host, {render.Text("⚠ could not be read: " + problemWords(i.err))}, {}, {}, {}, {}})
			continue
		}
		t.Rows = append(t.Rows, []render.Line{
			host, {render.Text(i.app.Name)}, {render.Text(i.app.Version)}, {render.Text(i.app.Publisher)}, {render.At(i.app.Installed.Time)},
			{render.Text(sizeWords(i.app.Size))},
		})
	}
	return t
}

// problemWords is what the console said of one thing among several: "status 403, Unauthorized access."
func problemWords(err error) string {
	var refused *s1.Error
	if !errors.As(err, &refused) {
		return err.Error()
	}
	status := ""
	if refused.Status != 0 {
		status = "status " + strconv.Itoa(refused.Status)
	}
	return joinNonEmpty(", ", status, refused.Message)
}

// sizeWords counts bytes as people do: "1.4 GB".
func sizeWords(bytes int) string {
	if bytes <= 0 {
		return ""
	}
	size, unit := float64(bytes), 0
	for size >= 1000 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return strconv.Itoa(bytes) + " B"
	}
	return fmt.Sprintf("%.1f %cB", size, " kMGT"[unit])
}
