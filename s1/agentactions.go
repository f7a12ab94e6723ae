package s1

import (
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"s1bot/s1/changes"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// MaxMessage is the length of a message to users, in characters. From the vendor's API document.
const MaxMessage = 140

// BroadcastMessage shows a message to whoever sits at the endpoints, and returns how many get it. Agents on Linux show none.
func (c *Client) BroadcastMessage(ctx context.Context, ids []AgentID, message string) (int, error) {
	call := agentAction("broadcast message", "broadcast", "Endpoints.sendMessage")
	if n := utf8.RuneCountInString(message); n < 1 || n > MaxMessage {
		return 0, transport.Invalid(call.Operation, "a message must have 1 to %d characters, not %d", MaxMessage, n)
	}
	result, err := changes.ByID(ctx, c.t, call, ids, map[string]string{"message": message})
	return result.Affected, err
}

// ScanAgents starts a full disk scan on endpoints and returns for how many it was queued; Agent.ScanStatus tells how far it is.
func (c *Client) ScanAgents(ctx context.Context, ids []AgentID) (int, error) {
	result, err := changes.ByID(ctx, c.t, agentAction("initiate scan", "initiate-scan", "Endpoints.initiateScan"), ids, struct{}{})
	return result.Affected, err
}

// RestartAgents reboots endpoints; unsaved work is lost. Offline ones are not affected.
func (c *Client) RestartAgents(ctx context.Context, ids []AgentID) (int, error) {
	result, err := changes.ByID(ctx, c.t, agentAction("restart endpoints", "restart-machine", "Endpoints.reboot"), ids, nil)
	return result.Affected, err
}

// SetExternalID writes the customer's own identifier on endpoints, over what stood there. It is read as Agent.ExternalID.
func (c *Client) SetExternalID(ctx context.Context, ids []AgentID, externalID string) (int, error) {
	call := agentAction("set customer id", "set-external-id", "Endpoints.setCustomerIdentifier")
	result, err := changes.ByID(ctx, c.t, call, ids, map[string]string{"externalId": externalID})
	return result.Affected, err
}

// MoveAgentsToSite moves endpoints to another site, into the dynamic group that fits best or the
// default group. The token's scope must be an account or global.
func (c *Client) MoveAgentsToSite(ctx context.Context, ids []AgentID, site SiteID) (int, error) {
	call := agentAction("move agents between sites", "move-to-site", "Endpoints.moveToAnotherSite")
	if !site.Valid() {
		return 0, transport.Refusal(call.Operation, ErrInvalidID)
	}
	result, err := changes.ByID(ctx, c.t, call, ids, map[string]SiteID{"targetSiteId": site})
	return result.Affected, err
}

// agentAction is a call to a path below agents/actions.
func agentAction(operation, action, permission string) transport.Call {
	return transport.Call{Operation: operation, Method: http.MethodPost, Route: "agents/actions/" + action, Permission: permission}
}

// Unsaid is the number of things affected where a console does not say it.
const Unsaid = -1

// MoveAgentsToGroup moves endpoints to a group of their own site; those of other sites stay, and
// nobody says so. It returns how many were moved, Unsaid where the console answers without a body,
// as its document has it. It is the one move that is PUT, and the document has a 204 for it where
// others saw a 200 with agentsMoved.
func (c *Client) MoveAgentsToGroup(ctx context.Context, ids []AgentID, group GroupID) (int, error) {
	call := transport.Call{Operation: "move agents", Method: http.MethodPut, Route: "groups/{id}/move-agents", IDs: []string{string(group)}, Permission: "Groups.edit"}
	selected, err := wire.Selection(ids)
	if err == nil && !group.Valid() {
		err = ErrInvalidID
	}
	if err != nil {
		return 0, transport.Refusal(call.Operation, err)
	}
	call.Body = changes.Body(selected, nil)
	data, accepted, err := c.t.Acknowledge(ctx, call)
	if !accepted {
		return 0, err
	}
	return moved(data), nil
}

// moved reads data.agentsMoved; some consoles call it affected.
func moved(data json.RawMessage) int {
	var answer struct {
		AgentsMoved *int `json:"agentsMoved"`
		Affected    *int `json:"affected"`
	}
	if wire.Decode(data, &answer) != nil {
		return Unsaid
	}
	for _, n := range []*int{answer.AgentsMoved, answer.Affected} {
		if changes.Counted(n) {
			return *n
		}
	}
	return Unsaid
}
