package s1

import (
	"context"
	"net/http"

	"s1bot/s1/transport"
)

// SystemInfo is the console's version.
type SystemInfo struct {
	Row
	Build              string `json:"build"`
	Version            string `json:"version"`
	Release            string `json:"release"`
	Patch              string `json:"patch"`
	LatestAgentVersion string `json:"latestAgentVersion"`
}

// SystemStatus is the console's word about its health: "ok" while it answers at all. Whoever wants
// to know whether a token is good asks for SystemInfo.
type SystemStatus struct {
	Row
	Health string `json:"health"`
}

// SystemInfo asks for the console's version. It needs a valid token and no permission, so it is the way to test a connection.
func (c *Client) SystemInfo(ctx context.Context) (SystemInfo, error) {
	return transport.Get[SystemInfo](ctx, c.t, transport.Call{Operation: "get system info", Method: http.MethodGet, Route: "system/info"})
}

// SystemStatus asks how the console is. It is answered without a token as well, so it proves nothing about one.
func (c *Client) SystemStatus(ctx context.Context) (SystemStatus, error) {
	return transport.Get[SystemStatus](ctx, c.t, transport.Call{Operation: "get system status", Method: http.MethodGet, Route: "system/status"})
}
