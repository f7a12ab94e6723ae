package filters

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
)

func query(t *testing.T, kind Kind, text string) (transport.Query, error) {
	t.Helper()
	filter, err := Parse(text)
	require.NoError(t, err, text)
	return filter.ToQuery(kind)
}

func TestAFilterBecomesAQuery(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		kind Kind
		text string
		want transport.Query
	}{
		{Threats, `{"computerName__contains":["DESKTOP","SRV"],"resolved":false,"limit":5}`,
			transport.Query{"computerName__contains": {"DESKTOP,SRV"}, "resolved": {"false"}}},
		{Threats, `{"createdAt__gte":"2026-11-20 14:00","updatedAt__lt":"2026-11-20 14:00:01"}`,
			transport.Query{"createdAt__gte": {"2026-11-20T14:00:00.000000Z"}, "updatedAt__lt": {"2026-11-20T14:00:01.000000Z"}}},
		{Threats, `{"createdAt__gte":"2026-11-20T16:00:00+02:00"}`, transport.Query{"createdAt__gte": {"2026-11-20T14:00:00.000000Z"}}},
		{Threats, `{"incidentStatuses":"In Progress","analystVerdictsNin":["True Positive"]}`,
			transport.Query{"incidentStatuses": {"in_progress"}, "analystVerdictsNin": {"true_positive"}}},
		{Alerts, `{"incidentStatus":["in_progress"],"severity":["high","CRITICAL"]}`,
			transport.Query{"incidentStatus": {"IN_PROGRESS"}, "severity": {"High,Critical"}}},
		{Agents, `{"isActive":true,"isDecommissioned":[true,"false"],"activeThreats__gt":2,"computerName":"a,b"}`,
			transport.Query{"isActive": {"true"}, "isDecommissioned": {"true,false"}, "activeThreats__gt": {"2"}, "computerName": {"a,b"}}},
		{Agents, `{"ids":[1845174760470303882],"query":null,"uuid":" "}`, transport.Query{"ids": {"1845174760470303882"}}},
		{Agents, `{"containerizedWorkloadCounts":{"a":1}}`, transport.Query{"containerizedWorkloadCounts": {`{"a":1}`}}},
	} {
		got, err := query(t, row.kind, row.text)
		require.NoError(t, err, row.text)
		require.Equal(t, row.want, got, row.text)
	}
}

func TestAWrongFilterSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	eleven := strings.TrimSuffix(strings.Repeat(`"abc",`, 11), ",")
	for _, row := range []struct {
		kind Kind
		text string
		want string
	}{
		{Threats, `{"computerName":"x"}`, `filter key "computerName" is unknown for threats`},
		{Alerts, `{"incidentStatuses":"x"}`, `filter key "incidentStatuses" is unknown for alerts`},
		{Alerts, `{"zzz":"x"}`, `"zzz" is unknown for alerts`},
		{Threats, `{"computerName__contains":["a"]}`, `at least 2 characters, not "a"`},
		{Threats, `{"computerName__contains":[` + eleven + `]}`, `at most 10 values, not 11`},
		{Threats, `{"computerName__contains":["a,b"]}`, `can't take "a,b"`},
		{Threats, `{"siteIds":[[1]]}`, `a list inside a list`},
		{Threats, `{"siteIds":{"a":1}}`, `doesn't take an object`},
		{Threats, `{"resolved":"maybe"}`, `takes true or false, not "maybe"`},
		{Threats, `{"resolved":[true,false]}`, `takes one value, not a list`},
		{Threats, `{"createdAt__gte":"soon"}`, `takes a time like`},
		{Threats, `{"limit":"all"}`, `takes a whole number`},
		{Threats, `{"incidentStatuses":["closed"]}`, `takes one of unresolved, in_progress, resolved, not "closed"`},
		{Agents, `{"containerizedWorkloadCounts":"x"}`, `takes an object`},
	} {
		_, err := query(t, row.kind, row.text)
		require.ErrorContains(t, err, row.want, row.text)
		var problem *Error
		require.ErrorAs(t, err, &problem)
	}
}

func TestEveryProblemOfAFilterIsListed(t *testing.T) {
	t.Parallel()
	filter, err := Parse(`{"zzz":1,"resolved":"maybe","query":"fine"}`)
	require.NoError(t, err)
	err = filter.Validate(Threats)
	require.ErrorContains(t, err, "zzz")
	require.ErrorContains(t, err, "maybe")
}

func TestAFilterThatRestrictsNothingIsEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `null`, `{"limit":10}`, `{"tenant":true,"countsFor":"x"}`, `{"siteIds":[]}`, `{"siteIds":null}`,
		`{"query":"  "}`, `{"siteIds":["",null]}`, `{"containerizedWorkloadCounts":{}}`, `{"isDecommissioned":[true,false]}`,
		`{"limit":1,"sortBy":"createdAt","ids":[]}`} {
		filter, err := Parse(text)
		require.NoError(t, err)
		require.True(t, filter.Empty(), text)
	}
	for _, text := range []string{`{"ids":["1"]}`, `{"resolved":false}`, `{"isActive":[true]}`, `{"activeThreats":0}`, `{"unknown":"x"}`} {
		filter, err := Parse(text)
		require.NoError(t, err)
		require.False(t, filter.Empty(), text)
	}
	require.True(t, Filter{}.Empty())
}

func TestAFilterKeepsItsOrderAndItsText(t *testing.T) {
	t.Parallel()
	const text = `{"z":1845174760470303882,"a":[ "x" ],"m":"<&>"}`
	filter, err := Parse(text)
	require.NoError(t, err)
	require.Equal(t, []string{"z", "a", "m"}, filter.Keys())
	require.Equal(t, text, filter.String())
	again, err := json.Marshal(filter)
	require.NoError(t, err)
	require.JSONEq(t, text, string(again))

	limited, err := Parse(`{"limit":"7"}`)
	require.NoError(t, err)
	n, has := limited.Limit()
	require.True(t, has)
	require.Equal(t, 7, n)
	_, has = filter.Limit()
	require.False(t, has)
}

func TestWhatIsNoObjectIsNoFilter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `"x"`, `5`, `{`, `{"a"`, `{"a":}`, `{"a":1}{"b":2}`, `{"a":1} x`, `{"a":1,"a":2}`} {
		_, err := Parse(text)
		require.Error(t, err, text)
	}
}

// The table of keys is compared with the vendor's list, where that is at hand.
func TestTheKeysAreTheVendors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(consoletest.Shared(), "filter-keys.json"))
	if err != nil {
		t.Log("the vendor's list of filter keys is not at hand; its sizes are checked alone")
		require.Len(t, Threats.Keys(), 99)
		require.Len(t, Agents.Keys(), 199)
		require.Len(t, Alerts.Keys(), 44)
		return
	}
	type vendorRule struct {
		Type, Items string
		Enum        []string
		MaxItems    int
	}
	var vendor map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &vendor))
	for _, kind := range []Kind{Threats, Agents, Alerts} {
		var keys map[string]vendorRule
		require.NoError(t, json.Unmarshal(vendor[kind.String()], &keys))
		require.Len(t, kind.Keys(), len(keys))
		for name, want := range keys {
			got, known := filterKeys[kind][name]
			require.True(t, known, "%s: %s", kind, name)
			require.ElementsMatch(t, want.Enum, keyValues[got.among], "%s: %s", kind, name)
			require.Contains(t, kindsOf(want.Type, want.Items), got.kind, "%s: %s", kind, name)
			if got.kind != containsValue {
				require.Equal(t, want.MaxItems, got.max, "%s: %s", kind, name)
			}
			require.Equal(t, got.kind == containsValue, strings.HasSuffix(name, "__contains"), name)
		}
	}
}

func kindsOf(kind, items string) []valueKind {
	return map[string][]valueKind{
		"array/string": {listValue, containsValue}, "array/boolean": {boolListValue}, "boolean/": {boolValue},
		"integer/": {intValue}, "object/": {objectValue}, "string/": {textValue, timeValue},
	}[kind+"/"+items]
}

func FuzzAFilterNeverSendsWhatItShouldNot(f *testing.F) {
	f.Add(`{"computerName__contains":["ab","c,d"],"limit":3,"x":{}}`)
	f.Add(`{"createdAt__gte":"2026-11-20 14:00","ids":[1,"2",null,true]}`)
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := Parse(text)
		if err != nil {
			return
		}
		require.True(t, json.Valid([]byte(filter.String())))
		query, err := filter.ToQuery(Threats)
		if err != nil {
			return
		}
		for key := range query {
			require.True(t, slices.Contains(Threats.Keys(), key), fmt.Sprint(key))
		}
		if filter.Empty() {
			for key, values := range query {
				require.True(t, slices.Contains(idle, key) || values[0] == "true,false" || values[0] == "false,true", "%s=%s", key, values)
			}
		}
	})
}

func TestAnEmptyListBesideOthersIsRefused(t *testing.T) {
	t.Parallel()
	f, err := Parse(`{"computerName__contains":["LAPTOP"],"ids":[]}`)
	require.NoError(t, err)
	require.ErrorContains(t, f.Validate(Agents), "ids: the list is empty")
}

// In an address a list is one text with commas, and so people write it. A part of a name may have a comma of its own.
func TestATextWithCommasIsAListWhereItCanBeNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"incidentStatuses":"unresolved, In Progress"}`:      "unresolved,in_progress",
		`{"ids":"1112953674841025235,1112953674841025236"}`:   "1112953674841025235,1112953674841025236",
		`{"ids":["1112953674841025235,1112953674841025236"]}`: "",
		`{"ids":","}`:                                          "",
		`{"ids":"1112953674841025235,"}`:                       "",
		`{"computerName__contains":"Smith, John"}`:             "",
		`{"incidentStatuses":"unresolved,nonsense"}`:           "",
		`{"mitigationStatuses":["not_mitigated","mitigated"]}`: "not_mitigated,mitigated",
	} {
		filter, err := Parse(text)
		require.NoError(t, err)
		query, err := filter.ToQuery(Threats)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, query.Get(filter.Keys()[0]), text)
	}
}
