package world

import "s1bot/s1/s1sim/wire"

// systemRoutes are what a console says of itself, and whether the token is a viewer's.
func systemRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/system/info", Handle: wire.On(w, systemInfo)},
		{Method: "GET", Path: "/system/status", Handle: wire.On(w, systemHealth), Public: true}, // so it proves nothing about a token
		{Method: "GET", Path: "/system/status/db", Handle: wire.On(w, systemHealth), Public: true},
		{Method: "GET", Path: "/system/status/cache", Handle: wire.On(w, systemHealth), Public: true},
		{Method: "GET", Path: "/users/viewer-auth-check", Handle: wire.On(w, viewerCheck)},
	}
}

// systemInfo needs a token and no permission, so it is the call to try a token with.
func systemInfo(*World, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"build": "S-25.1.4#21", "version": "25.1.4", "release": "S", "patch": "4", "latestAgentVersion": agentVersions[0]}), nil
}

func systemHealth(*World, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"health": "ok"}), nil
}

func viewerCheck(*World, *wire.Request) (any, error) {
	return wire.Data(wire.Object{"success": true}), nil
}
