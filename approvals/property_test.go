package approvals

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// Random policies, people, hosts and faults: whatever runs must be allowed by a model that knows the truth and has two answers only.
// People leave groups, are deactivated, and hosts move, between asking, deciding and running; questions go without an answer.

// A truth is how things are, in the plainest form.
type truth struct {
	people map[string]truePerson
	hosts  map[string]trueHost
}

type truePerson struct {
	active, full bool
	groups       []string
}

type trueHost struct {
	site, group string
	tags        []string
}

// A lore is a policy as the model reads it.
type lore struct {
	roles []policy.Role
	rules []policy.Rule
	most  int
}

// oracle says what may run, by the truth alone.
type oracle struct {
	truth
	lore
}

func (m oracle) member(role, id string, h trueHost) bool {
	p := m.people[id]
	for _, r := range m.roles {
		if r.Name != role || !p.active || len(r.Sites) > 0 && !slices.Contains(r.Sites, h.site) {
			continue
		}
		for _, name := range r.Members {
			if string(name) == id || p.full && (name == "*" || slices.Contains(p.groups, string(name))) {
				return true
			}
		}
	}
	return false
}

func (m oracle) hasAnyRole(id string) bool {
	return slices.ContainsFunc(m.roles, func(r policy.Role) bool {
		return slices.ContainsFunc(m.Anywhere(), func(h trueHost) bool { return m.member(r.Name, id, h) })
	})
}

func (m oracle) Anywhere() (all []trueHost) {
	for _, site := range sites {
		all = append(all, trueHost{site: site})
	}
	return all
}

func fits(patterns []string, names ...string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(names, func(n string) bool {
			prefix, open := strings.CutSuffix(p, "*")
			return n != "" && (p == n || open && strings.HasPrefix(n, prefix))
		})
	})
}

// allows reports whether these people may have approved what a person does to hosts.
func (m oracle) allows(id, command, risk string, names []string, approvers []string) bool {
	if p := m.people[id]; !p.active || !p.full && !m.hasAnyRole(id) {
		return false
	}
	heads := 0
	for _, name := range names {
		ok, quorum := m.one(id, command, risk, name, approvers)
		if !ok {
			return false
		}
		heads = max(heads, quorum)
	}
	if len(names) > m.most && risk != policy.RiskRead {
		heads++
	}
	return m.count(approvers, id, func(string) bool { return true }) >= heads
}

// one is allows for one host, and how many people it takes.
func (m oracle) one(id, command, risk, name string, approvers []string) (ok bool, quorum int) {
	h := m.hosts[name]
	for _, r := range append(slices.Clone(m.rules), policy.Defaults()...) {
		asks := len(r.Requesters) == 0 || slices.ContainsFunc(r.Requesters, func(role string) bool { return m.member(role, id, h) })
		if !asks || !fits(r.Commands, command) || !fits(r.Risks, risk) || !fits(r.Hosts, name) || !fits(r.Sites, h.site) ||
			!fits(r.Groups, h.group) || !fits(r.Tags, h.tags...) || r.Effect == policy.Approve && risk == policy.RiskRead {
			continue
		}
		return m.ruled(r, id, h, approvers)
	}
	return false, 0
}

func (m oracle) ruled(r policy.Rule, id string, h trueHost, approvers []string) (ok bool, quorum int) {
	has := func(roles []string, id string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return m.member(role, id, h) })
	}
	switch r.Effect {
	case policy.Allow:
		return len(r.By) == 0 || has(r.By, id), 0
	case policy.Approve:
		if len(r.Requesters) == 0 && !has([]string{policy.Operators}, id) {
			return false, 0
		}
		quorum = max(r.Quorum, 1)
		return m.count(approvers, id, func(a string) bool { return has(r.By, a) }) >= quorum, quorum
	}
	return false, 0
}

func (m oracle) count(approvers []string, requester string, counts func(string) bool) (n int) {
	for _, a := range approvers {
		if a != requester && m.people[a].active && counts(a) {
			n++
		}
	}
	return n
}

// The names that a world is made of.
var (
	ids       = []string{"UANN", "UBEN", "UCAT", "UDAN", "UEVE", "UFAY"}
	groupIDs  = []string{"S0ONE", "S0TWO", "S0SIX"}
	sites     = []string{"Paris", "Berlin", "Rome"}
	hostNames = []string{"SRV-1", "SRV-2", "PC-1", "PC-2", "PC-3"}
	roleNames = []string{policy.Operators, policy.Approvers, "juniors", "leads"}
	labels    = []string{"jewel", "lab"}
	sections  = []string{"Default", "Lab"}
	orders    = map[string]string{"isolate": policy.RiskDestructive, "scan": policy.RiskChange, "agents": policy.RiskRead}
)

// A world is a truth that changes, a policy, and which questions have an answer now.
type world struct {
	*rand.Rand
	oracle
	policy policy.Policy
	dark   map[string]bool // people, groups and hosts of which nobody can tell
}

func (w *world) some(of []string, most int) (picked []string) {
	for range w.IntN(most + 1) {
		if s := of[w.IntN(len(of))]; !slices.Contains(picked, s) {
			picked = append(picked, s)
		}
	}
	return picked
}

func (w *world) pick(of []string) string { return of[w.IntN(len(of))] }

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 8)), dark: map[string]bool{}}
	w.truth = truth{people: map[string]truePerson{}, hosts: map[string]trueHost{}}
	for _, id := range ids {
		w.people[id] = truePerson{active: w.IntN(12) > 0, full: w.IntN(8) > 0, groups: w.some(groupIDs, 2)}
	}
	for _, name := range hostNames {
		w.hosts[name] = trueHost{site: w.pick(sites), group: w.pick(sections), tags: w.some(labels, 1)}
	}
	members := append(append([]string{"*"}, ids...), groupIDs...)
	for _, name := range append(roleNames, roleNames[w.IntN(len(roleNames))]) {
		role := policy.Role{Name: name, Members: policy.Members(w.some(members, 3))}
		if w.IntN(4) == 0 {
			role.Sites = w.some(sites, 2)
		}
		w.roles = append(w.roles, role)
	}
	for n := range w.IntN(5) {
		w.rules = append(w.rules, w.rule(n))
	}
	w.most = 1 + w.IntN(3)
	var err error
	w.policy, err = policy.New(policy.Settings{Roles: w.roles, Rules: w.rules, MaxTargets: w.most, MaxPerHour: 1000})
	require.NoError(t, err)
	return w
}

func (w *world) rule(n int) policy.Rule {
	r := policy.Rule{Name: fmt.Sprint("rule ", n), Effect: []policy.Effect{policy.Allow, policy.Approve, policy.Deny}[w.IntN(3)], Quorum: 1 + w.IntN(2)}
	sometimes := func(values []string) []string {
		if w.IntN(3) > 0 {
			return nil
		}
		return w.some(values, 2)
	}
	r.Commands, r.Risks, r.Requesters = sometimes([]string{"isolate", "scan", "ag*"}), sometimes([]string{policy.RiskRead, policy.RiskChange, policy.RiskDestructive}), sometimes(roleNames)
	r.Hosts, r.Tags, r.Sites, r.Groups = sometimes([]string{"SRV-*", "PC-1", "*"}), sometimes(labels), sometimes(sites), sometimes(sections)
	if r.Effect != policy.Deny {
		r.By = []string{w.pick(roleNames)}
	}
	return r
}

// pass lets time pass: things change, and other questions have an answer.
func (w *world) pass(faults bool) {
	switch id := w.pick(ids); w.IntN(4) {
	case 0:
		p := w.people[id]
		p.active, p.groups = w.IntN(3) > 0, w.some(groupIDs, 2)
		w.people[id] = p
	case 1:
		name := w.pick(hostNames)
		w.hosts[name] = trueHost{site: w.pick(sites), group: w.pick(sections), tags: w.some(labels, 1)}
	}
	w.dark = map[string]bool{}
	for _, thing := range slices.Concat(ids, groupIDs, hostNames) {
		w.dark[thing] = faults && w.IntN(6) == 0
	}
}

// tell is an answer, where there is one now.
func (w *world) tell(is bool, about string) policy.Answer {
	if w.dark[about] {
		return policy.CannotTell("nobody knows " + about)
	}
	return policy.Certain(is)
}

func (w *world) person(id string) policy.Person {
	p := w.people[id]
	i := policy.Identity{ID: id, Active: w.tell(p.active, id), Full: w.tell(p.active && p.full, id), Through: map[policy.Member]policy.Answer{}}
	for _, g := range groupIDs {
		i.Through[policy.Member(g)] = w.tell(slices.Contains(p.groups, g), g)
	}
	return w.policy.Person(i)
}

func (w *world) target(name string) policy.Target {
	h := w.hosts[name]
	if w.dark[name] {
		return policy.Target{Host: policy.Known(name), Account: policy.Known("")} // its name is known, and not where it is
	}
	return policy.Target{Account: policy.Known(""), Site: policy.Known(h.site), Host: policy.Known(name), Group: policy.Known(h.group), Tags: policy.Known(h.tags)}
}

func (w *world) ask(id, command string, names []string) policy.Input {
	a := policy.Input{Caller: w.person(id), Command: command, Risk: orders[command], At: noon, Targets: len(names)}
	for _, name := range names {
		a.Reach = append(a.Reach, w.target(name))
	}
	return a
}

// goes lets a person ask for something, others decide, and it run; with what came of it.
func (w *world) goes(id, command string, names []string, faults bool) (ran bool, approvers []string, first policy.Decision) {
	first = w.policy.Decide(w.ask(id, command, names))
	if first.Err() != nil {
		return false, nil, first
	}
	q := Under(first, Request{Requester: id, Expires: noon.Add(time.Hour)})
	for _, n := range w.Perm(len(ids)) {
		w.pass(faults)
		var earlier []policy.Person
		for _, d := range q.Approvals {
			earlier = append(earlier, w.person(d.User))
		}
		_ = q.approve(w.person(ids[n]), noon, earlier...)
	}
	if q.State != Approved {
		return false, nil, first
	}
	w.pass(faults)
	return w.runs(q, command, names)
}

// runs is the look before the run.
func (w *world) runs(q Request, command string, names []string) (ran bool, approvers []string, decision policy.Decision) {
	decision = Reconsider(w.policy, w.ask(q.Requester, command, names), q)
	var people []policy.Person
	for _, d := range q.Approvals {
		people, approvers = append(people, w.person(d.User)), append(approvers, d.User)
	}
	missing, _ := MissingUnder(decision, q, people)
	return decision.Err() == nil && (decision.Effect == policy.Allow || missing == 0), approvers, decision
}

func TestWhateverRunsIsAllowedByAModelThatKnowsTheTruth(t *testing.T) {
	t.Parallel()
	worlds := uint64(30_000)
	if testing.Short() {
		worlds = 3_000
	}
	ran, refused, open := 0, 0, 0
	for seed := range worlds {
		w := newWorld(t, seed)
		w.pass(true)
		id, command := w.pick(ids), w.pick([]string{"isolate", "scan", "agents"})
		names := append(w.some(hostNames, 3), w.pick(hostNames))
		slices.Sort(names)
		names = slices.Compact(names)
		did, approvers, decision := w.goes(id, command, names, true)
		switch {
		case did:
			ran++
			require.True(t, w.allows(id, command, orders[command], names, approvers), "seed %d: %s ran %s on %v, approved by %v: %+v\n%+v", seed, id, command, names, approvers, decision, w.oracle)
		case decision.Effect == policy.Unanswered:
			open++
		default:
			refused++
		}
	}
	require.Greater(t, ran, int(worlds)/50, "the worlds let something run")
	require.Greater(t, open, int(worlds)/50, "and leave questions open")
	require.Greater(t, refused, int(worlds)/50)
}

// Where everything can be told, the engine says what the model says: nothing is refused out of caution.
func TestWhereEverythingIsKnownNothingIsLeftOpen(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5_000) {
		w := newWorld(t, seed)
		for _, id := range ids {
			for command, risk := range orders {
				names := []string{w.pick(hostNames)}
				decision := w.policy.Decide(w.ask(id, command, names))
				require.NotEqual(t, policy.Unanswered, decision.Effect, "seed %d", seed)
				allowed := w.allows(id, command, risk, names, nil)
				require.Equal(t, allowed, decision.Effect == policy.Allow, "seed %d: %s of %s on %v: %+v\n%+v", seed, command, id, names, decision, w.oracle)
			}
		}
	}
}
