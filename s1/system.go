package s1

import (
	"context"
	"net/http"
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

// SystemStatus is the console's word about its health: "ok" while it answers at all.
type SystemStatus struct {
	Row
	Health string `json:"health"`
}

// SystemInfo asks for the console's version. It needs a valid token and no permission, so it is the way to test a connection.
func (c *Client) SystemInfo(ctx context.Context) (SystemInfo, error) {
	return get[SystemInfo](ctx, c, call{operation: "get system info", method: http.MethodGet, route: "system/info"})
}

// SystemStatus asks how the console is. It is answered without a token as well, so it proves nothing about one.
func (c *Client) SystemStatus(ctx context.Context) (SystemStatus, error) {
	return get[SystemStatus](ctx, c, call{operation: "get system status", method: http.MethodGet, route: "system/status"})
}
