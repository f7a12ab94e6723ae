package s1_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

const (
	ruleA      = s1.RuleID("1748812345678901234")
	siteA      = s1.SiteID("1392053568582758390")
	exclusionA = s1.ExclusionID("1748812345678908888")
	someSHA1   = "3395856ce81f2b7382dee72602f798b642f14140"
	someUUID   = "11b317f0acf1a0005b8d003d8da44476"
	affectsOne = `{"data":{"affected":1}}`
)

// What older consoles send: a scope as text, nulls, numbers as text.
const oddRule = `{"id":"1748812345678901234","name":null,"status":"ACTIVE","queryType":"events","queryLang":"2.0","s1ql":"x","expirationMode":"Temporary",
	"expiration":"2026-12-24T00:00:00Z","treatAsThreat":null,"networkQuarantine":"true","generatedAlerts":"42","scope":"site","scopeId":"1392053568582758390",
	"scheduledParams":{"runInterval":60},"correlationParams":null,"newInVersion25":1}`

func TestRulesOfEveryKindAreAskedFor(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[`+oddRule+`],"pagination":{"nextCursor":null}}`))
	rules, err := s1.Collect(console.Rules(t.Context(), s1.Query{}.With("status", "Active")))
	require.NoError(t, err)
	r := rules[0]
	require.Equal(t, s1.RuleActive, r.Status)
	require.Equal(t, s1.TreatUndefined, r.Treat())
	require.True(t, r.NetworkQuarantine)
	require.Equal(t, 42, r.GeneratedAlerts)
	require.Equal(t, s1.Scope{Sites: []s1.SiteID{siteA}}, r.Place())
	require.Contains(t, string(r.Raw), "newInVersion25")
	_, err = console.RulesByID(t.Context(), []s1.RuleID{ruleA})
	require.NoError(t, err)
	_, err = console.RulesPage(t.Context(), nil)
	require.NoError(t, err)
	for _, call := range console.Asked() {
		require.Equal(t, "/web/api/v2.1/cloud-detection/rules", call.Path)
		require.Contains(t, call.Query, "isLegacy=false")
	}
}

// PUT replaces the rule, so everything of it that can be set goes along.
func TestARuleIsSentWhole(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":`+oddRule+`}`))
	rule, err := console.CreateRule(t.Context(), s1.Scope{Tenant: true}, s1.RuleSettings{Name: "x"})
	require.NoError(t, err)
	s := rule.Settings()
	s.Name, s.Severity = "D3 <Rule>", s1.SeverityLow
	_, err = console.UpdateRule(t.Context(), ruleA, rule.Place(), s)
	require.NoError(t, err)
	call := console.Asked()[1]
	require.Equal(t, "PUT", call.Method)
	require.Equal(t, "/web/api/v2.1/cloud-detection/rules/1748812345678901234", call.Path)
	require.JSONEq(t, `{"filter":{"siteIds":["1392053568582758390"]},"data":{"name":"D3 <Rule>","queryType":"events","queryLang":"2.0","s1ql":"x","severity":"Low",
		"status":"Active","expirationMode":"Temporary","expiration":"2026-12-24T00:00:00.000000Z","treatAsThreat":"UNDEFINED","networkQuarantine":true,
		"scheduledParams":{"runInterval":60}}}`, call.Body)
	require.JSONEq(t, `{"filter":{"tenant":true},"data":{"name":"x","queryType":"","severity":"","status":"","expirationMode":""}}`, console.Asked()[0].Body)
}

// What deletes, disables and blocks goes out in the console's own shapes, with ids and nothing else.
func TestChangesOfTheProtectionNameIDs(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(affectsOne))
	for _, row := range []struct {
		method, path, body string
		do                 func() (s1.ActionResult, error)
	}{
		{"PUT", "cloud-detection/rules/enable", `{"filter":{"ids":["1748812345678901234"]}}`, func() (s1.ActionResult, error) { return console.EnableRules(t.Context(), []s1.RuleID{ruleA, ruleA}) }},
		{"PUT", "cloud-detection/rules/disable", `{"filter":{"ids":["1748812345678901234"]}}`, func() (s1.ActionResult, error) { return console.DisableRules(t.Context(), []s1.RuleID{ruleA}) }},
		{"DELETE", "cloud-detection/rules", `{"filter":{"ids":["1748812345678901234"]}}`, func() (s1.ActionResult, error) { return console.DeleteRules(t.Context(), []s1.RuleID{ruleA}) }},
		{"DELETE", "exclusions", `{"data":{"ids":["1748812345678908888"],"type":"path"}}`, func() (s1.ActionResult, error) {
			return console.DeleteExclusions(t.Context(), []s1.ExclusionID{exclusionA}, s1.ExcludePath)
		}},
		{"DELETE", "exclusions", `{"data":{"ids":["1748812345678908888"]}}`, func() (s1.ActionResult, error) {
			return console.DeleteExclusions(t.Context(), []s1.ExclusionID{exclusionA}, "")
		}},
		{"DELETE", "restrictions", `{"data":{"ids":["1234567891"],"type":"black_hash"}}`, func() (s1.ActionResult, error) { return console.Unblock(t.Context(), []s1.BlocklistID{"1234567891"}) }},
		{"DELETE", "threat-intelligence/iocs", `{"filter":{"accountIds":["433241117337583618"],"uuids":["11b317f0acf1a0005b8d003d8da44476"]}}`, func() (s1.ActionResult, error) {
			return console.DeleteIOCs(t.Context(), []s1.AccountID{consoletest.AccountA}, []string{someUUID})
		}},
		{"POST", "threats/add-to-blacklist", `{"data":{"targetScope":"site","description":"d"},"filter":{"collectionIds":["947000000000000369"],"siteIds":["1392053568582758390"]}}`, func() (s1.ActionResult, error) {
			return console.BlockThreats(t.Context(), []string{"947000000000000369"}, siteA, "site", "d")
		}},
	} {
		result, err := row.do()
		require.NoError(t, err, row.path)
		require.Equal(t, 1, result.Affected)
		calls := console.Asked()
		call := calls[len(calls)-1]
		require.Equal(t, row.method, call.Method)
		require.Equal(t, "/web/api/v2.1/"+row.path, call.Path)
		require.JSONEq(t, row.body, call.Body)
	}
}

// An empty list, an empty scope and a rule for any host would all mean everything.
func TestNothingMeansNothing(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(affectsOne))
	ctx := t.Context()
	hosts := []s1.RemoteHost{{Type: s1.HostAddresses, Values: []string{"203.0.113.9"}}}
	for name, do := range map[string]func() error{
		"enable": func() error { _, err := console.EnableRules(ctx, nil); return err },
		"delete": func() error { _, err := console.DeleteRules(ctx, []s1.RuleID{}); return err },
		"by id":  func() error { _, err := console.RulesByID(ctx, nil); return err },
		"path": func() error {
			_, err := console.UpdateRule(ctx, "enable", s1.Scope{Tenant: true}, s1.RuleSettings{})
			return err
		},
		"rule": func() error { _, err := console.CreateRule(ctx, s1.Scope{}, s1.RuleSettings{}); return err },
		"exclude": func() error {
			_, err := console.CreateExclusion(ctx, s1.Scope{Sites: []s1.SiteID{""}}, s1.ExclusionSettings{})
			return err
		},
		"change":    func() error { _, err := console.UpdateExclusion(ctx, "", s1.ExclusionSettings{}); return err },
		"unexclude": func() error { _, err := console.DeleteExclusions(ctx, nil, s1.ExcludePath); return err },
		"block":     func() error { _, err := console.BlockHash(ctx, s1.Scope{}, someSHA1, "linux", ""); return err },
		"no hash":   func() error { _, err := console.BlockHash(ctx, s1.Scope{Tenant: true}, "x", "linux", ""); return err },
		"unblock":   func() error { _, err := console.Unblock(ctx, nil); return err },
		"threats":   func() error { _, err := console.BlockThreats(ctx, nil, siteA, "site", ""); return err },
		"nowhere":   func() error { _, err := console.BlockThreats(ctx, []string{"1"}, "", "site", ""); return err },
		"Site":      func() error { _, err := console.BlockThreats(ctx, []string{"1"}, siteA, "Site", ""); return err },
		"all iocs": func() error {
			_, err := console.DeleteIOCs(ctx, []s1.AccountID{consoletest.AccountA}, nil)
			return err
		},
		"no uuid": func() error {
			_, err := console.DeleteIOCs(ctx, []s1.AccountID{consoletest.AccountA}, []string{"IPv4"})
			return err
		},
		"iocs": func() error { _, err := console.DeleteIOCs(ctx, nil, []string{someUUID}); return err },
		"ioc":  func() error { _, err := console.CreateIOC(ctx, nil, s1.IOCSettings{}); return err },
		"firewall": func() error {
			_, err := console.BlockRemoteHosts(ctx, s1.Scope{}, s1.BlockSettings{RemoteHosts: hosts})
			return err
		},
		"no hosts": func() error {
			_, err := console.BlockRemoteHosts(ctx, s1.Scope{Tenant: true}, s1.BlockSettings{})
			return err
		},
		"any": func() error {
			_, err := console.BlockRemoteHosts(ctx, s1.Scope{Tenant: true}, s1.BlockSettings{RemoteHosts: []s1.RemoteHost{{Type: "any", Values: []string{"x"}}}})
			return err
		},
		"hash": func() error { _, err := console.HashReputation(ctx, "../../system"); return err },
	} {
		require.Error(t, do(), name)
	}
	require.Empty(t, console.Asked())
}

// A console without the older path makes one place at a time. Where a later one fails, the message itself says what is made already:
// people see the message of the console's error and nothing around it.
func TestAnExclusionThatIsMadeInSomePlacesSaysSo(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(
		consoletest.Status(http.StatusNotFound, `{"errors":[{"code":4040010,"title":"Not found"}]}`),
		consoletest.OK(`{"data":[{"id":"1748812345678908888","value":"x"}]}`),
		consoletest.Status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`),
	))
	_, err := console.CreateExclusion(t.Context(), s1.Scope{Sites: []s1.SiteID{siteA, "1392053568582758391"}}, s1.ExclusionSettings{Type: s1.ExcludePath, Value: "/x", OSType: "linux"})
	e := consoletest.AsError(t, err)
	require.Equal(t, http.StatusForbidden, e.Status)
	require.Equal(t, "It is in 1 of 2 places already. Insufficient permissions", e.Message)
}

// The answers that make something are lists on some paths and objects on others.
func TestWhatIsMadeComesAsAListOrAlone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"data":[{"id":"1","value":"x","scope":null,"osType":3}]}`, `{"data":{"id":"1","value":"x"}}`} {
		console := consoletest.Start(t, consoletest.OK(body))
		made, err := console.CreateExclusion(t.Context(), s1.Scope{Sites: []s1.SiteID{siteA}}, s1.ExclusionSettings{Type: s1.ExcludePath, Value: `C:\<x>\`, OSType: "windows"})
		require.NoError(t, err)
		require.Equal(t, "x", made[0].Value)
		require.JSONEq(t, `{"data":{"type":"path","value":"C:\\<x>\\","osType":"windows","source":"user"},"filter":{"siteIds":["1392053568582758390"]}}`, console.Asked()[0].Body)
	}
	console := consoletest.Start(t, consoletest.OK(`{"data":[]}`))
	made, err := console.BlockHash(t.Context(), s1.Scope{Sites: []s1.SiteID{siteA}}, strings.ToUpper(someSHA1), "macos", "")
	require.ErrorContains(t, err, "doesn't name anything it created")
	require.True(t, consoletest.AsError(t, err).Unknown())
	require.Empty(t, made)
	require.JSONEq(t, `{"data":{"type":"black_hash","value":"`+someSHA1+`","osType":"macos","source":"user"},"filter":{"siteIds":["1392053568582758390"]}}`, console.Asked()[0].Body)

	console = consoletest.Start(t, consoletest.OK(`<html>`))
	_, err = console.CreateIOC(t.Context(), []s1.AccountID{consoletest.AccountA}, s1.IOCSettings{Type: s1.IOCIPv4, Value: "192.0.2.1", Source: "x", ValidUntil: time.Unix(2e9, 0)})
	require.True(t, consoletest.AsError(t, err).Unknown(), "it may have been made")
	require.JSONEq(t, `{"filter":{"accountIds":["433241117337583618"]},"data":[{"source":"x","type":"IPV4","value":"192.0.2.1","method":"EQUALS","validUntil":"2033-05-18T03:33:20.000000Z"}]}`, console.Asked()[0].Body)
}

func TestReputationsComeFromWhicheverPathThereIs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		answers []http.HandlerFunc
		verdict s1.HashVerdict
		rank    string
	}{
		{"verdict", []http.HandlerFunc{consoletest.OK(`{"data":{"verdict":"malicious"}}`)}, s1.HashMalicious, ""},
		{"nobody has seen it", []http.HandlerFunc{consoletest.OK(`{"data":{}}`)}, s1.HashUnknown, ""},
		{"rank", []http.HandlerFunc{consoletest.Status(404, `{}`), consoletest.OK(`{"data":{"rank":"5"}}`)}, s1.HashMalicious, "5"},
		{"number", []http.HandlerFunc{consoletest.Status(405, ``), consoletest.OK(`{"data":{"rank":4}}`)}, s1.HashBenign, "4"},
	} {
		console := consoletest.Start(t, consoletest.Answering(row.answers...))
		r, err := console.HashReputation(t.Context(), strings.ToUpper(someSHA1))
		require.NoError(t, err, row.name)
		require.Equal(t, row.verdict, r.Verdict, row.name)
		require.Equal(t, row.rank, r.Rank, row.name)
		require.Equal(t, "/web/api/v2.1/hashes/"+someSHA1+"/verdict", console.Asked()[0].Path)
	}
	console := consoletest.Start(t, consoletest.Status(403, `{}`))
	_, err := console.HashReputation(t.Context(), someSHA1)
	require.ErrorIs(t, err, s1.ErrForbidden)
	require.Len(t, console.Asked(), 1)
}

func TestAFirewallRuleBlocks(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"id":"1","name":"n","scopeId":["1"]}}`))
	_, err := console.BlockRemoteHosts(t.Context(), s1.Scope{Groups: []s1.GroupID{"1392053568582758391"}}, s1.BlockSettings{
		Name: "n", Status: "Enabled", Action: "Allow", OSTypes: []s1.OSType{"windows"}, RemoteHosts: []s1.RemoteHost{{Type: s1.HostFQDN, Values: []string{"evil.example"}}},
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"data":{"name":"n","status":"Enabled","action":"Block","osTypes":["windows"],"remoteHosts":[{"type":"fqdn","values":["evil.example"]}]},
		"filter":{"groupIds":["1392053568582758391"]}}`, console.Asked()[0].Body)
}

func TestTheBlocklistIsNeverTheListOfExclusions(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[]}`))
	_, err := console.BlocklistPage(t.Context(), nil)
	require.NoError(t, err)
	_, err = console.BlocklistByID(t.Context(), []s1.BlocklistID{"1234567891"})
	require.NoError(t, err)
	require.Equal(t, "type=black_hash", console.Asked()[0].Query)
	require.Equal(t, "ids=1234567891&includeChildren=true&includeParents=true&limit=1&type=black_hash", console.Asked()[1].Query)
}
