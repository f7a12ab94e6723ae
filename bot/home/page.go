package home

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/notifier/figures"
	"s1bot/render"
)

// Most rows of each section; the rest is counted.
const (
	maxRequests = 10
	maxIsolated = 10
	maxLines    = 5
	maxSaved    = 10
)

// A State is all that a Home tab shows: rows, and who looks.
type State struct {
	Now    time.Time
	Person workflow.Person

	Sockets   int       // connections to Slack that are up
	TokenEnds time.Time // of the console's token; zero where nobody says
	Freeze    *approvals.Request
	Requests  []approvals.Request // that wait or run
	Figures   map[string]figures.Figure
	Isolators map[string]approvals.Request // who isolated an endpoint last, by the endpoint's id

	Recent []string // lines, the newest first
	Saved  []Line
}

// A Line is a command that somebody saved under a name.
type Line struct{ Name, Text string }

// Words are the bot's own that Home's buttons invoke, as it knows them.
type Words struct{ Find, Review, Thaw string }

// Page draws a Home tab: a pure function of the state and the catalog.
func Page(s State, cat *catalog.Catalog, words Words) render.Page {
	switch known := s.Person.Known(); {
	case known.No():
		return sentence("This bot is for full members of its workspace. If you need it, ask whoever looks after it to name you in a role.")
	case known.Open() != "":
		return sentence("I can't tell who you are in Slack right now, so I show nothing here. Come back in a minute.")
	}
	d := drawing{State: s, cat: cat, words: words}
	all := []render.Section{d.health(), d.waiting(), d.mine(), d.open(), d.isolated(), d.lines(), d.commands()}
	return render.Page{Sections: slices.DeleteFunc(all, func(s render.Section) bool { return len(s.Rows) == 0 })}
}

// WaitingPage draws what of a Home tab is about requests, as a modal.
func WaitingPage(s State, cat *catalog.Catalog, words Words) render.Page {
	d := drawing{State: s, cat: cat, words: words}
	page := render.Page{Title: "Approvals waiting for me"}
	if s.Freeze != nil {
		page.Sections = append(page.Sections, render.Section{Rows: []render.Row{d.frozen(*s.Freeze)}})
	}
	for _, section := range []render.Section{d.waiting(), d.mine()} {
		if len(section.Rows) > 0 {
			page.Sections = append(page.Sections, section)
		}
	}
	if len(page.Sections) == 0 {
		page.Sections = sentence("Nothing waits for you, and none of your requests is open.").Sections
	}
	return page
}

func sentence(words string) render.Page {
	return render.Page{Sections: []render.Section{{Rows: []render.Row{{Line: render.Line{render.Text(words)}}}}}}
}

type drawing struct {
	State
	cat   *catalog.Catalog
	words Words
}

// stale is how old a figure may be before its age is told: counting all of them takes about eighty seconds.
const stale = 5 * time.Minute

// health says how the bot and the console are, and who froze changes.
func (d drawing) health() render.Section {
	var parts []string
	switch f, counted := d.Figures[figures.Health]; {
	case f.Failed != "":
		parts = append(parts, "🔴 console: "+text.Shorten(f.Failed, 120))
	case !counted:
		parts = append(parts, "⚪ console: not asked yet")
	case d.Now.Sub(f.At) > stale:
		parts = append(parts, "⚪ console: can't tell, last answered "+f.At.In(d.zone()).Format("2006-01-02 15:04"))
	default:
		parts = append(parts, "🟢 console")
	}
	if d.Sockets > 0 {
		parts = append(parts, "🟢 Slack")
	} else {
		parts = append(parts, "🔴 Slack: no connection")
	}
	if !d.TokenEnds.IsZero() {
		parts = append(parts, tokenWords(d.TokenEnds.Sub(d.Now)))
	}
	s := render.Section{Title: "s1bot", Rows: []render.Row{{Line: render.Line{render.Text(strings.Join(parts, " · "))}}}}
	if d.Freeze != nil {
		s.Rows = append(s.Rows, d.frozen(*d.Freeze))
	}
	return s
}

func (d drawing) zone() *time.Location {
	if d.Person.Zone == nil {
		return time.UTC
	}
	return d.Person.Zone
}

func tokenWords(left time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case left <= 0:
		return "🔴 the console's token has expired"
	case left < day:
		return "🔴 the console's token expires today"
	case left < 14*day:
		return "🟠 token expires in " + text.Plural(int(left/day), "day")
	}
	return "token expires in " + text.Plural(int(left/day), "day")
}

func (d drawing) frozen(f approvals.Request) render.Row {
	line := render.Line{render.Bold("⛔ Frozen"), render.Text(" by "), render.User(f.Requester), render.Text(" · "), render.At(f.Created)}
	if f.Reason != "" {
		line = append(line, render.Text(" · “"+text.Shorten(f.Reason, 200)+"”"))
	}
	row := render.Row{Line: line, Small: render.Line{render.Text("Nothing that changes anything runs. Two approvers end it")}}
	if n := len(f.Approvals); n > 0 {
		row.Small = append(row.Small, render.Text(fmt.Sprintf(" (%d of %d so far)", n, f.Quorum)))
	}
	row.Small = append(row.Small, render.Text("."))
	row.Actions = []render.Action{render.Button{Label: "Thaw", Do: render.Invocation{Command: d.words.Thaw}, Confirm: "When two approvers have done so, changes run again."}}
	return row
}

// waiting are the requests that this person may decide.
func (d drawing) waiting() render.Section {
	var rows []render.Row
	for _, req := range d.Requests {
		if req.DecidableBy(d.Person.Person, d.Now) {
			rows = append(rows, d.toDecide(req))
		}
	}
	return section("Waiting for you", rows, maxRequests, "type /s1 pending")
}

// section is at most n rows under a heading that counts all of them.
func section(title string, rows []render.Row, n int, hint string) render.Section {
	s := render.Section{Title: fmt.Sprintf("%s (%d)", title, len(rows)), Rows: rows[:min(len(rows), n)]}
	if more := len(rows) - n; more > 0 {
		s.Note = render.Line{render.Text(fmt.Sprintf("… and %d more: %s", more, hint))}
	}
	return s
}

func (d drawing) toDecide(req approvals.Request) render.Row {
	small := render.Line{render.User(req.Requester), render.Text(" asks")}
	if req.Reason != "" {
		small = append(small, render.Text(": “"+text.Shorten(req.Reason, 150)+"”"))
	}
	if req.Quorum > 1 {
		small = append(small, render.Text(fmt.Sprintf(" · %d of %d approvals", len(req.Approvals), req.Quorum)))
	}
	small = append(small, render.Text(" · expires "), render.At(req.Expires))
	row := render.Row{Line: about(req), Small: small}
	for _, a := range workflow.ActionsUnder(d.freeze(), req) {
		b, ok := a.(render.Button)
		switch {
		case !ok || b.Rare || b.Do.Command == "withdraw":
			continue // what decides is on the card
		case b.Do.Command == "approve":
			b.Confirm = cmp.Or(b.Confirm, req.Title+": "+cmp.Or(plans.Names(plans.Of(req).Targets, 5), "as the request says"))
		}
		row.Actions = append(row.Actions, b)
	}
	row.Actions = append(row.Actions, render.Button{Label: "Review", Do: workflow.About(d.words.Review, req.ID)})
	return row
}

// freeze is the freeze that holds now, or a request without an id.
func (d drawing) freeze() approvals.Request {
	if d.Freeze == nil {
		return approvals.Request{}
	}
	return *d.Freeze
}

// about names a request and what it touches.
func about(req approvals.Request) render.Line {
	line := render.Line{render.Mono(req.Ref), render.Text(" "), render.Bold(req.Title)}
	if names := plans.Names(plans.Of(req).Targets, 3); names != "" {
		line = append(line, render.Text(" · "+names))
	}
	return line
}

// mine are this person's requests.
func (d drawing) mine() render.Section {
	var rows []render.Row
	for _, req := range d.Requests {
		if req.Requester != d.Person.ID {
			continue
		}
		line := append(about(req), render.Text(" · "+mineWords(req)))
		row := render.Row{Line: line}
		if req.State == approvals.Pending {
			row.Line = append(line, render.Text(" · expires "), render.At(req.Expires))
			row.Actions = []render.Action{render.Button{Label: "Withdraw", Do: workflow.About("withdraw", req.ID)}}
		}
		rows = append(rows, row)
	}
	return section("Your requests", rows, maxRequests, "type /s1 pending")
}

func mineWords(req approvals.Request) string {
	switch {
	case req.State == approvals.Pending && req.Quorum > 1:
		return fmt.Sprintf("waiting · %d of %d", len(req.Approvals), req.Quorum)
	case req.State == approvals.Pending:
		return "waiting"
	case req.State == approvals.Interrupted:
		return "may have run: look at its card"
	}
	return "running"
}

// open counts what is open at the console.
func (d drawing) open() render.Section {
	return render.Section{Title: "Open at the console", Rows: []render.Row{
		d.counted("Threats", "threats open", figure{figures.Malicious, "malicious"}, figure{figures.Suspicious, "suspicious"}),
		d.counted("Alerts", "alerts open", figure{figures.Critical, "critical"}, figure{figures.High, "high"}, figure{figures.Medium, "medium"}, figure{figures.Low, "low"}),
	}}
}

type figure struct{ name, words string }

// counted is a row of figures. One that could not be counted says so: it is not zero.
func (d drawing) counted(what, list string, several ...figure) render.Row {
	var words []string
	var why string
	old, sum := time.Time{}, 0
	for _, of := range several {
		f := d.Figures[of.name]
		var n int
		if f.Failed != "" {
			why = cmp.Or(why, f.Failed)
		}
		if f.Body == nil || json.Unmarshal(f.Body, &n) != nil {
			words = append(words, of.words+" can't tell")
			continue
		}
		if d.Now.Sub(f.At) > stale && (old.IsZero() || f.At.Before(old)) {
			old = f.At
		}
		sum += n
		words = append(words, fmt.Sprintf("%d %s", n, of.words))
	}
	row := render.Row{Line: render.Line{render.Bold(fmt.Sprintf("%s %d", what, sum)), render.Text("  " + strings.Join(words, " · "))}}
	switch {
	case why != "":
		row.Line[0] = render.Bold(what)
		row.Small = render.Line{render.Text("⚠ Can't count them now: " + text.Shorten(why, 150))}
	case len(words) > 0 && strings.Contains(strings.Join(words, ""), "can't tell"):
		row.Line = render.Line{render.Bold(what), render.Text("  not counted yet")}
	}
	if !old.IsZero() {
		row.Small = append(row.Small, render.Text(" Counted "), render.At(old), render.Text("."))
	}
	if do, ok := d.invocation(list); ok {
		row.Actions = []render.Action{render.Button{Label: "Show", Do: do}}
	}
	return row
}

// invocation is what a line means, if it means one thing.
func (d drawing) invocation(line string) (render.Invocation, bool) {
	inv, extras, err := slash.Parse(d.cat, line, text.Input{Zone: d.zone(), Now: d.Now})
	return workflow.WithExtras(inv, extras), err == nil && inv.Command != ""
}

// isolated are the endpoints that are cut off now.
func (d drawing) isolated() render.Section {
	f := d.Figures[figures.Isolated]
	var e figures.Endpoints
	if f.Body == nil || json.Unmarshal(f.Body, &e) != nil {
		row := render.Row{Line: render.Line{render.Text("Not counted yet.")}}
		if f.Failed != "" {
			row.Line = render.Line{render.Text("⚠ Can't tell: " + text.Shorten(f.Failed, 150))}
		}
		return render.Section{Title: "Isolated now", Rows: []render.Row{row}}
	}
	if e.Total == 0 && f.Failed == "" {
		return render.Section{}
	}
	s := render.Section{Title: fmt.Sprintf("Isolated now (%d)", e.Total)}
	for _, host := range e.Named[:min(len(e.Named), maxIsolated)] {
		s.Rows = append(s.Rows, d.host(host))
	}
	if more := e.Total - len(s.Rows); more > 0 {
		s.Note = render.Line{render.Text(fmt.Sprintf("… and %d more: type /s1 report", more))}
	}
	if f.Failed != "" {
		s.Note = append(s.Note, render.Text(" ⚠ As of "), render.At(f.At), render.Text(": "+text.Shorten(f.Failed, 150)))
	}
	return s
}

func (d drawing) host(host figures.Endpoint) render.Row {
	line := render.Line{render.Bold(cmp.Or(host.Name, host.ID))}
	if host.Site != "" {
		line = append(line, render.Text(" ("+host.Site+")"))
	}
	req, known := d.Isolators[host.ID]
	if !known {
		line = append(line, render.Text(" · not isolated from Slack"))
		return render.Row{Line: line, Actions: d.reconnect(host, approvals.Request{})}
	}
	var actions []render.Action
	if req.Term.Running() {
		line = append(line, render.Text(" · until "), render.At(req.Term.Ends))
		actions = append(actions, render.Button{Label: "Extend", Do: workflow.About(workflow.ExtendWord, req.ID)})
	}
	line = append(line, render.Text(" · "), render.User(req.Requester))
	for i, v := range req.Approvals {
		if i == 0 {
			line = append(line, render.Text(", approved by"))
		}
		line = append(line, render.Text(" "), render.User(v.User))
	}
	return render.Row{Line: line, Actions: append(actions, d.reconnect(host, req)...)}
}

// reconnect asks for what takes an isolation back, as its command says.
func (d drawing) reconnect(host figures.Endpoint, by approvals.Request) []render.Action {
	for _, cmd := range d.cat.Commands() {
		undo, ok := d.cat.Find(cmd.Undo)
		if cmd.Effect == nil || !cmd.Effect.Isolates || by.Command != "" && cmd.Name != by.Command || cmd.Undo == "" || !ok {
			continue
		}
		return []render.Action{render.Button{Label: "Reconnect", Do: render.Invocation{Command: undo.Name, Args: catalog.Marshal(map[string]any{undo.Main: []string{host.ID}})}}}
	}
	return nil
}

// lines are what this person ran and saved, to run again. One that cannot be read any more opens nothing.
func (d drawing) lines() render.Section {
	s := render.Section{Title: "Recent and saved"}
	for _, saved := range d.Saved[:min(len(d.Saved), maxSaved)] {
		row := render.Row{Line: render.Line{render.Bold(saved.Name), render.Text("  "), render.Mono(text.Shorten(saved.Text, 200))}}
		if do, ok := d.invocation(saved.Text); ok {
			row.Actions = []render.Action{render.Button{Label: "Run", Do: do}}
		}
		s.Rows = append(s.Rows, row)
	}
	for _, line := range d.Recent[:min(len(d.Recent), maxLines)] {
		row := render.Row{Line: render.Line{render.Mono("/s1 " + text.Shorten(line, 300))}}
		if do, ok := d.invocation(line); ok {
			row.Actions = []render.Action{render.Button{Label: "Run again", Do: do}}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// commands is the catalog by area.
func (d drawing) commands() render.Section {
	s := render.Section{Title: "Commands", Rows: []render.Row{{
		Line:    render.Line{render.Text("Type "), render.Mono("/s1"), render.Text(" anywhere, or write to me under Messages without it.")},
		Actions: []render.Action{render.Button{Label: "Find a command", Style: render.Primary, Do: render.Invocation{Command: d.words.Find}}},
	}}}
	for _, area := range manual.Areas(d.cat) {
		s.Rows = append(s.Rows, render.Row{Line: render.Line{render.Bold(area.Title), render.Text("  " + strings.Join(area.Names, " · "))}})
	}
	return s
}
