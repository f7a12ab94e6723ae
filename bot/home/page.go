package home

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// Most rows of each section; the rest is counted.
//
// Slack takes 100 blocks in a Home tab (views.publish).
const (
	maxRequests = 10
	maxIsolated = 10
	maxLines    = 5
	maxSaved    = 10
)

// A State is all that a Home tab shows: rows, and who looks.
//
// Whatever a page shows is in it, the time too: the same state draws the same page in any process,
// which is what the fingerprint relies on.
type State struct {
	Now    time.Time
	Person workflow.Person

	Sockets   int // connections to Slack that are up
	TokenEnds TokenEnd
	Freeze    *approvals.Request
	Requests  []approvals.Request // that wait or run, as far as they were read
	Unread    bool                // there are more of them
	Extended  []approvals.Request // isolations for a time, of which some extension may wait
	Consoles  []Console

	Recent []string // lines, the newest first
	Saved  []Line
}

// A Line is a command that somebody saved under a name.
type Line struct{ Name, Text string }

// Words are the bot's own that Home's buttons invoke, as it knows them.
type Words struct{ Find, Review, Thaw string }

// Page draws a Home tab: a pure function of the state and the catalog.
//
// A stranger's tab has no buttons and no numbers: how many threats are open is not everybody's
// business. Sections without rows are left out, so that an empty morning fits a screen.
func Page(s State, cat *catalog.Catalog, words Words) render.Page {
	switch known := s.Person.Known(); {
	case known.No():
		return sentence("This bot is for full members of its workspace. If you need it, ask whoever runs it to give you a role.")
	case known.Open() != "":
		return sentence("I can't look you up in Slack right now, so this page is empty. Come back in a minute.")
	}
	d := drawing{State: s, cat: cat, words: words}
	all := slices.Concat([]render.Section{d.health(), d.waiting(), d.mine()}, d.open(), []render.Section{d.isolated(maxIsolated), d.lines(), d.commands()})
	return render.Page{Sections: slices.DeleteFunc(all, func(s render.Section) bool { return len(s.Rows) == 0 })}
}

// WaitingPage draws what of a Home tab is about requests, as a modal.
//
// It is for the shortcut, which people use when they expect to find something: where nothing waits,
// it says so.
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
	switch {
	case len(page.Sections) > 0:
	case s.Unread:
		page.Sections = sentence("More requests are open than I can show here. To see yours, type /s1 pending.").Sections
	default:
		page.Sections = sentence("Nothing is waiting for you, and you have no open requests.").Sections
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

// health says how the bot and the console are, and who froze changes.
func (d drawing) health() render.Section {
	parts := d.consoles()
	if d.Sockets > 0 {
		parts = append(parts, "🟢 Slack")
	} else {
		parts = append(parts, "🔴 Slack: no connection")
	}
	if !d.TokenEnds.At.IsZero() {
		parts = append(parts, tokenWords(d.TokenEnds.At.Sub(d.Now), d.TokenEnds.Of))
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

// tokenWords say when a token expires; of is its console, where there are several.
func tokenWords(left time.Duration, of string) string {
	const day = 24 * time.Hour
	console := cmp.Or(of, "the console") + "'s token"
	switch {
	case left <= 0:
		return "🔴 " + console + " has expired"
	case left < day:
		return "🔴 " + console + " expires today"
	case of == "":
		console = "token"
	}
	words := console + " expires in " + text.Plural(int(left/day), "day")
	if left < 14*day {
		words = "🟠 " + words
	}
	return words
}

func (d drawing) frozen(f approvals.Request) render.Row {
	line := render.Line{render.Bold("⛔ Frozen"), render.Text(" by "), render.User(f.Requester), render.Text(" · "), render.At(f.Created)}
	if f.Reason != "" {
		line = append(line, render.Text(" · “"+text.Shorten(f.Reason, 200)+"”"))
	}
	row := render.Row{Line: line, Small: render.Line{render.Text("All changes are blocked. Two approvers can end the freeze")}}
	if n := len(f.Approvals); n > 0 {
		row.Small = append(row.Small, render.Text(fmt.Sprintf(" (%d of %d so far)", n, f.Quorum)))
	}
	row.Small = append(row.Small, render.Text("."))
	if f.BarredFromThawing(d.Person.Person) {
		return row
	}
	row.Actions = []render.Action{render.Button{Label: "Thaw", Do: render.Invocation{Command: d.words.Thaw}, Confirm: "Once two approvers agree, changes can run again."}}
	return row
}

// waiting are the requests that this person may decide.
func (d drawing) waiting() render.Section {
	var rows []render.Row
	for _, req := range d.Requests {
		if req.DecidableBy(d.Person.Person, d.Now) {
			rows = append(rows, d.toDecide(req).On(req.Console))
		}
	}
	return d.requests("Waiting for you", append(rows, d.extensions(true)...))
}

// extensions are those that wait: for this person's word with its button, or their own.
func (d drawing) extensions(decidable bool) (rows []render.Row) {
	for _, req := range d.Extended {
		for _, x := range req.Waiting(d.Now) {
			may := req.ExtendableBy(d.Person.Person, x)
			if may != decidable || !may && d.Person.ID != req.Requester && d.Person.ID != x.Asked {
				continue
			}
			row := requestcards.ExtensionRow(req, x)
			if may {
				buttons := requestcards.ExtensionButtons(req, x)
				buttons[0].Confirm = cmp.Or(buttons[0].Confirm, buttons[0].Label+": isolation of "+plans.Names(plans.Of(req).Targets, 5))
				for _, b := range append(buttons, render.Button{Label: "Review", Do: requestcards.About(d.words.Review, req.ID)}) {
					row.Actions = append(row.Actions, b)
				}
			}
			rows = append(rows, row.On(req.Console))
		}
	}
	return rows
}

// requests are the first rows under a heading that counts all of them, or says that it can't:
// "Waiting for you (at least 200)".
func (d drawing) requests(title string, rows []render.Row) render.Section {
	count := ""
	if d.Unread {
		count = "at least "
	}
	s := render.Section{Title: fmt.Sprintf("%s (%s%d)", title, count, len(rows)), Rows: rows[:min(len(rows), maxRequests)]}
	switch more := len(rows) - maxRequests; {
	case more > 0:
		s.Note = render.Line{render.Text(fmt.Sprintf("… and %s%d more: type /s1 pending", count, more))}
	case d.Unread:
		s.Note = render.Line{render.Text("There may be more: type /s1 pending")}
	}
	return s
}

// toDecide is a request with the buttons of a decision. Deny is not among them: it needs a reason,
// and whoever denies should have seen the card. Approve asks once more and names the targets,
// because a row in a list is shorter than what is approved.
func (d drawing) toDecide(req approvals.Request) render.Row {
	says := " asks" // one text: each span of a small line is an element of its own, with a gap before it
	if req.Reason != "" {
		says += ": “" + text.Shorten(req.Reason, 150) + "”"
	}
	if req.Quorum > 1 {
		says += fmt.Sprintf(" · %d of %d approvals", len(req.Counting()), req.Quorum)
	}
	small := render.Line{render.User(req.Requester), render.Text(says + " · expires "), render.At(req.Expires)}
	row := render.Row{Line: d.about(req), Small: small}
	for _, a := range requestcards.ActionsUnder(d.freeze(), req) {
		b, ok := a.(render.Button)
		switch {
		case !ok || b.Rare || b.Do.Command == "withdraw":
			continue // what decides is on the card
		case b.Do.Command == "approve":
			b.Confirm = cmp.Or(b.Confirm, req.Title+": "+cmp.Or(plans.Names(plans.Of(req).Targets, 5), "as the request says"))
		}
		row.Actions = append(row.Actions, b)
	}
	row.Actions = append(row.Actions, render.Button{Label: "Review", Do: requestcards.About(d.words.Review, req.ID)})
	return row
}

// freeze is the freeze that holds now, or a request without an id.
func (d drawing) freeze() approvals.Request {
	if d.Freeze == nil {
		return approvals.Request{}
	}
	return *d.Freeze
}

// about names a request and what it touches, and where there are several consoles on which one.
func (d drawing) about(req approvals.Request) render.Line {
	cmd, ok := d.cat.Find(req.Command)
	line := requestcards.RowLine(req, ok && cmd.Timed)
	if req.Console != "" && len(d.Consoles) > 1 {
		line = append(line, render.Text(" · "+req.Console))
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
		line := append(d.about(req), render.Text(" · "+mineWords(req)))
		row := render.Row{Line: line}
		if req.State == approvals.Pending {
			row.Line = append(line, render.Text(" · expires "), render.At(req.Expires))
			row.Actions = []render.Action{render.Button{Label: "Withdraw", Do: requestcards.About("withdraw", req.ID)}}
		}
		rows = append(rows, row.On(req.Console))
	}
	return d.requests("Your requests", append(rows, d.extensions(false)...))
}

func mineWords(req approvals.Request) string {
	switch {
	case req.State == approvals.Pending && req.Quorum > 1:
		return fmt.Sprintf("waiting · %d of %d", len(req.Counting()), req.Quorum)
	case req.State == approvals.Pending:
		return "waiting"
	case req.State == approvals.Interrupted:
		return "may have run: check its card"
	}
	return "running"
}

// invocation is what a line means, if it means one thing.
//
// A line of the history names its console as people write it; a button carries the console's stamp,
// which stays when it is renamed in the settings.
func (d drawing) invocation(line string) (render.Invocation, bool) {
	inv, extras, err := slash.Parse(d.cat, line, text.Input{Zone: d.zone(), Now: d.Now})
	if err != nil || inv.Command == "" {
		return inv, false
	}
	if inv.Console != "" { // as somebody typed it
		i := slices.IndexFunc(d.Consoles, func(c Console) bool { return strings.EqualFold(c.Name, inv.Console) })
		if i < 0 {
			return inv, false
		}
		inv.Console = d.Consoles[i].Stamp
	}
	return catalog.WithExtras(inv, extras), true
}

// roleless says that a person certainly has no role, in no place: they may look and never change
// anything. It only spares them buttons; the gates stay.
func (d drawing) roleless() bool { return d.Person.Somewhere().No() }

// may tells whether a command is worth offering.
func (d drawing) may(command string) bool {
	cmd, known := d.cat.Find(command)
	return !d.roleless() || !known || cmd.Risk == catalog.Read
}

// lines are what this person ran and saved, to run again. One that cannot be read any more opens
// nothing.
func (d drawing) lines() render.Section {
	s := render.Section{Title: "Recent and saved"}
	for _, saved := range d.Saved[:min(len(d.Saved), maxSaved)] {
		row := render.Row{Line: render.Line{render.Bold(saved.Name), render.Text("  "), render.Mono(text.Shorten(saved.Text, 200))}}
		if do, ok := d.invocation(saved.Text); ok && d.may(do.Command) {
			row.Actions = []render.Action{render.Button{Label: "Run", Do: do}}
		}
		s.Rows = append(s.Rows, row)
	}
	for _, line := range d.Recent[:min(len(d.Recent), maxLines)] {
		row := render.Row{Line: render.Line{render.Mono("/s1 " + text.Shorten(line, 300))}}
		if do, ok := d.invocation(line); ok {
			if cmd, known := d.cat.Find(do.Command); known { // what it does first; the line tells two of them apart
				row.Line, row.Small = render.Line{render.Bold(cmp.Or(cmd.Short, cmd.Title))}, row.Line
			}
			if d.may(do.Command) {
				row.Actions = []render.Action{render.Button{Label: "Run again", Do: do}}
			}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// answersIn tells where to look after a click, below the first buttons that have an answer: a Home
// tab itself can't show one.
const answersIn = "The answers come in the Messages tab."

// commands is the catalog by area.
func (d drawing) commands() render.Section {
	s := render.Section{Title: "Commands", Rows: []render.Row{{
		Line:    render.Line{render.Text("Type "), render.Mono("/s1"), render.Text(" anywhere, or leave it out when you message me directly.")},
		Actions: []render.Action{render.Button{Label: "Find a command", Style: render.Primary, Do: render.Invocation{Command: d.words.Find}}},
	}}}
	if d.roleless() {
		s.Rows = append(s.Rows, render.Row{Line: render.Line{render.Text("You have no role here, so these are the commands that only look things up. To see who can make changes, type "), render.Mono("/s1 roles"), render.Text(".")}})
	}
	theirs := slices.DeleteFunc(slices.Clone(d.cat.Commands()), func(cmd *catalog.Command) bool { return !d.may(cmd.Name) })
	for _, area := range manual.AreasOf(theirs) {
		s.Rows = append(s.Rows, render.Row{Line: render.Line{render.Bold(area.Title), render.Text("  " + strings.Join(area.Names, " · "))}})
	}
	return s
}
