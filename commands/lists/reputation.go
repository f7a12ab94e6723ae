package lists

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/s1"
)

// What the vendor's cloud thinks of files: a look-up by hash, which changes nothing.

type reputationParams struct {
	Hashes []lookup.Sha1Hash `json:"file-hashes" help:"The files to look up, by SHA-1."`
}

// maxReputations is how many hashes one command looks up: each is a call. At a few calls a second a
// hundred of them take as long as anybody waits in Slack.
const maxReputations = 100

// It runs before anything is asked, so a list that is too long costs no call.
func (p *reputationParams) Check() error {
	if len(p.Hashes) > maxReputations {
		return catalog.Wrong("file-hashes", "%d hashes are too many; a command takes at most %d", len(p.Hashes), maxReputations)
	}
	return nil
}

// A rated hash is one with what the vendor's cloud thinks of it, or the reason why that could not
// be read.
type rated struct {
	hash string
	s1.Reputation
	err error
}

// GET /hashes/{hash}/verdict, and on older consoles /hashes/{hash}/reputation; both take a SHA-1
// only, and the vendor marks both as deprecated. A hash that nobody knows is an answer, not an
// error.
func getReputations() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-hash-reputations", Title: "Get Hash Reputations", Area: "blocklist", Aliases: []string{"reputation", "reputations", "hash"}, Main: "file-hashes",
		Everyday:      9,
		Wording:       reputationWording(),
		OnObservables: reputationOnObservables(),
		Risk:          catalog.Read, Needs: "Blocklist › View", Route: "hashes/{id}/verdict", Repeatable: true,
		Doc:      "Shows the vendor's reputation for files, by SHA-1.",
		Examples: []string{"reputation 3395856ce81f2b7382dee72602f798b642f14140"},
	}, func(ctx context.Context, call *catalog.Call, p reputationParams) (render.Card, error) {
		rows, failed := reputationRows(), 0
		rows.Page = listing.Once(func(ctx context.Context) (all []rated, err error) {
			all, failed, err = ratings(ctx, call, catalog.Convert[string](p.Hashes))
			return all, err
		})
		rows.Gap = func() string { return catalog.Unread(failed, len(p.Hashes), "hashes could not be looked up.") }
		return rows.Show(ctx, call, nil, nil)
	})
}

// ratings looks hashes up, one call for each. One that fails does not stop the rest; where all
// fail, that is an error, and so is a refusal at the first, for the others would be refused as
// well. It reads one after the other: this is a look-up for a person, and its calls must not push
// everybody else's from the rate limit.
func ratings(ctx context.Context, call *catalog.Call, hashes []string) (all []rated, failed int, err error) {
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

// A row that failed stays in the table with its reason, since leaving it out would read as
// "unknown".
func reputationRows() listing.Listing[rated] {
	return listing.Listing[rated]{
		Noun: "Reputations", Things: "hashes", About: "asked for", Raw: func(r rated) json.RawMessage {
			return catalog.Marshal(map[string]any{"hash": r.hash, "verdict": r.Verdict, "rank": r.Rank})
		},
		Table: func(all []rated) render.Table {
			t := render.Table{Columns: []render.Column{{Title: "SHA-1"}, {Title: "Verdict"}, {Title: "Rank"}}}
			for _, r := range all {
				verdict := r.Verdict.Label()
				if r.err != nil {
					verdict = "⚠ not looked up: " + refusal.ProblemWords(r.err)
				}
				t.Rows = append(t.Rows, []render.Line{{render.Mono(r.hash)}, {render.Text(verdict)}, {render.Text(r.Rank)}})
			}
			return t
		},
		One: func(r rated) render.Card {
			var f listing.Sheet
			f.Text("Verdict", r.Verdict.Label())
			f.Text("Rank", rankWords(r.Rank))
			card := render.Card{Tone: map[s1.HashVerdict]render.Tone{s1.HashMalicious: render.Critical, s1.HashBenign: render.Good}[r.Verdict],
				Title: r.Verdict.Label() + " · " + r.hash, Parts: []render.Part{render.Line{render.Mono(r.hash)}, f.Part()}}
			if r.Verdict == s1.HashUnknown {
				card.Parts = append(card.Parts, render.Note{render.Text("Nobody has seen this file yet, or this console doesn't say. That proves nothing either way.")})
			}
			card.Actions = append(card.Actions, threatsOf(r.hash), render.Button{Label: "Block", Do: catalog.Invocation{Command: "block-hash", Args: catalog.Marshal(map[string]any{"threat-hashes": []string{r.hash}}), How: render.Open}})
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
