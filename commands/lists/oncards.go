package lists

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.

// blockThreatOnCards stands beside the mitigations: it keeps the file from running anywhere else.
// Site and collection are taken from the same threat, which is what the call insists on.
func blockThreatOnCards() []cards.Action {
	return []cards.Action{{
		Place: 22, Label: "Add to blocklist", Menu: "Mitigate", How: render.Open,
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			collection, site := t.Info.CollectionID, t.SiteID()
			return cards.Filling{Args: catalog.Marshal(map[string]any{"collection-ids": []string{collection}, "site-id": site})},
				t.Identity().Valid() && s1.ThreatID(collection).Valid() && site.Valid()
		},
	}}
}

// blockHashOnCards opens the form that keeps the file behind an alert from running, filled as far
// as the alert says.
func blockHashOnCards() []cards.Action {
	return []cards.Action{{
		Place: 60, Label: "Block hash", How: render.Open,
		Alert: func(a s1.Alert) (cards.Filling, bool) {
			return blockFilling(a.Source.FileHashSHA1, a.Detection.OSFamily, a.Detection.SiteID)
		},
		Unified: func(a unified.Alert) (cards.Filling, bool) {
			return blockFilling(a.Process.File.SHA1, a.Asset().OSType, a.SiteID())
		},
	}}
}

// blockFilling fills the form in as far as it is known where the file was seen. The form opens even
// where half is missing: the hash is what nobody wants to type.
func blockFilling(hash, family string, site s1.SiteID) (cards.Filling, bool) {
	given := map[string]any{"threat-hashes": []string{hash}}
	if system := s1.OSType(strings.ToLower(family)); slices.ContainsFunc(system.Choices(), func(c s1.Choice) bool { return c.Value == string(system) }) {
		given["os-type"] = system
	}
	if site.Valid() {
		given["site-id"] = site
	}
	return cards.Filling{Args: catalog.Marshal(given)}, sha1.MatchString(hash)
}

// Beside what was found in a message.

func blockHashOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 40, Label: "Block hash", Style: render.Danger, How: render.Open, Fill: func(o observables.Observable) (any, bool) {
		return map[string]any{"threat-hashes": []string{o.Value}}, o.Kind == observables.SHA1
	}}}
}

func reputationOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 20, Label: "Reputation", Fill: func(o observables.Observable) (any, bool) {
		return map[string]any{"file-hashes": []string{o.Value}}, o.Kind == observables.SHA1
	}}}
}

func createIOCOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 50, Label: "Add as IOC", How: render.Open, Fill: func(o observables.Observable) (any, bool) {
		kind, ok := kindOfIOC(o.Value)
		return map[string]any{"type": kind, "ioc-value": o.Value}, ok && o.Kind != observables.ID && o.Kind != observables.Word
	}}}
}

// URLs are no hosts to a firewall; their domain is found as an observable of its own. An address
// inside is not offered: a rule about 10.0.0.1 blocks another machine in each network, most of them
// one's own.
func blockHostOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 40, Label: "Block address", Style: render.Danger, How: render.Open, Fill: func(o observables.Observable) (any, bool) {
		of := map[observables.Kind]s1.RemoteHostType{observables.IPv4: s1.HostAddresses, observables.IPv6: s1.HostAddresses, observables.Domain: s1.HostFQDN}[o.Kind]
		return map[string]any{"remote-host-values": []string{o.Value}, "remote-host-type": of}, of != "" && !inside(o.Value)
	}}}
}

// inside tells whether a value is an address that means something in its own network alone.
func inside(value string) bool {
	ip, err := netip.ParseAddr(value)
	return err == nil && (ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified())
}

var sha1 = regexp.MustCompile(`^[0-9a-f]{40}$`)
