package s1

import (
	"context"
	"net/http"
)

// An Application is a program that is installed on an endpoint. The console does not say on which: the question does.
type Application struct {
	Row
	Name      string `json:"name"`
	Version   string `json:"version"`
	Publisher string `json:"publisher"`
	Size      int    `json:"size"` // bytes
	Installed Time   `json:"installedDate"`
}

// AgentApplications returns what is installed on one endpoint, some hundred programs in one answer.
func (c *Client) AgentApplications(ctx context.Context, id AgentID) ([]Application, error) {
	l := list[Application]{client: c, call: call{operation: "list applications", method: http.MethodGet, route: "agents/applications", permission: "Endpoints.view"}}
	if !id.Valid() {
		return nil, refusal(l.operation, ErrInvalidID)
	}
	page, err := l.page(ctx, Query{}.With("ids", string(id)))
	return page.Items, err
}
