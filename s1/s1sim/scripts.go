package s1sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
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
	library, tasks collection
	results        map[string][]byte // by the id of the task
	links          map[string]link   // by signature
}

// A link hands out a result to whoever has it, for a while.
type link struct {
	task string
	ends time.Time
}

const linkLife = time.Hour

func scriptRoutes() []route {
	return []route{
		{method: "GET", path: "/remote-scripts", handle: scriptList().handle},
		{method: "POST", path: "/remote-scripts/execute", handle: runScript},
		{method: "GET", path: "/remote-scripts/status", handle: scriptStatus},
		{method: "POST", path: "/remote-scripts/fetch-files", handle: scriptResults},
	}
}

func scriptList() listing {
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.scripting.library },
		keys: func() keys {
			return table(slices.Concat(
				library("accountIds"), library("siteIds"), library("groupIds"), ids("ids", "id"), oneOf("scriptType", "scriptType", scriptTypes...),
				oneOf("osTypes", "osTypes", scriptOSes...), search("query", "scriptName"), legal("isAvailableForArs", boolean),
			))
		},
		sorts: sortsBy("id scriptName scriptType createdAt updatedAt version"),
		order: "id",
	}
}

// library is a list of scopes: a script of the vendor's belongs to all of them.
func library(name string) []key {
	k := scope(name, "scopeId")[0]
	k.test = func(o object, want string) bool {
		return text(o, "scopeId") == "-1" || text(o, "scopeId") == want
	}
	return []key{k}
}

func (c *Console) seedScripts() {
	add := func(id, name, kind, input, example, scopeID, scopeName string, systems ...string) {
		o := object{
			"id": id, "scriptName": name, "scriptType": kind, "osTypes": words(systems...), "version": "1.0.0",
			"inputRequired": input != "", "inputInstructions": orNil(input), "inputExample": orNil(example),
			"scopeLevel": "sentinel", "scopeId": scopeID, "scopePath": "Global", "scopeName": nil, "creator": "SentinelOne", "creatorId": "-1",
			"createdByUser": "SentinelOne", "createdByUserId": "-1", "mgmtId": -1, "fileName": "-1/-1/" + id + "/script", "shortFileName": "script",
			"fileSize": 13701, "scriptRuntimeTimeoutSeconds": 3600, "supportedDestinations": nil, "outputFilePaths": nil, "package": nil,
			"createdAt": stamp(c.daysAgo(400)), "updatedAt": stamp(c.daysAgo(30)),
		}
		if scopeID != "-1" {
			o["scopeLevel"], o["scopePath"], o["scopeName"], o["creator"] = "account", "Global / "+scopeName, scopeName, "Ana Lyst"
		}
		c.scripting.library.put(id, o)
	}
	main := c.accounts.find("name", "Example Corp")
	add("1466645476786791801", "Terminate Processes (Windows)", "action", "-Terminate -Processes <names>", "-Terminate -Processes ping,chrome -Force", "-1", "", "windows")
	add("1466645476786791838", "Terminate Processes (Linux/macOS)", "action", "--terminate --processes <names> [-f|--force]", "--terminate --processes ping,chrome --force", "-1", "", "macos", "linux")
	add("1466645476786791839", "Collect Browser History", "artifactCollection", "", "", "-1", "", "windows", "macos")
	add("1466645476786791840", "List Open Ports", "dataCollection", "", "", "-1", "", "windows", "macos", "linux")
	add("1466645476786791841", "Rotate Local Admin", "action", "", "", text(main, "id"), "Example Corp", "windows")
}

// runScript makes a task for every endpoint that the filter means; {} means all of them. That a script which needs input is
// refused without is inferred.
func runScript(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	known := agentKeys()
	maps.Copy(known, table(legal("tenant", boolean)))
	f, err := known.fromBody(c, body)
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(object)
	if err := c.checkRun(body, d); err != nil {
		return nil, err
	}
	script := c.scripting.library.get(text(d, "scriptId"))
	if script == nil {
		return nil, notFound("Requested resource was not found", "")
	}
	parent, n := c.newID(q.now), 0
	for _, r := range agentList().choose(&c.agents, f) {
		if !c.untaken[text(r.obj, "id")] {
			c.startTask(parent, script, r.obj, d, q.now)
			n++
		}
	}
	return data(object{"affected": n, "parentTaskId": parent, "pending": false}), nil
}

func (c *Console) checkRun(body, d object) error {
	if d == nil {
		return invalid("data: Missing data for required field.")
	}
	legal := strings.Fields("scriptId taskDescription outputDestination inputParams password outputDirectory scriptRuntimeTimeoutSeconds requiresApproval " +
		"apiKey destinationProfileId destinationProfileKeyword outputFilePaths singularityxdrKeyword singularityxdrUrl")
	for name := range d {
		if !slices.Contains(legal, name) {
			return invalid("data: %s: Unknown field.", name)
		}
	}
	if id := text(d, "scriptId"); id == "" || strings.Trim(id, "0123456789") != "" {
		return invalid("data: scriptId: Not a valid Identifier.")
	}
	if len([]rune(text(d, "taskDescription"))) < 2 {
		return invalid("data: taskDescription: Shorter than minimum length 2.")
	}
	to, err := field(body, "outputDestination", destinations)
	switch {
	case err != nil:
		return err
	case to == "Local" && text(d, "outputDirectory") == "":
		return invalid("data: outputDirectory: Missing data for required field.")
	case to == "SentinelCloud" || d["password"] != nil:
		if err := archivePassword(body); err != nil {
			return err
		}
	}
	if s := text(d, "scriptRuntimeTimeoutSeconds"); s != "" && !inRange(s, 60, 172800) {
		return invalid("data: scriptRuntimeTimeoutSeconds: Must be between 60 and 172800.")
	}
	if script := c.scripting.library.get(text(d, "scriptId")); flag(script, "inputRequired") && text(d, "inputParams") == "" {
		return invalid("data: inputParams: Missing data for required field.")
	}
	return nil
}

// startTask lets an endpoint run the script when it can: pending, in progress, and then completed or failed.
func (c *Console) startTask(parent string, script, agent, d object, now time.Time) {
	id := c.newID(now)
	t := object{
		"id": id, "parentTaskId": parent, "type": "script_execution", "description": d["taskDescription"], "initiatedBy": apiUser, "initiatedById": apiUserID,
		"agentId": agent["id"], "agentComputerName": agent["computerName"], "agentUuid": agent["uuid"], "agentOsType": agent["osType"],
		"agentMachineType": agent["machineType"], "agentIsActive": agent["isActive"], "agentIsDecommissioned": agent["isDecommissioned"],
		"status": "pending", "statusCode": nil, "statusDescription": "Pending", "detailedStatus": "Waiting for the agent", "scriptResultsSignature": nil,
		"accountId": agent["accountId"], "accountName": agent["accountName"], "siteId": agent["siteId"], "siteName": agent["siteName"],
		"groupId": agent["groupId"], "groupName": agent["groupName"], "createdAt": stamp(now), "updatedAt": stamp(now),
	}
	c.scripting.tasks.put(id, t)
	set := func(status, detail string, at time.Time) {
		t["status"], t["statusDescription"], t["detailedStatus"], t["updatedAt"] = status, sentence(status), detail, stamp(at)
	}
	topic, agentID := "script "+id, text(agent, "id")
	c.later(agentID, topic, now, func(agent object, at time.Time) {
		system := strings.TrimSuffix(text(agent, "osType"), "_legacy")
		if !slices.Contains(texts(script, "osTypes"), system) {
			set("failed", "The script does not support this operating system", at)
			return
		}
		set("in_progress", "The script is running", at)
		c.later(agentID, topic, at, func(_ object, at time.Time) {
			set("completed", "Execution completed successfully", at)
			if text(d, "outputDestination") == "SentinelCloud" && text(script, "scriptType") != "action" {
				t["scriptResultsSignature"] = c.hex(32)
				c.scripting.results[id] = c.pack([]string{"/output/" + text(script, "scriptName") + ".txt"})
			}
		})
	})
}

func texts(o object, path string) []string {
	var out []string
	for _, v := range at(o, path) {
		out = append(out, plain(v))
	}
	return out
}

// scriptStatus lists tasks of given parents; it insists on them, in the words of a recorded refusal.
func scriptStatus(c *Console, q *request) (any, error) {
	if q.query.Get("parentTaskId") == "" && q.query.Get("parentTaskId__in") == "" {
		return nil, invalid("Either parent_task_id or parent_task_id__in should be a part of the request")
	}
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.scripting.tasks },
		keys: func() keys {
			return table(slices.Concat(
				ids("parentTaskId__in", "parentTaskId"), just("parentTaskId", "parentTaskId"), ids("ids", "id"),
				contains(10, "computerName", "agentComputerName"), oneOf("status", "status", taskStates...),
				span(moment, "updatedAt", "updatedAt", "lt gt lte gte"), span(moment, "createdAt", "createdAt", "lt gt lte gte"),
				scope("accountIds", "accountId"), scope("siteIds", "siteId"), scope("groupIds", "groupId"),
			))
		},
		sorts: sortsBy("id initiatedBy createdAt updatedAt status detailedStatus agentComputerName parentTaskId accountName siteName groupName description"),
		order: "createdAt",
	}.handle(c, q)
}

// scriptResults signs links to the outputs of tasks, by their ids or by parts of the names of their endpoints. A task without
// an output is left out; one that has not ended, or does not exist, is an error of its own inside the 200.
func scriptResults(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	wanted, names := texts(body, "data.taskIds"), texts(body, "data.computerNames")
	if (len(wanted) == 0) == (len(names) == 0) {
		return nil, invalid("data: Exactly one of taskIds, computerNames must be supplied.")
	}
	for i, id := range wanted {
		if strings.Trim(id, "0123456789") != "" {
			return nil, invalid("taskIds: %d: Not a valid Identifier.", i)
		}
	}
	for _, r := range c.scripting.tasks.rows {
		if slices.ContainsFunc(names, func(n string) bool { return containsFold(text(r.obj, "agentComputerName"), n) }) {
			wanted = append(wanted, r.id)
		}
	}
	links, failed := []any{}, []any{}
	for _, id := range wanted {
		task := c.scripting.tasks.get(id)
		switch {
		case task == nil:
			failed = append(failed, object{"taskId": id, "errorString": "Task not found"})
		case text(task, "status") != "completed":
			failed = append(failed, object{"taskId": id, "errorString": "Task is not completed: " + text(task, "status")})
		case c.scripting.results[id] != nil:
			links = append(links, object{"taskId": id, "fileName": id + ".zip", "downloadUrl": c.sign(id, q)})
		}
	}
	return data(object{"download_links": links, "errors": failed}), nil
}

// storage is where signed links lead to: the cloud storage beside the console.
const storage = "/storage/"

func (c *Console) sign(task string, q *request) string {
	signature := c.hex(40)
	c.scripting.links[signature] = link{task, q.now.Add(linkLife)}
	return fmt.Sprintf("http://%s%s%s.zip?Signature=%s", q.host, storage, task, signature)
}

// serveStorage hands out what a signed link leads to. A second way to prove who one is makes it refuse, as real storage does.
func (c *Console) serveStorage(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		page(http.StatusBadRequest, "Only one auth mechanism allowed").write(w)
		return
	}
	c.stored(r.URL.Query().Get("Signature")).write(w)
}

func (c *Console) stored(signature string) answer {
	defer c.look()()
	l, ok := c.scripting.links[signature]
	if !ok || c.now().After(l.ends) {
		return page(http.StatusForbidden, "Request has expired")
	}
	return asFile(l.task+".zip", c.scripting.results[l.task])
}
