package world

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"s1bot/s1/s1sim/wire"
)

const (
	// Whoever set the console up, and the service user whose token callers send: an activity, a
	// note, a rule names one of the two.
	Admin        = "Grace Admin"
	AdminID      = "225494730938493804"
	ApiUser      = "s1bot service user"
	ApiUserID    = "225494730938493915"
	defaultGroup = "Default Group"
	domain       = "corp.example"
)

var agentVersions = []string{"24.2.3.471", "24.2.2.20", "23.4.4.223"}

// AddAgent adds an endpoint and returns its id.
func (w *agentTools) AddAgent(s AgentSpec) string {
	defer w.Lock()()
	return wire.Text(w.newAgent(s), "id")
}

// A platform is what an operating system brings with it.
type platform struct {
	name, revision, arch, installer, kind string
}

// platforms are by the wire's osType, except windows_server, which is "windows" on the wire and
// told by its machineType.
func platforms() map[string]platform {
	return map[string]platform{
		"windows":        {"Windows 11 Pro", "22631", "64 bit", ".exe", "desktop"},
		"windows_server": {"Windows Server 2022 Standard", "20348", "64 bit", ".msi", "server"},
		"windows_legacy": {"Windows 7 Professional", "7601", "64 bit", ".exe", "desktop"},
		"macos":          {"macOS", "15.5 (24F74)", "ARM64", ".pkg", "laptop"},
		"linux":          {"Linux", "Debian GNU/12 (bookworm) 6.1.0-29-amd64", "64 bit", ".deb", "server"},
	}
}

// newAgent makes an endpoint in the site and group that are named, which come to be if they were
// not there: a test should not have to say more than it means. Names need not be unique, as out
// there. Edit comes last and may change the id.
func (w *endpoints) newAgent(s AgentSpec) wire.Object {
	s.Name, s.OS = cmp.Or(s.Name, fmt.Sprintf("PC-%04d", len(w.AgentRows.Rows)+1)), cmp.Or(s.OS, "windows")
	key := s.OS
	if s.OS == "windows" && s.Type == "server" {
		key = "windows_server"
	}
	p := platforms()[key]
	site := w.siteNamed(cmp.Or(s.Site, "Paris"))
	group := w.groupNamed(site, cmp.Or(s.Group, defaultGroup))
	created := w.DaysAgo(300 - len(w.AgentRows.Rows)%200)
	id := cmp.Or(s.ID, w.NewID(created))
	o := wire.Object{
		"id": id, "uuid": w.Hex(32), "computerName": s.Name, "osType": s.OS, "osName": p.name, "osRevision": p.revision,
		"osArch": p.arch, "installerType": p.installer, "machineType": cmp.Or(s.Type, p.kind),
		"accountId": site["accountId"], "accountName": site["accountName"], "siteId": site["id"], "siteName": site["name"],
		"groupId": group["id"], "groupName": group["name"], "groupUpdatedAt": nil,
		"lastLoggedInUserName": s.User, "osUsername": wire.OrNil(s.User), "networkStatus": cmp.Or(s.NetworkStatus, "connected"),
		"isActive": !s.Offline && !s.Decommissioned, "isDecommissioned": s.Decommissioned, "isUninstalled": false,
		"decommissionedAt": nil, "createdAt": wire.Stamp(created), "registeredAt": wire.Stamp(created), "updatedAt": wire.Stamp(w.DaysAgo(1)),
		"lastActiveDate": wire.Stamp(w.Now()), "tags": wire.Object{"sentinelone": tagList(s.Tags)},
	}
	if s.Offline || s.Decommissioned {
		o["lastActiveDate"] = wire.Stamp(w.DaysAgo(3))
	}
	if s.Decommissioned {
		o["decommissionedAt"] = wire.Stamp(w.DaysAgo(2))
	}
	w.equip(o, s)
	if s.Edit != nil {
		s.Edit(o)
		id = wire.Text(o, "id")
	}
	w.AgentRows.Put(id, o)
	w.countIn(site, group)
	return o
}

// equip adds the fields of an agent that do not depend on who it is.
func (w *endpoints) equip(o wire.Object, s AgentSpec) {
	n := len(w.AgentRows.Rows) + 10
	ip := cmp.Or(s.IP, fmt.Sprintf("10.20.%d.%d", n/200, n%200+10))
	maps.Copy(o, wire.Object{
		"activeDirectory": wire.Object{"computerDistinguishedName": "CN=" + s.Name + ",OU=Computers,DC=corp,DC=example",
			"computerMemberOf": []any{}, "lastUserDistinguishedName": nil, "lastUserMemberOf": []any{}, "userPrincipalName": nil, "mail": nil},
		"activeThreats": 0, "infected": false, "agentVersion": agentVersions[n%len(agentVersions)], "allowRemoteShell": false,
		"appsVulnerabilityStatus": "up_to_date", "cloudProviders": wire.Object{}, "consoleMigrationStatus": "N/A", "coreCount": 8,
		"cpuCount": 1, "cpuId": "Example CPU @ 3.00GHz", "detectionState": nil, "domain": domain, "encryptedApplications": true,
		"externalId": "", "externalIp": fmt.Sprintf("203.0.113.%d", n%250+1), "firewallEnabled": true, "fullDiskScanLastUpdatedAt": nil,
		"groupIp": "203.0.113.x", "inRemoteShellSession": false, "isPendingUninstall": false, "isUpToDate": n%3 == 0,
		"lastIpToMgmt": ip, "lastSuccessfulScanDate": wire.Stamp(w.DaysAgo(20)), "licenseKey": "LK-" + strings.ToUpper(w.Hex(20)),
		"locationEnabled": true, "locationType": "fallback",
		"locations":      []any{wire.Object{"id": "225494730938490001", "name": "Fallback", "scope": "global"}},
		"mitigationMode": "protect", "mitigationModeSuspicious": "detect", "missingPermissions": []any{}, "modelName": "Example Model",
		"networkInterfaces": []any{wire.Object{"id": w.NewID(w.DaysAgo(300)), "name": "Ethernet", "inet": wire.List(ip), "inet6": []any{},
			"physical": fmt.Sprintf("00:00:5E:00:53:%02X", n%256), "gatewayIp": "10.20.0.1", "gatewayMacAddress": "00:00:5E:00:53:01"}},
		"networkQuarantineEnabled": false, "operationalState": "na", "operationalStateExpiration": nil,
		"osStartTime": wire.Stamp(w.DaysAgo(4)), "proxyStates": nil, "rangerStatus": "NotApplicable", "rangerVersion": nil,
		"remoteProfilingState": "disabled", "remoteProfilingStateExpiration": nil, "scanAbortedAt": nil,
		"scanFinishedAt": wire.Stamp(w.DaysAgo(20)), "scanStartedAt": wire.Stamp(w.DaysAgo(20)), "scanStatus": "finished",
		"serialNumber": strings.ToUpper(w.Hex(10)), "showAlertIcon": false, "storageName": nil, "storageType": nil,
		"threatRebootRequired": false, "totalMemory": 16384, "userActionsNeeded": []any{},
	})
}

// countIn keeps the numbers of endpoints that sites, groups and accounts show.
func (w *places) countIn(site, group wire.Object) {
	account := w.AccountRows.Get(wire.Text(site, "accountId"))
	more := func(o wire.Object, name string) {
		if o != nil {
			o[name] = whole(o[name]) + 1
		}
	}
	more(site, "activeLicenses")
	more(group, "totalAgents")
	more(account, "activeAgents")
}

// siteNamed is the site of that name, made in the first account when there is none.
func (w *places) siteNamed(name string) wire.Object {
	if o := w.SiteRows.Find("name", name); o != nil {
		return o
	}
	account := wire.Object{}
	if len(w.AccountRows.Rows) > 0 {
		account = w.AccountRows.Rows[0].Obj
	}
	return w.newSite(account, name, false)
}

// groupNamed is the group of that name in the site, made when there is none.
func (w *places) groupNamed(site wire.Object, name string) wire.Object {
	for _, r := range w.GroupRows.Rows {
		if r.Obj["siteId"] == site["id"] && r.Obj["name"] == name {
			return r.Obj
		}
	}
	return w.newGroup(site, name, "static")
}

// tagList writes tags as the console does: a list of key and value, all with the id of one made-up
// tag.
func tagList(tags map[string]string) []any {
	out := []any{}
	for k, v := range tags {
		out = append(out, wire.Object{"id": "225494730938490002", "key": k, "value": v})
	}
	return out
}
