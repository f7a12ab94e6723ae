package s1

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"
)

// SetThreatIncidentAndVerdict sets the incident status and the verdict of threats in one call; see SetThreatVerdict for the
// result, whose Details tell of both: an IDResult is what became of the status, its Verdict what became of the verdict.
func (c *Client) SetThreatIncidentAndVerdict(ctx context.Context, ids []ThreatID, status IncidentStatus, verdict Verdict) (ActionResult, error) {
	call := threatIncident("set threat incident", "Threats.updateIncidentStatus and Threats.updateAnalystVerdict")
	if !ValidChoice(status) || !ValidChoice(verdict) {
		return ActionResult{}, invalid(call.operation, "incident status %q, verdict %q", status, verdict)
	}
	return act(ctx, c, call, ids, map[string]string{"incidentStatus": string(status), "analystVerdict": string(verdict)})
}

// ResolveThreats sets threats of one endpoint to resolved; threats of other endpoints stay as they are.
func (c *Client) ResolveThreats(ctx context.Context, ids []ThreatID, agent AgentID) (ActionResult, error) {
	call := threatIncident("resolve threats", "Threats.updateIncidentStatus")
	selected, err := selection(ids)
	if err == nil && !agent.Valid() {
		err = ErrInvalidID
	}
	if err != nil {
		return ActionResult{}, refusal(call.operation, err)
	}
	call.body = map[string]any{
		"filter": map[string][]string{"ids": selected, "agentIds": {string(agent)}},
		"data":   map[string]IncidentStatus{"incidentStatus": StatusResolved},
	}
	return affect(ctx, c, call)
}

func threatIncident(operation, permission string) call {
	return call{operation: operation, method: http.MethodPost, route: "threats/incident", permission: permission}
}

// MarkAsThreat makes threats of suspicious ones: their sites' agents then treat the files as malicious. The path exists in
// version 2.0 of the API alone, and not every console still answers it; one that does not says ErrNotFound and changes nothing.
func (c *Client) MarkAsThreat(ctx context.Context, ids []ThreatID) (ActionResult, error) {
	call := call{operation: "mark as threat", version: "v2.0", route: "threats/mark-as-threat", permission: "Threats.markAsThreat"}
	return act(ctx, c, call, ids, map[string]string{"targetScope": "site"})
}

// UpdateThreatNote replaces the text of a note; only who wrote it may do so. It returns the note as it is afterwards.
func (c *Client) UpdateThreatNote(ctx context.Context, threat ThreatID, note NoteID, text string) (Note, error) {
	call := call{operation: "update threat note", method: http.MethodPut, route: "threats/{id}/notes/{id}", ids: []string{string(threat), string(note)}, permission: "Threats.view"}
	if !threat.Valid() || !note.Valid() {
		return Note{}, refusal(call.operation, ErrInvalidID)
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < MinNote || utf8.RuneCountInString(text) > MaxNote {
		return Note{}, invalid(call.operation, "a note has %d to %d characters, not %d", MinNote, MaxNote, n)
	}
	call.body = map[string]any{"data": map[string]string{"text": text}}
	return get[Note](ctx, c, call)
}
