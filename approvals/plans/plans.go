package plans

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Shown is how many targets a card names; the rest are counted.
//
// The two are one number, so that each row of the request's card has a row of results later.
const Shown = effect.MostStates

// Of is what the row keeps of the preview; a row that cannot be read shows none.
//
// The card then shows who asks for what, without targets; the request itself is not in danger, for
// it runs by its arguments.
func Of(req approvals.Request) catalog.Plan {
	var plan catalog.Plan
	if json.Unmarshal(req.Plan, &plan) != nil {
		return catalog.Plan{}
	}
	return plan
}

// Count is "2 endpoints", "1 threat".
//
// There must be at least one target; the first one's kind names them all.
func Count(targets []catalog.Target) string {
	word := map[string]string{"agent": "endpoint", "threat": "threat", "alert": "alert", "account": "account", "policy": "policy", "site": "site"}[targets[0].Kind]
	return text.Plural(len(targets), cmp.Or(word, targets[0].Kind))
}

// Where is ", all in Paris / Workstations:" if they all are, " in …" for one; for what has fields
// that change, its name.
//
// An approver who is responsible for Paris should see in the first line whether it is about Paris;
// where the targets differ, the table says it of each.
func Where(plan catalog.Plan) string {
	if len(plan.Changes) > 0 {
		return ", " + Names(plan.Targets, 3) + ":"
	}
	site, group := plan.Targets[0].Site, plan.Targets[0].Group
	for _, t := range plan.Targets {
		if t.Site != site {
			site = ""
		}
		if t.Group != group {
			group = ""
		}
	}
	in := ", all in "
	if len(plan.Targets) == 1 {
		in = " in "
	}
	switch {
	case site == "":
		return ":"
	case group == "":
		return in + site + ":"
	}
	return in + site + " / " + group + ":"
}

// targetFacts are what a card tells of each target, the most telling first.
//
// The order is that of the table's columns, and on a phone only the first ones are in sight: name,
// state and what makes one look twice.
func targetFacts() []catalog.TargetFact {
	return []catalog.TargetFact{
		{Title: "Name", Cell: func(t catalog.Target) render.Span { return render.Link(t.Name, t.URL) }},
		{Title: "State", Cell: func(t catalog.Target) render.Span { return render.Text(signed(t.State)) }},
		{Title: "Note", Cell: func(t catalog.Target) render.Span { return render.Text(strings.Join(remarks(t), ", ")) }},
		{Title: "OS", Cell: func(t catalog.Target) render.Span { return render.Text(t.OS) }},
		{Title: "User", Cell: func(t catalog.Target) render.Span { return render.Text(t.User) }},
		{Title: "Site / group", Cell: func(t catalog.Target) render.Span { return render.Text(t.Place()) }},
	}
}

// TargetParts tell what is touched: one thing by its facts, several as a table, where they can be
// compared. On a phone a table shows its first columns alone.
func TargetParts(targets []catalog.Target) render.Part {
	if len(targets) > 1 {
		return catalog.TargetTable(targetFacts(), targets[:min(len(targets), Shown)])
	}
	var fields render.Fields
	for _, f := range targetFacts() {
		if span := f.Cell(targets[0]); span.Text != "" {
			fields = append(fields, render.Field{Label: f.Title, Value: render.Line{span}})
		}
	}
	return fields
}

// signed is a state with its sign, where it has one.
func signed(state string) string {
	switch state {
	case "online":
		return "🟢 online"
	case "offline":
		return "⚪ offline"
	}
	return state
}

// remarks is what makes an approver look twice.
func remarks(t catalog.Target) []string {
	var out []string
	if t.Host != "" {
		out = append(out, "on "+t.Host)
	}
	if t.Server {
		out = append(out, "⚠ server")
	}
	if t.Threats > 0 {
		out = append(out, text.Plural(t.Threats, "active threat"))
	}
	if t.Protected != "" {
		out = append(out, "⚠ protected by “"+t.Protected+"”")
	}
	for _, warning := range t.Warnings {
		if warning != "server" || !t.Server { // said already
			out = append(out, warning)
		}
	}
	return out
}

// ChangeTable shows the fields of a policy that change, old beside new. What weakens protection is
// said in words and not by a colour, which Slack's tables do not have.
func ChangeTable(changes []catalog.Diff) render.Part {
	table := render.Table{Columns: []render.Column{{Title: "Field"}, {Title: "Now"}, {Title: "After"}, {Title: "Note"}}}
	for _, c := range changes {
		mark := render.Line{render.Text("—")}
		if c.Weakens {
			mark = render.Line{render.Bold("⚠ weakens protection")}
		}
		table.Rows = append(table.Rows, []render.Line{{render.Mono(c.Field)}, {render.Text(c.Old)}, {render.Text(c.New)}, mark})
	}
	return table
}

// maxName is how long a name in a first line may be: attackers choose some of them.
const maxName = 40

// Object names what a request is about, for the first line of a card and for notifications:
// "DESKTOP-1", "evil.exe on DESKTOP-1", both of two, and of more "DESKTOP-1 and 3 more". What was
// left out of the run is not among it. Where the targets are only the places of something (a hash
// that is blocked in a site), it is the thing; empty where nothing has a name.
func Object(req approvals.Request) string {
	plan, gone := Of(req), effect.Of(req).Gone
	names := plan.About
	if len(names) == 0 {
		for _, t := range plan.Targets {
			if !slices.Contains(gone, t.ID) {
				names = append(names, text.JoinNonEmpty(" on ", t.Name, t.Host))
			}
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return text.Shorten(names[0], maxName)
	case 2:
		return text.Shorten(names[0], maxName) + " and " + text.Shorten(names[1], maxName)
	}
	return fmt.Sprintf("%s and %d more", text.Shorten(names[0], maxName), len(names)-1)
}

// Names is "DESKTOP-1, DESKTOP-2 and 3 more"; what is on a host has it: "evil.exe (DESKTOP-1)".
func Names(targets []catalog.Target, most int) string {
	var names []string
	for _, t := range targets[:min(len(targets), most)] {
		if t.Host != "" {
			t.Name += " (" + t.Host + ")"
		}
		names = append(names, t.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(targets) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
