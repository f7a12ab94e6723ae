package s1sim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// send calls with a JSON body and any method.
func (r *rig) send(method, path string, body any) *answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	return r.call(method, path, string(b))
}

// old posts to a path of version 2.0.
func (r *rig) old(path string, body any) *answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.server.URL+"/web/api/v2.0"+path, bytes.NewReader(b))
	require.NoError(r.t, err)
	req.Header.Set("Authorization", "ApiToken "+r.token)
	resp, err := r.server.Client().Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	a := &answer{t: r.t, status: resp.StatusCode}
	require.NoError(r.t, json.NewDecoder(resp.Body).Decode(&a.body))
	return a
}

func TestEndpointsMoveToAGroupOfTheirOwnSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	laptops, workstations := r.GroupID("Paris", "Laptops"), r.GroupID("Paris", "Workstations")
	before, left := r.Group(laptops)["totalAgents"].(int), r.Group(workstations)["totalAgents"].(int)
	path := "/groups/" + laptops + "/move-agents"
	require.EqualValues(t, 1, r.send("PUT", path, byIDs(r.id("DESKTOP-1"), r.id("DESKTOP-12"))).at("data.agentsMoved"), "Lyon's stays, and nobody says so")
	require.Equal(t, "Laptops", r.get("/agents", "computerName", "DESKTOP-1").at("data.0.groupName"))
	require.Equal(t, "Laptops", r.get("/threats", "ids", threat).at("data.0.agentRealtimeInfo.groupName"))
	require.Equal(t, "Workstations", r.Agent("DESKTOP-12")["groupName"])
	require.Equal(t, before+1, r.Group(laptops)["totalAgents"])
	require.Equal(t, left-1, r.Group(workstations)["totalAgents"])
	require.Equal(t, []string{"5121"}, r.get("/activities", "agentIds", r.id("DESKTOP-1"), "activityTypes", "5121").values("activityType"))

	r.send("PUT", "/groups/475482421375116388/move-agents", byIDs(r.id("DESKTOP-1"))).refused(404, "The group with ID 475482421375116388 is not found.")
	r.send("PUT", path, m{}).refused(400, "filter: Missing data for required field.")
	r.send("PUT", path, m{"filter": m{"hostname": "x"}}).refused(400, "dict_values(['hostname']): Unknown field")
	r.send("POST", path, byIDs("1")).refused(405, "The method is not allowed for the requested URL.")
}

func TestEndpointsMoveToAnotherSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id, lyon := r.id("DESKTOP-1"), r.SiteID("Lyon")
	licenses := func(name string) float64 {
		return r.get("/sites", "name", name).at("data.sites.0.activeLicenses").(float64)
	}
	paris, there := licenses("Paris"), licenses("Lyon")
	require.EqualValues(t, 1, r.post("/agents/actions/move-to-site", m{"filter": m{"ids": []string{id}}, "data": m{"targetSiteId": lyon}}).at("data.affected"))
	require.Equal(t, []any{"Lyon", "Default Group", lyon}, []any{r.Agent(id)["siteName"], r.Agent(id)["groupName"], r.Agent(id)["siteId"]})
	require.Equal(t, []float64{paris - 1, there + 1}, []float64{licenses("Paris"), licenses("Lyon")})
	r.post("/agents/actions/move-to-site", byIDs(id)).refused(400, "data: targetSiteId: Missing data for required field.")
	r.post("/agents/actions/move-to-site", m{"filter": m{"ids": []string{id}}, "data": m{"targetSiteId": "123"}}).refused(400, "targetSiteId: Not a valid Identifier.")
	everybody := r.post("/agents/actions/move-to-site", m{"filter": m{}, "data": m{"targetSiteId": lyon}}).at("data.affected")
	require.Greater(t, everybody, 30.0, "an empty filter moves the whole fleet")
}

func TestTheCustomersIdentifierIsWrittenOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.id("DESKTOP-1")
	for _, name := range []string{"first", "second"} {
		require.EqualValues(t, 1, r.post("/agents/actions/set-external-id", m{"filter": m{"ids": []string{id}}, "data": m{"externalId": name}}).at("data.affected"))
		require.Equal(t, name, r.get("/agents", "ids", id).at("data.0.externalId"))
	}
	require.Empty(t, r.Agent("DESKTOP-2")["externalId"])
	r.post("/agents/actions/set-external-id", byIDs(id)).refused(400, "data: externalId: Missing data for required field.")
	r.post("/agents/actions/set-external-id", m{"filter": m{"ids": []string{id}}, "data": m{"externalId": 7}}).refused(400, "data: externalId: Not a valid string.")
}

func TestAGroupIsMadeAndDeleted(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	paris := r.SiteID("Paris")
	made := r.post("/groups", m{"data": m{"name": "Kiosks 2", "siteId": paris, "inherits": true}})
	id := made.at("data.id").(string)
	require.Equal(t, []any{"static", false, 0.0}, []any{made.at("data.type"), made.at("data.isDefault"), made.at("data.totalAgents")})
	require.Equal(t, "Kiosks 2", r.get("/groups/"+id).at("data.name"))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", made.at("data.createdAt"))
	require.EqualValues(t, 1, r.send("PUT", "/groups/"+id+"/move-agents", byIDs(r.id("DESKTOP-1"))).at("data.agentsMoved"))

	require.Equal(t, true, r.call("DELETE", "/groups/"+id, "").at("data.success"))
	require.Equal(t, "Default Group", r.Agent("DESKTOP-1")["groupName"])
	require.Nil(t, r.Group(id))
	r.call("DELETE", "/groups/"+id, "").refused(404, "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")
	r.get("/groups/"+id).refused(404, "The group with ID "+id+" is not found.")
	r.call("DELETE", "/groups/"+r.GroupID("Paris", "Default Group"), "").refused(400, "The default group of a site cannot be deleted.")
}

func TestANewGroupHasItsSitesPolicyOrOneOfItsOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	paris := r.SiteID("Paris")
	group := func(policy any) *answer {
		return r.post("/groups", m{"data": m{"name": "Lab", "siteId": paris, "inherits": false, "policy": policy}})
	}
	id := group(m{"mitigationMode": "detect", "autoImmuneOn": true, "agentUiOn": false}).at("data.id").(string)
	require.Equal(t, "detect", r.GroupPolicy(id)["mitigationMode"])
	require.Equal(t, false, r.GroupPolicy(id)["agentUi"].(m)["agentUiOn"])
	require.Equal(t, "protect", r.get("/sites/"+paris+"/policy").at("data.mitigationMode"), "the site's is as it was")
	require.Equal(t, "global", r.get("/sites/"+paris+"/policy").at("data.inheritedFrom"))
	r.get("/sites/123/policy").refused(404, "The site with ID 123 is not found.")
	for detail, policy := range map[string]any{
		"data: policy: Missing data for required field.":                  nil,
		"data: policy: autoImmuneOn: Must be true.":                       m{"autoImmuneOn": false},
		"data: policy: nonsense: Unknown field.":                          m{"nonsense": 1},
		"data: policy: mitigationMode: Must be one of the valid choices.": m{"mitigationMode": "off"},
	} {
		group(policy).refused(400, detail)
	}
	for detail, data := range map[string]m{
		"data: siteId: Missing data for required field.":        {"name": "x", "inherits": true},
		"data: name: Missing data for required field.":          {"siteId": paris, "inherits": true},
		"data: inherits: Missing data for required field.":      {"siteId": paris, "name": "x"},
		"data: inherits: Not a valid boolean.":                  {"siteId": paris, "name": "x", "inherits": "yes"},
		"data: name: Contains characters that are not allowed.": {"siteId": paris, "name": "<x>", "inherits": true},
		"data: name: Shorter than minimum length 1.":            {"siteId": paris, "name": "", "inherits": true},
		"siteId: Not a valid Identifier.":                       {"siteId": "Paris", "name": "x", "inherits": true},
		"data: color: Unknown field.":                           {"siteId": paris, "name": "x", "inherits": true, "color": "red"},
	} {
		r.post("/groups", m{"data": data}).refused(400, detail)
	}
	r.post("/groups", m{}).refused(400, "data: Missing data for required field.")
}

func TestApplicationsDoNotSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	windows := r.get("/agents/applications", "ids", r.id("DESKTOP-1"))
	require.NotEmpty(t, windows.rows())
	require.NotContains(t, windows.raw, r.id("DESKTOP-1"))
	require.Nil(t, windows.body["pagination"])
	require.Contains(t, r.get("/agents/applications", "ids", r.id("LNX-WEB-1")).values("name"), "nginx")
	both := r.get("/agents/applications", "ids", r.id("DESKTOP-1")+","+r.id("LNX-WEB-1"))
	require.Len(t, both.rows(), len(windows.rows())+5)
	require.True(t, r.SetApplications("DESKTOP-1", m{"name": "=HYPERLINK(1)", "version": "1"}))
	require.Equal(t, []string{"=HYPERLINK(1)"}, r.get("/agents/applications", "ids", r.id("DESKTOP-1")).values("name"))
	require.False(t, r.SetApplications("nobody"))
	r.get("/agents/applications").refused(400, "ids: Missing data for required field.")
	r.get("/agents/applications", "ids", "x").refused(400, "ids: 0: Not a valid Identifier.")
	r.get("/agents/applications", "ids", r.id("DESKTOP-1"), "limit", "10").refused(400, "dict_values(['limit']): Unknown field")
}

func TestAnAnalysisIsTheThreatWithoutItsId(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe"})
	a := r.get("/private/threats/" + id + "/analysis")
	require.Equal(t, "evil.exe", a.at("data.threatInfo.threatName"))
	require.NotContains(t, a.body["data"], "id")
	require.Equal(t, []any{}, a.at("data.customDetectionRules"))
	r.get("/private/threats/123/analysis").refused(404, "Threat ID 123 was not found.")
}

func TestEventsOfAThreat(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Engine: "executables", Process: "winword.exe", Storyline: "STORY"})
	quiet := r.AddThreat(s1sim.ThreatSpec{Engine: "pre_execution"})
	path := "/threats/" + id + "/explore/events"
	all := r.get(path, "limit", "100")
	require.Len(t, all.rows(), 9)
	require.EqualValues(t, 9, all.at("pagination.totalItems"))
	require.Empty(t, r.get("/threats/"+quiet+"/explore/events").rows(), "it was found before it ran")
	require.Equal(t, []string{"file", "file"}, r.get(path, "eventTypes", "file").values("objectType"))
	require.Equal(t, []string{"File Deletion"}, r.get(path, "eventSubTypes", "FILEDELETION,LOGIN").values("eventType"))
	require.Equal(t, []string{"conhost.exe", "conhost.exe"}, r.get(path, "processName__like", "conhost").values("processName"))
	require.Len(t, r.get(path, "eventId", "STORY-2").rows(), 2)
	require.Len(t, r.get(path, "eventId", "STORY-1", "limit", "100").rows(), 7, "the children's, too")
	require.Equal(t, []string{"9", "8"}, r.get(path, "sortBy", "id", "sortOrder", "desc", "limit", "2").values("id"))
	next := r.get(path, "limit", "5").at("pagination.nextCursor").(string)
	require.Len(t, r.get(path, "limit", "5", "cursor", next).rows(), 4)
	require.EqualValues(t, 0, r.get(path, "skipCount", "true").at("pagination.totalItems"))
	require.Empty(t, r.get(path, "countOnly", "true").rows())
	r.get(path, "eventTypes", "files").refused(400, `eventTypes: 0: "files" is not a valid choice.`)
	r.get(path, "sortBy", "user").refused(400, `sortBy: "user" is not a valid choice.`)
	r.get("/threats/123/explore/events").refused(404, "Threat ID 123 not found.")

	private := "/private/threats/" + id + "/explore/all-events"
	require.Len(t, r.get(private, "eventTypes", "file").rows(), 2)
	r.get(private, "eventSubTypes", "DNS").refused(400, "dict_values(['eventSubTypes']): Unknown field")
	r.get(private, "processName__like", "x").refused(400, "dict_values(['processName__like']): Unknown field")
}

func TestOnlyTheAuthorChangesANote(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	id := r.AddThreat(s1sim.ThreatSpec{})
	r.post("/threats/notes", m{"filter": m{"ids": []string{id}}, "data": m{"text": "first"}})
	note := r.Notes(id)[0]["id"].(string)
	path := "/threats/" + id + "/notes/" + note
	r.clock.pass(time.Minute)
	changed := r.send("PUT", path, m{"data": m{"text": "second & <third>"}})
	require.Equal(t, []any{"second & <third>", true}, []any{changed.at("data.text"), changed.at("data.edited")})
	require.Equal(t, "2026-11-20T14:01:00.123456Z", changed.at("data.updatedAt"))
	require.Equal(t, "second & <third>", r.Notes(id)[0]["text"])
	r.send("PUT", path, m{"data": m{"text": "x"}}).refused(400, "data: text: Shorter than minimum length 2.")
	r.send("PUT", path, m{"data": m{"text": strings.Repeat("ä", 10001)}}).refused(400, "data: text: Longer than maximum length 10000.")
	r.send("PUT", path, m{}).refused(400, "data: text: Missing data for required field.")
	r.send("PUT", "/threats/123/notes/"+note, m{"data": m{"text": "xx"}}).refused(404, "Threat ID 123 was not found.")
	r.send("PUT", "/threats/"+id+"/notes/123", m{"data": m{"text": "xx"}}).refused(404, "")
	for _, threat := range r.Threats() {
		for _, n := range r.Notes(threat["id"].(string)) {
			if n["creator"] == "Ana Lyst" {
				require.Equal(t, 403, r.send("PUT", "/threats/"+threat["id"].(string)+"/notes/"+n["id"].(string), m{"data": m{"text": "mine now"}}).status)
				return
			}
		}
	}
	require.Fail(t, "no note of somebody else's to try")
}

func TestMarkingIsAPathOfTheOldVersionAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true, EffectDelay: delay})
	id := r.AddThreat(s1sim.ThreatSpec{Confidence: "suspicious", Agent: "DESKTOP-1"})
	body := m{"filter": m{"ids": []string{id}}, "data": m{"targetScope": "site"}}
	require.Equal(t, http.StatusNotFound, r.post("/threats/mark-as-threat", body).status, "version 2.1 left it out")
	marked := func(body m) *answer { return r.old("/threats/mark-as-threat", body) }
	require.EqualValues(t, 1, marked(body).at("data.affected"))
	require.Equal(t, []any{"malicious", "true_positive"}, []any{info(r.Threat(id), "confidenceLevel"), info(r.Threat(id), "analystVerdict")})
	r.clock.pass(delay)
	require.Equal(t, "mitigated", info(r.Threat(id), "mitigationStatus"))
	marked(m{"filter": m{"ids": []string{id}}}).refused(400, "data: targetScope: Missing data for required field.")
	marked(m{"filter": m{"ids": []string{id}}, "data": m{"targetScope": "world"}}).refused(400, "data: targetScope: Must be one of: group, site, tenant.")
	r.token = "wrong"
	marked(body).refused(401, nil)
}
