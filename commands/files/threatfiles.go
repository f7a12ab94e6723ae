package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

type fetchThreatParams struct {
	Threats  []s1.ThreatID           `json:"threat-ids" help:"The threats whose files to fetch, by name or id."`
	Password catalog.ArchivePassword `json:"password" help:"The archives' password: at least 10 characters with upper and lower case letters, numbers and symbols."`
}

func (p *fetchThreatParams) Check() error { return p.Password.Check("password") }

// OnHosts, since it is the endpoint that does something.
func (p *fetchThreatParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := lookup.ThreatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return catalog.Plan{}, err
	}
	notes := []string{"The archives contain malware. They are encrypted, and I pass them on without opening them."}
	offline := 0
	for _, t := range threats {
		if !t.Online() {
			offline++
		}
	}
	if offline > 0 {
		notes = append(notes, text.Plural(offline, "host")+" offline: "+text.Agree(offline, "its files can't be fetched until it is", "their files can't be fetched until they are")+" back.")
	}
	return catalog.Plan{Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), OnHosts: true, Facts: []catalog.Fact{{Label: "Password", Value: catalog.PasswordWords(p.Password)}}, Notes: notes}, nil
}

// POST /threats/fetch-file. The filter must match exactly one threat ("Bulk operations are not
// supported"), which is why each is asked for by itself.
func fetchThreatFile() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "fetch-threat-file", Title: "Fetch Threat File", Area: "files", Aliases: []string{"fetch-threat", "sample"}, Main: "threat-ids",
		Wording: sampleWording(),
		Settled: "it waits for the file itself",
		Risk:    catalog.Change, Needs: "Endpoint Threats › View + Fetch Threat File, Activity › View",
		Doc:      "Fetches the files of threats from their endpoints: requests them, waits, and sends you encrypted archives, which contain malware.",
		Examples: []string{"fetch-threat-file threat-ids=1112953674841025235"},
	}, func(ctx context.Context, call *catalog.Call, p fetchThreatParams) (render.Card, error) {
		password, err := call.Password(ctx, p.Password, "the archives of "+text.Plural(len(p.Threats), "threat"))
		if err != nil {
			return render.Card{}, err
		}
		return orderThreatFiles(ctx, call, p, password)
	}), awaitPickup[fetchThreatParams])
}

// orderThreatFiles asks for one threat after the other, for the console takes one at a time. One
// that fails does not stop the rest. affected 0 is the console's answer where there is no file, or
// no endpoint to ask.
func orderThreatFiles(ctx context.Context, call *catalog.Call, p fetchThreatParams, password s1.Secret) (render.Card, error) {
	c := lookup.ThreatChange(ctx, call, p.Threats, s1.ActionResult{}, "file requested")
	c.States = map[string]string{}
	pick := &pickup{Type: s1.ActivityThreatUploaded, Since: call.Now, Fetch: true}
	var failure error
	for i, id := range p.Threats {
		n, err := call.Console.FetchThreatFile(ctx, id, password)
		switch {
		case err != nil:
			failure = fmt.Errorf("ask for the file of threat %s: %w", id, err)
			c.States[string(id)] = "failed: " + refusalWords(err)
		case n == 0:
			c.States[string(id)] = "not done: there is no file to fetch"
		default:
			c.Result.Affected++
			c.More = cmp.Or(c.More, catalog.Excess(n, 1))
			c.States[string(id)] = "requested"
			pick.Wants = append(pick.Wants, wanted{Threat: id, Name: text.JoinNonEmpty(" on ", c.Targets[i].Name, c.Targets[i].Host)})
		}
	}
	if len(pick.Wants) == 0 {
		return noThreatFile(call, c, failure), nil
	}
	if err := call.Save(pick); err != nil {
		return render.Card{}, err
	}
	c.Notes = append(c.Notes, followWords(true))
	return c.Card(call), nil
}

// noThreatFile is the failure of all requests, in the specification's words where the console gave
// none of its own.
func noThreatFile(call *catalog.Call, c change.Outcome, failure error) render.Card {
	why := "There is nothing to fetch for a threat without a file, for a mitigated threat, or from an offline host."
	card := render.Failure(call.Command.Title, http.StatusOK, "All fetching threat file requests failed: the console changed nothing (affected: 0).", why)
	var refusal *s1.Error
	if errors.As(failure, &refusal) {
		card = render.Failure(call.Command.Title, refusal.Status, refusal.Message, downloadAdvice(call.Command.Needs, goneWords, refusal))
	}
	card.Parts = append(card.Parts, c.Table())
	card.Actions = c.Actions
	return card
}

// refusalWords are a console's error in a few words, with its status.
func refusalWords(err error) string {
	var refusal *s1.Error
	if !errors.As(err, &refusal) {
		return err.Error()
	}
	if refusal.Status == 0 {
		return refusal.Message
	}
	return fmt.Sprintf("%d %s", refusal.Status, refusal.Message)
}

type downloadThreatParams struct {
	Agent   s1.AgentID  `json:"agent-id" help:"The endpoint the file is from."`
	Threat  s1.ThreatID `json:"threat-id" help:"The threat whose file it is, by name or id."`
	Batches []string    `json:"command-batch-uuids" help:"The batches to download. fetch-threat-file shows them."`
}

// The threat is looked up for its name only: the archive is found by its batch.
func (p *downloadThreatParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	if _, err := oneAgent(ctx, call, &p.Agent); err != nil {
		return catalog.Plan{}, err
	}
	threats, err := lookup.ThreatsWith(ctx, call, "threat-id", []s1.ThreatID{p.Threat})
	if err != nil {
		return catalog.Plan{}, err
	}
	return catalog.Plan{Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Batches", Value: strings.Join(p.Batches, "\n")}},
		Notes: []string{"The archives contain malware. They are encrypted, and I pass them on without opening them."}}, nil
}

// Threat files have batches of their own, which the activity of their upload names (86), not that
// of an order (81).
func downloadThreatFiles() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "download-threat-files", Title: "Download Threat Files", Area: "files", Aliases: []string{"download-threat"}, Main: "threat-id",
		Settled: "the files are there already",
		Risk:    catalog.Change, Needs: fetchNeeds, Repeatable: true,
		Doc:      "Downloads files of a threat that its endpoint has uploaded, as encrypted archives. The console keeps them for three days.",
		Examples: []string{"download-threat-files agent-id=DESKTOP-1 threat-id=1112953674841025235 command-batch-uuids=e1f0aaaa-0000-4000-8000-000000000e87"},
	}, func(ctx context.Context, call *catalog.Call, p downloadThreatParams) (render.Card, error) {
		pick := &pickup{Type: s1.ActivityThreatUploaded, Now: true, Fetch: true}
		host := nameOf(ctx, call, p.Agent)
		for _, batch := range p.Batches {
			pick.Wants = append(pick.Wants, wanted{Agent: p.Agent, Threat: p.Threat, Batch: batch, Name: host})
		}
		return pick.Start(ctx, call)
	}), awaitPickup[downloadThreatParams])
}
