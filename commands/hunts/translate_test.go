package hunts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each operator and each kind of joint, with what it is in the language of the data lake.
func TestQueriesOfDeepVisibilityAreTranslatedWhereTheyMeanTheSame(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		`AgentName = "PC-7"`:                                                    `endpoint.name = 'PC-7'`,
		`agentname == PC-7`:                                                     `endpoint.name = 'PC-7'`,
		`SrcProcName Contains "evil"`:                                           `src.process.name contains:matchcase 'evil'`,
		`SrcProcName ContainsCIS "evil"`:                                        `src.process.name contains 'evil'`,
		`SrcProcName Contains Anycase "evil"`:                                   `src.process.name contains 'evil'`,
		`AgentName In ("a","b")`:                                                `endpoint.name in ('a', 'b')`,
		`AgentName In Anycase ("a", "b")`:                                       `endpoint.name in:anycase ('a', 'b')`,
		`SrcProcName In Contains ("a", "b")`:                                    `(src.process.name contains:matchcase 'a' or src.process.name contains:matchcase 'b')`,
		`SrcProcName In Contains Anycase ("a", "b")`:                            `(src.process.name contains 'a' or src.process.name contains 'b')`,
		`SiteID In ("1", "2")`:                                                  `(site.id = '1' or site.id = '2')`,
		`SrcProcCmdLine RegExp "^a\\.b$"`:                                       `src.process.cmdline matches '^a\\.b$'`,
		`TgtFilePath = "C:\\Users\\O'Brien"`:                                    `tgt.file.path = 'C:\\Users\\O\'Brien'`,
		`AgentName IS NOT EMPTY`:                                                `endpoint.name = *`,
		`AgentName EXISTS`:                                                      `endpoint.name = *`,
		`AgentName IS EMPTY`:                                                    `!( endpoint.name = * )`,
		`DstPort > 1024 AND DstPort <= 5000`:                                    `dst.port.number > 1024 and dst.port.number <= 5000`,
		`NOT EventType = "IP Connect"`:                                          `!( event.type = 'IP Connect' )`,
		`NOT (ObjectType = "ip" OR ObjectType = "dns")`:                         `!(event.category = 'ip' or event.category = 'dns')`,
		`AgentName = "a" AND (DstIP = "1.2.3.4" OR DnsRequest ContainsCIS "x")`: `endpoint.name = 'a' and (dst.ip.address = '1.2.3.4' or event.dns.request contains 'x')`,
		`AgentName = "a" and event.type contains 'x'`:                           `endpoint.name = 'a' and event.type contains 'x'`,
		`AgentName = "a" and tgt.process.name matches 'x' and a.b != 'c'`:       `endpoint.name = 'a' and tgt.process.name matches 'x' and a.b != 'c'`,
	} {
		got, err := translate(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, got, typed)
	}
}

func TestQueriesOfTheDataLakeAreSentAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		`event.type='Process Creation' endpoint.name='PC-7'`, `src.process.name contains:matchcase "x" or !(dst.port.number = *)`,
		`* contains 'x'`, `event.type = 'a' | group count() by b.c`, `severity > 4`, `event.type something new`, ``,
	} {
		got, err := translate(typed)
		require.NoError(t, err, typed)
		require.Equal(t, typed, got)
	}
}

// What may mean something else over there is refused, with the place and what to write.
func TestQueriesThatAreNotExactlyTheSameAreRefused(t *testing.T) {
	t.Parallel()
	for typed, says := range map[string]string{
		`processImagePath CONTAINS "svchost.exe"`:        `at character 1, "processImagePath": the data lake has no such field. Use src.process.image.path (who did it) or tgt.process.image.path`,
		`AgentName = "ü" AND sha1 = "x"`:                 `at character 21, "sha1": the data lake has no such field. Use tgt.file.sha1 or tgt.process.image.sha1 or module.sha1`,
		`SrcProcNam = "x"`:                               `did you mean SrcProcName`,
		`AgentName != "a"`:                               `at character 11, "!=": the data lake has no operator that does exactly this. Write NOT (field = "value")`,
		`AgentName STARTSWITH "a"`:                       `Contains finds the same and more`,
		`AgentName = "a" AND DstIP = "1" OR DstIP = "2"`: `at character 33, "OR": AND and OR side by side can be read in two ways. Put brackets`,
		`AgentName = `:                                   `it ends where I expected a value`,
		`AgentName`:                                      `it ends where I expected an operator`,
		`AgentName = "a" AND`:                            `it ends where I expected the name of a field`,
		`(AgentName = "a"`:                               `it ends where I expected a closing bracket`,
		`AgentName In ("a" "b")`:                         `here I expected a comma or a closing bracket`,
		`AgentName = ("a", "b")`:                         `this takes one value`,
		`event.type strangely 'x' and AgentName = "a"`:   `at character 12, "strangely": the data lake has no operator`,
		`AgentName = "a" ) `:                             `I don't know what this means here`,
		`AgentName = "a`:                                 `at character 13, ""a": a quote is not closed`,
		`AgentName = "a" AND = "b"`:                      `here I expected the name of a field`,
		`AgentName = "a" AND SrcProcName RegExp "x" AND nobody = "b"`: `"nobody": the data lake has no such field`,
	} {
		_, err := translate(typed)
		require.Error(t, err, typed)
		require.Contains(t, err.Error(), says, typed)
	}
}

func TestEachFieldHasOneCounterpart(t *testing.T) {
	t.Parallel()
	same, split := fieldTable(sameFields), fieldTable(splitFields)
	require.Len(t, same, 42)
	for name, to := range same {
		require.Contains(t, to, ".")
		require.NotContains(t, to, " ")
		require.NotContains(t, split, name)
		got, err := translate(strings.ToUpper(name) + ` = "x"`)
		require.NoError(t, err)
		require.Equal(t, to+" = 'x'", got)
	}
}
