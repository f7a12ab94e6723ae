package home

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/notifier/figures"
	"s1bot/render"
)

// A Console is what a tab shows of one console: its figures and who isolated its endpoints. Ids of
// two consoles have nothing to do with each other, so nothing of it is put together with another's
// but for numbers in a heading.
type Console struct {
	Name      string // for people, where there are several; of a lone one as well, in what they typed
	Stamp     string // what buttons carry
	Figures   map[string]figures.Figure
	Isolators map[string]approvals.Request // who isolated an endpoint last, by the endpoint's id
}

// A TokenEnd is when the first of the consoles' tokens expires; zero where nobody knows.
type TokenEnd struct {
	At time.Time
	Of string // whose, where there are several consoles
}

// maxConsoles is how many consoles are shown one by one: a tab has a hundred blocks.
const maxConsoles = 8

// stale is how old a figure may be before its age is told: counting all of them takes about eighty
// seconds.
//
// Up to there an age beside each number would only unsettle people.
const stale = 5 * time.Minute

// consoles say how each console is.
//
// Health is told as of the last count and not asked for: a tab that asked the console would cost a
// request per look. White is "not known", which is neither good nor bad.
func (d drawing) consoles() (parts []string) {
	for _, c := range d.Consoles {
		name := "console"
		if len(d.Consoles) > 1 {
			name = c.Name
		}
		switch f, counted := c.Figures[figures.Health]; {
		case f.Failed != "":
			parts = append(parts, "🔴 "+name+": "+text.Shorten(f.Failed, 120))
		case !counted:
			parts = append(parts, "⚪ "+name+": not checked yet")
		case d.Now.Sub(f.At) > stale:
			parts = append(parts, "⚪ "+name+": unknown, last response "+f.At.In(d.zone()).Format("2006-01-02 15:04"))
		default:
			parts = append(parts, "🟢 "+name)
		}
	}
	return parts
}

// open counts what is open at each console.
func (d drawing) open() (sections []render.Section) {
	for _, c := range d.Consoles[:min(len(d.Consoles), maxConsoles)] {
		s := render.Section{Title: "Open threats and alerts", Rows: []render.Row{
			d.counted(c, "Threats", "threats open", figure{figures.Malicious, "malicious"}, figure{figures.Suspicious, "suspicious"}).On(c.Stamp),
			d.counted(c, "Alerts", "alerts open", figure{figures.Critical, "critical"}, figure{figures.High, "high"}, figure{figures.Medium, "medium"}, figure{figures.Low, "low"}).On(c.Stamp),
		}}
		if len(d.Consoles) > 1 {
			s.Title = "Open threats and alerts in " + c.Name
		}
		sections = append(sections, s)
	}
	if len(sections) == 0 {
		return nil
	}
	last := &sections[len(sections)-1]
	if last.Note = (render.Line{render.Text(answersIn)}); len(d.Consoles) > len(sections) {
		more := text.Plural(len(d.Consoles)-len(sections), "more console")
		last.Note = append(last.Note, render.Text(" … and "+more+": type /s1 report"))
	}
	return sections
}

type figure struct{ name, words string }

// counted is a row of figures. One that could not be counted says so: it is not zero.
//
// If one of the figures failed, there is no sum either: a sum of what happens to be known would
// look like a low number of threats.
func (d drawing) counted(c Console, what, list string, several ...figure) render.Row {
	var words []string
	var why string
	old, sum := time.Time{}, 0
	for _, of := range several {
		f := c.Figures[of.name]
		var n int
		if f.Failed != "" {
			why = cmp.Or(why, f.Failed)
		}
		if f.Body == nil || json.Unmarshal(f.Body, &n) != nil {
			words = append(words, of.words+" unknown")
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
		row.Small = render.Line{render.Text("⚠ I can't count them right now: " + text.Shorten(why, 150))}
	case len(words) > 0 && strings.Contains(strings.Join(words, ""), "unknown"):
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

// isolated are the endpoints that are cut off now, on all consoles.
//
// At most so many rows over all consoles, in their order; the number in the title is that of
// all. What is not known is a note below the rows that are, and where nothing is known, the only
// row: a section that is missing would mean that nothing is isolated.
func (d drawing) isolated(most int) render.Section {
	var s render.Section
	total := 0
	for _, c := range d.Consoles {
		f := c.Figures[figures.Isolated]
		var e figures.Endpoints
		if f.Body == nil || json.Unmarshal(f.Body, &e) != nil {
			s.Note = append(s.Note, d.unknown(c, f)...)
			continue
		}
		total += e.Total
		for _, host := range e.Named[:min(len(e.Named), max(most-len(s.Rows), 0))] {
			s.Rows = append(s.Rows, d.host(c, host).On(c.Stamp))
		}
		if f.Failed != "" {
			s.Note = append(s.Note, render.Text(" ⚠ "+d.label(c)+"As of "), render.At(f.At), render.Text(": "+text.Shorten(f.Failed, 150)))
		}
	}
	s.Title = fmt.Sprintf("Isolated now (%d)", total)
	if more := total - len(s.Rows); more > 0 {
		s.Note = append(render.Line{render.Text(fmt.Sprintf("… and %d more: type /s1 report", more))}, s.Note...)
	}
	switch {
	case total == 0 && len(s.Note) == 0:
		return render.Section{}
	case len(s.Rows) == 0:
		s.Title, s.Rows, s.Note = "Isolated now", []render.Row{{Line: s.Note}}, nil
	}
	return s
}

// unknown says that nobody knows what is isolated on a console.
func (d drawing) unknown(c Console, f figures.Figure) render.Line {
	if f.Failed == "" {
		return render.Line{render.Text(d.label(c) + "Not counted yet. ")}
	}
	return render.Line{render.Text("⚠ " + d.label(c) + "Couldn't check: " + text.Shorten(f.Failed, 150) + " ")}
}

// label names a console before what is said of it, where there are several.
func (d drawing) label(c Console) string {
	if len(d.Consoles) < 2 {
		return ""
	}
	return c.Name + ": "
}

// host is a line about an isolated endpoint. "Not isolated from Slack" is not "isolated by nobody":
// it was done at the console, or longer ago than the ledger is searched.
func (d drawing) host(c Console, host figures.Endpoint) render.Row {
	line := render.Line{render.Bold(cmp.Or(host.Name, host.ID))}
	if host.Site != "" {
		line = append(line, render.Text(" ("+host.Site+")"))
	}
	if len(d.Consoles) > 1 {
		line = append(line, render.Text(" · "+c.Name))
	}
	req, known := c.Isolators[host.ID]
	if !known {
		line = append(line, render.Text(" · isolated outside Slack"))
		return render.Row{Line: line, Actions: d.reconnect(host, approvals.Request{})}
	}
	var actions []render.Action
	line = append(line, render.Text(" · no end set"))
	if req.Term.Running() {
		line = append(line[:len(line)-1], render.Text(" · until "), render.At(req.Term.Ends))
		if !d.roleless() {
			actions = append(actions, render.Button{Label: "Extend", Do: requestcards.About(requestcards.ExtendWord, req.ID)})
		}
	}
	small := render.Line{render.User(req.Requester)}
	for i, v := range req.Counting() {
		if i == 0 {
			small = append(small, render.Text(", approved by"))
		}
		small = append(small, render.Text(" "), render.User(v.User))
	}
	small = append(small, render.Text(" · since "), render.At(req.Started), render.Text(" · "+req.Ref))
	return render.Row{Line: line, Small: small, Actions: append(actions, d.reconnect(host, req)...)}
}

// reconnect asks for what takes an isolation back, as its command says.
//
// The command that undoes is found by the catalog's own word on the one that isolated. Where it is
// not known which one that was, the first that has an undo is taken.
func (d drawing) reconnect(host figures.Endpoint, by approvals.Request) []render.Action {
	for _, cmd := range d.cat.Commands() {
		undo, ok := d.cat.Find(cmd.Undo)
		if d.roleless() || cmd.Effect == nil || !cmd.Effect.Isolates || by.Command != "" && cmd.Name != by.Command || cmd.Undo == "" || !ok {
			continue
		}
		return []render.Action{render.Button{Label: "Reconnect", Do: render.Invocation{Command: undo.Name, Args: catalog.Marshal(map[string]any{undo.Main: []string{host.ID}})}}}
	}
	return nil
}
