package world

import (
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

func applicationRoutes(w *World) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/agents/applications", Handle: wire.On(w, getApplications)}}
}

// software is what is installed on endpoints by their system: name, version, publisher, size in bytes.
const software = `
windows  Example Office 2024|16.0.17928|Example Software Corp|2411724800
windows  Browser One|131.0.6778.86|Browser One LLC|612368384
windows  Browser One Updater|1.3.36|Browser One LLC|4194304
windows  Meeting Room|6.2.7|Meeting Room Inc|288358400
windows  PDF Reader|24.4.20272|Paper Software|471859200
windows  Remote Help (unsigned)|2.0.1||18874368
windows  Visual Runtime 2022 (x64)|14.40.33810|Example Software Corp|20971520
windows  Zip Tool|24.08|Zip Tool Project|5767168
macos    Browser One|131.0.6778.86|Browser One LLC|1181116006
macos    Meeting Room|6.2.7|Meeting Room Inc|301989888
macos    Notes & Numbers|14.2|Fruit Software|734003200
linux    bash|5.2.15|Debian|7340032
linux    libssl3|3.0.15|Debian|6291456
linux    nginx|1.22.1|Debian|1468006
linux    openssh-server|9.2p1|Debian|1677722
linux    postgresql-15|15.10|Debian|54525952
`

// getApplications lists what is installed on the agents that are named, without pages and without saying on which of them: the
// rows carry no agent's id, so that an answer for several cannot be taken apart.
func getApplications(w *World, q *wire.Request) (any, error) {
	if q.Query.Get("ids") == "" {
		return nil, wire.Invalid("ids: Missing data for required field.")
	}
	f, err := keys.Of(keys.IDs("ids", "id")).FromQuery(q.Query, nil)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, r := range w.AgentRows.Where(f.Keep) {
		rows = append(rows, w.installed(r.Obj)...)
	}
	return wire.Data(rows), nil
}

// installed is what is installed on an agent: what was put there by a test, or what its system brings.
func (w *endpoints) installed(agent wire.Object) []any {
	if list, ok := w.programs[wire.Text(agent, "id")]; ok {
		return slices.Clone(list)
	}
	system := strings.TrimSuffix(wire.Text(agent, "osType"), "_legacy")
	list := []any{}
	for line := range strings.Lines(strings.TrimSpace(software)) {
		os, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if f := strings.Split(strings.TrimSpace(rest), "|"); os == system {
			size, _ := strconv.Atoi(f[3])
			list = append(list, wire.Object{"name": f[0], "version": f[1], "publisher": wire.OrNil(f[2]), "size": size,
				"installedDate": wire.Stamp(w.DaysAgo(30 + len(list)*17))})
		}
	}
	return list
}

// SetApplications says what is installed on an endpoint; each program is a JSON object as the console sends it.
func (w *agentTools) SetApplications(nameOrID string, programs ...map[string]any) bool {
	defer w.Look()()
	agent := w.agentByNameOrID(nameOrID)
	if agent == nil {
		return false
	}
	list := []any{}
	for _, p := range programs {
		list = append(list, wire.Clone(p))
	}
	w.programs[wire.Text(agent, "id")] = list
	return true
}
