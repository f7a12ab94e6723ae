package sightings

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/commands/observables"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// What a value is asked about. Rows are compared here once more: a filter of the console's may
// match by a part.

// The console's key for hashes, contentHashes, knows SHA-1 alone and takes several; the others are
// found by free text, one at a time. Its list of blocked hashes is searched by parts, and
// everywhere: a list without its parents and children has the items of one scope alone. The
// reputation is of SHA-1 alone.
func (s *search) askAboutHashes(of map[observables.Kind][]int, value func(int) string) {
	threats := func(filter func(hashes []string) s1.Query) func(context.Context, []int) (map[int]string, error) {
		return func(ctx context.Context, about []int) (map[int]string, error) {
			page, err := s.call.Console.ThreatsPage(ctx, filter(values(about, value)).SortedBy("createdAt", s1.Descending).WithLimit(rows))
			return s.eachSure(asThreats, about, func(i int) (string, string) { return threatsWith(page, value(i)) }, err), err
		}
	}
	s.add(asThreats, of[observables.SHA1], perCall, threats(func(h []string) s1.Query { return s1.Query{}.With("contentHashes", h...) }))
	s.add(asThreats, slices.Concat(of[observables.MD5], of[observables.SHA256]), 1, threats(func(h []string) s1.Query { return s1.Query{"query": h} }))
	s.add(asBlocked, slices.Concat(of[observables.SHA1], of[observables.SHA256]), perCall, func(ctx context.Context, about []int) (map[int]string, error) {
		page, err := s.call.Console.BlocklistPage(ctx, s1.Query{}.Everywhere().With("value__contains", values(about, value)...).WithLimit(rows))
		return s.eachSure(asBlocked, about, func(i int) (string, string) { return blockedWords(page, value(i)) }, err), err
	})
	s.add(asReputation, of[observables.SHA1], 1, func(ctx context.Context, about []int) (map[int]string, error) {
		r, err := s.call.Console.HashReputation(ctx, value(about[0]))
		return map[int]string{about[0]: "reputation: " + strings.ToLower(r.Verdict.Label())}, err
	})
}

func values(about []int, value func(int) string) []string {
	all := make([]string, len(about))
	for n, i := range about {
		all[n] = value(i)
	}
	return all
}

// eachOf has an answer for each sighting that a question was about, those that nothing was found of
// as well.
func eachOf(about []int, says func(int) string) map[int]string {
	all := map[int]string{}
	for _, i := range about {
		all[i] = says(i)
	}
	return all
}

// threatsWith counts the threats of a file and the endpoints that had it, and says what the file is
// called there, or why they cannot be counted: hashes are asked about together, and the threats of
// one may fill the page.
func threatsWith(page s1.Page[s1.Threat], hash string) (words, why string) {
	hosts, n, open, files := map[string]bool{}, 0, 0, []string(nil)
	for _, t := range page.Items {
		if !slices.ContainsFunc([]string{t.Info.SHA1, t.Info.MD5, t.Info.SHA256}, func(h string) bool { return strings.EqualFold(h, hash) }) {
			continue
		}
		n++
		files = catalog.AppendNew(files, cmp.Or(t.Info.FilePath, t.Name()))
		hosts[cmp.Or(string(t.AgentID()), t.Host())] = true
		if t.Info.IncidentStatus != s1.StatusResolved {
			open++
		}
	}
	least := ""
	switch cut := page.Total > len(page.Items); {
	case cut && n == 0:
		return "", fmt.Sprintf("only the latest %d of %d were read", len(page.Items), page.Total)
	case n == 0:
		return "no threats", ""
	case cut:
		least = "at least "
	}
	return text.JoinNonEmpty(" · ", fileWords(files), fmt.Sprintf("seen on %s%s", least, text.Plural(len(hosts), "endpoint")), fmt.Sprintf("%s%s, %d open", least, text.Plural(n, "threat"), open)), ""
}

// fileWords name the files of a hash, those of its latest threats first.
func fileWords(files []string) string {
	for i, f := range files {
		files[i] = text.Shorten(f, 80)
	}
	return catalog.FirstOf(files)
}

// eachSure is eachOf for answers that may be in doubt: why goes beside the one sighting that it is
// about, and the others are told.
func (s *search) eachSure(question string, about []int, says func(int) (words, why string), err error) map[int]string {
	if err != nil {
		return nil
	}
	return eachOf(about, func(i int) string {
		words, why := says(i)
		if why != "" {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.sightings[i].Unknown = append(s.sightings[i].Unknown, question+": "+why)
		}
		return words
	})
}

// blockedWords says on which systems a hash is blocked, or why that cannot be told. The console
// searches the values of items, which are SHA-1s, and an item that has a SHA-256 beside its value,
// or nothing else, is not found by it.
func blockedWords(page s1.Page[s1.BlocklistItem], hash string) (words, why string) {
	var systems []string
	for _, item := range page.Items {
		if strings.EqualFold(item.Value, hash) || strings.EqualFold(item.SHA256, hash) {
			systems = append(systems, item.OSType.Label())
		}
	}
	slices.Sort(systems)
	switch {
	case len(systems) > 0:
		return "blocked on " + strings.Join(slices.Compact(systems), ", "), ""
	case page.Total > len(page.Items):
		return "", fmt.Sprintf("only the first %d of %d items were read", len(page.Items), page.Total)
	case len(hash) == sha256Length:
		return "", "the console can't search it by SHA-256"
	}
	return "not blocked", ""
}

// Decommissioned endpoints are left out: an address is theirs no more. An address is looked for at
// the interfaces and, apart from that, as the one by which a network reaches the console.
func (s *search) askAboutAddresses(of map[observables.Kind][]int, value func(int) string) {
	agents := func(key string) func(context.Context, []int) (map[int]string, error) {
		return func(ctx context.Context, about []int) (map[int]string, error) {
			page, err := s.call.Console.AgentsPage(ctx, s1.Query{}.With(key, values(about, value)...).With("isDecommissioned", "false").WithLimit(rows))
			return s.eachSure(asEndpoints, about, func(i int) (string, string) { return hostsAt(page, value(i)) }, err), err
		}
	}
	s.add(asEndpoints, of[observables.IPv4], perCall, agents("networkInterfaceInet__contains"))
	s.add(asExternal, of[observables.IPv4], perCall, func(ctx context.Context, about []int) (map[int]string, error) {
		page, err := s.call.Console.AgentsPage(ctx, s1.Query{}.With("externalIp__contains", values(about, value)...).With("isDecommissioned", "false").WithLimit(rows))
		return eachOf(about, func(i int) string { return behind(page, value(i)) }), err
	})
	s.add(asEndpoints, of[observables.IPv6], 1, func(ctx context.Context, about []int) (map[int]string, error) { // the console has no key for them
		page, err := s.call.Console.AgentsPage(ctx, s1.Query{"query": {value(about[0])}}.WithLimit(rows))
		return s.eachSure(asEndpoints, about, func(i int) (string, string) { return hostsAt(page, value(i)) }, err), err
	})
}

// hostsAt names the endpoints that have an address, or says why they cannot be told: the console
// finds 10.0.0.1 in 10.0.0.100 as well, so the one that has it may be on a page that was not read.
func hostsAt(page s1.Page[s1.Agent], address string) (words, why string) {
	var names []string
	for _, a := range page.Items {
		if lookup.HasAddress(a, address) {
			names = append(names, cmp.Or(a.ComputerName, string(a.ID)))
		}
	}
	switch {
	case len(names) > 0:
		return "is " + text.Shorten(strings.Join(names, ", "), 80), ""
	case page.Total > len(page.Items):
		return "", fmt.Sprintf("only the first %d of %d with a similar address were read", len(page.Items), page.Total)
	}
	return nobodyHasIt, ""
}

// nobodyHasIt is said of an address that no endpoint has at an interface.
const nobodyHasIt = "no endpoint has it"

// behind names the endpoints that reach the console from an address: a site's own.
func behind(page s1.Page[s1.Agent], address string) string {
	var names []string
	for _, a := range page.Items {
		if ip, err := netip.ParseAddr(a.ExternalIP); err == nil && ip.String() == address {
			names = append(names, cmp.Or(a.ComputerName, string(a.ID)))
		}
	}
	const named = 3
	words := "external address of "
	switch cut := page.Total > len(page.Items); {
	case len(names) == 0:
		return ""
	case cut:
		return words + "at least " + text.Plural(len(names), "endpoint") + ": " + strings.Join(names[:min(len(names), named)], ", ")
	case len(names) > named:
		return words + text.Plural(len(names), "endpoint") + ": " + strings.Join(names[:named], ", ") + " …"
	}
	return words + strings.Join(names, ", ")
}

// askAboutIDs looks for threats and alerts: an id does not tell which it is of. Both are asked by
// id, so that the answer cannot be about something else; the form of an id is the same for both.
func (s *search) askAboutIDs(about []int, value func(int) string) {
	s.add(asThreats, about, Most, func(ctx context.Context, about []int) (map[int]string, error) {
		found, err := s.call.Console.ThreatsByID(ctx, valid[s1.ThreatID](values(about, value)))
		return eachOf(about, func(i int) string {
			at := slices.IndexFunc(found, func(t s1.Threat) bool { return string(t.Identity()) == value(i) })
			if at < 0 {
				return ""
			}
			t := found[at]
			s.becomes(i, "threat", t.Name(), cards.ThreatDetails(t, s.call.Console, s.all.CardActions()).Actions)
			return text.JoinNonEmpty(" · ", t.Host(), t.Info.ConfidenceLevel.Label(), strings.ToLower(t.Info.MitigationStatus.Label()), strings.ToLower(t.Info.IncidentStatus.Label()))
		}), err
	})
	s.add(asAlerts, about, Most, func(ctx context.Context, about []int) (map[int]string, error) {
		found, err := s.call.Console.AlertsByID(ctx, valid[s1.AlertID](values(about, value)))
		if s1.IsRetired(err) {
			return s.ruleAlertsInUnified(ctx, about, value)
		}
		return eachOf(about, func(i int) string {
			at := slices.IndexFunc(found, func(a s1.Alert) bool { return string(a.Identity()) == value(i) })
			if at < 0 {
				return ""
			}
			a := found[at]
			s.becomes(i, "alert", a.Name(), cards.Alert(a, s.call.Console, s.all.CardActions(), cards.Thread{}).Actions)
			return text.JoinNonEmpty(" · ", a.Host(), a.Rule.Severity.Label(), strings.ToLower(a.Info.IncidentStatus.Label()))
		}), err
	})
}

// ruleAlertsInUnified looks for alerts of rules, by the ids that they had in a list of their own, on a console that has unified alerts alone.
func (s *search) ruleAlertsInUnified(ctx context.Context, about []int, value func(int) string) (map[int]string, error) {
	found, err := unified.Of(s.call.Console).ByExternalID(ctx, values(about, value))
	return eachOf(about, func(i int) string {
		at := slices.IndexFunc(found, func(a unified.Alert) bool { id, may := a.Counterpart(); return may && id == value(i) })
		if at < 0 {
			return ""
		}
		a := found[at]
		s.becomes(i, "alert", a.Name, cards.Unified(a, s.call.Console, s.all.CardActions(), cards.Thread{}).Actions)
		return text.JoinNonEmpty(" · ", a.Host(), a.Severity.Label(), strings.ToLower(a.Status.Label()))
	}), err
}

// valid are the ids of a form that the console takes: one that it does not would have it refuse all.
func valid[ID interface {
	~string
	Valid() bool
}](all []string) (ids []ID) {
	for _, id := range all {
		if ID(id).Valid() {
			ids = append(ids, ID(id))
		}
	}
	return ids
}

// becomes says what an id is of.
func (s *search) becomes(i int, kind, name string, actions []render.Action) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sightings[i].Kind, s.sightings[i].Name, s.sightings[i].Actions = kind, cmp.Or(name, s.sightings[i].Name), actions
}

// askAboutIndicators looks for values among the indicators of all accounts that the bot's token
// sees: the console wants accounts named.
func (s *search) askAboutIndicators(of map[observables.Kind][]int, value func(int) string) {
	var once sync.Once
	var page s1.Page[s1.Account]
	var err error
	accounts := func(ctx context.Context) (s1.Page[s1.Account], error) {
		once.Do(func() {
			page, err = s.call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(rows)) // more ids make too long an address
		})
		return page, err
	}
	var about []int
	for kind, all := range of {
		if kind != observables.ID && kind != observables.Word {
			about = append(about, all...)
		}
	}
	slices.Sort(about)
	for _, i := range about[min(len(about), mostIndicators):] {
		s.sightings[i].Unknown = append(s.sightings[i].Unknown, fmt.Sprintf("%s: only the first %d are looked up", asIndicator, mostIndicators))
	}
	about = about[:min(len(about), mostIndicators)]
	s.add(asIndicator, about, 1, func(ctx context.Context, about []int) (map[int]string, error) {
		of, err := accounts(ctx)
		if err != nil || len(of.Items) == 0 {
			return nil, err
		}
		ids := lookup.NamesIn(of.Items, func(a s1.Account) string { return string(a.ID) })
		page, err := s.call.Console.IOCsPage(ctx, s1.Query{}.With("accountIds", ids...).And(s1.Query{"value": {value(about[0])}}).WithLimit(rows))
		return s.eachSure(asIndicator, about, func(i int) (words, why string) {
			if words = indicatorWords(page.Items, value(i), s.call); words == "" && of.Total > len(of.Items) {
				return "", fmt.Sprintf("only %d of %d accounts were asked", len(of.Items), of.Total)
			}
			return cmp.Or(words, "no IOC"), ""
		}, err), err
	})
}

// indicatorWords is "" where none of the indicators has the value.
func indicatorWords(found []s1.IOC, value string, call *catalog.Call) string {
	for _, i := range found {
		if !strings.EqualFold(i.Value, value) {
			continue
		}
		words := "IOC"
		if name := cmp.Or(i.Name, i.Source); name != "" {
			words += " " + text.Quote(text.Shorten(name, 40))
		}
		if !i.ValidUntil.IsZero() {
			words += " until " + catalog.Readable(i.ValidUntil.Time, call.Caller)
		}
		return words
	}
	return ""
}

// endpointsNamed are the endpoints that words are the names of. Names are looked for several at
// once by their parts; where that brings more than one page, and a word was not on it, it is looked
// for alone. Words come from any text, so a word is taken for a name only where an endpoint is
// called exactly so.
func endpointsNamed(ctx context.Context, call *catalog.Call, all *catalog.Catalog, words []observables.Observable) ([]Sighting, error) {
	var seen []Sighting
	for part := range slices.Chunk(words, perCall) {
		names := make([]string, len(part))
		for i, w := range part {
			names[i] = w.Value
		}
		found, err := endpointsIn(ctx, call, names)
		if err != nil {
			return seen, err
		}
		for _, a := range found {
			name := cmp.Or(a.ComputerName, string(a.ID))
			s := Sighting{Name: name, Called: name, Agent: a.ID, Kind: "endpoint", Known: agentWords(a), Actions: cards.Agent(a, call.Console, all.CardActions()).Actions}
			if n := namesakes(found, a); n > 1 {
				s.Name = text.JoinNonEmpty(" · ", name, text.JoinNonEmpty(" / ", a.SiteName, a.GroupName), "id "+string(a.ID))
				s.Known = slices.Insert(s.Known, 0, fmt.Sprintf("one of %d endpoints of this name", n))
			}
			seen = append(seen, s)
		}
	}
	return seen, nil
}

// namesakes counts the endpoints that are called like a, itself among them.
func namesakes(found []s1.Agent, a s1.Agent) (n int) {
	for _, other := range found {
		if strings.EqualFold(other.ComputerName, a.ComputerName) {
			n++
		}
	}
	return n
}

// endpointsIn asks at most once for all names and once more for each that may have been cut off.
func endpointsIn(ctx context.Context, call *catalog.Call, names []string) (found []s1.Agent, err error) {
	active := s1.Query{}.With("isDecommissioned", "false").WithLimit(rows)
	page, err := call.Console.AgentsPage(ctx, active.With("computerName__contains", names...))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		is := func(a s1.Agent) bool { return strings.EqualFold(a.ComputerName, name) }
		if page.Total > len(page.Items) && !slices.ContainsFunc(page.Items, is) {
			alone, err := call.Console.AgentsPage(ctx, active.And(s1.Query{"computerName": {name}}))
			if err != nil {
				return found, err
			}
			page.Items = append(page.Items, alone.Items...)
		}
		for _, a := range page.Items {
			if is(a) && !slices.ContainsFunc(found, func(f s1.Agent) bool { return f.ID == a.ID }) {
				found = append(found, a)
			}
		}
	}
	return found, nil
}

// agentWords are what decides whether somebody must act: is it there, is it isolated, how much is
// open on it.
func agentWords(a s1.Agent) []string {
	state := "offline"
	if a.Online() {
		state = "online"
	}
	if a.Isolated() {
		state += ", isolated"
	}
	words := []string{state, text.Plural(a.ActiveThreats, "active threat")}
	if place := text.JoinNonEmpty(" / ", a.SiteName, a.GroupName); place != "" {
		words = append(words, place)
	}
	return words
}
