// Package metrics is what operators watch: every series of /metrics, its name, its help text and
// the bounds of its labels.
//
// The rest of the program knows nothing of Prometheus. It calls small hooks when something happens
// (Envelope, SlackRequest, Command …), and what is a state rather than an event (connections,
// queues, requests that wait, a freeze) is asked for when somebody scrapes.
//
// The rule one must not break: no label has a value that somebody outside chose. A series is never
// forgotten, so a label that follows a typed command's name or a host's would let anyone fill the
// memory of the process and of Prometheus. What is not known beforehand counts as "other".
package metrics

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// other stands for every value that is not known beforehand.
const other = "other"

// scrapeLimit bounds the questions that a scrape asks the database.
const scrapeLimit = 2 * time.Second

// Buckets of the histograms, in seconds.
var (
	ackBuckets     = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3} // Slack waits 3 s
	consoleBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}          // a read is given up after 30 s
	delayBuckets   = []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600}             // polls are 30 s apart
)

// Sources are asked when somebody scrapes. All are required and safe for use from several goroutines.
type Sources struct {
	Version, Commit string
	Commands        []string              // names that may be a label
	Connections     func() int            // Socket Mode connections that are up
	QueueDepth      func() map[string]int // pieces of work that wait, by class
	Requests        func(context.Context) (Requests, error)
}

// Requests is the state of approvals at one moment.
type Requests struct {
	ByState       map[string]int
	OldestPending time.Duration // age of the request that has waited longest; zero where none waits
	Frozen        bool
}

// Metrics holds the series. Its methods never block and never fail.
type Metrics struct {
	registry *prometheus.Registry
	commands map[string]bool

	envelopes       *prometheus.CounterVec
	ack             prometheus.Histogram
	slack           *prometheus.CounterVec
	invocations     *prometheus.CounterVec
	console         *prometheus.HistogramVec
	feedSuccess     *prometheus.GaugeVec
	notifications   *prometheus.CounterVec
	delay           prometheus.Histogram
	auditFailures   prometheus.Counter
	consoleTokenEnd *prometheus.GaugeVec
}

// New makes the series. Names and labels are those of the documentation; dashboards and alert rules
// depend on them.
func New(s Sources) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), commands: map[string]bool{}}
	for _, name := range s.Commands {
		m.commands[name] = true
	}
	m.envelopes = counter("slack_envelopes_total", "Envelopes that Slack delivered, by type.", "type")
	m.ack = histogram("slack_ack_seconds", "From the arrival of an envelope to its acknowledgement.", ackBuckets)
	m.slack = counter("slack_requests_total", "Calls to Slack's Web API, by method and result.", "method", "result")
	m.invocations = counter("commands_total", "Commands, by name and outcome.", "command", "outcome")
	m.console = prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "s1bot", Name: "console_request_seconds",
		Help: "Calls to the console: each try, with the HTTP status or none.", Buckets: consoleBuckets}, []string{"console", "method", "route", "status"})
	m.feedSuccess = gauge("feed_last_success_timestamp_seconds", "When a feed was last read to its end, in Unix time.", "console", "feed")
	m.notifications = counter("notifications_total", "Notifications of threats and alerts, by kind and result.", "kind", "result")
	m.delay = histogram("notification_delay_seconds", "From the console's record of a threat or alert to its message in Slack.", delayBuckets)
	m.auditFailures = prometheus.NewCounter(prometheus.CounterOpts{Namespace: "s1bot", Name: "audit_failures_total",
		Help: "Rows of the audit trail that could not be written; the actions they were about did not run."})
	m.consoleTokenEnd = gauge("console_token_expiry_timestamp_seconds", "When the console token ends, in Unix time.", "console")
	m.registry.MustRegister(m.envelopes, m.ack, m.slack, m.invocations, m.console, m.feedSuccess, m.notifications, m.delay, m.auditFailures, m.consoleTokenEnd,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo(s),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "s1bot", Name: "slack_connections", Help: "Socket Mode connections that are up."},
			func() float64 { return float64(s.Connections()) }),
		states{s})
	m.begin()
	return m
}

// begin makes the series of counters whose labels are bounded and few: a rate sees nothing of the
// first failure where its series begins with it.
func (m *Metrics) begin() {
	for _, kind := range append([]string{other}, envelopeTypes...) {
		m.envelopes.WithLabelValues(kind)
	}
	for _, kind := range notificationKinds {
		for _, result := range notificationResults {
			m.notifications.WithLabelValues(kind, result)
		}
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "s1bot", Name: name, Help: help}, labels)
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "s1bot", Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "s1bot", Name: name, Help: help, Buckets: buckets})
}

func buildInfo(s Sources) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "s1bot", Name: "build_info", Help: "The build; always 1.",
		ConstLabels: prometheus.Labels{"version": s.Version, "commit": s.Commit}}, func() float64 { return 1 })
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, ErrorHandling: promhttp.ContinueOnError})
}

// envelopeTypes are the types that Socket Mode delivers, those of interactions by their own names.
// https://docs.slack.dev/apis/events-api/using-socket-mode,
// https://docs.slack.dev/interactivity/handling-user-interaction
var envelopeTypes = []string{"events_api", "slash_commands", "interactive", "block_actions", "block_suggestion", "view_submission", "view_closed",
	"message_action", "shortcut", "hello", "disconnect"}

// Envelope counts a delivery of Slack's.
func (m *Metrics) Envelope(kind string) {
	m.envelopes.WithLabelValues(known(kind, envelopeTypes)).Inc()
}

// Acknowledged records how long an envelope waited for its acknowledgement.
func (m *Metrics) Acknowledged(took time.Duration) { m.ack.Observe(took.Seconds()) }

// SlackResults are the results of a call of the Web API.
var SlackResults = []string{"ok", "refused", "rate_limited", "failed"}

// slackAddresses are what goes to Slack beside methods of the Web API: answers by response URL, files.
var slackAddresses = []string{"response_url", "upload", "download"}

// SlackRequest counts a call of the Web API: the method's name, as in "chat.postMessage" (or one of
// slackAddresses), and one of SlackResults.
func (m *Metrics) SlackRequest(method, result string) {
	if !methodName(method) && !slices.Contains(slackAddresses, method) {
		method = other
	}
	m.slack.WithLabelValues(method, known(result, SlackResults)).Inc()
}

// methodName tells names of Web API methods: the program itself calls them, so they are few.
func methodName(s string) bool {
	family, rest, ok := strings.Cut(s, ".")
	return ok && family != "" && rest != "" && len(s) < 50 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '.' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// Outcomes are how a command may end for the person who ran it.
var Outcomes = []string{"successful", "partially_successful", "failed", "refused", "waiting", "busy"}

// Command counts a command by its name in the catalog, or that of a built-in word, and one of
// Outcomes.
func (m *Metrics) Command(name, outcome string) {
	if !m.commands[name] {
		name = other
	}
	m.invocations.WithLabelValues(name, known(outcome, Outcomes)).Inc()
}

// ConsoleRequest records one try of a call: the route has placeholders for ids, and status is 0
// where no answer came.
func (m *Metrics) ConsoleRequest(console, method, route string, status int, took time.Duration) {
	m.console.WithLabelValues(console, method, route, statusLabel(status)).Observe(took.Seconds())
}

// statusLabel keeps to statuses that exist.
func statusLabel(status int) string {
	switch {
	case status == 0:
		return "none"
	case http.StatusText(status) == "":
		return other
	}
	return strconv.Itoa(status)
}

// FeedSucceeded records when a feed was read to its end.
func (m *Metrics) FeedSucceeded(console, feed string, at time.Time) {
	m.feedSuccess.WithLabelValues(console, feed).Set(float64(at.UnixMilli()) / 1000)
}

// What a notification may be, and what may become of it.
var (
	notificationKinds   = []string{"threat", "alert", "unified", "digest", "update"}
	notificationResults = []string{"delivered", "edited", "muted", "failed"}
)

// Notified counts a notification, by its kind and what became of it.
func (m *Metrics) Notified(kind, result string) {
	m.notifications.WithLabelValues(known(kind, notificationKinds), known(result, notificationResults)).Inc()
}

// Delayed records how late a notification was.
func (m *Metrics) Delayed(by time.Duration) { m.delay.Observe(max(by, 0).Seconds()) }

// AuditFailed counts a row of the audit trail that could not be written.
func (m *Metrics) AuditFailed() { m.auditFailures.Inc() }

// ConsoleTokenEnds records when the token of a console ends.
func (m *Metrics) ConsoleTokenEnds(console string, at time.Time) {
	m.consoleTokenEnd.WithLabelValues(console).Set(float64(at.Unix()))
}

// ConsoleTokenEndUnknown ends the series of a console whose token has no end that is known.
func (m *Metrics) ConsoleTokenEndUnknown(console string) {
	m.consoleTokenEnd.DeleteLabelValues(console)
}

// known is value where it is one of the list, else "other".
func known(value string, list []string) string {
	if slices.Contains(list, value) {
		return value
	}
	return other
}

// states collects what is asked for at each scrape.
type states struct{ Sources }

var (
	queueDepth = prometheus.NewDesc("s1bot_queue_depth", "Pieces of work that wait for a slot, by class.", []string{"class"}, nil)
	approvals  = prometheus.NewDesc("s1bot_approvals", "Requests in the database, by state.", []string{"state"}, nil)
	oldest     = prometheus.NewDesc("s1bot_approval_oldest_pending_seconds", "Age of the request that has waited longest for a decision.", nil, nil)
	frozen     = prometheus.NewDesc("s1bot_frozen", "1 while changes are frozen.", nil, nil)
)

// Describe sends the series that Collect may send.
func (s states) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueDepth, approvals, oldest, frozen} {
		out <- d
	}
}

// Collect asks for what is true now. Where the database does not answer, the series about requests
// are missing: a zero would say that nothing waits.
func (s states) Collect(out chan<- prometheus.Metric) {
	for class, n := range s.QueueDepth() {
		out <- prometheus.MustNewConstMetric(queueDepth, prometheus.GaugeValue, float64(n), class)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	r, err := s.Requests(ctx)
	if err != nil {
		return
	}
	for state, n := range r.ByState {
		out <- prometheus.MustNewConstMetric(approvals, prometheus.GaugeValue, float64(n), state)
	}
	out <- prometheus.MustNewConstMetric(oldest, prometheus.GaugeValue, r.OldestPending.Seconds())
	out <- prometheus.MustNewConstMetric(frozen, prometheus.GaugeValue, map[bool]float64{true: 1}[r.Frozen])
}
