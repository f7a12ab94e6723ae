package s1sim

import "s1bot/s1/s1sim/wire"

func systemRoutes(c *Console) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/system/info", Handle: wire.On(c, systemInfo)},
		{Method: "GET", Path: "/system/status", Handle: wire.On(c, systemHealth), Public: true}, // so it proves nothing about a token
		{Method: "GET", Path: "/system/status/db", Handle: wire.On(c, systemHealth), Public: true},
		{Method: "GET", Path: "/system/status/cache", Handle: wire.On(c, systemHealth), Public: true},
		{Method: "GET", Path: "/users/viewer-auth-check", Handle: wire.On(c, viewerCheck)},
	}
}

func systemInfo(*Console, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"build": "S-25.1.4#21", "version": "25.1.4", "release": "S", "patch": "4", "latestAgentVersion": agentVersions[0]}), nil
}

func systemHealth(*Console, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"health": "ok"}), nil
}

func viewerCheck(*Console, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"success": true}), nil
}
