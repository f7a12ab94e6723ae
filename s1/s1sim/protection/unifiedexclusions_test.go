package protection_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

const unifiedPath = "/unified-exclusions"

// unifiedBody is a new exclusion in the newer shape, for a site.
func unifiedBody(site string, change simtest.M) simtest.M {
	d := simtest.M{"exclusionName": "Backup", "modeType": "suppression", "engines": "suppress", "osType": "windows", "reason": "other", "threatType": "EDR",
		"type": "path", "value": `C:\Backup\`, "pathExclusionType": "subfolders"}
	maps.Copy(d, change)
	return simtest.M{"data": d, "filter": simtest.M{"scopeLevel": "site", "scopeLevelId": site}}
}

// The two lists are two shapes of the same things: ids are shared, and a mode is a kind of mode
// with what it needs.
func TestAUnifiedExclusionIsAnExclusion(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	site := r.SiteID("Paris")
	made := r.Post(unifiedPath, unifiedBody(site, nil))
	require.Equal(t, "suppress", made.At("data.0.engines"), made.Raw)
	require.Nil(t, made.At("data.0.interactionLevel"))
	id := made.At("data.0.id").(string)
	old := r.Get("/exclusions", "ids", id, "siteIds", site)
	require.Equal(t, "suppress", old.At("data.0.mode"))
	require.Equal(t, `C:\Backup\`, old.At("data.0.value"))

	changed := r.Send("PUT", unifiedPath, unifiedBody(site, simtest.M{"id": id, "modeType": "agent_interoperability", "engines": nil, "interactionLevel": "disable_all_monitors", "childProcess": true}))
	require.Equal(t, []any{"disable_all_monitors", true}, []any{changed.At("data.0.interactionLevel"), changed.At("data.0.childProcess")}, changed.Raw)
	require.Equal(t, "disable_all_monitors_deep", r.Get("/exclusions", "ids", id, "siteIds", site).At("data.0.mode"))
	listed := r.Get(unifiedPath, "ids", id, "siteIds", site)
	require.Equal(t, []any{"Backup", "other"}, []any{listed.At("data.0.exclusionName"), listed.At("data.0.reason")})

	gone := func(kind string) any {
		return r.Send("DELETE", unifiedPath, simtest.M{"data": simtest.M{"exclusions": []simtest.M{{"id": id, "type": kind}}}}).At("data.affected")
	}
	require.EqualValues(t, 0, gone("certificate"), "that one is of another type")
	require.EqualValues(t, 1, gone("path"))
	require.Empty(t, r.Get(unifiedPath, "ids", id, "siteIds", site).Rows())
}

func TestWhatAUnifiedExclusionNeeds(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	site := r.SiteID("Paris")
	for want, change := range map[string]simtest.M{
		"data: engines: Cannot be given together with interactionLevel.": {"interactionLevel": "disable_all_monitors"},
		"data: engines: Missing data for required field.":                {"engines": nil},
		"data: interactionLevel: Missing data for required field.":       {"engines": nil, "modeType": "agent_interoperability"},
		"data: surprise: Unknown field.":                                 {"surprise": true},
	} {
		r.Post(unifiedPath, unifiedBody(site, change)).Refused(400, want)
	}
	nowhere := unifiedBody(site, nil)
	nowhere["filter"] = simtest.M{"siteIds": []string{site}}
	r.Post(unifiedPath, nowhere).Refused(400, "filter: scopeLevel: Must be one of: group, site, account, tenant.")
	everywhere := unifiedBody(site, nil)
	everywhere["filter"] = simtest.M{"scopeLevel": "tenant"}
	require.Equal(t, "Global", r.Post(unifiedPath, everywhere).At("data.0.scopePath"))
	require.Equal(t, 400, r.Post(unifiedPath, everywhere).Status, "it is there already")
	require.Equal(t, 404, r.Send("PUT", unifiedPath, unifiedBody(site, simtest.M{"id": "225494730938493804"})).Status)
	r.Send("DELETE", unifiedPath, simtest.M{"data": simtest.M{"exclusions": []simtest.M{{"id": "1"}}}}).Refused(400, "data: exclusions: id and type are required.")
	r.Send("DELETE", unifiedPath, simtest.M{"data": simtest.M{}}).Refused(400, "data: exclusions: Missing data for required field.")
}

// A SHA-256 on the blocklist is beside a value, and the console searches values alone.
func TestAHashThatTheConsoleCannotSearch(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	const hash = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
	id := r.BlockSHA256(hash)
	require.Empty(t, r.Get("/restrictions", "value__contains", hash, "tenant", "true", "includeChildren", "true").Rows())
	require.Equal(t, hash, r.Get("/restrictions", "ids", id, "tenant", "true", "includeChildren", "true").At("data.0.sha256Value"))
}
