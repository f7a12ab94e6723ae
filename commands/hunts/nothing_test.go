package hunts

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/observables"
	"s1bot/render"
	"s1bot/s1/huntapi"
	"s1bot/s1/s1sim"
)

// What was called by another case is found all the same, on both engines, by every query that is made from words or from what stood in a message.
func TestAHuntForANameFindsItInAnyCase(t *testing.T) {
	t.Parallel()
	const sha1 = "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"
	for _, age := range []s1sim.Age{s1sim.BeforeSDL, s1sim.Today} {
		synctest.Test(t, func(t *testing.T) { // Deep Visibility takes one query a minute
			time.Sleep(time.Until(huntNow))
			b := newBench(t, s1sim.Options{Empty: true, Agents: 20, Age: age})
			button := huntOnObservables()[0].Fill
			for form, what := range map[string]string{byProcess: "SVCHOST.EXE", bySHA1: sha1, byDomain: "Updates.EXAMPLE.com", byCommand: "SVCHOST", byHost: "desktop-1"} {
				found := b.runs("hunt" + day + "query=" + strings.NewReplacer("$what", what, "$host", what).Replace(form))
				require.NotContains(t, found.Title, "no events", form)
			}
			for kind, what := range map[observables.Kind]string{observables.SHA1: sha1, observables.Domain: "Updates.EXAMPLE.com"} {
				args, ok := button(observables.Observable{Kind: kind, Value: what})
				require.True(t, ok)
				require.NotContains(t, b.runs("hunt"+day+"query="+args.(map[string]any)["query"].(string)).Title, "no events", kind)
			}
			own := b.runs("hunt" + day + `query=TgtProcName Contains "SVCHOST.EXE"`)
			require.Contains(t, own.Title, "no events", "a query of one's own means what it says")
			require.Contains(t, own.Plain(), "No event matches this query between ")
			require.Contains(t, own.Plain(), "Contains tell upper from lower case")
		})
	}
}

// A hunt that found nothing says what it looked for, and no hunt from words blames the case.
func TestAHuntWithoutEventsSaysWhatWasSought(t *testing.T) {
	t.Parallel()
	for query, says := range map[string]string{
		strings.ReplaceAll(byProcess, "$what", "a.exe"):                                    "No process with a.exe in its name was seen on any endpoint between ",
		strings.ReplaceAll(bySHA256, "$what", "0f") + ` AND AgentName ContainsCIS "SRV-1"`: "No file or process with the SHA-256 0f was seen on any endpoint with SRV-1 in its name between ",
		strings.ReplaceAll(byIP, "$what", "203.0.113.9"):                                   "No connection to 203.0.113.9 was seen on any endpoint between ",
		strings.ReplaceAll(byHost, "$host", "SRV-1"):                                       "No event matches this query between ",
	} {
		h := &hunt{query: query, from: huntNow, to: huntNow}
		require.Contains(t, render.Card{Parts: []render.Part{h.nothing()}}.Plain(), says)
		require.Empty(t, h.caseMatters(), query)
	}
}

func TestAQueryThatTellsUpperFromLowerCaseIsNamed(t *testing.T) {
	t.Parallel()
	for query, engines := range map[string]string{
		`AgentName = "SRV"`: "both", `agentName = srv`: "both", `AgentName In ("SRV")`: "both", `a.b contains:matchcase 'x'`: "both", `a.b contains 'x'`: "dv", `AgentName In Contains ("x")`: "dv",
		`dst.port.number = 443 a.b contains:anycase 'x'`: "", `AgentName In Anycase ("SRV") AND a Contains Anycase "x"`: "", `DstIP = "203.0.113.9" AND AgentName ContainsCIS "x"`: "", `a.b = *`: "",
	} {
		for engine, name := range map[huntapi.HuntEngine]string{huntapi.DeepVisibility: "dv", huntapi.DataLake: "sdl"} {
			h := &hunt{query: query, state: huntState{Engine: engine}}
			require.Equal(t, engines == "both" || engines == name, h.caseMatters() != "", "%s %s", name, query)
		}
	}
}
