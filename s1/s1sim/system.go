package s1sim

func systemRoutes() []route {
	return []route{
		{method: "GET", path: "/system/info", handle: systemInfo},
		{method: "GET", path: "/system/status", handle: systemHealth, public: true}, // so it proves nothing about a token
		{method: "GET", path: "/system/status/db", handle: systemHealth, public: true},
		{method: "GET", path: "/system/status/cache", handle: systemHealth, public: true},
		{method: "GET", path: "/users/viewer-auth-check", handle: viewerCheck},
	}
}

func systemInfo(*Console, *request) (any, error) {
	return data(object{"build": "S-25.1.4#21", "version": "25.1.4", "release": "S", "patch": "4", "latestAgentVersion": agentVersions[0]}), nil
}

func systemHealth(*Console, *request) (any, error) { return data(object{"health": "ok"}), nil }

func viewerCheck(*Console, *request) (any, error) { return data(object{"success": true}), nil }
