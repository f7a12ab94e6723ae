package hunts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

type pingParams struct {
	IDs []queryRef `json:"query-ids" help:"The ids of the queries, which create-power-query shows."`
}

// GET /dv/events/pq-ping, each id by itself; it also keeps a query alive.
func pingPowerQuery(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "ping-power-query", Title: "Ping Power Query", Area: "hunts", Aliases: []string{"ping-query", "pq-ping"}, Main: "query-ids",
		Risk: catalog.Read, Needs: "SDL Search › View", Repeatable: true,
		Doc:      "Shows the progress of PowerQueries, and the rows of those that have finished.",
		Examples: []string{"ping-power-query query-ids=pqe5a4cbb0a0f0981f4125976b49fb0ebb"},
	}, func(ctx context.Context, call *catalog.Call, p pingParams) (render.Card, error) {
		var pings []ping
		for _, id := range p.IDs {
			result, err := pingOf(ctx, call, kept, huntapi.QueryID(id))
			if ctx.Err() != nil {
				return render.Card{}, err
			}
			pings = append(pings, ping{huntapi.QueryID(id), result, forgotten(err)})
		}
		return pinged(call, pings)
	})
}

// pingOf asks Deep Visibility, or the shelf for a query of the data lake. A query for events is
// another kind of thing, and is told to be one.
func pingOf(ctx context.Context, call *catalog.Call, kept *shelf, id huntapi.QueryID) (huntapi.PowerResult, error) {
	found, lake, err := fromLake(ctx, call, kept, id)
	switch {
	case err != nil:
		return huntapi.PowerResult{}, err
	case lake && found.table != nil:
		return *found.table, nil
	case lake && found.ready:
		return huntapi.PowerResult{}, &s1.Error{Operation: "ping", Status: http.StatusBadRequest, Message: "That is the id of a query for events, not of a PowerQuery."}
	case lake:
		result := huntapi.PowerResult{ID: id, State: found.report.state, Percent: found.report.percent, Advice: found.report.warnings}
		result.Raw = found.status().Raw
		return result, nil
	}
	return call.Console.PingPowerQuery(ctx, id)
}

// A ping is what the console said about one power query.
type ping struct {
	id     huntapi.QueryID
	result huntapi.PowerResult
	err    error
}

// pinged shows one query as it is, and several in a table.
func pinged(call *catalog.Call, pings []ping) (render.Card, error) {
	again := render.Button{Label: "Ping again", Do: catalog.Invocation{Command: call.Command.Name, Args: call.Args}}
	if len(pings) > 1 {
		return pingTable(call, pings, again)
	}
	p := pings[0]
	switch {
	case p.err != nil:
		return render.Card{}, p.err
	case p.result.State.Dead():
		return render.Card{}, &s1.Error{Operation: "ping", Status: http.StatusOK, Message: fmt.Sprintf("The PowerQuery is %s. (%s)", p.result.State.Label(), p.result.State)}
	case p.result.Done():
		card, err := powerCard(call, p.result)
		if len(p.result.Rows) <= listing.PageRows {
			card.Files = nil // the table has them all, and an answer with files goes to the direct messages
		}
		if err != nil {
			return card, err
		}
		return listing.Single(call, "PowerQuery", p.result.Raw, card)
	}
	card := statusCard(p.id, huntapi.QueryStatus{State: p.result.State, Percent: p.result.Percent, Warnings: p.result.Advice})
	card.Parts = append(card.Parts, render.Note{render.Text("The console drops a PowerQuery that isn't pinged for a few seconds.")})
	card.Actions = []render.Action{again}
	return listing.Single(call, "PowerQuery", p.result.Raw, card)
}

// pingTable shows several queries: what each says, and the rows of those that are finished as
// files. Rows go into files, one pair for each query: several tables in a message would be over
// Slack's limit.
func pingTable(call *catalog.Call, pings []ping, again render.Button) (render.Card, error) {
	table := render.Table{Columns: []render.Column{{Title: "Query"}, {Title: "State"}, {Title: "Progress", Right: true}, {Title: "Rows", Right: true}, {Title: "Problem"}}}
	var files []render.File
	failed, raws := 0, []json.RawMessage{}
	for _, p := range pings {
		state, problem := p.words()
		if problem != "" {
			failed++
		}
		if len(p.result.Raw) > 0 {
			raws = append(raws, p.result.Raw)
		}
		table.Rows = append(table.Rows, []render.Line{{render.Mono(string(p.id))}, {render.Text(state)},
			{render.Text(fmt.Sprintf("%d %%", p.result.Percent))}, {render.Text(fmt.Sprint(len(p.result.Rows)))}, {render.Text(problem)}})
		if p.err == nil && p.result.Done() && len(p.result.Rows) > 0 {
			made, _, err := powerFiles(call, p.result)
			if err != nil {
				return render.Card{}, err
			}
			files = append(files, made...)
		}
	}
	card := render.Card{Outcome: render.Successful, Title: fmt.Sprintf("%s · %s", call.Command.Title, text.Plural(len(pings), "query"))}
	switch {
	case failed == len(pings):
		card = allPingsFailed(call, pings)
	case failed > 0:
		card.Outcome = render.Partial
	}
	card.Parts, card.Files, card.Actions = append(card.Parts, table), files, []render.Action{again}
	return listing.Single(call, "PowerQueries", catalog.Marshal(raws), card)
}

// words say how far a query is, and what is wrong with it, if anything.
func (p ping) words() (state, problem string) {
	switch {
	case p.err != nil:
		return "failed", statusOf(p.err) + refusal.Reason(p.err)
	case p.result.State.Dead():
		return p.result.State.Label(), string(p.result.State)
	}
	return p.result.State.Label(), ""
}

// allPingsFailed is the specification's failure of several queries; its status code is that of the
// first. "Multiple errors found." are the specification's words.
func allPingsFailed(call *catalog.Call, pings []ping) render.Card {
	status, advice := http.StatusOK, "The table shows what happened to each."
	var refused *s1.Error
	if errors.As(pings[0].err, &refused) {
		status = refused.Status
		advice += "\n" + refusal.Advice(refused, call.Command.Needs)
	}
	return render.Failure(call.Command.Title, status, "Multiple errors found.", advice)
}

// statusOf is the status code ahead of a problem, if there is one.
func statusOf(err error) string {
	var refusal *s1.Error
	if !errors.As(err, &refusal) || refusal.Status == 0 {
		return ""
	}
	return fmt.Sprintf("%d: ", refusal.Status)
}
