package s1

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A console that closed the exclusions' path has the same things as unified exclusions: ids are shared (inferred), a mode is a kind of mode
// with what it needs, and a name and a reason are required (retired-and-tokens.md of the vendor's facts, recorded rows of 2026-08). So every
// call of exclusions that finds its path closed goes there, and what comes back reads as an exclusion.

const unifiedExclusionsRoute = "unified-exclusions"

// unifiedReason is the reason that the bot gives for an exclusion: of the nine words of the console the one that claims nothing. Why it was
// made stands in the description and in the audit trail.
const unifiedReason = "other"

func (c *Client) unifiedExclusions() pages.List[Exclusion] {
	return pages.List[Exclusion]{Client: c.t, Call: transport.Call{Operation: "list unified exclusions", Method: http.MethodGet, Route: unifiedExclusionsRoute, Permission: "Exclusions.view"}}
}

// unifiedQuery is a question of exclusions as the unified list takes it: it has no type, and an unknown key is refused. conditions have the
// same words.
func unifiedQuery(q Query) Query {
	for _, key := range []string{"type", "types"} {
		if wanted := q.Get(key); wanted != "" {
			q = q.With(key).With("conditions", wanted)
		}
	}
	return q
}

// asExclusion is a row of the unified list with the mode that exclusions know it by.
func asExclusion(e Exclusion) Exclusion {
	if e.Mode != "" {
		return e
	}
	switch {
	case e.ModeType == "suppression":
		e.Mode = ExclusionMode(firstWord(e.Engines))
	case e.InteractionLevel != "" && e.ChildProcess:
		e.Mode = ExclusionMode(e.InteractionLevel + "_deep")
	default:
		e.Mode = ExclusionMode(e.InteractionLevel)
	}
	return e
}

// firstWord is a text, or the first of a list of them.
func firstWord(raw json.RawMessage) (word string) {
	var words []string
	if json.Unmarshal(raw, &word) != nil && json.Unmarshal(raw, &words) == nil && len(words) > 0 {
		return words[0]
	}
	return word
}

// asExclusions is asExclusion for each row.
func asExclusions(rows []Exclusion, err error) ([]Exclusion, error) {
	for i, e := range rows {
		rows[i] = asExclusion(e)
	}
	return rows, err
}

// exclusionsOrUnified goes through the rows of the first list, or of the second where the path of the first is closed.
func (c *Client) exclusionsOrUnified(ctx context.Context, q Query) iter.Seq2[Exclusion, error] {
	return func(yield func(Exclusion, error) bool) {
		closed := false
		for e, err := range c.exclusions().All(ctx, q) {
			if closed = IsRetired(err); closed {
				break
			}
			if !yield(e, err) {
				return
			}
		}
		if !closed {
			return
		}
		for e, err := range c.unifiedExclusions().All(ctx, unifiedQuery(q)) {
			if !yield(asExclusion(e), err) || err != nil {
				return
			}
		}
	}
}

// A unifiedExclusion is the body that makes one.
type unifiedExclusion struct {
	Name              string            `json:"exclusionName"`
	ModeType          string            `json:"modeType"`
	Engines           string            `json:"engines,omitempty"`
	InteractionLevel  string            `json:"interactionLevel,omitempty"`
	ChildProcess      bool              `json:"childProcess,omitempty"`
	OSType            OSType            `json:"osType"`
	Reason            string            `json:"reason"`
	ThreatType        string            `json:"threatType"`
	Type              ExclusionType     `json:"type"`
	Value             string            `json:"value"`
	PathExclusionType PathExclusionType `json:"pathExclusionType,omitempty"`
	Description       string            `json:"description,omitempty"`
	Source            string            `json:"source"`
}

// The name is required there and unknown to the specification, so the value serves as one.
func unifiedSettings(s ExclusionSettings) unifiedExclusion {
	u := unifiedExclusion{
		Name: s.Value, ModeType: "suppression", Engines: "suppress", OSType: s.OSType, Reason: unifiedReason, ThreatType: "EDR", Type: s.Type, Value: s.Value,
		PathExclusionType: s.PathExclusionType, Description: s.Description, Source: "user",
	}
	level, deep := strings.CutSuffix(string(s.Mode), "_deep")
	switch {
	case strings.HasPrefix(level, "disable"):
		u.ModeType, u.Engines, u.InteractionLevel, u.ChildProcess = "agent_interoperability", "", level, deep
	case s.Mode != "":
		u.Engines = string(s.Mode)
	}
	return u
}

// unifiedPlaces are the places of a scope as unified exclusions take them: one at a time.
// scopeLevelId is a text, as live calls send it; the document has it as a number.
func (s Scope) unifiedPlaces() (places []map[string]string) {
	for _, named := range []struct {
		level string
		ids   []string
	}{{"account", texts(s.Accounts)}, {"site", texts(s.Sites)}, {"group", texts(s.Groups)}} {
		for _, id := range named.ids {
			places = append(places, map[string]string{"scopeLevel": named.level, "scopeLevelId": id})
		}
	}
	if s.Tenant {
		places = append(places, map[string]string{"scopeLevel": "tenant"})
	}
	return places
}

// createUnified makes an exclusion in each place of a scope. Where a later place fails, the error says in how many it is already.
func (c *Client) createUnified(ctx context.Context, in Scope, settings ExclusionSettings) (made []Exclusion, err error) {
	places := in.unifiedPlaces()
	for i, place := range places {
		call := transport.Call{Operation: "create unified exclusion", Method: http.MethodPost, Route: unifiedExclusionsRoute, Permission: "Exclusions.create"}
		call.Body = map[string]any{"data": unifiedSettings(settings), "filter": place}
		rows, err := asExclusions(pages.Made[Exclusion](ctx, c.t, call))
		if err != nil && i > 0 {
			return nil, partly(err, fmt.Sprintf("It is in %d of %d places already.", i, len(places)))
		}
		if err != nil {
			return nil, err
		}
		made = append(made, rows...)
	}
	return made, nil
}

// partly says of an error what was done before it. The words go into the message, since whoever shows an *Error to people shows
// that alone and nothing that is wrapped around it.
func partly(err error, done string) error {
	var e *Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s %w", done, err)
	}
	told := *e
	told.Message = strings.TrimSpace(done + " " + e.Message)
	return &told
}

// updateUnified replaces the settings of an exclusion, which keeps its name and its reason. The document names the call and not its body, so
// that its shape is inferred from the one that makes an exclusion.
func (c *Client) updateUnified(ctx context.Context, id ExclusionID, settings ExclusionSettings) (Exclusion, error) {
	call := transport.Call{Operation: "update unified exclusion", Method: http.MethodPut, Route: unifiedExclusionsRoute, Permission: "Exclusions.edit"}
	was, err := c.ExclusionsByID(ctx, []ExclusionID{id})
	if err != nil || len(was) != 1 {
		return Exclusion{}, cmp.Or(err, error(transport.Refusal(call.Operation, ErrNothingSelected)))
	}
	body := unifiedSettings(settings)
	body.Name, body.Reason = cmp.Or(was[0].UnifiedName, body.Name), cmp.Or(was[0].Reason, body.Reason)
	call.Body = map[string]any{"data": struct {
		ID ExclusionID `json:"id"`
		unifiedExclusion
	}{id, body}}
	changed, err := asExclusions(pages.Made[Exclusion](ctx, c.t, call))
	if err != nil || len(changed) == 0 {
		return Exclusion{}, err
	}
	return changed[0], nil
}

// deleteUnified deletes exclusions by their ids; the console wants the type of each beside it.
func (c *Client) deleteUnified(ctx context.Context, ids []ExclusionID) (ActionResult, error) {
	found, err := c.ExclusionsByID(ctx, ids)
	if err != nil {
		return ActionResult{}, err
	}
	var listed []map[string]string
	for _, e := range found {
		listed = append(listed, map[string]string{"id": string(e.ID), "type": string(e.Type)})
	}
	call := transport.Call{Operation: "delete unified exclusions", Method: http.MethodDelete, Route: unifiedExclusionsRoute, Permission: "Exclusions.delete"}
	if len(listed) == 0 { // an empty list may mean everything
		return ActionResult{}, transport.Refusal(call.Operation, ErrNothingSelected)
	}
	call.Body = map[string]any{"data": map[string]any{"exclusions": listed}}
	return changes.Send(ctx, c.t, call)
}
