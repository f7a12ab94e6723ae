package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// samples is where recorded answers lie beside a working copy; they are no part of the repository.
const samples = "../../../shared/s1-api/samples/"

// Real consoles' objects, as their users recorded them, are shown by the commands that list them, and so is each of them with one value
// or its frame changed: see TestEveryCommandReadsOddAnswers.
func TestRecordedAnswersAreShownWhateverIsOddInThem(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]struct{ key, files string }{
		"list-agents":                     {"GET agents", "agents_response__*"},
		"get-threat":                      {"GET threats", "threat__*"},
		"get-threat-analysis":             {"GET private/threats/", "threat_analysis_response__*"},
		"get-alerts":                      {"GET cloud-detection/alerts", "alert__*"},
		"get-activities":                  {"GET activities", "activit*"},
		"get-groups":                      {"GET groups", "group__*"},
		"get-black-list":                  {"GET restrictions", "restrictions_response__*"},
		"list-iocs":                       {"GET threat-intelligence/iocs", "ioc__*"},
		"get-events-by-query-id-and-type": {"GET dv/events", "dv_events_response__*"},
		"get-script-task-status":          {"GET remote-scripts/status", "remote_script_status__*"},
		"get-query-status":                {"GET dv/query-status", "dv_query_status_response__*"},
		"ping-power-query":                {"GET dv/events/pq-ping", "dv_power_query__*"},
		"get-exclusions":                  {"GET unified-exclusions", "unified_exclusions_response__*"},
		"list-unified-alerts":             {"POST unifiedalerts/graphql", "unified_alert*"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(samples + from.files)
			require.NoError(t, err)
			if len(files) == 0 {
				t.Skip("NOT CHECKED: no recorded answers at hand")
			}
			cmd, _ := commands.All().Find(name)
			synctest.Test(t, func(t *testing.T) { breed(t, cmd).meetsRecorded(from.key, files) })
		})
	}
}

// closedFor are the routes that a console lacks which answers the recorded one.
var closedFor = map[string]string{"GET unified-exclusions": "GET exclusions"}

func (m *mutant) meetsRecorded(key string, files []string) {
	body := framedSamples(m.t, key, files)
	if closed := closedFor[key]; closed != "" {
		m.tape.closed = &shot{key: closed, status: http.StatusNotFound, header: http.Header{}, body: []byte(`{"errors":[{"code":4040010,"title":"Not Found"}]}`)}
		m.tape.shots = slices.DeleteFunc(m.tape.shots, func(s *shot) bool { return s.key == closed })
		m.tape.shots = append(m.tape.shots, &shot{key: key, status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}})
	}
	for _, s := range m.tape.shots {
		if strings.HasPrefix(s.key, key) {
			s.body = body
		}
	}
	m.base = m.run()
	require.NoError(m.t, m.base.err)
	m.requireSane("as recorded", m.base)
	assert.NotContains(m.t, m.base.text(), "· none")
	m.meetsOddValues()
	m.meetsOddFrames()
}

// framedSamples is one answer with all rows of the files or, where a route answers with an object, that of the first.
func framedSamples(t testing.TB, key string, files []string) []byte {
	var rows []any
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		sample, err := parseAnswer(body)
		require.NoError(t, err, file)
		data := alertOf(sample)
		if object, ok := data.(map[string]any); ok && object["data"] != nil {
			data = object["data"]
		}
		if list, ok := data.([]any); ok {
			rows = append(rows, list...)
			continue
		}
		rows = append(rows, data)
	}
	switch {
	case strings.HasSuffix(key, "graphql"):
		return encoded(map[string]any{"data": map[string]any{"alerts": graphQLList(rows)}})
	case strings.Contains(key, "private"), strings.HasSuffix(key, "query-status"), strings.HasSuffix(key, "pq-ping"):
		return encoded(map[string]any{"data": rows[0]})
	}
	return encoded(map[string]any{"data": rows, "pagination": map[string]any{"totalItems": json.Number("1"), "nextCursor": nil}})
}

// alertOf is the alert in an answer of GraphQL; other answers stay as they are.
func alertOf(answer any) any {
	for _, way := range [][]string{{"data", "alert"}, {"data", "alertWithRawIndicators", "alert"}, {"data", "alerts", "edges", "*", "node"}} {
		if at := valueAt(answer, way); at != nil {
			return at
		}
	}
	return answer
}

// valueAt is what stands at a place, in the first row of each list on the way; nil if there is nothing.
func valueAt(v any, way place) any {
	for _, key := range way {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			if len(in) == 0 {
				return nil
			}
			v = in[0]
		default:
			return nil
		}
	}
	return v
}

// graphQLList is a list as GraphQL has it.
func graphQLList(rows []any) map[string]any {
	var edges []any
	for _, row := range rows {
		edges = append(edges, map[string]any{"cursor": "c", "node": row})
	}
	return map[string]any{"edges": edges, "pageInfo": map[string]any{"hasNextPage": false, "endCursor": nil}, "totalCount": len(rows)}
}

// oddRows are a recorded threat or alert as it came and with oddities; each has an id and a name of its own, and is new.
func oddRows(t testing.TB, files, info, id, name string, odd []func(row map[string]any)) (rows []any, names []string) {
	paths, err := filepath.Glob(samples + files)
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skip("NOT CHECKED: no recorded answers at hand")
	}
	for _, change := range odd {
		for _, path := range paths {
			body, err := os.ReadFile(path)
			require.NoError(t, err)
			row, err := parseAnswer(body)
			require.NoError(t, err)
			object := row.(map[string]any)
			facts := object[info].(map[string]any)
			number := strconv.Itoa(2618463721884870000 + len(rows))
			object["id"], facts[id] = number, number
			for _, key := range []string{"createdAt", "updatedAt", "identifiedAt", "reportedAt"} {
				facts[key] = time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
			}
			facts["storyline"] = number
			where := facts
			if rule, ok := object["ruleInfo"].(map[string]any); ok {
				where = rule
			}
			where[name] = "odd-" + number
			change(object)
			rows, names = append(rows, object), append(names, "odd-"+number)
		}
	}
	return rows, names
}

// Recorded threats and alerts, and what else consoles make of such rows, reach their channels: as cards, and where
// they are many, as rows of a digest that counts each one.
func TestRecordedRowsBecomeCardsWithoutLoss(t *testing.T) {
	t.Parallel()
	odd := func(info string) []func(map[string]any) {
		facts := func(row map[string]any) map[string]any { return row[info].(map[string]any) }
		return []func(map[string]any){
			func(map[string]any) {},
			func(row map[string]any) { row["agentRealtimeInfo"] = nil },
			func(row map[string]any) { delete(row, "agentDetectionInfo"); row["neverSeen"] = []any{nil} },
			func(row map[string]any) { row["id"] = json.Number(row["id"].(string)) },
			func(row map[string]any) {
				facts(row)["createdAt"] = strings.TrimSuffix(facts(row)["createdAt"].(string), "Z")
			},
			func(row map[string]any) {
				facts(row)["confidenceLevel"], facts(row)["incidentStatus"], facts(row)["analystVerdict"] = "never_seen_7", "never_seen_8", nil
			},
		}
	}
	var rows map[string][]any // by path
	var released atomic.Int32 // of each kind; none before rows are there
	s := simulate(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var list []any
			if n := int(released.Load()); n > 0 {
				list = rows[r.URL.Path]
				list = list[:min(len(list), n)]
			}
			if len(list) == 0 {
				h.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(encoded(map[string]any{"data": list, "pagination": map[string]any{"nextCursor": nil, "totalItems": len(list)}}))
		})
	})
	c, err := readConfig(s.environ)
	require.NoError(t, err)
	s.config = c
	s.start()
	t.Cleanup(func() { s.stop() })
	// Only now: what was made before the first start is history for a feed that meets it at its first look, and the two feeds take theirs
	// at different times.
	threats, threatNames := oddRows(t, "threat__*", "threatInfo", "threatId", "threatName", odd("threatInfo"))
	alerts, alertNames := oddRows(t, "alert__*", "alertInfo", "alertId", "name", odd("alertInfo"))
	rows = map[string][]any{"/web/api/v2.1/threats": threats, "/web/api/v2.1/cloud-detection/alerts": alerts}
	released.Store(3)
	for channel, names := range map[string][]string{"#threats": threatNames, "#alerts": alertNames} {
		for _, name := range names[:3] {
			s.sees(channel, name)
		}
	}
	released.Store(int32(len(threats)))
	s.sees("#threats", strconv.Itoa(len(threats)-3)+" new threats")
	for _, name := range alertNames[3:] {
		s.sees("#alerts", name)
	}
	require.Empty(t, s.slack.Violations())
}
