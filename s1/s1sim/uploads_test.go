package s1sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

const strongPassword = "MySecret-2026!"

func fetching(password string, paths ...string) m {
	return m{"data": m{"files": paths, "password": password}}
}

// An order for files is queued; its batch and its archive are found in the log of activities, and the archive goes after three days.
func TestAnEndpointUploadsFilesWhenItCan(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: time.Minute})
	id := r.id("DESKTOP-1")
	asked := r.post("/agents/"+id+"/actions/fetch-files", fetching(strongPassword, `C:\Windows\Temp\a.txt`, "/b"))
	require.Equal(t, true, asked.at("data.success"), asked.raw)
	batch := r.get("/activities", "activityTypes", "81", "agentIds", id).at("data.0.data.commandBatchUuid")
	require.NotEmpty(t, batch)
	require.Empty(t, r.get("/activities", "activityTypes", "80", "agentIds", id).rows(), "it takes a while")

	r.clock.pass(time.Minute)
	uploads := r.get("/activities", "activityTypes", "80", "agentIds", id)
	require.Equal(t, batch, uploads.at("data.0.data.commandBatchUuid"))
	link := uploads.at("data.0.data.downloadUrl").(string)
	require.Equal(t, "/agents/"+id+"/uploads/"+uploads.at("data.0.id").(string), link)
	file := r.call("GET", link, "")
	require.Equal(t, http.StatusOK, file.status)
	require.True(t, strings.HasPrefix(file.raw, "PK"))
	require.NotContains(t, file.raw, strongPassword)
	require.Contains(t, file.header.Get("Content-Disposition"), "DESKTOP-1_")

	other := strings.Replace(link, id, r.id("DESKTOP-2"), 1)
	require.Contains(t, r.call("GET", other, "").raw, "Incorrect activity")
	r.clock.pass(73 * time.Hour)
	gone := r.call("GET", link, "")
	require.Equal(t, http.StatusGone, gone.status)
	require.EqualValues(t, 4100010, gone.at("errors.0.code"))
}

func TestOnlyThirtyFilesOfAnEndpointAreKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	id := r.id("DESKTOP-1")
	for range 31 {
		r.post("/agents/"+id+"/actions/fetch-files", fetching(strongPassword, "/a"))
		r.clock.pass(time.Second)
	}
	links := r.get("/activities", "activityTypes", "80", "agentIds", id, "sortBy", "createdAt", "sortOrder", "asc", "limit", "100").rows()
	require.Len(t, links, 31)
	for i, want := range []int{http.StatusGone, http.StatusOK} {
		link := links[i].(m)["data"].(m)["downloadUrl"].(string)
		require.Equal(t, want, r.call("GET", link, "").status, i)
	}
}

func TestOrdersForFilesAreCheckedAsTheServiceDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	path := "/agents/" + r.id("DESKTOP-1") + "/actions/fetch-files"
	for complaint, body := range map[string]any{
		"files: Missing data":                   m{"data": m{"password": strongPassword}},
		"Length must be between 1 and 10":       fetching(strongPassword, strings.Split(strings.Repeat("/a ", 11), " ")[:11]...),
		"files: 0: Not a valid absolute path":   fetching(strongPassword, "a.txt"),
		"files: 1: Not a valid absolute path":   fetching(strongPassword, "/a", `C:\*.txt`),
		"password: Missing data":                m{"data": m{"files": []string{"/a"}}},
		"password: Must be 10 or more characte": fetching("short", "/a"),
	} {
		a := r.post(path, body)
		require.Equal(t, http.StatusBadRequest, a.status, complaint)
		require.Contains(t, a.raw, complaint)
	}
	a := r.post("/agents/1/actions/fetch-files", fetching(strongPassword, "/a"))
	require.Equal(t, http.StatusNotFound, a.status)
	require.Contains(t, a.raw, "The agent with ID 1 is not found.")
	require.Empty(t, r.get("/activities", "activityTypes", "81").rows())
}

func TestAThreatsFileIsUploadedByItsEndpoint(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	away := r.AddThreat(s1sim.ThreatSpec{Name: "away.exe", Agent: "DESKTOP-2"})
	r.SetOnline("DESKTOP-2", false)
	ask := func(password string, ids ...string) *answer {
		body := byIDs(ids...)
		body["data"] = m{"password": password}
		return r.post("/threats/fetch-file", body)
	}
	require.EqualValues(t, 1, ask(strongPassword, id).at("data.affected"))
	require.EqualValues(t, 0, ask(strongPassword, away).at("data.affected"))
	require.EqualValues(t, 0, ask(strongPassword, "1999999999999999999").at("data.affected"))
	require.Equal(t, http.StatusBadRequest, ask(strongPassword, id, away).status)
	require.Equal(t, http.StatusBadRequest, ask("weak", id).status)

	uploads := r.get("/activities", "activityTypes", "86", "threatIds", id)
	require.Len(t, uploads.rows(), 1)
	require.Equal(t, "evil.exe", uploads.at("data.0.data.fileDisplayName"))
	require.Equal(t, http.StatusOK, r.call("GET", uploads.at("data.0.data.downloadUrl").(string), "").status)
}

func running(filter m, data ...any) m {
	d := m{"scriptId": "1466645476786791840", "taskDescription": "ports", "outputDestination": "None"}
	for i := 0; i+1 < len(data); i += 2 {
		d[data[i].(string)] = data[i+1]
	}
	return m{"filter": filter, "data": d}
}

func TestTheLibraryOfScripts(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	require.Len(t, r.get("/remote-scripts").rows(), 5)
	require.Len(t, r.get("/remote-scripts", "query", "terminate", "osTypes", "windows").rows(), 1)
	require.Len(t, r.get("/remote-scripts", "scriptType", "artifactCollection").rows(), 1)
	require.Len(t, r.get("/remote-scripts", "accountIds", r.AccountID("Example Labs")).rows(), 4, "the vendor's own belong to everybody")
	require.Equal(t, http.StatusBadRequest, r.get("/remote-scripts", "osTypes", "windows_legacy").status)
	require.Equal(t, http.StatusBadRequest, r.get("/remote-scripts", "accountIds", "x").status)
}

// A run makes a task for every endpoint, and each gets on when it is online; what it leaves hangs behind a link for an hour.
func TestAScriptRunsOnEveryEndpointOfItsFilter(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: time.Minute})
	r.SetOnline("DESKTOP-2", false)
	a := r.post("/remote-scripts/execute", running(m{"computerName__contains": []string{"DESKTOP-1", "DESKTOP-2"}, "siteIds": []string{r.SiteID("Paris")}},
		"outputDestination", "SentinelCloud", "password", strongPassword))
	require.Equal(t, http.StatusOK, a.status, a.raw)
	parent := a.at("data.parentTaskId").(string)
	n := int(a.at("data.affected").(float64))
	require.Greater(t, n, 1)
	tasks := func() []any {
		return r.get("/remote-scripts/status", "parentTaskId__in", parent, "limit", "100", "sortBy", "agentComputerName").rows()
	}
	require.Len(t, tasks(), n)
	r.clock.pass(time.Minute)
	require.Equal(t, "in_progress", tasks()[0].(m)["status"])
	r.clock.pass(time.Minute)
	byName := map[any]m{}
	for _, row := range tasks() {
		byName[row.(m)["agentComputerName"]] = row.(m)
	}
	require.Equal(t, "completed", byName["DESKTOP-1"]["status"])
	require.Equal(t, "pending", byName["DESKTOP-2"]["status"])

	links := r.post("/remote-scripts/fetch-files", m{"data": m{"taskIds": []any{byName["DESKTOP-1"]["id"], byName["DESKTOP-2"]["id"], "1"}}})
	require.Len(t, links.at("data.data.downloadLinks"), 1)
	require.Len(t, links.at("data.data.errors"), 2)
	link := links.at("data.data.downloadLinks.0.downloadUrl").(string)
	get := func(token string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		require.NoError(t, err)
		if token != "" {
			req.Header.Set("Authorization", token)
		}
		resp, err := r.server.Client().Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode
	}
	require.Equal(t, http.StatusOK, get(""))
	require.Equal(t, http.StatusBadRequest, get("ApiToken "+s1sim.Token), "real storage refuses a second way to prove who one is")
	r.clock.pass(2 * time.Hour)
	require.Equal(t, http.StatusForbidden, get(""))
}

func TestAScriptForOtherSystemsFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	a := r.post("/remote-scripts/execute", running(m{"ids": []string{r.id("LNX-WEB-1"), r.id("LAB-WIN7")}},
		"scriptId", "1466645476786791801", "inputParams", "-Terminate -Processes x"))
	rows := r.get("/remote-scripts/status", "parentTaskId__in", a.at("data.parentTaskId").(string)).rows()
	states := map[any]any{}
	for _, row := range rows {
		states[row.(m)["agentComputerName"]] = row.(m)["status"]
	}
	require.Equal(t, map[any]any{"LNX-WEB-1": "failed", "LAB-WIN7": "completed"}, states)
}

func TestRunsAreCheckedAsTheServiceDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	some := m{"ids": []string{r.id("DESKTOP-1")}}
	for complaint, body := range map[string]any{
		"filter: Missing data":               m{"data": m{}},
		"scriptId: Not a valid Identifier":   running(some, "scriptId", "x"),
		"Requested resource was not found":   running(some, "scriptId", "1"),
		"taskDescription: Shorter than":      running(some, "taskDescription", "x"),
		"outputDestination":                  running(some, "outputDestination", "sentinelcloud"),
		"password: Missing data":             running(some, "outputDestination", "SentinelCloud"),
		"password: Must be":                  running(some, "outputDestination", "SentinelCloud", "password", "weak"),
		"outputDirectory: Missing data":      running(some, "outputDestination", "Local"),
		"inputParams: Missing data":          running(some, "scriptId", "1466645476786791801"),
		"scriptRuntimeTimeoutSeconds: Must":  running(some, "scriptRuntimeTimeoutSeconds", 59),
		"surprise: Unknown field":            running(some, "surprise", true),
		"dict_values(['nosuch']): Unknown f": running(m{"nosuch": "x"}),
	} {
		a := r.post("/remote-scripts/execute", body)
		require.GreaterOrEqual(t, a.status, 400, complaint)
		require.Contains(t, a.raw, complaint, fmt.Sprint(body))
	}
	require.Contains(t, r.get("/remote-scripts/status").raw, "Either parent_task_id or parent_task_id__in should be a part of the request")
	for _, data := range []m{{}, {"taskIds": []string{"1"}, "computerNames": []string{"a"}}, {"taskIds": []string{"x"}}} {
		require.Equal(t, http.StatusBadRequest, r.post("/remote-scripts/fetch-files", m{"data": data}).status)
	}
}
