package files

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// The words of scripts, from the API document.
var (
	scriptTypes  = []string{"artifactCollection", "dataCollection", "action"}
	scriptOSes   = []string{"linux", "macos", "windows"}
	destinations = []string{"SentinelCloud", "Local", "None", "SingularityXDR"}
	taskStates   = []string{"created", "scheduled", "pending", "pending_user_action", "in_progress", "failed", "completed", "canceled",
		"expired", "partially_completed"}
)

// scripting is the library, what was run of it, and the links to what came of that.
type scripting struct {
	library, tasks store.Collection
	results        map[string][]byte // by the id of the task
	links          map[string]link   // by signature
}

// A link hands out a result to whoever has it, for a while.
type link struct {
	task string
	ends time.Time
}

const linkLife = time.Hour

// The path that fetches results is POST and changes nothing. Approval by guardrails, which lets a
// run wait for a person, is left out: a run here is never pending.
func scriptRoutes(c *Cabinet) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/remote-scripts", Handle: scriptList(c).Handle},
		{Method: "POST", Path: "/remote-scripts/execute", Handle: wire.On(c, runScript)},
		{Method: "GET", Path: "/remote-scripts/status", Handle: wire.On(c, scriptStatus)},
		{Method: "POST", Path: "/remote-scripts/fetch-files", Handle: wire.On(c, scriptResults)},
	}
}

// scriptList is the library. One of the vendor's own has -1 for its scope and its maker.
func scriptList(c *Cabinet) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &c.scripting.library },
		Keys: func() keys.Table {
			return keys.Of(slices.Concat(
				library("accountIds"), library("siteIds"), library("groupIds"), keys.IDs("ids", "id"), keys.OneOf("scriptType", "scriptType", scriptTypes...),
				keys.OneOf("osTypes", "osTypes", scriptOSes...), keys.Search("query", "scriptName"), keys.Legal("isAvailableForArs", keys.Boolean),
			))
		},
		Sorts: store.SortsBy("id createdAt mgmtId scopeId scriptName name osTypes createdByUserId inputInstructions inputExample type scriptType version scopeLevel scopePath subscription isAvailableForArs"),
		Order: "id",
	}
}

// library is a list of scopes: a script of the vendor's belongs to all of them.
func library(name string) []keys.Key {
	k := keys.Scope(name, "scopeId")[0]
	k.Test = func(o wire.Object, want string) bool {
		return wire.Text(o, "scopeId") == "-1" || wire.Text(o, "scopeId") == want
	}
	return []keys.Key{k}
}

// seedScripts has one script of each type, some for one operating system alone, and one that an
// account owns. Only the first two want input, and say in which form.
func (c *Cabinet) seedScripts() {
	add := func(id, name, kind, input, example, scopeID, scopeName string, systems ...string) {
		o := wire.Object{
			"id": id, "scriptName": name, "scriptType": kind, "osTypes": wire.List(systems...), "version": "1.0.0",
			"inputRequired": input != "", "inputInstructions": wire.OrNil(input), "inputExample": wire.OrNil(example),
			"scopeLevel": "sentinel", "scopeId": scopeID, "scopePath": "Global", "scopeName": nil, "creator": "SentinelOne", "creatorId": "-1",
			"createdByUser": "SentinelOne", "createdByUserId": "-1", "mgmtId": -1, "fileName": "-1/-1/" + id + "/script", "shortFileName": "script",
			"fileSize": 13701, "scriptRuntimeTimeoutSeconds": 3600, "supportedDestinations": nil, "outputFilePaths": nil, "package": nil,
			"createdAt": wire.Stamp(c.world.DaysAgo(400)), "updatedAt": wire.Stamp(c.world.DaysAgo(30)),
		}
		if scopeID != "-1" {
			o["scopeLevel"], o["scopePath"], o["scopeName"], o["creator"] = "account", "Global / "+scopeName, scopeName, "Ana Lyst"
		}
		c.scripting.library.Put(id, o)
	}
	main := c.world.AccountRows.Find("name", "Example Corp")
	add("1466645476786791801", "Terminate Processes (Windows)", "action", "-Terminate -Processes <names>", "-Terminate -Processes ping,chrome -Force", "-1", "", "windows")
	add("1466645476786791838", "Terminate Processes (Linux/macOS)", "action", "--terminate --processes <names> [-f|--force]", "--terminate --processes ping,chrome --force", "-1", "", "macos", "linux")
	add("1466645476786791839", "Collect Browser History", "artifactCollection", "", "", "-1", "", "windows", "macos")
	add("1466645476786791840", "List Open Ports", "dataCollection", "", "", "-1", "", "windows", "macos", "linux")
	add("1466645476786791841", "Rotate Local Admin", "action", "", "", wire.Text(main, "id"), "Example Corp", "windows")
}

// runScript makes a task for every endpoint that the filter means; {} means all of them. That a
// script which needs input is refused without is inferred.
func runScript(c *Cabinet, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	known := maps.Clone(world.AgentKeys(c.world))
	maps.Copy(known, keys.Of(keys.Legal("tenant", keys.Boolean)))
	f, err := known.FromBody(body)
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(wire.Object)
	if err := c.checkRun(body, d); err != nil {
		return nil, err
	}
	script := c.scripting.library.Get(wire.Text(d, "scriptId"))
	if script == nil {
		return nil, wire.NotFound("Requested resource was not found", "")
	}
	parent, n := c.world.NewID(q.Now), 0
	for _, r := range world.AgentList(c.world).Choose(&c.world.AgentRows, f) {
		if !c.world.Untaken[wire.Text(r.Obj, "id")] {
			c.startTask(parent, script, r.Obj, d, q.Now)
			n++
		}
	}
	return wire.Data(wire.Object{"affected": n, "parentTaskId": parent, "pending": false}), nil
}

// checkRun checks data as the document has it. A password is needed where the result goes to the
// vendor's cloud, and checked wherever one is sent.
func (c *Cabinet) checkRun(body, d wire.Object) error {
	if d == nil {
		return wire.Invalid("data: Missing data for required field.")
	}
	legal := strings.Fields("scriptId taskDescription outputDestination inputParams password outputDirectory scriptRuntimeTimeoutSeconds requiresApproval " +
		"apiKey destinationProfileId destinationProfileKeyword outputFilePaths singularityxdrKeyword singularityxdrUrl")
	for name := range d {
		if !slices.Contains(legal, name) {
			return wire.Invalid("data: %s: Unknown field.", name)
		}
	}
	if id := wire.Text(d, "scriptId"); id == "" || strings.Trim(id, "0123456789") != "" {
		return wire.Invalid("data: scriptId: Not a valid Identifier.")
	}
	if len([]rune(wire.Text(d, "taskDescription"))) < 2 {
		return wire.Invalid("data: taskDescription: Shorter than minimum length 2.")
	}
	to, err := world.Field(body, "outputDestination", destinations)
	switch {
	case err != nil:
		return err
	case to == "Local" && wire.Text(d, "outputDirectory") == "":
		return wire.Invalid("data: outputDirectory: Missing data for required field.")
	case to == "SentinelCloud" || d["password"] != nil:
		if err := archivePassword(body); err != nil {
			return err
		}
	}
	if s := wire.Text(d, "scriptRuntimeTimeoutSeconds"); s != "" && !keys.InRange(s, 60, 172800) {
		return wire.Invalid("data: scriptRuntimeTimeoutSeconds: Must be between 60 and 172800.")
	}
	if script := c.scripting.library.Get(wire.Text(d, "scriptId")); wire.Flag(script, "inputRequired") && wire.Text(d, "inputParams") == "" {
		return wire.Invalid("data: inputParams: Missing data for required field.")
	}
	return nil
}

// startTask lets an endpoint run the script when it can: pending, in progress, and then completed
// or failed. A script that does not support the system is found out by the endpoint and not by the
// call (inferred), so that a run over a mixed group is counted in full and fails in part. Actions
// bring no file: an empty list of links is normal.
func (c *Cabinet) startTask(parent string, script, agent, d wire.Object, now time.Time) {
	id := c.world.NewID(now)
	t := wire.Object{
		"id": id, "parentTaskId": parent, "type": "script_execution", "description": d["taskDescription"], "initiatedBy": world.ApiUser, "initiatedById": world.ApiUserID,
		"agentId": agent["id"], "agentComputerName": agent["computerName"], "agentUuid": agent["uuid"], "agentOsType": agent["osType"],
		"agentMachineType": agent["machineType"], "agentIsActive": agent["isActive"], "agentIsDecommissioned": agent["isDecommissioned"],
		"status": "pending", "statusCode": nil, "statusDescription": "Pending", "detailedStatus": "Waiting for the agent", "scriptResultsSignature": nil,
		"accountId": agent["accountId"], "accountName": agent["accountName"], "siteId": agent["siteId"], "siteName": agent["siteName"],
		"groupId": agent["groupId"], "groupName": agent["groupName"], "createdAt": wire.Stamp(now), "updatedAt": wire.Stamp(now),
	}
	c.scripting.tasks.Put(id, t)
	set := func(status, detail string, at time.Time) {
		t["status"], t["statusDescription"], t["detailedStatus"], t["updatedAt"] = status, wire.Sentence(status), detail, wire.Stamp(at)
	}
	topic, agentID := "script "+id, wire.Text(agent, "id")
	c.world.Later(agentID, topic, now, func(agent wire.Object, at time.Time) {
		system := strings.TrimSuffix(wire.Text(agent, "osType"), "_legacy")
		if !slices.Contains(texts(script, "osTypes"), system) {
			set("failed", "The script does not support this operating system", at)
			return
		}
		set("in_progress", "The script is running", at)
		c.world.Later(agentID, topic, at, func(_ wire.Object, at time.Time) {
			set("completed", "Execution completed successfully", at)
			if wire.Text(d, "outputDestination") == "SentinelCloud" && wire.Text(script, "scriptType") != "action" {
				t["scriptResultsSignature"] = c.world.Hex(32)
				c.scripting.results[id] = c.pack([]string{"/output/" + wire.Text(script, "scriptName") + ".txt"})
			}
		})
	})
}

func texts(o wire.Object, path string) []string {
	var out []string
	for _, v := range wire.At(o, path) {
		out = append(out, wire.Plain(v))
	}
	return out
}

// scriptStatus lists tasks of given parents; it insists on them, in the words of a recorded
// refusal. Each endpoint has a row of its own under the parent that the run answered with.
func scriptStatus(c *Cabinet, q *wire.Request) (any, error) {
	if q.Query.Get("parentTaskId") == "" && q.Query.Get("parentTaskId__in") == "" {
		return nil, wire.Invalid("Either parent_task_id or parent_task_id__in should be a part of the request")
	}
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &c.scripting.tasks },
		Keys: func() keys.Table {
			return keys.Of(slices.Concat(
				keys.IDs("parentTaskId__in", "parentTaskId"), keys.Just("parentTaskId", "parentTaskId"), keys.IDs("ids", "id"),
				keys.Contains(10, "computerName", "agentComputerName"), keys.OneOf("status", "status", taskStates...),
				keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte"), keys.Span(keys.Moment, "createdAt", "createdAt", "lt gt lte gte"),
				keys.Scope("accountIds", "accountId"), keys.Scope("siteIds", "siteId"), keys.Scope("groupIds", "groupId"), keys.Legal("tenant", keys.Boolean),
				keys.Search("query", "agentComputerName", "description"), keys.Just("type", "type"), keys.OneOf("types", "type"), keys.Contains(10, "uuid", "agentUuid"),
				keys.Contains(10, "initiatedBy", "initiatedBy"), keys.Contains(10, "detailedStatus", "detailedStatus"), keys.Contains(10, "description", "description"),
			))
		},
		Sorts: store.SortsBy("id initiatedBy createdAt updatedAt status detailedStatus agentComputerName parentTaskId accountName siteName groupName description"),
		Order: "createdAt",
	}.Handle(q)
}

// scriptResults signs links to the outputs of tasks, by their ids or by parts of the names of their
// endpoints. A task without an output is left out; one that has not ended, or does not exist, is an
// error of its own inside the 200. The document nests data in data; other answers have been seen,
// so a reader takes more than one form.
func scriptResults(c *Cabinet, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	wanted, names := texts(body, "data.taskIds"), texts(body, "data.computerNames")
	if (len(wanted) == 0) == (len(names) == 0) {
		return nil, wire.Invalid("data: Exactly one of taskIds, computerNames must be supplied.")
	}
	for i, id := range wanted {
		if strings.Trim(id, "0123456789") != "" {
			return nil, wire.Invalid("taskIds: %d: Not a valid Identifier.", i)
		}
	}
	for _, r := range c.scripting.tasks.Rows {
		if slices.ContainsFunc(names, func(n string) bool { return keys.ContainsFold(wire.Text(r.Obj, "agentComputerName"), n) }) {
			wanted = append(wanted, r.Id)
		}
	}
	links, failed := []any{}, []any{}
	for _, id := range wanted {
		task := c.scripting.tasks.Get(id)
		switch {
		case task == nil:
			failed = append(failed, wire.Object{"taskId": id, "errorString": "Task not found"})
		case wire.Text(task, "status") != "completed":
			failed = append(failed, wire.Object{"taskId": id, "errorString": "Task is not completed: " + wire.Text(task, "status")})
		case c.scripting.results[id] != nil:
			links = append(links, wire.Object{"taskId": id, "fileName": id + ".zip", "downloadUrl": c.sign(id, q)})
		}
	}
	return wire.Data(wire.Data(wire.Object{"downloadLinks": links, "errors": failed})), nil
}

// Storage is where signed links lead to: the cloud storage beside the console.
const Storage = "/storage/"

// sign makes a link for one result, whoever holds it. It leads to another path than the API's, so
// that a client which sends its token along everywhere is found out.
func (c *Cabinet) sign(task string, q *wire.Request) string {
	signature := c.world.Hex(40)
	c.scripting.links[signature] = link{task, q.Now.Add(linkLife)}
	return fmt.Sprintf("http://%s%s%s.zip?Signature=%s", q.Host, Storage, task, signature)
}

// ServeStorage hands out what a signed link leads to. A second way to prove who one is makes it
// refuse, as real storage does.
func (c *Cabinet) ServeStorage(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		wire.ErrorPage(http.StatusBadRequest, "Only one auth mechanism allowed").Write(w)
		return
	}
	c.stored(r.URL.Query().Get("Signature")).Write(w)
}

// stored is what is behind a signature; an unknown one and one that ended are told alike.
func (c *Cabinet) stored(signature string) wire.Answer {
	defer c.world.Look()()
	l, ok := c.scripting.links[signature]
	if !ok || c.world.Now().After(l.ends) {
		return wire.ErrorPage(http.StatusForbidden, "Request has expired")
	}
	return asFile(l.task+".zip", c.scripting.results[l.task])
}
