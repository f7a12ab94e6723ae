package files_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

const strongPassword = "MySecret-2026!"

func fetching(password string, paths ...string) simtest.M {
	return simtest.M{"data": simtest.M{"files": paths, "password": password}}
}

// An order for files is queued; its batch and its archive are found in the log of activities, and the archive goes after three days.
func TestAnEndpointUploadsFilesWhenItCan(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: time.Minute})
	id := r.ID("DESKTOP-1")
	asked := r.Post("/agents/"+id+"/actions/fetch-files", fetching(strongPassword, `C:\Windows\Temp\a.txt`, "/b"))
	require.Equal(t, true, asked.At("data.success"), asked.Raw)
	batch := r.Get("/activities", "activityTypes", "81", "agentIds", id).At("data.0.data.commandBatchUuid")
	require.NotEmpty(t, batch)
	require.Empty(t, r.Get("/activities", "activityTypes", "80", "agentIds", id).Rows(), "it takes a while")

	r.Clock.Pass(time.Minute)
	uploads := r.Get("/activities", "activityTypes", "80", "agentIds", id)
	require.Equal(t, batch, uploads.At("data.0.data.commandBatchUuid"))
	link := uploads.At("data.0.data.downloadUrl").(string)
	require.Equal(t, "/agents/"+id+"/uploads/"+uploads.At("data.0.id").(string), link)
	file := r.Call("GET", link, "")
	require.Equal(t, http.StatusOK, file.Status)
	require.True(t, strings.HasPrefix(file.Raw, "PK"))
	require.NotContains(t, file.Raw, strongPassword)
	require.Contains(t, file.Header.Get("Content-Disposition"), "DESKTOP-1_")

	other := strings.Replace(link, id, r.ID("DESKTOP-2"), 1)
	require.Contains(t, r.Call("GET", other, "").Raw, "Incorrect activity")
	r.Clock.Pass(73 * time.Hour)
	gone := r.Call("GET", link, "")
	require.Equal(t, http.StatusGone, gone.Status)
	require.EqualValues(t, 4100010, gone.At("errors.0.code"))
}

func TestOnlyThirtyFilesOfAnEndpointAreKept(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	id := r.ID("DESKTOP-1")
	for range 31 {
		r.Post("/agents/"+id+"/actions/fetch-files", fetching(strongPassword, "/a"))
		r.Clock.Pass(time.Second)
	}
	links := r.Get("/activities", "activityTypes", "80", "agentIds", id, "sortBy", "createdAt", "sortOrder", "asc", "limit", "100").Rows()
	require.Len(t, links, 31)
	for i, want := range []int{http.StatusGone, http.StatusOK} {
		link := links[i].(simtest.M)["data"].(simtest.M)["downloadUrl"].(string)
		require.Equal(t, want, r.Call("GET", link, "").Status, i)
	}
}

func TestOrdersForFilesAreCheckedAsTheServiceDoes(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	path := "/agents/" + r.ID("DESKTOP-1") + "/actions/fetch-files"
	for complaint, body := range map[string]any{
		"files: Missing data":                   simtest.M{"data": simtest.M{"password": strongPassword}},
		"Length must be between 1 and 10":       fetching(strongPassword, strings.Split(strings.Repeat("/a ", 11), " ")[:11]...),
		"files: 0: Not a valid absolute path":   fetching(strongPassword, "a.txt"),
		"files: 1: Not a valid absolute path":   fetching(strongPassword, "/a", `C:\*.txt`),
		"password: Missing data":                simtest.M{"data": simtest.M{"files": []string{"/a"}}},
		"password: Must be 10 or more characte": fetching("short", "/a"),
	} {
		a := r.Post(path, body)
		require.Equal(t, http.StatusBadRequest, a.Status, complaint)
		require.Contains(t, a.Raw, complaint)
	}
	a := r.Post("/agents/1/actions/fetch-files", fetching(strongPassword, "/a"))
	require.Equal(t, http.StatusNotFound, a.Status)
	require.Contains(t, a.Raw, "The agent with ID 1 is not found.")
	require.Empty(t, r.Get("/activities", "activityTypes", "81").Rows())
}

func TestAThreatsFileIsUploadedByItsEndpoint(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	away := r.AddThreat(s1sim.ThreatSpec{Name: "away.exe", Agent: "DESKTOP-2"})
	r.SetOnline("DESKTOP-2", false)
	ask := func(password string, ids ...string) *simtest.Answer {
		body := simtest.ByIDs(ids...)
		body["data"] = simtest.M{"password": password}
		return r.Post("/threats/fetch-file", body)
	}
	require.EqualValues(t, 1, ask(strongPassword, id).At("data.affected"))
	require.EqualValues(t, 0, ask(strongPassword, away).At("data.affected"))
	require.EqualValues(t, 0, ask(strongPassword, "1999999999999999999").At("data.affected"))
	require.Equal(t, http.StatusBadRequest, ask(strongPassword, id, away).Status)
	require.Equal(t, http.StatusBadRequest, ask("weak", id).Status)

	uploads := r.Get("/activities", "activityTypes", "86", "threatIds", id)
	require.Len(t, uploads.Rows(), 1)
	require.Equal(t, "evil.exe", uploads.At("data.0.data.fileDisplayName"))
	require.Equal(t, http.StatusOK, r.Call("GET", uploads.At("data.0.data.downloadUrl").(string), "").Status)
}

func running(filter simtest.M, data ...any) simtest.M {
	d := simtest.M{"scriptId": "1466645476786791840", "taskDescription": "ports", "outputDestination": "None"}
	for i := 0; i+1 < len(data); i += 2 {
		d[data[i].(string)] = data[i+1]
	}
	return simtest.M{"filter": filter, "data": d}
}

func TestTheLibraryOfScripts(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	require.Len(t, r.Get("/remote-scripts").Rows(), 5)
	require.Len(t, r.Get("/remote-scripts", "query", "terminate", "osTypes", "windows").Rows(), 1)
	require.Len(t, r.Get("/remote-scripts", "scriptType", "artifactCollection").Rows(), 1)
	require.Len(t, r.Get("/remote-scripts", "accountIds", r.AccountID("Example Labs")).Rows(), 4, "the vendor's own belong to everybody")
	require.Equal(t, http.StatusBadRequest, r.Get("/remote-scripts", "osTypes", "windows_legacy").Status)
	require.Equal(t, http.StatusBadRequest, r.Get("/remote-scripts", "accountIds", "x").Status)
}

// A run makes a task for every endpoint, and each gets on when it is online; what it leaves hangs behind a link for an hour.
func TestAScriptRunsOnEveryEndpointOfItsFilter(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: time.Minute})
	r.SetOnline("DESKTOP-2", false)
	a := r.Post("/remote-scripts/execute", running(simtest.M{"computerName__contains": []string{"DESKTOP-1", "DESKTOP-2"}, "siteIds": []string{r.SiteID("Paris")}},
		"outputDestination", "SentinelCloud", "password", strongPassword))
	require.Equal(t, http.StatusOK, a.Status, a.Raw)
	parent := a.At("data.parentTaskId").(string)
	n := int(a.At("data.affected").(float64))
	require.Greater(t, n, 1)
	tasks := func() []any {
		return r.Get("/remote-scripts/status", "parentTaskId__in", parent, "limit", "100", "sortBy", "agentComputerName").Rows()
	}
	require.Len(t, tasks(), n)
	r.Clock.Pass(time.Minute)
	require.Equal(t, "in_progress", tasks()[0].(simtest.M)["status"])
	r.Clock.Pass(time.Minute)
	byName := map[any]simtest.M{}
	for _, row := range tasks() {
		byName[row.(simtest.M)["agentComputerName"]] = row.(simtest.M)
	}
	require.Equal(t, "completed", byName["DESKTOP-1"]["status"])
	require.Equal(t, "pending", byName["DESKTOP-2"]["status"])

	links := r.Post("/remote-scripts/fetch-files", simtest.M{"data": simtest.M{"taskIds": []any{byName["DESKTOP-1"]["id"], byName["DESKTOP-2"]["id"], "1"}}})
	require.Len(t, links.At("data.data.downloadLinks"), 1)
	require.Len(t, links.At("data.data.errors"), 2)
	link := links.At("data.data.downloadLinks.0.downloadUrl").(string)
	get := func(token string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		require.NoError(t, err)
		if token != "" {
			req.Header.Set("Authorization", token)
		}
		resp, err := r.Server.Client().Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode
	}
	require.Equal(t, http.StatusOK, get(""))
	require.Equal(t, http.StatusBadRequest, get("ApiToken "+s1sim.Token), "real storage refuses a second way to prove who one is")
	r.Clock.Pass(2 * time.Hour)
	require.Equal(t, http.StatusForbidden, get(""))
}

func TestAScriptForOtherSystemsFails(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	a := r.Post("/remote-scripts/execute", running(simtest.M{"ids": []string{r.ID("LNX-WEB-1"), r.ID("LAB-WIN7")}},
		"scriptId", "1466645476786791801", "inputParams", "-Terminate -Processes x"))
	rows := r.Get("/remote-scripts/status", "parentTaskId__in", a.At("data.parentTaskId").(string)).Rows()
	states := map[any]any{}
	for _, row := range rows {
		states[row.(simtest.M)["agentComputerName"]] = row.(simtest.M)["status"]
	}
	require.Equal(t, map[any]any{"LNX-WEB-1": "failed", "LAB-WIN7": "completed"}, states)
}

func TestRunsAreCheckedAsTheServiceDoes(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	some := simtest.M{"ids": []string{r.ID("DESKTOP-1")}}
	for complaint, body := range map[string]any{
		"filter: Missing data":               simtest.M{"data": simtest.M{}},
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
		"dict_values(['nosuch']): Unknown f": running(simtest.M{"nosuch": "x"}),
	} {
		a := r.Post("/remote-scripts/execute", body)
		require.GreaterOrEqual(t, a.Status, 400, complaint)
		require.Contains(t, a.Raw, complaint, fmt.Sprint(body))
	}
	require.Contains(t, r.Get("/remote-scripts/status").Raw, "Either parent_task_id or parent_task_id__in should be a part of the request")
	for _, data := range []simtest.M{{}, {"taskIds": []string{"1"}, "computerNames": []string{"a"}}, {"taskIds": []string{"x"}}} {
		require.Equal(t, http.StatusBadRequest, r.Post("/remote-scripts/fetch-files", simtest.M{"data": data}).Status)
	}
}
