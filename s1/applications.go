package s1

import (
	"context"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
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
// The path takes several ids and then mixes their programs, so it is asked for one.
func (c *Client) AgentApplications(ctx context.Context, id AgentID) ([]Application, error) {
	l := pages.List[Application]{Client: c.t, Call: transport.Call{Operation: "list applications", Method: http.MethodGet, Route: "agents/applications", Permission: "Endpoints.view"}}
	if !id.Valid() {
		return nil, transport.Refusal(l.Operation, ErrInvalidID)
	}
	page, err := l.Page(ctx, Query{}.With("ids", string(id)))
	return page.Items, err
}
