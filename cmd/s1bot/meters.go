package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"s1bot/s1"
)

// meters counts what operators watch. It has a handful of series; a metrics library would be larger than what it measures.
type meters struct {
	mu    sync.Mutex
	calls map[call]tally
}

// call is one kind of call to the console. The route has placeholders for ids, so there are few.
type call struct {
	method, route string
	status        int
}

type tally struct {
	count int
	took  time.Duration
}

func (m *meters) observe(o s1.Observation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls == nil {
		m.calls = map[call]tally{}
	}
	key := call{o.Method, o.Route, o.Status}
	t := m.calls[key]
	m.calls[key] = tally{t.count + 1, t.took + o.Duration}
}

// metrics writes the Prometheus text format.
// https://prometheus.io/docs/instrumenting/exposition_formats/
func (p *program) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintf(w, "# HELP s1bot_slack_connections Socket Mode connections that are up.\n# TYPE s1bot_slack_connections gauge\ns1bot_slack_connections %d\n", p.bot.Ready())
	fmt.Fprintf(w, "# HELP s1bot_work_waiting Deliveries written down that wait for a free slot.\n# TYPE s1bot_work_waiting gauge\ns1bot_work_waiting %d\n", p.bot.Waiting())
	p.meters.write(w)
}

func (m *meters) write(w http.ResponseWriter) {
	m.mu.Lock()
	calls := maps.Clone(m.calls)
	m.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(calls), func(a, b call) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	})
	fmt.Fprint(w, "# HELP s1bot_console_call_seconds Calls to the console.\n# TYPE s1bot_console_call_seconds summary\n")
	for _, k := range keys {
		labels := fmt.Sprintf("{method=%s,route=%s,status=%s}", strconv.Quote(k.method), strconv.Quote(k.route), strconv.Quote(strconv.Itoa(k.status)))
		fmt.Fprintf(w, "s1bot_console_call_seconds_count%s %d\n", labels, calls[k].count)
		fmt.Fprintf(w, "s1bot_console_call_seconds_sum%s %g\n", labels, calls[k].took.Seconds())
	}
}
