package lookup

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

// A HostRef names an endpoint by its name, one of its own addresses, or its id. Only internal
// addresses: an external one is shared by everybody behind a router.
type HostRef string

func (HostRef) Kind() catalog.Kind {
	return catalog.IdKind("agent", "agents", "Names, internal addresses and ids of endpoints.", findHosts)
}

func findHosts(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return hostDirectory().find(ctx, call, param, words)
}

// HostsNamed returns the endpoints that names, addresses and ids mean.
func HostsNamed(ctx context.Context, call *catalog.Call, param string, refs []HostRef) ([]s1.Agent, error) {
	return hostDirectory().All(ctx, call, param, catalog.Convert[string](refs))
}

// hostDirectory finds endpoints by address, too. An address that two sites use is as ambiguous as a
// name. The console compares addresses by parts of text, so 10.0.0.1 finds 10.0.0.10 as well;
// HasAddress compares them whole.
func hostDirectory() directory[s1.Agent] {
	d := agentDirectory()
	byName := d.fits
	d.fits = func(a s1.Agent, ref string) bool { return byName(a, ref) || HasAddress(a, ref) }
	d.Search = func(ctx context.Context, call *catalog.Call, refs []string) ([]s1.Agent, error) {
		return agentsMatching(ctx, call, refs, hostQueries(refs), d.fits)
	}
	return d
}

// HasAddress tells whether an endpoint has an address on one of its interfaces; ::ffff:10.0.0.1 is
// 10.0.0.1.
func HasAddress(a s1.Agent, ref string) bool {
	wanted, err := netip.ParseAddr(ref)
	if err != nil {
		return false
	}
	for _, i := range a.NetworkInterfaces {
		for _, text := range slices.Concat(i.Inet, i.Inet6) {
			if has, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil && has.Unmap() == wanted.Unmap() {
				return true
			}
		}
	}
	return false
}

// hostQueries ask for addresses by address and for everything else by name. Decommissioned
// endpoints are left out: a machine that was set up anew has its name and its address twice.
func hostQueries(refs []string) []s1.Query {
	var names, addresses []string
	var queries []s1.Query
	for _, ref := range refs {
		address, err := netip.ParseAddr(ref)
		switch {
		case err != nil:
			names = append(names, ref)
		case address.Unmap().Is4():
			addresses = append(addresses, address.Unmap().String())
		default:
			queries = append(queries, s1.Query{"query": {ref}}) // the console has no key for addresses of version 6
		}
	}
	for chunk := range slices.Chunk(addresses, catalog.MaxNames) {
		queries = append(queries, s1.Query{}.With("networkInterfaceInet__contains", chunk...))
	}
	queries = append(queries, agentQueries(names)...)
	for i, q := range queries {
		queries[i] = q.With("isDecommissioned", "false")
	}
	return queries
}
