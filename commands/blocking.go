package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// A sha1Hash is a file's SHA-1, which is what the blocklist knows files by.
type sha1Hash string

func (sha1Hash) kind() kind {
	k := textKind()
	k.hint = "SHA-1: 40 hexadecimal digits"
	k.read = func(text string, _ Input) (any, error) {
		hash := strings.ToLower(strings.TrimSpace(text))
		if !sha1Form.MatchString(hash) {
			return nil, fmt.Errorf("%s is not a SHA-1 hash (40 hexadecimal digits)%s", quote(text), otherHash(hash))
		}
		return hash, nil
	}
	return k
}

// otherHash says what a hash is instead, so that nobody wonders.
func otherHash(hash string) string {
	if !hashForm.MatchString(hash) {
		return ""
	}
	switch len(hash) {
	case 32:
		return "; it looks like an MD5"
	case 64:
		return "; it looks like a SHA-256"
	}
	return fmt.Sprintf("; it has %d", len(hash))
}

type blockHashParams struct {
	Hashes []sha1Hash  `json:"threat-hashes" help:"The files."`
	OS     s1.OSType   `json:"os-type" help:"The system on which they may not run; each system has entries of its own."`
	Sites  []s1.SiteID `json:"site-id" help:"The sites in which they may not run."`
}

func (p *blockHashParams) plan(ctx context.Context, call *Call) (Plan, error) {
	places := placeParams{Sites: p.Sites}
	targets, err := places.pin(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	p.Sites = places.Sites
	return Plan{Targets: targets, Undo: "Unblock", Facts: factsOf("OS", p.OS.Label(), "SHA-1", strings.Join(convert[string](p.Hashes), "\n")),
		Notes: []string{"After this no endpoint of the sites runs these files; running ones are stopped as the policy says."}}, nil
}

// blockNote is the description of every entry that the bot makes.
const blockNote = "Blocked from Slack"

func blockHash() *Command {
	return define(Command{
		Name: "block-hash", Title: "Block Hash", Area: "blocklist", Aliases: []string{"block", "block-hashes"}, Main: "threat-hashes",
		Risk: Destructive, Needs: "Blocklist › View + Create", Repeatable: true, Undo: "remove-items-in-blacklist",
		Doc:      "Puts files on the blocklist of sites by their SHA-1: they may not run there.",
		Examples: []string{`block 3395856ce81f2b7382dee72602f798b642f14140 os=Windows site=Paris reason="ransomware, INC-1042"`},
	}, func(ctx context.Context, call *Call, p blockHashParams) (render.Card, error) {
		var made []s1.BlocklistID
		one := func(hash sha1Hash) (Target, string, error) {
			items, err := call.Console.BlockHash(ctx, s1.Scope{Sites: p.Sites}, string(hash), p.OS, blockNote)
			t := Target{Kind: "blocklist item", ID: string(hash), Name: string(hash), State: p.OS.Label()}
			for _, item := range items {
				if item.ID.Valid() {
					made = append(made, item.ID)
				}
				t.Site, t.URL = scopeWords(item.ScopePath, item.ScopeName), call.Console.BlocklistURL(item.ID)
			}
			return t, "blocked", err
		}
		card, err := oneByOne(call, "file", "blocked", p.Hashes, one)
		if err != nil {
			return render.Card{}, fmt.Errorf("block %d hashes: %w", len(p.Hashes), err)
		}
		if len(made) > 0 {
			card.Actions = append(card.Actions, unblockButton(made))
		}
		return card, nil
	})
}

// oneByOne does something to things that the console takes one at a time, and tells which failed and why. Where all fail, or the
// console wants other rights, the error is the console's.
func oneByOne[T any](call *Call, noun, done string, things []T, do func(T) (Target, string, error)) (render.Card, error) {
	c := change{noun: noun, done: done, states: map[string]string{}}
	var failures []error
	for _, thing := range things {
		target, state, err := do(thing)
		var refused *s1.Error
		switch {
		case err == nil:
			c.result.Affected++
		case !errors.As(err, &refused):
			return render.Card{}, err
		case c.result.Affected == 0 && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden || refused.Unknown()):
			return render.Card{}, err
		default:
			failures = append(failures, err)
			state = "not " + done + ": " + refused.Message
			if refused.Unknown() {
				state = "nobody knows: " + refused.Message
			}
		}
		c.targets, c.states[target.ID] = append(c.targets, target), state
	}
	if c.result.Affected == 0 {
		return render.Card{}, allRefusals(failures)
	}
	return c.card(call), nil
}

// allRefusals is the first refusal with the words of all.
func allRefusals(failures []error) error {
	var first *s1.Error
	if !errors.As(failures[0], &first) {
		return failures[0]
	}
	told := *first
	var words []string
	for _, err := range failures {
		var e *s1.Error
		if errors.As(err, &e) && !slices.Contains(words, e.Message) {
			words = append(words, e.Message)
		}
	}
	told.Message = strings.Join(words, "; ")
	return &told
}

// A collectionID names all threats of the same content.
type collectionID string

func (collectionID) kind() kind {
	return early(idKind("collection", "collections", "The collection id of a threat, which the console's raw data has, or the threat's name.", findCollections))
}

// findCollections turns names of threats into the ids of their content: threats of one content are one.
func findCollections(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	d := threatDirectory()
	d.target = func(call *Call, t s1.Threat) Target {
		target := threatTarget(call, t)
		target.ID = t.Info.CollectionID
		return target
	}
	fits := d.fits
	d.fits = func(t s1.Threat, name string) bool { return t.Info.CollectionID != "" && fits(t, name) }
	return d.find(ctx, call, param, words)
}

type blockThreatsParams struct {
	Collections []collectionID `json:"collection-ids" help:"The threats whose files are blocked."`
	Site        s1.SiteID      `json:"site-id" help:"The site of these threats."`
	Description string         `json:"description,omitzero" help:"Why, for the blocklist."`
	Target      s1.TargetScope `json:"target-scope" help:"How far the files are blocked: in the threat's group, site, account or everywhere."`
}

func (p *blockThreatsParams) plan(ctx context.Context, call *Call) (Plan, error) {
	places := placeParams{Sites: []s1.SiteID{p.Site}}
	if _, err := places.pin(ctx, call); err != nil {
		return Plan{}, err
	}
	p.Site = places.Sites[0]
	threats, err := p.threats(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	var notes []string
	var bare []Target
	hashes := map[string]bool{}
	for _, t := range threats {
		if t.Info.SHA1 == "" {
			bare = append(bare, threatTarget(call, t))
			continue
		}
		hashes[t.Info.SHA1] = true
	}
	if len(bare) > 0 {
		notes = append(notes, "⚠ "+plural(len(bare), "threat")+" without a SHA-1 cannot be blocked: "+names(bare)+".")
	}
	if len(hashes) == 0 {
		return Plan{}, wrong("collection-ids", "none of these threats has a file with a SHA-1, which is what is blocked")
	}
	if p.Target == "account" || p.Target == "tenant" {
		notes = append(notes, "⚠ The files are blocked in the whole "+string(p.Target)+", not only in the site.")
	}
	plan := Plan{Targets: targetsOf(call, threats, threatTarget), Notes: notes, Undo: "Unblock",
		Facts: factsOf("Blocked in", p.Target.Label(), "Description", p.Description, "SHA-1", strings.Join(sortedKeys(hashes), "\n"))}
	for _, t := range threats {
		plan.also(blockedFor(t, p.Site, p.Target))
	}
	return plan, nil
}

// threats returns the threats of the collections in the site: of each one at least one. Where there is none, the console would
// answer that all is well and block nothing.
func (p *blockThreatsParams) threats(ctx context.Context, call *Call) ([]s1.Threat, error) {
	q := s1.Query{}.With("siteIds", string(p.Site))
	var all []s1.Threat
	for some := range slices.Chunk(convert[string](p.Collections), maxShown) {
		found, err := s1.Collect(s1.Take(call.Console.Threats(ctx, q.With("collectionIds", some...)), maxTargets+1))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) > maxTargets {
		return nil, tooMany("collection-ids", "threats")
	}
	for _, id := range p.Collections {
		if !slices.ContainsFunc(all, func(t s1.Threat) bool { return t.Info.CollectionID == string(id) }) {
			e := wrong("collection-ids", "the site has no threat with the collection %s", id)
			e.Hint = "collection and site must be of the same threat; get-threat shows both in its raw data"
			return nil, e
		}
	}
	return all, nil
}

func sortedKeys(set map[string]bool) []string {
	var list []string
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

func blockThreats() *Command {
	return define(Command{
		Name: "add-threat-to-blacklist", Title: "Add Threat To Blacklist", Area: "blocklist", Aliases: []string{"block-threat", "blacklist-threat"}, Main: "collection-ids",
		Risk: Destructive, Needs: "Blocklist › View + Create", Repeatable: true, Undo: "remove-items-in-blacklist",
		Doc:      "Puts the files of threats on the blocklist of their group, site, account or of the whole tenant.",
		Examples: []string{`add-threat-to-blacklist collection-ids=947000000000000369 site-id=Paris target-scope=site description="INC-1042" reason="ransomware"`},
	}, func(ctx context.Context, call *Call, p blockThreatsParams) (render.Card, error) {
		result, err := call.Console.BlockThreats(ctx, convert[string](p.Collections), p.Site, p.Target, p.Description)
		if err != nil {
			return render.Card{}, fmt.Errorf("block the files of %d threats: %w", len(p.Collections), err)
		}
		return p.outcome(ctx, call, result), nil
	})
}

// outcome tells which threats' files are blocked now. One that was blocked before is as it was wanted.
func (p *blockThreatsParams) outcome(ctx context.Context, call *Call, result s1.ActionResult) render.Card {
	c := change{
		noun: "threat", done: "file blocked", result: result, states: map[string]string{},
		why: "The files are on the blocklist already, or collection and site are not of the same threat.",
	}
	threats, err := p.threats(ctx, call)
	if err != nil {
		c.notes = append(c.notes, "The names of the threats could not be read.")
	}
	c.targets = targetsOf(call, threats, threatTarget)
	if len(c.targets) == 0 {
		for _, id := range p.Collections {
			c.targets = append(c.targets, Target{Kind: "threat", ID: string(id), Name: "collection " + string(id)})
		}
	}
	fulfilled := 0
	for _, d := range result.Details {
		if d.Result == "created" || d.Result == "already_exists" {
			fulfilled++
		}
		c.states[d.ID] = firstNonEmpty(blockResults[d.Result], resultWord(d.Result))
	}
	c.result.Details = nil // told in these words, not in those of verdicts
	if len(result.Details) == 0 && result.Affected >= len(p.Collections) {
		fulfilled = len(c.targets) // the console counts collections here, not threats
	}
	if c.result.Affected > 0 {
		c.result.Affected = max(min(fulfilled, len(c.targets)), 1)
	}
	c.actions = append(c.actions, render.Button{Label: "Blocklist", Do: Invocation{Command: "get-black-list"}})
	return c.card(call)
}

// blockResults word the console's details[].result of this path.
var blockResults = map[string]string{
	"created": "blocked", "already_exists": "was blocked already", "threat_has_no_hash": "not blocked, it has no hash",
	"empty_value": "not blocked, it has no hash", "disabled_endpoint": "not blocked, its endpoint is switched off in the console",
	"unknown_failure": "not blocked, the console does not say why",
}

func searchCollections() search {
	return searchBox((*s1.Client).ThreatsPage, freeQuery("collectionIds", "createdAt"), func(t s1.Threat) render.Option {
		return render.Option{Label: joinNonEmpty(" · ", t.Name(), t.Host(), t.SiteName()), Value: t.Info.CollectionID}
	})
}

type reputationParams struct {
	Hashes []sha1Hash `json:"file-hashes" help:"The files."`
}

// maxReputations is how many hashes one command looks up: each is a call.
const maxReputations = 100

func (p *reputationParams) Check() error {
	if len(p.Hashes) > maxReputations {
		return wrong("file-hashes", "%d hashes are too many; at most %d go into one command", len(p.Hashes), maxReputations)
	}
	return nil
}

// A rated hash is one with what the vendor's cloud thinks of it, or the reason why that could not be read.
type rated struct {
	hash string
	s1.Reputation
	err error
}

func getReputations() *Command {
	return define(Command{
		Name: "get-hash-reputations", Title: "Get Hash Reputations", Area: "blocklist", Aliases: []string{"reputation", "reputations", "hash"}, Main: "file-hashes",
		Risk: Read, Needs: "Blocklist › View", Repeatable: true,
		Doc:      "Tells what the vendor's cloud thinks of files, by their SHA-1.",
		Examples: []string{"reputation 3395856ce81f2b7382dee72602f798b642f14140"},
	}, func(ctx context.Context, call *Call, p reputationParams) (render.Card, error) {
		rows, failed := reputationRows(), 0
		rows.page = once(func(ctx context.Context) (all []rated, err error) {
			all, failed, err = ratings(ctx, call, convert[string](p.Hashes))
			return all, err
		})
		rows.gap = func() string { return unread(failed, len(p.Hashes), "hashes could not be looked up.") }
		return rows.show(ctx, call, nil, nil)
	})
}

// ratings looks hashes up, one call for each. One that fails does not stop the rest; where all fail, that is an error, and so is a
// refusal at the first, for the others would be refused as well.
func ratings(ctx context.Context, call *Call, hashes []string) (all []rated, failed int, err error) {
	var first error
	for i, hash := range hashes {
		r, err := call.Console.HashReputation(ctx, hash)
		if errors.Is(err, s1.ErrNotFound) { // of some consoles, the answer for a hash that nobody has seen
			r, err = s1.Reputation{Verdict: s1.HashUnknown}, nil
		}
		if err != nil {
			err = fmt.Errorf("look up %s: %w", hash, err)
			if i == 0 && (errors.Is(err, s1.ErrUnauthorized) || errors.Is(err, s1.ErrForbidden)) || ctx.Err() != nil {
				return nil, 0, err
			}
			failed++
			if first == nil {
				first = err
			}
		}
		all = append(all, rated{hash, r, err})
	}
	if failed == len(hashes) {
		return nil, 0, first
	}
	return all, failed, nil
}

func reputationRows() listing[rated] {
	return listing[rated]{
		noun: "Reputations", things: "hashes", about: "asked for", raw: func(r rated) json.RawMessage {
			return marshal(map[string]any{"hash": r.hash, "verdict": r.Verdict, "rank": r.Rank})
		},
		table: func(all []rated) render.Table {
			t := render.Table{Columns: []render.Column{{Title: "SHA-1"}, {Title: "Verdict"}, {Title: "Rank"}}}
			for _, r := range all {
				verdict := r.Verdict.Label()
				if r.err != nil {
					verdict = "⚠ not looked up: " + problemWords(r.err)
				}
				t.Rows = append(t.Rows, []render.Line{{render.Mono(r.hash)}, {render.Text(verdict)}, {render.Text(r.Rank)}})
			}
			return t
		},
		one: func(r rated) render.Card {
			var f sheet
			f.text("Verdict", r.Verdict.Label())
			f.text("Rank", rankWords(r.Rank))
			card := render.Card{Tone: map[s1.HashVerdict]render.Tone{s1.HashMalicious: render.Critical, s1.HashBenign: render.Good}[r.Verdict],
				Title: r.Verdict.Label() + " · " + r.hash, Parts: []render.Part{render.Line{render.Mono(r.hash)}, f.part()}}
			if r.Verdict == s1.HashUnknown {
				card.Parts = append(card.Parts, render.Note{render.Text("Nobody has seen this file yet, or this console does not tell. That is no proof of anything.")})
			}
			card.Actions = append(hashActions(r.hash)[1:], render.Button{Label: "Block", Do: Invocation{Command: "block-hash", Args: marshal(map[string]any{"threat-hashes": []string{r.hash}}), How: render.Open}})
			return card
		},
	}
}

func rankWords(rank string) string {
	if rank == "" {
		return ""
	}
	return rank + " of 10"
}
