// Package unified is the console's one list of alerts, and the GraphQL in which it is asked for.
//
// Threats and alerts of custom rules are rows of this list as well, under an id of the list's own
// and with theirs as the external id: one thing, whatever way it is read or changed. What other
// products found is in this list alone. A document runs in four steps:
//
//	parsed and checked against schema.graphql ──▶ its fields resolved ──▶ rows filtered, sorted, cut ──▶ what was selected, and nothing else
//
// The rule: as unkind as the service. One field that the schema does not have fails the document,
// with status 200; a mutation without a filter changes every alert; a cursor is a position, so that
// what comes and goes between two pages repeats a row or skips one.
package unified

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Path is where documents are sent, below the API's root.
const Path = "/unifiedalerts/graphql"

//go:embed schema.graphql
var schemaText string

// A List is the unified alerts of a console. It is guarded by the world's lock.
type List struct {
	world  *world.World
	schema *ast.Schema

	rows    store.Collection
	mirror  map[string]string              // ids of rows by the ids of the threats and rule alerts that they are as well
	notes   map[string][]any               // by id of the row
	pending map[string][]func(wire.Object) // changes that are not shown yet, by id
	dueAt   map[string]time.Time

	delay, lag time.Duration // see UnifiedDelays
	mayView    bool
	mayManage  bool
	problems   []problem // that the next answers have
	lacking    []string  // fields of an alert that this console does not know
}

// New makes the list of a world.
func New(w *world.World) *List {
	return &List{
		world: w, schema: gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText}), mayView: true, mayManage: true,
		mirror: map[string]string{}, notes: map[string][]any{}, pending: map[string][]func(wire.Object){}, dueAt: map[string]time.Time{},
	}
}

// Routes are the calls that the list answers.
func Routes(l *List) []wire.Route {
	return []wire.Route{{Method: "POST", Path: Path, Handle: wire.On(l, serve)}}
}

// A Spec describes an alert that is in the unified list alone. Every field may be empty.
type Spec struct {
	ID             string
	ExternalID     string // the product's own id
	Name           string
	Description    string
	Product        string // Identity when empty
	Vendor         string // SentinelOne when empty
	Severity       string // HIGH when empty
	Status         string // NEW when empty
	Verdict        string // UNDEFINED when empty
	Classification string
	Surface        string // IDENTITY when empty
	Host           string // name of the asset; one of an endpoint's gets that endpoint's UUID
	User           string // e-mail address of the user whom it is about
	Site           string // by name; where the asset is when empty
	SHA1           string
	Storyline      string
	CreatedAt      time.Time // now when zero
	Edit           func(map[string]any)
}

// AddUnifiedAlert adds an alert of another product and returns its id.
func (l *List) AddUnifiedAlert(s Spec) string {
	defer l.world.Lock()()
	at := wire.OrTime(s.CreatedAt, l.world.Now())
	id := cmp.Or(s.ID, l.newID(at))
	o := l.row(id, at)
	maps.Copy(o, wire.Object{
		"externalId": cmp.Or(s.ExternalID, "ext-"+l.world.Hex(12)), "name": cmp.Or(s.Name, "Impossible travel"), "description": wire.OrNil(s.Description),
		"severity": cmp.Or(s.Severity, "HIGH"), "status": cmp.Or(s.Status, "NEW"), "analystVerdict": cmp.Or(s.Verdict, "UNDEFINED"),
		"classification": cmp.Or(s.Classification, "UNKNOWN"), "storylineId": wire.OrNil(s.Storyline), "attackSurfaces": wire.List(cmp.Or(s.Surface, "IDENTITY")),
		"detectionSource": wire.Object{"product": cmp.Or(s.Product, "Identity"), "vendor": cmp.Or(s.Vendor, "SentinelOne")},
	})
	l.about(o, s)
	if s.Edit != nil {
		s.Edit(o)
	}
	l.rows.Put(id, o)
	return id
}

// about says what an alert is about: an endpoint, if the console has one of that name, or something
// else that is called so.
func (l *List) about(o wire.Object, s Spec) {
	agent := l.world.AgentRows.Find("computerName", s.Host)
	if s.Host != "" && agent != nil {
		place(o, agent)
		o["assets"] = []any{asset(agent)}
	} else if s.Host != "" {
		o["assets"] = []any{wire.Object{"id": l.world.Hex(24), "name": s.Host, "category": "Device", "osType": "UNKNOWN"}}
	}
	if site := l.world.SiteRows.Find("name", s.Site); s.Site != "" && site != nil {
		place(o, wire.Object{"accountId": site["accountId"], "accountName": site["accountName"], "siteId": site["id"], "siteName": site["name"]})
	}
	if s.User != "" {
		wire.Put(o, "detectionTime.targetUser", wire.Object{"name": strings.Split(s.User, "@")[0], "domain": nil, "emailAddress": s.User})
	}
	if s.SHA1 != "" {
		o["process"] = wire.Object{"cmdLine": nil, "parentName": nil, "file": wire.Object{"sha1": s.SHA1}}
	}
}

// AddRawUnifiedAlert adds an alert exactly as it is written, such as a recorded one, and returns
// its id.
func (l *List) AddRawUnifiedAlert(raw []byte) (id string, err error) {
	v, err := wire.Decode(raw)
	if err != nil {
		return "", err
	}
	defer l.world.Lock()()
	o, _ := v.(wire.Object)
	id = wire.Text(o, "id")
	l.rows.Put(id, o)
	return id, nil
}

// UnifiedAlerts returns copies of all rows, in the order in which they came.
func (l *List) UnifiedAlerts() []map[string]any {
	defer l.world.Look()()
	l.sync()
	return world.Copies(&l.rows)
}

// UnifiedAlert returns a copy of the row with an id, or of the one that is the threat or rule alert
// with that id; nil if there is none.
func (l *List) UnifiedAlert(id string) map[string]any {
	defer l.world.Look()()
	l.sync()
	if o := l.rows.Get(cmp.Or(l.mirror[id], id)); o != nil {
		return wire.Clone(o).(wire.Object)
	}
	return nil
}

// SetUnifiedAlert changes a row in place, as somebody in the console would, and bumps its
// updatedAt; false if there is none.
func (l *List) SetUnifiedAlert(id string, change func(map[string]any)) bool {
	defer l.world.Look()()
	l.sync()
	o := l.rows.Get(cmp.Or(l.mirror[id], id))
	if o == nil {
		return false
	}
	o["updatedAt"] = stamp(l.world.Now())
	change(o)
	return true
}

// UnifiedNotes are the notes on a row, oldest first.
func (l *List) UnifiedNotes(id string) []map[string]any {
	defer l.world.Look()()
	var list []map[string]any
	for _, n := range l.notes[id] {
		list = append(list, wire.Clone(n).(wire.Object))
	}
	return list
}

// UnifiedDelays sets how long a new threat or rule alert takes to be in the list, and how long a
// change takes to be shown by it.
func (l *List) UnifiedDelays(appear, show time.Duration) {
	defer l.world.Lock()()
	l.delay, l.lag = appear, show
}

// UnifiedRights sets what the token's role may do: custom roles from before unified alerts may see
// them and change none.
func (l *List) UnifiedRights(view, manage bool) {
	defer l.world.Lock()()
	l.mayView, l.mayManage = view, manage
}

// UnifiedLacks takes fields of alerts out of the schema: consoles differ by their release.
func (l *List) UnifiedLacks(fields ...string) {
	defer l.world.Lock()()
	l.lacking = fields
}

// A problem is an entry of errors that an answer has, with data beside it or without.
type problem struct {
	message string
	beside  bool
}

// UnifiedProblem lets the next answer say that something went wrong: beside its data, or instead.
func (l *List) UnifiedProblem(message string, besideData bool) {
	defer l.world.Lock()()
	l.problems = append(l.problems, problem{message, besideData})
}

// stamp writes a time as this list does: with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// newID makes a UUID of version 7, which begins with the time. A unified id is never valid on a
// path of the rest of the API, and its form keeps anybody from trying.
func (l *List) newID(at time.Time) string {
	ms := at.UnixMilli()
	hex := l.world.Hex(18)
	head := strings.Repeat("0", 12) + hexOf(ms)
	head = head[len(head)-12:]
	return head[:8] + "-" + head[8:] + "-7" + hex[:3] + "-a" + hex[3:6] + "-" + hex[6:]
}

func hexOf(n int64) string {
	const digits = "0123456789abcdef"
	var out []byte
	for ; n > 0; n /= 16 {
		out = append(out, digits[n%16])
	}
	slices.Reverse(out)
	return string(out)
}
