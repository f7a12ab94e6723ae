package files

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Exactly one of the two, by the specification; together the console would want both to hold.
type scriptResultsParams struct {
	Tasks []s1.TaskID `json:"task-ids,omitzero" help:"The tasks, one per endpoint. get-script-task-status shows them."`
	Names []string    `json:"computer-names,omitzero" help:"Endpoints whose name contains one of these."`
}

func (p *scriptResultsParams) OneOf() []string { return []string{"task-ids", "computer-names"} }

// Names are parts of names there, and can mean many endpoints.
func (p *scriptResultsParams) Check() error {
	switch {
	case len(p.Tasks) == 0 && len(p.Names) == 0:
		return catalog.Missing(p.OneOf()...)
	case len(p.Tasks) > 0 && len(p.Names) > 0:
		return catalog.Wrong("computer-names", "give tasks or computer names, not both")
	}
	return checkNames("computer-names", p.Names)
}

// Nothing is looked up: the tasks are what is named, and a result that is not there is told by the
// run.
func (p *scriptResultsParams) Plan(_ context.Context, _ *catalog.Call) (catalog.Plan, error) {
	plan := catalog.Plan{Notes: []string{"I pass results on without opening them. An archive opens with the password of its run."}}
	for _, id := range p.Tasks {
		plan.Targets = append(plan.Targets, catalog.Target{Kind: "task", ID: string(id), Name: "task " + string(id)})
	}
	if len(p.Names) > 0 {
		plan.Facts = []catalog.Fact{{Label: "Endpoints with", Value: strings.Join(p.Names, ", ")}}
	}
	return plan, nil
}

// ask returns links to the outputs. They hand out files to whoever has them, so they are asked for
// anew rather than kept.
func (p *scriptResultsParams) ask(ctx context.Context, call *catalog.Call) (s1.ScriptResults, error) {
	if len(p.Tasks) > 0 {
		return call.Console.ScriptResultsOf(ctx, p.Tasks)
	}
	return call.Console.ScriptResultsOn(ctx, p.Names)
}

// POST /remote-scripts/fetch-files, which only reads. Some consoles nest the answer once more than
// others (data.data.downloadLinks); package s1 reads both.
func getScriptResults() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "get-script-results", Title: "Get Script Results", Area: "scripts", Aliases: []string{"script-results", "results"}, Main: "task-ids",
		Wording: resultsWording(),
		Risk:    catalog.Change, Needs: remoteOps, Route: "remote-scripts/fetch-files", Repeatable: true,
		Doc:      "Downloads the results that a script left in the console's cloud, one file per endpoint. Not every script produces results.",
		Examples: []string{"get-script-results task-ids=1748812345678905555", "results hosts=DESKTOP-1"},
	}, func(ctx context.Context, call *catalog.Call, p scriptResultsParams) (render.Card, error) {
		found, err := p.ask(ctx, call)
		if err != nil {
			return render.Card{}, err
		}
		if len(found.Files) > 0 {
			if err := call.Save(map[string]bool{"download": true}); err != nil {
				return render.Card{}, err
			}
		}
		return foundCard(call, found), nil
	}), func(ctx context.Context, call *catalog.Call, p scriptResultsParams) (render.Card, error) {
		card, err := downloadResults(ctx, call, p)
		if errors.Is(err, catalog.ErrCancelled) {
			return render.Card{Tone: render.Info, Title: call.Command.Title + " · cancelled"}, nil
		}
		return card, err
	})
}

// foundCard tells which outputs there are. No file is a normal answer: many scripts print nothing.
func foundCard(call *catalog.Call, found s1.ScriptResults) render.Card {
	title := call.Command.Title
	if len(found.Files) == 0 && len(found.Errors) > 0 {
		card := render.Failure(title, 200, "No task has a result: "+found.Errors[0].Message, "")
		card.Parts = append(card.Parts, resultTable(found, nil))
		return card
	}
	words := text.Plural(len(found.Files), "file") + " found."
	if len(found.Files) == 0 {
		words = "There are no results. Not every script produces them."
	}
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words, Parts: []render.Part{render.Line{render.Text(words)}}}
	if len(found.Errors) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	if len(found.Files) > 0 {
		card.Parts = append(card.Parts, resultTable(found, nil), render.Note{render.Text("The files follow in a moment.")})
	}
	return card
}

// downloadResults reads the outputs and hands them over. A link can expire while others are read;
// that one fails and the rest stays.
func downloadResults(ctx context.Context, call *catalog.Call, p scriptResultsParams) (render.Card, error) {
	found, err := p.ask(ctx, call)
	if err != nil {
		return render.Card{}, err
	}
	fetched := downloads{}
	for i, r := range found.Files {
		title := call.Command.Title + " · downloading"
		call.Show(render.Card{Tone: render.Waiting, Title: title, Parts: []render.Part{render.Bar{Done: i, Total: len(found.Files), Label: r.Name()}}})
		if fetched.size() >= maxHanded {
			fetched[i] = download{err: errEnough}
			continue
		}
		fetched[i] = fetch(call, func(keep s1.Keep) (s1.Download, error) { return call.Console.DownloadScriptResult(ctx, r, keep) })
		if ctx.Err() != nil {
			fetched.discard()
			return render.Card{}, context.Cause(ctx)
		}
	}
	return resultsCard(call, found, fetched), nil
}

// resultsCard hands the outputs over, and tells of each task that has none.
func resultsCard(call *catalog.Call, found s1.ScriptResults, fetched downloads) render.Card {
	title, good, problem := call.Command.Title, 0, error(nil)
	var files []render.File
	for i, r := range found.Files {
		if fetched[i].err != nil {
			problem = fetched[i].err
			continue
		}
		good++
		files = addFile(files, fetched[i], "task "+string(r.Task))
	}
	if good == 0 && problem != nil {
		card := failedDownload(title, call.Command.Needs, linkWords, problem)
		card.Parts = append(card.Parts, resultTable(found, fetched))
		return card
	}
	if good == 0 {
		return foundCard(call, found)
	}
	words := fmt.Sprintf("%d of %s", good, text.Plural(len(found.Files)+len(found.Errors), "result"))
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + words, Files: files}
	if good < len(found.Files) || len(found.Errors) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	card.Parts = []render.Part{render.Line{render.Text(words + ".")}, resultTable(found, fetched), render.Note{render.Text(
		"I haven't opened these files. An archive opens with the password of its run; its contents come from endpoints that may be infected.")}}
	return card
}

// resultTable shows each output with its size and hash, and what there is none of.
func resultTable(found s1.ScriptResults, fetched downloads) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Task"}, {Title: "File"}, {Title: "Size", Right: true}, {Title: "SHA-256"}}}
	for i, r := range found.Files {
		row := []render.Line{{render.Mono(string(r.Task))}, {render.Text(r.Name())}, {}, {}}
		switch one, there := fetched[i]; {
		case !there:
		case one.err != nil:
			row[2] = render.Line{render.Text(whyNot(one.err))}
		default:
			row[2], row[3] = render.Line{render.Text(catalog.SizeWords(int(one.file.Size)))}, render.Line{render.Mono(one.file.SHA256)}
		}
		t.Rows = append(t.Rows, row)
	}
	for _, e := range found.Errors {
		t.Rows = append(t.Rows, []render.Line{{render.Mono(string(e.Task))}, {render.Text("none: " + e.Message)}, {}, {}})
	}
	return t
}
