package eventql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/eventql"
)

func created() map[string]any {
	return map[string]any{
		"id": "7", "eventType": "Process Creation", "objectType": "process", "agentName": "PC-1", "siteId": "42", "createdAt": "2026-11-22T18:00:00.000Z",
		"processName": "evil.exe", "processCmd": "evil.exe -x", "parentProcessName": "explorer.exe", "pid": "12", "dstPort": "443",
	}
}

func TestBothLanguagesOnOneEvent(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		`agentName = "PC-1" AND processName ContainsCIS "EVIL"`: true, `agentName IN ("a", "PC-1")`: true, `agentName <> "PC-1"`: false,
		`NOT (agentName = a OR pid IS EMPTY)`: true, `processCmd STARTSWITH "evil" AND processCmd ENDSWITH "-x"`: true, `srcIp EXISTS`: false,
	} {
		test, err := eventql.ParseOne(query)
		require.NoError(t, err, query)
		require.Equal(t, want, test(created()), query)
	}
	for query, want := range map[string]bool{
		``: true, `tgt.process.name = 'evil.exe' src.process.name = 'explorer.exe'`: true, `src.process.name = 'evil.exe'`: false,
		`site.id = '42' and (event.type in ('x', 'Process Creation') or a.b = *)`: true, `!(tgt.process.cmdline contains 'EVIL')`: false,
		`tgt.process.cmdline contains:matchcase 'EVIL'`: false, `dst.port.number >= 443 dst.port.number < 444 dst.port.number <= 443 not dst.port.number > 443`: true,
		`tgt.process.name matches '^e.*\\.exe$'`: true, `event.time = * event.type != 'Login'`: true, `endpoint.name == "PC-1"`: true, `agentName = 'PC-1'`: false,
	} {
		test, err := eventql.ParseTwo(query)
		require.NoError(t, err, query)
		require.Equal(t, want, test(created()), query)
	}
}

// A name in the wrong case is found by the operators that the vendor says take no notice of it, and by no others.
func TestOperatorsTellUpperFromLowerCaseAsTheServiceDoes(t *testing.T) {
	t.Parallel()
	parsers := map[string]func(string) (func(map[string]any) bool, error){"processName ": eventql.ParseOne, "tgt.process.name ": eventql.ParseTwo}
	for field, terms := range map[string]map[string]bool{
		"processName ": {
			`= "EVIL.EXE"`: false, `In ("EVIL.EXE")`: false, `In Anycase ("EVIL.EXE")`: true, `Contains "EVIL"`: false, `ContainsCIS "EVIL"`: true, `Contains Anycase "EVIL"`: true,
			`In Contains ("EVIL")`: false, `In Contains Anycase ("EVIL")`: true, `StartsWith "EVIL"`: false, `StartsWithCIS "EVIL"`: true, `EndsWith "EXE"`: false, `EndsWithCIS "EXE"`: true,
		},
		"tgt.process.name ": {
			`= 'EVIL.EXE'`: false, `in ('EVIL.EXE')`: false, `in:matchcase ('EVIL.EXE')`: false, `in:anycase ('EVIL.EXE')`: true, `contains 'EVIL'`: true, `contains:anycase 'EVIL'`: true,
			`contains:matchcase 'EVIL'`: false, `matches '^EVIL'`: true, `matches:matchcase '^EVIL'`: false, `matches:matchcase '^evil'`: true,
		},
	} {
		for term, want := range terms {
			test, err := parsers[field](field + term)
			require.NoError(t, err, term)
			require.Equal(t, want, test(created()), term)
		}
	}
}

func TestWhatNoLanguageHas(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"agentName", "agentName ~ x", `"open`, "nobody = x", "(agentName = a", "agentName IN (a b)", "agentName = a b"} {
		_, err := eventql.ParseOne(query)
		require.Error(t, err, query)
	}
	for query, says := range map[string]string{
		"*": "[*]", "a.b": "[a.b]", "a.b like 'x'": "[like]", "(a.b = 'c'": "entire", "a.b in 'c'": "['c']", "a.b in ('c' 'd')": "['d']", "a.b = =": "[=]", "a.b matches '('": "regular", `"open`: "entire", "a.b = 'c' )": "[)]",
	} {
		_, err := eventql.ParseTwo(query)
		require.ErrorContains(t, err, says, query)
	}
}

func TestAPowerQueryIsAPipe(t *testing.T) {
	t.Parallel()
	other := created()
	other["agentName"] = "PC-2"
	events := []map[string]any{created(), other, created()}
	table, err := eventql.RunPower("event.type = 'Process Creation' | group n = count() by endpoint.name | sort -n | limit 1", events, eventql.LakeConditions)
	require.NoError(t, err)
	require.Equal(t, []any{[]any{2, "PC-1"}}, table.Rows)
	table, err = eventql.RunPower("| filter endpoint.name = 'PC-2' | columns at = event.time, host = endpoint.name", events, eventql.Conditions)
	require.NoError(t, err)
	require.Equal(t, []any{map[string]any{"name": "at", "type": "STRING"}, map[string]any{"name": "host", "type": "STRING"}}, table.Columns)
	for _, query := range []string{"* | sing", "* | limit x", "* | columns nobody", "* | sort nobody", "* | group x by y", "* |", `"`} {
		_, err := eventql.RunPower(query, events, eventql.LakeConditions)
		require.Error(t, err, query)
	}
}
