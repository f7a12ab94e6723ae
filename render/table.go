package render

import (
	"fmt"
	"strconv"
	"strings"

	"s1bot/s1"
)

// AgentTable lists endpoints with what a responder looks for.
func AgentTable(agents []s1.Agent, links Links) Table {
	t := table("Name", "State", "OS", "User", "Site / Group", "#Threats", "Last seen")
	for _, a := range agents {
		t.add(
			Line{linked(a.ComputerName, links.AgentURL(a.ID))},
			cell(state(a.Online(), a.IsDecommissioned, a.NetworkStatus)),
			cell(a.OSName), cell(a.User()), cell(joined(" / ", a.SiteName, a.GroupName)),
			number(a.ActiveThreats), Line{Since(a.LastActiveDate.Time)})
	}
	return t
}

// ThreatTable lists threats.
func ThreatTable(threats []s1.Threat, links Links) Table {
	t := table("Threat", "Level", "Host", "Site / Group", "Mitigation", "Status", "Verdict", "Detected")
	for _, h := range threats {
		t.add(
			Line{linked(h.Name(), links.ThreatURL(h.Identity()))},
			cell(level(h)), cell(h.Host()), cell(joined(" / ", h.SiteName(), h.GroupName())),
			cell(h.Info.MitigationStatus.Label()), cell(h.Info.IncidentStatus.Label()), cell(h.Info.AnalystVerdict.Label()),
			Line{At(h.Info.CreatedAt.Time)})
	}
	return t
}

// AlertTable lists alerts.
func AlertTable(alerts []s1.Alert, links Links) Table {
	t := table("Rule", "Severity", "Host", "Process", "Event", "Status", "Verdict", "Detected")
	for _, a := range alerts {
		t.add(
			Line{linked(a.Name(), links.AlertURL(a.Identity()))},
			cell(a.Rule.Severity.Label()), cell(a.Host()), cell(a.Source.Name), cell(a.Info.EventType),
			cell(a.Info.IncidentStatus.Label()), cell(a.Info.AnalystVerdict.Label()),
			Line{At(a.Info.CreatedAt.Time)})
	}
	return t
}

// SiteTable lists sites.
func SiteTable(sites []s1.Site) Table {
	t := table("Site", "Account", "State", "Type", "#Licenses", "Expires", "Id")
	for _, s := range sites {
		t.add(cell(s.Name), cell(s.AccountName), cell(s.State.Label()), cell(joined(", ", s.SiteType, s.SKU)),
			cell(licenses(s)), expiry(s.UnlimitedExpiration, s.Expiration), cell(string(s.ID)))
	}
	return t
}

// GroupTable lists groups.
func GroupTable(groups []s1.Group) Table {
	t := table("Group", "Type", "#Endpoints", "Policy", "Filter", "Created", "Id", "Site")
	for _, g := range groups {
		policy := "own"
		if g.Inherits {
			policy = "inherited"
		}
		t.add(cell(g.Name), cell(g.Type), number(g.TotalAgents), cell(policy), cell(g.FilterName),
			Line{At(g.CreatedAt.Time)}, cell(string(g.ID)), cell(string(g.SiteID)))
	}
	return t
}

// AccountTable lists accounts.
func AccountTable(accounts []s1.Account) Table {
	t := table("Account", "State", "Type", "#Endpoints", "#Sites", "Expires", "Id")
	for _, a := range accounts {
		t.add(cell(a.Name), cell(a.State.Label()), cell(a.AccountType), number(a.ActiveAgents), number(a.NumberOfSites),
			expiry(a.UnlimitedExpiration, a.Expiration), cell(string(a.ID)))
	}
	return t
}

// NoteTable lists notes on a threat.
func NoteTable(notes []s1.Note) Table {
	t := table("Note", "By", "Written", "Changed", "Id")
	for _, n := range notes {
		var changed Line
		if n.Edited {
			changed = Line{At(n.UpdatedAt.Time)}
		}
		t.add(cell(n.Text), cell(n.Creator), Line{At(n.CreatedAt.Time)}, changed, cell(string(n.ID)))
	}
	return t
}

// ActivityTable lists entries of the console's activity log.
func ActivityTable(activities []s1.Activity) Table {
	t := table("When", "What", "Site / Group", "Type")
	for _, a := range activities {
		what := joined(" · ", or(said(a.PrimaryDescription), a.Description), a.SecondaryDescription)
		t.add(Line{At(a.CreatedAt.Time)}, cell(what), cell(joined(" / ", a.SiteName, a.GroupName)), cell(strconv.Itoa(a.Type)))
	}
	return t
}

// table is an empty table; a # before a title makes a column of numbers.
func table(titles ...string) Table {
	var t Table
	for _, title := range titles {
		name, right := strings.CutPrefix(title, "#")
		t.Columns = append(t.Columns, Column{Title: name, Right: right})
	}
	return t
}

func (t *Table) add(row ...Line) { t.Rows = append(t.Rows, row) }

func cell(s string) Line { return Line{Text(said(s))} }

func number(n int) Line { return Line{Text(strconv.Itoa(n))} }

func licenses(s s1.Site) string {
	if s.UnlimitedLicenses {
		return fmt.Sprintf("%d, unlimited", s.ActiveLicenses)
	}
	return fmt.Sprintf("%d of %d", s.ActiveLicenses, s.TotalLicenses)
}

func expiry(never bool, at s1.Time) Line {
	if never {
		return Line{Text("never")}
	}
	return Line{At(at.Time)}
}
