package hunts

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// A lakeHunt runs on the data lake. Its console forgets a query 30 s after it was last polled, so
// an id that a person could type is dead by then: the bot polls by itself, and keeps the rows on
// its shelf for the commands that read them. last is the newest answer, in which the rows come when
// the query is finished.
type lakeHunt struct {
	call  *catalog.Call
	shelf *shelf
	query huntapi.SDLQuery
	limit int    // of all events; a query is asked for fewer
	kind  string // "process": events of that kind alone; "" is all
	last  huntapi.SDLProgress
	again bool // the query was forgotten once and asked anew
}

// The answer can be complete at once: most small queries are.
func (l *lakeHunt) Start(ctx context.Context, _ func(huntapi.Place)) (report, error) {
	found, err := l.call.Console.LaunchSDL(ctx, l.query)
	return l.report(found), err
}

// Look polls the query. One that the console forgot is asked anew, once: live consoles lose one now
// and then, and while the bot restarts nobody polls. An answer that is too large is asked for with
// fewer rows.
func (l *lakeHunt) Look(ctx context.Context, t huntapi.SDLTicket) (report, error) {
	found, err := l.call.Console.PollSDL(ctx, t)
	switch {
	case errors.Is(err, s1.ErrNotFound) && !l.again:
		l.again = true
		return l.Start(ctx, nil)
	case errors.Is(err, s1.ErrTooLarge) && l.query.Limit > minPage:
		_ = l.call.Console.EndSDL(ctx, t) // forgotten within 30 s
		l.query.Limit /= 2
		return l.Start(ctx, nil)
	case errors.Is(err, s1.ErrNotFound):
		return report{}, lakeForgot(err)
	}
	return l.report(found), err
}

// minPage is below what number of rows an answer cannot be too large.
const minPage = 50

// lakeForgot words the 404 of a query that was forgotten twice.
func lakeForgot(err error) error {
	var e *s1.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Err, told.Message = errForgotten, "The console has dropped the query twice while I polled it. Run it again. ("+e.Message+")"
	return &told
}

// report keeps what came with the answer, because the data lake gives the rows once, with the
// answer that says it is done, and forgets the query 30 s after that. The shelf hears of every
// look, for the commands that ask how far the query is.
func (l *lakeHunt) report(found huntapi.SDLProgress) report {
	l.last = found
	r := report{
		id: found.ID, tag: found.Tag, steps: found.Steps, state: found.State(), percent: found.Percent(), problem: found.Problem,
		warnings: found.Partial, done: found.Done,
	}
	if found.Done && l.query.Power != "" {
		r.result = &l.last.Table
	}
	l.shelf.note(r)
	return r
}

// What was cancelled stays on the shelf as cancelled, so that its id still says what became of it.
func (l *lakeHunt) stop(ctx context.Context, t huntapi.SDLTicket) error {
	err := l.call.Console.EndSDL(ctx, t)
	if err == nil && !l.last.Done {
		l.shelf.note(report{id: t.ID, state: "QUERY_CANCELLED", percent: l.last.Percent()})
	}
	return err
}

// Show reads what was found, keeps it, and frees the console's slot.
func (l *lakeHunt) Show(ctx context.Context, h *hunt, found report) (render.Card, error) {
	h.free(ctx)
	if found.result != nil {
		found.result.ID = found.id
		l.shelf.keepTable(found.id, *found.result)
		return h.power(*found.result)
	}
	kept := l.shelf.open(found)
	rows := eventListing(l.call, found.id, l.kind)
	card, err := h.gather(ctx, found, rows, l.pages(ctx, kept), bounds{l.kind, l.limit})
	if closing := kept.close(); err == nil {
		err = closing
	}
	if err != nil || !h.keeps {
		return card, err
	}
	return h.kept(card, kept), nil
}

// pages are the events, the newest first. The rows after the first page are those before its last
// event: their queries end at that very nanosecond, and what comes twice is left out. A page that
// brings nothing new is the end, whatever its size. The paging by cursor is documented in one place
// and denied in another, so pages go by time instead, which both support.
func (l *lakeHunt) pages(ctx context.Context, kept *keptRows) iter.Seq2[s1.Page[huntapi.Event], error] {
	return func(yield func(s1.Page[huntapi.Event], error) bool) {
		seen := map[string]bool{}
		read := 0
		for found := l.last; ; {
			fresh := unseen(seen, found.Events, l.limit-read)
			read += len(fresh)
			kept.add(fresh)
			full := len(found.Events) >= l.query.Limit && read < l.limit && len(fresh) > 0
			if !yield(s1.Page[huntapi.Event]{Items: fresh, Total: -1}, nil) || !full {
				return
			}
			l.query.To = fresh[len(fresh)-1].CreatedAt.Add(time.Nanosecond)
			var err error
			if found, err = l.fetch(ctx); err != nil {
				yield(s1.Page[huntapi.Event]{}, err)
				return
			}
		}
	}
}

// unseen are the events that were not there before, at most the given number.
func unseen(seen map[string]bool, events []huntapi.Event, most int) []huntapi.Event {
	var fresh []huntapi.Event
	for _, e := range events {
		if key := string(e.Raw); !seen[key] && len(fresh) < most {
			seen[key] = true
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// fetch runs one more query to its end. It polls each second, within the 30 that a query lives.
func (l *lakeHunt) fetch(ctx context.Context) (huntapi.SDLProgress, error) {
	console := l.call.Console
	found, err := console.LaunchSDL(ctx, l.query)
	for err == nil && !found.Done && found.Problem == "" {
		if err = pause(ctx, time.Second); err == nil {
			found, err = console.PollSDL(ctx, found.SDLTicket)
		}
	}
	if found.ID != "" {
		_ = console.EndSDL(context.WithoutCancel(ctx), found.SDLTicket) // forgotten within 30 s
	}
	if err == nil && found.Problem != "" {
		err = &s1.Error{Operation: "hunt", Status: http.StatusOK, Message: found.Problem}
	}
	return found, err
}

// endpointsOnly narrows a query down to what endpoints recorded, as Deep Visibility did: the data
// lake has other logs, too.
const endpointsOnly = "dataSource.name = 'SentinelOne' dataSource.category = 'security'"

// lakeFilter is a person's query as the data lake is sent it. A query that was typed in 2.0 is sent
// as it is: who knows the language may want the other logs.
func lakeFilter(typed, kind string) (string, error) {
	filter, err := translate(typed)
	if err != nil {
		return "", err
	}
	var terms []string
	if filter != typed || kind != "" {
		terms = append(terms, endpointsOnly)
	}
	if kind != "" {
		terms = append(terms, "event.category = "+lakeQuoted(kind))
	}
	if filter != "" && len(terms) > 0 {
		filter = "(" + filter + ")"
	}
	if filter != "" {
		terms = append(terms, filter)
	}
	return strings.Join(terms, " "), nil
}

// onLake is the engine for events. The limit of one answer is the server's, about five thousand.
func (h *hunt) onLake(shelf *shelf, kind string, limit int) (engine, error) {
	filter, err := lakeFilter(h.query, kind)
	if err != nil {
		return nil, err
	}
	if filter != h.query {
		h.sent = filter
	}
	asked := huntapi.SDLQuery{From: h.from, To: h.to, Filter: filter, Limit: min(limit, huntapi.MaxSDLRows)}
	return &lakeHunt{call: h.call, shelf: shelf, query: asked, limit: limit, kind: kind}, nil
}

// powerOnLake is the engine for a power query. Sites become a condition, for the data lake knows
// accounts only, and so does the limit.
func (h *hunt) powerOnLake(shelf *shelf, q huntapi.PowerQuery) (engine, error) {
	power := lakePower(q)
	if power != q.Query {
		h.sent = power
	}
	asked := huntapi.SDLQuery{From: h.from, To: h.to, Power: power, Accounts: q.Accounts}
	return &lakeHunt{call: h.call, shelf: shelf, query: asked}, nil
}

// A limit of the person's own in the query is left alone.
var ownLimit = regexp.MustCompile(`(?i)\|\s*limit\s+\d`)

// lakePower is a power query with its sites and its limit in it. Sites stand before the first bar:
// behind it there may be no rows of endpoints any more.
func lakePower(q huntapi.PowerQuery) string {
	filter, commands := beforePipe(q.Query)
	if strings.TrimSpace(filter) == "*" { // everything; the data lake does not understand a lone star
		filter = ""
	}
	if len(q.Sites) > 0 {
		sites := operator{to: "=", list: true}.write("site.id", quotedIDs(q.Sites), true)
		if filter = strings.TrimSpace(filter); filter != "" {
			sites += " (" + filter + ") "
		}
		filter = sites
	}
	if q.Limit > 0 && !ownLimit.MatchString(commands) {
		commands += " | limit " + strings.TrimSpace(catalog.Word(catalog.Marshal(q.Limit)))
	}
	if filter != "" && commands != "" && !strings.HasSuffix(filter, " ") {
		filter += " "
	}
	return strings.TrimSpace(filter + strings.TrimSpace(commands))
}

func quotedIDs(ids []s1.SiteID) []string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = lakeQuoted(string(id))
	}
	return quoted
}

var quotedOrPipe = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\|`)

// beforePipe cuts a power query at its first bar that is not quoted; the bar is in commands.
func beforePipe(query string) (filter, commands string) {
	for _, at := range quotedOrPipe.FindAllStringIndex(query, -1) {
		if query[at[0]] == '|' {
			return query[:at[0]], query[at[0]:]
		}
	}
	return query, ""
}
