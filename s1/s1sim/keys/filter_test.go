package keys_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

const (
	idA = "1845174760470303882"
	idB = "1834780238610855645"
)

func legal() keys.Table {
	return keys.Of(
		keys.IDs("ids", "id"), keys.Scope("siteIds", "siteId"), keys.OneOfOrNot("osTypes", "os", "windows", "linux"), keys.Just("kind", "kind"), keys.Contains(2, "name", "name", "alias"), keys.Yes("active", "active"),
		keys.YesList("flags", "active"), keys.Span(keys.Moment, "createdAt", "createdAt", "lt lte gt gte between"), keys.Span(keys.Integer, "cores", "cores", "gte between"), keys.Search("query", "name", "alias"),
		keys.Tags("tags", "tags"), keys.Legal("ignored", keys.Textual), keys.Count("n"), keys.YesDerived("big", func(o wire.Object) bool { return wire.Text(o, "cores") == "16" }),
		[]keys.Key{{Name: "limit", Kind: keys.Integer}},
	)
}

// things are two objects: a, an active Windows machine with 4 cores, and b, a Linux machine with 16.
func things() []wire.Object {
	return []wire.Object{
		{"id": idA, "siteId": idB, "os": "windows", "kind": "laptop", "name": "DESKTOP-1", "active": true, "createdAt": "2026-11-20T14:00:00.000000Z", "cores": 4, "n": 1,
			"tags": []any{wire.Object{"key": "tier", "value": "0"}}},
		{"id": idB, "siteId": idA, "os": "linux", "kind": "server", "name": "SRV", "alias": "desk of joe", "active": false, "createdAt": "2026-11-21T14:00:00.000000Z", "cores": 16, "n": 2},
	}
}

// Keys are ANDed, the values of a key ORed; an empty list selects everything, as it does out there.
func TestAFilterSelectsWhatItsKeysSay(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "ab", "ids=": "ab", "ids=" + idA: "a", "ids=" + idA + "," + idB: "ab", "ids=" + idA + "&osTypes=linux": "", "siteIds=" + idA: "b", "osTypesNin=linux": "a", "kind=server": "b",
		"name__contains=desk": "ab", "name__contains=SRV": "b", "active=true": "a", "flags=true,false": "ab", "createdAt__lt=2026-11-21T00:00:00Z": "a", "createdAt__gte=2026-11-21T14:00:00Z": "b",
		"createdAt__between=1763647200000-1795200000000": "a", "cores__gte=5": "b", "cores__between=4-8": "a", "query=joe": "b", "n=2": "b", "big=true": "b", "ignored=anything": "ab",
		`tags={"tier":["0"]}`: "a", `tags={"tier__nin":["0"]}`: "b", "tags=no json": "",
	} {
		values, err := url.ParseQuery(url.PathEscape(query))
		require.NoError(t, err)
		f, err := legal().FromQuery(values, nil)
		require.NoError(t, err, query)
		got := ""
		for i, o := range things() {
			if f.Keep(o) {
				got += string(rune('a' + i))
			}
		}
		require.Equal(t, want, got, query)
	}
}

// As strict as the service: an unknown key and a value of another kind are a 400 in its words, and all of them are told at once.
func TestAWrongFilterIsRefusedInTheServicesWords(t *testing.T) {
	t.Parallel()
	for want, filter := range map[string]wire.Object{
		"dict_values(['agentIds', 'x']): Unknown field":                                      {"agentIds": []any{}, "x": 1, "ids": []any{"bad"}},
		"filter: ids: 0: Not a valid Identifier.":                                            {"ids": []any{"123"}},
		"filter: ids: Not a valid list.":                                                     {"ids": idA},
		"filter: siteIds: Shorter than minimum length 1.":                                    {"siteIds": []any{}},
		"filter: name__contains: Longer than maximum length 2.":                              {"name__contains": []any{"aa", "bb", "cc"}},
		"filter: name__contains: 0: Shorter than minimum length 2.":                          {"name__contains": []any{"a"}},
		`filter: osTypes: 0: "beos" is not a valid choice.`:                                  {"osTypes": []any{"beos"}},
		"filter: active: Not a valid boolean., filter: createdAt__lt: Not a valid datetime.": {"active": "maybe", "createdAt__lt": "yesterday"},
		"filter: cores__gte: Not a valid integer.":                                           {"cores__gte": "many"},
		"filter: cores__between: Not a valid range.":                                         {"cores__between": "4"},
		"filter: kind: Field may not be null.":                                               {"kind": nil},
		"filter: kind: Not a valid string.":                                                  {"kind": 7},
		"filter: limit: Must be between 1 and 1000.":                                         {"limit": 5000},
	} {
		_, err := legal().FromBody(wire.Object{"filter": filter})
		require.ErrorContains(t, err, want)
	}
	_, err := legal().FromBody(wire.Object{})
	require.ErrorContains(t, err, "filter: Missing data for required field.")
	_, err = legal().FromBody(wire.Object{"filter": []any{}})
	require.ErrorContains(t, err, "filter: Invalid input type.")
	all, err := legal().FromBody(wire.Object{"filter": wire.Object{"ids": []any{}, "limit": 5}})
	require.NoError(t, err)
	require.True(t, all.Keep(wire.Object{}), "{} is legal and means everything")
	require.False(t, all.Has("ids"))
	require.Equal(t, 5, all.Limit)
}

// A cursor goes with its own question only.
func TestAFingerprintIsOfTheQuestion(t *testing.T) {
	t.Parallel()
	read := func(query string) keys.Filter {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		f, err := legal().FromQuery(values, []string{"cursor"})
		require.NoError(t, err)
		return f
	}
	one := read("active=true&kind=x&cursor=1").Fingerprint("/agents", "id", false)
	require.Equal(t, one, read("kind=x&active=true&cursor=2").Fingerprint("/agents", "id", false), "the order of keys means nothing")
	for _, other := range []uint64{read("active=false&kind=x").Fingerprint("/agents", "id", false), read("active=true&kind=x").Fingerprint("/threats", "id", false), read("active=true&kind=x").Fingerprint("/agents", "id", true)} {
		require.NotEqual(t, one, other)
	}
}

// The bodies that make or change things: what is unknown is told first, then all that is missing or of the wrong kind.
func TestABodyIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	fields := []keys.Member{keys.Need("name", keys.Textual).UpTo(5), keys.May("kind", keys.Textual, "a", "b"), keys.May("ids", keys.Ident).Several()}
	for want, data := range map[string]wire.Object{
		"":                             {"name": "x", "kind": nil, "ids": []any{idA}},
		"data: colour: Unknown field.": {"colour": "red", "name": 7},
		"data: name: Missing data for required field., data: kind: \"c\" is not a valid choice.": {"kind": "c"},
		"data: name: Longer than maximum length 5.":                                              {"name": "abcdef"},
		"data: name: Not a valid string., data: ids: 0: Not a valid Identifier.":                 {"name": 7, "ids": []any{"1"}},
		"data: name: Field may not be null.":                                                     {"name": nil},
	} {
		err := keys.Check(data, "data", fields)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}

// Deletions take no filter, and no empty list of ids.
func TestADeletionNamesItsIDs(t *testing.T) {
	t.Parallel()
	ids, of, err := keys.WantedIDs(&wire.Request{Raw: []byte(`{"data":{"ids":["` + idA + `"],"type":"path"}}`)}, "path", "hash")
	require.NoError(t, err)
	require.Equal(t, []string{idA}, ids)
	require.Equal(t, "path", of)
	for raw, want := range map[string]string{
		`{}`: "data: Missing data for required field.", `{"data":[]}`: "data: Invalid input type.", `{"data":{"ids":[]}}`: "Shorter than minimum length 1.", `{"data":{}}`: "Missing data",
		`{"data":{"ids":["` + idA + `"],"type":"x"}}`: "is not a valid choice.", `[`: "Invalid JSON body.",
	} {
		_, _, err := keys.WantedIDs(&wire.Request{Raw: []byte(raw)}, "path", "hash")
		require.ErrorContains(t, err, want, raw)
	}
}
