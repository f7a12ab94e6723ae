package files

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// How long uploads are waited for, and how often they are looked for.
const (
	// Half an hour covers an endpoint that is online; one that is not uploads whenever it is back,
	// and the button fetches it then.
	waitUploads = 30 * time.Minute
	waitBatch   = 10 * time.Second // for the activity of this very order, before an older one is taken for it
	waitNewer   = time.Minute      // for a threat's archive that is newer than the order, before an older one is taken for it
	clockSkew   = 30 * time.Second // by which the console's clock may differ from ours
	maxHanded   = 50 << 20         // bytes of files in one answer
	maxLapses   = 5                // failed looks in a row
)

// A pickup is what the console is to have from endpoints: archives, each with what tells it from
// others. It is written down without any password, so that waiting goes on after a restart. It is
// the saved state of a job as JSON, so a field keeps its name.
type pickup struct {
	Type  int       `json:"type"`           // of the activities that tell of uploads
	Since time.Time `json:"since,omitzero"` // when it was ordered
	Until time.Time `json:"until,omitzero"` // when waiting ends
	Now   bool      `json:"now,omitempty"`  // what is not there is not waited for
	Fetch bool      `json:"fetch,omitempty"`
	Wants []wanted  `json:"wants"`
}

// A wanted is one archive.
type wanted struct {
	Agent  s1.AgentID  `json:"agent,omitempty"`
	Threat s1.ThreatID `json:"threat,omitempty"`
	Batch  string      `json:"batch,omitempty"`
	Name   string      `json:"name"` // of the endpoint or the threat
}

// is tells whether an upload is the one. What neither batch nor threat identifies is never taken:
// the endpoint alone would match other people's orders.
func (w wanted) is(u s1.Upload) bool {
	return (w.Batch == "" || strings.EqualFold(w.Batch, u.Data.Batch)) && (w.Threat == "" || w.Threat == u.ThreatID) &&
		(w.Agent == "" || u.AgentID == "" || w.Agent == u.AgentID) && (w.Batch != "" || w.Threat != "")
}

// query asks for all activities that can be meant. Batches can't be searched for. Types and ids are
// comma separated in this list. Newest first for threats, since a threat's file may have been
// fetched before.
func (p pickup) query() s1.Query {
	q := s1.Query{}.With("activityTypes", strconv.Itoa(p.Type)).SortedBy("createdAt", s1.Ascending)
	key := "createdAt__gte"
	if p.Type == s1.ActivityThreatUploaded {
		q, key = q.SortedBy("createdAt", s1.Descending), "createdAt__gt"
	}
	if since := p.from(); !since.IsZero() {
		q = q.With(key, s1.FormatTime(since))
	}
	var agents, threats []string
	for _, w := range p.Wants {
		agents, threats = catalog.AppendNew(agents, string(w.Agent)), catalog.AppendNew(threats, string(w.Threat))
	}
	return withIDs(withIDs(q, "agentIds", agents), "threatIds", threats)
}

// from is when activities begin that can be meant: a little before an order of ours, for the
// console's clock may be behind.
func (p pickup) from() time.Time {
	if p.Since.IsZero() || p.Now {
		return p.Since
	}
	return p.Since.Add(-clockSkew)
}

func withIDs(q s1.Query, key string, ids []string) s1.Query {
	if len(ids) == 0 {
		return q
	}
	return q.With(key, ids...)
}

// A haul is what of a pickup is there.
type haul struct {
	Found  map[int]s1.Upload // by the index in Wants; the newest where several fit
	Others []s1.Upload       // of other batches
}

// look asks the console what has been uploaded. All pages are read, since a batch can be on any of
// them.
func (p pickup) look(ctx context.Context, call *catalog.Call) (haul, error) {
	h := haul{Found: map[int]s1.Upload{}}
	for u, err := range call.Console.Uploads(ctx, p.query()) {
		if err != nil {
			return h, err
		}
		if u.Type != 0 && u.Type != p.Type {
			continue // what was only asked for is no upload
		}
		i := slices.IndexFunc(p.Wants, func(w wanted) bool { return w.is(u) })
		switch {
		case i < 0:
			h.Others = append(h.Others, u)
		case h.Found[i].ID == "" || h.Found[i].CreatedAt.Before(u.CreatedAt.Time):
			h.Found[i] = u
		}
	}
	return h, nil
}

// name finds the batch of an order that was just given to an endpoint: the newest activity that
// tells of one. One from before the order, for clocks differ, counts only after a while. patient is
// how long only activities count that are not older than the order.
func (p *pickup) name(ctx context.Context, call *catalog.Call, patient bool) error {
	w := &p.Wants[0]
	if w.Batch != "" || w.Threat != "" {
		return nil
	}
	asked := pickup{Type: s1.ActivityAsked, Since: p.Since, Wants: []wanted{{Agent: w.Agent, Name: w.Name}}}
	h, err := asked.look(ctx, call)
	for _, u := range h.Others {
		if u.Data.Batch != "" && (u.AgentID == "" || u.AgentID == w.Agent) && (!patient || !u.CreatedAt.Before(p.Since)) {
			w.Batch = u.Data.Batch
		}
	}
	return err
}

// await waits until everything is there, the time is over, or somebody cancels; then it returns
// what is there. With Now it looks once: those who ask for a batch by its name know that it exists.
func (p *pickup) await(ctx context.Context, call *catalog.Call) (haul, error) {
	if p.Until.IsZero() {
		p.Until = time.Now().Add(waitUploads)
		if err := call.Save(p); err != nil {
			return haul{}, err
		}
	}
	lapses := 0
	for began := time.Now(); ; {
		h, err := p.round(ctx, call, time.Since(began))
		lapses++
		if err == nil {
			lapses = 0
		}
		switch {
		case err != nil && (p.Now || lapses >= maxLapses || !mayPass(err)):
			return h, err
		case err == nil && (len(h.Found) == len(p.Wants) || p.Now) || time.Now().After(p.Until):
			return h, nil
		}
		call.Show(p.progress(call, h))
		if err := restFor(ctx, p.pause(time.Since(began))); err != nil {
			return h, err
		}
	}
}

// round looks once, after having waited for so long.
//
// A threat's archive has no batch, and the same file may have been fetched half a minute ago with
// another password, which would not open this one. An archive that seems older than the order
// counts only after a while, for the console's clock may be behind.
func (p *pickup) round(ctx context.Context, call *catalog.Call, waited time.Duration) (haul, error) {
	if err := p.name(ctx, call, waited < waitBatch); err != nil {
		return haul{}, err
	}
	h, err := p.look(ctx, call)
	if waited < waitNewer && !p.Now {
		maps.DeleteFunc(h.Found, func(i int, u s1.Upload) bool { return p.Wants[i].Batch == "" && u.CreatedAt.Before(p.Since) })
	}
	return h, err
}

// pause is how long to wait before the next look: short at first, when a person watches.
func (p *pickup) pause(waited time.Duration) time.Duration {
	switch {
	case waited < waitBatch:
		return 2 * time.Second
	case waited < 2*time.Minute:
		return 5 * time.Second
	}
	return 20 * time.Second
}

// mayPass tells whether an error of the console's may be gone at the next look. No status (no
// answer came), 429 and 5xx pass by; 4xx will be the same next time.
func mayPass(err error) bool {
	var refusal *s1.Error
	return errors.As(err, &refusal) && (refusal.Status == 0 || refusal.Status == 429 || refusal.Status >= 500)
}

// restFor waits for d; an error says that ctx ended, and why.
func restFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// progress is the card while endpoints upload.
func (p *pickup) progress(call *catalog.Call, h haul) render.Card {
	title := call.Command.Title + " · waiting for " + p.names()
	return render.Card{Tone: render.Waiting, Title: title, Text: title, Parts: []render.Part{
		render.Bar{Done: len(h.Found), Total: len(p.Wants), Label: text.Plural(len(p.Wants)-len(h.Found), "archive") + " to arrive"},
		render.Note{render.Text("Asked "), render.Since(p.Since), render.Text(". An offline endpoint uploads when it's back online; I'll wait until "),
			render.At(p.Until), render.Text(".")},
	}}
}

func (p *pickup) names() string {
	var names []string
	for _, w := range p.Wants {
		names = catalog.AppendNew(names, w.Name)
	}
	if more := len(names) - 3; more > 0 {
		names = append(names[:3], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// finish waits for a pickup and hands over what came. Cancelled is an end with a card: the endpoint
// was asked already, and that cannot be taken back.
func (p *pickup) finish(ctx context.Context, call *catalog.Call) (render.Card, error) {
	h, err := p.await(ctx, call)
	card := render.Card{}
	if err == nil {
		card, err = p.end(ctx, call, h)
	}
	if errors.Is(err, catalog.ErrCancelled) {
		return p.stopped(call, h), nil
	}
	return card, err
}

func (p *pickup) end(ctx context.Context, call *catalog.Call, h haul) (render.Card, error) {
	switch {
	case len(h.Found) == 0:
		return p.pending(call, h), nil
	case !p.Fetch:
		return p.there(call, h), nil
	}
	return p.deliver(ctx, call, h)
}

// stopped says what stands although nobody waits any more.
func (p *pickup) stopped(call *catalog.Call, h haul) render.Card {
	words := "I've stopped waiting for " + p.names() + "."
	if !p.Now {
		words += " The endpoint was already asked, so the archive may still be uploaded."
	}
	return render.Card{
		Tone: render.Info, Title: call.Command.Title + " · stopped waiting", Text: words, Actions: p.again(),
		Parts: []render.Part{render.Line{render.Text(words)}, p.table(h, nil)},
	}
}

// again is the button that downloads later what is not there now. Threat and endpoint of the last
// one stand for all, because one command takes one endpoint.
func (p *pickup) again() []render.Action {
	args := map[string]any{}
	var batches []string
	for _, w := range p.Wants {
		batches = catalog.AppendNew(batches, w.Batch)
		args["agent-id"], args["threat-id"] = w.Agent, w.Threat
	}
	if len(batches) == 0 || args["agent-id"] == s1.AgentID("") {
		return nil
	}
	args["command-batch-uuids"] = batches
	command, label := "download-threat-files", "Download threat file"
	if p.Type == s1.ActivityUploaded {
		delete(args, "threat-id")
		command, label = "download-files", "Download files"
		if since := p.from(); !since.IsZero() {
			args["activity-created-time"] = since.UTC().Format(time.RFC3339)
		}
	}
	return []render.Action{render.Button{Label: label, Style: render.Primary, Do: catalog.Invocation{Command: command, Args: catalog.Marshal(args)}}}
}

// pending says that nothing is there yet, which is no failure, and what else is.
func (p *pickup) pending(call *catalog.Call, h haul) render.Card {
	words := "Nothing from " + p.names() + " has been uploaded yet."
	card := render.Card{Tone: render.Waiting, Title: call.Command.Title + " · still pending", Text: words, Actions: p.again()}
	card.Parts = []render.Part{
		render.Line{render.Text(words + " An endpoint uploads when it is online, and that can take minutes.")}, p.table(h, nil),
	}
	if p.Type == s1.ActivityUploaded && slices.ContainsFunc(p.Wants, func(w wanted) bool { return w.Batch == "" }) {
		card.Parts = append(card.Parts, render.Note{render.Text("The console hasn't named the batch yet; its activity log will.")})
	}
	if other := p.otherBatches(h); other != nil {
		card.Parts = append(card.Parts, other...)
	}
	return card
}

// otherBatches names the newest uploads that were not asked for: one of them may have been meant.
func (p *pickup) otherBatches(h haul) []render.Part {
	if len(h.Others) == 0 {
		return nil
	}
	slices.SortStableFunc(h.Others, func(a, b s1.Upload) int { return b.CreatedAt.Compare(a.CreatedAt.Time) })
	t := render.Table{Columns: []render.Column{{Title: "Batch"}, {Title: "Archive"}, {Title: "Uploaded"}}}
	for _, u := range h.Others[:min(len(h.Others), 5)] {
		t.Rows = append(t.Rows, []render.Line{{render.Mono(u.Data.Batch)}, {render.Text(u.Name())}, {render.At(u.CreatedAt.Time)}})
	}
	return []render.Part{render.Line{render.Text("Other batches available:")}, t}
}

// there says that archives wait to be downloaded.
func (p *pickup) there(call *catalog.Call, h haul) render.Card {
	words := fmt.Sprintf("%d of %s uploaded", len(h.Found), text.Plural(len(p.Wants), "archive"))
	card := render.Card{Tone: render.Good, Outcome: render.Successful, Title: call.Command.Title, Text: words + ": " + p.names(), Actions: p.again()}
	card.Parts = []render.Part{
		render.Line{render.Text(words + ". The console keeps them for three days, and no more than 30 per endpoint.")}, p.table(h, nil),
	}
	if len(h.Found) < len(p.Wants) {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card
}
