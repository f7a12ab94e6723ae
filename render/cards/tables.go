package cards

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// AgentTable lists endpoints with what a responder looks for.
//
// The columns stand in the order in which a phone shows them: the first two or three without
// scrolling.
func AgentTable(agents []s1.Agent, links Links) render.Table {
	return agentTable(agents, links, func(state string) string { return state })
}

// signs stand before the words of a state, for people.
var signs = strings.NewReplacer("🟢 ", "", "⚪ ", "", "⚫ ", "", "⛔ ", "", "⏳ ", "")

// AgentSheet is AgentTable for a file, where a state is its words: what sorts and filters rows has
// no use for signs.
func AgentSheet(agents []s1.Agent, links Links) render.Table {
	return agentTable(agents, links, signs.Replace)
}

func agentTable(agents []s1.Agent, links Links, say func(state string) string) render.Table {
	t := newTable("Name", "State", "OS", "User", "Site / Group", "#Threats", "Last seen")
	for _, a := range agents {
		t.add(
			render.Line{linked(a.ComputerName, links.AgentURL(a.ID))},
			cell(say(state(a.Online(), a.IsDecommissioned, a.NetworkStatus))),
			cell(a.OSName), cell(a.User()), cell(joined(" / ", a.SiteName, a.GroupName)),
			number(a.ActiveThreats), render.Line{render.Since(a.LastActiveDate.Time)})
	}
	return t.Table
}

// ThreatTable lists threats.
//
// The host is the second column: a phone shows two, and four threats of one name are told apart by it.
func ThreatTable(threats []s1.Threat, links Links) render.Table {
	t := newTable("Threat", "Host", "Level", "Mitigation", "Status", "Verdict", "Detected", "Site / Group")
	for _, h := range threats {
		t.add(
			render.Line{linked(h.Name(), links.ThreatURL(h.Identity()))},
			cell(h.Host()), cell(level(h)), cell(h.Info.MitigationStatus.Label()), cell(h.Info.IncidentStatus.Label()), cell(h.Info.AnalystVerdict.Label()),
			render.Line{render.At(h.Info.CreatedAt.Time)}, cell(joined(" / ", h.SiteName(), h.GroupName())))
	}
	return t.Table
}

// AlertTable lists alerts.
func AlertTable(alerts []s1.Alert, links Links) render.Table {
	t := newTable("Rule", "Host", "Severity", "Process", "Event", "Status", "Verdict", "Detected")
	for _, a := range alerts {
		t.add(
			render.Line{linked(a.Name(), links.AlertURL(a.Identity()))},
			cell(a.Host()), cell(a.Rule.Severity.Label()), cell(a.Source.Name), cell(a.Info.EventType),
			cell(a.Info.IncidentStatus.Label()), cell(a.Info.AnalystVerdict.Label()),
			render.Line{render.At(a.Info.CreatedAt.Time)})
	}
	return t.Table
}

// SiteTable lists sites.
func SiteTable(sites []s1.Site) render.Table {
	t := newTable("Site", "Account", "State", "Type", "#Licenses", "Expires", "Id")
	for _, s := range sites {
		t.add(cell(s.Name), cell(s.AccountName), cell(s.State.Label()), cell(joined(", ", s.SiteType, s.SKU)),
			cell(licenses(s)), expiry(s.UnlimitedExpiration, s.Expiration), cell(string(s.ID)))
	}
	return t.Table
}

// GroupTable lists groups.
func GroupTable(groups []s1.Group) render.Table {
	t := newTable("Group", "Type", "#Endpoints", "Policy", "Filter", "Created", "Id", "Site")
	for _, g := range groups {
		policy := "own"
		if g.Inherits {
			policy = "inherited"
		}
		t.add(cell(g.Name), cell(g.Type), number(g.TotalAgents), cell(policy), cell(g.FilterName),
			render.Line{render.At(g.CreatedAt.Time)}, cell(string(g.ID)), cell(string(g.SiteID)))
	}
	return t.Table
}

// AccountTable lists accounts.
func AccountTable(accounts []s1.Account) render.Table {
	t := newTable("Account", "State", "Type", "#Endpoints", "#Sites", "Expires", "Id")
	for _, a := range accounts {
		t.add(cell(a.Name), cell(a.State.Label()), cell(a.AccountType), number(a.ActiveAgents), number(a.NumberOfSites),
			expiry(a.UnlimitedExpiration, a.Expiration), cell(string(a.ID)))
	}
	return t.Table
}

// NoteTable lists notes on a threat.
//
// A note that was never changed has no time of a change, whatever the console keeps.
func NoteTable(notes []s1.Note) render.Table {
	t := newTable("Note", "By", "Written", "Changed", "Id")
	for _, n := range notes {
		var changed render.Line
		if n.Edited {
			changed = render.Line{render.At(n.UpdatedAt.Time)}
		}
		t.add(cell(n.Text), cell(n.Creator), render.Line{render.At(n.CreatedAt.Time)}, changed, cell(string(n.ID)))
	}
	return t.Table
}

// ActivityTable lists entries of the console's activity log.
func ActivityTable(activities []s1.Activity) render.Table {
	t := newTable("When", "What", "Site / Group", "Type")
	for _, a := range activities {
		what := joined(" · ", cmp.Or(said(a.PrimaryDescription), a.Description), a.SecondaryDescription)
		t.add(render.Line{render.At(a.CreatedAt.Time)}, cell(what), cell(joined(" / ", a.SiteName, a.GroupName)), cell(strconv.Itoa(a.Type)))
	}
	return t.Table
}

// A table is filled row by row.
type table struct{ render.Table }

// newTable is an empty table; a # before a title makes a column of numbers.
//
// Columns of numbers stand to the right and are what Slack's data tables sort by size.
func newTable(titles ...string) *table {
	t := &table{}
	for _, title := range titles {
		name, right := strings.CutPrefix(title, "#")
		t.Columns = append(t.Columns, render.Column{Title: name, Right: right})
	}
	return t
}

// add adds a row; it has as many cells as there are titles.
func (t *table) add(row ...render.Line) { t.Rows = append(t.Rows, row) }

// cell is a text, empty where the console says nothing.
func cell(s string) render.Line { return render.Line{render.Text(said(s))} }

func number(n int) render.Line { return render.Line{render.Text(strconv.Itoa(n))} }

// licenses are how many are in use, and of how many.
func licenses(s s1.Site) string {
	if s.UnlimitedLicenses {
		return fmt.Sprintf("%d, unlimited", s.ActiveLicenses)
	}
	return fmt.Sprintf("%d of %d", s.ActiveLicenses, s.TotalLicenses)
}

// expiry is when something ends, or that it does not: the console has a flag for that and a date
// that means nothing beside it.
func expiry(never bool, at s1.Time) render.Line {
	if never {
		return render.Line{render.Text("never")}
	}
	return render.Line{render.At(at.Time)}
}
