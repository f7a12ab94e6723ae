package files

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func fileCommands() []*catalog.Command {
	return []*catalog.Command{collectFiles(), fetchFiles(), downloadFiles(), fetchThreatFile(), downloadThreatFiles()}
}

// The second is for the activity log, by which the upload is found.
const fetchNeeds = "Endpoints › View + File Fetch, Activity › View"

// A filesOrder asks one endpoint to upload files. collect-files and fetch-files are one order; they
// differ in whether the archive is fetched when it is there, and in the name that the specification
// gives the paths.
type filesOrder struct {
	agent    *s1.AgentID
	param    string // the parameter with the paths
	paths    []string
	password catalog.ArchivePassword
}

// Ten files are the console's limit, and an agent reads no wildcards: a path with one would
// silently bring nothing.
func (o filesOrder) Check() error {
	if len(o.paths) > s1.MaxFiles {
		return catalog.Wrong(o.param, "an endpoint uploads at most %d files at once, not %d", s1.MaxFiles, len(o.paths))
	}
	for _, p := range o.paths {
		if !s1.Absolute(p) {
			e := catalog.Wrong(o.param, `%s isn't a full file path, such as C:\Windows\Temp\a.txt or /tmp/a`, text.Quote(p))
			e.Hint = "wildcards don't work"
			return e
		}
	}
	return o.password.Check("password")
}

// Plan names the endpoint, and pins the order to its id.
func (o filesOrder) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := oneAgent(ctx, call, o.agent)
	if err != nil {
		return catalog.Plan{}, err
	}
	notes := []string{"At most 10 MB in total. The archive is encrypted, and I pass it on without opening it."}
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, agents, lookup.AgentTarget), Notes: append(notes, lookup.OfflineNote(agents, "it uploads them as soon as it's back online")...),
		Facts: []catalog.Fact{{Label: "Files", Value: strings.Join(o.paths, "\n")}, {Label: "Password", Value: catalog.PasswordWords(o.password)}},
	}, nil
}

// oneAgent finds the endpoint that a parameter agent-id names, and pins the parameter to its id.
// The id becomes a part of the path.
func oneAgent(ctx context.Context, call *catalog.Call, agent *s1.AgentID) ([]s1.Agent, error) {
	agents, err := lookup.AgentsNamed(ctx, call, "agent-id", []s1.AgentID{*agent})
	if err != nil {
		return nil, err
	}
	if agents[0].IsDecommissioned {
		return nil, catalog.Wrong("agent-id", "%s is decommissioned and no longer responds", agents[0].ComputerName)
	}
	*agent = agents[0].ID
	return agents, nil
}

// nameOf is an endpoint's name, or its id where the console does not tell.
func nameOf(ctx context.Context, call *catalog.Call, agent s1.AgentID) string {
	found, err := call.Console.AgentsByID(ctx, []s1.AgentID{agent})
	if err != nil || len(found) == 0 {
		return string(agent)
	}
	return cmp.Or(found[0].ComputerName, string(agent))
}

// give gives the order, and starts to wait for what comes of it. The password is told before
// anything is asked: once the order is out, an archive whose password nobody knows cannot be
// opened. The batch is looked for at once, so that the card can name it; where the log is slow the
// wait goes on without.
func (o filesOrder) give(ctx context.Context, call *catalog.Call, fetch bool) (render.Card, error) {
	host := nameOf(ctx, call, *o.agent)
	password, err := call.Password(ctx, o.password, "the archive of "+host)
	if err != nil {
		return render.Card{}, err
	}
	if err := call.Console.FetchFiles(ctx, *o.agent, o.paths, password); err != nil {
		return render.Card{}, fmt.Errorf("ask %s for %d files: %w", host, len(o.paths), err)
	}
	p := &pickup{Type: s1.ActivityUploaded, Since: call.Now, Fetch: fetch, Wants: []wanted{{Agent: *o.agent, Name: host}}}
	unread := p.name(ctx, call, true) // told again while waiting, and fatal there if it must be
	if err := call.Save(p); err != nil {
		return render.Card{}, err
	}
	return o.given(call, p, unread), nil
}

// It says "accepted, not uploaded yet", because the console's yes to this call is one word
// (success).
func (o filesOrder) given(call *catalog.Call, p *pickup, unread error) render.Card {
	w := p.Wants[0]
	words := fmt.Sprintf("I've asked %s for %s.", w.Name, text.Plural(len(o.paths), "file"))
	var paths render.Line
	for i, path := range o.paths {
		if i > 0 {
			paths = append(paths, render.Text(", "))
		}
		paths = append(paths, render.Mono(path))
	}
	card := render.Card{Tone: render.Waiting, Lead: catalog.NotYet("uploaded", 0, 1, []string{w.Name}, nil), Outcome: render.Successful, Title: call.Command.Title, Text: call.Command.Title + ": " + words}
	card.Parts = []render.Part{
		render.Line{render.Link(w.Name, call.Console.AgentURL(w.Agent)), render.Text(strings.TrimPrefix(words, w.Name))},
		render.Fields{
			{Label: "Files", Value: paths, Wide: true}, {Label: "Batch", Value: render.Line{render.Mono(cmp.Or(w.Batch, "not known yet"))}},
			{Label: "Requested", Value: render.Line{render.At(p.Since)}}, {Label: "Password", Value: render.Line{render.Text(catalog.PasswordWords(o.password))}},
		},
		render.Note{render.Text(followWords(p.Fetch))},
	}
	if unread != nil {
		card.Parts = append(card.Parts, render.Note{render.Text("I couldn't read the activity log just now.")})
	}
	if !p.Fetch {
		card.Actions = p.again()
	}
	card.Actions = append(card.Actions, change.Opens([]catalog.Target{{URL: call.Console.AgentURL(w.Agent)}})...)
	return card
}

// followWords is what happens next, with and without the archive being sent.
func followWords(fetch bool) string {
	if fetch {
		return "I'll send you the archive when the endpoint has uploaded it."
	}
	return "I'll tell you when the endpoint has uploaded them."
}

// Collecting and fetching differ in two things: whether the bot gets the archive when it is there,
// and how the specification calls the paths (file-paths, files-path). The second is why each has
// parameters of its own, and so is a value of its own and no literal of one type, as the actions on
// endpoints are; all else is in filesOrder.

type collectParams struct {
	Agent    s1.AgentID              `json:"agent-id" help:"The endpoint, by name or id."`
	Paths    []string                `json:"file-paths" help:"The files: 1 to 10 full paths, 10 MB in total."`
	Password catalog.ArchivePassword `json:"password" help:"The archive's password: at least 10 characters with upper and lower case letters, numbers and symbols."`
}

func (p *collectParams) order() filesOrder {
	return filesOrder{&p.Agent, "file-paths", p.Paths, p.Password}
}
func (p *collectParams) Check() error { return p.order().Check() }
func (p *collectParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.order().Plan(ctx, call)
}

// POST /agents/{id}/actions/fetch-files. Consoles for government need it turned on by the vendor.
// Not Repeatable: a second order is a second archive with another password.
func collectFiles() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "collect-files", Title: "Collect Files", Area: "files", Aliases: []string{"collect"}, Main: "agent-id",
		Wording: collectWording(),
		Settled: "it waits for the files itself",
		Risk:    catalog.Change, Needs: fetchNeeds,
		Doc:      "Asks an endpoint to upload files to the console as an encrypted archive. I'll tell you when they arrive; then get them with download-files.",
		Examples: []string{`collect-files agent-id=DESKTOP-1 file-paths=C:\Windows\Temp\a.txt`, `collect LNX-WEB-1 paths=/tmp/.x/kworkerds,/etc/crontab`},
	}, func(ctx context.Context, call *catalog.Call, p collectParams) (render.Card, error) {
		return p.order().give(ctx, call, false)
	}), awaitPickup[collectParams])
}

// awaitPickup is what all commands about files do after the console's yes. The parameters do not
// matter any more: all that is waited for stands in what was saved.
func awaitPickup[P any](ctx context.Context, call *catalog.Call, _ P) (render.Card, error) {
	var p pickup
	if !call.SavedState(&p) || len(p.Wants) == 0 {
		return render.Card{}, fmt.Errorf("%s: nothing was written down to wait for", call.Command.Name)
	}
	return p.finish(ctx, call)
}

type fetchParams struct {
	Agent    s1.AgentID              `json:"agent-id" help:"The endpoint, by name or id."`
	Paths    []string                `json:"files-path" help:"The files: 1 to 10 full paths, 10 MB in total."`
	Password catalog.ArchivePassword `json:"password" help:"The archive's password: at least 10 characters with upper and lower case letters, numbers and symbols."`
}

func (p *fetchParams) order() filesOrder {
	return filesOrder{&p.Agent, "files-path", p.Paths, p.Password}
}
func (p *fetchParams) Check() error { return p.order().Check() }
func (p *fetchParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.order().Plan(ctx, call)
}

// The specification's own advice is to collect and download instead, because an upload can take
// minutes or never come; here the waiting costs nobody anything, and survives a restart.
func fetchFiles() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "fetch-files", Title: "Fetch Files", Area: "files", Aliases: []string{"fetch"}, Main: "agent-id",
		Wording: fetchWording(),
		Settled: "it waits for the files itself",
		Risk:    catalog.Change, Needs: fetchNeeds,
		Doc:      "Fetches files from an endpoint: requests them, waits, and sends you an encrypted archive.",
		Examples: []string{`fetch-files agent-id=DESKTOP-1 files-path=C:\NPPSpy.txt`, `fetch LNX-WEB-1 paths=/tmp/.x/kworkerds`},
	}, func(ctx context.Context, call *catalog.Call, p fetchParams) (render.Card, error) {
		return p.order().give(ctx, call, true)
	}), awaitPickup[fetchParams])
}

// Without a time the whole history of the endpoint's uploads would be read.
type downloadParams struct {
	Agent   s1.AgentID `json:"agent-id" help:"The endpoint the files are from."`
	Since   time.Time  `json:"activity-created-time,omitzero" help:"Only files uploaded since then. collect-files shows when it requested them."`
	Batches []string   `json:"command-batch-uuids" help:"The batches to download. collect-files shows them."`
}

func (p *downloadParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := oneAgent(ctx, call, &p.Agent)
	if err != nil {
		return catalog.Plan{}, err
	}
	return catalog.Plan{Targets: catalog.TargetsOf(call, agents, lookup.AgentTarget), Facts: []catalog.Fact{{Label: "Batches", Value: strings.Join(p.Batches, "\n")}}}, nil
}

// GET /agents/{id}/uploads/{activity}. It is a change although it reads, for files of an endpoint
// leave the console.
func downloadFiles() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "download-files", Title: "Download Files", Area: "files", Aliases: []string{"download"}, Main: "agent-id",
		Settled: "the files are there already",
		Risk:    catalog.Change, Needs: fetchNeeds, Repeatable: true,
		Doc:      "Downloads files that an endpoint has uploaded, as an encrypted archive. The console keeps them for three days.",
		Examples: []string{`download-files agent-id=DESKTOP-1 command-batch-uuids=7011777f-77e7-4a01-a674-e5f767808895 activity-created-time="2026-11-22 14:00"`},
	}, func(ctx context.Context, call *catalog.Call, p downloadParams) (render.Card, error) {
		pick := &pickup{Type: s1.ActivityUploaded, Since: p.Since, Now: true, Fetch: true}
		host := nameOf(ctx, call, p.Agent)
		for _, batch := range p.Batches {
			pick.Wants = append(pick.Wants, wanted{Agent: p.Agent, Batch: batch, Name: host})
		}
		return pick.Start(ctx, call)
	}), awaitPickup[downloadParams])
}

// Start looks what is there, and begins to fetch it. Nothing there is not an error: uploads take
// their time, and the card says what else is there.
func (p *pickup) Start(ctx context.Context, call *catalog.Call) (render.Card, error) {
	h, err := p.look(ctx, call)
	if err != nil {
		return render.Card{}, err
	}
	if len(h.Found) == 0 {
		return p.pending(call, h), nil
	}
	p.Until = call.Now
	if err := call.Save(p); err != nil {
		return render.Card{}, err
	}
	card := p.there(call, h)
	card.Parts = append(card.Parts, render.Note{render.Text("The files follow in a moment.")})
	card.Actions = nil
	return card, nil
}
