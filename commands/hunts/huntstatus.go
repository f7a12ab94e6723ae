package hunts

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/render"
	"s1bot/s1/huntapi"
)

// statusActions lead from a query that runs to how far it is, and to what it found.
func statusActions(id huntapi.QueryID) []render.Action {
	args := catalog.Marshal(map[string]any{"query-id": id})
	return []render.Action{
		render.Button{Label: "Status", Do: catalog.Invocation{Command: "get-query-status", Args: args}},
		render.Button{Label: "Events", Do: catalog.Invocation{Command: "get-events-by-query-id-and-type", Args: args}},
	}
}

type queryStatusParams struct {
	ID queryRef `json:"query-id" help:"The query's id, which create-query shows."`
}

// GET /dv/query-status, or what the bot keeps.
func queryStatus(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-query-status", Title: "Get Query Status", Area: "hunts", Aliases: []string{"query-status"}, Main: "query-id",
		Wording: queryStatusWording(),
		Risk:    catalog.Read, Needs: "SDL Search › View", Repeatable: true,
		Doc:      "Shows the progress of a Deep Visibility query.",
		Examples: []string{"get-query-status query-id=q9679169d5a4607cc41a9100123456789"},
	}, func(ctx context.Context, call *catalog.Call, p queryStatusParams) (render.Card, error) {
		id := huntapi.QueryID(p.ID)
		status, err := statusOfQuery(ctx, call, kept, id)
		if err != nil {
			return render.Card{}, err
		}
		card := statusCard(id, status)
		if !status.State.Done() && !status.State.Dead() {
			card.Actions = append([]render.Action{render.Button{Label: "Refresh", Do: call.Variant(render.Turn)}}, card.Actions...)
		}
		return listing.Single(call, "query status", status.Raw, card)
	})
}

// fromLake finds a query of the data lake on the shelf. Deep Visibility is asked about ids of its
// own form, and about all of them where the console has nothing else. Its own ids are opaque and of
// another form, so an id of Deep Visibility's costs no question.
func fromLake(ctx context.Context, call *catalog.Call, kept *shelf, id huntapi.QueryID) (found shelved, lake bool, err error) {
	if found, ok := kept.take(id); ok {
		return found, true, nil
	}
	if oldID.MatchString(string(id)) {
		return shelved{}, false, nil
	}
	engine, err := call.Console.HuntEngine(ctx)
	if err == nil && engine == huntapi.DataLake {
		err = notKept()
	}
	return shelved{}, false, err
}

func statusOfQuery(ctx context.Context, call *catalog.Call, kept *shelf, id huntapi.QueryID) (huntapi.QueryStatus, error) {
	found, lake, err := fromLake(ctx, call, kept, id)
	switch {
	case err != nil:
		return huntapi.QueryStatus{}, err
	case lake:
		return found.status(), nil
	}
	return call.Console.QueryStatus(ctx, id)
}

// statusCard says how far a query is, and what can be done with it. Label and state stand beside
// each other: the label is ours, the state is what to look for in the console's documentation.
func statusCard(id huntapi.QueryID, status huntapi.QueryStatus) render.Card {
	label := status.State.Label()
	card := render.Card{
		Tone: render.Info, Title: "Query · " + label, Text: "The query is " + label,
		Parts: []render.Part{
			render.Bar{Done: status.Percent, Total: 100, Label: label},
			render.Fields{{Label: "Query ID", Value: render.Line{render.Mono(string(id))}, Wide: true}, {Label: "State", Value: render.Line{render.Text(string(status.State))}}},
		},
	}
	if status.Problem != "" {
		card.Parts = append(card.Parts, render.Line{render.Text(status.Problem)})
	}
	card.Parts = append(card.Parts, warned(status.Warnings)...)
	switch {
	case status.State.Done():
		card.Tone = render.Good
		card.Actions = eventActions(id, "", 1)[:3] // who wants to share shares what they see
	case status.State.Dead():
		card.Tone = render.Warning
	}
	return card
}

// whileRunning is what there is to see of a query that has no events yet.
func whileRunning(call *catalog.Call, id huntapi.QueryID, status huntapi.QueryStatus) render.Card {
	told := statusCard(id, status)
	told.Parts = append(told.Parts, render.Line{render.Text("You can read the events when it's finished.")})
	if !status.State.Dead() {
		told.Actions = []render.Action{render.Button{Label: "Refresh", Do: call.Variant(render.Turn)}}
	}
	return told
}
