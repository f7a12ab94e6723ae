package hunts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// powerSearch hunts in the language with pipes. The rows come with the report that it is finished.
type powerSearch struct {
	call  *catalog.Call
	query huntapi.PowerQuery
}

func (p powerSearch) Start(ctx context.Context, _ func(huntapi.Place)) (report, error) {
	result, err := p.call.Console.StartPowerQuery(ctx, p.query)
	return powerReport(result), err
}

// Look pings the query. The console drops one that nobody asks about for some seconds, as while the
// bot restarts. A late ping is a 503.
func (p powerSearch) Look(ctx context.Context, t huntapi.SDLTicket) (report, error) {
	result, err := p.call.Console.PingPowerQuery(ctx, t.ID)
	return powerReport(result), forgotten(err)
}

// forgotten words the 503 of a query that was pinged too late.
func forgotten(err error) error {
	var e *s1.Error
	if !errors.As(err, &e) || e.Status != http.StatusServiceUnavailable {
		return err
	}
	told := *e
	told.Err, told.Message = errForgotten, "The console has dropped the query and its rows because nobody asked for them in time. Run it again. ("+e.Message+")"
	return &told
}

func powerReport(r huntapi.PowerResult) report {
	return report{id: r.ID, state: r.State, percent: r.Percent, warnings: r.Advice, done: r.Done(), result: &r}
}

// stop asks for what the console does by itself when nobody pings any more. A refusal is therefore
// no news.
func (p powerSearch) stop(ctx context.Context, t huntapi.SDLTicket) error {
	err := p.call.Console.CancelQuery(ctx, t.ID)
	var refusal *s1.Error
	if errors.As(err, &refusal) && refusal.Status/100 == 4 {
		return nil // not documented for these queries
	}
	return err
}

func (p powerSearch) Show(_ context.Context, h *hunt, found report) (render.Card, error) {
	return h.power(*found.result)
}

// power is the card of a finished power query.
func (h *hunt) power(r huntapi.PowerResult) (render.Card, error) {
	card, err := powerCard(h.call, r)
	if err != nil {
		return card, err
	}
	card.Parts = slices.Concat([]render.Part{render.Line{render.Mono(text.Shorten(h.query, 300))}, h.span()}, card.Parts, h.asSent())
	card.Actions = append(card.Actions, h.again()...)
	card.Actions = append(card.Actions, render.Button{Label: "Open the console", URL: h.call.Console.ConsoleURL()})
	return card, nil
}

// powerCard shows the rows of a power query: the first ones, all as files, and counts where a
// column says what an event is.
func powerCard(call *catalog.Call, r huntapi.PowerResult) (render.Card, error) {
	card := render.Card{Outcome: render.Successful, Title: call.Command.Title + " · " + text.Plural(len(r.Rows), "row")}
	if len(r.Rows) == 0 {
		card.Title = call.Command.Title + " · no rows"
		card.Parts = append(warned(r.Advice), render.Note{render.Text("Try a wider time range, or remove a condition.")})
		return card, nil
	}
	if kinds := kindsIn(r); len(kinds) > 0 {
		card.Parts = append(card.Parts, render.Fields{{Label: "By type", Value: render.Line{render.Text(kinds.words(8))}, Wide: true}})
	}
	files, cut, err := powerFiles(call, r)
	card.Parts = append(card.Parts, powerTable(r, r.Rows[:min(len(r.Rows), listing.PageRows)]))
	if len(r.Rows) > listing.PageRows {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("The first %d of %d rows; %s.", listing.PageRows, len(r.Rows), unlessCut("the files have all of them", cut)))})
	}
	card.Parts = append(card.Parts, warned(r.Advice)...)
	card.Files, card.Actions = files, isolating(powerSuspects(r))
	return card, err
}

// powerFiles are the rows as a table and as objects; cut where one of them had no room for all. Both are
// made at once: the console keeps the rows for some seconds only. JSON keeps numbers as the console sent
// them: they can be larger than what a float holds.
func powerFiles(call *catalog.Call, r huntapi.PowerResult) (files []render.File, cut bool, err error) {
	as := *call
	as.How = render.CSV
	table := listing.NewExport(&as, "power query")
	defer table.Abandon()
	as.How = render.JSON
	objects := listing.NewExport(&as, "power query")
	defer objects.Abandon()
	if err := table.Csv(powerTable(r, r.Rows), true); err != nil {
		return nil, false, err
	}
	for _, row := range r.Rows {
		if err := objects.Json(powerObject(r, row)); err != nil {
			return nil, false, err
		}
	}
	for _, file := range []*listing.Export{table, objects} {
		if file.Full() {
			cut = true
			file.Lacks(len(r.Rows))
		}
		files = append(files, file.Card("PowerQuery", "").Files...)
	}
	return files, cut, nil
}

// powerObject is a row with the names of its columns, in their order. Two columns of one name stay
// two members, as the console has them.
func powerObject(r huntapi.PowerResult, row []json.RawMessage) json.RawMessage {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range r.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		value := json.RawMessage("null")
		if i < len(row) && len(row[i]) > 0 {
			value = row[i]
		}
		b.Write(catalog.Marshal(c.Name))
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}

// powerTable is rows under the columns that the query chose.
func powerTable(r huntapi.PowerResult, rows [][]json.RawMessage) render.Table {
	var t render.Table
	for _, c := range r.Columns {
		number := strings.EqualFold(c.Type, "INTEGER") || strings.EqualFold(c.Type, "FLOAT") || strings.EqualFold(c.Type, "NUMBER")
		t.Columns = append(t.Columns, render.Column{Title: c.Name, Right: number && !timeColumn.MatchString(c.Name)})
	}
	for _, row := range rows {
		cells := make([]render.Line, len(r.Columns))
		for i := range cells {
			if i < len(row) {
				cells[i] = powerCell(r.Columns[i].Name, row[i])
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// timeColumn is the name of a column whose numbers are times. Nothing else tells them apart: the
// console's types know only numbers.
var timeColumn = regexp.MustCompile(`(?i)(time|date|timestamp|At)$`)

// powerCell is one value; numbers under a column that is called a time are times, in milliseconds
// or nanoseconds.
func powerCell(column string, value json.RawMessage) render.Line {
	if catalog.IsEmpty(value) {
		return nil
	}
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && timeColumn.MatchString(column) {
		switch {
		case n > 1e11 && n < 1e14:
			return render.Line{render.At(time.UnixMilli(n))}
		case n > 1e17:
			return render.Line{render.At(time.Unix(0, n))}
		}
	}
	return render.Line{render.Text(catalog.Word(value))}
}

// Columns that say what an event is, and which endpoint a row is about, in the order of their weight.
var (
	kindColumn = regexp.MustCompile(`(?i)^(event\.?type|event\.category|object\.?type)$`)
	hostColumn = []*regexp.Regexp{
		regexp.MustCompile(`(?i)^agent[._]?id$`), regexp.MustCompile(`(?i)^agent[._]?uuid$`),
		regexp.MustCompile(`(?i)^(endpoint|agent)[._]?name$|^(computer|host)[._]?name$|^(host|endpoint)$`),
	}
	nameColumn = hostColumn[2]
)

func columnLike(r huntapi.PowerResult, pattern *regexp.Regexp) int {
	for i, c := range r.Columns {
		if pattern.MatchString(c.Name) {
			return i
		}
	}
	return -1
}

func cellOf(row []json.RawMessage, column int) string {
	if column < 0 || column >= len(row) || catalog.IsEmpty(row[column]) {
		return ""
	}
	return catalog.Word(row[column])
}

func kindsIn(r huntapi.PowerResult) counts {
	var kinds counts
	column := columnLike(r, kindColumn)
	for _, row := range r.Rows {
		if kind := cellOf(row, column); kind != "" {
			kinds.Add(kind)
		}
	}
	return kinds
}

// powerSuspects are the endpoints in the rows, if a column names them. An id or a UUID finds the
// endpoint for certain, a name perhaps.
func powerSuspects(r huntapi.PowerResult) []suspect {
	column := -1
	for _, pattern := range hostColumn {
		if column < 0 {
			column = columnLike(r, pattern)
		}
	}
	named := columnLike(r, nameColumn)
	var hosts []suspect
	for _, row := range r.Rows {
		if ref := cellOf(row, column); ref != "" {
			hosts = withSuspect(hosts, suspect{ref: ref, name: cmp.Or(cellOf(row, named), ref)})
		}
	}
	return hosts
}
