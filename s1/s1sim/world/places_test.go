package world_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestEndpointsMoveToAGroupOfTheirOwnSite(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	laptops, workstations := r.GroupID("Paris", "Laptops"), r.GroupID("Paris", "Workstations")
	before, left := r.Group(laptops)["totalAgents"].(int), r.Group(workstations)["totalAgents"].(int)
	path := "/groups/" + laptops + "/move-agents"
	require.EqualValues(t, 1, r.Send("PUT", path, simtest.ByIDs(r.ID("DESKTOP-1"), r.ID("DESKTOP-12"))).At("data.agentsMoved"), "Lyon's stays, and nobody says so")
	require.Equal(t, "Laptops", r.Get("/agents", "computerName", "DESKTOP-1").At("data.0.groupName"))
	require.Equal(t, "Laptops", r.Get("/threats", "ids", threat).At("data.0.agentRealtimeInfo.groupName"))
	require.Equal(t, "Workstations", r.Agent("DESKTOP-12")["groupName"])
	require.Equal(t, before+1, r.Group(laptops)["totalAgents"])
	require.Equal(t, left-1, r.Group(workstations)["totalAgents"])
	require.Equal(t, []string{"5121"}, r.Get("/activities", "agentIds", r.ID("DESKTOP-1"), "activityTypes", "5121").Values("activityType"))

	r.Send("PUT", "/groups/475482421375116388/move-agents", simtest.ByIDs(r.ID("DESKTOP-1"))).Refused(404, "The group with ID 475482421375116388 is not found.")
	r.Send("PUT", path, simtest.M{}).Refused(400, "filter: Missing data for required field.")
	r.Send("PUT", path, simtest.M{"filter": simtest.M{"hostname": "x"}}).Refused(400, "dict_values(['hostname']): Unknown field")
	r.Send("POST", path, simtest.ByIDs("1")).Refused(405, "The method is not allowed for the requested URL.")
}

func TestEndpointsMoveToAnotherSite(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id, lyon := r.ID("DESKTOP-1"), r.SiteID("Lyon")
	licenses := func(name string) float64 {
		return r.Get("/sites", "name", name).At("data.sites.0.activeLicenses").(float64)
	}
	paris, there := licenses("Paris"), licenses("Lyon")
	require.EqualValues(t, 1, r.Post("/agents/actions/move-to-site", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"targetSiteId": lyon}}).At("data.affected"))
	require.Equal(t, []any{"Lyon", "Default Group", lyon}, []any{r.Agent(id)["siteName"], r.Agent(id)["groupName"], r.Agent(id)["siteId"]})
	require.Equal(t, []float64{paris - 1, there + 1}, []float64{licenses("Paris"), licenses("Lyon")})
	r.Post("/agents/actions/move-to-site", simtest.ByIDs(id)).Refused(400, "data: targetSiteId: Missing data for required field.")
	r.Post("/agents/actions/move-to-site", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"targetSiteId": "123"}}).Refused(400, "targetSiteId: Not a valid Identifier.")
	everybody := r.Post("/agents/actions/move-to-site", simtest.M{"filter": simtest.M{}, "data": simtest.M{"targetSiteId": lyon}}).At("data.affected")
	require.Greater(t, everybody, 30.0, "an empty filter moves the whole fleet")
}

func TestTheCustomersIdentifierIsWrittenOver(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.ID("DESKTOP-1")
	for _, name := range []string{"first", "second"} {
		require.EqualValues(t, 1, r.Post("/agents/actions/set-external-id", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"externalId": name}}).At("data.affected"))
		require.Equal(t, name, r.Get("/agents", "ids", id).At("data.0.externalId"))
	}
	require.Empty(t, r.Agent("DESKTOP-2")["externalId"])
	r.Post("/agents/actions/set-external-id", simtest.ByIDs(id)).Refused(400, "data: externalId: Missing data for required field.")
	r.Post("/agents/actions/set-external-id", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"externalId": 7}}).Refused(400, "data: externalId: Not a valid string.")
}

func TestAGroupIsMadeAndDeleted(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	paris := r.SiteID("Paris")
	made := r.Post("/groups", simtest.M{"data": simtest.M{"name": "Kiosks 2", "siteId": paris, "inherits": true}})
	id := made.At("data.id").(string)
	require.Equal(t, []any{"static", false, 0.0}, []any{made.At("data.type"), made.At("data.isDefault"), made.At("data.totalAgents")})
	require.Equal(t, "Kiosks 2", r.Get("/groups/"+id).At("data.name"))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", made.At("data.createdAt"))
	require.EqualValues(t, 1, r.Send("PUT", "/groups/"+id+"/move-agents", simtest.ByIDs(r.ID("DESKTOP-1"))).At("data.agentsMoved"))

	require.Equal(t, true, r.Call("DELETE", "/groups/"+id, "").At("data.success"))
	require.Equal(t, "Default Group", r.Agent("DESKTOP-1")["groupName"])
	require.Nil(t, r.Group(id))
	r.Call("DELETE", "/groups/"+id, "").Refused(404, "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")
	r.Get("/groups/"+id).Refused(404, "The group with ID "+id+" is not found.")
	r.Call("DELETE", "/groups/"+r.GroupID("Paris", "Default Group"), "").Refused(400, "The default group of a site cannot be deleted.")
}

func TestANewGroupHasItsSitesPolicyOrOneOfItsOwn(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	paris := r.SiteID("Paris")
	group := func(policy any) *simtest.Answer {
		return r.Post("/groups", simtest.M{"data": simtest.M{"name": "Lab", "siteId": paris, "inherits": false, "policy": policy}})
	}
	id := group(simtest.M{"mitigationMode": "detect", "autoImmuneOn": true, "agentUiOn": false}).At("data.id").(string)
	require.Equal(t, "detect", r.GroupPolicy(id)["mitigationMode"])
	require.Equal(t, false, r.GroupPolicy(id)["agentUi"].(simtest.M)["agentUiOn"])
	require.Equal(t, "protect", r.Get("/sites/"+paris+"/policy").At("data.mitigationMode"), "the site's is as it was")
	require.Equal(t, "global", r.Get("/sites/"+paris+"/policy").At("data.inheritedFrom"))
	r.Get("/sites/123/policy").Refused(404, "The site with ID 123 is not found.")
	for detail, policy := range map[string]any{
		"data: policy: Missing data for required field.":                  nil,
		"data: policy: autoImmuneOn: Must be true.":                       simtest.M{"autoImmuneOn": false},
		"data: policy: nonsense: Unknown field.":                          simtest.M{"nonsense": 1},
		"data: policy: mitigationMode: Must be one of the valid choices.": simtest.M{"mitigationMode": "off"},
	} {
		group(policy).Refused(400, detail)
	}
	for detail, data := range map[string]simtest.M{
		"data: siteId: Missing data for required field.":        {"name": "x", "inherits": true},
		"data: name: Missing data for required field.":          {"siteId": paris, "inherits": true},
		"data: inherits: Missing data for required field.":      {"siteId": paris, "name": "x"},
		"data: inherits: Not a valid boolean.":                  {"siteId": paris, "name": "x", "inherits": "yes"},
		"data: name: Contains characters that are not allowed.": {"siteId": paris, "name": "<x>", "inherits": true},
		"data: name: Shorter than minimum length 1.":            {"siteId": paris, "name": "", "inherits": true},
		"siteId: Not a valid Identifier.":                       {"siteId": "Paris", "name": "x", "inherits": true},
		"data: color: Unknown field.":                           {"siteId": paris, "name": "x", "inherits": true, "color": "red"},
	} {
		r.Post("/groups", simtest.M{"data": data}).Refused(400, detail)
	}
	r.Post("/groups", simtest.M{}).Refused(400, "data: Missing data for required field.")
}

func TestApplicationsDoNotSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	windows := r.Get("/agents/applications", "ids", r.ID("DESKTOP-1"))
	require.NotEmpty(t, windows.Rows())
	require.NotContains(t, windows.Raw, r.ID("DESKTOP-1"))
	require.Nil(t, windows.Body["pagination"])
	require.Contains(t, r.Get("/agents/applications", "ids", r.ID("LNX-WEB-1")).Values("name"), "nginx")
	both := r.Get("/agents/applications", "ids", r.ID("DESKTOP-1")+","+r.ID("LNX-WEB-1"))
	require.Len(t, both.Rows(), len(windows.Rows())+5)
	require.True(t, r.SetApplications("DESKTOP-1", simtest.M{"name": "=HYPERLINK(1)", "version": "1"}))
	require.Equal(t, []string{"=HYPERLINK(1)"}, r.Get("/agents/applications", "ids", r.ID("DESKTOP-1")).Values("name"))
	require.False(t, r.SetApplications("nobody"))
	r.Get("/agents/applications").Refused(400, "ids: Missing data for required field.")
	r.Get("/agents/applications", "ids", "x").Refused(400, "ids: 0: Not a valid Identifier.")
	r.Get("/agents/applications", "ids", r.ID("DESKTOP-1"), "limit", "10").Refused(400, "dict_values(['limit']): Unknown field")
}

func TestAnAnalysisIsTheThreatWithoutItsId(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe"})
	a := r.Get("/private/threats/" + id + "/analysis")
	require.Equal(t, "evil.exe", a.At("data.threatInfo.threatName"))
	require.NotContains(t, a.Body["data"], "id")
	require.Equal(t, []any{}, a.At("data.customDetectionRules"))
	r.Get("/private/threats/123/analysis").Refused(404, "Threat ID 123 was not found.")
}

func TestEventsOfAThreat(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Engine: "executables", Process: "winword.exe", Storyline: "STORY"})
	quiet := r.AddThreat(s1sim.ThreatSpec{Engine: "pre_execution"})
	path := "/threats/" + id + "/explore/events"
	all := r.Get(path, "limit", "100")
	require.Len(t, all.Rows(), 9)
	require.EqualValues(t, 9, all.At("pagination.totalItems"))
	require.Empty(t, r.Get("/threats/"+quiet+"/explore/events").Rows(), "it was found before it ran")
	require.Equal(t, []string{"file", "file"}, r.Get(path, "eventTypes", "file").Values("objectType"))
	require.Equal(t, []string{"File Deletion"}, r.Get(path, "eventSubTypes", "FILEDELETION,LOGIN").Values("eventType"))
	require.Equal(t, []string{"conhost.exe", "conhost.exe"}, r.Get(path, "processName__like", "conhost").Values("processName"))
	require.Len(t, r.Get(path, "eventId", "STORY-2").Rows(), 2)
	require.Len(t, r.Get(path, "eventId", "STORY-1", "limit", "100").Rows(), 7, "the children's, too")
	require.Equal(t, []string{"9", "8"}, r.Get(path, "sortBy", "id", "sortOrder", "desc", "limit", "2").Values("id"))
	next := r.Get(path, "limit", "5").At("pagination.nextCursor").(string)
	require.Len(t, r.Get(path, "limit", "5", "cursor", next).Rows(), 4)
	require.EqualValues(t, 0, r.Get(path, "skipCount", "true").At("pagination.totalItems"))
	require.Empty(t, r.Get(path, "countOnly", "true").Rows())
	r.Get(path, "eventTypes", "files").Refused(400, `eventTypes: 0: "files" is not a valid choice.`)
	r.Get(path, "sortBy", "user").Refused(400, `sortBy: "user" is not a valid choice.`)
	r.Get("/threats/123/explore/events").Refused(404, "Threat ID 123 not found.")

	private := "/private/threats/" + id + "/explore/all-events"
	require.Len(t, r.Get(private, "eventTypes", "file").Rows(), 2)
	r.Get(private, "eventSubTypes", "DNS").Refused(400, "dict_values(['eventSubTypes']): Unknown field")
	r.Get(private, "processName__like", "x").Refused(400, "dict_values(['processName__like']): Unknown field")
}

func TestOnlyTheAuthorChangesANote(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	id := r.AddThreat(s1sim.ThreatSpec{})
	r.Post("/threats/notes", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"text": "first"}})
	note := r.Notes(id)[0]["id"].(string)
	path := "/threats/" + id + "/notes/" + note
	r.Clock.Pass(time.Minute)
	changed := r.Send("PUT", path, simtest.M{"data": simtest.M{"text": "second & <third>"}})
	require.Equal(t, []any{"second & <third>", true}, []any{changed.At("data.text"), changed.At("data.edited")})
	require.Equal(t, "2026-11-20T14:01:00.123456Z", changed.At("data.updatedAt"))
	require.Equal(t, "second & <third>", r.Notes(id)[0]["text"])
	r.Send("PUT", path, simtest.M{"data": simtest.M{"text": "x"}}).Refused(400, "data: text: Shorter than minimum length 2.")
	r.Send("PUT", path, simtest.M{"data": simtest.M{"text": strings.Repeat("ä", 10001)}}).Refused(400, "data: text: Longer than maximum length 10000.")
	r.Send("PUT", path, simtest.M{}).Refused(400, "data: text: Missing data for required field.")
	r.Send("PUT", "/threats/123/notes/"+note, simtest.M{"data": simtest.M{"text": "xx"}}).Refused(404, "Threat ID 123 was not found.")
	r.Send("PUT", "/threats/"+id+"/notes/123", simtest.M{"data": simtest.M{"text": "xx"}}).Refused(404, "")
	for _, threat := range r.Threats() {
		for _, n := range r.Notes(threat["id"].(string)) {
			if n["creator"] == "Ana Lyst" {
				require.Equal(t, 403, r.Send("PUT", "/threats/"+threat["id"].(string)+"/notes/"+n["id"].(string), simtest.M{"data": simtest.M{"text": "mine now"}}).Status)
				return
			}
		}
	}
	require.Fail(t, "no note of somebody else's to try")
}

func TestMarkingIsAPathOfTheOldVersionAlone(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, EffectDelay: delay})
	id := r.AddThreat(s1sim.ThreatSpec{Confidence: "suspicious", Agent: "DESKTOP-1"})
	body := simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"targetScope": "site"}}
	require.Equal(t, http.StatusNotFound, r.Post("/threats/mark-as-threat", body).Status, "version 2.1 left it out")
	marked := func(body simtest.M) *simtest.Answer { return r.Old("/threats/mark-as-threat", body) }
	require.EqualValues(t, 1, marked(body).At("data.affected"))
	require.Equal(t, []any{"malicious", "true_positive"}, []any{info(r.Threat(id), "confidenceLevel"), info(r.Threat(id), "analystVerdict")})
	r.Clock.Pass(delay)
	require.Equal(t, "mitigated", info(r.Threat(id), "mitigationStatus"))
	marked(simtest.M{"filter": simtest.M{"ids": []string{id}}}).Refused(400, "data: targetScope: Missing data for required field.")
	marked(simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"targetScope": "world"}}).Refused(400, "data: targetScope: Must be one of: group, site, tenant.")
	r.Token = "wrong"
	marked(body).Refused(401, nil)
}
