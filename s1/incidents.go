package s1

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"s1bot/s1/changes"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// SetThreatIncidentAndVerdict sets the incident status and the verdict of threats in one call; see
// SetThreatVerdict for the result, whose Details tell of both: an IDResult is what became of the
// status, its Verdict what became of the verdict. The console does both or either, and says so per
// id.
func (c *Client) SetThreatIncidentAndVerdict(ctx context.Context, ids []ThreatID, status IncidentStatus, verdict Verdict) (ActionResult, error) {
	call := threatIncident("set threat incident", "Threats.updateIncidentStatus and Threats.updateAnalystVerdict")
	if !wire.ValidChoice(status) || !wire.ValidChoice(verdict) {
		return ActionResult{}, transport.Invalid(call.Operation, "incident status %q, verdict %q", status, verdict)
	}
	return changes.ByID(ctx, c.t, call, ids, map[string]string{"incidentStatus": string(status), "analystVerdict": string(verdict)})
}

// ResolveThreats sets threats of one endpoint to resolved; threats of other endpoints stay as they
// are. Ids and the endpoint are ANDed, which is the point: an id that was mistyped hits nothing.
func (c *Client) ResolveThreats(ctx context.Context, ids []ThreatID, agent AgentID) (ActionResult, error) {
	call := threatIncident("resolve threats", "Threats.updateIncidentStatus")
	selected, err := wire.Selection(ids)
	if err == nil && !agent.Valid() {
		err = ErrInvalidID
	}
	if err != nil {
		return ActionResult{}, transport.Refusal(call.Operation, err)
	}
	call.Body = map[string]any{
		"filter": map[string][]string{"ids": selected, "agentIds": {string(agent)}},
		"data":   map[string]IncidentStatus{"incidentStatus": StatusResolved},
	}
	return changes.Send(ctx, c.t, call)
}

func threatIncident(operation, permission string) transport.Call {
	return transport.Call{Operation: operation, Method: http.MethodPost, Route: "threats/incident", Permission: permission}
}

// MarkAsThreat makes threats of suspicious ones: their sites' agents then treat the files as malicious. The path exists in
// version 2.0 of the API alone, and not every console still answers it; one that does not changes nothing, see Absent.
func (c *Client) MarkAsThreat(ctx context.Context, ids []ThreatID) (ActionResult, error) {
	call := transport.Call{Operation: "mark as threat", Elsewhere: transport.Elsewhere{Version: "v2.0"}, Route: "threats/mark-as-threat", Permission: "Threats.markAsThreat"}
	return changes.ByID(ctx, c.t, call, ids, map[string]string{"targetScope": "site"})
}

// UpdateThreatNote replaces the text of a note; only who wrote it may do so. It returns the note as it is afterwards.
func (c *Client) UpdateThreatNote(ctx context.Context, threat ThreatID, note NoteID, text string) (Note, error) {
	call := transport.Call{Operation: "update threat note", Method: http.MethodPut, Route: "threats/{id}/notes/{id}", IDs: []string{string(threat), string(note)}, Permission: "Threats.view"}
	if !threat.Valid() || !note.Valid() {
		return Note{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < MinNote || utf8.RuneCountInString(text) > MaxNote {
		return Note{}, transport.Invalid(call.Operation, "a note must have %d to %d characters, not %d", MinNote, MaxNote, n)
	}
	call.Body = map[string]any{"data": map[string]string{"text": text}}
	return transport.Get[Note](ctx, c.t, call)
}
